"""Which mail goes with which news: the template, and the few words that it may hold. Source: domain §2.3."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from pip_portal.taal import Taal, schrijf_in
from pip_portal.tables import Notificatie
from pip_portal.weergave import datum

PER_STATUS: Final[Mapping[str, str]] = {
    **{"C": "M2", "B": "M3", "V": "M4", "Z": "M5", "P": "M6"},
    **{"S": "M7", "K": "M8", "I": "M8"},
}
PER_SOORT: Final[Mapping[str, str]] = {
    **{"document": "DOCUMENT", "besluit": "M7", "afgesloten": "M8"},
    **{"bericht": "M10", "taak": "TAAK", "herinnering": "TAAKH", "vraag": "ANTWOORD"},
}
MET_TERMIJN: Final = ("M2", "M5", "M6")  # must name the day before which an answer is expected
# What a mail speaks of when there is more news than one thing: what matters most to the reader.
RANG: Final = ("besluit", "afgesloten", "taak", "herinnering", "bericht", "vraag", "document", "status")


def belangrijkste(rijen: list[Notificatie]) -> Notificatie:
    return min(rijen, key=lambda rij: (not rij.doen, RANG.index(rij.soort), -rij.op.timestamp()))


def mail_over(rij: Notificatie, taal: Taal) -> tuple[str, dict[str, str]]:
    """Template and gegevens."""
    sjabloon = PER_STATUS.get(rij.code, "") if rij.soort == "status" else PER_SOORT[rij.soort]
    nummer = {"nummer": rij.nummer}
    with schrijf_in(taal):
        laatste = datum(rij.uiterlijk) if rij.uiterlijk else ""
        voor = datum(rij.uiterlijk + timedelta(days=1)) if rij.uiterlijk else ""
    if not sjabloon or (sjabloon == "M4" and not laatste):
        return "NIEUWS", nummer
    if sjabloon in MET_TERMIJN:
        return (sjabloon, nummer | {"voor": voor}) if voor else ("DOEN", nummer)
    if sjabloon in ("M3", "M4"):
        return sjabloon, nummer | {"datum": laatste}
    if sjabloon in ("M7", "M10", "TAAK", "TAAKH"):
        return sjabloon, nummer | {"voor": voor}
    return sjabloon, {} if sjabloon == "ANTWOORD" else nummer
