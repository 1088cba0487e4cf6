"""What a machtiging opens: data/machtigingen.yaml, read once."""

from functools import lru_cache
from typing import Any

import yaml
from fastapi import Request
from pydantic import BaseModel, ConfigDict

from pip_portal.paths import DATA


class _Deel(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Naam(_Deel):
    nl: str
    en: str

    def in_taal(self, taal: str) -> str:
        return self.en if taal == "en" else self.nl


class Bereik(_Deel):
    """zaaktypen: identificaties; what is not named is closed."""

    zaaktypen: tuple[str, ...]


class Dienst(Bereik):
    """What a mandate at DigiD Machtigen can be given for."""

    dienst: str
    naam: Naam


class Machtigingen(_Deel):
    diensten: tuple[Dienst, ...]
    gezag: Bereik
    keten: Bereik

    def dienst(self, naam: str) -> Dienst | None:
        return next((dienst for dienst in self.diensten if dienst.dienst == naam), None)


@lru_cache
def machtigingen() -> Machtigingen:
    """Raises: ValueError when the file is wrong; the portal then does not start."""
    gelezen: Any = yaml.safe_load((DATA / "machtigingen.yaml").read_text(encoding="utf-8"))
    return Machtigingen.model_validate(gelezen)


def diensten_met_machtiging(request: Request) -> tuple[Dienst, ...]:
    """For which diensten somebody with a mandate can log in: those that this portal has a ServiceUUID for."""
    dienstverlener = request.app.state.dienstverleners.get("digid")
    ingesteld = dienstverlener.koppeling.machtigingsdiensten if dienstverlener is not None else {}
    return tuple(dienst for dienst in machtigingen().diensten if dienst.dienst in ingesteld)
