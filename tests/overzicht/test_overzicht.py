"""Overzicht: what must be done first, and each part on its own when a source is late or down."""

import re

import pytest
from fastapi import FastAPI

from pip_portal.settings import Settings
from tests import factories
from tests.conftest import Browser, text_of

PANEEL = re.compile(r'data-hx-get="([^"]+)" data-hx-trigger="load"')


@pytest.mark.seed("P1")
async def test_what_must_be_done_stands_on_top(browser: Browser) -> None:
    await browser.log_in(factories.burger(factories.ANNA))
    tekst = text_of(await browser.get("/overzicht"))
    volgorde = [tekst.index(kop) for kop in ("Dit moet u nog doen", "Lopende zaken", "Mijn gegevens")]
    assert volgorde == sorted(volgorde)
    assert "Stuur ons de informatie die wij missen. Uiterlijk" in tekst
    assert "Brink 45-B, 7411 BV Deventer" in tekst


async def test_who_has_nothing_to_do_reads_that(browser: Browser) -> None:
    await browser.log_in(factories.burger(factories.YOUSSEF))
    tekst = text_of(await browser.get("/overzicht"))
    assert "U hoeft nu niets te doen." in tekst
    assert "U hebt geen lopende zaken" in tekst


@pytest.mark.veel_zaken
async def test_at_most_five_zaken_are_shown_and_it_says_how_far_we_looked(browser: Browser) -> None:
    await browser.log_in(factories.burger(factories.SUZANNE))
    response = await browser.get("/overzicht")
    lopend = response.text.partition('id="lopend"')[2].partition('id="gegevens"')[0]
    assert len(set(re.findall(r'href="(/zaken/[^"]+)"', lopend))) == 5
    assert "Wij keken naar uw 20 nieuwste lopende zaken." in text_of(response)


@pytest.mark.veel_zaken
async def test_the_number_of_calls_does_not_grow_with_the_number_of_zaken(
    browser: Browser, backoffice: FastAPI
) -> None:
    async def calls(bsn: str) -> int:
        await browser.log_in(factories.burger(bsn))
        await browser.get("/overzicht")  # fills the catalogus
        backoffice.state.beheer.wis_oproepen()
        await browser.get("/overzicht")
        return len(backoffice.state.beheer.oproepen)

    assert await calls(factories.SUZANNE) <= 51  # lists of zaken, taken, berichten, vragen; what twenty rows need
    assert await calls(factories.YOUSSEF) <= 7


async def test_a_secret_address_does_not_open_by_itself(browser: Browser) -> None:
    await browser.log_in(factories.burger(factories.EVA))
    tekst = text_of(await browser.get("/overzicht"))
    assert "Raamdwarsstraat" not in tekst
    assert "Geheim. U ziet het bij Mijn gegevens." in tekst


@pytest.mark.parametrize("soort", ["status", "onzin"])
@pytest.mark.parametrize(
    ("api", "weg", "er_nog"),
    [
        ("brp", "Uw gegevens kunnen wij nu niet laten zien", "Dit moet u nog doen"),
        ("zaken", "Uw zaken kunnen wij nu niet laten zien", "Brink 45-B"),
    ],
)
async def test_a_source_that_is_down_takes_only_its_own_part(
    browser: Browser, backoffice: FastAPI, api: str, soort: str, weg: str, er_nog: str
) -> None:
    await browser.log_in(factories.burger(factories.ANNA))
    backoffice.state.beheer.storing(api=api, soort=soort)
    response = await browser.get("/overzicht")
    assert response.status_code == 200
    assert weg in text_of(response)
    assert er_nog in text_of(response)
    assert "U hoeft nu niets te doen" not in text_of(response)


class TestLate:
    @pytest.fixture
    def settings(self, database_url: str) -> Settings:
        return factories.settings(database_url, pagina_budget=0.1)

    async def test_a_late_part_waits_alone_and_fills_itself(self, browser: Browser, backoffice: FastAPI) -> None:
        await browser.log_in(factories.burger(factories.ANNA))
        backoffice.state.beheer.storing(api="brp", soort="vertraging", seconden=0.4)
        backoffice.state.beheer.storing(api="zaken", soort="vertraging", seconden=0.4)
        heel = await browser.get("/overzicht")
        assert {"/overzicht?deel=zaken", "/overzicht?deel=gegevens"} <= set(PANEEL.findall(heel.text))
        assert 'href="/overzicht?geduld=1"' in heel.text
        zaken = (await browser.fragment("/overzicht?deel=zaken")).text
        assert "Dit moet u nog doen" in zaken
        assert "<html" not in zaken
        assert "Mijn gegevens" not in zaken
        assert "Brink 45-B" in (await browser.fragment("/overzicht?deel=gegevens")).text

    async def test_without_javascript_patience_brings_the_whole_page(
        self, browser: Browser, backoffice: FastAPI
    ) -> None:
        await browser.log_in(factories.burger(factories.ANNA))
        backoffice.state.beheer.storing(api="zaken", soort="vertraging", seconden=0.4)
        assert "Stuur ons de informatie" not in text_of(await browser.get("/overzicht?geduld=0"))
        assert "Stuur ons de informatie" in text_of(await browser.get("/overzicht?geduld=1"))


async def test_without_login_there_is_nothing_to_see(browser: Browser) -> None:
    response = await browser.get("/overzicht")
    assert response.headers["location"] == "/inloggen?terug=/overzicht"


@pytest.mark.seed("P4")
async def test_a_company_reads_for_which_vestiging_it_looks_and_can_switch(browser: Browser) -> None:
    await browser.log_in(factories.bedrijf(vestiging="000045000012"))
    response = await browser.get("/overzicht")
    assert "vestiging 000045000012" in text_of(response)
    assert "Oerdijk 33" in text_of(response)
    assert "Wisselen van vestiging" in text_of(response)
    await browser.log_in(factories.bedrijf(vestiging="000045000012", beperkt=True))
    assert "Wisselen van vestiging" not in text_of(await browser.get("/overzicht"))


@pytest.mark.parametrize("deel", ["", "weg", "zaken", "%00"])
async def test_an_unknown_part_is_the_whole_page(browser: Browser, deel: str) -> None:
    await browser.log_in(factories.burger(factories.ANNA))
    assert (await browser.get(f"/overzicht?deel={deel}&x=1")).status_code == 200
