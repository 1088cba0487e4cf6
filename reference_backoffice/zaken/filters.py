"""The filters of GET /zaken and POST /zaken/_zoek: names of the standard to conditions on the tables."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, select

from ..problems import invalid_field
from ..refs import APIS, internal, is_uuid
from ..store import rol, zaak
from ..vertrouwelijkheid import VOLGORDE, niveau
from ..web import Backoffice

BETROKKENETYPEN: Final = (
    "natuurlijk_persoon",
    "niet_natuurlijk_persoon",
    "vestiging",
    "organisatorische_eenheid",
    "medewerker",
)
GENERIEK: Final = (
    "adviseur",
    "behandelaar",
    "belanghebbende",
    "beslisser",
    "initiator",
    "klantcontacter",
    "zaakcoordinator",
    "mede_initiator",
)
ARCHIEFNOMINATIES: Final = ("blijvend_bewaren", "vernietigen")
ARCHIEFSTATUSSEN: Final = ("nog_te_archiveren", "gearchiveerd", "gearchiveerd_procestermijn_onbekend", "overgedragen")
ORDERING: Final = frozenset(
    {"startdatum", "einddatum", "publicatiedatum", "archiefactiedatum", "registratiedatum", "identificatie"}
)

DATES: Final[dict[str, tuple[str, ...]]] = {
    "archiefactiedatum": ("", "lt", "gt", "isnull"),
    "startdatum": ("", "gt", "gte", "lt", "lte"),
    "registratiedatum": ("", "gt", "lt"),
    "einddatum": ("", "gt", "lt", "isnull"),
    "einddatumGepland": ("", "gt", "lt"),
    "uiterlijkeEinddatumAfdoening": ("", "gt", "lt"),
}
IDENTIFICATIE: Final = "rol__betrokkeneIdentificatie__"
ROL_STANDARD: Final = {
    f"{IDENTIFICATIE}natuurlijkPersoon__inpBsn": ("natuurlijk_persoon", "inpBsn"),
    f"{IDENTIFICATIE}natuurlijkPersoon__anpIdentificatie": ("natuurlijk_persoon", "anpIdentificatie"),
    f"{IDENTIFICATIE}natuurlijkPersoon__inpA_nummer": ("natuurlijk_persoon", "inpA_nummer"),
    f"{IDENTIFICATIE}nietNatuurlijkPersoon__innNnpId": ("niet_natuurlijk_persoon", "innNnpId"),
    f"{IDENTIFICATIE}nietNatuurlijkPersoon__annIdentificatie": ("niet_natuurlijk_persoon", "annIdentificatie"),
    f"{IDENTIFICATIE}vestiging__vestigingsNummer": ("vestiging", "vestigingsNummer"),
    f"{IDENTIFICATIE}medewerker__identificatie": ("medewerker", "identificatie"),
    f"{IDENTIFICATIE}organisatorischeEenheid__identificatie": ("organisatorische_eenheid", "identificatie"),
}
ROL_OZ: Final = {
    f"{IDENTIFICATIE}nietNatuurlijkPersoon__kvkNummer": ("niet_natuurlijk_persoon", "kvkNummer"),
    f"{IDENTIFICATIE}nietNatuurlijkPersoon__vestigingsNummer": ("niet_natuurlijk_persoon", "vestigingsNummer"),
    f"{IDENTIFICATIE}vestiging__kvkNummer": ("vestiging", "kvkNummer"),
}
DATE_NAMES: Final = frozenset(
    f"{name}__{suffix}" if suffix else name for name, suffixes in DATES.items() for suffix in suffixes
)
STANDARD: Final = (
    frozenset(
        {
            "identificatie",
            "bronorganisatie",
            "bronorganisatie__in",
            "zaaktype",
            "archiefnominatie",
            "archiefnominatie__in",
            "archiefstatus",
            "archiefstatus__in",
            "maximaleVertrouwelijkheidaanduiding",
            "rol__betrokkeneType",
            "rol__betrokkene",
            "rol__omschrijvingGeneriek",
        }
    )
    | DATE_NAMES
    | ROL_STANDARD.keys()
)
OZ_FILTERS: Final = frozenset({"identificatie__icontains", "omschrijving", "zaaktype__omschrijving"}) | ROL_OZ.keys()
ONLY_ZOEK: Final = frozenset({"uuid__in", "zaaktype__in"})
GET_STANDARD: Final = STANDARD | {"ordering", "expand", "page"}
GET_OZ: Final = OZ_FILTERS | {"pageSize"}

CHOICES: Final = {
    "archiefnominatie": ARCHIEFNOMINATIES,
    "archiefstatus": ARCHIEFSTATUSSEN,
    "maximaleVertrouwelijkheidaanduiding": VOLGORDE,
    "rol__betrokkeneType": BETROKKENETYPEN,
    "rol__omschrijvingGeneriek": GENERIEK,
}


def check_choice(name: str, value: str, choices: tuple[str, ...]) -> str:
    if value not in choices:
        reason = f"Selecteer een geldige keuze. {value} is geen beschikbare keuze."
        raise invalid_field(name, "invalid_choice", reason)
    return value


def check_date(name: str, value: object) -> str:
    try:
        return date.fromisoformat(str(value)).isoformat()
    except ValueError as exc:
        raise invalid_field(name, "invalid", "Voer een geldige datum in.") from exc


def check_boolean(name: str, value: object) -> bool:
    if str(value).lower() not in ("true", "false"):
        raise invalid_field(name, "invalid", "Voer true of false in.")
    return str(value).lower() == "true"


def check_url(name: str, value: object, public_url: str) -> str:
    """The stored form of a URL; "" for a URL of another host, which nothing matches."""
    text = str(value)
    if not text.startswith(("http://", "https://")):
        raise invalid_field(name, "invalid", "Voer een geldige URL in.")
    return internal(text, public_url) or ""


def uuid_or_nothing(name: str, value: object, backoffice: Backoffice, resource: str) -> str:
    """The uuid in the URL of a resource (as `/zaken/api/v1/zaken`); "" when it is the URL of something else."""
    reference = check_url(name, value, backoffice.config.public_url)
    prefix = f"backoffice:{resource}/"
    rest = reference[len(prefix) :] if reference.startswith(prefix) else ""
    return rest if is_uuid(rest) else ""


def list_value(name: str, value: object) -> list[str]:
    if isinstance(value, list):
        return [str(item) for item in value]
    if isinstance(value, str):
        return value.split(",")
    raise invalid_field(name, "not_a_list", "Verwachtte een lijst met items.")


@dataclass(frozen=True)
class Filters:
    """Turns parameters into conditions. in_body: the lists of _zoek are allowed as well."""

    backoffice: Backoffice

    def condition(self, params: dict[str, Any]) -> ColumnElement[bool]:
        """All parameters together; those about a rol must hold for one and the same rol."""
        conditions = [self._one(name, value) for name, value in params.items() if not name.startswith("rol__")]
        rol_params = {name: value for name, value in params.items() if name.startswith("rol__")}
        if rol_params:
            same_rol = select(rol.c.zaak).where(*(self._rol(name, value) for name, value in rol_params.items()))
            conditions.append(zaak.c.uuid.in_(same_rol))
        return and_(True, *conditions)

    def _rol(self, name: str, value: object) -> ColumnElement[bool]:
        if name in CHOICES:
            check_choice(name, str(value), CHOICES[name])
        if name == "rol__betrokkene":
            check_url(name, value, self.backoffice.config.public_url)
        if name.startswith(IDENTIFICATIE):
            soort, column = (ROL_STANDARD | ROL_OZ)[name]
            return and_(rol.c.betrokkeneType == soort, rol.c[column] == str(value))
        return rol.c[name.removeprefix("rol__")] == str(value)

    def _one(self, name: str, value: object) -> ColumnElement[bool]:
        if name in DATE_NAMES:
            return self._date(name, value)
        if name in CHOICES:
            check_choice(name, str(value), CHOICES[name])
        if special := SPECIAL.get(name):
            return special(self.backoffice, value)
        if name.endswith("__in"):
            column = name.removesuffix("__in")
            values = list_value(name, value)
            if column in CHOICES:
                values = [check_choice(name, item, CHOICES[column]) for item in values]
            return zaak.c[column].in_(values)
        return zaak.c[name] == str(value)

    def _date(self, name: str, value: object) -> ColumnElement[bool]:
        column_name, _, operator = name.partition("__")
        column = zaak.c[column_name]
        if operator == "isnull":
            return column.is_(None) if check_boolean(name, value) else column.is_not(None)
        day = check_date(name, value)
        match operator:
            case "gt":
                return column > day
            case "gte":
                return column >= day
            case "lt":
                return column < day
            case "lte":
                return column <= day
            case _:
                return column == day


def _zaaktype(backoffice: Backoffice, value: object) -> ColumnElement[bool]:
    return zaak.c.zaaktype == uuid_or_nothing("zaaktype", value, backoffice, f"{APIS['catalogi']}/zaaktypen")


def _zaaktypen(backoffice: Backoffice, value: object) -> ColumnElement[bool]:
    urls = list_value("zaaktype__in", value)
    resource = f"{APIS['catalogi']}/zaaktypen"
    return zaak.c.zaaktype.in_([uuid_or_nothing("zaaktype__in", url, backoffice, resource) for url in urls])


def _zaaktype_omschrijving(backoffice: Backoffice, value: object) -> ColumnElement[bool]:
    zaaktypen = backoffice.catalogus.soorten["zaaktypen"]
    return zaak.c.zaaktype.in_([uuid for uuid, data in zaaktypen.items() if data["omschrijving"] == value])


def _uuids(_backoffice: Backoffice, value: object) -> ColumnElement[bool]:
    uuids = list_value("uuid__in", value)
    if not all(map(is_uuid, uuids)):
        raise invalid_field("uuidIn", "invalid", "Voer een geldige UUID in.")
    return zaak.c.uuid.in_(uuids)


def _ceiling(_backoffice: Backoffice, value: object) -> ColumnElement[bool]:
    return zaak.c.niveau <= niveau(str(value))


def _identificatie_contains(_backoffice: Backoffice, value: object) -> ColumnElement[bool]:
    return zaak.c.identificatie.icontains(str(value), autoescape=True)


def _omschrijving(_backoffice: Backoffice, value: object) -> ColumnElement[bool]:
    return zaak.c.omschrijving.icontains(str(value), autoescape=True)


SPECIAL: Final[dict[str, Callable[[Backoffice, object], ColumnElement[bool]]]] = {
    "zaaktype": _zaaktype,
    "zaaktype__in": _zaaktypen,
    "zaaktype__omschrijving": _zaaktype_omschrijving,
    "uuid__in": _uuids,
    "maximaleVertrouwelijkheidaanduiding": _ceiling,
    "identificatie__icontains": _identificatie_contains,
    "omschrijving": _omschrijving,
}


def ordered(query: Select[Any], ordering: str) -> Select[Any]:
    """The newest first unless asked otherwise; without a date counts as the largest, as in PostgreSQL."""
    for part in filter(None, ordering.split(",")):
        name = part.removeprefix("-")
        if name not in ORDERING:
            raise invalid_field(
                "ordering", "invalid_choice", f"Selecteer een geldige keuze. {part} is geen beschikbare keuze."
            )
        column = zaak.c[name]
        query = query.order_by(column.desc().nulls_first() if part[0] == "-" else column.asc().nulls_last())
    return query.order_by(zaak.c.volgnr.desc())
