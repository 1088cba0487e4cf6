"""What a citizen reads of the news: on Overzicht, on its own page and in the menu; and that it was read."""

import pytest
from fastapi import FastAPI

from pip_portal.eigenaar import Eigenaar
from pip_portal.gebruiker import Gebruiker
from pip_portal.notificaties import lezen
from pip_portal.notificaties.melden import meld
from tests import factories
from tests.conftest import Browser, text_of
from tests.notificaties.conftest import Wereld, burgerrol
from tests.zaken.test_pages import open_zaak


async def nieuws(wereld: Wereld, gebruiker: Gebruiker, *zaken: str) -> Eigenaar:
    """For each of these addresses of a zaak, a document; and a question to do something."""
    eigenaar = await wereld.ken(gebruiker)
    for n, pad in enumerate(zaken):
        _, _, bron, uuid = pad.split("/")
        async with wereld.portal.state.db.begin() as session:
            await meld(
                session,
                wereld.portal.state.sleutels,
                eigenaar,
                "document",
                kenmerk=f"document:{n}",
                pad=pad,
                bron=bron,
                zaak_uuid=uuid,
                nummer=f"P26-NUMMER{n}",
            )
    return Eigenaar(eigenaar, gebruiker)


@pytest.mark.seed("P6")
async def test_news_stands_on_overzicht_with_the_name_of_the_zaak_and_goes_when_it_is_read(
    wereld: Wereld, browser: Browser, backoffice: FastAPI
) -> None:
    await browser.log_in(factories.burger())
    parkeren = await open_zaak(browser, "Parkeervergunning voor bewoners")
    await browser.get("/overzicht")
    backoffice.state.beheer.wis_oproepen()
    await browser.get("/overzicht")
    zonder = len(backoffice.state.beheer.oproepen)
    await nieuws(wereld, factories.burger(), parkeren)
    backoffice.state.beheer.wis_oproepen()
    overzicht = await browser.get("/overzicht")
    assert len(backoffice.state.beheer.oproepen) == zonder  # no call more for a notification
    paneel = overzicht.text.partition('id="nieuw"')[2].partition("</section>")[0]
    assert "Er staat een nieuw document voor u klaar" in paneel
    assert "Parkeervergunning voor bewoners" in paneel
    assert f'href="{parkeren}"' in paneel
    plekken = [overzicht.text.index(f'id="{naam}"') for naam in ("doen", "nieuw", "lopend")]
    assert plekken == sorted(plekken)
    assert (await browser.fragment("/overzicht?deel=zaken")).text.count('id="nieuw"') == 1
    backoffice.state.beheer.storing(api="zaken", soort="status")
    assert (await browser.get("/overzicht")).text.count('id="nieuw"') == 1
    backoffice.state.beheer.herstel()
    assert "1 nieuw" in overzicht.text
    zaak = await browser.get(parkeren)
    assert "1 nieuw" not in zaak.text
    assert 'id="nieuw"' not in (await browser.get("/overzicht")).text
    assert "Er staat een nieuw document voor u klaar" in text_of(await browser.get("/notificaties"))


async def test_all_can_be_marked_as_read_at_once_and_leads_back_to_where_it_stood(
    wereld: Wereld, browser: Browser
) -> None:
    await browser.log_in(factories.burger())
    assert "Er is geen nieuws over uw zaken" in text_of(await browser.get("/notificaties"))
    nergens = [f"/zaken/zaken/00000000-0000-4000-8000-00000000000{n}" for n in range(7)]
    await nieuws(wereld, factories.burger(), *nergens)
    overzicht = await browser.get("/overzicht")
    assert overzicht.text.count("Er staat een nieuw document voor u klaar") == lezen.OP_OVERZICHT
    assert "7 nieuw" in overzicht.text
    assert "P26-NUMMER6" in text_of(overzicht)
    klaar = await browser.post("/notificaties/gelezen", {"terug": "/overzicht"})
    assert (klaar.status_code, klaar.headers["location"]) == (303, "/overzicht")
    weg = await browser.post("/notificaties/gelezen", {"terug": "https://kwaad.example/"})
    assert weg.headers["location"] == "/notificaties"
    lijst = await browser.get("/notificaties")
    assert "Alles gelezen" not in text_of(lijst)
    assert text_of(lijst).count("Er staat een nieuw document voor u klaar") == 7
    overzicht = await browser.get("/overzicht")
    assert "nieuw</span>" not in overzicht.text.partition('href="/notificaties"')[2].partition("</a>")[0]


async def test_nobody_reads_or_marks_the_news_of_another(wereld: Wereld, browser: Browser) -> None:
    anna = await nieuws(wereld, factories.burger(factories.ANNA), "/zaken/zaken/00000000-0000-4000-8000-000000000000")
    v1 = await nieuws(
        wereld, factories.bedrijf(vestiging="000090000111"), "/zaken/zaken/00000000-0000-4000-8000-000000000000"
    )
    for ander in (factories.burger(factories.MEHMET), factories.bedrijf(vestiging="000090000112")):
        await browser.log_in(ander)
        assert "Er is geen nieuws over uw zaken" in text_of(await browser.get("/notificaties"))
        assert 'id="nieuw"' not in (await browser.get("/overzicht")).text
        await browser.post("/notificaties/gelezen")
        assert (await browser.get("/zaken/zaken/00000000-0000-4000-8000-000000000000")).status_code == 404
    db = wereld.portal.state.db
    assert [await lezen.aantal_ongelezen(db, wie) for wie in (anna, v1)] == [1, 1]


async def test_the_page_of_the_news_needs_no_backoffice(wereld: Wereld, browser: Browser, backoffice: FastAPI) -> None:
    await browser.log_in(factories.burger())
    await nieuws(wereld, factories.burger(), "/zaken/zaken/00000000-0000-4000-8000-000000000000")
    backoffice.state.beheer.storing(soort="status", status=503)
    assert "P26-NUMMER0" in text_of(await browser.get("/notificaties"))
    overzicht = await browser.get("/overzicht")
    assert "P26-NUMMER0" in text_of(overzicht)


async def test_from_a_moved_zaak_to_what_the_citizen_reads(
    wereld: Wereld, browser: Browser, backoffice: FastAPI
) -> None:
    """Through the abonnement of the reference backoffice: as it is published, so it arrives."""
    await browser.log_in(factories.burger())
    body = {
        "callbackUrl": f"{factories.PORTAAL}/webhooks/notificaties",
        "auth": wereld.koppen["Authorization"],
        "kanalen": [{"naam": "zaken", "filters": {}}],
    }
    made = await wereld.api.post(f"{factories.BACKOFFICE}/notificaties/api/v1/abonnement", json=body)
    assert made.status_code == 201, made.text
    zaak = await wereld.zaak(burgerrol(factories.ANNA), soort="objectvergunning")
    await wereld.status(zaak, "Ontvangen")
    await wereld.status(zaak, "Wij missen nog iets", "Stuur ons de tekening vóór 8 december 2026.")
    backoffice.state.bezorger.zet()
    await backoffice.state.bezorger.leeg()
    await wereld.werk()
    overzicht = text_of(await browser.get("/overzicht"))
    assert "Stuur ons de informatie die wij missen" in overzicht
    assert "Uiterlijk 7 december 2026" in overzicht
    tellingen = await wereld.tellingen()
    assert tellingen["achterhaald"] == 1  # received, and at once something else: only the last is told
    assert tellingen["resource"] >= 1  # the rol
