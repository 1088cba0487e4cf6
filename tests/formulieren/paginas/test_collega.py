"""Who of a company changed the application last: a colleague or oneself, never by name."""

from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI
from sqlalchemy import select

from pip_portal import tables
from pip_portal.gebruiker import Bedrijf
from tests import factories
from tests.conftest import Browser, text_of
from tests.formulieren.paginas.invuller import Invuller


def medewerker(naam: str) -> Bedrijf:
    pseudoniem = factories.sleutels().keyed_hash("bedrijf", f"{factories.BAKKERIJ}/{naam}")
    return factories.bedrijf(pseudoniem=pseudoniem, handelende_persoon=naam)


@pytest.fixture
async def collega(portal: FastAPI) -> AsyncIterator[Browser]:
    browser = Browser(portal)
    async with browser.client:
        yield browser


@pytest.mark.seed("B5")
async def test_a_company_reads_who_changed_its_application_last(
    invuller: Invuller, browser: Browser, collega: Browser
) -> None:
    await browser.log_in(medewerker("pietje-puk"), "Bakkerij De Koekstad B.V.")
    eerste = await invuller.begin("proef-bedrijf")
    await invuller.stuur(eerste, {"wens": "Een bord"}, actie="bewaren")
    assert "Laatst gewijzigd door u op" in text_of(await browser.get("/overzicht"))
    pagina = await browser.get(str(eerste.response.url))
    assert "Laatst gewijzigd door" not in text_of(pagina)
    await collega.log_in(medewerker("jan-jansma"), "Bakkerij De Koekstad B.V.")
    for adres in ("/overzicht", str(eerste.response.url), "/formulieren/proef-bedrijf/start"):
        tekst = text_of(await collega.get(adres))
        assert "Laatst gewijzigd door een collega op" in tekst, adres
        assert "pietje" not in tekst
    await Invuller(collega).stuur(await Invuller(collega).open(str(eerste.response.url)), {"wens": "Twee borden"})
    assert "Laatst gewijzigd door een collega op" in text_of(await browser.get("/overzicht"))
    assert "Laatst gewijzigd door u op" in text_of(await collega.get("/overzicht"))
    async with browser.portal.state.db() as session:
        door = list(await session.scalars(select(tables.ConceptStap.door)))
    assert door == [medewerker("jan-jansma").pseudoniem]


async def test_who_cannot_be_told_apart_reads_only_when(invuller: Invuller, browser: Browser) -> None:
    for gebruiker, slug in (
        (factories.burger(), "proef-alles"),
        (factories.bedrijf(handelende_persoon=""), "proef-bedrijf"),
    ):
        await browser.log_in(gebruiker)
        pagina = await invuller.begin(slug)
        await invuller.stuur(pagina, actie="bewaren")
        tekst = text_of(await browser.get("/overzicht"))
        assert "Laatst bewaard op" in tekst
        assert "Laatst gewijzigd" not in tekst
