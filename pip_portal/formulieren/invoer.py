"""Reading a page that was posted: what was on it, what is good, which questions came, and where an address is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pip_portal.formulieren.aanvraag import Aanvraag
from pip_portal.formulieren.adressen import Zoeker, zoek_op
from pip_portal.formulieren.definitie import Stap
from pip_portal.formulieren.kentekens import Kentekenzoeker, zoek_kenteken_op
from pip_portal.formulieren.paginas import Adresstand
from pip_portal.formulieren.veldtypen.basis import Invoer, Lezing, Ruw
from pip_portal.formulieren.veldtypen.bestand import BestandVeld
from pip_portal.formulieren.veldtypen.groep import GroepVeld
from pip_portal.formulieren.veldtypen.nummers import KentekenVeld
from pip_portal.formulieren.veldtypen.plekken import AdresVeld, LocatieVeld
from pip_portal.formulieren.verloop import Paginalezing, lees_item, lees_stap
from pip_portal.formulieren.vragen import bestandsveld

Paren = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Opzoekers:
    """How answers are looked up while a page is read."""

    adres: Zoeker
    kenteken: Kentekenzoeker


@dataclass(frozen=True)
class Doel:
    """Which page: of a step, or of one item of the group on it. item: its id; nieuw: it is not stored yet."""

    stap: Stap
    groep: GroepVeld | None = None
    item: str = ""
    nieuw: bool = False

    @property
    def velden(self) -> tuple[Any, ...]:
        return self.groep.velden if self.groep is not None else self.stap.velden

    @property
    def is_multipart(self) -> bool:
        return any(isinstance(veld, BestandVeld) for veld in self.velden)


@dataclass(frozen=True)
class Gelezen:
    """velden: what the page shows with these answers. lezingen: of the questions that were on it.

    nieuw: questions that came by an answer on this page and are not answered yet.
    """

    velden: tuple[Any, ...]
    lezingen: dict[str, Lezing] = field(repr=False)
    nieuw: tuple[str, ...] = ()
    standen: Mapping[str, Adresstand] = field(default_factory=dict)

    @property
    def is_goed(self) -> bool:
        return not any(lezing.fouten for lezing in self.lezingen.values())

    @property
    def antwoorden(self) -> dict[str, Any]:
        """The good answers; None for what was left empty and may be."""
        return {naam: lezing.waarde for naam, lezing in self.lezingen.items() if not lezing.fouten}

    @property
    def met_ruw(self) -> dict[str, Any]:
        """All answers, the ones that are not good as they were typed; nothing for what was left empty."""
        fout = {naam: Ruw(lezing.ruw) for naam, lezing in self.lezingen.items() if lezing.fouten and _getypt(lezing)}
        return self.antwoorden | fout

    @property
    def leeg(self) -> frozenset[str]:
        """Questions that were emptied and may not be: they are open again."""
        return frozenset(n for n, lezing in self.lezingen.items() if lezing.fouten and not _getypt(lezing))

    def zonder_fouten(self) -> "Gelezen":
        return replace(self, lezingen={naam: replace(lezing, fouten={}) for naam, lezing in self.lezingen.items()})

    def alleen(self, veld: str) -> "Gelezen":
        """The same page with the errors of one question only."""
        lezingen = {n: lezing if n == veld else replace(lezing, fouten={}) for n, lezing in self.lezingen.items()}
        return replace(self, lezingen=lezingen)


def _getypt(lezing: Lezing) -> bool:
    return any(tekst.strip() for teksten in lezing.ruw.values() for tekst in teksten)


def paginalezing(aanvraag: Aanvraag, doel: Doel, paren: Paren) -> Paginalezing:
    """What the engine makes of it; the files that are there are the answer to their question."""
    invoer = Invoer(paren)
    for veld in doel.velden:
        if isinstance(veld, BestandVeld):
            naam = bestandsveld(veld.veld, doel.item)
            invoer = invoer.met(veld.veld, *(bestand.id for bestand in aanvraag.bestanden if bestand.veld == naam))
    if doel.groep is not None:
        return lees_item(aanvraag.formulier, doel.groep, invoer, aanvraag.antwoorden, aanvraag.omgeving)
    return lees_stap(aanvraag.formulier, doel.stap, invoer, aanvraag.antwoorden, aanvraag.omgeving)


async def lees(aanvraag: Aanvraag, doel: Doel, paren: Paren, zoek: Opzoekers | None) -> Gelezen:
    """Read the page. zoek: how to look answers up; None: not now."""
    gelezen = paginalezing(aanvraag, doel, paren)
    gezien = _gezien(paren)
    eerder = eerdere(aanvraag, doel)
    lezingen = {n: lezing for n, lezing in gelezen.lezingen.items() if gezien is None or n in gezien}
    nieuw = tuple(
        veld.veld
        for veld in gelezen.velden
        if veld.heeft_antwoord
        and not isinstance(veld, GroepVeld)
        and veld.veld not in lezingen
        and not _is_beantwoord(veld, eerder, aanvraag)
    )
    standen: dict[str, Adresstand] = {}
    if zoek is not None:
        invoer = Invoer(paren)
        for veld in gelezen.velden:
            if isinstance(veld, AdresVeld | LocatieVeld) and veld.veld in lezingen:
                lezingen[veld.veld], standen[veld.veld] = await zoek_op(
                    veld, lezingen[veld.veld], eerder.get(veld.veld), invoer, zoek.adres, aanvraag.omgeving
                )
            elif isinstance(veld, KentekenVeld) and veld.veld in lezingen:
                lezing = lezingen[veld.veld]
                lezingen[veld.veld] = await zoek_kenteken_op(veld, lezing, eerder.get(veld.veld), zoek.kenteken)
    return Gelezen(gelezen.velden, lezingen, nieuw, standen)


def _gezien(paren: Paren) -> frozenset[str] | None:
    """The questions that were on the page that was sent; None when it does not say."""
    for naam, waarde in paren:
        if naam == "gezien":
            return frozenset(waarde.split())
    return None


def eerdere(aanvraag: Aanvraag, doel: Doel) -> Mapping[str, Any]:
    """What is stored of this page already."""
    if doel.groep is None:
        return aanvraag.antwoorden
    items = aanvraag.antwoorden.get(doel.groep.veld)
    for item in items if isinstance(items, list) else ():
        if item["id"] == doel.item:
            gevonden: Mapping[str, Any] = item
            return gevonden
    return {}


def _is_beantwoord(veld: Any, eerder: Mapping[str, Any], aanvraag: Aanvraag) -> bool:
    if veld.veld not in eerder:
        return False
    waarde = eerder[veld.veld]
    if isinstance(waarde, Ruw):
        return False
    if waarde is None or waarde == []:
        return not veld.verplicht
    return veld.geldig(waarde, aanvraag.omgeving, aanvraag.verloop.waarden) is not None
