"""Subscribing, changing and stopping, as a reader does it: with links from a mail, and without a login."""

import asyncio
import io
import json
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import delete, func, select

from pip_portal import tables
from pip_portal.app import maak_bewaren
from pip_portal.backoffice.http import Verbinding
from pip_portal.backoffice.mailingdienst import Mailingdienst
from pip_portal.contact.adressen import email_van
from pip_portal.eigenaar import eigenaar_van
from pip_portal.logs import JsonFormatter
from pip_portal.nieuwsbrief import toestemming, voorkeuren
from pip_portal.nieuwsbrief.doorgeven import SOORT, Doorgeven
from pip_portal.nieuwsbrief.links import Links
from pip_portal.nieuwsbrief.onderwerpen import onderwerpen
from pip_portal.opdrachten import Uitstel
from pip_portal.post.onbestelbaar import adres_hash
from pip_portal.settings import Api
from tests import factories
from tests.conftest import Browser, text_of
from tests.nieuwsbrief.conftest import ADRES, START, link_in

Bezorg = Callable[[], Awaitable[list[EmailMessage]]]
KEUZE = {"o-stad": "ja", "o-kern-lettele": "ja", "frequentie": "maandelijks", "email": ADRES}
ELDERS = {"Sec-Fetch-Site": "cross-site", "Origin": "https://mail.example"}


async def tel(portal: FastAPI, tabel: type[tables.Base]) -> int:
    async with portal.state.db() as session:
        return await session.scalar(select(func.count()).select_from(tabel)) or 0


async def meld_aan(browser: Browser, bezorg: Bezorg, **keuze: str) -> tuple[str, str, str]:
    """Subscribe and confirm; the link that was used, and the links to change and to stop."""
    assert (await browser.post("/nieuwsbrieven", KEUZE | keuze)).status_code == 303
    [mail] = await bezorg()
    pad = link_in(mail, "bevestigen")
    assert (await browser.post(pad)).status_code == 303
    state = browser.portal.state
    async with state.db() as session:
        hash_ = adres_hash(state.sleutels, (KEUZE | keuze)["email"])
        abonnee = await session.scalar(select(tables.Abonnee.id).where(tables.Abonnee.adres_hash == hash_))
    links = Links(state.sleutels)
    return pad, links.voorkeuren_pad(abonnee, 1), links.afmeld_pad(abonnee, 1)


def test_every_kern_and_a_newsletter_for_companies_can_be_chosen() -> None:
    kernen = {str(o.naam) for o in onderwerpen().values() if o.groep == "kern"}
    assert {"Bathmen", "Diepenveen", "Schalkhaar", "Lettele", "Okkenbroek"} < kernen
    assert len(kernen) == 6
    assert {o.voor for o in onderwerpen().values()} == {"burger", "bedrijf"}


@pytest.mark.seed("P2")
async def test_nobody_is_subscribed_before_the_link_is_used(
    portal: FastAPI, browser: Browser, bezorg: Bezorg, klok: Any
) -> None:
    pagina = await browser.get("/nieuwsbrieven")
    assert "Ik kan mij altijd afmelden" in text_of(pagina)
    antwoord = await browser.follow((await browser.post("/nieuwsbrieven", KEUZE)).headers["location"])
    assert "Kijk in uw mail" in text_of(antwoord)
    [mail] = await bezorg()
    assert mail["To"] == ADRES
    pad = link_in(mail, "bevestigen")
    assert ADRES not in pad
    pagina = await browser.get(pad)  # as a scanner of mail does
    assert "Wilt u deze nieuwsbrieven krijgen op l•••@voorbeeld.nl?" in text_of(pagina)
    assert "Lettele" in text_of(pagina)
    assert ADRES not in pagina.text
    assert [await tel(portal, t) for t in (tables.Abonnee, tables.Toestemming)] == [0, 0]
    assert "U bent aangemeld" in text_of(await browser.follow((await browser.post(pad)).headers["location"]))
    assert [await tel(portal, t) for t in (tables.Abonnee, tables.Inschrijving, tables.Toestemming)] == [1, 2, 2]
    assert await bezorg() == []


async def test_a_form_that_is_not_filled_in_keeps_what_was_chosen(browser: Browser) -> None:
    zonder = await browser.post("/nieuwsbrieven", {"o-stad": "ja", "email": "geen adres"})
    assert zonder.status_code == 422
    assert "Vul een e-mailadres in zoals naam@voorbeeld.nl." in text_of(zonder)
    assert 'name="o-stad" value="ja" checked' in zonder.text
    niets = await browser.post("/nieuwsbrieven", {"email": ADRES, "o-bestaat-niet": "ja"})
    assert "Kies minstens 1 nieuwsbrief." in text_of(niets)
    assert (await browser.post("/nieuwsbrieven/link", {"email": "x"})).status_code == 422


async def test_a_link_works_once_and_not_when_old_changed_or_made_for_something_else(
    portal: FastAPI, browser: Browser, bezorg: Bezorg, klok: Any
) -> None:
    pad, voorkeuren_pad, afmeld_pad = await meld_aan(browser, bezorg)
    token = {naam: p.rpartition("/")[2] for naam, p in (("b", pad), ("v", voorkeuren_pad), ("a", afmeld_pad))}
    fout = [pad, f"{pad}x", "/nieuwsbrieven/bevestigen/" + token["v"], "/nieuwsbrieven/bevestigen/a.b.c"]
    for poging in fout:
        for antwoord in (await browser.get(poging), await browser.post(poging)):
            assert antwoord.status_code == 404
            assert "Deze link werkt niet" in text_of(antwoord)
    nergens = await browser.get("/bestaat-niet")
    for poging in (
        "/nieuwsbrieven/voorkeuren/" + token["a"],
        "/nieuwsbrieven/voorkeuren/" + token["b"],
        voorkeuren_pad[:-2] + "xx",
        "/nieuwsbrieven/voorkeuren/" + Links(portal.state.sleutels).voorkeuren.maak("geraden", versie=1),
        "/nieuwsbrieven/afmelden/" + token["v"],
    ):
        geraden = await browser.get(poging)
        assert geraden.status_code == 404
        assert text_of(geraden) == text_of(nergens)
        assert (await browser.post(poging)).status_code in (400, 404)
    await browser.post("/nieuwsbrieven", KEUZE | {"o-cultuur": "ja"})
    [mail] = await bezorg()
    klok.shift(timedelta(hours=48, seconds=1))
    assert (await browser.post(link_in(mail, "bevestigen"))).status_code == 404
    assert await tel(portal, tables.Inschrijving) == 2


async def test_two_clicks_at_once_are_one_subscription(
    portal: FastAPI, browser: Browser, bezorg: Bezorg, klok: Any
) -> None:
    await browser.post("/nieuwsbrieven", KEUZE)
    [mail] = await bezorg()
    pad = link_in(mail, "bevestigen")
    codes = sorted(r.status_code for r in await asyncio.gather(*(browser.post(pad) for _ in range(3))))
    assert codes == [303, 404, 404]
    assert [await tel(portal, t) for t in (tables.Abonnee, tables.Inschrijving, tables.Toestemming)] == [1, 2, 2]


async def test_nobody_can_ask_the_page_who_is_subscribed(
    portal: FastAPI, browser: Browser, bezorg: Bezorg, klok: Any
) -> None:
    """The same answer and the same mail for who has newsletters, who has none, and whose limit is reached."""
    await meld_aan(browser, bezorg)
    antwoorden = []
    for adres in (ADRES, "niemand@voorbeeld.nl", ADRES, ADRES, ADRES):
        for pad, velden in (("/nieuwsbrieven", KEUZE | {"email": adres}), ("/nieuwsbrieven/link", {"email": adres})):
            antwoord = await browser.post(pad, velden)
            antwoorden.append((antwoord.status_code, antwoord.headers["location"]))
    assert set(antwoorden) == {(303, "/nieuwsbrieven/mail")}
    mails = await bezorg()
    assert [m["Subject"] for m in mails if m["To"] == "niemand@voorbeeld.nl"] == [
        "Bevestig dat u onze nieuwsbrief wilt"
    ]
    assert len([m for m in mails if m["To"] == ADRES]) == 2, "na drie mails op een dag komt er geen meer"
    [link] = [m for m in mails if m["Subject"] == "De link naar uw nieuwsbrieven"]
    assert "Uw nieuwsbrieven" in text_of(await browser.get(link_in(link, "voorkeuren")))


async def test_the_time_it_takes_does_not_tell_who_is_subscribed_either(
    portal: FastAPI, browser: Browser, bezorg: Bezorg, klok: Any
) -> None:
    """For every address the same is written before the answer; who gets a mail is for the worker to find out."""
    await meld_aan(browser, bezorg)
    gedaan = []
    for adres in (ADRES, "niemand@voorbeeld.nl"):
        async with portal.state.db.begin() as session:
            await session.execute(delete(tables.Opdracht))
        await browser.post("/nieuwsbrieven/link", {"email": adres})
        async with portal.state.db() as session:
            gedaan.append(list(await session.scalars(select(tables.Opdracht.soort))))
    assert gedaan == [["nieuwsbrieflink"]] * 2


async def test_who_asks_too_often_from_one_network_must_wait(browser: Browser, klok: Any) -> None:
    codes = [
        (await browser.post("/nieuwsbrieven", KEUZE | {"email": f"a{n}@voorbeeld.nl"})).status_code for n in range(61)
    ]
    assert codes == [303] * 60 + [429]


@pytest.mark.seed("P2")
async def test_a_mail_program_stops_everything_once_and_again_without_a_login(
    portal: FastAPI, browser: Browser, bezorg: Bezorg, klok: Any
) -> None:
    """RFC 8058: a POST from elsewhere, without cookies, with exactly one body."""
    _, voorkeuren_pad, afmeld_pad = await meld_aan(browser, bezorg)
    ander = Browser(portal)
    for verkeerd in ({}, {"List-Unsubscribe": "Nee"}, {"List-Unsubscribe": "One-Click", "meer": "1"}):
        antwoord = await ander.client.post(afmeld_pad, data=verkeerd, headers=ELDERS)
        assert antwoord.status_code == 400
    assert await tel(portal, tables.Inschrijving) == 2
    for _ in range(2):
        antwoord = await ander.client.post(afmeld_pad, data={"List-Unsubscribe": "One-Click"}, headers=ELDERS)
        assert (antwoord.status_code, antwoord.text) == (200, "OK\n")
    onzin = await ander.client.post("/nieuwsbrieven/afmelden/onzin", data={"List-Unsubscribe": "One-Click"})
    assert onzin.status_code == 404, "nobody is told that they stopped when nothing stopped"
    assert [await tel(portal, t) for t in (tables.Abonnee, tables.Inschrijving)] == [0, 0]
    assert await _in_database(portal, ADRES) is False
    assert (await browser.get(voorkeuren_pad)).status_code == 404
    assert "U bent afgemeld" in text_of(await browser.follow(afmeld_pad))


async def _in_database(portal: FastAPI, feit: str) -> bool:
    """Whether anybody with the keys could read this; what the outbox still has to send is left out."""
    async with portal.state.db() as session:
        for tabel in tables.Base.metadata.sorted_tables:
            for rij in await session.execute(select(tabel)):
                for waarde in rij:
                    ruw = waarde
                    if isinstance(waarde, bytes) and waarde.startswith(b"gAAAA"):
                        ruw = portal.state.sleutels.decrypt(waarde).decode(errors="replace")
                    if feit in str(ruw):
                        return True
    return False


async def test_a_reader_stops_one_newsletter_and_then_all_with_buttons(
    portal: FastAPI, browser: Browser, bezorg: Bezorg, klok: Any
) -> None:
    _, _, afmeld_pad = await meld_aan(browser, bezorg)
    pagina = await browser.get(afmeld_pad)
    assert await tel(portal, tables.Inschrijving) == 2, "openen alleen stopt niets"
    assert "Stop Lettele" in text_of(pagina)
    antwoord = await browser.follow((await browser.post(f"{afmeld_pad}/nu", {"onderwerp": "stad"})).headers["location"])
    assert "Wij zijn gestopt met: Nieuws uit heel Deventer. U krijgt nog wel: Lettele." in text_of(antwoord)
    assert await tel(portal, tables.Inschrijving) == 1
    for pad in (afmeld_pad, f"{afmeld_pad}?gestopt=kern-lettele", f"{afmeld_pad}?gestopt=verzonnen"):
        assert "Wij zijn gestopt" not in text_of(await browser.get(pad)), "alleen wat echt gestopt is"
    antwoord = await browser.follow((await browser.post(f"{afmeld_pad}/nu")).headers["location"])
    assert "U bent afgemeld" in text_of(antwoord)
    assert (await browser.post(f"{afmeld_pad}/nu")).headers["location"] == "/nieuwsbrieven/afgemeld"
    async with portal.state.db() as session:
        assert list(await session.scalars(select(tables.Mailblokkade.reden))) == ["afgemeld"]
    await meld_aan(browser, bezorg)
    assert await tel(portal, tables.Mailblokkade) == 0, "wie opnieuw ja zegt, krijgt weer mail"


async def test_a_reader_changes_how_often_how_and_in_which_language(
    portal: FastAPI, browser: Browser, bezorg: Bezorg, klok: Any
) -> None:
    _, pad, afmeld_pad = await meld_aan(browser, bezorg)
    pagina = await browser.get(pad)
    assert "l•••@voorbeeld.nl" in pagina.text
    assert ADRES not in pagina.text
    keuze = {"f-stad": "direct", "f-kern-lettele": "", "f-cultuur": "direct", "opmaak": "tekst", "taal": "en"}
    antwoord = await browser.follow((await browser.post(pad, keuze)).headers["location"])
    assert "Uw keuze is bewaard" in text_of(antwoord)
    async with portal.state.db() as session:
        [rij] = await session.scalars(select(tables.Inschrijving))
        [abonnee] = await session.scalars(select(tables.Abonnee))
    assert (rij.onderwerp, rij.frequentie) == ("stad", "direct")
    assert (abonnee.taal, abonnee.html) == ("en", False)
    await browser.post(pad, {"f-stad": "ieder uur"})
    await browser.post(pad, {"actie": "links"})
    assert (await browser.get(pad)).status_code == 404, "oude links werken niet meer"
    for antwoord in (
        await browser.get(afmeld_pad),
        await browser.post(f"{afmeld_pad}/nu"),
        await browser.client.post(afmeld_pad, data={"List-Unsubscribe": "One-Click"}, headers=ELDERS),
    ):
        assert antwoord.status_code == 404, "and none says that it stopped anything"
    assert await tel(portal, tables.Inschrijving) == 1
    nieuw = Links(portal.state.sleutels).voorkeuren_pad(abonnee.id, 2)
    assert (await browser.post(nieuw, {"actie": "stop"})).headers["location"] == "/nieuwsbrieven/afgemeld"
    assert await tel(portal, tables.Abonnee) == 0


@pytest.mark.seed("P2")
async def test_the_log_proves_when_to_which_text_and_where_somebody_agreed(
    portal: FastAPI, browser: Browser, bezorg: Bezorg, klok: Any
) -> None:
    await browser.post("/taal", {"taal": "en", "terug": "/"})
    browser.lang = "en"
    await browser.post("/nieuwsbrieven", KEUZE)
    [mail] = await bezorg()
    klok.shift(timedelta(hours=3))
    await browser.post(link_in(mail, "bevestigen"))
    klok.shift(timedelta(days=3))
    await voorkeuren.meld_adres_af(portal.state.db, portal.state.sleutels, ADRES, bron="beheer", reden="afgemeld")
    regels = await toestemming.van_adres(portal.state.db, portal.state.sleutels, f" {ADRES.upper()}")
    assert [(r.onderwerp, r.handeling, r.bron) for r in regels] == [
        ("stad", "gegeven", "web"),
        ("kern-lettele", "gegeven", "web"),
        ("kern-lettele", "ingetrokken", "beheer"),
        ("stad", "ingetrokken", "beheer"),
    ]
    eerste = regels[0]
    assert (eerste.gevraagd_op, eerste.op) == (START, START + timedelta(hours=3))
    assert eerste.tekst_versie == toestemming.versie_van(eerste.tekst)
    assert "News from all of Deventer" in eerste.tekst
    assert await toestemming.van_adres(portal.state.db, portal.state.sleutels, "ander@voorbeeld.nl") == []


async def test_what_nobody_confirmed_is_forgotten_after_two_days(
    portal: FastAPI, browser: Browser, bezorg: Bezorg, klok: Any
) -> None:
    await browser.post("/nieuwsbrieven", KEUZE)
    await bezorg()
    klok.shift(timedelta(hours=47))
    await maak_bewaren(portal).ronde()
    assert await _in_database(portal, ADRES)
    klok.shift(timedelta(hours=2))
    await maak_bewaren(portal).ronde()
    assert not await _in_database(portal, ADRES)


async def test_proof_outlives_the_subscription_by_five_years(
    portal: FastAPI, browser: Browser, bezorg: Bezorg, klok: Any
) -> None:
    _, _, afmeld_pad = await meld_aan(browser, bezorg)
    klok.shift(timedelta(days=6 * 365))
    await maak_bewaren(portal).ronde()
    assert await tel(portal, tables.Toestemming) == 2, "wie nog ingeschreven is: het bewijs blijft"
    await browser.post(f"{afmeld_pad}/nu")
    await maak_bewaren(portal).ronde()
    assert await tel(portal, tables.Mailblokkade) == 1
    klok.shift(timedelta(days=5 * 365 + 3))
    await maak_bewaren(portal).ronde()
    assert [await tel(portal, t) for t in (tables.Toestemming, tables.Mailblokkade)] == [0, 0]


async def test_who_is_logged_in_sees_and_changes_only_what_they_asked_for(
    portal: FastAPI, browser: Browser, bezorg: Bezorg, klok: Any
) -> None:
    """Somebody who types the address of another learns nothing of what that address has."""
    await meld_aan(browser, bezorg, email="ander@voorbeeld.nl")
    await browser.log_in(factories.burger())
    assert "Wij vinden hier geen nieuwsbrieven van u." in text_of(await browser.get("/nieuwsbrieven/mijn"))
    await meld_aan(browser, bezorg, email="ander@voorbeeld.nl", **{"o-cultuur": "ja"})
    pagina = await browser.get("/nieuwsbrieven/mijn")
    assert "Cultuur en evenementen" in text_of(pagina)
    assert "Lettele" not in pagina.text
    assert "u zei ja op 24 november 2026" in text_of(pagina)
    assert "U krijgt al nieuwsbrieven" in text_of(await browser.get("/nieuwsbrieven"))
    naam = pagina.text.split('name="f-')[1].split('"')[0]

    vreemde = Browser(portal)
    await vreemde.log_in(factories.burger(factories.MEHMET))
    await vreemde.post("/nieuwsbrieven/mijn", {f"f-{naam}": ""})
    assert await tel(portal, tables.Inschrijving) == 3
    mehmet = eigenaar_van(factories.burger(factories.MEHMET), portal.state.sleutels).hash
    assert await voorkeuren.van_eigenaar(portal.state.db, portal.state.sleutels, mehmet) == []
    assert await toestemming.van_eigenaar(portal.state.db, mehmet) == []

    await browser.post("/nieuwsbrieven/mijn", {f"f-{naam}": ""})
    assert await tel(portal, tables.Inschrijving) == 2
    assert "u stopte op" in text_of(await browser.get("/nieuwsbrieven/mijn"))


async def test_a_proved_address_is_filled_in_and_shows_all_that_it_gets(
    portal: FastAPI, browser: Browser, bezorg: Bezorg, klok: Any
) -> None:
    await meld_aan(browser, bezorg)
    state = portal.state
    eigenaar = eigenaar_van(factories.burger(), state.sleutels).hash
    async with state.db.begin() as session:
        session.add(
            tables.Contactadres(
                id="1",
                eigenaar=eigenaar,
                soort="email",
                adres=state.sleutels.encrypt(ADRES.encode()),
                adres_hash="x",
                standaard=True,
                geverifieerd_op=START,
                aangemaakt_op=START,
            )
        )
    async with state.db() as session:
        assert await email_van(session, state.sleutels, eigenaar) == ADRES
    await browser.log_in(factories.burger())
    assert f'value="{ADRES}"' in (await browser.get("/nieuwsbrieven")).text
    regels = await voorkeuren.van_eigenaar(state.db, state.sleutels, eigenaar)
    assert [(r.naam, r.frequentie) for r in regels] == [
        ("Nieuws uit heel Deventer", "maandelijks"),
        ("Lettele", "maandelijks"),
    ]


async def test_for_a_company_its_own_newsletters_come_first(browser: Browser) -> None:
    await browser.log_in(factories.bedrijf())
    pagina = (await browser.get("/nieuwsbrieven")).text
    assert pagina.index("Nieuws voor ondernemers") < pagina.index("Nieuws uit heel Deventer")


async def test_the_log_holds_no_address_and_no_link(portal: FastAPI, browser: Browser, bezorg: Bezorg) -> None:
    stroom = io.StringIO()
    handler = logging.StreamHandler(stroom)
    handler.setFormatter(JsonFormatter())
    logging.getLogger("pip_portal").addHandler(handler)
    try:
        pad, voorkeuren_pad, afmeld_pad = await meld_aan(browser, bezorg)
        await browser.get(voorkeuren_pad)
        await browser.post(f"{afmeld_pad}/nu")
    finally:
        logging.getLogger("pip_portal").removeHandler(handler)
    gelogd = stroom.getvalue()
    assert json.loads(gelogd.splitlines()[0])
    for geheim in (ADRES, "lezer", *(p.rpartition("/")[2] for p in (pad, voorkeuren_pad, afmeld_pad))):
        assert geheim not in gelogd


async def test_a_mailing_service_hears_what_stands_and_never_more_than_that(
    portal: FastAPI, browser: Browser, bezorg: Bezorg, klok: Any
) -> None:
    """An outage only delays it; what is told is the state of that moment, so the last word is always right."""
    gehoord: list[tuple[str, str, Any]] = []
    ziek = True

    def dienst(request: httpx.Request) -> httpx.Response:
        if ziek:
            return httpx.Response(503)
        gehoord.append((request.method, request.url.path, json.loads(request.content or b"null")))
        return httpx.Response(404 if request.method == "DELETE" else 200, json={})

    api = Api(root="https://mailing.example/api")
    verbinding = Verbinding(api, "mailing", transport=httpx.MockTransport(dienst))
    doorgeven = Doorgeven(portal.state.db, portal.state.sleutels, Mailingdienst(verbinding))
    await browser.post("/nieuwsbrieven", KEUZE)
    [mail] = await bezorg()
    await browser.post(link_in(mail, "bevestigen"))
    async with portal.state.db() as session:
        [opdracht] = await session.scalars(select(tables.Opdracht).where(tables.Opdracht.soort == SOORT))
        [abonnee] = await session.scalars(select(tables.Abonnee.id))
    inhoud = json.loads(portal.state.sleutels.decrypt(opdracht.inhoud))
    assert inhoud == {"abonnee": abonnee}
    with pytest.raises(Uitstel):
        await doorgeven(inhoud)
    ziek = False
    await doorgeven(inhoud)
    [(methode, pad, body)] = gehoord
    assert (methode, pad) == ("PUT", f"/api/abonnees/{abonnee}")
    assert body == {
        "adres": ADRES,
        "taal": "nl",
        "opmaak": "html",
        "onderwerpen": [
            {"code": "kern-lettele", "frequentie": "maandelijks"},
            {"code": "stad", "frequentie": "maandelijks"},
        ],
        "standVan": START.isoformat(),
    }
    await browser.post(f"{Links(portal.state.sleutels).afmeld_pad(abonnee, 1)}/nu")
    await doorgeven(inhoud)
    assert gehoord[1] == ("DELETE", f"/api/abonnees/{abonnee}", None)
    await verbinding.close()
