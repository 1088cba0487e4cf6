"""Objecting to a besluit: until when, and whether that is still possible."""

from dataclasses import dataclass
from datetime import date

from pip_portal.backoffice.catalogi import Zaaktype
from pip_portal.backoffice.regels import Zaakbesluit
from pip_portal.zaken.termijnen import bezwaar_tot_en_met


@dataclass(frozen=True)
class Bezwaar:
    """tot_en_met: last day to object. is_open: that day has not passed."""

    tot_en_met: date
    is_open: bool


def bezwaar(besluit: Zaakbesluit, zaaktype: Zaaktype, vandaag: date) -> Bezwaar | None:
    """Until when one can object; None when unknown, or when the besluit is itself one on a bezwaar or klacht.

    Against those one goes to the court or the ombudsman: only a date that the besluit names is shown then.
    Source: Awb art. 6:7, 6:8, 7:1 and 9:3.
    """
    naam = zaaktype.omschrijving.casefold()
    if besluit.besluit.uiterlijke_reactiedatum is None and ("bezwaar" in naam or "klacht" in naam):
        return None
    laatste = bezwaar_tot_en_met(besluit)
    return Bezwaar(laatste, laatste >= vandaag) if laatste else None
