"""Good and bad answers for every type of question, made from the definition alone: no form has a list of its own."""

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from pip_portal.formulieren.definitie import Formulier, Stap
from pip_portal.formulieren.laden import Formulieren
from pip_portal.formulieren.omgeving import Bronoptie, Inlog, Omgeving
from pip_portal.formulieren.teksten import vast
from pip_portal.formulieren.veldtypen.basis import Invoer
from pip_portal.formulieren.veldtypen.groep import GroepVeld
from pip_portal.formulieren.verloop import Verloop, hangt_af_van, verloop
from pip_portal.formulieren.voorwaarden import dag_van, namen_in
from pip_portal.paths import DATA

VANDAAG = date(2026, 11, 24)
KENTEKENS = ("AB123C", "12ABC3", "1ABC23")
IBANS = ("NL91ABNA0417164300", "NL39RABO0300065264")
PATROONVOORBEELD = {
    "geboortecode": "ABCD1234",
    "svh": "1234567",
    "cijfers": "1234",
    "vestigingsnummer": "000012345678",
    "postcode": "7411 KT",
    "jaar": "2026",
    "website": "www.voorbeeld.nl",
    "mastnummer": "A-1234",
    "kenmerk": "2026-0001",
}


@dataclass(frozen=True)
class Fout:
    """invoer: what to post. controle: id of the control that must get the error."""

    invoer: dict[str, list[str]]
    controle: str
    wat: str


def alle_formulieren() -> Formulieren:
    return Formulieren.lees(DATA)


def omgeving(formulieren: Formulieren, *, soort: str = "digid", dag: date = VANDAAG, rijk: bool = True) -> Omgeving:
    """All that sources can say. rijk: with children, family and besluiten; else every list is empty."""
    bronnen: dict[str, Any] = {}
    for pad, bron in formulieren.bronnen.items():
        if (pad.startswith("brp.") and soort != "digid") or (pad.startswith("kvk.") and soort != "eherkenning"):
            continue
        bronnen[pad] = _bronwaarde(pad, bron, dag, rijk)
    niveau = {"digid": 25, "eherkenning": 25}.get(soort, 0)
    return Omgeving(dag, Inlog(soort, niveau), bronnen, formulieren.tarieven)  # type: ignore[arg-type]


def _bronwaarde(pad: str, bron: Any, dag: date, rijk: bool) -> Any:
    eigen = {"brp.postcode": "7411KT", "kvk.postcode": "7411KT", "brp.gemeente": "Deventer"}
    eigen |= {"zaak.parkeervergunningen": 0}  # type: ignore[dict-item]  # values of any kind
    if pad in eigen:
        return eigen[pad]
    if pad == "register.gegevens":
        soorten = (("brp", "adres"), ("kvk", "bedrijf"), ("brp", "persoon"))
        return tuple(
            Bronoptie(f"{groep}-naam", vast(groep), {"register": naam, "groep": groep, "waarde": "Brink 1"})
            for naam, groep in soorten
        )
    if bron.soort == "lijst":
        return tuple(
            Bronoptie(f"{pad}-{n}", vast(f"Keuze {n}"), {k: _kenmerk(s, dag, n) for k, s in bron.kenmerken.items()})
            for n in (range(1, 4) if rijk else ())
        )
    if pad == "profiel.email":
        return "naam@voorbeeld.nl"
    return {"tekst": "Voorbeeld", "janee": rijk, "datum": date(1980, 4, 3), "getal": 46, "bedrag": 100}[bron.soort]


def _kenmerk(soort: str, dag: date, n: int) -> Any:
    return {"tekst": f"kenmerk {n}", "getal": 7 + n, "datum": dag - timedelta(days=10 * n), "janee": n == 1}[soort]


# ---- good answers ------------------------------------------------------------------------------------------


def geldige(veld: Any, om: Omgeving) -> list[dict[str, list[str]]]:
    """Inputs that must be accepted, the most plain one first; none when the source has nothing to choose."""
    naam = veld.veld
    match veld.type:
        case "tekst" | "tekstvlak":
            tekst = PATROONVOORBEELD.get(veld.patroon, "Een antwoord" if not veld.patroon else "Noor")
            tekst = tekst if veld.patroon else tekst.ljust(veld.min, "n")[: veld.max]
            return [{naam: [tekst]}]
        case "getal":
            laag, hoog = _tussen(veld.min, veld.max, Decimal(1))
            return [{naam: [str(getal).replace(".", ",")]} for getal in dict.fromkeys((laag, hoog))]
        case "bedrag":
            laag, hoog = _tussen(veld.min, veld.max, 1250)
            return [{naam: [f"{Decimal(cent) / 100:.2f}".replace(".", ",")]} for cent in dict.fromkeys((laag, hoog))]
        case "datum":
            eerste, laatste = _dagen(veld, om.vandaag)
            return [_datum(naam, dag) for dag in dict.fromkeys((eerste, laatste))] + [{naam: [f"{eerste:%d-%m-%Y}"]}]
        case "periode":
            eerste, laatste = _dagen(veld, om.vandaag)
            return [_datum(f"{naam}-van", eerste) | _datum(f"{naam}-tot", laatste)]
        case "tijd":
            return [{naam: [(veld.min or veld.max or "14:30").replace(":", ".")]}]
        case "keuze":
            return [{naam: [waarde]} for waarde in veld.keuzes(om)]
        case "meerkeuze":
            gewoon = [waarde for waarde in veld.keuzes(om) if waarde != veld.geen_waarde]
            eerste_ = gewoon[: max(veld.min, 1)]
            alle = gewoon[: veld.max or len(gewoon)]
            sets = [eerste_, alle] if gewoon else []
            return [{naam: keuze} for keuze in sets] + ([{naam: [veld.geen_waarde]}] if veld.geen_waarde else [])
        case "janee":
            return [{naam: ["ja"]}, {naam: ["nee"]}]
        case "akkoord":
            return [{naam: ["ja"]}]
        case "email":
            return [{naam: ["naam@voorbeeld.nl"]}]
        case "telefoon":
            return [{naam: ["06-12 34 56 78"]}, {naam: ["+49 30 123456"]}]
        case "bsn":
            return [{naam: ["111222333"]}]
        case "kvk":
            return [{naam: ["12345678"]}]
        case "iban":
            return [{naam: [iban]} for iban in IBANS]
        case "kenteken":
            return [{naam: [kenteken]} for kenteken in KENTEKENS]
        case "adres":
            return [{f"{naam}-{deel}": [tekst] for deel, tekst in ADRES.items()}]
        case "locatie":
            return [{f"{naam}-tekst": ["Op de hoek bij de kerk."]}]
        case "bestand":
            ids = [str(uuid.uuid5(uuid.NAMESPACE_URL, f"{naam}{n}")) for n in range(max(veld.min, 1))]
            return [{naam: ids}] + ([{f"{naam}-later": ["ja"]}] if veld.later else [])
    return []


ADRES = {"postcode": "7411 KT", "huisnummer": "12", "straat": "Grote Kerkhof", "plaats": "Deventer"}


def _tussen(laag: Any, hoog: Any, gewoon: Any) -> tuple[Any, Any]:
    laag = laag if laag is not None else (min(gewoon, hoog) if hoog is not None else gewoon)
    return laag, hoog if hoog is not None else laag + 3 * gewoon


def _dagen(veld: Any, vandaag: date) -> tuple[date, date]:
    laag = dag_van(veld.min, vandaag) if veld.min else None
    hoog = dag_van(veld.max, vandaag) if veld.max else None
    eerste = laag or min(vandaag, hoog or vandaag)
    return eerste, hoog or max(eerste, vandaag) + timedelta(days=30)


def _datum(naam: str, dag: date) -> dict[str, list[str]]:
    return {f"{naam}-dag": [str(dag.day)], f"{naam}-maand": [str(dag.month)], f"{naam}-jaar": [str(dag.year)]}


# ---- bad answers -------------------------------------------------------------------------------------------


def ongeldige(veld: Any, om: Omgeving) -> list[Fout]:
    """Inputs that must be refused, with the control that must be pointed at."""
    if not veld.heeft_antwoord or isinstance(veld, GroepVeld):
        return []
    naam, eerste = veld.veld, veld.controles()[0]
    leeg = [Fout({}, eerste, "leeg")] if veld.verplicht else []
    return leeg + [Fout(invoer, controle, wat) for invoer, controle, wat in _fout(veld, naam, om)]


def _fout(veld: Any, naam: str, om: Omgeving) -> Iterator[tuple[dict[str, list[str]], str, str]]:
    match veld.type:
        case "tekst" | "tekstvlak":
            yield {naam: ["x" * (veld.max + 1)]}, naam, "te lang"
            if veld.patroon:
                yield {naam: ["<1>"]}, naam, "vorm"
        case "getal" | "bedrag":
            yield {naam: ["twaalf"]}, naam, "vorm"
            yield {naam: ["1e3"]}, naam, "vorm"
            if veld.max is not None:
                meer = veld.max + 1 if veld.type == "getal" else Decimal(veld.max) / 100 + 1
                yield {naam: [str(meer).replace(".", ",")]}, naam, "te hoog"
        case "datum":
            yield _delen(naam, "31", "4", "2026"), f"{naam}-dag", "bestaat niet"
            yield _delen(naam, "3", "", "2026"), f"{naam}-maand", "zonder maand"
            yield _delen(naam, "3", "4", "26"), f"{naam}-jaar", "kort jaar"
            if veld.max:
                yield _datum(naam, dag_van(veld.max, om.vandaag) + timedelta(days=1)), f"{naam}-dag", "te laat"
            if veld.min:
                yield _datum(naam, dag_van(veld.min, om.vandaag) - timedelta(days=1)), f"{naam}-dag", "te vroeg"
        case "periode":
            eerste, laatste = _dagen(veld, om.vandaag)
            yield _delen(f"{naam}-van", "31", "2", "2026"), f"{naam}-van-dag", "bestaat niet"
            if laatste > eerste:
                omgekeerd = _datum(f"{naam}-van", laatste) | _datum(f"{naam}-tot", eerste)
                yield omgekeerd, f"{naam}-tot-dag", "volgorde"
        case "tijd":
            yield {naam: ["25:00"]}, naam, "bestaat niet"
        case "keuze" | "meerkeuze" | "janee":
            yield {naam: ["bestaat-niet"]}, naam, "geen optie"
        case "email":
            yield {naam: ["naam@voorbeeld"]}, naam, "zonder punt"
        case "telefoon":
            yield {naam: ["12345"]}, naam, "te kort"
        case "bsn":
            yield {naam: ["111222334"]}, naam, "elfproef"
        case "kvk":
            yield {naam: ["1234567"]}, naam, "te kort"
        case "iban":
            yield {naam: ["NL91ABNA0417164301"]}, naam, "controlegetal"
        case "kenteken":
            yield {naam: ["AAAAAA"]}, naam, "geen sidecode"
        case "adres":
            yield {f"{naam}-postcode": ["0123 AB"], f"{naam}-huisnummer": ["1"]}, f"{naam}-postcode", "postcode"
            yield {f"{naam}-postcode": ["7411 KT"], f"{naam}-huisnummer": ["0"]}, f"{naam}-huisnummer", "nummer"
        case "locatie":
            yield {f"{naam}-tekst": ["x" * (veld.max + 1)]}, f"{naam}-tekst", "te lang"
            yield {f"{naam}-geometrie": ["{}"]}, f"{naam}-tekst", "geen vorm"
        case "bestand":
            yield {naam: [f"id-{n}" for n in range(veld.max + 1)]}, naam, "te veel"


def _delen(naam: str, dag: str, maand: str, jaar: str) -> dict[str, list[str]]:
    return {f"{naam}-dag": [dag], f"{naam}-maand": [maand], f"{naam}-jaar": [jaar]}


# ---- whole forms -------------------------------------------------------------------------------------------


def antwoord(veld: Any, om: Omgeving, waarden: Mapping[str, Any], keuze: int = 0) -> Any:
    """The stored value of the so-manieth good answer; None when nothing can be chosen."""
    if isinstance(veld, GroepVeld):
        item: dict[str, Any] = {"id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{veld.veld}{keuze}"))}
        for eigen in veld.velden:
            item[eigen.veld] = antwoord(eigen, om, waarden, keuze)
        return [item]
    goed = geldige(veld, om)
    if not goed:
        return None
    lezing = veld.lees(Invoer.van(goed[keuze % len(goed)]), om, waarden)
    assert not lezing.fouten, (veld.veld, goed[keuze % len(goed)], lezing.fouten)
    return lezing.waarde


def ingevuld(
    formulier: Formulier,
    om: Omgeving,
    keuzes: Mapping[str, int] | None = None,
    antwoorden: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Answers that fill in the form as far as it goes. keuzes: which of the good answers, per question."""
    antwoorden = dict(antwoorden or {})
    for _ in range(60):
        stand = verloop(formulier, antwoorden, om)
        open_ = [(zicht, naam) for zicht in stand.stappen for naam in zicht.open if naam not in antwoorden]
        if not open_:
            return antwoorden
        for zicht, naam in open_:
            veld = next(veld for veld in zicht.velden if veld.veld == naam)
            antwoorden[naam] = antwoord(veld, om, stand.waarden, (keuzes or {}).get(naam, 0))
    return antwoorden


def stap_van(formulier: Formulier, naam: str) -> Stap:
    return next(stap for stap in formulier.stappen if naam in [veld.veld for veld in stap.velden])


def compleet(formulier: Formulier, om: Omgeving) -> Verloop:
    """The form filled in such that it can be sent: another answer is tried where one leads to a stop."""
    keuzes: dict[str, int] = {}
    for _ in range(40):
        stand = verloop(formulier, ingevuld(formulier, om, keuzes), om)
        gestopt = next((zicht.gestopt for zicht in stand.stappen if zicht.gestopt), None)
        if gestopt is None:
            return stand
        oorzaken = hangt_af_van(formulier, namen_in(gestopt.als)) & set(stand.waarden)
        if not oorzaken:
            return stand
        naam = min(sorted(oorzaken), key=lambda naam: keuzes.get(naam, 0))
        keuzes[naam] = keuzes.get(naam, 0) + 1
    return stand


def voor(formulier: Formulier, formulieren: Formulieren, *, rijk: bool = True) -> Omgeving:
    """The surroundings in which someone fills in this form."""
    toegang = formulier.toegang
    soort = "digid" if toegang.digid else "eherkenning" if toegang.eherkenning else "anoniem"
    return omgeving(formulieren, soort=soort, rijk=rijk)
