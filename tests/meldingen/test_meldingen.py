"""Everybody may see which meldingen are open, and nothing of who told them."""

from fastapi import FastAPI

from pip_portal import mij_ook
from pip_portal.backoffice.bronnen import Bronnen
from pip_portal.meldingen.routes import plek
from tests.conftest import Browser, text_of

PAGINA = "/meldingen"


async def test_everybody_reads_what_is_open_and_where(browser: Browser, portal: FastAPI, backoffice: FastAPI) -> None:
    bronnen: Bronnen = portal.state.bronnen
    product = await browser.get("/producten/melding-openbare-ruimte")
    assert f'href="{PAGINA}"' in product.text
    assert portal.state.settings.kaart_tegels == ""
    assert f'href="{PAGINA}"' not in (await browser.get("/producten/klacht")).text
    response = await browser.get(PAGINA)
    tekst = text_of(response)
    assert "data-tegels" not in response.text, "no map without tiles; the list says all of it"
    assert "Container is vol" in tekst
    assert tekst.index("Container is vol") < tekst.index("Gat in de weg"), "the newest first"
    assert "450 meter ten zuidwesten van het centrum" in tekst
    assert "Nog niet opgelost" in tekst
    assert "keer gemeld" not in tekst
    gat = next(m for m in await bronnen.signalen.open_rondom((6.1639, 52.2551)) if m.categorie == "Gat in de weg")
    await mij_ook.tel(portal.state.db, portal.state.sleutels, "iemand", gat.sleutel, ())
    backoffice.state.beheer.storing(api="signalen", soort="status", status=503)
    opnieuw = text_of(await browser.get(PAGINA))
    assert "Container is vol" in opnieuw, "what was read just now serves for a minute"
    assert "Al 2 keer gemeld" in opnieuw


async def test_an_outage_is_named_and_is_not_an_empty_list(browser: Browser, backoffice: FastAPI) -> None:
    backoffice.state.beheer.storing(api="signalen", soort="status", status=503)
    response = await browser.get(PAGINA)
    assert response.status_code == 503
    assert "geen open meldingen" not in response.text


def test_a_place_is_told_in_words() -> None:
    midden = (6.16, 52.25)
    assert plek(midden, (6.16, 52.2509)) == "100 meter ten noorden van het centrum"
    assert plek(midden, (6.20, 52.25)) == "2,7 kilometer ten oosten van het centrum"
