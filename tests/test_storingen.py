"""Each page when its sources are down, slow, half down or answer nonsense: an outage is said, and never looks empty."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx
import pytest
from fastapi import FastAPI

from pip_portal.app import create_app
from pip_portal.backoffice.http import Verbinding
from pip_portal.settings import Settings
from tests import factories
from tests.conftest import Browser, text_of

Transport = Callable[[str], httpx.AsyncBaseTransport | None]

# What a citizen reads when there really is nothing.
LEEG = (
    "U hebt geen lopende zaken",
    "U hebt geen afgeronde zaken",
    "Wij vinden geen zaken",
    "U hoeft nu niets te doen",
    "nog geen documenten",
    "Wij vinden u niet",
    "Wij vinden uw bedrijf niet",
    "Deze pagina is er niet",
    "Wij kunnen deze pagina niet vinden",
    "U hebt nog geen vragen gesteld",
    "U hebt geen berichten",
    "U hebt geen taken",
)
GEZEGD = ("niet laten zien", "Er is een storing", "Misschien ziet u niet al uw ")
ZAAK = "zaak"
DOCUMENT = "document"
PAGINAS = (
    "/overzicht",
    "/zaken",
    "/zaken?zoek=vergunning",
    "/zaken?pagina=2",
    "/gegevens",
    "/vragen",
    ZAAK,
    DOCUMENT,
    "/berichten",
    "/taken",
)


async def addresses(browser: Browser) -> dict[str, str]:
    """Of a zaak with besluiten and documents of Anna's, and of one of those documents."""
    lijst = (await browser.get("/zaken?toestand=afgerond&zoek=parkeervergunning")).text
    zaak = re.findall(r'href="(/zaken/zaken/[0-9a-f-]{36})"', lijst)[0]
    document = re.findall(rf'href="({zaak}/documenten/[0-9a-f-]{{36}})"', (await browser.get(zaak)).text)[0]
    return {ZAAK: zaak, DOCUMENT: document}


def patient(url: str) -> str:
    """The address of the link "Probeer opnieuw" on a page that was late."""
    return f"{url}{'&' if '?' in url else '?'}geduld=1"


def connections(portal: FastAPI) -> list[Verbinding]:
    bronnen = portal.state.bronnen
    zaken = [v for bron in bronnen.zaaksysteem.bronnen for v in bron.verbindingen]
    return [*zaken, bronnen.brp._verbinding, bronnen.klantinteracties.verbinding, bronnen.objecten.verbinding]


@asynccontextmanager
async def started(settings: Settings, transport_for: Transport) -> AsyncIterator[Browser]:
    app = create_app(settings, transport_for)
    async with app.router.lifespan_context(app):
        browser = Browser(app)
        async with browser.client:
            yield browser


@pytest.fixture
async def cold(settings: Settings, transport_for: Transport) -> AsyncIterator[Browser]:
    """A browser at a portal that has just started, so that nothing of the catalogus is in hand."""
    async with started(settings, transport_for) as browser:
        yield browser


async def expect_said_and_whole_again(browser: Browser, backoffice: FastAPI, url: str, goed: httpx.Response) -> None:
    response = await browser.get(patient(url))
    assert response.status_code in (200, 500, 503), url
    assert any(zin in text_of(response) for zin in GEZEGD), url
    assert not [zin for zin in LEEG if zin in text_of(response)], url
    backoffice.state.beheer.herstel()
    for verbinding in connections(browser.portal):
        verbinding.breaker.success()  # as after its pause
    hersteld = await browser.get(url)
    assert hersteld.status_code == goed.status_code, url
    if "/documenten/" not in url:
        assert text_of(hersteld) == text_of(goed), url


@pytest.mark.parametrize("soort", ["status", "onzin", "te_druk"])
async def test_with_everything_down_a_page_says_so_and_is_whole_again_afterwards(
    browser: Browser, settings: Settings, transport_for: Transport, backoffice: FastAPI, soort: str
) -> None:
    await browser.log_in(factories.burger(factories.ANNA))
    adressen = await addresses(browser)
    for url in (adressen.get(pagina, pagina) for pagina in PAGINAS):
        goed = await browser.get(url)
        backoffice.state.beheer.storing(soort=soort)
        await expect_said_and_whole_again(browser, backoffice, url, goed)
        async with started(settings, transport_for) as koud:
            await koud.log_in(factories.burger(factories.ANNA))
            backoffice.state.beheer.storing(soort=soort)
            await expect_said_and_whole_again(koud, backoffice, url, goed)


HALF = (
    ("catalogi", ""),
    ("catalogi", "/zaaktypen"),
    ("catalogi", "/statustypen"),
    ("catalogi", "/resultaattypen"),
    ("catalogi", "/eigenschappen"),
    ("catalogi", "/informatieobjecttypen"),
    ("catalogi", "/zaaktype-informatieobjecttypen"),
    ("catalogi", "/besluittypen"),
    ("zaken", "/rollen"),
    ("zaken", "/statussen"),
    ("zaken", "/resultaten"),
    ("zaken", "/zaakinformatieobjecten"),
    ("documenten", ""),
    ("besluiten", ""),
)


@pytest.mark.parametrize("soort", ["status", "onzin"])
async def test_what_is_half_down_is_named_and_never_looks_empty(
    browser: Browser, settings: Settings, transport_for: Transport, backoffice: FastAPI, soort: str
) -> None:
    await browser.log_in(factories.burger(factories.ANNA))
    zaak = (await addresses(browser))[ZAAK]
    for api, pad in HALF:
        async with started(settings, transport_for) as koud:
            await koud.log_in(factories.burger(factories.ANNA))
            backoffice.state.beheer.storing(api=api, pad=pad, soort=soort)
            response = await koud.get(zaak)
            assert any(zin in text_of(response) for zin in GEZEGD), (api, pad, text_of(response))
            assert not [zin for zin in LEEG if zin in text_of(response)], (api, pad)
            if pad not in ("/rollen", "/zaaktypen", ""):
                assert response.status_code == 200, f"de rest van de zaak hoort te blijven staan zonder {api}{pad}"
            lijst = await koud.get("/zaken?toestand=afgerond")
            assert lijst.status_code in (200, 500, 503), (api, pad)
            assert not [zin for zin in LEEG if zin in text_of(lijst)], (api, pad)
            backoffice.state.beheer.herstel()


@pytest.mark.parametrize("api", ["zaken", "catalogi", "documenten", "besluiten", "brp"])
async def test_a_root_that_does_not_exist_is_a_storing_and_no_missing_page(
    browser: Browser, cold: Browser, backoffice: FastAPI, api: str
) -> None:
    await browser.log_in(factories.burger(factories.ANNA))
    zaak = (await addresses(browser))[ZAAK]
    await cold.log_in(factories.burger(factories.ANNA))
    backoffice.state.beheer.storing(api=api, soort="status", status=404)
    for url in ("/overzicht", "/zaken", "/gegevens", *([zaak] if api in ("besluiten",) else [])):
        response = await cold.get(url)
        assert response.status_code in (200, 500, 503), url
        assert not [zin for zin in LEEG if zin in text_of(response)], url


class TestLate:
    @pytest.fixture
    def settings(self, database_url: str) -> Settings:
        return factories.settings(database_url, pagina_budget=0.15)

    @pytest.mark.parametrize("pagina", ["/overzicht", "/zaken", "/zaken?zoek=vergunning&volgorde=oudste", "/gegevens"])
    @pytest.mark.parametrize("gebruiker", [factories.burger, factories.bedrijf], ids=["burger", "bedrijf"])
    async def test_a_slow_backoffice_gives_a_page_with_a_way_on_without_javascript(
        self, browser: Browser, backoffice: FastAPI, pagina: str, gebruiker: Callable[[], object]
    ) -> None:
        await browser.log_in(gebruiker())  # type: ignore[arg-type]  # a Burger or a Bedrijf
        goed = text_of(await browser.get(patient(pagina)))
        backoffice.state.beheer.storing(soort="vertraging", seconden=0.3)
        laat = await browser.get(pagina)
        assert laat.status_code == 200
        assert "Dit duurt langer dan normaal" in text_of(laat)
        assert not [zin for zin in LEEG if zin in text_of(laat)]
        verder = re.findall(r'href="([^"]*geduld=1)">Probeer opnieuw', laat.text)[0].replace("&amp;", "&")
        assert text_of(await browser.get(verder)) == goed


# ---- calls and rounds --------------------------------------------------------------------------------------

MS = 200.0


@pytest.fixture
def visit(browser: Browser, backoffice: FastAPI) -> Callable[[str], Awaitable[tuple[int, int]]]:
    """Opens a page while each call takes MS; gives how many calls and rounds it took."""

    async def opened(url: str) -> tuple[int, int]:
        await browser.get(patient(url))  # fills the catalogus
        beheer = backoffice.state.beheer
        beheer.wis_oproepen()
        beheer.latentie("vast", MS)
        await browser.get(patient(url))
        beheer.latentie("geen")
        return len(beheer.oproepen), beheer.rondes()

    return opened


Visit = Callable[[str], Awaitable[tuple[int, int]]]


@pytest.mark.veel_zaken
@pytest.mark.parametrize("pagina", ["/zaken?toestand=afgerond", "/zaken?toestand=afgerond&pagina=2"])
async def test_a_list_takes_as_many_calls_for_1200_zaken_as_for_60(browser: Browser, visit: Visit, pagina: str) -> None:
    counted = {}
    for bsn in (factories.PIET, factories.SUZANNE):
        await browser.log_in(factories.burger(bsn))
        counted[bsn], rounds = await visit(pagina)
        assert rounds <= 2
    assert abs(counted[factories.PIET] - counted[factories.SUZANNE]) <= 3, "een zaak zonder status scheelt een vraag"


@pytest.mark.veel_zaken
async def test_overzicht_takes_two_rounds_and_a_limited_number_of_calls(browser: Browser, visit: Visit) -> None:
    await browser.log_in(factories.burger(factories.SUZANNE))
    calls, rounds = await visit("/overzicht")
    assert rounds <= 2
    assert calls <= 48, "lijsten van zaken, taken en berichten, de BRP, en wat twintig zaken nodig hebben"


async def test_one_zaak_takes_two_rounds_after_the_zaak_itself(browser: Browser, visit: Visit) -> None:
    await browser.log_in(factories.burger(factories.ANNA))
    calls, rounds = await visit((await addresses(browser))[ZAAK])
    assert rounds <= 3
    assert calls <= 18


class TestTwoBackoffices:
    """One of two backoffices does not answer: what the other knows is shown, and never as if it were all."""

    @pytest.fixture
    def settings(self, database_url: str) -> Settings:
        weg = factories.backoffice("vth", root="http://127.0.0.1:9", naam="het vergunningensysteem")
        return factories.settings(database_url, backoffices=(factories.backoffice(), weg))

    async def test_the_zaken_of_the_other_are_shown_with_a_warning(self, browser: Browser) -> None:
        await browser.log_in(factories.burger(factories.ANNA))
        for url in ("/zaken", "/overzicht"):
            response = await browser.get(patient(url))
            assert response.status_code == 200
            assert "Wij krijgen nu geen antwoord van het vergunningensysteem." in text_of(response)
            zaken = re.findall(r'href="(/zaken/zaken/[0-9a-f-]{36})"', response.text)
            assert len(set(zaken)) == 4
        assert (await browser.get(zaken[0])).status_code == 200

    @pytest.mark.parametrize(
        "url", ["/overzicht", "/zaken", "/zaken?zoek=zeppelin", "/zaken?pagina=5", "/zaken?jaar=2020"]
    )
    async def test_nothing_found_is_not_told_as_nothing_there(self, browser: Browser, url: str) -> None:
        await browser.log_in(factories.burger(factories.YOUSSEF))
        tekst = text_of(await browser.get(patient(url)))
        assert "Misschien ziet u niet al uw zaken" in tekst
        assert not [zin for zin in LEEG if zin in tekst]
