"""Tariffs: what something costs from which day, with the rule that says so."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator, Field, model_validator

from pip_portal.formulieren.teksten import Deel, Tekst


def lees_dag(waarde: object) -> object:
    """Dates stay text in the file; here they become one. Raises: ValueError when the calendar has no such day."""
    return date.fromisoformat(waarde) if isinstance(waarde, str) else waarde


def lees_cent(waarde: object) -> object:
    """Euros as text ("12.50") or as whole euros (12), in cents."""
    if isinstance(waarde, bool):
        return waarde
    if isinstance(waarde, int):
        return waarde * 100
    if isinstance(waarde, str):
        cent = Decimal(waarde) * 100 if waarde.replace(".", "", 1).lstrip("-").isdigit() else None
        if cent is None or cent != cent.to_integral_value():
            raise ValueError('schrijf een bedrag in euro met 2 cijfers na de punt, bijvoorbeeld "12.50"')
        return int(cent)
    return waarde


Dag = Annotated[date, BeforeValidator(lees_dag)]


class Tariefregel(Deel):
    """The amount from this day on, or the number that was decided on (such as how many permits there are).

    bedrag: text in euros. naam: the line in the sum that the citizen reads.
    """

    vanaf: Dag
    bedrag: str = Field("", pattern=r"^\d{1,7}\.\d{2}$")
    aantal: int | None = Field(None, ge=0)
    grondslag: str
    naam: Tekst | None = None

    @model_validator(mode="after")
    def _een_van_beide(self) -> "Tariefregel":
        if bool(self.bedrag) == (self.aantal is not None):
            raise ValueError("precies één van bedrag en aantal hoort hier")
        return self

    @property
    def cent(self) -> int:
        return int(Decimal(self.bedrag) * 100)

    @property
    def waarde(self) -> int:
        """To reckon with: whole cents, or the number."""
        return self.cent if self.aantal is None else self.aantal


@dataclass(frozen=True)
class Tarieven:
    regels: Mapping[str, tuple[Tariefregel, ...]] = field(default_factory=dict)

    def op(self, naam: str, dag: date) -> Tariefregel | None:
        """The line that counts on this day; None when there is none (yet)."""
        geldig = [regel for regel in self.regels.get(naam, ()) if regel.vanaf <= dag]
        return max(geldig, key=lambda regel: regel.vanaf) if geldig else None
