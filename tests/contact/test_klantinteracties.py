"""What the citizen chooses is passed on to Klantinteracties, once and as it is; what was known there is taken over."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from fastapi import FastAPI
from sqlalchemy import func, select, update

from pip_portal import demo_nieuws
from pip_portal.backoffice.klantinteracties import DigitaalAdres, KlantinteractiesApi, Partijnaam
from pip_portal.eigenaar import eigenaar_van
from pip_portal.gebruiker import Gebruiker
from pip_portal.tables import Contactadres, Opdracht
from pip_portal.tijd import now
from tests import factories
from tests.conftest import Browser, text_of
from tests.contact.conftest import SLEUTELS

ANNA, YOUSSEF = factories.burger(), factories.burger(factories.YOUSSEF)
PAD = "/contact-gegevens"
VoegToe = Callable[..., Awaitable[str]]


def klant(portal: FastAPI) -> KlantinteractiesApi:
    api: KlantinteractiesApi = portal.state.bronnen.klantinteracties
    return api


async def daar(portal: FastAPI, gebruiker: Gebruiker) -> dict[str, DigitaalAdres]:
    partij = await klant(portal).partij(gebruiker)
    return {a.adres: a for a in await klant(portal).adressen(gebruiker, partij)} if partij else {}


async def werk(portal: FastAPI) -> None:
    """The worker, when everything that waits is due."""
    async with portal.state.db.begin() as session:
        await session.execute(
            update(Opdracht).where(Opdracht.soort == "contact", Opdracht.toestand == "nieuw").values(beurt_op=now())
        )
        sleutels = list(await session.scalars(select(Opdracht.sleutel).where(Opdracht.soort == "contact")))
    for sleutel in sleutels:
        await portal.state.werker.een(sleutel)


async def test_what_was_known_is_taken_over_once(portal: FastAPI, browser: Browser) -> None:
    await browser.log_in(ANNA)
    tekst = text_of(await browser.get(PAD))
    assert "anna.jansen@example.nl" in tekst
    assert "06 12345601" in tekst
    assert "Bron: u gaf dit zelf op, op deze website of aan een medewerker." in tekst
    async with portal.state.db() as session:
        eigenaar = eigenaar_van(ANNA, SLEUTELS).hash
        rijen = list(await session.scalars(select(Contactadres).where(Contactadres.eigenaar == eigenaar)))
    assert all(rij.standaard and rij.geverifieerd_op and rij.extern for rij in rijen)
    telefoon = next(rij.id for rij in rijen if rij.soort == "telefoonnummer")
    await browser.post(f"{PAD}/{telefoon}/verwijderen")
    assert set(await daar(portal, ANNA)) == {"anna.jansen@example.nl"}
    assert "06 12345601" not in text_of(await browser.get(PAD))


async def test_two_tabs_at_once_take_it_over_once(portal: FastAPI, browser: Browser) -> None:
    await browser.log_in(ANNA)
    paginas = await asyncio.gather(*(browser.get(PAD) for _tab in range(3)))
    assert all("anna.jansen@example.nl" in text_of(pagina) for pagina in paginas)
    async with portal.state.db() as session:
        assert await session.scalar(select(func.count()).select_from(Contactadres)) == 2


async def test_what_nobody_proved_is_not_taken_over(portal: FastAPI, browser: Browser) -> None:
    partij = await klant(portal).maak_partij(YOUSSEF, Partijnaam(achternaam="Test"))
    await klant(portal).zet_adres(YOUSSEF, partij, "email", "genoteerd@voorbeeld.nl", None)
    await browser.log_in(YOUSSEF)
    assert "genoteerd@voorbeeld.nl" not in text_of(await browser.get(PAD))


async def test_a_proved_address_is_passed_on_with_its_date_and_as_the_one_to_use(
    portal: FastAPI, browser: Browser, voeg_toe: VoegToe
) -> None:
    await browser.log_in(YOUSSEF)
    await voeg_toe("een@voorbeeld.nl")
    await voeg_toe("06 87654321", "telefoonnummer")
    adressen = await daar(portal, YOUSSEF)
    assert set(adressen) == {"een@voorbeeld.nl", "+31687654321"}
    email = adressen["een@voorbeeld.nl"]
    assert (email.referentie, email.is_standaard_adres) == ("portaal-email", True)
    assert email.verificatie_datum is not None
    partij = await klant(portal).partij(YOUSSEF)
    assert partij is not None
    assert partij.voorkeurs_digitaal_adres is not None
    assert partij.voorkeurs_digitaal_adres.uuid == email.uuid
    await voeg_toe("twee@voorbeeld.nl", gebruik="ja")
    assert set(await daar(portal, YOUSSEF)) == {"twee@voorbeeld.nl", "+31687654321"}
    await browser.post("/voorkeuren", {"kanaal": "post"})
    partij = await klant(portal).partij(YOUSSEF)
    assert partij is not None
    assert partij.voorkeurs_digitaal_adres is None


async def test_a_choice_of_channel_never_takes_away_what_was_known(portal: FastAPI, browser: Browser) -> None:
    """Anna never looked at her contact details, and chooses post."""
    await browser.log_in(ANNA)
    await browser.post("/voorkeuren", {"kanaal": "post"})
    assert set(await daar(portal, ANNA)) >= {"anna.jansen@example.nl"}


async def test_with_klantinteracties_away_everything_works_and_is_passed_on_later(
    portal: FastAPI, browser: Browser, backoffice: FastAPI, voeg_toe: VoegToe
) -> None:
    await browser.log_in(YOUSSEF)
    backoffice.state.beheer.storing(api="klantinteracties", soort="status")
    assert "Misschien ziet u niet alles" in text_of(await browser.get(PAD))
    await voeg_toe("een@voorbeeld.nl")
    tekst = text_of(await browser.get(PAD))
    assert "een@voorbeeld.nl" in tekst
    assert "Wat u veranderde is bewaard; onze medewerkers zien het iets later." in tekst
    backoffice.state.beheer.herstel()
    portal.state.bronnen.klantinteracties.verbinding.breaker.success()
    assert await daar(portal, YOUSSEF) == {}
    await werk(portal)
    assert set(await daar(portal, YOUSSEF)) == {"een@voorbeeld.nl"}
    tekst = text_of(await browser.get(PAD))
    assert "iets later" not in tekst
    assert "Misschien ziet u niet alles" not in tekst


async def test_who_got_an_address_of_the_demo_does_not_read_that_a_change_waits(
    portal: FastAPI, browser: Browser
) -> None:
    for _start in range(2):
        await demo_nieuws.geef_adressen(
            portal.state.db, SLEUTELS, {factories.ANNA: "anna@postbus.example"}, doorgeven=True
        )
    await werk(portal)
    await browser.log_in(ANNA)
    tekst = text_of(await browser.get(PAD))
    assert "anna@postbus.example" in tekst
    assert "iets later" not in tekst


async def test_what_was_given_up_in_a_long_outage_is_passed_on_when_the_page_is_looked_at(
    portal: FastAPI, browser: Browser, backoffice: FastAPI, voeg_toe: VoegToe
) -> None:
    await browser.log_in(YOUSSEF)
    await browser.get(PAD)
    backoffice.state.beheer.storing(api="klantinteracties", soort="status")
    await voeg_toe("een@voorbeeld.nl")
    async with portal.state.db.begin() as session:
        await session.execute(update(Opdracht).where(Opdracht.soort == "contact").values(toestand="dood"))
    backoffice.state.beheer.herstel()
    portal.state.bronnen.klantinteracties.verbinding.breaker.success()
    for _keer in range(2):
        assert "iets later" in text_of(await browser.get(PAD))
    await werk(portal)
    assert set(await daar(portal, YOUSSEF)) == {"een@voorbeeld.nl"}
    assert "iets later" not in text_of(await browser.get(PAD))


@pytest.mark.parametrize("pad", ["/partijen", "/partij-identificatoren", "/digitaleadressen"])
async def test_a_worker_that_dies_after_a_write_leaves_nothing_double(
    portal: FastAPI, browser: Browser, backoffice: FastAPI, voeg_toe: VoegToe, pad: str
) -> None:
    await browser.log_in(YOUSSEF)
    backoffice.state.beheer.storing(api="klantinteracties", pad=pad, methode="POST", soort="antwoord_kwijt", aantal=1)
    await voeg_toe("een@voorbeeld.nl")
    await werk(portal)
    await werk(portal)
    adressen = await daar(portal, YOUSSEF)
    assert list(adressen) == ["een@voorbeeld.nl"]
    assert await klant(portal)._zoek(YOUSSEF, ("natuurlijk_persoon", "brp", "bsn"), YOUSSEF.bsn)
    assert len(await klant(portal)._zoek(YOUSSEF, ("natuurlijk_persoon", "brp", "bsn"), YOUSSEF.bsn)) == 1
