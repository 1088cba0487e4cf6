"""Whose it is: another person's application, file, confirmation and copy do not exist; who may fill in what."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from sqlalchemy import select, update

from pip_portal import tables
from pip_portal.eigenaar import eigenaar_van
from pip_portal.formulieren import kaarten, routes_aanvragen, routes_versturen
from pip_portal.formulieren.concepten import Concepten, Voor
from pip_portal.inzendingen.lezen import lijst
from pip_portal.tijd import now
from tests import factories
from tests.conftest import SAME_ORIGIN, Browser, text_of
from tests.formulieren.paginas.invuller import PDF, Invuller, vul_in

ROUTES = [r for router in (routes_versturen.router, routes_aanvragen.router) for r in router.routes]
NERGENS = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
async def ander(portal: FastAPI) -> AsyncIterator[Browser]:
    browser = Browser(portal)
    async with browser.client:
        await browser.log_in(factories.burger(factories.MEHMET))
        yield browser


def _adres(route: APIRoute, aanvraag: str, bestand: str, item: str) -> str:
    return route.path.format(
        id=aanvraag, stap="dingen" if "{item}" in route.path else "naam", item=item, bestand=bestand
    )


async def test_nothing_of_another_persons_application_can_be_reached(
    invuller: Invuller, browser: Browser, ander: Browser
) -> None:
    await browser.log_in(factories.burger(factories.ANNA))
    lijst = await vul_in(invuller, "proef-alles", tot="dingen")
    nieuw = await invuller.open(lijst.document.xpath("//a[contains(@href, '/nieuw')]/@href")[0])
    lijst = await invuller.stuur(nieuw, {"ding": "Geheim ding", "groot": "nee"})
    item = lijst.document.xpath("//li//a[contains(., 'Wijzigen')]/@href")[0].rsplit("/", 1)[1]
    aanvraag = str(lijst.response.url).split("/")[4]
    async with browser.portal.state.db() as session:
        bestand = await session.scalar(select(tables.Bestand.id))
    for route in ROUTES:
        assert isinstance(route, APIRoute)
        adres = _adres(route, aanvraag, str(bestand), item)
        for methode in route.methods or ():
            response = await ander.client.request(
                methode, adres, data={"csrf": ander.csrf} if methode == "POST" else None, headers=SAME_ORIGIN
            )
            assert response.status_code == 404, f"{methode} {route.path}: {response.status_code}"
            assert "Geheim ding" not in response.text
    assert (await invuller.stuur(lijst)).stap() == "controleren", "and it is still there for its owner"


async def test_nothing_that_another_person_sent_can_be_reached(
    invuller: Invuller, browser: Browser, ander: Browser
) -> None:
    await browser.log_in(factories.burger(factories.ANNA))
    controle = await vul_in(invuller, "proef-alles")
    klaar = await invuller.stuur(controle, {"verklaring": "ja"}, actie="versturen")
    aanvraag = str(klaar.response.url).split("/")[4]
    for route in ROUTES:
        assert isinstance(route, APIRoute)
        adres = _adres(route, aanvraag, NERGENS, NERGENS)
        for methode in route.methods or ():
            response = await ander.client.request(
                methode, adres, data={"csrf": ander.csrf} if methode == "POST" else None, headers=SAME_ORIGIN
            )
            assert response.status_code == 404, f"{methode} {route.path}: {response.status_code}"
    assert (await browser.get(f"/aanvragen/{aanvraag}/ontvangen")).status_code == 200


async def test_without_a_login_every_page_of_an_application_asks_for_one(browser: Browser) -> None:
    for route in ROUTES:
        assert isinstance(route, APIRoute)
        if "GET" in (route.methods or ()):
            adres = _adres(route, NERGENS, NERGENS, NERGENS)
            response = await browser.client.get(adres)
            assert response.status_code == 303
            assert response.headers["location"] == f"/inloggen?terug={adres}"


async def test_the_cards_of_another_person_are_not_shown(invuller: Invuller, browser: Browser, ander: Browser) -> None:
    await browser.log_in(factories.burger(factories.ANNA))
    pagina = await invuller.begin("proef-alles")
    await invuller.stuur(pagina, {"naam": "Iets"}, actie="bewaren")
    for adres in ("/overzicht", "/zaken"):
        assert "Proef met alles" in text_of(await browser.get(adres))
        assert "Verder gaan" in text_of(await browser.get(adres))
        assert "Proef met alles" not in text_of(await ander.get(adres))


async def test_what_was_sent_stands_on_overzicht_until_the_backoffice_has_it(
    invuller: Invuller, browser: Browser, backoffice: FastAPI, ander: Browser
) -> None:
    await browser.log_in(factories.burger(factories.YOUSSEF))
    controle = await vul_in(invuller, "proef-alles")
    backoffice.state.beheer.storing(api="zaken", soort="status")
    klaar = await invuller.stuur(controle, {"verklaring": "ja"}, actie="versturen")
    assert "Ontvangen, wordt verwerkt" in klaar.tekst
    assert "Bekijk de stand" in klaar.tekst
    tekst = text_of(await browser.get("/overzicht"))
    assert "Proef met alles" in tekst
    assert "Wij hebben uw aanvraag ontvangen. Het verwerken is bezig." in tekst
    assert "Proef met alles" not in text_of(await ander.get("/overzicht"))


class TestStoppen:
    async def test_deleting_takes_answers_and_files_along(self, invuller: Invuller, browser: Browser) -> None:
        await browser.log_in(factories.burger(factories.ANNA))
        pagina = await vul_in(invuller, "proef-alles", tot="bewijs")
        pagina = await invuller.stuur(pagina, actie="toevoegen", bestanden=[("bewijs", "a.pdf", PDF)])
        vraag = await invuller.open(pagina.document.xpath("//a[contains(@href, '/stoppen')]/@href")[0])
        assert (await invuller.stuur(vraag)).stap() == "overzicht"
        async with browser.portal.state.db() as session:
            for tabel in (tables.Concept, tables.ConceptStap, tables.Bestand):
                assert not (await session.scalars(select(tabel))).all()

    async def test_a_second_click_ends_where_the_first_did(self, invuller: Invuller, browser: Browser) -> None:
        await browser.log_in(factories.burger(factories.ANNA))
        pagina = await invuller.begin("proef-alles")
        vraag = await invuller.open(pagina.document.xpath("//a[contains(@href, '/stoppen')]/@href")[0])
        for _klik in range(2):
            klaar = await invuller.stuur(vraag)
            assert (klaar.status, klaar.stap()) == (200, "overzicht")

    async def test_without_a_login_a_second_click_ends_at_the_start(self, invuller: Invuller, browser: Browser) -> None:
        pagina = await invuller.begin("proef-anoniem")
        vraag = await invuller.open(pagina.document.xpath("//a[contains(@href, '/stoppen')]/@href")[0])
        for _klik in range(2):
            assert (await invuller.stuur(vraag, volg=False)).response.headers["location"] == "/"

    async def test_begin_again_throws_the_old_answers_away(self, invuller: Invuller, browser: Browser) -> None:
        await browser.log_in(factories.burger(factories.ANNA))
        pagina = await invuller.begin("proef-alles")
        await invuller.stuur(pagina, {"naam": "Het eerste"})
        keuze = await invuller.open("/formulieren/proef-alles/start")
        assert "U bent hier al mee begonnen" in keuze.tekst
        assert "U was bij: Hoe heet het? " in keuze.tekst
        verder = await invuller.open(keuze.document.xpath("//a[contains(., 'Verder gaan')]/@href")[0])
        assert verder.stap() == "over-u"
        opnieuw = await invuller.stuur(keuze, {"keuze": "opnieuw"})
        assert opnieuw.stap() == "naam"
        assert opnieuw.velden["naam"] == [""]


async def test_an_expired_concept_is_gone(invuller: Invuller, browser: Browser) -> None:
    await browser.log_in(factories.burger(factories.ANNA))
    pagina = await invuller.begin("proef-alles")
    async with browser.portal.state.db.begin() as session:
        await session.execute(update(tables.Concept).values(verloopt_op=now()))
    assert (await browser.get(str(pagina.response.url))).status_code == 404
    assert "Proef met alles" not in text_of(await browser.get("/overzicht"))
    assert (await invuller.begin("proef-alles")).stap() == "naam"


async def test_beginning_one_leaves_everything_else_where_it_is(
    invuller: Invuller, browser: Browser, portal: FastAPI
) -> None:
    await browser.log_in(factories.burger(factories.ANNA))
    await invuller.begin("proef-taken")
    eerste = await invuller.begin("proef-alles")
    async with portal.state.db.begin() as session:
        await session.execute(update(tables.Concept).values(verloopt_op=now()))
    await invuller.begin("proef-taken")
    async with portal.state.db() as session:
        over = [rij.id for rij in await session.scalars(select(tables.Concept))]
    assert len(over) == 3
    assert str(eerste.response.url).split("/")[4] in over


class TestWieMag:
    async def test_a_company_at_a_form_for_citizens_reads_what_to_do(
        self, invuller: Invuller, browser: Browser
    ) -> None:
        await browser.log_in(factories.bedrijf())
        pagina = await invuller.open("/formulieren/proef-hoog/start")
        assert pagina.status == 403
        assert "Dit is voor inwoners" in pagina.tekst
        assert "Log uit" in pagina.tekst

    async def test_a_citizen_reads_it_at_a_form_for_companies(self, invuller: Invuller, browser: Browser) -> None:
        await browser.log_in(factories.burger())
        pagina = await invuller.open("/formulieren/proef-bedrijf/start")
        assert pagina.status == 403
        assert "bedrijven en organisaties" in pagina.tekst

    async def test_a_company_with_its_vestiging(self, invuller: Invuller, browser: Browser) -> None:
        await browser.log_in(factories.bedrijf(vestiging="000045000012"), "Bakkerij De Koekstad B.V.")
        start = await invuller.open("/formulieren/proef-bedrijf/start")
        assert "vestiging 000045000012" in start.tekst
        pagina = await invuller.stuur(start)
        assert "Bakkerij De Koekstad" in pagina.tekst
        assert "(niet verplicht)" not in pagina.tekst
        assert "Oerdijk 33" in pagina.tekst
        await browser.log_in(factories.bedrijf(vestiging="000045000011"))
        assert (await browser.get(str(pagina.response.url))).status_code == 404, "another vestiging, another owner"

    async def test_without_a_login_the_start_leads_to_the_login_page_and_back(self, browser: Browser) -> None:
        response = await browser.client.get("/formulieren/proef-alles/start")
        assert response.headers["location"] == "/inloggen?terug=/formulieren/proef-alles/start"
        response = await browser.post("/formulieren/proef-alles/start")
        assert response.headers["location"] == "/inloggen?terug=/formulieren/proef-alles/start"

    async def test_an_unknown_form_is_not_there(self, browser: Browser) -> None:
        for adres in ("/formulieren/bestaat-niet/start", "/formulieren/bestaat-niet/check"):
            assert (await browser.get(adres)).status_code == 404


class TestVoorEenKind:
    async def test_a_parent_chooses_the_child_and_reads_its_facts(
        self, invuller: Invuller, browser: Browser, portal: FastAPI
    ) -> None:
        await browser.log_in(factories.burger(factories.ANNA))
        start = await invuller.open("/formulieren/proef-kind/start")
        assert "Lotte Bakker" in start.tekst
        kind = start.document.xpath("//input[@name='voor_wie']/@value")[1]
        assert "999996149" not in start.response.text
        niets = await invuller.stuur(start)
        assert niets.status == 422
        assert list(niets.fouten()) == ["voor_wie"]
        pagina = await invuller.stuur(start, {"voor_wie": kind})
        assert "Lotte Bakker" in pagina.tekst
        assert "U vraagt dit aan voor Lotte Bakker." in pagina.tekst
        assert "Lotte" not in pagina.document.findtext(".//title")
        controle = await invuller.stuur(pagina, {"doel": "Voor school"})
        assert "U vraagt dit aan voor Lotte Bakker." in controle.tekst
        klaar = await invuller.stuur(controle, {"verklaring": "ja"}, actie="versturen")
        assert klaar.stap() == "ontvangen"
        assert "Voor uw kind." in klaar.tekst
        eigenaar = eigenaar_van(factories.burger(factories.ANNA), portal.state.sleutels).hash
        [ingezonden] = await lijst(portal.state.db, portal.state.sleutels, eigenaar)
        assert kaarten._voor(ingezonden) == "Voor uw kind.", "the card among the zaken says so too"

    async def test_somebody_elses_child_cannot_be_chosen(self, invuller: Invuller, browser: Browser) -> None:
        await browser.log_in(factories.burger(factories.MEHMET))
        start = await invuller.open("/formulieren/proef-kind/start")
        ander_kind = start.document.xpath("//input[@name='voor_wie']/@value")[1]
        await browser.log_in(factories.burger(factories.ANNA))
        start = await invuller.open("/formulieren/proef-kind/start")
        assert (await invuller.stuur(start, {"voor_wie": ander_kind})).status == 422

    async def test_gezag_that_ended_closes_the_application_in_the_next_session(
        self, browser: Browser, portal: FastAPI
    ) -> None:
        burger = factories.burger(factories.YOUSSEF)
        await browser.log_in(burger)
        eigenaar = eigenaar_van(burger, portal.state.sleutels)
        formulier = portal.state.formulieren.get("proef-kind")
        concept = await Concepten(portal.state.db, portal.state.sleutels).begin(
            eigenaar,
            formulier="proef-kind",
            versie=formulier.versie,
            taal="nl",
            geldig=timedelta(days=30),
            voor=Voor("kind", "Lotte", "999996149"),
            meer=False,
        )
        assert (await browser.get(f"/aanvragen/{concept}")).status_code == 404


class TestAnoniem:
    @pytest.mark.seed("C7")
    async def test_a_form_without_login_says_two_hours_and_belongs_to_this_browser(
        self, invuller: Invuller, browser: Browser, portal: FastAPI
    ) -> None:
        start = await invuller.open("/formulieren/proef-anoniem/start")
        assert "U hebt 2 uur" in start.tekst
        pagina = await invuller.stuur(start)
        assert pagina.stap() == "wat"
        cookie = next(c for c in browser.client.cookies.jar if c.name == "aanvraag")
        assert cookie.expires is None, "it goes when the browser closes, for who comes next on a shared computer"
        assert "Opslaan en later verder" not in pagina.tekst
        vreemd = Browser(portal)
        async with vreemd.client:
            assert (await vreemd.client.get(str(pagina.response.url))).status_code == 303
            vreemd.client.cookies.set("aanvraag", "x" * 43, domain="localhost.local")
            assert (await vreemd.client.get(str(pagina.response.url))).status_code == 303
            await vreemd.log_in(factories.burger())
            assert (await vreemd.get(str(pagina.response.url))).status_code == 404
        pagina = await invuller.stuur(pagina, {"wat": "Een gat in de weg"})
        controle = await invuller.stuur(pagina)
        assert "Verstuur uw melding" in controle.tekst
        klaar = await invuller.stuur(controle, {"verklaring": "ja"}, actie="versturen")
        assert klaar.stap() == "ontvangen"
        assert "Bewaar daarom uw zaaknummer" in klaar.tekst
        assert "Wij hebben uw melding ontvangen" in klaar.tekst
        assert "U hebt uw melding al verstuurd" in (await invuller.open(str(pagina.response.url))).tekst

    async def test_logging_in_in_between_loses_nothing(self, invuller: Invuller, browser: Browser) -> None:
        pagina = await invuller.begin("proef-anoniem")
        await browser.log_in(factories.burger())
        verder = await invuller.stuur(await invuller.open(str(pagina.response.url)), {"wat": "Een gat in de weg"})
        assert verder.stap() == "foto"


async def test_too_many_starts_are_stopped(browser: Browser) -> None:
    await browser.log_in(factories.burger(niveau=25))
    adres = "/formulieren/proef-hoog/start?begin=ja"
    codes = [(await browser.post(adres, {"keuze": "opnieuw"})).status_code for _ in range(11)]
    assert codes[0] == 303
    assert codes[-1] == 429
