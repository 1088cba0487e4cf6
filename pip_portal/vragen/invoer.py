"""What was typed in a form for a question: what is wrong with it, and what it becomes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, cast

from pip_portal import telefoon
from pip_portal.contact.adressen import normaliseer
from pip_portal.taal import N_, _, taal
from pip_portal.vragen.bewijs import Vraagbewijs
from pip_portal.vragen.onderwerpen import Onderwerp, onderwerpen
from pip_portal.vragen.vraag import MAX_ONDERWERP, MAX_TEKST, MAX_TITEL, Dagdeel, Inhoud

MAX_NAAM: Final = 200
BELLEN: Final = "bellen"
DAGDELEN: Final = {
    "ochtend": N_("'s Ochtends, tussen 9.00 en 12.00 uur"),
    "middag": N_("'s Middags, tussen 13.00 en 17.00 uur"),
    "altijd": N_("Maakt niet uit"),
}
# How an employee reads what it is about; `over` follows.
VAST: Final = {"zaak": "Vraag over zaak", "bericht": "Vraag over een bericht", "vervolg": "Vervolgvraag"}


@dataclass
class Invoer:
    """The fields as they stand. antwoord: bellen, or anything else for an answer in writing."""

    onderwerp: str = ""
    titel: str = field(default="", repr=False)
    tekst: str = field(default="", repr=False)
    antwoord: str = ""
    telefoon: str = field(default="", repr=False)
    dagdeel: str = "altijd"
    naam: str = field(default="", repr=False)
    email: str = field(default="", repr=False)
    fouten: dict[str, str] = field(default_factory=dict)

    @property
    def wil_bellen(self) -> bool:
        return self.antwoord == BELLEN

    def norm(self, vast: str) -> Onderwerp:
        """The onderwerp whose promise holds for this question."""
        sleutel = "terugbellen" if self.wil_bellen else vast or self.onderwerp
        return onderwerpen()[sleutel]


def lees(velden: Mapping[str, str]) -> Invoer:
    """The fields as they were sent, not looked at yet."""

    def regel(naam: str, hoogstens: int = 500) -> str:
        return " ".join(velden.get(naam, "")[:hoogstens].split())

    return Invoer(
        onderwerp=regel("onderwerp"),
        titel=regel("titel", 1000),
        tekst=velden.get("tekst", "").replace("\r\n", "\n").replace("\x00", "").strip(),
        antwoord=regel("antwoord"),
        telefoon=regel("telefoon"),
        dagdeel=regel("dagdeel") or "altijd",
        naam=regel("naam"),
        email=regel("email"),
    )


def kijk_na(invoer: Invoer, vast: str, *, anoniem: bool = False) -> None:
    """Puts what is wrong in invoer.fouten, in the order of the page."""
    fouten = invoer.fouten
    if not vast:
        keuze = onderwerpen().get(invoer.onderwerp)
        if keuze is None or keuze.vast:
            fouten["onderwerp"] = _("Kies waar uw vraag over gaat.")
        if not invoer.titel:
            fouten["titel"] = _("Schrijf in een paar woorden wat uw vraag is.")
        elif len(invoer.titel) > MAX_TITEL:
            fouten["titel"] = _("Maak dit korter. Gebruik hoogstens {aantal} tekens.").format(aantal=MAX_TITEL)
    if not invoer.tekst:
        fouten["tekst"] = _("Schrijf uw vraag op.")
    elif len(invoer.tekst) > MAX_TEKST:
        fouten["tekst"] = _("Uw tekst is te lang. Gebruik hoogstens {aantal} tekens.").format(aantal=MAX_TEKST)
    if anoniem:
        _kijk_wie_na(invoer)
    if invoer.wil_bellen or (anoniem and invoer.telefoon):
        if telefoon.normaliseer(invoer.telefoon) is None:
            fouten["telefoon"] = _("Vul een telefoonnummer in, bijvoorbeeld 06 12345678.")
        if invoer.dagdeel not in DAGDELEN:
            fouten["dagdeel"] = _("Kies wanneer wij u kunnen bellen.")


def _kijk_wie_na(invoer: Invoer) -> None:
    if not invoer.naam:
        invoer.fouten["naam"] = _("Vul uw naam in.")
    elif len(invoer.naam) > MAX_NAAM:
        invoer.fouten["naam"] = _("Maak dit korter. Gebruik hoogstens {aantal} tekens.").format(aantal=MAX_NAAM)
    if (invoer.email or not invoer.wil_bellen) and normaliseer("email", invoer.email) is None:
        invoer.fouten["email"] = _("Vul een e-mailadres in zoals naam@voorbeeld.nl.")


def wordt(invoer: Invoer, bewijs: Vraagbewijs, wie: Mapping[str, str]) -> Inhoud:
    """The question, of an invoer without fouten. wie: fields of an Inhoud that say who asks."""
    nummer = telefoon.normaliseer(invoer.telefoon) if invoer.wil_bellen or "naam" in wie else None
    return Inhoud(
        **wie,
        onderwerp=_onderwerp(invoer, bewijs),
        tekst=invoer.tekst,
        taal=taal(),
        telefoon=nummer or "",
        dagdeel=cast(Dagdeel, invoer.dagdeel) if invoer.wil_bellen else "",
        zaak_uuid=bewijs.zaak_uuid,
        zaaknummer=bewijs.zaaknummer,
        vervolg_op=bewijs.vervolg_op,
    )


def _onderwerp(invoer: Invoer, bewijs: Vraagbewijs) -> str:
    """One line for the list of the citizen and of the employee, in Dutch."""
    if bewijs.vast:
        tekst = f"{VAST[bewijs.vast]}: {bewijs.over}" if bewijs.over else VAST[bewijs.vast]
    else:
        tekst = f"{onderwerpen()[invoer.onderwerp].naam.nl}: {invoer.titel}"
    return (f"Bel mij terug. {tekst}" if invoer.wil_bellen else tekst)[:MAX_ONDERWERP].strip()
