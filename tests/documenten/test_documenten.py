"""Documenten: everything of all zaken in one place, the same as on each zaak, and as fast for who has many."""

import re

import pytest
from fastapi import FastAPI

from tests import factories
from tests.conftest import Browser, text_of

DOCUMENT = re.compile(r'href="(/zaken/[a-z]+/[0-9a-f-]{36}/documenten/[0-9a-f-]{36})"')
ZAAK = re.compile(r'href="(/zaken/zaken/[0-9a-f-]{36})"')


async def op_de_zaken(browser: Browser) -> set[str]:
    gevonden: set[str] = set()
    for lijst in ("/zaken", "/zaken?toestand=afgerond"):
        for zaak in dict.fromkeys(ZAAK.findall((await browser.get(lijst)).text)):
            gevonden |= set(DOCUMENT.findall((await browser.get(zaak)).text))
    return gevonden


@pytest.mark.parametrize("bsn", [factories.ANNA, factories.LUCIA])
async def test_it_is_the_same_set_as_on_the_pages_of_the_zaken(browser: Browser, bsn: str) -> None:
    await browser.log_in(factories.burger(bsn, niveau=25))
    html, pagina = "", 1
    while "Meer zaken doorzoeken" in (deel := (await browser.get(f"/documenten?geduld=1&pagina={pagina}")).text):
        html, pagina = html + deel, pagina + 1
    html += deel
    assert set(DOCUMENT.findall(html)) == await op_de_zaken(browser)


async def test_documents_are_found_by_title_year_kind_and_sender(browser: Browser) -> None:
    await browser.log_in(factories.burger(factories.ANNA))
    html = (await browser.get("/documenten")).text
    alle = set(DOCUMENT.findall(html))
    titel = re.findall(r'class="nl-link portaal-bestand__link" href="[^"]+">([^<]+)', html)[0].strip()
    gevonden = await browser.get("/documenten", params={"zoek": titel.upper()})
    assert 0 < len(set(DOCUMENT.findall(gevonden.text))) <= len(alle)
    assert titel in text_of(gevonden)
    van_u = set(DOCUMENT.findall((await browser.get("/documenten?van=u")).text))
    van_ons = set(DOCUMENT.findall((await browser.get("/documenten?van=gemeente")).text))
    assert van_u | van_ons == alle
    assert not van_u & van_ons
    soort = re.findall(r'<option value="([^"]+)">', html.partition('name="soort"')[2].partition("</select>")[0])[0]
    assert set(DOCUMENT.findall((await browser.get("/documenten", params={"soort": soort})).text)) <= alle
    assert "Geen documenten gevonden" in text_of(await browser.get("/documenten?zoek=onvindbaar"))
    assert not DOCUMENT.findall((await browser.get("/documenten?jaar=1999")).text)
    fragment = (await browser.fragment("/documenten?van=x&jaar=x&pagina=x")).text
    assert "<h1" not in fragment
    assert set(DOCUMENT.findall(fragment)) == alle


@pytest.mark.veel_zaken
async def test_who_has_1200_zaken_waits_no_longer_and_can_go_on(browser: Browser, backoffice: FastAPI) -> None:
    await browser.log_in(factories.burger(factories.SUZANNE))
    await browser.get("/documenten")  # the catalogus is read
    backoffice.state.beheer.wis_oproepen()
    response = await browser.get("/documenten?geduld=1")
    assert len(backoffice.state.beheer.oproepen) < 1 + 10 * 8
    assert "Wij doorzochten 10 van uw" in text_of(response)
    assert "Meer zaken doorzoeken" in text_of(response)
    verder = text_of(await browser.get("/documenten?pagina=2&geduld=1"))
    assert "Wij doorzochten 20 van uw" in verder
    assert "Terug naar nieuwere zaken" in verder


async def test_an_outage_is_named_and_is_never_an_empty_list(browser: Browser, backoffice: FastAPI) -> None:
    await browser.log_in(factories.burger(factories.ANNA))
    backoffice.state.beheer.storing(api="documenten", soort="status", status=503)
    tekst = text_of(await browser.get("/documenten"))
    assert "kunnen wij de documenten nu niet laten zien" in tekst
    backoffice.state.beheer.storing(api="zaken", soort="status", status=503)
    response = await browser.get("/documenten", check=False)
    assert response.status_code == 503
    assert "nog geen documenten" not in response.text


async def test_somebody_else_sees_none_of_them(browser: Browser) -> None:
    await browser.log_in(factories.burger(factories.ANNA))
    van_anna = set(DOCUMENT.findall((await browser.get("/documenten")).text))
    await browser.log_in(factories.burger(factories.MEHMET))
    assert not van_anna & set(DOCUMENT.findall((await browser.get("/documenten")).text))
