"""Mijn gegevens: what the registers know, where it comes from, and what to do when it is wrong."""

import re

import pytest
from fastapi import FastAPI

from pip_portal.gegevens.bedrijf import kvk_datum
from pip_portal.settings import Settings
from tests import factories
from tests.conftest import Browser, text_of


@pytest.mark.seed("B5")
@pytest.mark.seed("D5")
async def test_a_citizen_sees_their_data_with_the_source(browser: Browser) -> None:
    await browser.log_in(factories.burger(factories.ANNA))
    tekst = text_of(await browser.get("/gegevens"))
    for gegeven in ("Anna Maria", "12 maart 1984", "Brink 45-B, 7411 BV Deventer", "Nederlandse", "Erik Bakker"):
        assert gegeven in tekst
    assert "Bron: Basisregistratie Personen" in tekst
    assert "Klopt dit niet?" in tekst


async def test_the_bsn_is_masked_until_asked_for(browser: Browser) -> None:
    await browser.log_in(factories.burger(factories.ANNA))
    html = (await browser.get("/gegevens")).text
    assert "•••••1012" in html
    zonder_uitklap = re.sub(r"<details.*?</details>", "", html, flags=re.DOTALL)
    assert factories.ANNA not in zonder_uitklap


async def test_a_secret_address_is_explained_and_opened_by_oneself(browser: Browser) -> None:
    await browser.log_in(factories.burger(factories.EVA))
    html = (await browser.get("/gegevens")).text
    assert "Uw gegevens zijn geheim" in html
    assert "Raamdwarsstraat 3" in html
    assert "Raamdwarsstraat" not in re.sub(r"<details.*?</details>", "", html, flags=re.DOTALL)


async def test_who_lives_abroad_sees_the_foreign_address(browser: Browser) -> None:
    await browser.log_in(factories.burger(factories.INGRID))
    tekst = text_of(await browser.get("/gegevens"))
    assert "Calle Mayor 4" in tekst
    assert "Registratie Niet-ingezetenen" in tekst


@pytest.mark.parametrize(
    "bsn",
    [
        factories.MEHMET,
        factories.WILHELMINA,
        factories.SANNE,
        factories.YOUSSEF,
        factories.LUCIA,
        factories.HENDRIK,
        factories.PIET,
        factories.SUZANNE,
        "900212640",
    ],
)
async def test_everybody_gets_a_good_page(browser: Browser, bsn: str) -> None:
    await browser.log_in(factories.burger(bsn))
    response = await browser.get("/gegevens")
    assert response.status_code == 200
    assert "None" not in text_of(response)


async def test_who_is_not_in_the_register_reads_what_to_do(browser: Browser) -> None:
    await browser.log_in(factories.burger("012345672"))
    assert "Wij vinden u niet" in text_of(await browser.get("/gegevens"))


@pytest.mark.seed("D6")
async def test_a_company_sees_what_the_handelsregister_knows(browser: Browser) -> None:
    await browser.log_in(factories.bedrijf())
    tekst = text_of(await browser.get("/gegevens"))
    for gegeven in ("Bakkerij De Koekstad B.V.", "90000110", "859100017", "Banketbakkerijen", "Oerdijk 33"):
        assert gegeven in tekst
    assert "Bron: Handelsregister" in tekst


@pytest.mark.seed("P4")
async def test_a_login_for_one_vestiging_sees_only_that_one(browser: Browser) -> None:
    await browser.log_in(factories.bedrijf(vestiging="000045000012", beperkt=True))
    tekst = text_of(await browser.get("/gegevens"))
    assert "000045000012" in tekst
    assert "000045000011" not in tekst


@pytest.mark.parametrize("kvk_nummer", [factories.KLUSBEDRIJF, factories.HANZEHUIS, factories.STRAATFESTIJN])
async def test_every_company_gets_a_good_page(browser: Browser, kvk_nummer: str) -> None:
    await browser.log_in(factories.bedrijf(kvk_nummer))
    response = await browser.get("/gegevens")
    assert response.status_code == 200
    assert "None" not in text_of(response)


@pytest.mark.parametrize(("soort", "gebruiker"), [("brp", "burger"), ("kvk", "bedrijf")])
@pytest.mark.parametrize("fout", ["status", "onzin"])
async def test_a_register_that_is_down_says_so_and_logging_out_still_works(
    browser: Browser, backoffice: FastAPI, soort: str, gebruiker: str, fout: str
) -> None:
    await browser.log_in(factories.burger() if gebruiker == "burger" else factories.bedrijf())
    backoffice.state.beheer.storing(api=soort, soort=fout)
    response = await browser.get("/gegevens")
    assert response.status_code == 200
    assert "Uw gegevens kunnen wij nu niet laten zien" in text_of(response)
    assert "Overal uitloggen" in text_of(response)


class TestLate:
    @pytest.fixture
    def settings(self, database_url: str) -> Settings:
        return factories.settings(database_url, pagina_budget=0.1)

    async def test_a_slow_register_fills_in_by_itself(self, browser: Browser, backoffice: FastAPI) -> None:
        await browser.log_in(factories.burger(factories.ANNA))
        backoffice.state.beheer.storing(api="brp", soort="vertraging", seconden=0.4)
        heel = await browser.get("/gegevens")
        assert 'data-hx-get="/gegevens"' in heel.text
        assert "Brink 45-B" in (await browser.fragment("/gegevens")).text
        assert "Brink 45-B" in text_of(await browser.get("/gegevens?geduld=1"))


async def test_logging_out_everywhere_ends_the_session_in_another_browser(browser: Browser) -> None:
    await browser.log_in(factories.burger(factories.ANNA))
    andere = Browser(browser.portal)
    async with andere.client:
        await andere.log_in(factories.burger(factories.ANNA))
        assert (await andere.get("/gegevens")).status_code == 200
        assert 'name="overal" value="1"' in (await browser.get("/gegevens")).text
        await browser.post("/uitloggen", {"overal": "1"})
        assert (await andere.get("/gegevens")).is_redirect


@pytest.mark.parametrize(
    ("tekst", "dag"),
    [("20120315", "15 maart 2012"), ("20170000", "2017"), ("00000000", None), ("", None), ("onbekend", None)],
)
def test_a_date_of_the_handelsregister_can_be_partly_unknown(tekst: str, dag: str | None) -> None:
    assert kvk_datum(tekst) == dag
