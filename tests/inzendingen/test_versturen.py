"""From the check page to Mijn zaken, over HTTP, as somebody who is logged in goes there."""

import asyncio

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import func, select

from pip_portal.gebruiker import Burger
from pip_portal.tables import Inzending
from tests import factories
from tests.chaos.aanvragen import NUMMER, ONDERWERP, VERBORGEN, concept_van
from tests.conftest import Browser, text_of
from tests.inzendingen.maken import Kast


@pytest.fixture
async def concept(browser: Browser, portal: FastAPI) -> str:
    """Anna is logged in and has filled in everything."""
    await browser.log_in(factories.burger())
    return await concept_van(portal.state.db, portal.state.sleutels, factories.burger())


async def velden(browser: Browser, concept: str) -> dict[str, str]:
    pagina = await browser.get(f"/aanvragen/{concept}/controleren")
    assert ONDERWERP in text_of(pagina)
    return dict(VERBORGEN.findall(pagina.text))


async def verstuur(browser: Browser, concept: str) -> httpx.Response:
    return await browser.post(f"/aanvragen/{concept}/controleren", await velden(browser, concept))


def nummer_in(response: httpx.Response) -> str:
    gevonden = NUMMER.search(text_of(response))
    assert gevonden is not None
    return gevonden[0]


@pytest.mark.seed("P7", "X1")
async def test_the_number_on_the_confirmation_is_the_one_in_mijn_zaken(
    browser: Browser, concept: str, kast: Kast
) -> None:
    antwoord = await verstuur(browser, concept)
    assert antwoord.status_code == 303
    assert antwoord.headers["location"] == f"/aanvragen/{concept}/ontvangen"
    bevestiging = await browser.get(antwoord.headers["location"])
    nummer = nummer_in(bevestiging)
    assert " uur" in text_of(bevestiging)
    zaken = await browser.get("/zaken?geduld=1")
    assert text_of(zaken).count(nummer) == 1
    [zaak] = kast.zaken(nummer)
    assert (await browser.get(f"/zaken/zaken/{zaak.zaak['uuid']}?geduld=1")).status_code == 200
    kopie = await browser.get(f"/aanvragen/{concept}/kopie.pdf")
    assert kopie.content.startswith(b"%PDF")


async def test_while_the_backoffice_is_away_it_is_received_and_told_so(
    browser: Browser, concept: str, backoffice: FastAPI, kast: Kast
) -> None:
    klaar = await velden(browser, concept)
    backoffice.state.beheer.storing(api="zaken", soort="status", status=503)
    await browser.post(f"/aanvragen/{concept}/controleren", klaar)
    nummer = nummer_in(await browser.get(f"/aanvragen/{concept}/ontvangen"))
    assert kast.zaken(nummer) == []
    backoffice.state.beheer.herstel()
    lijst = await browser.get("/zaken?geduld=1")
    assert nummer in text_of(lijst)
    assert "Wij hebben uw verzoek ontvangen. Het verwerken is bezig." in text_of(lijst)


async def test_two_clicks_at_once_are_one_zaak(browser: Browser, concept: str, portal: FastAPI, kast: Kast) -> None:
    klaar = await velden(browser, concept)
    url = f"/aanvragen/{concept}/controleren"
    antwoorden = await asyncio.gather(*(browser.post(url, klaar) for _ in range(3)))
    assert {a.status_code for a in antwoorden} <= {200, 303}
    async with portal.state.db() as session:
        assert await session.scalar(select(func.count()).select_from(Inzending)) == 1
    nummer = nummer_in(await browser.get(f"/aanvragen/{concept}/ontvangen"))
    assert len(kast.zaken(nummer)) == 1


async def test_once_sent_nothing_of_it_can_change(browser: Browser, concept: str) -> None:
    klaar = await velden(browser, concept)
    await browser.post(f"/aanvragen/{concept}/controleren", klaar)
    for url in (f"/aanvragen/{concept}/vraag", f"/aanvragen/{concept}/controleren"):
        assert "al verstuurd" in text_of(await browser.get(url))
    opnieuw = await browser.post(f"/aanvragen/{concept}/controleren", klaar)
    assert opnieuw.status_code in (200, 303)


async def test_what_changed_since_it_was_read_is_not_sent(browser: Browser, concept: str, kast: Kast) -> None:
    klaar = await velden(browser, concept)
    antwoord = await browser.post(f"/aanvragen/{concept}/controleren", {**klaar, "vingerafdruk": "anders"})
    assert "Er is iets veranderd" in text_of(antwoord)
    assert kast.nummers() == []


async def test_nobody_else_can_read_the_confirmation_or_the_copy(browser: Browser, concept: str) -> None:
    await verstuur(browser, concept)
    ander: Burger = factories.burger(factories.MEHMET)
    await browser.log_in(ander)
    for staart in ("ontvangen", "kopie.pdf", "controleren"):
        assert (await browser.get(f"/aanvragen/{concept}/{staart}")).status_code == 404
