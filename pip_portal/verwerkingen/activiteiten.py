"""The register of processing: data/verwerkingen.yaml, read once."""

from collections.abc import Mapping
from functools import lru_cache

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from pip_portal.paths import DATA
from pip_portal.taal import taal


class Tekst(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    nl: str
    en: str

    def __str__(self) -> str:
        """In the language of the page."""
        return self.en if taal() == "en" else self.nl


class Activiteit(BaseModel):
    """onderdelen: which route names belong to it. Source: AVG art. 30 (register), art. 5 and 6 (doel, grondslag)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sleutel: str = Field(pattern=r"^[a-z]{1,20}$")
    naam: Tekst
    omdat: Tekst
    doel: Tekst
    grondslag: Tekst
    onderdelen: tuple[str, ...]


@lru_cache
def activiteiten() -> Mapping[str, Activiteit]:
    """Every activiteit by its sleutel, in the order of the file. Raises: ValidationError when the file is wrong."""
    inhoud = yaml.safe_load((DATA / "verwerkingen.yaml").read_text())
    lijst = TypeAdapter(list[Activiteit]).validate_python(inhoud)
    return {activiteit.sleutel: activiteit for activiteit in lijst}


@lru_cache
def _per_onderdeel() -> Mapping[str, str]:
    return {naam: a.sleutel for a in activiteiten().values() for naam in a.onderdelen}


def activiteit_van(route: str) -> str | None:
    """The sleutel for the name of a route; None when the register does not know it."""
    per_onderdeel = _per_onderdeel()
    return per_onderdeel.get(route) or per_onderdeel.get(route.partition(":")[0])


def overig() -> str:
    """The sleutel for what the register names nowhere."""
    return next(iter(activiteiten()))
