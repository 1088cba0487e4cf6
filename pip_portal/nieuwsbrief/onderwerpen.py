"""What there are newsletters about: data/nieuwsbrieven.yaml, read once."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from pip_portal.paths import DATA
from pip_portal.taal import N_, _, taal

Frequentie = Literal["direct", "wekelijks", "maandelijks"]
FREQUENTIES: Final[Mapping[Frequentie, str]] = {
    "direct": N_("Meteen als er nieuws is"),
    "wekelijks": N_("1 keer per week"),
    "maandelijks": N_("1 keer per maand"),
}
GROEPEN: Final[Mapping[str, str]] = {
    "stad": N_("Heel Deventer"),
    "kern": N_("De stad en de dorpen"),
    "wijk": N_("Wijken in de stad"),
    "thema": N_("Waar het over gaat"),
    "bedrijf": N_("Voor bedrijven"),
}


class _Deel(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Tekst(_Deel):
    nl: str
    en: str

    def in_taal(self, code: str) -> str:
        return self.en if code == "en" else self.nl

    def __str__(self) -> str:
        """In the language of the page."""
        return self.in_taal(taal())


class Onderwerp(_Deel):
    code: str = Field(pattern=r"^[a-z][a-z-]{1,58}$")
    groep: Literal["stad", "kern", "wijk", "thema", "bedrijf"]
    voor: Literal["burger", "bedrijf"] = "burger"
    naam: Tekst
    tekst: Tekst
    frequenties: tuple[Frequentie, ...] = ("direct", "wekelijks", "maandelijks")

    def passend(self, wens: str) -> Frequentie:
        """This frequency when the newsletter has it, else the first that it has, which is never more often."""
        return next((f for f in self.frequenties if f == wens), self.frequenties[0])


@lru_cache
def onderwerpen(bestand: Path = DATA / "nieuwsbrieven.yaml") -> Mapping[str, Onderwerp]:
    """Every newsletter by its code, in the order of the file.

    Raises: ValidationError or ValueError when the file is wrong.
    """
    lijst = TypeAdapter(list[Onderwerp]).validate_python(yaml.safe_load(bestand.read_text()))
    alle = {onderwerp.code: onderwerp for onderwerp in lijst}
    if len(alle) != len(lijst):
        raise ValueError(f"{bestand.name}: een code komt twee keer voor")
    return alle


def naam_van(code: str) -> str:
    """Its name in the language of the page; the code when the newsletter does not exist any more."""
    onderwerp = onderwerpen().get(code)
    return str(onderwerp.naam) if onderwerp else code


def in_groepen(*, bedrijf_eerst: bool = False) -> list[tuple[str, list[Onderwerp]]]:
    """(heading, newsletters) in the order of the page; for a company what is for companies comes first."""
    volgorde = sorted(GROEPEN, key=lambda groep: bedrijf_eerst and groep != "bedrijf")
    return [(_(GROEPEN[groep]), [o for o in onderwerpen().values() if o.groep == groep]) for groep in volgorde]
