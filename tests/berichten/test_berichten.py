"""Berichten: one archive of what the gemeente wrote, with proof of when it was placed and read."""

import re
import time
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select

from pip_portal.backoffice.objecten import ObjectenApi
from pip_portal.backoffice.objecttypen import Bericht
from pip_portal.berichten.tekst import alineas
from pip_portal.settings import Settings
from pip_portal.tables import Bewijs, GelezenBericht
from pip_portal.tijd import vandaag
from tests import factories
from tests.conftest import Browser, text_of

ANNA, MEHMET = factories.burger(), factories.burger(factories.MEHMET)


@pytest.fixture
def settings(database_url: str) -> Settings:
    return factories.settings(database_url, pagina_budget=5.0)


@pytest.fixture
def objecten(portal: FastAPI) -> ObjectenApi:
    api: ObjectenApi = portal.state.bronnen.objecten
    return api


async def bericht(objecten: ObjectenApi, woord: str) -> Bericht:
    return next(b for b in (await objecten.berichten(ANNA, vandaag())).rijen if woord in b.onderwerp)


def titels(response: httpx.Response) -> list[str]:
    return re.findall(r'portaal-kaart__link" href="[^"]+">([^<]+)<', response.text)


async def test_berichten_and_letters_stand_in_one_archive_newest_first_and_can_be_searched(
    browser: Browser, objecten: ObjectenApi
) -> None:
    await browser.log_in(ANNA)
    alles = await browser.get("/berichten")
    tekst = text_of(alles)
    volgorde = ("Wij hebben nog gegevens", "Werkzaamheden aan de Brink", "Uw parkeervergunning is verlengd")
    assert [tekst.index(titel) for titel in volgorde] == sorted(tekst.index(titel) for titel in volgorde)
    assert "aanslag voor volgend jaar" not in tekst  # published later
    brief = re.findall(r'href="(/zaken/zaken/[0-9a-f-]{36}/documenten/[0-9a-f-]{36})"', alles.text)
    assert brief
    assert (await browser.get(brief[0])).headers["content-disposition"].startswith("attachment")
    assert alles.text.count("Nieuw</") >= 2
    gezocht = await browser.fragment("/berichten?zoek=bolwerk+brink")
    assert titels(gezocht) == []
    assert titels(await browser.fragment("/berichten?zoek=BRINK+bijlage")) == ["Werkzaamheden aan de Brink"]
    assert "Wij vinden geen berichten" in text_of(await browser.get("/berichten?jaar=1999"))
    assert "Deze pagina is er niet" in text_of(await browser.get("/berichten?pagina=99"))
    await browser.log_in(factories.burger(factories.YOUSSEF))
    assert "U hebt geen berichten" in text_of(await browser.get("/berichten"))
    await browser.log_in(factories.bedrijf(vestiging="000045000012", beperkt=True))
    beperkt = text_of(await browser.get("/berichten"))
    assert "Berichten aan het hele bedrijf ziet u hier niet" in beperkt
    assert "Markt op de Brink" not in beperkt


async def test_opening_is_reading_and_that_is_kept_as_proof_and_passed_on(
    browser: Browser, portal: FastAPI, objecten: ObjectenApi
) -> None:
    await browser.log_in(ANNA)
    vraag = await bericht(objecten, "nog gegevens")
    overzicht = await browser.get("/overzicht")
    assert "Nieuwe berichten" in text_of(overzicht)
    assert re.search(r"Berichten</span><[^>]*>\s*2 nieuw", overzicht.text)
    pagina = await browser.get(f"/berichten/{vraag.uuid}")
    tekst = text_of(pagina)
    assert "Stuur ons voor de datum hieronder de stukken" in tekst
    assert "U moet ons iets sturen of laten weten" in tekst
    assert "Doe dit uiterlijk" in tekst
    assert "Geplaatst op" in tekst
    gelezen_op = re.search(r"voor het eerst op [^.]+\.", tekst)
    assert gelezen_op
    assert f"/vragen/nieuw?onderwerp=bericht&amp;bericht={vraag.uuid}" in pagina.text
    assert gelezen_op[0] in text_of(await browser.get(f"/berichten/{vraag.uuid}"))  # the first time stays
    async with portal.state.db() as session:
        assert len(list(await session.scalars(select(GelezenBericht)))) == 1
        bewijzen = list(await session.scalars(select(Bewijs).where(Bewijs.gebeurtenis == "bericht_gelezen")))
    assert [b.kenmerk for b in bewijzen] == [str(vraag.uuid)]
    assert re.search(r"Berichten</span><[^>]*>\s*1 nieuw", (await browser.get("/overzicht")).text)
    await portal.state.werker.alles()
    assert (await objecten.bericht(ANNA, vraag.uuid, vandaag())).geopend
    bestand = await browser.get(f"/berichten/{vraag.uuid}/tekst")
    assert "Gelezen op" in bestand.text
    assert "attachment" in bestand.headers["content-disposition"]


async def test_an_attachment_comes_only_out_of_a_bericht_of_ones_own(
    browser: Browser, portal: FastAPI, objecten: ObjectenApi, backoffice: FastAPI
) -> None:
    await browser.log_in(ANNA)
    met = await bericht(objecten, "Brink")
    pagina = await browser.get(f"/berichten/{met.uuid}")
    url = re.findall(rf'href="(/berichten/{met.uuid}/bijlagen/[0-9a-f-]{{36}})"', pagina.text)[0]
    assert "Plattegrond werkzaamheden Brink" in text_of(pagina)
    gelezen = await browser.get(url)
    assert gelezen.content.startswith(b"%PDF")
    assert gelezen.headers["cache-control"] == "no-store"
    zonder = await bericht(objecten, "verlengd")
    assert (await browser.get(url.replace(str(met.uuid), str(zonder.uuid)))).status_code == 404
    assert (await browser.get(f"/berichten/{met.uuid}/bijlagen/{uuid4()}")).status_code == 404
    elders = ["https://elders.example/enkelvoudiginformatieobjecten/" + url[-36:]]
    await objecten._wijzig(ANNA, met.rij, {"bijlages": elders}, vandaag())
    assert (await browser.get(url)).status_code == 404  # a document on another host is never asked for
    assert "/bijlagen/" not in (await browser.get(f"/berichten/{met.uuid}")).text
    await browser.log_in(MEHMET)
    for pad in (f"/berichten/{met.uuid}", f"/berichten/{met.uuid}/tekst", url, f"/berichten/{uuid4()}"):
        assert (await browser.get(pad)).status_code == 404, pad


async def test_an_outage_is_named_and_what_is_known_stays(
    browser: Browser, backoffice: FastAPI, portal: FastAPI, objecten: ObjectenApi
) -> None:
    await browser.log_in(ANNA)
    await browser.get("/berichten")
    backoffice.state.beheer.storing(api="objecten", soort="onzin")
    tekst = text_of(await browser.get("/berichten"))
    assert "Misschien ziet u niet al uw berichten" in tekst
    assert "het systeem met berichten en taken" in tekst
    assert "Brief bij" in tekst
    assert "Uw berichten kunnen wij nu niet laten zien" in text_of(await browser.get("/overzicht"))
    backoffice.state.beheer.herstel()
    objecten.verbinding.breaker.success()
    backoffice.state.beheer.storing(api="besluiten", soort="onzin")
    tekst = text_of(await browser.get("/berichten"))
    assert "Misschien ziet u niet al uw berichten" in tekst
    assert "Werkzaamheden aan de Brink" in tekst
    backoffice.state.beheer.herstel()
    for root in ("zaken", "objecten"):
        backoffice.state.beheer.storing(api=root, soort="onzin")
    assert "U hebt geen berichten" not in text_of(await browser.get("/berichten"))


class TestLate:
    @pytest.fixture
    def settings(self, database_url: str) -> Settings:
        return factories.settings(database_url, pagina_budget=0.15)

    async def test_a_slow_source_gives_a_page_with_a_way_on(self, browser: Browser, backoffice: FastAPI) -> None:
        await browser.log_in(ANNA)
        for pad in ("/berichten", "/taken"):
            await browser.get(f"{pad}?geduld=1")
        backoffice.state.beheer.storing(api="objecten", soort="vertraging", seconden=0.3)
        for pad in ("/berichten", "/taken"):
            assert "Dit duurt langer dan normaal" in text_of(await browser.get(pad)), pad
            assert "Dit duurt langer dan normaal" not in text_of(await browser.get(f"{pad}?geduld=1")), pad


@pytest.mark.veel_zaken
async def test_the_archive_takes_as_many_calls_for_1200_zaken_as_for_60(browser: Browser, backoffice: FastAPI) -> None:
    aantallen = []
    for bsn in (factories.PIET, factories.SUZANNE):
        await browser.log_in(factories.burger(bsn))
        await browser.get("/berichten?geduld=1")
        backoffice.state.beheer.wis_oproepen()
        await browser.get("/berichten?geduld=1")
        aantallen.append(len(backoffice.state.beheer.oproepen))
    assert max(aantallen) <= 120, aantallen


def test_html_that_is_broken_breaks_no_page_and_takes_no_minutes() -> None:
    assert alineas("<p>Beste Anna <![ <![if x]>en<![endif]> Mehmet</p>")[0].startswith("Beste Anna")
    begin = time.perf_counter()
    for stuk in ("<p ", "<!--", "</p ", "<p a='"):
        alineas("<p>Beste Anna</p>" + stuk * 20_000)
    assert time.perf_counter() - begin < 2


def test_html_is_shown_as_its_words_and_never_as_html() -> None:
    html = '<p>Beste Anna,<br>lees <a href="https://deventer.nl/x">dit</a>.</p><script>alert(1)</script><ul><li>een</li></ul>'
    assert alineas(html) == ["Beste Anna,", "lees dit (https://deventer.nl/x).", "- een"]
    assert alineas("Als a < b en\r\nb > c\n\ndan niet.") == ["Als a < b en", "b > c", "dan niet."]
    assert alineas('<a href="javascript:alert(1)">klik</a>') == ["klik"]
