"""Choosing: one, several, yes or no, and agreeing."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field, model_validator

from pip_portal.formulieren.berekenen import Regelgebruik
from pip_portal.formulieren.omgeving import Bronoptie, Omgeving
from pip_portal.formulieren.teksten import Tekst
from pip_portal.formulieren.veldtypen.basis import Invoer, Veld
from pip_portal.formulieren.voorwaarden import Soort
from pip_portal.taal import _, ngettext

GEEN = "geen"  # value of the exclusive option beside those of a source
JA_NEE = {True: Tekst(nl="Ja", en="Yes"), False: Tekst(nl="Nee", en="No")}


class Optie(Tekst):
    hint: Tekst | None = None


class _MetOpties(Veld):
    """opties: from the file. opties_uit: path of a source whose list is offered."""

    opties: dict[str, Optie] = Field(default_factory=dict)
    opties_uit: str = ""

    @model_validator(mode="after")
    def _een_van_beide(self) -> "_MetOpties":
        if bool(self.opties) == bool(self.opties_uit):
            raise ValueError("precies één van opties en opties_uit hoort hier")
        return self

    @property
    def vaste_waarden(self) -> tuple[str, ...] | None:
        """Values that can be named in a condition; None when only the source knows them."""
        return None if self.opties_uit else tuple(self.opties)

    def keuzes(self, omgeving: Omgeving) -> dict[str, Optie]:
        """What is on offer now: value -> text."""
        if not self.opties_uit:
            return self.opties
        return {o.waarde: Optie(nl=o.tekst.nl, en=o.tekst.en) for o in omgeving.opties(self.opties_uit)}

    def bronoptie(self, waarde: str, omgeving: Omgeving) -> Bronoptie | None:
        return next((o for o in omgeving.opties(self.opties_uit) if o.waarde == waarde), None)

    def zin_leeg(self) -> str:
        return _("Kies een antwoord op de vraag '%(vraag)s'.") % {"vraag": self.vraag}

    def _niet_te_kiezen(self) -> str:
        return self.zin("keuze", _("Kies een van de antwoorden die hier staan."))


class KeuzeVeld(_MetOpties):
    """voorstel: a rule over earlier answers that proposes one of the options; the citizen decides."""

    type: Literal["keuze"]
    voorstel: Regelgebruik | None = None

    @property
    def soort(self) -> Soort:
        return "keuze"

    def ontleed(self, invoer: Invoer, omgeving: Omgeving) -> str:
        return invoer.get(self.veld).strip()

    def keur(self, waarde: Any, omgeving: Omgeving, waarden: Mapping[str, Any]) -> dict[str, str]:
        return {} if waarde in self.keuzes(omgeving) else {self.veld: self._niet_te_kiezen()}

    def toon(self, waarde: Any, omgeving: Omgeving) -> tuple[Tekst, ...]:
        optie = self.keuzes(omgeving).get(self.typ(waarde))
        return (Tekst(nl=optie.nl, en=optie.en),) if optie else ()

    def onderdeel(self, naam: str, waarde: Any, omgeving: Omgeving) -> Any | None:
        optie = self.bronoptie(waarde, omgeving)
        return optie.kenmerken.get(naam) if optie else None


class MeerkeuzeVeld(_MetOpties):
    """geen: the option that excludes the others; its name in `opties`, or its text beside those of a source."""

    type: Literal["meerkeuze"]
    min: int = Field(0, ge=0)
    max: int | None = Field(None, ge=1)
    geen: Tekst | str | None = None

    @model_validator(mode="after")
    def _geen_bestaat(self) -> "MeerkeuzeVeld":
        if isinstance(self.geen, str) and self.geen not in self.opties:
            raise ValueError(f"geen: '{self.geen}' is geen van de opties")
        return self

    @property
    def soort(self) -> Soort:
        return "meerkeuze"

    @property
    def geen_waarde(self) -> str:
        """Value of the exclusive option; empty when there is none."""
        return self.geen if isinstance(self.geen, str) else GEEN if self.geen else ""

    @property
    def vaste_waarden(self) -> tuple[str, ...] | None:
        return (*self.opties, *((GEEN,) if isinstance(self.geen, Tekst) else ())) if self.opties else None

    def keuzes(self, omgeving: Omgeving) -> dict[str, Optie]:
        eigen = {GEEN: Optie(nl=self.geen.nl, en=self.geen.en)} if isinstance(self.geen, Tekst) else {}
        return super().keuzes(omgeving) | eigen

    def ontleed(self, invoer: Invoer, omgeving: Omgeving) -> list[str]:
        return list(dict.fromkeys(tekst.strip() for tekst in invoer.getlist(self.veld) if tekst.strip()))

    def typ(self, waarde: Any) -> tuple[str, ...]:
        if not isinstance(waarde, (list, tuple)) or not all(isinstance(deel, str) for deel in waarde):
            raise ValueError("geen lijst")
        return tuple(waarde)

    def keur(self, waarde: Any, omgeving: Omgeving, waarden: Mapping[str, Any]) -> dict[str, str]:
        zin, mag = "", self.keuzes(omgeving)
        laag = max(self.min, 1 if self.verplicht else 0)
        gewoon = [deel for deel in waarde if deel != self.geen_waarde]
        if len(set(waarde)) != len(waarde) or any(deel not in mag for deel in waarde):
            zin = self._niet_te_kiezen()
        elif self.geen_waarde in waarde and gewoon:
            woorden = {"geen": str(mag[self.geen_waarde])}
            zin = self.zin("keuze", _("Kies '%(geen)s', of kies een of meer andere antwoorden.") % woorden)
        elif len(waarde) < laag and self.geen_waarde not in waarde:
            zin = ngettext("Kies minstens %(num)d antwoord.", "Kies minstens %(num)d antwoorden.", laag)
            zin = self.zin("min", zin % {"num": laag}, min=laag)
        elif self.max is not None and len(gewoon) > self.max:
            zin = ngettext("Kies maximaal %(num)d antwoord.", "Kies maximaal %(num)d antwoorden.", self.max)
            zin = self.zin("max", zin % {"num": self.max}, max=self.max)
        return {self.veld: zin} if zin else {}

    def toon(self, waarde: Any, omgeving: Omgeving) -> tuple[Tekst, ...]:
        gekozen = [self.keuzes(omgeving).get(deel) for deel in self.typ(waarde)]
        return tuple(Tekst(nl=optie.nl, en=optie.en) for optie in gekozen if optie)

    def als_eigenschap(self, waarde: Any) -> str:
        return ", ".join(self.typ(waarde))

    def ruw_van(self, waarde: Any) -> dict[str, list[str]]:
        return {self.veld: list(waarde)}

    def onderdeel(self, naam: str, waarde: Any, omgeving: Omgeving) -> Any | None:
        """That fact of each chosen option: a condition holds when it holds for one of them."""
        opties = [self.bronoptie(deel, omgeving) for deel in waarde]
        return tuple(optie.kenmerken[naam] for optie in opties if optie and naam in optie.kenmerken)


class JaNeeVeld(Veld):
    type: Literal["janee"]

    @property
    def soort(self) -> Soort:
        return "janee"

    def ontleed(self, invoer: Invoer, omgeving: Omgeving) -> Any:
        return {"ja": True, "nee": False}.get(invoer.get(self.veld).strip(), "anders")

    def typ(self, waarde: Any) -> Any:
        return waarde

    def keur(self, waarde: Any, omgeving: Omgeving, waarden: Mapping[str, Any]) -> dict[str, str]:
        return {} if isinstance(waarde, bool) else {self.veld: self.zin("leeg", self.zin_leeg())}

    def zin_leeg(self) -> str:
        return _("Kies ja of nee bij de vraag '%(vraag)s'.") % {"vraag": self.vraag}

    def keuzes(self, omgeving: Omgeving) -> dict[str, Optie]:
        return {"ja": Optie(nl="Ja", en="Yes"), "nee": Optie(nl="Nee", en="No")}

    def toon(self, waarde: Any, omgeving: Omgeving) -> tuple[Tekst, ...]:
        return (JA_NEE[bool(waarde)],)

    def als_eigenschap(self, waarde: Any) -> str:
        return "ja" if waarde else "nee"

    def ruw_van(self, waarde: Any) -> dict[str, list[str]]:
        return {self.veld: ["ja" if waarde else "nee"]}


class AkkoordVeld(Veld):
    """One box that must be ticked; the question is what someone agrees to."""

    type: Literal["akkoord"]

    @property
    def soort(self) -> Soort:
        return "janee"

    def ontleed(self, invoer: Invoer, omgeving: Omgeving) -> Any:
        return invoer.get(self.veld).strip() == "ja" or "anders"

    def typ(self, waarde: Any) -> Any:
        return waarde

    def keur(self, waarde: Any, omgeving: Omgeving, waarden: Mapping[str, Any]) -> dict[str, str]:
        return {} if waarde is True else {self.veld: self.zin("leeg", self.zin_leeg())}

    def zin_leeg(self) -> str:
        return _("Vink aan: '%(vraag)s'.") % {"vraag": self.vraag}

    def toon(self, waarde: Any, omgeving: Omgeving) -> tuple[Tekst, ...]:
        return (JA_NEE[bool(waarde)],)

    def als_eigenschap(self, waarde: Any) -> str:
        return "ja" if waarde else "nee"

    def ruw_van(self, waarde: Any) -> dict[str, list[str]]:
        return {self.veld: ["ja"] if waarde is True else []}
