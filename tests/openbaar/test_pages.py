"""What everyone may read."""

import pytest
from fastapi import FastAPI

from tests import factories
from tests.conftest import Browser, text_of

PUBLIC = [
    "/",
    "/inloggen",
    "/hulp",
    "/privacy",
    "/cookies",
    "/toegankelijkheid",
    "/uitgelogd",
    "/sessie-verlopen",
    "/nieuwsbrieven",
]


@pytest.mark.seed("C10")
@pytest.mark.parametrize("url", [*PUBLIC, "/bestaat-niet"])
async def test_every_page_says_how_to_call_the_gemeente(browser: Browser, url: str) -> None:
    response = await browser.get(url)
    assert 'href="tel:140570"' in response.text
    assert "14 0570" in response.text


@pytest.mark.parametrize("url", PUBLIC)
async def test_every_public_page_exists_in_english(browser: Browser, url: str) -> None:
    dutch = text_of(await browser.get(url))
    await browser.post("/taal", {"taal": "en", "terug": url})
    browser.lang = "en"
    english = text_of(await browser.get(url))
    assert english != dutch


async def test_the_language_switch_brings_the_citizen_back_to_the_same_page(browser: Browser) -> None:
    response = await browser.post("/taal", {"taal": "en", "terug": "/privacy"})
    assert (response.status_code, response.headers["location"]) == (303, "/privacy")


async def test_the_language_switch_keeps_what_the_page_was_about(browser: Browser) -> None:
    response = await browser.get("/inloggen?terug=/zaken/zaken/1")
    assert 'name="terug" value="/inloggen?terug=/zaken/zaken/1"' in response.text
    gewisseld = await browser.post("/taal", {"taal": "en", "terug": "/inloggen?terug=/zaken/zaken/1"})
    assert gewisseld.headers["location"] == "/inloggen?terug=/zaken/zaken/1"


async def test_a_page_that_does_not_exist_says_what_to_do(browser: Browser) -> None:
    response = await browser.get("/zaken-van-de-buren/1")
    assert response.status_code == 404
    assert "14 0570" in text_of(response)


async def test_probes_answer_without_a_session(portal: FastAPI, browser: Browser) -> None:
    assert (await browser.get("/gezond")).text == "gezond\n"
    assert (await browser.get("/klaar")).text == "klaar\n"
    assert (await browser.get("/metrics")).status_code == 404, "zonder token bestaan de cijfers niet"


async def test_researchers_find_where_to_report_a_weakness(browser: Browser) -> None:
    assert "Contact:" in (await browser.get("/.well-known/security.txt")).text


@pytest.mark.seed("N4")
async def test_the_header_of_someone_who_is_logged_in_has_a_way_out(browser: Browser) -> None:
    await browser.log_in(factories.burger(), naam="Anna Jansen")
    page = await browser.get("/hulp")
    assert "Anna Jansen" in page.text
    assert "Uitloggen" in page.text
