"""Numbers with a form of their own: e-mail, telephone, BSN, KVK, IBAN and licence plate."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar, Literal

from stdnum import iban as iban_toets
from stdnum.nl import bsn as elfproef

from pip_portal import telefoon
from pip_portal.formulieren.omgeving import Omgeving
from pip_portal.formulieren.teksten import Tekst, vast
from pip_portal.formulieren.veldtypen.basis import Afgekeurd, Invoer, Veld, schoon
from pip_portal.formulieren.voorwaarden import Soort
from pip_portal.taal import N_, _

EMAIL = re.compile(r"[^\s@<>()\[\],;:\"]{1,64}@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_](?:[\w-]{0,61}[^\W_])")
# RDW sidecodes 1 to 14: L is a letter, C a digit.
SIDECODES = (
    "LL-CC-CC",
    "CC-CC-LL",
    "CC-LL-CC",
    "LL-CC-LL",
    "LL-LL-CC",
    "CC-LL-LL",
    "CC-LLL-C",
    "C-LLL-CC",
    "LL-CCC-L",
    "L-CCC-LL",
    "LLL-CC-L",
    "L-CC-LLL",
    "C-LL-CCC",
    "CCC-LL-C",
)

# How a look-up of a kenteken ended, and what is said of the two that leave something to do.
GEVONDEN, ONBEKEND, NIET_GECONTROLEERD = "gevonden", "onbekend", "niet_gecontroleerd"
OPGEZOCHT = {
    ONBEKEND: Tekst(nl="Niet gevonden bij de RDW", en="Not found at the RDW"),
    NIET_GECONTROLEERD: Tekst(nl="Niet gecontroleerd", en="Not checked"),
}
VOERTUIGDELEN: dict[str, Soort] = {
    **dict.fromkeys(("nummer", "stand", "voertuig", "soort", "categorie"), "tekst"),
    **dict.fromkeys(("massa", "lengte"), "getal"),
    **dict.fromkeys(("verzekerd", "export"), "janee"),
    "apk": "datum",
}


class _Nummer(Veld):
    """Read in a normal form; what does not fit gets the sentence of the type."""

    fout_vorm: ClassVar[str]
    fout_leeg: ClassVar[str]

    def normaliseer(self, tekst: str) -> str | None:
        raise NotImplementedError

    def ontleed(self, invoer: Invoer, omgeving: Omgeving) -> str:
        waarde = self.normaliseer(schoon(invoer.get(self.veld)))
        if waarde is None:
            raise Afgekeurd(self.veld, self.zin("vorm", _(self.fout_vorm)))
        return waarde

    def typ(self, waarde: Any) -> str:
        if not isinstance(waarde, str) or self.normaliseer(waarde) != waarde:
            raise ValueError("niet in de goede vorm")
        return waarde

    def zin_leeg(self) -> str:
        return _(self.fout_leeg)

    def met_tekens(self, waarde: str) -> str:
        """As people write it."""
        return waarde

    def toon(self, waarde: Any, omgeving: Omgeving) -> tuple[Tekst, ...]:
        return (vast(self.met_tekens(self.typ(waarde))),)

    def ruw_van(self, waarde: Any) -> dict[str, list[str]]:
        return {self.veld: [self.met_tekens(str(waarde))]}


class EmailVeld(_Nummer):
    type: Literal["email"]
    autocomplete: str = "email"

    fout_vorm = N_("Vul een e-mailadres in, bijvoorbeeld naam@voorbeeld.nl.")
    fout_leeg = N_("Vul een e-mailadres in, bijvoorbeeld naam@voorbeeld.nl.")

    def normaliseer(self, tekst: str) -> str | None:
        naam, apenstaart, domein = tekst.rpartition("@")
        adres = f"{naam}{apenstaart}{domein.lower()}"
        goed = len(adres) <= 254 and EMAIL.fullmatch(adres) and ".." not in adres and not naam.startswith(".")
        return adres if goed else None


class TelefoonVeld(_Nummer):
    """Stored as E.164: +31612345678."""

    type: Literal["telefoon"]
    autocomplete: str = "tel"

    fout_vorm = N_("Vul een telefoonnummer in met 10 cijfers, of met een landcode, bijvoorbeeld +49 30 123456.")
    fout_leeg = N_("Vul een telefoonnummer in.")

    def normaliseer(self, tekst: str) -> str | None:
        return telefoon.normaliseer(tekst)

    def met_tekens(self, waarde: str) -> str:
        return telefoon.met_tekens(waarde)


class BsnVeld(_Nummer):
    type: Literal["bsn"]
    controle: str = ""
    gevoelig: bool = True

    fout_vorm = N_("Een burgerservicenummer heeft 9 cijfers. Controleer het nummer.")
    fout_leeg = N_("Vul het burgerservicenummer in.")

    def normaliseer(self, tekst: str) -> str | None:
        kaal = re.sub(r"[\s.\-]", "", tekst)
        if not re.fullmatch("[0-9]{8,9}", kaal):
            return None
        kaal = kaal.zfill(9)
        return kaal if elfproef.is_valid(kaal) else None


class KvkVeld(_Nummer):
    type: Literal["kvk"]
    controle: str = ""

    fout_vorm = N_("Een KVK-nummer heeft 8 cijfers. Controleer het nummer.")
    fout_leeg = N_("Vul het KVK-nummer in.")

    def normaliseer(self, tekst: str) -> str | None:
        kaal = re.sub(r"[\s.]", "", tekst)
        return kaal if re.fullmatch("[0-9]{8}", kaal) else None


class IbanVeld(_Nummer):
    type: Literal["iban"]
    controle: str = ""

    fout_vorm = N_("Dit rekeningnummer klopt niet. Controleer de cijfers.")
    fout_leeg = N_("Vul het rekeningnummer (IBAN) in.")

    def normaliseer(self, tekst: str) -> str | None:
        kaal = re.sub(r"[\s.\-]", "", tekst).upper()
        return kaal if re.fullmatch("[A-Z]{2}[0-9]{2}[A-Z0-9]{8,30}", kaal) and iban_toets.is_valid(kaal) else None

    def met_tekens(self, waarde: str) -> str:
        return " ".join(waarde[i : i + 4] for i in range(0, len(waarde), 4))


class Kenteken(str):
    """A licence plate, with what was looked up about its vehicle (see formulieren/kentekens.py)."""

    feiten: Mapping[str, Any]

    def __new__(cls, nummer: str, feiten: Mapping[str, Any]) -> "Kenteken":
        kenteken = super().__new__(cls, nummer)
        kenteken.feiten = feiten
        return kenteken


class KentekenVeld(_Nummer):
    """A Dutch licence plate, stored without dashes; also a foreign one when `buitenland`.

    With `controle: rdw` it is stored with its vehicle, once that was looked up: {kenteken, stand, voertuig, …}.
    """

    type: Literal["kenteken"]
    controle: Literal["", "rdw"] = ""
    buitenland: bool = False

    fout_vorm = N_("Vul een Nederlands kenteken in, bijvoorbeeld AB-123-C.")
    fout_leeg = N_("Vul het kenteken in.")

    def normaliseer(self, tekst: str) -> str | None:
        kaal = re.sub(r"[\s\-–]", "", tekst).upper()
        if _sidecode(kaal):
            return kaal
        return kaal if self.buitenland and re.fullmatch("[A-Z0-9]{3,12}", kaal) else None

    def onderdelen(self) -> dict[str, Soort]:
        return dict(VOERTUIGDELEN) if self.controle else {}

    def onderdeel(self, naam: str, waarde: Any, omgeving: Omgeving) -> Any | None:
        if naam == "nummer":
            return self.met_tekens(waarde)
        feit = getattr(waarde, "feiten", {}).get(naam)
        return date.fromisoformat(feit) if naam == "apk" and feit else feit

    def typ(self, waarde: Any) -> str:
        if not isinstance(waarde, dict):
            return super().typ(waarde)
        if not set(waarde) <= {"kenteken", *VOERTUIGDELEN} or waarde["stand"] not in (GEVONDEN, *OPGEZOCHT):
            raise ValueError("geen opgezocht kenteken")
        return Kenteken(super().typ(waarde["kenteken"]), waarde)

    def toon(self, waarde: Any, omgeving: Omgeving) -> tuple[Tekst, ...]:
        kenteken = self.typ(waarde)
        feiten = getattr(kenteken, "feiten", {})
        gevonden = vast(feiten["voertuig"]) if feiten.get("voertuig") else OPGEZOCHT.get(feiten.get("stand", ""))
        return (vast(self.met_tekens(kenteken)), *((gevonden,) if gevonden else ()))

    def ruw_van(self, waarde: Any) -> dict[str, list[str]]:
        return super().ruw_van(self.typ(waarde))

    def met_tekens(self, waarde: str) -> str:
        """With the dashes where the sidecode has them."""
        tekens = iter(waarde)
        return "".join(deel if deel == "-" else next(tekens) for deel in _sidecode(waarde) or "L" * len(waarde))


def _sidecode(kaal: str) -> str | None:
    if not re.fullmatch("[A-Z0-9]{6}", kaal):
        return None
    vorm = "".join("C" if teken.isdigit() else "L" for teken in kaal)
    return next((code for code in SIDECODES if code.replace("-", "") == vorm), None)
