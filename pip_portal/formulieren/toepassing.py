"""Filling in texts: only names that the definition knows, formatted by what they are. Nothing is ever evaluated."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from pip_portal.errors import NotFound
from pip_portal.formulieren.namen import BRONNEN
from pip_portal.formulieren.tarieven import Tarieven
from pip_portal.formulieren.teksten import Tekst, vast
from pip_portal.formulieren.veldtypen.getallen import euro, getal_in
from pip_portal.formulieren.veldtypen.keuzes import JA_NEE, KeuzeVeld, MeerkeuzeVeld
from pip_portal.formulieren.veldtypen.tijden import datum
from pip_portal.formulieren.verloop import Verloop
from pip_portal.termijnen import einde_termijn

NAAM = re.compile(r"\{([a-z][a-z0-9_.-]*)\}")
ONBEKEND = vast("…")


def vul(tekst: Tekst, verloop: Verloop, extra: Mapping[str, Tekst] | None = None) -> Tekst:
    """The text with answers, computed values, tariffs and terms in it. extra: more names, which go first.

    A name without a value becomes "…".
    """
    return _vul(tekst, lambda naam: (extra or {}).get(naam) or waarde_in_woorden(naam, verloop))


def in_woorden(veld: Any, waarde: Any, verloop: Verloop) -> tuple[Tekst, ...]:
    """An answer as a citizen reads it. Only the texts of the file's own options are filled in, never what was typed."""
    delen: tuple[Tekst, ...] = veld.toon(waarde, verloop.omgeving)
    return tuple(vul(deel, verloop) for deel in delen) if _heeft_eigen_opties(veld) else delen


def _heeft_eigen_opties(veld: Any) -> bool:
    return isinstance(veld, KeuzeVeld | MeerkeuzeVeld) and bool(veld.opties)


def vul_tarieven(tekst: Tekst, tarieven: Tarieven, dag: date) -> Tekst:
    """The text of a page that knows no answers."""
    return _vul(tekst, lambda naam: _tarief(naam, tarieven, dag))


def vul_een_taal(tekst: str, verloop: Verloop, *, lengte: int = 80) -> str:
    """A Dutch text for the zaaksysteem (zaak.omschrijving), cut at a word."""
    gevuld = vul(vast(tekst), verloop).nl
    if len(gevuld) <= lengte:
        return gevuld
    return gevuld[: lengte - 1].rsplit(" ", 1)[0].rstrip(",.:; ") + "…"


def _vul(tekst: Tekst, zoek: Callable[[str], Tekst | None]) -> Tekst:
    if "{" not in tekst.nl and "{" not in tekst.en:
        return tekst
    return Tekst(
        nl=NAAM.sub(lambda m: (zoek(m[1]) or ONBEKEND).nl, tekst.nl),
        en=NAAM.sub(lambda m: (zoek(m[1]) or ONBEKEND).en, tekst.en),
    )


def waarde_in_woorden(naam: str, verloop: Verloop) -> Tekst | None:
    """The value behind a name, as a citizen reads it; None when there is none."""
    formulier, omgeving = verloop.formulier, verloop.omgeving
    hoofd, _, deel = naam.partition(".")
    if hoofd == "tarief":
        return _tarief(naam, omgeving.tarieven, omgeving.vandaag)
    if hoofd == "termijn":
        duur = getattr(formulier.termijn, deel, "")
        return datum(einde_termijn(omgeving.vandaag, duur)) if duur else None
    if hoofd == "berekend":
        return _berekend(deel, verloop)
    if hoofd in BRONNEN or hoofd == "inlog":
        return los(omgeving.waarde(naam))
    if hoofd not in verloop.waarden:
        return None
    try:
        veld = formulier.veld(hoofd)
    except NotFound:
        return None
    if deel:
        return los(veld.onderdeel(deel, verloop.waarden[hoofd], omgeving))
    delen = veld.toon(verloop.waarden[hoofd], omgeving)
    if not delen:
        return None
    if _heeft_eigen_opties(veld):
        delen = tuple(vul_tarieven(deel, omgeving.tarieven, omgeving.vandaag) for deel in delen)
    return Tekst(nl=", ".join(d.nl for d in delen), en=", ".join(d.en for d in delen))


def _tarief(naam: str, tarieven: Tarieven, dag: date) -> Tekst | None:
    regel = tarieven.op(naam.removeprefix("tarief."), dag) if naam.startswith("tarief.") else None
    if regel is None:
        return None
    return euro(regel.cent) if regel.aantal is None else los(regel.aantal)


def _berekend(naam: str, verloop: Verloop) -> Tekst | None:
    waarde = verloop.berekend.get(naam)
    if waarde is not None and verloop.formulier.berekend[naam].type == "bedrag":
        return euro(waarde)
    return los(waarde)


def los(waarde: Any) -> Tekst | None:
    """A value without a question of its own, in words."""
    match waarde:
        case None | ():
            return None
        case bool():
            return JA_NEE[waarde]
        case int() | Decimal():
            return Tekst(nl=getal_in(waarde, "nl"), en=getal_in(waarde, "en"))
        case date():
            return datum(waarde)
        case tuple() | list():
            delen = [gevonden for deel in waarde if (gevonden := los(getattr(deel, "tekst", deel)))]
            return Tekst(nl=", ".join(d.nl for d in delen), en=", ".join(d.en for d in delen))
        case Tekst():
            return waarde
    return vast(str(waarde))
