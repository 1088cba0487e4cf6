"""Everybody may see which meldingen are open, and nothing of who told them."""

from datetime import timedelta

from fastapi import FastAPI
from sqlalchemy import update

from pip_portal import mij_ook
from pip_portal.app import maak_bewaren
from pip_portal.backoffice.bronnen import Bronnen
from pip_portal.meldingen.routes import plek
from pip_portal.tables import MijOok
from pip_portal.tijd import now
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


async def test_a_count_is_forgotten_after_its_term(portal: FastAPI) -> None:
    db, sleutels = portal.state.db, portal.state.sleutels
    for melding in ("oud", "nieuw"):
        await mij_ook.tel(db, sleutels, "iemand", melding, ())
    async with db.begin() as session:
        lang_geleden = now() - mij_ook.BEWAREN - timedelta(days=1)
        await session.execute(update(MijOok).where(MijOok.melding == "oud").values(op=lang_geleden))
    await maak_bewaren(portal).oud()
    assert await mij_ook.aantallen(db) == {"nieuw": 1}
