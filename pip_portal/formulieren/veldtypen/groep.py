"""A group that repeats: people, cars, tents. Each item has an id of its own, never a place in the list."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from pip_portal.formulieren.omgeving import Omgeving
from pip_portal.formulieren.teksten import Tekst
from pip_portal.formulieren.veldtypen.basis import Invoer, Veld
from pip_portal.formulieren.veldtypen.bestand import BestandVeld
from pip_portal.formulieren.veldtypen.getallen import BedragVeld, GetalVeld
from pip_portal.formulieren.veldtypen.keuzes import AkkoordVeld, JaNeeVeld, KeuzeVeld, MeerkeuzeVeld
from pip_portal.formulieren.veldtypen.nummers import (
    BsnVeld,
    EmailVeld,
    IbanVeld,
    KentekenVeld,
    KvkVeld,
    TelefoonVeld,
)
from pip_portal.formulieren.veldtypen.plekken import AdresVeld, LocatieVeld
from pip_portal.formulieren.veldtypen.tekst import TekstVeld, TekstvlakVeld
from pip_portal.formulieren.veldtypen.tijden import DatumVeld, PeriodeVeld, TijdVeld
from pip_portal.formulieren.veldtypen.tonen import GegevensVeld, UitlegVeld
from pip_portal.formulieren.voorwaarden import Soort
from pip_portal.taal import _, ngettext

_Enkel = (
    TekstVeld
    | TekstvlakVeld
    | GetalVeld
    | BedragVeld
    | DatumVeld
    | PeriodeVeld
    | TijdVeld
    | KeuzeVeld
    | MeerkeuzeVeld
    | JaNeeVeld
    | AkkoordVeld
    | EmailVeld
    | TelefoonVeld
    | BsnVeld
    | KvkVeld
    | IbanVeld
    | KentekenVeld
    | AdresVeld
    | BestandVeld
    | LocatieVeld
    | GegevensVeld
    | UitlegVeld
)
EnkelVeld = Annotated[_Enkel, Field(discriminator="type")]


class GroepVeld(Veld):
    """Items are judged one by one in verloop.py, because their questions have conditions too."""

    type: Literal["groep"]
    item: Tekst
    velden: tuple[EnkelVeld, ...] = Field(min_length=1)
    min: int = Field(0, ge=0, le=50)
    max: int = Field(50, ge=1, le=50)
    uniek: str = ""

    @model_validator(mode="after")
    def _uniek_bestaat(self) -> "GroepVeld":
        if self.uniek and self.uniek not in [veld.veld for veld in self.velden]:
            raise ValueError(f"uniek: '{self.uniek}' is geen vraag van deze groep")
        return self

    @property
    def soort(self) -> Soort:
        return "lijst"

    @property
    def minimum(self) -> int:
        return max(self.min, 1 if self.verplicht else 0)

    def is_leeg(self, invoer: Invoer) -> bool:
        return False

    def ontleed(self, invoer: Invoer, omgeving: Omgeving) -> Any:
        return []

    def typ(self, waarde: Any) -> tuple[Any, ...]:
        if not isinstance(waarde, (list, tuple)) or not all(
            isinstance(item, dict) and isinstance(item.get("id"), str) for item in waarde
        ):
            raise ValueError("geen items")
        return tuple(waarde)

    def keur(self, waarde: Any, omgeving: Omgeving, waarden: Mapping[str, Any]) -> dict[str, str]:
        """How many there are, and whether one thing was not filled in twice."""
        aantal, zin = len(waarde), ""
        if aantal < self.minimum:
            zin = ngettext("Voeg er minstens %(num)d toe.", "Voeg er minstens %(num)d toe.", self.minimum)
            zin = self.zin("leeg" if aantal == 0 else "min", zin % {"num": self.minimum}, min=self.minimum)
        elif aantal > self.max:
            zin = ngettext("U kunt er maximaal %(num)d toevoegen.", "U kunt er maximaal %(num)d toevoegen.", self.max)
            zin = self.zin("max", zin % {"num": self.max}, max=self.max)
        elif self.uniek:
            gegeven = [str(item.get(self.uniek)) for item in waarde if item.get(self.uniek) is not None]
            if len(set(gegeven)) != len(gegeven):
                zin = self.zin("uniek", _("Er staat er een dubbel. Verwijder er een, of kies een andere."))
        return {self.veld: zin} if zin else {}

    def toon(self, waarde: Any, omgeving: Omgeving) -> tuple[Tekst, ...]:
        """A line for each item: its visible answers after each other. See also verloop.Itemstand."""
        regels = []
        for item in self.typ(waarde):
            delen = [
                tekst
                for veld in self.velden
                if veld.heeft_antwoord and item.get(veld.veld) is not None
                for tekst in veld.toon(item[veld.veld], omgeving)
            ]
            regels.append(Tekst(nl=", ".join(d.nl for d in delen), en=", ".join(d.en for d in delen)))
        return tuple(regels)

    def als_eigenschap(self, waarde: Any) -> str:
        return str(len(self.typ(waarde)))

    def ruw_van(self, waarde: Any) -> dict[str, list[str]]:
        return {}


EenVeld = Annotated[_Enkel | GroepVeld, Field(discriminator="type")]
