"""What the objecttypes of bericht and taak hold, in the shapes that servers have for them.

Source: taak v2 and its older, flat form (NL Portal); bericht is a convention of NL Portal (backoffice-apis §10, §11).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final, Generic, Literal, TypeVar
from uuid import UUID

from pydantic import Field, ValidationError

from pip_portal.backoffice.resource import Datum, Moment, Resource, Tekst, dag_in_nederland
from pip_portal.errors import BackofficeDefect

T = TypeVar("T", bound="Inhoud")

NAAM: Final = "het systeem met berichten en taken"

Identificatie = tuple[str, str]  # type and value
Data = Mapping[str, Any]


class Record(Resource):
    """data: as it is stored, to send it back with what changed."""

    index: int
    type_version: int
    data: dict[str, Any] = Field(repr=False)


class Objectrij(Resource):
    uuid: UUID
    type: str
    record: Record

    @property
    def identificatie(self) -> Identificatie:
        """Whose it is.

        Raises: BackofficeDefect when that is not said, as when our token may not read that field.
        """
        wie = self.record.data.get("identificatie")
        if not isinstance(wie, dict) or not wie.get("type") or not wie.get("value"):
            raise BackofficeDefect(f"{NAAM}: een object zegt niet van wie het is; mag het token dat veld lezen?")
        return str(wie["type"]), str(wie["value"])


class Inhoud(Resource):
    """rij: the object it was read from."""

    rij: Objectrij = Field(repr=False)

    @property
    def uuid(self) -> UUID:
        return self.rij.uuid


class Bericht(Inhoud):
    """termijn: last day to do what is asked. referentie: number of a zaak, may be absent. tekst: plain, or HTML.

    compleet False: our token may not read all of it.
    """

    onderwerp: Tekst = Field(default="", repr=False)
    bericht_tekst: Tekst = Field(default="", repr=False)
    bericht_type: Tekst = ""
    handelingsperspectief: Tekst = ""
    einddatum_handelingstermijn: Datum = None
    publicatiedatum: date
    referentie: Tekst = ""
    bijlages: tuple[str, ...] | None = None
    geopend: bool | None = None

    @property
    def compleet(self) -> bool:
        return {"onderwerp", "berichtTekst"} <= self.rij.record.data.keys()

    @property
    def vraagt(self) -> bool:
        """Something is asked of the reader, not only told."""
        return self.handelingsperspectief in ("betalen", "informatie verstrekken") or self.bericht_type in (
            "betaalverzoek",
            "verzoek",
        )


class Verwijzing(Resource):
    soort: Tekst = ""
    value: Tekst = ""


class Link(Resource):
    uri: str


class Taakformulier(Resource):
    formulier: Verwijzing
    data: dict[str, Any] | None = Field(default=None, repr=False)


class Betaling(Resource):
    """bedrag: in euros."""

    bedrag: Decimal
    betaalkenmerk: Tekst = ""

    @property
    def cent(self) -> int:
        return int(self.bedrag * 100)


class Koppeling(Resource):
    registratie: Tekst = ""
    uuid: Tekst = ""
    value: Tekst = ""


class Taak(Inhoud):
    """Something that is asked of somebody. verloopdatum: not after that moment. is_plat: of the older objecttype."""

    titel: str = Field(repr=False)
    status: str
    soort: Literal["url", "portaalformulier", "ogonebetaling"]
    verloopdatum: Moment | None = None
    koppeling: Koppeling | None = None
    url: Link | None = None
    portaalformulier: Taakformulier | None = None
    ogonebetaling: Betaling | None = None
    is_plat: bool = False

    @property
    def zaak_uuid(self) -> str:
        """Of the zaak it belongs to; "" for none. Servers differ in where they put it."""
        koppeling = self.koppeling
        return (koppeling.uuid or koppeling.value) if koppeling and koppeling.registratie == "zaak" else ""

    @property
    def uiterlijk(self) -> date | None:
        """Last day to do it; what ends at midnight, ends with the day before."""
        return dag_in_nederland(self.verloopdatum - timedelta(seconds=1)) if self.verloopdatum else None

    def is_open(self, moment: datetime) -> bool:
        return self.status == "open" and not self.is_verlopen(moment)

    def is_verlopen(self, moment: datetime) -> bool:
        return self.verloopdatum is not None and self.verloopdatum < moment

    def afgerond(self, verzonden: Data) -> dict[str, Any]:
        """What changes in it when these answers are given."""
        if self.is_plat:
            return {"status": "ingediend", "verzondenData": dict(verzonden)}
        return {"status": "afgerond", "portaalformulier": {"verzonden_data": dict(verzonden)}}

    def heeft(self, verzonden: Data) -> bool:
        """Whether these very answers were given before."""
        data = self.rij.record.data
        if self.is_plat:
            return bool(data.get("verzondenData") == dict(verzonden))
        return bool((data.get("portaalformulier") or {}).get("verzonden_data") == dict(verzonden))


@dataclass(frozen=True, slots=True)
class Lijst(Generic[T]):
    """onleesbaar: how many there are besides these that make no sense to us. er_is_meer: older ones were not read."""

    rijen: tuple[T, ...]
    onleesbaar: int = 0
    er_is_meer: bool = False


def lees_als(rij: Objectrij, soort: type[T]) -> T:
    """Raises: BackofficeDefect when it does not fit."""
    data = rij.record.data
    try:
        return soort.model_validate({**(_v2(data) if soort is Taak else data), "rij": rij})
    except ValidationError as exc:
        waar = ", ".join(".".join(map(str, e["loc"])) for e in exc.errors(include_input=False, include_url=False)[:3])
        raise BackofficeDefect(f"{NAAM}: {soort.__name__.lower()} past niet: {waar}") from None


def _v2(data: Data) -> dict[str, Any]:
    """A taak of the older, flat objecttype as the one of now. Source: NL Portal taak v1."""
    if "title" not in data:
        return dict(data)
    formulier = data.get("formulier") or {}
    extern = formulier.get("type") == "externalurl"
    verwijzing = {"soort": formulier.get("type"), "value": formulier.get("value")}
    return {
        "titel": data["title"],
        "status": data.get("status"),
        "verloopdatum": data.get("verloopdatum"),
        "soort": "url" if extern else "portaalformulier",
        "url": {"uri": formulier.get("value")} if extern else None,
        "portaalformulier": None if extern else {"formulier": verwijzing, "data": data.get("data")},
        "koppeling": {"registratie": "zaak", "uuid": data.get("zaak")},
        "is_plat": True,
    }
