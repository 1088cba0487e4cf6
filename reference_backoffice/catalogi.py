"""Catalogi API, read-only."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from .problems import invalid_field, not_found
from .refs import Json, dumps, internal
from .web import Context, detail, paged_in_memory, query_of, require

router = APIRouter(prefix="/catalogi/api/v1")

OZ: Final = frozenset({"pageSize"})
VERSIE: Final = frozenset({"datumGeldigheid", "status"})
VAN_ZAAKTYPE: Final = VERSIE | {"zaaktype", "zaaktypeIdentificatie"}
FILTERS: dict[str, frozenset[str]] = {
    "catalogussen": frozenset({"domein", "domein__in", "rsin", "rsin__in"}),
    "zaaktypen": VERSIE
    | {"catalogus", "identificatie", "identificatie__icontains", "omschrijving__icontains", "trefwoorden"},
    "statustypen": VAN_ZAAKTYPE,
    "resultaattypen": VAN_ZAAKTYPE,
    "roltypen": VAN_ZAAKTYPE | {"omschrijving", "omschrijvingGeneriek"},
    "eigenschappen": VAN_ZAAKTYPE,
    "informatieobjecttypen": VERSIE | {"catalogus", "omschrijving", "omschrijving__icontains", "zaaktype"},
    "zaaktype-informatieobjecttypen": frozenset({"zaaktype", "informatieobjecttype", "richting", "status"}),
    "besluittypen": VERSIE | {"catalogus", "omschrijving", "informatieobjecttypen", "zaaktypen"},
}
URLS: Final = frozenset({"catalogus", "zaaktype", "informatieobjecttype", "informatieobjecttypen", "zaaktypen"})


def _matches(data: Json, name: str, value: str) -> bool:
    if name.endswith("__icontains"):
        return value.lower() in str(data[name.removesuffix("__icontains")]).lower()
    if name.endswith("__in"):
        return data[name.removesuffix("__in")] in value.split(",")
    if name == "zaaktype" and "zaaktypen" in data:
        return value in data["zaaktypen"]
    own = data.get(name)
    return value in own if isinstance(own, list) else str(own) == value


def _value(name: str, value: str, public_url: str) -> str:
    if name not in URLS:
        return value
    if not value.startswith(("http://", "https://")):
        raise invalid_field(name, "invalid", "Voer een geldige URL in.")
    return internal(value, public_url) or ""


def _status_filter(value: str, zaaktype_of: Callable[[Json], Json]) -> Callable[[Json], bool]:
    if value not in ("alles", "concept", "definitief"):
        raise invalid_field(
            "status", "invalid_choice", f"Selecteer een geldige keuze. {value} is geen beschikbare keuze."
        )
    return lambda data: value == "alles" or bool(zaaktype_of(data).get("concept")) == (value == "concept")


def _valid_on(value: str, zaaktype_of: Callable[[Json], Json]) -> Callable[[Json], bool]:
    try:
        date.fromisoformat(value)
    except ValueError as exc:
        raise invalid_field("datumGeldigheid", "invalid", "Voer een geldige datum in.") from exc

    def is_valid(data: Json) -> bool:
        version = zaaktype_of(data)
        return version["beginGeldigheid"] <= value and (version["eindeGeldigheid"] or "9999") >= value

    return is_valid


def _list(soort: str) -> Callable[..., Awaitable[Response]]:
    async def list_resources(request: Request, backoffice: Context) -> Response:
        require(request, "ztc", "catalogi.lezen")
        params = query_of(request, FILTERS[soort] | {"page"}, OZ)
        catalogus = backoffice.catalogus

        def zaaktype_of(data: Json) -> Json:
            return catalogus.at(data["zaaktype"]) if "zaaktype" in data else data

        rows = list(catalogus.soorten[soort].values())
        if soort != "catalogussen":
            rows = list(filter(_status_filter(params.pop("status", "definitief"), zaaktype_of), rows))
        if (dag := params.pop("datumGeldigheid", None)) is not None:
            rows = list(filter(_valid_on(dag, zaaktype_of), rows))
        for name in params.keys() - {"page", "pageSize"}:
            value = _value(name, params[name], backoffice.config.public_url)
            rows = [data for data in rows if _matches(data, name, value)]
        request.state.rijen = 0
        return paged_in_memory(request, rows, params)

    return list_resources


def _detail(soort: str) -> Callable[..., Awaitable[Response]]:
    async def get_resource(request: Request, uuid: str, backoffice: Context) -> Response:
        require(request, "ztc", "catalogi.lezen")
        query_of(request, frozenset())
        data = backoffice.catalogus.get(soort, uuid)
        if data is None:
            raise not_found()
        return detail(request, dumps(data))

    return get_resource


for _soort in FILTERS:
    router.add_api_route(f"/{_soort}", _list(_soort), methods=["GET"])
    router.add_api_route(f"/{_soort}/{{uuid}}", _detail(_soort), methods=["GET", "HEAD"])
