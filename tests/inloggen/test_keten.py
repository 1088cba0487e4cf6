"""A company that another one mandated (ketenmachtiging): the zaken of that one, as far as the portal allows."""

import re

import pytest
from lxml import html

from tests import factories
from tests.conftest import Browser, text_of
from tests.inloggen.conftest import Login

ZAAK = re.compile(r'href="(/zaken/[a-z0-9-]+/[0-9a-f-]{36})"')


async def zaken_van(browser: Browser) -> set[str]:
    lijsten = [(await browser.get(pad)).text for pad in ("/zaken", "/zaken?toestand=afgerond")]
    return {url for lijst in lijsten for url in ZAAK.findall(lijst)}


@pytest.mark.seed("N9")
async def test_the_accountant_of_the_stichting_sees_its_zaken_and_both_firms_are_named(
    login: Login, browser: Browser
) -> None:
    back = await login.log_in("Z4-A", "eherkenning", keten=factories.BAKKERIJ)
    assert (back.status_code, back.headers["location"]) == (303, "/zaken")
    page = await browser.get("/zaken")
    bar = " ".join(html.document_fromstring(page.text).find_class("portaal-wie--namens")[0].text_content().split())
    assert "U regelt zaken voor: Stichting Deventer Straatfestijn" in bar
    assert "Via: Bakkerij De Koekstad" in bar
    his = await zaken_van(browser)
    own = Browser(browser.portal)
    await own.log_in(factories.bedrijf(factories.STRAATFESTIJN))
    assert his
    assert his <= await zaken_van(own)
    bakkerij = Browser(browser.portal)
    await bakkerij.log_in(factories.bedrijf(factories.BAKKERIJ))
    for url in await zaken_van(bakkerij):
        assert (await browser.get(url)).status_code == 404
    assert "Dit kunt u niet voor Stichting Deventer Straatfestijn regelen" in text_of(await browser.get("/gegevens"))


@pytest.mark.parametrize("tussenpersoon", [factories.STRAATFESTIJN, factories.ONTBONDEN])
async def test_an_intermediary_that_is_the_company_itself_or_dissolved_is_refused(
    login: Login, browser: Browser, tussenpersoon: str
) -> None:
    assert (await login.log_in("Z4-A", "eherkenning", keten=tussenpersoon)).status_code == 403
    assert (await browser.get("/zaken")).status_code == 303
