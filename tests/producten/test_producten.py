"""What everyone can read before they begin: each product, with what it costs and how to do it another way."""

import re

import pytest
from lxml import html

from tests.conftest import Browser
from tests.formulieren.voorbeelden import alle_formulieren

FORMULIEREN = alle_formulieren()
KOPPEN = [
    "Voor wie is dit?",
    "Wat kost het?",
    "Hoe lang duurt het?",
    "Wat hebt u nodig?",
    "Hoe regelt u het?",
    "Wat gebeurt er daarna?",
    "Bent u het er niet mee eens?",
    "Regelt u het liever anders?",
]


async def test_the_list_shows_every_product(browser: Browser) -> None:
    response = await browser.get("/producten")
    assert response.status_code == 200
    assert response.headers["X-Robots-Tag"] == "all"
    for slug in FORMULIEREN.slugs:
        assert f'href="/producten/{slug}"' in response.text


@pytest.mark.seed("B1")
@pytest.mark.seed("B3")
@pytest.mark.parametrize("slug", FORMULIEREN.slugs)
async def test_a_product_says_everything_in_one_order(browser: Browser, slug: str) -> None:
    formulier = FORMULIEREN.get(slug)
    response = await browser.get(f"/producten/{slug}")
    assert response.status_code == 200
    boom = html.fromstring(response.text)
    assert boom.xpath("string(//h1)") == formulier.product.naam.nl
    koppen = [kop.text_content() for kop in boom.xpath("//main//h2")]
    assert [kop for kop in koppen if kop in KOPPEN] == KOPPEN
    assert len(boom.xpath("//main//ul[contains(@class,'portaal-kanalen')]/li")) >= 4
    tekst = boom.xpath("string(//main)")
    assert not re.search(r"\{[a-z]", tekst)
    assert "…" not in tekst


@pytest.mark.parametrize("slug", FORMULIEREN.slugs)
async def test_one_button_begins_it(browser: Browser, slug: str) -> None:
    formulier = FORMULIEREN.get(slug)
    boom = html.fromstring((await browser.get(f"/producten/{slug}")).text)
    knoppen = boom.xpath("//main//a[contains(@class,'nl-button--primary')]")
    assert len(knoppen) == 1
    naar = knoppen[0].get("href")
    if formulier.verwijzing:
        assert naar == formulier.verwijzing.url
    elif formulier.voorcheck:
        assert naar == f"/formulieren/{slug}/check"
    else:
        assert naar == f"/formulieren/{slug}/start"
        assert knoppen[0].text_content().startswith("Start: ")


async def test_it_says_which_login_it_asks_for(browser: Browser) -> None:
    assert "U logt in met DigiD." in (await browser.get("/producten/verhuizing-doorgeven")).text
    assert "U logt in met eHerkenning." in (await browser.get("/producten/parkeervergunning-bedrijven")).text


async def test_in_english(browser: Browser) -> None:
    await browser.post("/taal", {"taal": "en"})
    browser.lang = "en"
    response = await browser.get("/producten/verhuizing-doorgeven")
    assert FORMULIEREN.get("verhuizing-doorgeven").product.naam.en in response.text
    assert "Who is this for?" in response.text


async def test_a_product_that_is_not_there(browser: Browser) -> None:
    assert (await browser.get("/producten/bestaat-niet")).status_code == 404
