"""A parent sees the zaken about a child under 16, and only those; so does the other parent; nobody else ever."""

import dataclasses
import re
from collections.abc import Awaitable, Callable
from datetime import date, timedelta

import httpx
import pytest
from fastapi import FastAPI
from lxml import html
from sqlalchemy import select

from pip_portal import app as app_module
from pip_portal.backoffice.regels import Zakenvraag
from pip_portal.eigenaar import eigenaar_van
from pip_portal.gebruiker import Burger, Machtiging
from pip_portal.machtigen import gezag, poort
from pip_portal.machtigen.poort import ALTIJD, TOEGESTAAN, TOEGESTAAN_SCHRIJVEN
from pip_portal.tables import Verwerking
from tests import factories
from tests.conftest import Browser, text_of
from tests.test_structure import SAMPLE, private_routes

TIM, NOOR, DAAN = "999991711", "999996101", "999996502"
ZAAK = re.compile(r'href="(/zaken/[a-z0-9-]+/[0-9a-f-]{36})"')
LogIn = Callable[..., Awaitable[None]]


def waarde_van(page: httpx.Response) -> str:
    """The one child on the page "Voor wie regelt u zaken?"."""
    radios = html.document_fromstring(page.text).xpath('//input[@name="voor"]/@value')
    return str(next(waarde for waarde in radios if waarde != "zelf"))


async def voor_noor(portal: FastAPI, ouder: str) -> Browser:
    browser = Browser(portal)
    await browser.log_in(factories.burger(ouder), "Ouder")
    page = await browser.get("/voor-wie")
    switched = await browser.post("/voor-wie", {"voor": waarde_van(page)})
    assert (switched.status_code, switched.headers["location"]) == (303, "/zaken")
    return browser


async def rollen_in_log(portal: FastAPI, bsn: str) -> list[tuple[str, str]]:
    """Who looked at the data of this person, as the person reads it: in which rol, and the pseudonym of who it was."""
    eigenaar = eigenaar_van(factories.burger(bsn), portal.state.sleutels).hash
    async with portal.state.db() as session:
        rijen = await session.scalars(select(Verwerking).where(Verwerking.eigenaar == eigenaar))
        return [(rij.rol, rij.door or "") for rij in rijen]


@pytest.mark.seed("N9")
@pytest.mark.parametrize("ouder", [factories.SANNE, TIM], ids=["moeder", "vader, ander adres"])
async def test_both_parents_see_the_zaken_about_the_child_and_not_their_own(portal: FastAPI, ouder: str) -> None:
    browser = await voor_noor(portal, ouder)
    page = await browser.get("/zaken")
    assert "Identiteitskaart Noor" in page.text
    assert "Erkenning" not in page.text
    assert "U regelt zaken voor: Noor de Vries" in " ".join(html.document_fromstring(page.text).text_content().split())
    assert NOOR not in page.text
    [zaak] = set(ZAAK.findall(page.text))
    assert (await browser.get(zaak)).status_code == 200
    eigen = Browser(portal)
    await eigen.log_in(factories.burger(ouder))
    for url in set(ZAAK.findall((await eigen.get("/zaken")).text)) - {zaak}:
        assert (await browser.get(url)).status_code == 404
    rollen = await rollen_in_log(portal, NOOR)
    assert {rol for rol, _door in rollen} == {"gemachtigde"}
    assert {door for _rol, door in rollen} == {factories.burger(ouder).pseudoniem}, "the log names who looked"
    assert {rol for rol, _door in await rollen_in_log(portal, ouder)} == {"zelf"}
    stopped = await browser.post("/voor-wie/stop")
    assert stopped.headers["location"] == "/overzicht"
    assert "U bent ingelogd als" in (await browser.get("/overzicht")).text


@pytest.mark.seed("N9")
async def test_who_has_no_gezag_is_offered_no_child_and_cannot_choose_one(portal: FastAPI) -> None:
    waarde = portal.state.sleutels.keyed_hash("machtiging", NOOR)[:16]
    for bsn in (factories.ANNA, DAAN, factories.MEHMET):
        browser = Browser(portal)
        await browser.log_in(factories.burger(bsn))
        page = await browser.get("/voor-wie")
        assert "Noor" not in page.text
        assert (await browser.post("/voor-wie", {"voor": waarde})).status_code == 404
        assert "Noor" not in (await browser.get("/zaken")).text


@pytest.mark.seed("N9")
async def test_on_the_sixteenth_birthday_it_stops_at_the_next_request(
    portal: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = await voor_noor(portal, factories.SANNE)
    monkeypatch.setattr(poort, "vandaag", lambda: date(2030, 9, 4))
    assert (await browser.get("/zaken")).status_code == 200
    monkeypatch.setattr(poort, "vandaag", lambda: date(2030, 9, 5))
    page = await browser.get("/zaken")
    assert page.status_code == 403
    assert "U kunt niet meer voor Noor de Vries regelen" in text_of(page)
    assert "Identiteitskaart" not in page.text
    assert "U bent ingelogd als" in (await browser.get("/overzicht")).text
    monkeypatch.setattr(gezag, "vandaag", lambda: date(2030, 9, 5))
    again = await browser.get("/voor-wie")
    assert (await browser.post("/voor-wie", {"voor": waarde_van(again)})).status_code == 404


@pytest.mark.seed("N9")
async def test_gezag_that_is_gone_stops_it_within_minutes_and_an_outage_shows_nothing(
    portal: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = await voor_noor(portal, TIM)
    asked = 0

    async def gone(*_args: object) -> object:
        nonlocal asked
        asked += 1
        raise poort.NotFound("geen gezag")

    monkeypatch.setattr(poort, "namens_kind", gone)
    assert (await browser.get("/zaken")).status_code == 200
    assert asked == 0, "it was looked at just now"
    monkeypatch.setattr(poort, "GEZAG_ELKE", timedelta(0))
    assert (await browser.get("/zaken")).status_code == 403
    assert "Identiteitskaart Noor" not in (await browser.get("/zaken")).text


async def test_without_the_brp_nobody_switches_and_the_page_says_why(
    portal: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = await voor_noor(portal, factories.SANNE)
    monkeypatch.setattr(portal.state.bronnen.brp, "_verbinding", None)
    page = await browser.get("/voor-wie")
    assert "Wij kunnen nu niet zien voor welke kinderen u zaken regelt" in text_of(page)
    assert (await browser.post("/voor-wie", {"voor": "0" * 16})).status_code == 503
    monkeypatch.setattr(poort, "GEZAG_ELKE", timedelta(0))
    assert (await browser.get("/zaken")).status_code == 503, "what cannot be checked stays closed"
    assert (await browser.post("/voor-wie", {"voor": "zelf"})).headers["location"] == "/overzicht"


def gemachtigde() -> Burger:
    machtiging = Machtiging("digid_machtigen", DAAN, "d" * 64, "Daan Smit", "parkeren", ("gpk",))
    return dataclasses.replace(factories.burger(factories.WILHELMINA), pseudoniem="p" * 64, machtiging=machtiging)


@pytest.mark.seed("N9")
async def test_after_the_last_day_the_next_request_is_refused_and_the_session_is_over(
    browser: Browser, log_in: LogIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    burger = gemachtigde()
    assert burger.machtiging is not None
    tot = dataclasses.replace(burger.machtiging, geldig_tot=date(2027, 3, 31))
    await log_in(dataclasses.replace(burger, machtiging=tot), "W. van den Berg-Smit")
    monkeypatch.setattr(poort, "vandaag", lambda: date(2027, 3, 31))
    assert (await browser.get("/zaken")).status_code == 200
    monkeypatch.setattr(poort, "vandaag", lambda: date(2027, 4, 1))
    page = await browser.get("/zaken")
    assert page.status_code == 403
    assert "De machtiging geldt niet meer" in text_of(page)
    assert (await browser.get("/zaken")).status_code == 303


@pytest.mark.geen_database
def test_what_is_open_for_a_gemachtigde_is_written_down() -> None:
    """A new page is closed for who acts for another, until somebody thought about it and changes this list too."""
    assert {
        *("zaken:list", "zaken:detail", "zaken:download", "inloggen:vestiging", "inloggen:kies_vestiging"),
    } == TOEGESTAAN | TOEGESTAAN_SCHRIJVEN
    routes = [route for router in (*app_module.PUBLIC, *app_module.PRIVATE) for route in router.routes]
    names = {getattr(route, "name", "") for route in routes}
    assert names >= TOEGESTAAN | TOEGESTAAN_SCHRIJVEN | ALTIJD
    closed = {"gegevens:show", "contact:show", "voorkeuren:show", "overzicht:show", "formulieren:start", "taken:list"}
    assert not closed & (TOEGESTAAN | TOEGESTAAN_SCHRIJVEN | ALTIJD)


async def test_the_count_is_of_what_the_machtiging_opens(portal: FastAPI) -> None:
    """Piet has sixty zaken: how many others there are is not told either, and no page is half empty."""
    zaaksysteem = portal.state.bronnen.zaaksysteem
    piet = factories.burger(factories.PIET)
    alles = await zaaksysteem.list(piet, Zakenvraag("alle", per_pagina=100))
    soort = alles.regels[0].zaaktype.identificatie
    open_ = sum(regel.zaaktype.identificatie == soort for regel in alles.regels)
    machtiging = Machtiging("digid_machtigen", DAAN, "d" * 64, "Daan Smit", "parkeren", (soort,))
    wie = dataclasses.replace(piet, pseudoniem="p" * 64, machtiging=machtiging)
    lijst = await zaaksysteem.list(wie, Zakenvraag("alle", per_pagina=10))
    assert 0 < open_ < alles.aantal
    assert (lijst.aantal, lijst.aantal_exact, len(lijst.regels)) == (open_, True, min(10, open_))


@pytest.mark.seed("N9")
async def test_every_other_page_is_closed_for_a_gemachtigde_and_says_so(browser: Browser, log_in: LogIn) -> None:
    await log_in(gemachtigde(), "W. van den Berg-Smit")
    public = [route for router in app_module.PUBLIC for route in router.routes]
    closed = [
        route for route in (*private_routes(), *public) if route.name not in TOEGESTAAN | TOEGESTAAN_SCHRIJVEN | ALTIJD
    ]  # type: ignore[attr-defined]  # all are APIRoutes
    assert len(closed) > 60
    waarden = {**SAMPLE, "slug": "klacht", "id": SAMPLE["uuid"], "stap": "x", "item": "x", "code": "x", "token": "x"}
    for route in closed:
        method = sorted(route.methods)[0]  # type: ignore[attr-defined]
        url = re.sub(r"\{(\w+)(:\w+)?\}", lambda m: waarden.get(m[1], "x"), route.path)  # type: ignore[attr-defined]
        response = await (browser.get(url) if method == "GET" else browser.post(url))
        assert response.status_code in (400, 403), (method, url, response.status_code)
        if method == "GET":
            assert "Dit kunt u niet voor W. van den Berg-Smit regelen" in text_of(response), url
