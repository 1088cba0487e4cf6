"""Prefill: what the registers and earlier zaken know of this person or company, asked once and never again.

Only what the form uses is asked (data minimisation). A source that is down never stops the questions: its paths are
`ontbreekt`, and only sending waits, when a condition or amount needs them (forms §3.3).
"""

import asyncio
import logging
import re
from collections.abc import Awaitable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from babel.dates import format_date

from pip_portal.backoffice.bronnen import Bronnen
from pip_portal.backoffice.brp import Geboorte, Persoon
from pip_portal.backoffice.kvk import Basisprofiel, Vestiging
from pip_portal.backoffice.regels import Zaakregel, Zakenvraag
from pip_portal.backoffice.zaaksysteem import Zaaksysteem
from pip_portal.contact.adressen import email_van, telefoon_van
from pip_portal.db import Sessionmaker
from pip_portal.eigenaar import eigenaar_van
from pip_portal.errors import BackofficeDefect, BackofficeUnavailable
from pip_portal.formulieren import eerder
from pip_portal.formulieren.aanslagen import belasting
from pip_portal.formulieren.aanvrager import KIND_TOT
from pip_portal.formulieren.concepten import Gegevens, Voor
from pip_portal.formulieren.definitie import Formulier
from pip_portal.formulieren.eerder import Eerder
from pip_portal.formulieren.namen import BRONNEN
from pip_portal.formulieren.omgeving import GEHEIM, Bronoptie
from pip_portal.formulieren.register import register
from pip_portal.formulieren.teksten import Tekst
from pip_portal.gebruiker import Bedrijf, Burger, Gebruiker
from pip_portal.inzendingen.lezen import laatste_contact
from pip_portal.sleutels import Sleutels
from pip_portal.tijd import now

log = logging.getLogger("pip_portal")

Waarden = dict[str, Any]

PAD = re.compile(rf"\b(?:{'|'.join(BRONNEN)})\.[a-z_]+")
GEZAG = "brp.naam"  # always asked of a child: the answer comes only with gezag, in each session again
GEDULD = 3.0  # seconds that a page waits for all sources together
PARKEREN = ("parkeervergunning-bewoner", "parkeervergunning-bedrijf")  # zaaktype.identificatie
ZAKEN_BEKEKEN = 20  # the newest zaken that are looked through for a besluit
# What the BRP is asked for each path.
BRP_VELDEN: Mapping[str, tuple[str, ...]] = {
    "brp.bsn": ("burgerservicenummer",),
    "brp.naam": ("naam",),
    "brp.geboortedatum": ("geboorte",),
    "brp.leeftijd": ("leeftijd",),
    "brp.adres": ("verblijfplaats",),
    "brp.postcode": ("verblijfplaats",),
    "brp.gemeente": ("gemeenteVanInschrijving",),
    "brp.nationaliteit": ("nationaliteiten",),
    "brp.geheimhouding": ("burgerservicenummer",),  # comes by itself
    "brp.partner": ("partners.naam",),
    "brp.kinderen_met_gezag": (
        "gezag",
        "kinderen.burgerservicenummer",
        "kinderen.geboorte",
        "partners.burgerservicenummer",
    ),
    "brp.gezinsleden": (
        *("gezag", "kinderen.burgerservicenummer", "kinderen.geboorte"),
        *("partners.naam", "partners.burgerservicenummer", "partners.geboorte"),
    ),
}


@dataclass(frozen=True)
class Kind:
    """A child of whom this parent has the gezag. waarde: opaque and always the same for this child."""

    waarde: str
    naam: str
    bsn: str
    leeftijd: int
    geboortedatum: date | None = None


def paden(formulier: Formulier) -> frozenset[str]:
    """Every prefill path that this form uses, in questions, conditions, amounts and texts, and for who signs along."""
    return frozenset(PAD.findall(formulier.model_dump_json())) | ({GEHEIM} if formulier.ondertekening else frozenset())


async def ververs(
    formulier: Formulier,
    gegevens: Gegevens,
    gebruiker: Gebruiker,
    sessie: str,
    bronnen: Bronnen,
    sleutels: Sleutels,
    db: Sessionmaker,
    *,
    eigen: bool = True,
) -> Gegevens:
    """The prefill of this session: as it is when it was asked already, else asked now.

    eigen: False for an employee, who is given what the BRP says of this citizen and nothing of their dossier.
    What could not be fetched is asked again. A fact that changed since an earlier session is named in `veranderd`.
    Raises: NotFound when it is for a child of whom this parent does not have the gezag any more.
    """
    nieuw = gegevens.sessie != sessie
    if not nieuw and not gegevens.ontbreekt:
        return gegevens
    nodig = paden(formulier) | ({GEZAG} if gegevens.voor.is_kind else frozenset())
    if not eigen:
        nodig = frozenset(pad for pad in nodig if pad.startswith("brp."))
    gevraagd = nodig if nieuw else gegevens.ontbreekt
    gevonden, ontbreekt = await haal_op(gevraagd, gebruiker, gegevens.voor, bronnen, sleutels, db)
    vorige, bewaard = eerder.paden(formulier) if eigen else frozenset(), gegevens.bronnen
    if nieuw and vorige:
        eigenaar = eigenaar_van(gebruiker, sleutels)
        gevonden |= await eerder.zoek(vorige, formulier, eigenaar.hash, gegevens.voor.bsn, db, sleutels)
        bewaard = {pad: waarde for pad, waarde in bewaard.items() if pad not in vorige}  # may be gone by now
    nodig |= vorige
    waarden = {**bewaard, **{pad: als_json(waarde) for pad, waarde in gevonden.items()}}
    feiten = {pad for pad in gevonden if pad in gegevens.bronnen and not pad.startswith(("profiel.", "eerder."))}
    anders = {pad for pad in feiten if gegevens.bronnen[pad] != waarden[pad]}
    return replace(
        gegevens,
        bronnen={pad: waarde for pad, waarde in waarden.items() if pad in nodig},
        ontbreekt=tuple(sorted(ontbreekt)),
        sessie=sessie,
        opgehaald_op=now(),
        veranderd=tuple(sorted({*gegevens.veranderd, *anders})),
    )


async def haal_op(
    nodig: Iterable[str], gebruiker: Gebruiker, voor: Voor, bronnen: Bronnen, sleutels: Sleutels, db: Sessionmaker
) -> tuple[Waarden, frozenset[str]]:
    """The values of these paths, all sources at the same time, and which could not be had.

    A path that does not belong to this login (kvk.* of a burger) is in neither: it is absent.
    """
    per_bron = {bron: frozenset(p for p in nodig if p.startswith(f"{bron}.")) for bron in BRONNEN}
    taken: list[tuple[frozenset[str], Awaitable[Waarden]]] = []
    if per_bron["brp"] and isinstance(gebruiker, Burger):
        taken.append((per_bron["brp"], _brp(per_bron["brp"], gebruiker, voor, bronnen, sleutels)))
    if per_bron["kvk"] and isinstance(gebruiker, Bedrijf):
        taken.append((per_bron["kvk"], _kvk(gebruiker, bronnen)))
    if per_bron["register"]:
        taken.append((per_bron["register"], register(gebruiker, bronnen)))
    if per_bron["zaak"]:
        taken.append((per_bron["zaak"], _zaken(per_bron["zaak"], gebruiker, bronnen.zaaksysteem, sleutels)))
    if per_bron["belasting"]:
        taken.append((per_bron["belasting"], belasting(gebruiker, bronnen.openstaand, sleutels)))
    if per_bron["profiel"]:
        taken.append((per_bron["profiel"], _profiel(gebruiker, db, sleutels)))
    uitkomsten = await asyncio.gather(
        *(asyncio.wait_for(werk, GEDULD) for _paden, werk in taken), return_exceptions=True
    )
    waarden: Waarden = {}
    ontbreekt: set[str] = set()
    for (gevraagd, _werk), uitkomst in zip(taken, uitkomsten, strict=True):
        if isinstance(uitkomst, BackofficeUnavailable | BackofficeDefect | TimeoutError):
            log.warning("bron van een formulier niet bereikbaar", extra={"bron": sorted(gevraagd)[0].split(".")[0]})
            ontbreekt |= gevraagd
        elif isinstance(uitkomst, BaseException):
            raise uitkomst
        else:
            waarden |= {pad: waarde for pad, waarde in uitkomst.items() if pad in gevraagd and waarde is not None}
    return waarden, frozenset(ontbreekt)


async def kinderen(burger: Burger, bronnen: Bronnen, sleutels: Sleutels) -> tuple[Kind, ...]:
    """The children under 16 for whom this parent may act.

    Raises: BackofficeUnavailable; BackofficeDefect. Source: domain §4.4; BRP gezagsmodule.
    """
    persoon = await bronnen.brp.persoon(burger, ("burgerservicenummer", "gezag"))
    return tuple(kind for kind in _minderjarigen(persoon, burger, sleutels) if kind.leeftijd < KIND_TOT)


def _minderjarigen(persoon: Persoon | None, burger: Burger, sleutels: Sleutels) -> list[Kind]:
    gevonden = []
    geboren = {k.burgerservicenummer: _geboortedatum(k.geboorte) for k in persoon.kinderen} if persoon else {}
    for relatie in persoon.gezag if persoon else ():
        kind = relatie.minderjarige
        if relatie.is_van_ouder(burger.bsn) and kind.burgerservicenummer and kind.leeftijd is not None:
            naam = kind.naam.volledig if kind.naam else ""
            los = _los(sleutels, kind.burgerservicenummer)
            dag = geboren.get(kind.burgerservicenummer)
            gevonden.append(Kind(los, naam, kind.burgerservicenummer, kind.leeftijd, dag))
    return gevonden


def _geboortedatum(geboorte: Geboorte | None) -> date | None:
    return geboorte.datum.datum if geboorte and geboorte.datum else None


def _los(sleutels: Sleutels, nummer: str) -> str:
    """An id for in a page that tells nothing of the number."""
    return sleutels.keyed_hash("bronoptie", nummer)[:16]


# ---- the sources -------------------------------------------------------------------------------------------


async def _brp(nodig: frozenset[str], burger: Burger, voor: Voor, bronnen: Bronnen, sleutels: Sleutels) -> Waarden:
    """With a child chosen, brp.* is the child; not its address when that is secret, maybe for this parent."""
    velden = tuple(dict.fromkeys(("burgerservicenummer", *(v for p in sorted(nodig) for v in BRP_VELDEN.get(p, ())))))
    if voor.is_kind:
        persoon = await bronnen.brp.kind(burger, voor.bsn, tuple(v for v in velden if v != "gezag"))
    else:
        persoon = await bronnen.brp.persoon(burger, velden)
    if persoon is None:
        return {}
    if voor.is_kind and persoon.heeft_geheimhouding:
        persoon = persoon.model_copy(update={"verblijfplaats": None, "gemeente_van_inschrijving": None})
    plaats = persoon.verblijfplaats
    adres = plaats.verblijfadres if plaats else None
    gezag = [] if voor.is_kind else persoon.gezag
    kinderen_ = [] if voor.is_kind else _minderjarigen(persoon, burger, sleutels)
    thuis = {burger.bsn, *(p.burgerservicenummer for p in persoon.partners if not p.ontbinding_huwelijk_partnerschap)}
    elders = {r.minderjarige.burgerservicenummer for r in gezag if r.is_gedeeld and not r.houders <= thuis}
    return {
        "brp.bsn": persoon.burgerservicenummer or None,
        "brp.naam": persoon.naam.volledig if persoon.naam else None,
        "brp.geboortedatum": _geboortedatum(persoon.geboorte),
        "brp.leeftijd": persoon.leeftijd,
        "brp.adres": ", ".join(plaats.regels) if plaats and plaats.regels else None,
        "brp.postcode": adres.postcode.replace(" ", "") or None if adres else None,
        "brp.gemeente": persoon.gemeente_van_inschrijving.omschrijving if persoon.gemeente_van_inschrijving else None,
        "brp.nationaliteit": ", ".join(n.omschrijving for n in persoon.nationaliteiten) or None,
        "brp.geheimhouding": persoon.heeft_geheimhouding,
        "brp.partner": _partnernaam(persoon),
        "brp.kinderen_met_gezag": tuple(_kindoptie(k, elders) for k in kinderen_ if k.leeftijd < KIND_TOT),
        "brp.gezinsleden": (*_partneroptie(persoon, sleutels), *(_kindoptie(k, elders) for k in kinderen_)),
    }


def _partnernaam(persoon: Persoon) -> str | None:
    return next((p.naam.volledig for p in persoon.partners if p.naam and not p.ontbinding_huwelijk_partnerschap), None)


def _partneroptie(persoon: Persoon, sleutels: Sleutels) -> tuple[Bronoptie, ...]:
    return tuple(
        Bronoptie(
            _los(sleutels, partner.burgerservicenummer),
            Tekst(nl=f"{partner.naam.volledig} (uw partner)", en=f"{partner.naam.volledig} (your partner)"),
            {
                "bsn": partner.burgerservicenummer,
                "naam": partner.naam.volledig,
                "soort": "partner",
                "geboortedatum": _geboortedatum(partner.geboorte),
                "ander_gezag": False,
            },
        )
        for partner in persoon.partners
        if partner.naam and partner.burgerservicenummer and not partner.ontbinding_huwelijk_partnerschap
    )


def _kindoptie(kind: Kind, elders: set[str]) -> Bronoptie:
    """ander_gezag: somebody outside this family has the gezag too."""
    kenmerken = {
        "bsn": kind.bsn,
        "naam": kind.naam,
        "soort": "kind",
        "leeftijd": kind.leeftijd,
        "geboortedatum": kind.geboortedatum,
        "ander_gezag": kind.bsn in elders,
    }
    return Bronoptie(kind.waarde, Tekst(nl=kind.naam, en=kind.naam), kenmerken)


async def _kvk(bedrijf: Bedrijf, bronnen: Bronnen) -> Waarden:
    profiel, vestigingen = await asyncio.gather(bronnen.kvk.basisprofiel(bedrijf), bronnen.kvk.vestigingen(bedrijf))
    if profiel is None:
        return {"kvk.nummer": bedrijf.kvk_nummer}
    vestiging = next((v for v in vestigingen if v.vestigingsnummer == bedrijf.vestiging), profiel.hoofdvestiging)
    return {
        "kvk.nummer": profiel.kvk_nummer,
        "kvk.naam": _bedrijfsnaam(profiel),
        "kvk.rsin": profiel.rsin,
        "kvk.rechtsvorm": profiel.rechtsvorm or None,
        "kvk.vestiging": bedrijf.vestiging,
        "kvk.vestigingsnaam": vestiging.naam if vestiging else None,
        "kvk.bezoekadres": _bezoekadres(vestiging),
        "kvk.postcode": _postcode(vestiging),
    }


def _bedrijfsnaam(profiel: Basisprofiel) -> str:
    return profiel.naam or profiel.statutaire_naam or profiel.kvk_nummer


def _bezoekadres(vestiging: Vestiging | None) -> str | None:
    return (vestiging.adres or None) if vestiging else None


def _postcode(vestiging: Vestiging | None) -> str | None:
    adressen = vestiging.adressen if vestiging and not vestiging.is_afgeschermd else ()
    return next((a.postcode.replace(" ", "") for a in adressen if a.postcode), None)


async def _profiel(gebruiker: Gebruiker, db: Sessionmaker, sleutels: Sleutels) -> Waarden:
    """How this person or company can be reached: the address they proved is theirs, else what they said with their
    previous application."""
    eigenaar = eigenaar_van(gebruiker, sleutels).hash
    async with db() as session:
        bewezen = await email_van(session, sleutels, eigenaar)
        nummer = await telefoon_van(session, sleutels, eigenaar)
    email, telefoon = await laatste_contact(db, sleutels, eigenaar)
    return {"profiel.email": bewezen or email or None, "profiel.telefoon": nummer or telefoon or None}


async def _zaken(nodig: frozenset[str], gebruiker: Gebruiker, zaaksysteem: Zaaksysteem, sleutels: Sleutels) -> Waarden:
    """Own earlier zaken to choose from: zaak.lopend, zaak.zaken, and zaak.besluiten with their date.

    zaak.parkeervergunningen: how many parking permits were given or are asked for, as far as these zaken tell.
    """
    lijst = await zaaksysteem.list(gebruiker, Zakenvraag("alle", per_pagina=ZAKEN_BEKEKEN))
    waarden: Waarden = {
        "zaak.zaken": tuple(_zaakoptie(r, sleutels) for r in lijst.regels),
        "zaak.lopend": tuple(_zaakoptie(r, sleutels) for r in lijst.regels if not r.is_afgerond),
        "zaak.parkeervergunningen": sum(_is_parkeervergunning(r) for r in lijst.regels),
    }
    if "zaak.besluiten" in nodig:
        waarden["zaak.besluiten"] = await _besluiten(lijst.regels, gebruiker, zaaksysteem, sleutels)
    return waarden


def _is_parkeervergunning(regel: Zaakregel) -> bool:
    if regel.zaaktype.identificatie not in PARKEREN:
        return False
    resultaat = regel.resultaattype.omschrijving if regel.resultaattype else ""
    return not regel.is_afgerond or resultaat.casefold().startswith("verleend")


def _zaakoptie(regel: Zaakregel, sleutels: Sleutels) -> Bronoptie:
    naam = f"{regel.naam}, {regel.nummer}"
    kenmerken = {"kenmerk": regel.nummer, "zaaktype": regel.zaaktype.identificatie, "datum": regel.startdatum}
    return Bronoptie(_los(sleutels, f"{regel.bron}/{regel.uuid}"), Tekst(nl=naam, en=naam), kenmerken)


async def _besluiten(
    regels: Sequence[Zaakregel], gebruiker: Gebruiker, zaaksysteem: Zaaksysteem, sleutels: Sleutels
) -> tuple[Bronoptie, ...]:
    """What was decided and sent to this person, the newest first. datum: when it was sent, from which terms run."""
    bronnen = {bron.naam: bron for bron in zaaksysteem.bronnen}

    async def van(regel: Zaakregel) -> list[tuple[date, Bronoptie]]:
        besluiten = bronnen[regel.bron].besluiten
        if besluiten is None:
            return []
        opties = []
        for besluit in await besluiten.besluiten(gebruiker, regel.zaak.url):
            verzonden = besluit.verzenddatum or besluit.publicatiedatum
            if verzonden is not None:
                naam = f"{regel.naam}, {regel.nummer}"
                tekst = Tekst(
                    nl=f"{naam}: besluit van {_datum(verzonden, 'nl')}",
                    en=f"{naam}: decision of {_datum(verzonden, 'en')}",
                )
                kenmerken = {"kenmerk": regel.nummer, "datum": verzonden, "zaaktype": regel.zaaktype.identificatie}
                opties.append((verzonden, Bronoptie(_los(sleutels, besluit.url), tekst, kenmerken)))
        return opties

    lijsten = await asyncio.gather(*(van(regel) for regel in regels))
    alle = sorted((paar for lijst in lijsten for paar in lijst), key=lambda paar: paar[0], reverse=True)
    return tuple(optie for _verzonden, optie in alle)


def _datum(dag: date, taal: str) -> str:
    return format_date(dag, "d MMMM y", locale=taal)


# ---- in and out of the concept -------------------------------------------------------------------------------


def als_json(waarde: Any) -> Any:
    """A value as it can be stored: dates and options are marked, so that they come back as what they were."""
    if isinstance(waarde, date):
        return {"datum": waarde.isoformat()}
    if isinstance(waarde, tuple):
        return {"opties": [_optie_json(optie) for optie in waarde]}
    if isinstance(waarde, Eerder):
        return {"eerder": waarde.waarde, "op": waarde.op.isoformat()}
    return waarde


def _optie_json(optie: Bronoptie) -> dict[str, Any]:
    kenmerken = {naam: als_json(waarde) for naam, waarde in optie.kenmerken.items()}
    return {"waarde": optie.waarde, "nl": optie.tekst.nl, "en": optie.tekst.en, "kenmerken": kenmerken}


def van_json(waarde: Any) -> Any:
    if isinstance(waarde, dict) and "datum" in waarde:
        return date.fromisoformat(waarde["datum"])
    if isinstance(waarde, dict) and "eerder" in waarde:
        return Eerder(waarde["eerder"], date.fromisoformat(waarde["op"]))
    if isinstance(waarde, dict) and "opties" in waarde:
        return tuple(_optie(optie) for optie in waarde["opties"])
    return waarde


def _optie(data: Mapping[str, Any]) -> Bronoptie:
    kenmerken = {naam: van_json(waarde) for naam, waarde in data["kenmerken"].items()}
    return Bronoptie(data["waarde"], Tekst(nl=data["nl"], en=data["en"]), kenmerken)


def waarden_van(gegevens: Gegevens) -> Waarden:
    return {pad: van_json(waarde) for pad, waarde in gegevens.bronnen.items()}
