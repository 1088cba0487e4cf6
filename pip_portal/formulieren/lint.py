"""The linter: what makes a form that loads still a bad form (forms §4.3). A line per finding, with what to do."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from pip_portal.formulieren import berekenen
from pip_portal.formulieren.bereik import nooit_en_altijd
from pip_portal.formulieren.definitie import Formulier
from pip_portal.formulieren.laden import Formulieren
from pip_portal.formulieren.teksten import Tekst
from pip_portal.formulieren.upl import UplProduct
from pip_portal.formulieren.veldtypen.groep import GroepVeld
from pip_portal.formulieren.verwijzingen import PLAATSHOUDER, teksten_in
from pip_portal.formulieren.voorwaarden import Niet, namen_in
from pip_portal.formulieren.yaml import Kaart, Plek, bedoelde_u, plek_van

Pad = tuple[int | str, ...]
VERMIJD = re.compile(
    r"\b(indien|middels|dient te|dienen te|betreffende|derhalve|teneinde|ingevolge|conform|alsmede|tevens|reeds|"
    r"desgewenst|hieromtrent|voornoemde?|krachtens|jegens|omtrent)\b",
    re.IGNORECASE,
)
GEEN_FOUTWOORD = re.compile(r"ongeldig|verplicht veld|invalid|!", re.IGNORECASE)
WERKWOORDEN = ("Stuur", "Kies", "Vul", "Geef", "Schrijf", "Voeg", "Vertel", "Beschrijf", "Noem", "Zet", "Leg")
MAX_WOORDEN, GEMIDDELD = 20, 12
# A sentence has words with a small letter; a name that is the same in both languages has not.
GEWOON_WOORD = re.compile(r"(?:^|\s)[a-z]{3,}")
VRAAGT_BRON = re.compile(
    r"\buw (volledige |eigen )?(naam|voornamen|achternaam|adres|woonadres|geboortedatum|burgerservicenummer|bsn|"
    r"kvk-nummer)\b|\bu geboren\b",
    re.IGNORECASE,
)
ZORG = re.compile(r"zorg|gezondheid|medisch|inkomen|uitkering|bijstand|schuld|handicap", re.IGNORECASE)
MAX_EIGENSCHAP = 255


@dataclass(frozen=True, order=True)
class Bevinding:
    plek: Plek
    code: str
    zin: str
    niveau: Literal["fout", "waarschuwing"] = "fout"

    def __str__(self) -> str:
        soort = "" if self.niveau == "fout" else "let op: "
        return f"{self.plek.bestand}:{self.plek.regel} {self.code} {soort}{self.zin}"


def lint(formulieren: Formulieren, upl: Mapping[str, UplProduct] | None, vandaag: date) -> list[Bevinding]:
    """All findings of all forms; F05 and F13 are already refused when forms are read."""
    return sorted({b for f in formulieren.alle() for b in Linter(f, formulieren, upl, vandaag).bevindingen()})


class Linter:
    def __init__(
        self, formulier: Formulier, formulieren: Formulieren, upl: Mapping[str, UplProduct] | None, vandaag: date
    ) -> None:
        self.f = formulier
        self.formulieren = formulieren
        self.upl = upl
        self.vandaag = vandaag
        self.data: Kaart = formulieren.data[formulier.formulier]

    def _b(self, code: str, pad: Pad, zin: str, niveau: Literal["fout", "waarschuwing"] = "fout") -> Bevinding:
        return Bevinding(plek_van(self.data, pad), code, zin, niveau)

    def bevindingen(self) -> Iterator[Bevinding]:
        yield from self._f01()
        yield from self._teksten()
        yield from self._f06()
        yield from self._f07()
        yield from self._f08()
        yield from self._paginas()
        yield from self._f11()
        yield from self._f12()
        yield from self._f13()

    def velden(self) -> Iterator[tuple[Pad, Any]]:
        for pagina, stap in enumerate(self.f.stappen):
            for nummer, veld in enumerate(stap.velden):
                pad: Pad = ("stappen", pagina, "velden", nummer)
                yield pad, veld
                for binnen, eigen in enumerate(getattr(veld, "velden", ())):
                    yield (*pad, "velden", binnen), eigen

    # ---- the product --------------------------------------------------------------------------------------

    def _f01(self) -> Iterator[Bevinding]:
        if self.upl is None:
            return
        product = self.f.product
        gevonden = self.upl.get(product.upl)
        if gevonden is None:
            lijkt = bedoelde_u(product.upl, self.upl)
            yield self._b("F01", ("product", "upl"), f"UPL-naam '{product.upl}' staat niet in de lijst{lijkt}")
            return
        if gevonden.uri != product.upl_uri:
            yield self._b("F01", ("product", "upl_uri"), f"bij '{product.upl}' hoort {gevonden.uri}")
        for doelgroep, past in (("burger", gevonden.burger), ("bedrijf", gevonden.bedrijf)):
            if doelgroep in product.doelgroep and not past:
                zin = f"in de UPL is '{product.upl}' niet voor een {doelgroep}; klopt de doelgroep?"
                yield self._b("F01", ("product", "doelgroep"), zin, "waarschuwing")

    def _f08(self) -> Iterator[Bevinding]:
        if len(set(self.f.start.kanalen) - {"online"}) < 4:
            zin = "noem vier andere kanalen dan online: telefoon, balie, post en mail"
            yield self._b("F08", ("start", "kanalen"), zin)
        if not self.f.product.grondslag:
            yield self._b("F08", ("product",), "'grondslag' ontbreekt; noem de wet of verordening")
        if self.f.is_verwijzing:
            return
        if not self.f.termijn.wettelijk and not self.f.termijn.service:
            yield self._b("F08", ("termijn",), "noem de wettelijke termijn of de servicetermijn")
        betaling = self.f.betaling
        if betaling and betaling.moment == "vooraf" and self.f.product.thema == "rechten":
            zin = "wie een termijn moet halen, betaalt niet vooraf; kies achteraf of na_besluit"
            yield self._b("F08", ("betaling", "moment"), zin)

    # ---- texts --------------------------------------------------------------------------------------------

    def _teksten(self) -> Iterator[Bevinding]:
        for pad, tekst in teksten_in(self.f):
            yield from self._vertaald(pad, tekst)
            yield from self._b1(pad, tekst)
            if "fout" in pad:
                yield from self._foutzin(pad, tekst)
        for pad, veld in self.velden():
            if veld.heeft_antwoord and not veld.vraag.nl.endswith("?") and not _is_opdracht(veld):
                zin = "eindig de vraag met een vraagteken, of begin met een werkwoord (Kies, Vul in, Stuur)"
                yield self._b("F04", (*pad, "vraag"), zin)

    def _vertaald(self, pad: Pad, tekst: Tekst) -> Iterator[Bevinding]:
        if not tekst.en.strip() and tekst.nl.strip():
            yield self._b("F02", (*pad, "en"), "het Engels ontbreekt; vertaal de zin")
        elif tekst.en == tekst.nl and GEWOON_WOORD.search(PLAATSHOUDER.sub("", tekst.nl)) and " " in tekst.nl:
            yield self._b("F02", (*pad, "en"), "het Engels is gelijk aan het Nederlands; vertaal de zin")

    def _b1(self, pad: Pad, tekst: Tekst) -> Iterator[Bevinding]:
        zinnen = [zin.split() for zin in re.split(r"(?<=[.?:])\s+", PLAATSHOUDER.sub("x", tekst.nl)) if zin.strip()]
        for zin in zinnen:
            if len(zin) > MAX_WOORDEN:
                yield self._b("F03", pad, f"{len(zin)} woorden in een zin; maak er twee van (hoogstens {MAX_WOORDEN})")
        gemiddeld = sum(map(len, zinnen)) / len(zinnen) if len(zinnen) > 2 else 0
        if gemiddeld > GEMIDDELD:
            zin_ = f"de zinnen hebben gemiddeld {gemiddeld:.0f} woorden; maak ze korter (gemiddeld {GEMIDDELD})"
            yield self._b("F03", pad, zin_, "waarschuwing")
        if moeilijk := VERMIJD.search(tekst.nl):
            yield self._b("F03", pad, f"'{moeilijk[0]}' is moeilijk; zeg het gewoon", "waarschuwing")

    def _foutzin(self, pad: Pad, tekst: Tekst) -> Iterator[Bevinding]:
        for taal, zin in (("nl", tekst.nl), ("en", tekst.en)):
            if woord := GEEN_FOUTWOORD.search(zin):
                yield self._b("F04", (*pad, taal), f"zeg wat iemand moet doen, zonder '{woord[0]}'")
            if not zin.endswith("."):
                yield self._b("F04", (*pad, taal), "eindig met een punt")

    # ---- the way through ----------------------------------------------------------------------------------

    def _f06(self) -> Iterator[Bevinding]:
        for pad, wat in nooit_en_altijd(self.f, self.formulieren):
            yield self._b("F06", pad, wat)

    def _f07(self) -> Iterator[Bevinding]:
        volgend = date(self.vandaag.year + 1, 1, 1)
        for naam, berekening in self.f.berekend.items():
            for deel in berekenen.delen_van(berekening.waarde):
                if not isinstance(deel, berekenen.Tarief):
                    continue
                pad: Pad = ("berekend", naam)
                if self.formulieren.tarieven.op(deel.tarief, self.vandaag) is None:
                    yield self._b("F07", pad, f"tarief '{deel.tarief}' geldt nu niet; voeg een regel toe")
                elif self.vandaag.month == 12 and self._geldt_niet_in(deel.tarief, volgend):
                    yield self._b("F07", pad, f"tarief '{deel.tarief}' heeft nog geen bedrag voor {volgend.year}")
        betaling = self.f.betaling
        if betaling:
            nodig = self._achter(betaling.bedrag)
            for pad, veld in self.velden():
                if veld.veld in nodig and not veld.verplicht and not isinstance(veld, GroepVeld):
                    yield self._b("F07", pad, "het bedrag hangt hiervan af; maak deze vraag verplicht")

    def _geldt_niet_in(self, tarief: str, dag: date) -> bool:
        regel = self.formulieren.tarieven.op(tarief, dag)
        return regel is None or regel.vanaf.year < dag.year

    def _achter(self, naam: str) -> set[str]:
        """Questions that a computed value needs whatever the answers are."""
        gevonden: set[str] = set()
        rand = {naam}
        while rand:
            deze = rand.pop()
            kort = deze.removeprefix("berekend.")
            if deze.startswith("berekend.") and kort in self.f.berekend:
                rand |= berekenen.namen_van(self.f.berekend[kort].waarde) - gevonden
            gevonden.add(deze.split(".")[0] if not deze.startswith("berekend.") else deze)
        return gevonden

    # ---- pages and questions ------------------------------------------------------------------------------

    def _paginas(self) -> Iterator[Bevinding]:
        for pagina, stap in enumerate(self.f.stappen):
            vragen = [veld for veld in stap.velden if veld.heeft_antwoord]
            gewoon = [veld for veld in vragen if veld.toon_als is None]
            pad: Pad = ("stappen", pagina)
            if len(gewoon) > 3 and not stap.uit_voorcheck:
                zin = f"{len(gewoon)} vragen op een pagina; hoogstens 3"
                yield self._b("F09", pad, zin, "waarschuwing")
            op_pagina = {veld.veld for veld in stap.velden}
            onthuld = [veld for veld in vragen if namen_in(veld.toon_als) & op_pagina]
            if len(onthuld) > 2:
                zin = f"{len(onthuld)} vragen komen op dezelfde pagina tevoorschijn; hoogstens 2"
                yield self._b("F09", pad, zin, "waarschuwing")
        for pad, veld in self.velden():
            if isinstance(veld, GroepVeld) and "max" not in veld.model_fields_set:
                yield self._b("F09", pad, "geef max: hoeveel er bij mogen", "waarschuwing")
            if len(getattr(veld, "opties", ())) > 12:
                yield self._b("F09", pad, "meer dan 12 antwoorden; deel ze in of maak er minder", "waarschuwing")
            login = not self.f.toegang.anoniem
            if login and VRAAGT_BRON.search(veld.vraag.nl) and veld.type in ("tekst", "adres", "datum", "bsn", "kvk"):
                yield self._b("F10", (*pad, "vraag"), "dit weten wij al na het inloggen; gebruik type gegevens")

    # ---- privacy and hand-over ----------------------------------------------------------------------------

    def _f11(self) -> Iterator[Bevinding]:
        gevoelig = {veld.veld for _, veld in self.velden() if veld.gevoelig}
        zaak = self.f.zaak
        plekken: list[tuple[Pad, str]] = [(("zaak", "eigenschappen", n), v) for n, v in zaak.eigenschappen.items()]
        plekken += [(("zaak", "omschrijving"), naam) for naam in PLAATSHOUDER.findall(zaak.omschrijving)]
        for nummer, deelzaak in enumerate(zaak.deelzaken):
            plek: Pad = ("zaak", "deelzaken", nummer)
            plekken += [((*plek, "eigenschappen", n), v) for n, v in deelzaak.eigenschappen.items()]
            plekken += [((*plek, "omschrijving"), naam) for naam in PLAATSHOUDER.findall(deelzaak.omschrijving)]
        for nummer, tekenen in enumerate(self.f.ondertekening):
            plekken += [(("ondertekening", nummer, "ziet", n), naam) for n, naam in enumerate(tekenen.ziet)]
        for pad, tekst in teksten_in(self.f):
            plekken += [(pad, naam) for naam in PLAATSHOUDER.findall(tekst.nl)]
        for pad, naam in plekken:
            if naam.split(".")[0] in gevoelig:
                yield self._b("F11", pad, f"'{naam}' is gevoelig en mag hier niet staan")
        zwak = self.f.toegang.digid == "midden"
        if (self.f.product.thema == "werk_en_zorg" and zwak) or (self.f.gevoelig and zwak and ZORG.search(self._wat())):
            yield self._b("F11", ("toegang",), "zorg, inkomen of gezondheid vraagt digid: substantieel")

    def _wat(self) -> str:
        return f"{self.f.product.naam.nl} {self.f.product.upl} {self.f.product.samenvatting.nl}"

    def _f12(self) -> Iterator[Bevinding]:
        for pad, veld in self.velden():
            if veld.type != "bestand":
                continue
            if not veld.informatieobjecttype:
                yield self._b("F12", pad, "'informatieobjecttype' ontbreekt; noem de soort document uit de catalogus")
            if "soorten" not in veld.model_fields_set:
                yield self._b("F12", pad, "'soorten' ontbreekt; noem welke bestanden mogen: [pdf, jpg, png]")
        lang = {veld.veld for _, veld in self.velden() if getattr(veld, "max", 0) and veld.type == "tekstvlak"}
        for naam, uit in self.f.zaak.eigenschappen.items():
            if uit in lang:
                zin = f"'{uit}' kan langer zijn dan {MAX_EIGENSCHAP} tekens; laat het in de pdf"
                yield self._b("F12", ("zaak", "eigenschappen", naam), zin)

    def _f13(self) -> Iterator[Bevinding]:
        optioneel = {veld.veld for _, veld in self.velden() if not veld.verplicht or veld.toon_als is not None}
        optioneel |= {veld.veld for stap in self.f.stappen if stap.toon_als is not None for veld in stap.velden}
        for pad, voorwaarde in voorwaarden_van(self.f):
            for niet in _nieten(voorwaarde):
                mist = {naam.split(".")[0] for naam in namen_in(niet)} & optioneel
                if mist:
                    zin = f"niet: is ook waar als '{min(mist)}' geen antwoord heeft; bedoelt u dat?"
                    yield self._b("F13", pad, zin, "waarschuwing")


def _is_opdracht(veld: Any) -> bool:
    """Not a question, but what to do (Stuur … mee) or to agree to (Ik …)."""
    eerste = veld.vraag.nl.split(maxsplit=1)[0] if veld.vraag.nl else ""
    return veld.type in ("akkoord", "bestand") or eerste in WERKWOORDEN


def voorwaarden_van(formulier: Formulier) -> Iterator[tuple[Pad, Any]]:
    """Every condition that decides what is shown."""
    for pagina, stap in enumerate(formulier.stappen):
        pad: Pad = ("stappen", pagina)
        if stap.toon_als is not None:
            yield (*pad, "toon_als"), stap.toon_als
        for nummer, stop in enumerate(stap.stop_als):
            yield (*pad, "stop_als", nummer, "als"), stop.als
        for nummer, veld in enumerate(stap.velden):
            if veld.toon_als is not None:
                yield (*pad, "velden", nummer, "toon_als"), veld.toon_als


def _nieten(voorwaarde: Any) -> Iterator[Niet]:
    if isinstance(voorwaarde, Niet):
        yield voorwaarde
    for naam in ("alle", "een_van"):
        for deel in getattr(voorwaarde, naam, ()):
            yield from _nieten(deel)
