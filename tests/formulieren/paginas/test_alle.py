"""Every form that the gemeente offers, walked over HTTP from its start to the zaak in the backoffice."""

import io
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from fastapi import FastAPI
from PIL import Image
from sqlalchemy import delete

from pip_portal import tables
from pip_portal.backoffice.inboeken import Inboeken
from pip_portal.eigenaar import eigenaar_van
from pip_portal.formulieren.aanvrager import inlog_van
from pip_portal.formulieren.definitie import Formulier
from pip_portal.formulieren.laden import Formulieren
from pip_portal.formulieren.omgeving import Inlog, Omgeving
from pip_portal.gebruiker import Gebruiker
from pip_portal.inzendingen.lezen import lees
from pip_portal.paths import DATA
from pip_portal.settings import Settings
from pip_portal.tijd import vandaag
from tests import factories
from tests.conftest import Browser
from tests.formulieren.paginas.invuller import PDF, Invuller, Pagina
from tests.formulieren.voorbeelden import geldige

FORMULIEREN = Formulieren.lees(DATA)


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return factories.settings(database_url, bestanden={"map": tmp_path / "bestanden"})


@dataclass
class Wandeling:
    """One way through a form. keuzes: which of the good answers, where the first leads to a page that says stop."""

    invuller: Invuller
    formulier: Formulier
    omgeving: Omgeving
    keuzes: dict[str, int] = field(default_factory=dict)
    gezien: set[str] = field(default_factory=set)

    async def loop(self, pagina: Pagina) -> Pagina:
        for _pagina in range(120):
            if pagina.stap() == "controleren":
                return pagina
            if "stop=ja" in str(pagina.response.url):
                pagina = await self.anders(pagina)
                continue
            taken = pagina.document.xpath("//a[contains(@class, 'portaal-taak__link')]")
            if not pagina.document.xpath("//input[@name='gezien']"):
                klaar = pagina.document.xpath("//main//a[contains(@href, '/controleren')]/@href")
                open_ = [a for a in taken if "Klaar" not in a.xpath("string(ancestor::li)")]
                pagina = await self.invuller.open(klaar[0] if klaar else open_[0].get("href"))
                continue
            pagina = await self.vul(pagina)
        raise AssertionError(f"{self.formulier.formulier}: blijft hangen bij {pagina.stap()}: {pagina.tekst[:300]}")

    async def vul(self, pagina: Pagina) -> Pagina:
        stap = self.formulier.stap(pagina.stap())
        self.gezien.add(stap.stap)
        groep = stap.groep
        if groep is not None and groep.minimum and not pagina.document.xpath("//main//li[@class='portaal-item']"):
            nieuw = await self.invuller.open(pagina.document.xpath("//a[contains(@href, '/nieuw')]/@href")[0])
            for _keer in range(len(groep.velden) + 1):
                if nieuw.stap() == stap.stap:
                    break
                getoond = nieuw.velden["gezien"][0].split()
                nieuw = await self.stuur(nieuw, [v for v in groep.velden if v.veld in getoond])
            return nieuw
        getoond = pagina.velden["gezien"][0].split()
        return await self.stuur(pagina, [v for v in stap.velden if v.veld in getoond])

    async def stuur(self, pagina: Pagina, velden: list[Any]) -> Pagina:
        antwoorden: dict[str, list[str]] = {}
        bestanden = []
        for veld in velden:
            if veld.type == "bestand" and veld.verplicht and pagina.document.xpath(f"//input[@id='{veld.veld}']"):
                if veld.later:
                    antwoorden[f"{veld.veld}-later"] = ["ja"]
                elif "pdf" in veld.soorten:
                    bestanden.append((veld.veld, "bewijs.pdf", PDF))
                else:
                    bestanden.append((veld.veld, "foto.jpg", foto(veld.verhouding)))
            elif veld.type in ("keuze", "meerkeuze") and veld.opties_uit:
                opties = pagina.document.xpath(
                    f"//input[@name='{veld.veld}']/@value | //select[@name='{veld.veld}']/option/@value"
                )
                antwoorden[veld.veld] = [[o for o in opties if o][self.keuzes.get(veld.veld, 0)]]
            elif veld.type != "bestand":
                goed = geldige(veld, self.omgeving)
                gekozen = goed[self.keuzes.get(veld.veld, 0) % len(goed)] if goed else {}
                max_ = veld.max if veld.type == "tekst" else None
                antwoorden |= {naam: [waarde[:max_] for waarde in waarden] for naam, waarden in gekozen.items()}
        na = await self.invuller.stuur(pagina, antwoorden, bestanden=bestanden)
        assert na.status == 200, (self.formulier.formulier, pagina.stap(), na.fouten(), na.tekst[:500])
        return na

    async def anders(self, pagina: Pagina) -> Pagina:
        """Back to the question, and give the next answer."""
        vraag = await self.invuller.open(str(pagina.response.url).partition("?")[0])
        stap = self.formulier.stap(vraag.stap())
        for veld in stap.velden:
            if veld.type in ("keuze", "janee", "datum", "getal", "meerkeuze"):
                self.keuzes[veld.veld] = self.keuzes.get(veld.veld, 0) + 1
        return vraag


def expect_elke_pagina_gezien(wandeling: Wandeling, controle: Pagina) -> None:
    """What is sent was asked, and a page that only tells something was read too."""
    hrefs = controle.document.xpath("//main//a[contains(@href, 'terug=controleren')]/@href")
    getoond = {urlsplit(href).path.split("/")[3] for href in hrefs}
    for stap in wandeling.formulier.stappen:
        if stap.toon_als is None and not any(veld.heeft_antwoord for veld in stap.velden):
            getoond.add(stap.stap)
    assert getoond <= wandeling.gezien


def foto(verhouding: tuple[int, int] | None) -> bytes:
    """A small photo of this shape."""
    breed, hoog = verhouding or (4, 3)
    buffer = io.BytesIO()
    Image.new("RGB", (breed * 20, hoog * 20), (90, 120, 60)).save(buffer, "JPEG")
    return buffer.getvalue()


def wie(formulier: Formulier) -> Gebruiker:
    if formulier.toegang.niveau_digid:
        return factories.burger(factories.SANNE, niveau=30)
    return factories.bedrijf(niveau=40)


@pytest.mark.seed("P7", "B3", "X1")
@pytest.mark.parametrize("slug", [f.formulier for f in FORMULIEREN.alle() if not f.is_verwijzing])
async def test_from_the_start_to_the_zaak_with_exactly_what_was_answered(
    slug: str, invuller: Invuller, browser: Browser, portal: FastAPI
) -> None:
    formulier = FORMULIEREN.get(slug)
    gebruiker = wie(formulier)
    await browser.log_in(gebruiker)
    omgeving = Omgeving(vandaag(), inlog_van(gebruiker), {}, FORMULIEREN.tarieven)
    start = await invuller.open(f"/formulieren/{slug}/start")
    keuzes = start.document.xpath("//input[@name='voor_wie']/@value")
    eerste = await invuller.stuur(start, {"voor_wie": keuzes[0]} if keuzes else {})
    wandeling = Wandeling(invuller, formulier, omgeving)
    controle = await wandeling.loop(eerste)
    if formulier.vorm == "vragen":
        expect_elke_pagina_gezien(wandeling, controle)
    async with portal.state.db.begin() as session:
        await session.execute(delete(tables.Teller))
    assert "{" not in controle.tekst, "a name in a text was not filled in"
    klaar = await invuller.stuur(controle, {"verklaring": "ja"}, actie="versturen")
    assert "{" not in klaar.tekst, "a name in a text was not filled in"
    assert klaar.stap() == "ontvangen", klaar.tekst[:800]
    soort = formulier.product.soortnaam.nl
    assert f"Wij hebben uw {soort} ontvangen" in klaar.tekst
    assert soort == "aanvraag" or not re.search("aanvraag", controle.tekst + klaar.tekst, re.IGNORECASE)
    eigenaar = eigenaar_van(gebruiker, portal.state.sleutels)
    verstuurd = await lees(portal.state.db, portal.state.sleutels, eigenaar.hash, str(klaar.response.url).split("/")[4])
    inhoud = verstuurd.inhoud
    assert inhoud is not None
    gelezen = {" ".join(dt.text_content().split()) for dt in controle.document.xpath("//main//dt")}
    for blok in inhoud.blokken:
        for antwoord in blok.antwoorden:
            assert " ".join(antwoord.vraag.nl.split()) in gelezen, "what is sent was on the check page"
            for regel in antwoord.tekst:
                assert " ".join(regel.nl.split()) in " ".join(controle.tekst.split())
    if inhoud.eerst_tekenen:
        assert verstuurd.toestand == "wacht_op_ondertekening"
        return
    assert verstuurd.is_verwerkt, verstuurd.toestand
    bron = portal.state.bronnen.zaaksysteem.bronnen[0]
    assert inhoud.zaak is not None
    zaak = await Inboeken(bron).vind_zaak(verstuurd.nummer)
    assert zaak is not None
    gevonden = await Inboeken(bron).eigenschappen(zaak.url)
    assert {e.naam: e.waarde for e in gevonden} == inhoud.zaak.eigenschappen
    deelzaken = [await Inboeken(bron).vind_zaak(f"{verstuurd.nummer}-{n}") for n in (1, 2)]
    assert [d.omschrijving for d in deelzaken if d] == [d.omschrijving for d in inhoud.zaak.deelzaken]
    assert all(d.hoofdzaak == zaak.url for d in deelzaken if d)
    assert bool(inhoud.zaak.deelzaken) == bool(formulier.zaak.deelzaken)
    assert klaar.document.xpath(f"//a[@href='/zaken/{verstuurd.bron}/{verstuurd.zaak_uuid}']")


async def test_an_answer_changed_on_the_check_page_still_tells_whom_to_call(
    invuller: Invuller, browser: Browser
) -> None:
    gebruiker = factories.burger(factories.SANNE)
    await browser.log_in(gebruiker)
    omgeving = Omgeving(vandaag(), inlog_van(gebruiker), {}, FORMULIEREN.tarieven)
    formulier = FORMULIEREN.get("melding-openbare-ruimte")
    controle = await Wandeling(invuller, formulier, omgeving).loop(await invuller.begin(formulier.formulier))
    gevaar = await invuller.open(str(controle.response.url).replace("controleren", "gevaar?terug=controleren"))
    bellen = await invuller.stuur(gevaar, {"gevaar": "ja"})
    assert bellen.stap() == "bel-ons"
    assert (await invuller.stuur(bellen)).stap() == "controleren"


@pytest.mark.parametrize("slug", [f.formulier for f in FORMULIEREN.alle() if f.voorcheck is not None])
async def test_each_check_before_login_has_an_outcome(slug: str, invuller: Invuller) -> None:
    formulier = FORMULIEREN.get(slug)
    omgeving = Omgeving(vandaag(), Inlog("anoniem", 0), {}, FORMULIEREN.tarieven)
    pagina = await invuller.open(f"/formulieren/{slug}/check")
    for _keer in range(6):
        if pagina.document.findtext(".//h1") == "Uitkomst":
            return
        velden = pagina.velden["gezien"][0].split()
        antwoorden: dict[str, list[str]] = {}
        for veld in formulier.voorcheck.velden if formulier.voorcheck else ():
            if veld.veld in velden:
                antwoorden |= geldige(veld, omgeving)[0]
        pagina = await invuller.stuur(pagina, antwoorden)
        assert pagina.status == 200, pagina.fouten()
    raise AssertionError("geen uitkomst")


class TestMelding:
    """A report about the street: its words propose a category, and a warning is read once."""

    async def test_the_words_propose_what_it_is_about(self, invuller: Invuller, browser: Browser) -> None:
        await browser.log_in(factories.burger(factories.SANNE))
        pagina = await invuller.begin("melding-openbare-ruimte")
        pagina = await invuller.stuur(pagina, {"wat": "De lantaarnpaal op de hoek is uit."})
        assert pagina.velden["categorie"] == ["verlichting"]
        assert "Dit past het best bij uw tekst. Klopt dat niet? Kies iets anders." in pagina.tekst
        met_nummer = await invuller.stuur(pagina)
        assert "Welk nummer staat er op de lantaarnpaal?" in met_nummer.tekst
        assert (await invuller.stuur(met_nummer, {"categorie": "verkeer"})).stap() == "gevaar"
        terug = await invuller.open(str(pagina.response.url))
        assert terug.velden["categorie"] == ["verkeer"], "what was chosen is never replaced"
        assert "Dit past het best" not in terug.tekst

    async def test_words_that_say_nothing_choose_nothing(self, invuller: Invuller, browser: Browser) -> None:
        await browser.log_in(factories.burger(factories.SANNE))
        pagina = await invuller.begin("melding-openbare-ruimte")
        pagina = await invuller.stuur(pagina, {"wat": "Er is hier iets vreemds."})
        assert "categorie" not in pagina.velden
        assert "Kies wat het beste past." in pagina.tekst

    async def test_who_names_somebody_is_warned_once_and_may_go_on(self, invuller: Invuller, browser: Browser) -> None:
        await browser.log_in(factories.burger(factories.SANNE))
        pagina = await invuller.begin("melding-openbare-ruimte")
        tekst = {"wat": "Meneer Jansen gooit afval op straat."}
        gewaarschuwd = await invuller.stuur(pagina, tekst)
        assert gewaarschuwd.stap() == "wat"
        assert "Haal dat liever weg." in gewaarschuwd.tekst
        assert gewaarschuwd.velden["wat"][0].strip() == tekst["wat"]
        assert (await invuller.stuur(gewaarschuwd)).stap() == "categorie"
