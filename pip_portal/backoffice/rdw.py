"""RDW: which vehicle a kenteken belongs to. Open data about vehicles, never about people; every form works without it.

The kenteken stands in the query string of the call: that is the only way this source can be asked.
Source: opendata.rdw.nl, Gekentekende voertuigen (m9d7-ebf2). No hit is a 200 with an empty list.
"""

import re
from datetime import date, datetime
from typing import Annotated, Final

from pydantic import BeforeValidator, Field, TypeAdapter

from pip_portal.backoffice.http import Verbinding
from pip_portal.backoffice.resource import Resource, Tekst
from pip_portal.errors import BackofficeUnavailable

NAAM: Final = "RDW"
KENTEKEN: Final = re.compile(r"[A-Z0-9]{6}")
VELDEN: Final = (
    *("kenteken", "voertuigsoort", "merk", "handelsbenaming", "eerste_kleur", "europese_voertuigcategorie"),
    *("toegestane_maximum_massa_voertuig", "lengte", "wam_verzekerd", "export_indicator", "vervaldatum_apk"),
)


def _datum(waarde: object) -> object:
    """The RDW writes days as 20270112; what is no day is not known."""
    try:
        return datetime.strptime(str(waarde), "%Y%m%d").date()  # noqa: DTZ007  a day has no time zone
    except ValueError:
        return None


def _janee(waarde: object) -> object:
    return {"Ja": True, "Nee": False}.get(str(waarde))


def _getal(waarde: object) -> object:
    """Whole numbers are texts, and 0 stands for not known."""
    tekst = str(waarde)
    return int(tekst) if tekst.isascii() and tekst.isdigit() and int(tekst) else None


Dag = Annotated[date | None, BeforeValidator(_datum)]
JaNee = Annotated[bool | None, BeforeValidator(_janee)]
Getal = Annotated[int | None, BeforeValidator(_getal)]


class Voertuig(Resource):
    """What the RDW publishes of a vehicle. categorie: M1 is a car, N1 a van; massa in kilos, lengte in centimetres.

    None: not known, or it does not apply.
    """

    kenteken: str
    soort: Tekst = Field(default="", alias="voertuigsoort")
    merk: Tekst = ""
    model: Tekst = Field(default="", alias="handelsbenaming")
    kleur: Tekst = Field(default="", alias="eerste_kleur")
    categorie: Tekst = Field(default="", alias="europese_voertuigcategorie")
    massa: Getal = Field(default=None, alias="toegestane_maximum_massa_voertuig")
    lengte: Getal = None
    verzekerd: JaNee = Field(default=None, alias="wam_verzekerd")
    export: JaNee = Field(default=None, alias="export_indicator")
    apk: Dag = Field(default=None, alias="vervaldatum_apk")

    @property
    def naam(self) -> str:
        """VOLKSWAGEN GOLF, grijs: enough to recognise one's own car."""
        model = self.model.removeprefix(self.merk).strip()
        kleur = "" if self.kleur.casefold() in ("", "n.v.t.", "niet geregistreerd") else f", {self.kleur.lower()}"
        return f"{self.merk} {model}".strip() + kleur


_VOERTUIGEN: TypeAdapter[tuple[Voertuig, ...]] = TypeAdapter(tuple[Voertuig, ...])


class Rdw:
    """Looks vehicles up; without a connection every question is an outage, never "unknown"."""

    def __init__(self, verbinding: Verbinding | None) -> None:
        self._verbinding = verbinding

    @property
    def is_ingesteld(self) -> bool:
        return self._verbinding is not None

    async def voertuig(self, kenteken: str) -> Voertuig | None:
        """The vehicle with this kenteken (capitals, no dashes); None when the RDW does not know it.

        Raises: BackofficeUnavailable; BackofficeDefect.
        """
        if self._verbinding is None:
            raise BackofficeUnavailable(NAAM, "niet ingesteld")
        if not KENTEKEN.fullmatch(kenteken):
            return None
        params = {"kenteken": kenteken, "$select": ",".join(VELDEN)}
        gevonden = await self._verbinding.call("GET", "/m9d7-ebf2.json", _VOERTUIGEN, params=params)
        return next((voertuig for voertuig in gevonden if voertuig.kenteken == kenteken), None)

    async def close(self) -> None:
        if self._verbinding is not None:
            await self._verbinding.close()
