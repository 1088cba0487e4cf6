"""What a question can be about and how soon we answer: data/vragen.yaml, read once."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from pip_portal.paths import DATA
from pip_portal.taal import taal
from pip_portal.termijnen import tel_werkdagen


class Naam(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    nl: str
    en: str

    def __str__(self) -> str:
        """In the language of the page."""
        return self.en if taal() == "en" else self.nl


class Onderwerp(BaseModel):
    """werkdagen: within so many working days there is an answer. vast: the page chooses it, not the citizen.

    Source: requirements K1 (kwaliteitshandvest as data).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    sleutel: str = Field(pattern=r"^[a-z]{1,20}$")
    naam: Naam
    werkdagen: int = Field(ge=1, le=60)
    vast: bool = False

    def antwoord_voor(self, dag: date) -> date:
        """The last day on which the answer to a question of this day is on time."""
        return tel_werkdagen(dag, self.werkdagen)


@lru_cache
def onderwerpen(bestand: Path = DATA / "vragen.yaml") -> Mapping[str, Onderwerp]:
    """Every onderwerp by its key, in the order of the file. Raises: ValidationError when the file is wrong."""
    lijst = TypeAdapter(list[Onderwerp]).validate_python(yaml.safe_load(bestand.read_text()))
    return {onderwerp.sleutel: onderwerp for onderwerp in lijst}


def te_kiezen() -> list[Onderwerp]:
    return [onderwerp for onderwerp in onderwerpen().values() if not onderwerp.vast]
