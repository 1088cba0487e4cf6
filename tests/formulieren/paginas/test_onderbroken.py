"""What can come in between: a session that ends, a higher level, another tab, another day, a source that is down."""

import json

import pytest
from fastapi import FastAPI
from sqlalchemy import select, update

from pip_portal import tables
from tests import factories
from tests.conftest import Browser, text_of
from tests.formulieren.paginas.invuller import Invuller, vul_in


def _pad(pagina: object) -> str:
    return str(pagina.response.url).removeprefix(factories.PORTAAL)  # type: ignore[attr-defined]


class TestSessieVoorbij:
    async def test_what_was_typed_comes_back_after_the_login_and_is_not_saved_by_itself(
        self, invuller: Invuller, browser: Browser, portal: FastAPI
    ) -> None:
        await invuller.begin("proef-anoniem")  # its cookie does not stand in the way
        await browser.log_in(factories.burger(factories.ANNA))
        pagina = await invuller.begin("proef-alles")
        await portal.state.sessies.end_everywhere(factories.burger(factories.ANNA).pseudoniem)
        laat = await invuller.stuur(pagina, {"naam": "Getypt toen het te laat was"}, volg=False)
        assert laat.status == 303
        assert laat.response.headers["location"] == f"/inloggen?terug={_pad(pagina)}&verlopen=1"
        async with portal.state.db() as session:
            rij = (await session.scalars(select(tables.LateInvoer))).one()
        assert b"Getypt" not in rij.invoer
        await browser.log_in(factories.burger(factories.ANNA))
        terug = await invuller.open(_pad(pagina))
        assert terug.velden["naam"] == ["Getypt toen het te laat was"]
        assert "U was uitgelogd" in terug.tekst
        async with portal.state.db() as session:
            assert not (await session.scalars(select(tables.ConceptStap))).all()
        verder = await invuller.stuur(terug)
        assert verder.stap() == "over-u"
        async with portal.state.db() as session:
            assert not (await session.scalars(select(tables.LateInvoer))).all()

    async def test_another_person_never_sees_it_and_it_is_thrown_away(
        self, invuller: Invuller, browser: Browser, portal: FastAPI
    ) -> None:
        await browser.log_in(factories.burger(factories.ANNA))
        pagina = await invuller.begin("proef-alles")
        await portal.state.sessies.end_everywhere(factories.burger(factories.ANNA).pseudoniem)
        await invuller.stuur(pagina, {"naam": "Van Anna"}, volg=False)
        await browser.log_in(factories.burger(factories.MEHMET))
        ander = await browser.get(_pad(pagina))
        assert ander.status_code == 404
        assert "Van Anna" not in ander.text
        await browser.log_in(factories.burger(factories.ANNA))
        assert (await invuller.open(_pad(pagina))).velden["naam"] == [""]

    async def test_another_browser_of_the_same_person_does_not_get_it(
        self, invuller: Invuller, browser: Browser, portal: FastAPI
    ) -> None:
        await browser.log_in(factories.burger(factories.ANNA))
        pagina = await invuller.begin("proef-alles")
        await portal.state.sessies.end_everywhere(factories.burger(factories.ANNA).pseudoniem)
        await invuller.stuur(pagina, {"naam": "Op de andere computer"}, volg=False)
        elders = Browser(portal)
        async with elders.client:
            await elders.log_in(factories.burger(factories.ANNA))
            assert "Op de andere computer" not in (await elders.get(_pad(pagina))).text

    async def test_a_stranger_leaves_nothing_behind(
        self, invuller: Invuller, browser: Browser, portal: FastAPI
    ) -> None:
        await browser.log_in(factories.burger(factories.ANNA))
        pagina = await invuller.begin("proef-alles")
        vreemd = Browser(portal)
        async with vreemd.client:
            response = await vreemd.post(_pad(pagina), {"naam": "Geplant"})
            assert response.headers["location"] == f"/inloggen?terug={_pad(pagina)}"
        async with portal.state.db() as session:
            assert not (await session.scalars(select(tables.LateInvoer))).all()


class TestNiveau:
    async def test_a_low_level_is_asked_to_step_up_and_comes_back_to_the_same_page(
        self, invuller: Invuller, browser: Browser
    ) -> None:
        await browser.log_in(factories.burger())
        pagina = await invuller.open("/formulieren/proef-hoog/start")
        assert pagina.status == 403
        assert pagina.form.get("action") == "/inloggen/digid"
        assert pagina.velden["niveau"] == ["25"]
        assert pagina.velden["terug"] == ["/formulieren/proef-hoog/start"]

    async def test_a_lower_login_in_the_middle_loses_nothing(self, invuller: Invuller, browser: Browser) -> None:
        await browser.log_in(factories.burger(niveau=25))
        pagina = await invuller.begin("proef-hoog")
        await browser.log_in(factories.burger(niveau=20))
        pagina.velden["csrf"] = [browser.csrf]
        laag = await invuller.stuur(pagina, {"reden": "Een lang verhaal"})
        assert laag.status == 403
        assert laag.velden["terug"] == [_pad(pagina)]
        await browser.log_in(factories.burger(niveau=25))
        terug = await invuller.open(_pad(pagina))
        assert terug.velden["reden"] == ["Een lang verhaal"]


class TestTweeTabbladen:
    async def test_the_citizen_chooses_between_two_answers(self, invuller: Invuller, browser: Browser) -> None:
        await browser.log_in(factories.burger())
        een = await invuller.begin("proef-alles")
        twee = await invuller.open(_pad(een))
        await invuller.stuur(een, {"naam": "Uit tabblad een"})
        keuze = await invuller.stuur(twee, {"naam": "Uit tabblad twee"})
        assert "Welk antwoord is goed?" in keuze.tekst
        assert "Uit tabblad een" in keuze.tekst
        assert "Uit tabblad twee" in keuze.tekst
        niets = await invuller.stuur(keuze)
        assert niets.status == 422
        assert list(niets.fouten()) == ["tabblad"]
        daar = await invuller.stuur(keuze, {"tabblad": "daar"})
        assert daar.stap() == "over-u"
        assert (await invuller.open(_pad(een))).velden["naam"] == ["Uit tabblad een"]
        keuze = await invuller.stuur(twee, {"naam": "Uit tabblad twee"})
        hier = await invuller.stuur(keuze, {"tabblad": "hier"})
        assert hier.stap() == "over-u"
        assert (await invuller.open(_pad(een))).velden["naam"] == ["Uit tabblad twee"]

    async def test_other_pages_and_equal_answers_mix_silently(self, invuller: Invuller, browser: Browser) -> None:
        await browser.log_in(factories.burger())
        een = await invuller.begin("proef-alles")
        twee = await invuller.open(_pad(een))
        over = await invuller.stuur(een, {"naam": "Hetzelfde"})
        assert (await invuller.stuur(twee, {"naam": "Hetzelfde"})).stap() == "over-u"
        assert (await invuller.stuur(over, {"verhaal": "Iets"})).stap() == "aantal"

    async def test_items_added_in_two_tabs_are_both_there(self, invuller: Invuller, browser: Browser) -> None:
        await browser.log_in(factories.burger())
        lijst = await vul_in(invuller, "proef-alles", tot="dingen")
        nieuw = lijst.document.xpath("//a[contains(@href, '/nieuw')]/@href")[0]
        een, twee = await invuller.open(nieuw), await invuller.open(nieuw)
        await invuller.stuur(een, {"ding": "Eerste ding", "groot": "nee"})
        lijst = await invuller.stuur(twee, {"ding": "Tweede ding", "groot": "nee"})
        assert "Eerste ding" in lijst.tekst
        assert "Tweede ding" in lijst.tekst

    async def test_an_item_that_does_not_fit_any_more_is_told(self, invuller: Invuller, browser: Browser) -> None:
        await browser.log_in(factories.burger())
        lijst = await vul_in(invuller, "proef-alles", tot="dingen")
        nieuw = lijst.document.xpath("//a[contains(@href, '/nieuw')]/@href")[0]
        tabs = [await invuller.open(nieuw) for _ in range(4)]
        for tab in tabs[:-1]:
            await invuller.stuur(tab, {"ding": "Ding", "groot": "nee"})
        vol = await invuller.stuur(tabs[-1], {"ding": "Een te veel", "groot": "nee"})
        assert vol.status == 422
        assert "U kunt er hoogstens 3 toevoegen. Verwijder er eerst één." in vol.tekst


class TestLaterVerder:
    async def test_save_and_continue_later_keeps_what_is_not_good_yet(
        self, invuller: Invuller, browser: Browser, portal: FastAPI
    ) -> None:
        await browser.log_in(factories.burger())
        pagina = await vul_in(invuller, "proef-alles", tot="aantal")
        bewaard = await invuller.stuur(pagina, {"aantal": "een stuk of wat"}, actie="bewaren")
        assert bewaard.status == 200
        async with portal.state.db() as session:
            for rij in await session.scalars(select(tables.ConceptStap)):
                assert b"een stuk of wat" not in rij.antwoorden
        elders = Browser(portal)
        async with elders.client:
            await elders.log_in(factories.burger())
            overzicht = await elders.get("/overzicht")
            assert "Verder gaan" in text_of(overzicht)
            terug = await Invuller(elders).open(_pad(pagina).rsplit("/", 1)[0])
            assert terug.stap() == "aantal"
            assert terug.velden["aantal"] == ["een stuk of wat"]
            assert not terug.fouten()

    async def test_a_changed_fact_is_told_on_the_check_page(
        self, invuller: Invuller, browser: Browser, portal: FastAPI
    ) -> None:
        await browser.log_in(factories.burger())
        controle = await vul_in(invuller, "proef-alles")
        assert "Uw gegevens zijn veranderd" not in controle.tekst
        concepten = portal.state.db
        async with concepten() as session:
            rij = (await session.scalars(select(tables.Concept))).one()
        van, stap, gegevens = json.loads(portal.state.sleutels.decrypt(rij.gegevens))
        gegevens["bronnen"]["brp.adres"] = "Oude adres 1, Deventer"
        dicht = portal.state.sleutels.encrypt(json.dumps([van, stap, gegevens]).encode())
        async with concepten.begin() as session:
            await session.execute(update(tables.Concept).values(gegevens=dicht))
        await browser.log_in(factories.burger())
        controle = await invuller.open(_pad(controle))
        assert "Sinds u begon is dit veranderd: Adres." in controle.tekst


class TestBronWeg:
    async def test_a_register_that_is_down_stops_no_question(
        self, invuller: Invuller, browser: Browser, backoffice: FastAPI
    ) -> None:
        await browser.log_in(factories.burger())
        backoffice.state.beheer.storing(api="brp", soort="status")
        controle = await vul_in(invuller, "proef-alles")
        assert "Niet ingevuld" in controle.tekst
        assert (await invuller.stuur(controle, {"verklaring": "ja"}, actie="versturen")).stap() == "ontvangen"

    async def test_sending_waits_when_a_condition_needs_it_and_goes_on_when_it_is_back(
        self, invuller: Invuller, browser: Browser, backoffice: FastAPI, portal: FastAPI
    ) -> None:
        await browser.log_in(factories.burger(factories.EVA))
        backoffice.state.beheer.storing(api="brp", soort="status")
        pagina = await invuller.begin("proef-kind")
        assert "geheim_ok" not in pagina.namen()
        controle = await invuller.stuur(pagina, {"doel": "Voor mij"})
        assert "Wij kunnen uw gegevens nu niet ophalen" in controle.tekst
        assert "Verstuur uw aanvraag" not in controle.tekst
        assert (await invuller.stuur(controle, {"verklaring": "ja"}, actie="versturen")).status == 409
        backoffice.state.beheer.herstel()
        portal.state.bronnen.brp._verbinding.breaker.success()  # as after its pause
        opnieuw = await invuller.open(_pad(controle))
        assert opnieuw.stap() == "wie", "now we know that the address is secret, a question is open"
        assert "geheim_ok" in opnieuw.namen()

    async def test_a_parent_hears_why_no_child_can_be_chosen_and_what_to_do(
        self, invuller: Invuller, browser: Browser, backoffice: FastAPI
    ) -> None:
        await browser.log_in(factories.burger(factories.EVA))
        backoffice.state.beheer.storing(api="brp", soort="status")
        zin = "Wij kunnen nu niet zien voor welke kinderen u dit mag aanvragen. Voor uzelf kan het wel."
        product = await browser.post("/formulieren/proef-kind/start")
        assert product.headers["location"] == "/formulieren/proef-kind/start", "first the page that says so"
        start = await invuller.open("/formulieren/proef-kind/start")
        assert zin in start.tekst
        assert "bel 14 0570" in start.tekst
        assert (await invuller.stuur(start)).stap() == "wie"
        assert zin in (await invuller.open("/formulieren/proef-kind/start")).tekst, "also who began already"


class TestVoorcheck:
    @pytest.mark.seed("B5")
    async def test_the_check_takes_its_answers_along_through_the_login(
        self, invuller: Invuller, browser: Browser, portal: FastAPI
    ) -> None:
        pagina = await invuller.open("/formulieren/proef-check/check")
        fout = await invuller.stuur(pagina, {"bezoekers": "veel"})
        assert fout.status == 422
        assert set(fout.fouten()) == {"bezoekers", "straat_dicht"}
        vraag = await invuller.stuur(fout, {"bezoekers": "300", "straat_dicht": "ja"})
        assert vraag.status == 200
        assert "welke_straat" in vraag.namen()
        uit = await invuller.stuur(vraag, {"welke_straat": "Brink"})
        assert "U hebt een vergunning nodig." in uit.tekst
        assert "Brink" not in uit.response.text.partition("<main")[2], "sealed, not readable"
        inloggen = await invuller.stuur(uit, volg=False)
        assert inloggen.response.headers["location"] == "/inloggen?terug=/formulieren/proef-check/start"
        async with portal.state.db() as session:
            assert not (await session.scalars(select(tables.Concept))).all()
        await browser.log_in(factories.burger())
        eerste = await invuller.begin("proef-check")
        assert eerste.stap() == "naam-feest", "the answers of the check are there"
        terug = await invuller.open(_pad(eerste).replace("naam-feest", "uit-de-check"))
        assert terug.velden["bezoekers"] == ["300"]
        assert terug.velden["welke_straat"] == ["Brink"]
        stop = await invuller.stuur(terug, {"bezoekers": "5"})
        assert "U hebt geen vergunning nodig" in stop.tekst
        assert not stop.fouten()

    async def test_who_does_not_fit_gets_alternatives(self, invuller: Invuller) -> None:
        pagina = await invuller.open("/formulieren/proef-check/check")
        ander = await invuller.stuur(pagina, {"bezoekers": "5", "straat_dicht": "nee"})
        assert "Een melding is genoeg." in ander.tekst
        assert ander.document.xpath("//main//a[@href='/producten/proef-anoniem']")
        niets = await invuller.stuur(pagina, {"bezoekers": "950", "straat_dicht": "nee"})
        assert "Dit kan hier niet." in niets.tekst
        assert "14 0570" in niets.tekst

    async def test_sealed_answers_of_somebody_else_are_no_answers(self, invuller: Invuller, browser: Browser) -> None:
        await browser.log_in(factories.burger())
        start = await invuller.open("/formulieren/proef-check/start")
        pagina = await invuller.stuur(start, {"voorcheck": "gAAAAABnonsens"})
        assert pagina.stap() == "uit-de-check"
        assert pagina.velden["bezoekers"] == [""]


class TestVersies:
    async def test_a_running_application_keeps_its_own_questions(
        self, invuller: Invuller, browser: Browser, portal: FastAPI
    ) -> None:
        await browser.log_in(factories.burger(niveau=25))
        pagina = await invuller.begin("proef-hoog")
        oud = portal.state.formulieren.get("proef-hoog")
        nieuw = oud.model_copy(update={"versie": 2, "stappen": oud.stappen[1:]})
        portal.state.formulieren._huidig["proef-hoog"] = nieuw
        portal.state.formulieren._oud["proef-hoog", 1] = oud
        verder = await invuller.stuur(pagina, {"reden": "De oude vraag"})
        assert verder.stap() == "sinds"

    async def test_when_the_law_changed_the_answers_move_along_and_the_citizen_is_told(
        self, invuller: Invuller, browser: Browser, portal: FastAPI
    ) -> None:
        await browser.log_in(factories.burger(niveau=25))
        controle = await vul_in(invuller, "proef-hoog")
        oud = portal.state.formulieren.get("proef-hoog")
        over = oud.wijziging.model_copy(update={"concepten": "overzetten"})
        nieuw = oud.model_copy(update={"versie": 2, "stappen": oud.stappen[1:], "wijziging": over})
        portal.state.formulieren._huidig["proef-hoog"] = nieuw
        portal.state.formulieren._oud["proef-hoog", 1] = oud
        controle = await invuller.open(_pad(controle))
        assert "De vragen zijn veranderd" in controle.tekst
        assert "Wat is de reden?" not in controle.tekst
        assert "Sinds wanneer?" in controle.tekst


class TestNakijken:
    async def test_a_format_is_judged_when_one_leaves_it_and_nothing_else_is(
        self, invuller: Invuller, browser: Browser
    ) -> None:
        await browser.log_in(factories.burger())
        pagina = await vul_in(invuller, "proef-alles", tot="nummers")
        for typen, fout in (("NL00TEST0000000101", True), ("NL85TEST0000000101", False)):
            blok = await invuller.stuur(
                pagina, {"rekening": typen, "nakijken": "rekening"}, actie="nakijken", htmx=True
            )
            assert blok.status == 200
            assert ('id="rekening-fout"' in blok.response.text) is fout
            assert 'id="burgernummer-fout"' not in blok.response.text

    async def test_an_address_can_be_typed_by_hand(self, invuller: Invuller, browser: Browser) -> None:
        await browser.log_in(factories.burger())
        pagina = await vul_in(invuller, "proef-alles", tot="adres")
        assert "adres-straat" not in pagina.namen()
        zelf = await invuller.stuur(pagina, {"adres-postcode": "7411 ZZ"}, actie="handmatig")
        assert zelf.status == 200
        assert "adres-straat" in zelf.namen()
        assert zelf.velden["adres-postcode"] == ["7411 ZZ"]
        antwoorden = {"adres-huisnummer": "999", "adres-straat": "Nieuwe Straat", "adres-plaats": "Deventer"}
        assert (await invuller.stuur(zelf, antwoorden)).stap() == "plek"
