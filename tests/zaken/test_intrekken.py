"""Withdrawing: what it means, once, only by the applicant, and in the way that the municipality set."""

import json
import re
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select, update

from pip_portal.eigenaar import eigenaar_van
from pip_portal.inzendingen.indienen import indienen
from pip_portal.settings import Settings
from pip_portal.tables import Inzending, LateInvoer, Opdracht
from reference_backoffice.config import DEMO_CLIENTS
from tests import factories
from tests.conftest import Browser, text_of
from tests.inzendingen import maken
from tests.zaken.test_aanvullen import BEWIJS, aantal, opnieuw, sluit
from tests.zaken.test_pages import open_zaak

ACTIE = re.compile(r'method="post" action="(/zaken/[^"]+/intrekken/[^"]+)"')
NAAM = "Kwijtschelding gemeentelijke belastingen"


@pytest.fixture
def wijze() -> str:
    """Override by parametrizing it."""
    return "verzoek"


@pytest.fixture
def settings(database_url: str, wijze: str) -> Settings:
    gezet = factories.backoffice(intrekken={"kwijtschelding": wijze}, intrekken_status="Gestopt")
    return factories.settings(database_url, backoffices=(gezet,), pagina_budget=20.0)


@pytest.fixture
async def zaak(browser: Browser) -> str:
    await browser.log_in(factories.burger(factories.HENDRIK))
    return await open_zaak(browser, NAAM)


async def trek_in(browser: Browser, pagina: httpx.Response, reden: str = "Het is niet meer nodig.") -> httpx.Response:
    [bewijs], [url] = BEWIJS.findall(pagina.text), ACTIE.findall(pagina.text)
    return await browser.post(url, {"bewijs": bewijs, "reden": reden})


async def toestand(portal: FastAPI) -> str:
    async with portal.state.db() as session:
        return str(await session.scalar(select(Inzending.toestand)))


async def in_backoffice(backoffice: FastAPI, zaak: str) -> str:
    """What a behandelaar sees."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(backoffice), base_url=factories.BACKOFFICE) as client:
        return (await client.get(f"/beheer/zaken/{zaak.rpartition('/')[2]}")).text


async def test_a_request_is_for_a_medewerker_and_leaves_the_zaak_open(
    browser: Browser, portal: FastAPI, zaak: str, backoffice: FastAPI
) -> None:
    assert "Ik wil stoppen met deze aanvraag" in text_of(await browser.get(zaak))
    pagina = await browser.get(f"{zaak}/intrekken")
    assert "Een medewerker maakt dit af" in text_of(pagina)
    gestuurd = await trek_in(browser, pagina)
    bewijs = text_of(await browser.get(gestuurd.headers["location"]))
    assert "Wij hebben uw verzoek ontvangen" in bewijs
    assert "Het is niet meer nodig." in bewijs
    assert "Verzoek ingediend" in bewijs
    op_de_zaak = text_of(await browser.get(zaak))
    assert "U wilt stoppen met uw aanvraag" in op_de_zaak
    assert "Ik wil stoppen met deze aanvraag" not in op_de_zaak
    beheer = await in_backoffice(backoffice, zaak)
    assert "loopt nog" in beheer
    assert await toestand(portal) == "overgedragen"


@pytest.mark.parametrize("wijze", ["direct"])
async def test_at_once_the_zaak_is_closed_as_withdrawn(
    browser: Browser, portal: FastAPI, zaak: str, backoffice: FastAPI
) -> None:
    pagina = await browser.get(f"{zaak}/intrekken")
    assert "U kunt dit niet terugdraaien" in text_of(pagina)
    gestuurd = await trek_in(browser, pagina)
    assert "Uw aanvraag is gestopt" in text_of(await browser.get(gestuurd.headers["location"]))
    assert "Deze zaak is ingetrokken" in text_of(await browser.get(zaak))
    assert "Ingetrokken" in await in_backoffice(backoffice, zaak)


@pytest.mark.parametrize("wijze", ["direct"])
@pytest.mark.parametrize(
    ("pad", "soort"),
    [("/resultaten", "antwoord_kwijt"), ("/statussen", "fout_na_vastleggen"), ("/statussen", "status")],
)
async def test_when_an_answer_gets_lost_it_is_withdrawn_all_the_same(
    browser: Browser, portal: FastAPI, zaak: str, backoffice: FastAPI, pad: str, soort: str
) -> None:
    backoffice.state.beheer.storing(api="zaken", pad=pad, methode="POST", soort=soort, status=500, aantal=1)
    gestuurd = await trek_in(browser, await browser.get(f"{zaak}/intrekken"))
    await opnieuw(portal)
    assert await toestand(portal) == "overgedragen"
    assert "Uw aanvraag is gestopt" in text_of(await browser.get(gestuurd.headers["location"]))
    assert "Deze zaak is ingetrokken" in text_of(await browser.get(zaak))


@pytest.mark.parametrize("wijze", ["status"])
async def test_a_status_asks_the_medewerker_to_end_it(
    browser: Browser, portal: FastAPI, zaak: str, backoffice: FastAPI
) -> None:
    await trek_in(browser, await browser.get(f"{zaak}/intrekken"))
    assert await toestand(portal) == "overgedragen"
    assert "Gestopt" in text_of(await browser.get(zaak))
    assert "loopt nog" in await in_backoffice(backoffice, zaak)


@pytest.mark.parametrize("wijze", ["direct"])
async def test_a_double_click_withdraws_once(browser: Browser, portal: FastAPI, zaak: str) -> None:
    pagina = await browser.get(f"{zaak}/intrekken")
    eerste, tweede = await trek_in(browser, pagina), await trek_in(browser, pagina)
    assert eerste.headers["location"] == tweede.headers["location"]
    assert await aantal(portal) == 1


async def test_two_tabs_withdraw_once(browser: Browser, portal: FastAPI, zaak: str) -> None:
    een, twee = await browser.get(f"{zaak}/intrekken"), await browser.get(f"{zaak}/intrekken")
    assert (await trek_in(browser, een)).status_code == 303
    assert (await trek_in(browser, twee)).status_code == 409
    assert (await browser.get(f"{zaak}/intrekken")).status_code == 409
    assert await aantal(portal) == 1


async def test_a_zaak_of_somebody_else_does_not_exist(browser: Browser, portal: FastAPI, zaak: str) -> None:
    pagina = await browser.get(f"{zaak}/intrekken")
    await browser.log_in(factories.burger(factories.ANNA))
    assert (await browser.get(f"{zaak}/intrekken")).status_code == 404
    assert (await trek_in(browser, pagina)).status_code == 404
    await browser.log_in(factories.burger(factories.HENDRIK))
    gestuurd = await trek_in(browser, pagina)
    await browser.log_in(factories.burger(factories.ANNA))
    assert (await browser.follow(gestuurd.headers["location"])).status_code == 404
    assert await aantal(portal) == 1


@pytest.mark.parametrize("wijze", ["nee"])
async def test_where_it_is_not_offered_it_cannot_be_done(browser: Browser, zaak: str) -> None:
    assert "Ik wil stoppen" not in text_of(await browser.get(zaak))
    pagina = await browser.get(f"{zaak}/intrekken")
    assert pagina.status_code == 409
    assert "kan hier niet" in text_of(pagina)


async def test_a_closed_zaak_cannot_be_withdrawn(browser: Browser, zaak: str, backoffice: FastAPI) -> None:
    pagina = await browser.get(f"{zaak}/intrekken")
    await sluit(backoffice, zaak)
    assert (await trek_in(browser, pagina)).status_code == 409
    assert "Ik wil stoppen" not in text_of(await browser.get(zaak))


@pytest.mark.parametrize("wijze", ["verzoek", "direct"])
async def test_when_the_backoffice_goes_away_it_is_kept_and_done_later(
    browser: Browser, portal: FastAPI, zaak: str, backoffice: FastAPI
) -> None:
    pagina = await browser.get(f"{zaak}/intrekken")
    backoffice.state.beheer.storing(soort="status", status=503)
    gestuurd = await trek_in(browser, pagina)
    assert "Ontvangen, wordt verwerkt" in text_of(await browser.get(gestuurd.headers["location"]))
    backoffice.state.beheer.herstel()
    await opnieuw(portal)
    assert await toestand(portal) == "overgedragen"


async def test_what_was_closed_before_the_request_came_through_says_so(
    browser: Browser, portal: FastAPI, zaak: str, backoffice: FastAPI
) -> None:
    pagina = await browser.get(f"{zaak}/intrekken")
    backoffice.state.beheer.storing(soort="status", status=503)
    gestuurd = await trek_in(browser, pagina)
    backoffice.state.beheer.herstel()
    await sluit(backoffice, zaak)
    await opnieuw(portal)
    assert await toestand(portal) == "afgebroken"
    bewijs = text_of(await browser.get(gestuurd.headers["location"]))
    assert "Uw zaak was al afgesloten" in bewijs
    assert "Niet doorgegaan" in bewijs


async def test_a_reason_that_is_too_long_is_told_and_kept(browser: Browser, portal: FastAPI, zaak: str) -> None:
    lang = await trek_in(browser, await browser.get(f"{zaak}/intrekken"), "x" * 1001)
    assert lang.status_code == 422
    assert "Uw tekst is te lang" in text_of(lang)
    assert await aantal(portal) == 0


async def test_without_login_there_is_nothing_to_withdraw(browser: Browser) -> None:
    assert (await browser.get("/zaken/zaken/00000000-0000-4000-8000-000000000000/intrekken")).status_code == 303


def test_the_demo_client_may_do_what_this_needs() -> None:
    scopes = {scope for recht in DEMO_CLIENTS[0].rechten for scope in recht.scopes}
    assert {"zaken.bijwerken", "zaken.statussen.toevoegen", "documenten.aanmaken"} <= scopes


@pytest.mark.seed("X1")
async def test_who_gave_an_address_before_gets_a_mail_that_it_was_received(
    browser: Browser, portal: FastAPI, zaak: str
) -> None:
    sleutels, eerder = portal.state.sleutels, str(uuid4())
    inhoud = maken.inhoud(eerder, soort="intrekking", email="hendrik@example.nl")
    eigenaar = eigenaar_van(factories.burger(factories.HENDRIK), sleutels).hash
    await indienen(portal.state.db, sleutels, concept_id=eerder, eigenaar_hash=eigenaar, inhoud=inhoud)
    async with portal.state.db.begin() as session:
        await session.execute(update(Inzending).values(soort="aanvraag"))
    await trek_in(browser, await browser.get(f"{zaak}/intrekken"))
    async with portal.state.db() as session:
        mails = [
            json.loads(sleutels.decrypt(rij.inhoud))
            for rij in await session.scalars(select(Opdracht).where(Opdracht.soort == "mail").order_by(Opdracht.id))
        ]
    assert [(mail["sjabloon"], mail["aan"]) for mail in mails] == [("M1I", "hendrik@example.nl")] * 2


async def test_a_reason_that_was_sent_too_late_comes_back_after_the_login_and_withdraws_nothing_by_itself(
    browser: Browser, portal: FastAPI, zaak: str
) -> None:
    pagina = await browser.get(f"{zaak}/intrekken")
    await portal.state.sessies.end_everywhere(factories.burger(factories.HENDRIK).pseudoniem)
    laat = await trek_in(browser, pagina, "Getypt toen het te laat was.")
    assert laat.headers["location"] == f"/inloggen?terug={zaak}/intrekken&verlopen=1"
    await browser.log_in(factories.burger(factories.HENDRIK))
    assert "Getypt" not in (await browser.get(f"{zaak}/aanvullen")).text
    terug = await browser.get(f"{zaak}/intrekken")
    assert "U was uitgelogd. Uw aanvraag is nog niet ingetrokken." in text_of(terug)
    assert "Getypt toen het te laat was." in text_of(terug)
    assert await aantal(portal) == 0
    await trek_in(browser, terug, "Getypt toen het te laat was.")
    assert await aantal(portal) == 1
    assert await aantal(portal, LateInvoer) == 0
