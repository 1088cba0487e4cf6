"""Nobody gets in: each private page with an object of somebody else is the page of what does not exist."""

import re
from collections.abc import Awaitable, Callable

import pytest
from fastapi import FastAPI

from pip_portal.gebruiker import Gebruiker
from tests import factories
from tests.conftest import Browser
from tests.test_structure import private_routes

OWNERS: dict[str, Callable[[], Gebruiker]] = {
    "Anna": lambda: factories.burger(factories.ANNA),
    "Mehmet": lambda: factories.burger(factories.MEHMET),
    "Lucía": lambda: factories.burger(factories.LUCIA),
    "Piet": lambda: factories.burger(factories.PIET),
    "de bakkerij": lambda: factories.bedrijf(factories.BAKKERIJ),
    "het klusbedrijf": lambda: factories.bedrijf(factories.KLUSBEDRIJF),
    "het Hanzehuis": lambda: factories.bedrijf(factories.HANZEHUIS),
}
STRANGERS: dict[str, Callable[[], Gebruiker]] = {
    **OWNERS,
    "Youssef": lambda: factories.burger(factories.YOUSSEF),
    "vestiging 12 van de bakkerij": lambda: factories.bedrijf(
        factories.BAKKERIJ, vestiging="000045000012", beperkt=True
    ),
}
SAME = {("de bakkerij", "vestiging 12 van de bakkerij")}  # the same company: test_company_pages looks at those
NOTHING = "11111111-2222-4333-8444-555555555555"


async def objects_of(browser: Browser) -> dict[str, list[str]]:
    """Addresses of the zaken and documents that this gebruiker can see, from their own pages."""
    zaken: list[str] = []
    for url in ("/zaken", "/zaken?toestand=afgerond"):
        zaken += re.findall(r'href="(/zaken/[a-z0-9-]+/[0-9a-f-]{36})"', (await browser.get(url)).text)
    zaken = list(dict.fromkeys(zaken))[:4]
    documenten: list[str] = []
    for zaak in zaken:
        documenten += re.findall(r'href="(/zaken/[^"]+/documenten/[0-9a-f-]{36})"', (await browser.get(zaak)).text)
    deel = (f"/{wat}{rest}" for wat in ("aanvullen", "intrekken") for rest in ("", f"/{NOTHING}"))
    deel = (*deel, "/vraag")
    return {"zaken": zaken, "documenten": documenten[:4], "insturen": [zaken[0] + pad for pad in deel] if zaken else []}


async def as_someone(portal: FastAPI, gebruiker: Gebruiker) -> Browser:
    browser = Browser(portal)
    await browser.log_in(gebruiker)
    return browser


def without_request(text: str) -> str:
    return re.sub(r'value="[0-9a-f]{64}"|data-resterend="\d+"|value="/[^"]*"|href="/static[^"]*"', "", text)


@pytest.mark.seed("P1")
@pytest.mark.parametrize("owner", OWNERS)
async def test_what_is_somebody_elses_looks_like_what_does_not_exist(portal: FastAPI, owner: str) -> None:
    found = await objects_of(await as_someone(portal, OWNERS[owner]()))
    assert found["zaken"], f"{owner} heeft geen zaak om mee te testen"
    for stranger, make in STRANGERS.items():
        if stranger == owner or (owner, stranger) in SAME:
            continue
        browser = await as_someone(portal, make())
        missing = await browser.get(f"/zaken/zaken/{NOTHING}")
        for url in found["zaken"] + found["documenten"] + found["insturen"]:
            response = await browser.follow(url)
            assert response.status_code == 404, f"{stranger} opent {url} van {owner}"
            assert without_request(response.text) == without_request(missing.text)


def test_every_private_page_about_an_object_is_covered_here() -> None:
    about_objects = {route.path for route in private_routes() if "{" in route.path}
    zaak = "/zaken/{bron}/{uuid}"
    here = {zaak, f"{zaak}/documenten/{{document}}"}
    here |= {f"{zaak}/{wat}{rest}" for wat in ("aanvullen", "intrekken") for rest in ("", "/{inzending}")}
    here |= {f"{zaak}/vraag"}
    elsewhere = {"/vragen/{uuid}", "/vragen/{uuid}/ontvangen"}  # tests/vragen
    elsewhere |= {"/ondertekenen/verzoek/{inzending}"}  # tests/ondertekenen; of forms: tests/formulieren/paginas
    elsewhere |= {f"/contact-gegevens/{{uuid}}/{wat}" for wat in ("bevestigen", "code", "standaard", "verwijderen")}
    elsewhere |= {"/contact-gegevens/aanvraag/{inzending}"}  # tests/contact
    elsewhere |= {f"/voorkeuren{zaak}{rest}" for rest in ("", "/wissen")}  # tests/contact
    elsewhere |= {"/taken/{uuid}", "/taken/{uuid}/verstuurd/{inzending}"}  # tests/taken
    elsewhere |= {f"/berichten/{{uuid}}{rest}" for rest in ("", "/tekst", "/bijlagen/{document}")}  # tests/berichten
    elsewhere |= {"/gegevens/bewaard/{soort}/wissen"}  # a kind, of nobody: tests/bewaard
    assert about_objects == here | elsewhere


@pytest.mark.seed("P4")
async def test_a_private_zaak_of_the_owner_is_not_in_the_view_of_the_company(portal: FastAPI) -> None:
    private = await objects_of(await as_someone(portal, factories.burger(factories.MEHMET)))
    business = await objects_of(await as_someone(portal, factories.bedrijf(factories.KLUSBEDRIJF)))
    assert private["zaken"]
    assert business["zaken"]
    assert not set(private["zaken"]) & set(business["zaken"])


@pytest.mark.seed("P4")
async def test_two_employees_of_one_company_see_the_same_zaken(portal: FastAPI) -> None:
    one = await objects_of(await as_someone(portal, factories.bedrijf(pseudoniem="a", handelende_persoon="a")))
    other = await objects_of(await as_someone(portal, factories.bedrijf(pseudoniem="b", handelende_persoon="b")))
    assert one == other


@pytest.mark.parametrize("bron", ["ander-systeem", "ZAKEN", "..", "zaken%2F.."])
async def test_a_backoffice_that_is_not_configured_does_not_exist(
    browser: Browser, log_in: Callable[..., Awaitable[None]], bron: str
) -> None:
    await log_in(factories.burger())
    assert (await browser.get(f"/zaken/{bron}/{NOTHING}")).status_code == 404
