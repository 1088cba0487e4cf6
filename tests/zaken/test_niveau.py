"""What was asked after a safer login is only given back after one (B7, Wdo)."""

import re

import pytest
from fastapi import FastAPI

from tests import factories
from tests.conftest import Browser, text_of


async def letter_of(browser: Browser, naam: str) -> str:
    lijst = await browser.get("/zaken?toestand=afgerond")
    zaak = next(
        url for url in re.findall(r'href="(/zaken/zaken/[0-9a-f-]{36})"[^>]*>([^<]+)<', lijst.text) if naam in url[1]
    )
    return re.findall(r'href="(/zaken/[^"]+/documenten/[0-9a-f-]{36})"', (await browser.get(zaak[0])).text)[0]


@pytest.mark.seed("B7")
async def test_a_letter_about_income_asks_for_the_level_of_its_form(portal: FastAPI, browser: Browser) -> None:
    await browser.log_in(factories.burger(factories.HENDRIK, niveau=20))
    letter = await letter_of(browser, "Kwijtschelding")
    refused = await browser.get(letter)
    assert refused.status_code == 403
    assert "Log in op een veiligere manier" in text_of(refused)
    assert 'name="niveau" value="25"' in refused.text
    assert f'name="terug" value="{letter.partition("/documenten/")[0]}"' in refused.text
    safer = Browser(portal)
    await safer.log_in(factories.burger(factories.HENDRIK, niveau=25))
    assert (await safer.get(letter)).status_code == 200


async def test_a_letter_about_parking_is_read_as_before(browser: Browser) -> None:
    await browser.log_in(factories.burger(factories.ANNA, niveau=20))
    lijst = await browser.get("/zaken?toestand=afgerond")
    for zaak in re.findall(r'href="(/zaken/zaken/[0-9a-f-]{36})"', lijst.text):
        letters = re.findall(r'href="(/zaken/[^"]+/documenten/[0-9a-f-]{36})"', (await browser.get(zaak)).text)
        if letters:
            assert (await browser.get(letters[0])).status_code == 200
            return
    pytest.fail("geen brief om te lezen")
