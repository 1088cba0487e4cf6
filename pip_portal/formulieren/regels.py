"""Rules of law and of the gemeente that a form may use by name: `{regel: naam, met: {…}}`. Each has its own test."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from pip_portal.formulieren import meldingen
from pip_portal.formulieren.voorwaarden import Soort
from pip_portal.termijnen import einde_termijn


@dataclass(frozen=True)
class Regel:
    """functie: called with typed values, each by its name.

    keuzes: all results of a rule that gives a keuze, besides "" for none.
    """

    functie: Callable[..., Any]
    met: Mapping[str, Soort]
    geeft: Soort
    keuzes: tuple[str, ...] = ()


def bezwaartermijn(besluit: date) -> date:
    """Last day to object to a besluit that was announced on this day.

    Source: Awb art. 6:7 and 6:8; Algemene termijnenwet art. 1.
    """
    return einde_termijn(besluit, "P6W")


def geboortetermijn(geboren: date) -> date:
    """Last day to report a birth: three days, of which at least two ordinary ones.

    Source: BW 1:19e; Algemene termijnenwet art. 1 and 2.
    """
    return einde_termijn(geboren, "P3D")


def beslistermijn(ontvangen: date, termijn: str) -> date:
    """Last day to decide on what was received on this day.

    Source: Awb art. 4:13; Algemene termijnenwet art. 1.
    """
    return einde_termijn(ontvangen, termijn)


def naar_rato(bedrag: int, ingang: date) -> int:
    """Price of a year, in cents, for the months that are left of it; the month of `ingang` counts whole.

    Source: parkeerverordening (permit year runs from 1 January to 31 December).
    """
    cent = Decimal(bedrag) * (13 - ingang.month) / 12
    return int(cent.quantize(Decimal(1), ROUND_HALF_UP))


def parkeergebied(postcode: str) -> str:
    """Parking area that this postcode lies in.

    Source: aanwijsbesluit parkeren; the table of streets follows when the gemeente gives it.
    """
    cijfers = re.sub(r"\D", "", postcode)[:4]
    if cijfers == "7411":
        return "binnenstad"
    return "schil" if cijfers in ("7412", "7413", "7414", "7415", "7416", "7417") else "geen"


REGELS: dict[str, Regel] = {
    "bezwaartermijn": Regel(bezwaartermijn, {"besluit": "datum"}, "datum"),
    "geboortetermijn": Regel(geboortetermijn, {"geboren": "datum"}, "datum"),
    "beslistermijn": Regel(beslistermijn, {"ontvangen": "datum", "termijn": "tekst"}, "datum"),
    "naar_rato": Regel(naar_rato, {"bedrag": "bedrag", "ingang": "datum"}, "bedrag"),
    "parkeergebied": Regel(parkeergebied, {"postcode": "tekst"}, "keuze", ("binnenstad", "schil", "geen")),
    "meldingcategorie": Regel(meldingen.meldingcategorie, {"tekst": "tekst"}, "keuze", tuple(meldingen.WOORDEN)),
    "noemt_iemand": Regel(meldingen.noemt_iemand, {"tekst": "tekst"}, "janee"),
}
