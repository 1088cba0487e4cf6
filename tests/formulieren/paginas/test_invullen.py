"""Filling in a form from start to zaak, page by page."""

import re
from datetime import timedelta

import pytest
from babel.dates import format_date
from fastapi import FastAPI

from pip_portal.tijd import vandaag
from tests import factories
from tests.conftest import Browser, text_of
from tests.formulieren.paginas.invuller import PDF, Invuller, Pagina, vul_in


@pytest.mark.seed("P7", "B3")
async def test_every_kind_of_question_from_start_to_zaak(
    invuller: Invuller, browser: Browser, backoffice: FastAPI
) -> None:
    await browser.log_in(factories.burger(factories.ANNA), "Anna Maria Jansen")
    pagina = await vul_in(invuller, "proef-alles")
    for tekst in ("€ 12,50", "Soort A", "AB-123-C", "Grote Kerkhof 1, 7411 KT Deventer", "bewijs.pdf", "14.30 uur"):
        assert tekst in pagina.tekst
    assert pagina.tekst.count("Wat is het kenteken?") == 2, "the question, and the name of its link"
    assert "Waarom B?" not in pagina.tekst, "a question that was not asked is not in the summary"
    assert "Brink 45-B, 7411 BV Deventer" in pagina.tekst
    assert "Basisregistratie Personen" in pagina.tekst
    assert "€ 11,30" in pagina.tekst
    klaar = await invuller.stuur(pagina, {"verklaring": "ja"}, actie="versturen")
    assert klaar.stap() == "ontvangen"
    assert "Wij hebben uw aanvraag ontvangen" in klaar.tekst
    assert "U moet nog betalen Betaal € 11,30. Daarna gaan wij verder met uw aanvraag." in klaar.tekst
    nummer = re.search(r"P\d\d-[A-Z2-7]{10}", klaar.tekst)
    assert nummer, klaar.tekst
    zaken = text_of(await browser.get("/zaken"))
    assert nummer[0] in zaken
    zaak = next(href for href in klaar.document.xpath("//main//a/@href") if href.startswith("/zaken/"))
    assert nummer[0] in text_of(await browser.get(zaak))
    kopie = await browser.get(next(h for h in klaar.document.xpath("//a/@href") if h.endswith("kopie.pdf")))
    assert kopie.content.startswith(b"%PDF")
    assert kopie.headers["content-disposition"].startswith("attachment")


async def test_sending_twice_is_one_application_and_the_back_button_says_so(
    invuller: Invuller, browser: Browser
) -> None:
    await browser.log_in(factories.burger(factories.ANNA))
    controle = await vul_in(invuller, "proef-alles")
    eerste = await invuller.stuur(controle, {"verklaring": "ja"}, actie="versturen", volg=False)
    tweede = await invuller.stuur(controle, {"verklaring": "ja"}, actie="versturen", volg=False)
    assert eerste.status == tweede.status == 303
    assert eerste.response.headers["location"] == tweede.response.headers["location"]
    terug = await invuller.open(str(controle.response.url).removeprefix(factories.PORTAAL))
    assert "U hebt uw aanvraag al verstuurd" in terug.tekst
    vraag = await invuller.open(str(controle.response.url).replace("controleren", "naam"))
    assert "U hebt uw aanvraag al verstuurd" in vraag.tekst


async def test_without_the_declaration_nothing_is_sent(invuller: Invuller, browser: Browser) -> None:
    await browser.log_in(factories.burger(factories.ANNA))
    controle = await vul_in(invuller, "proef-alles")
    opnieuw = await invuller.stuur(controle, actie="versturen")
    assert opnieuw.status == 422
    assert "verklaring" in opnieuw.fouten()
    assert "Fout:" in opnieuw.document.findtext(".//title")


async def test_what_changed_after_reading_is_shown_before_it_is_sent(invuller: Invuller, browser: Browser) -> None:
    await browser.log_in(factories.burger(factories.ANNA))
    controle = await vul_in(invuller, "proef-alles")
    aantal = await invuller.open(str(controle.response.url).replace("controleren", "aantal") + "?terug=controleren")
    ander_tabblad = await invuller.stuur(aantal, {"aantal": "3"})
    assert ander_tabblad.stap() == "controleren"
    opnieuw = await invuller.stuur(controle, {"verklaring": "ja"}, actie="versturen")
    assert opnieuw.status == 409
    assert "Er is iets veranderd" in opnieuw.tekst
    assert "€ 33,90" in opnieuw.tekst
    assert (await invuller.stuur(opnieuw, {"verklaring": "ja"}, actie="versturen")).stap() == "ontvangen"


class TestFouten:
    async def test_an_empty_page_names_what_to_do_and_keeps_what_was_typed(
        self, invuller: Invuller, browser: Browser
    ) -> None:
        await browser.log_in(factories.burger(factories.ANNA))
        pagina = await invuller.begin("proef-alles")
        fout = await invuller.stuur(pagina, {"naam": ""})
        assert fout.status == 422
        assert fout.fouten() == {"naam": "Vul de naam in."}
        lang = await invuller.stuur(pagina, {"naam": "x" * 50})
        assert "50" in lang.fouten()["naam"]
        assert lang.velden["naam"] == ["x" * 50]

    async def test_each_error_leads_to_a_control_on_the_page(self, invuller: Invuller, browser: Browser) -> None:
        await browser.log_in(factories.burger(factories.ANNA))
        slecht = {"bsn": "123456789", "iban": "NL00TEST0000000101", "kvk": "1", "kenteken": "?", "email": "geen"}
        formulier = browser.portal.state.formulieren.get("proef-alles")

        async def bekijk(pagina: Pagina) -> None:
            velden = formulier.stap(pagina.stap()).velden
            for waarde in ("", "onzin !"):
                antwoorden = {n: waarde for n in pagina.velden if n not in ("csrf", "revisie", "terug", "gezien")}
                antwoorden |= {v.veld: slecht[v.type] for v in velden if v.type in slecht and waarde == "onzin !"}
                antwoord = await invuller.stuur(pagina, antwoorden, volg=False)
                if antwoord.status == 422:
                    ids = set(antwoord.document.xpath("//main//form//*/@id"))
                    assert antwoord.fouten()
                    assert set(antwoord.fouten()) <= ids
                elif waarde == "":
                    assert all(not v.verplicht for v in velden), pagina.stap()
            pagina.velden["revisie"] = (await invuller.open(str(pagina.response.url))).velden["revisie"]

        await vul_in(invuller, "proef-alles", bekijk=bekijk)


class TestVoorwaarden:
    async def test_without_javascript_a_new_question_comes_with_the_next_page_view(
        self, invuller: Invuller, browser: Browser
    ) -> None:
        await browser.log_in(factories.burger(factories.ANNA))
        pagina = await vul_in(invuller, "proef-alles", tot="soort")
        met = await invuller.stuur(pagina, {"soort": "b"})
        assert met.status == 200
        assert met.stap() == "soort"
        assert "waarom_b" in met.namen()
        assert not met.fouten()
        assert "Er is een vraag bijgekomen." in met.tekst
        fout = await invuller.stuur(met, {})
        assert fout.status == 422
        assert list(fout.fouten()) == ["waarom_b"]
        verder = await invuller.stuur(fout, {"waarom_b": "Omdat het moet"})
        assert verder.stap() == "kleuren", "the page about A is skipped"

    async def test_with_htmx_the_block_comes_back_and_nothing_is_stored(
        self, invuller: Invuller, browser: Browser
    ) -> None:
        await browser.log_in(factories.burger(factories.ANNA))
        pagina = await vul_in(invuller, "proef-alles", tot="soort")
        blok = await invuller.stuur(pagina, {"soort": "b"}, actie="bijwerken", htmx=True)
        assert blok.status == 200
        assert "<html" not in blok.response.text
        assert 'name="waarom_b"' in blok.response.text
        assert not (await invuller.open(str(pagina.response.url))).velden.get("soort")

    async def test_a_flipped_answer_gives_the_old_answers_back(self, invuller: Invuller, browser: Browser) -> None:
        await browser.log_in(factories.burger(factories.ANNA))
        controle = await vul_in(invuller, "proef-alles")
        soort = await invuller.open(str(controle.response.url).replace("controleren", "soort") + "?terug=controleren")
        met = await invuller.stuur(soort, {"soort": "b"})
        terug = await invuller.stuur(met, {"soort": "b", "waarom_b": "Omdat"})
        assert terug.stap() == "controleren"
        assert "Wilt u meer van A?" not in terug.tekst
        soort = await invuller.open(str(controle.response.url).replace("controleren", "soort") + "?terug=controleren")
        weer = await invuller.stuur(soort, {"soort": "a"})
        assert weer.stap() == "controleren", "the answer about A was still there"
        assert "Wilt u meer van A?" in weer.tekst
        assert "Waarom B?" not in weer.tekst

    async def test_a_page_that_is_not_reached_leads_to_the_first_open_one(
        self, invuller: Invuller, browser: Browser
    ) -> None:
        await browser.log_in(factories.burger(factories.ANNA))
        pagina = await invuller.begin("proef-alles")
        voor = str(pagina.response.url).removesuffix("naam")
        for later in ("aantal", "controleren", "extra-a"):
            assert (await invuller.open(voor + later)).stap() == "naam"
        assert (await browser.get(voor + "bestaat-niet")).status_code == 404


class TestGroepen:
    async def test_items_are_added_changed_and_removed(self, invuller: Invuller, browser: Browser) -> None:
        await browser.log_in(factories.burger(factories.ANNA))
        lijst = await vul_in(invuller, "proef-alles", tot="dingen")
        nieuw = await invuller.open(lijst.document.xpath("//a[contains(@href, '/nieuw')]/@href")[0])
        assert "Ding 1" in nieuw.tekst
        assert "hoe_groot" not in nieuw.namen()
        met = await invuller.stuur(nieuw, {"ding": "Een tent", "groot": "ja"})
        assert "hoe_groot" in met.namen()
        lijst = await invuller.stuur(met, {"hoe_groot": "4"})
        assert "Een tent" in lijst.tekst
        dubbel = await invuller.stuur(met, {"hoe_groot": "4"})
        assert dubbel.tekst.count("Een tent") == 1, "sent twice is added once"
        wijzig = await invuller.open(lijst.document.xpath("//li//a[contains(., 'Wijzigen')]/@href")[0])
        assert wijzig.velden["ding"] == ["Een tent"]
        lijst = await invuller.stuur(wijzig, {"ding": "Een kraam", "groot": "nee"})
        assert "Een kraam" in lijst.tekst
        assert "Hoeveel meter?" not in lijst.tekst
        weg = await invuller.open(lijst.document.xpath("//li//a[contains(., 'Verwijderen')]/@href")[0])
        lijst = await invuller.stuur(weg)
        assert "Een kraam" not in lijst.tekst
        assert (await invuller.stuur(lijst)).stap() == "controleren"

    async def test_a_full_group_takes_no_more(self, invuller: Invuller, browser: Browser) -> None:
        await browser.log_in(factories.burger(factories.ANNA))
        lijst = await vul_in(invuller, "proef-alles", tot="dingen")
        for naam in ("een", "twee", "drie"):
            nieuw = await invuller.open(lijst.document.xpath("//a[contains(@href, '/nieuw')]/@href")[0])
            lijst = await invuller.stuur(nieuw, {"ding": naam, "groot": "nee"})
        assert not lijst.document.xpath("//main//a[contains(@href, '/nieuw')]")
        assert (await invuller.open(str(lijst.response.url) + "/nieuw")).stap() == "dingen"


class TestBestanden:
    async def test_a_file_is_added_shown_downloaded_and_removed(self, invuller: Invuller, browser: Browser) -> None:
        await browser.log_in(factories.burger(factories.ANNA))
        pagina = await vul_in(invuller, "proef-alles", tot="bewijs")
        assert "Een bestand mag 5 MB groot zijn." in pagina.tekst
        leeg = await invuller.stuur(pagina)
        assert list(leeg.fouten()) == ["bewijs"]
        fout = await invuller.stuur(pagina, actie="toevoegen", bestanden=[("bewijs", "virus.exe", b"MZ")])
        assert fout.status == 422
        assert list(fout.fouten()) == ["bewijs"]
        met = await invuller.stuur(pagina, actie="toevoegen", bestanden=[("bewijs", "Mijn bewijs.pdf", PDF)])
        assert met.stap() == "bewijs"
        (link,) = met.document.xpath("//main//a[contains(., 'Mijn bewijs.pdf')]/@href")[:1]
        eigen = await browser.get(link)
        assert eigen.content == PDF
        assert eigen.headers["content-disposition"].startswith("attachment")
        weg = await invuller.open(met.document.xpath("//a[contains(@href, '/verwijderen')]/@href")[0])
        assert "Mijn bewijs.pdf" in weg.tekst
        zonder = await invuller.stuur(weg)
        assert "Mijn bewijs.pdf" not in zonder.tekst
        assert (await invuller.stuur(weg)).stap() == "bewijs", "a second click is no error"
        assert (await browser.get(link)).status_code == 404

    async def test_with_htmx_the_block_comes_back_with_the_file(self, invuller: Invuller, browser: Browser) -> None:
        await browser.log_in(factories.burger(factories.ANNA))
        pagina = await vul_in(invuller, "proef-alles", tot="bewijs")
        blok = await invuller.stuur(pagina, actie="toevoegen", bestanden=[("bewijs", "a.pdf", PDF)], htmx=True)
        assert "<html" not in blok.response.text
        assert "a.pdf" in blok.response.text


class TestAdressen:
    async def test_an_address_is_found_chosen_or_typed(self, invuller: Invuller, browser: Browser) -> None:
        await browser.log_in(factories.burger(factories.ANNA))
        pagina = await vul_in(invuller, "proef-alles", tot="adres")
        gevonden = await invuller.stuur(
            pagina, {"adres-postcode": "7411kt", "adres-huisnummer": "1"}, actie="zoek_adres"
        )
        assert gevonden.status == 200
        assert "Grote Kerkhof 1, 7411 KT Deventer" in gevonden.tekst
        niet = await invuller.stuur(pagina, {"adres-postcode": "7411 ZZ", "adres-huisnummer": "999"})
        assert niet.status == 422
        assert list(niet.fouten()) == ["adres-postcode"]
        assert "adres-straat" in niet.namen()
        zelf = {"adres-straat": "Nieuwe Straat", "adres-plaats": "Deventer"}
        verder = await invuller.stuur(niet, zelf)
        assert verder.stap() == "plek"
        terug = await invuller.open(str(verder.response.url).replace("plek", "adres"))
        assert terug.velden["adres-straat"] == ["Nieuwe Straat"]

    async def test_a_bag_that_is_down_stops_nobody(
        self, invuller: Invuller, browser: Browser, backoffice: FastAPI
    ) -> None:
        await browser.log_in(factories.burger(factories.ANNA))
        pagina = await vul_in(invuller, "proef-alles", tot="adres")
        backoffice.state.beheer.storing(api="bag", soort="status")
        verder = await invuller.stuur(pagina, {"adres-postcode": "7411 KT", "adres-huisnummer": "1"})
        assert verder.stap() == "plek"


async def test_a_task_list_says_where_each_part_stands(invuller: Invuller, browser: Browser) -> None:
    await browser.log_in(factories.bedrijf())
    lijst = await invuller.begin("proef-taken")
    assert "Nog niet begonnen" in lijst.tekst
    assert "Tot hoe laat?" not in lijst.tekst
    assert "0 van 3 onderdelen zijn klaar." in lijst.tekst
    voor = str(lijst.response.url)
    for stap, antwoord in (("plek", {"plek": "De Brink"}), ("contact-naam", {"contact_naam": "Jan"})):
        lijst = await invuller.stuur(await invuller.open(f"{voor}/{stap}"), antwoord)
        assert str(lijst.response.url) == voor
    muziek = await invuller.stuur(await invuller.open(f"{voor}/muziek"), {"muziek": "ja"})
    assert muziek.stap() == "muziek-tot", "the next page of the same section"
    lijst = await invuller.open(voor)
    assert "3 van 4 onderdelen zijn klaar." in lijst.tekst
    assert "Nog niet begonnen" in lijst.tekst
    lijst = await invuller.stuur(muziek, {"muziek_tot": "23.00"})
    assert "4 van 4" in lijst.tekst
    controle = await invuller.open(lijst.document.xpath("//a[contains(@href, 'controleren')]/@href")[0])
    assert (await invuller.stuur(controle, {"verklaring": "ja"}, actie="versturen")).stap() == "ontvangen"


async def test_the_whole_way_in_english(invuller: Invuller, browser: Browser) -> None:
    await browser.log_in(factories.burger(factories.LUCIA))
    browser.client.cookies.set("taal", "en", domain="localhost.local")
    browser.lang = "en"
    controle = await vul_in(invuller, "proef-alles")
    for tekst in ("Kind A", "What is the number plate?", "4 December 2026", "Send your application"):
        assert tekst in controle.tekst.replace(_over_tien_dagen(), "4 December 2026")
    klaar = await invuller.stuur(controle, {"verklaring": "ja"}, actie="versturen")
    assert "We look at your application." in klaar.tekst


def _over_tien_dagen() -> str:
    return format_date(vandaag() + timedelta(days=10), "d MMMM y", locale="en")
