"""Reading zaken and what hangs under them."""

import json
from typing import Any, Final

from fastapi import APIRouter, Request
from sqlalchemy import ColumnElement, Select, Table, and_, func, select
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import Response

from ..problems import invalid_field, not_found
from ..refs import APIS, dumps, is_uuid
from ..rights import Toegang
from ..store import onderdeel, rol, zaak
from ..web import (
    Backoffice,
    Context,
    body_of,
    check_crs,
    check_page,
    detail,
    listing,
    page_of,
    paged,
    query_of,
    require,
)
from . import filters
from .expand import Expander, parse
from .filters import BETROKKENETYPEN, GENERIEK, Filters, check_boolean, check_choice, uuid_or_nothing

router = APIRouter(prefix="/zaken/api/v1")

ZAKEN: Final = f"{APIS['zaken']}/zaken"


@router.get("/zaken")
async def list_zaken(request: Request, backoffice: Context) -> Response:
    toegang = require(request, "zrc", "zaken.lezen")
    check_crs(request)
    params: dict[str, Any] = query_of(request, filters.GET_STANDARD, filters.GET_OZ)
    return await search(request, backoffice, toegang, params, params)


@router.post("/zaken/_zoek")
async def search_zaken(request: Request, backoffice: Context) -> Response:
    toegang = require(request, "zrc", "zaken.lezen")
    check_crs(request, content=True)
    paging = query_of(request, frozenset({"page"}), frozenset({"pageSize", "expand"}))
    body = await body_of(request)
    if not body:
        raise invalid_field("nonFieldErrors", "empty_search_body", "Zoekopdracht mag niet leeg zijn.")
    known = filters.STANDARD | filters.ONLY_ZOEK | {"ordering", "expand"}
    # As the real one does: a key that is not known is ignored, not refused.
    params = {name: value for name, value in body.items() if name in known}
    return await search(request, backoffice, toegang, params, paging)


async def search(
    request: Request, backoffice: Backoffice, toegang: Toegang, params: dict[str, Any], paging: dict[str, str]
) -> Response:
    page, size = page_of(paging)
    asked = str(params.pop("expand", paging.get("expand", "")))
    expand = parse(asked)
    ordering = str(params.pop("ordering", ""))
    names = params.keys() - {"page", "pageSize"}
    condition = Filters(backoffice).condition({name: params[name] for name in names})
    condition = and_(condition, toegang.clause(zaak, "zaaktype"))
    query = filters.ordered(select(zaak.c.data).where(condition), ordering)
    async with backoffice.store.read() as db:
        count = await db.scalar(select(func.count()).select_from(zaak).where(condition)) or 0
        check_page(page, size, count)
        texts = list((await db.scalars(query.limit(size).offset((page - 1) * size))).all())
        request.state.rijen = len(texts)
        if asked:
            request.state.uitgebreid = len(texts) if expand else 0
            rows = [json.loads(text) for text in texts]
            await Expander(db, backoffice.catalogus, toegang).fill("zaak", rows, expand)
            texts = list(map(dumps, rows))
    return paged(request, texts, count, page, size)


@router.api_route("/zaken/{uuid}", methods=["GET", "HEAD"])
async def get_zaak(request: Request, uuid: str, backoffice: Context) -> Response:
    toegang = require(request, "zrc", "zaken.lezen")
    check_crs(request)
    params = query_of(request, frozenset({"expand"}))
    expand = parse(params.get("expand", ""))
    async with backoffice.store.read() as db:
        text = await zaak_text(db, uuid, toegang)
        expanded = None
        if params.get("expand"):
            request.state.uitgebreid = len(expand.tree)
            row = json.loads(text)
            await Expander(db, backoffice.catalogus, toegang).fill("zaak", [row], expand)
            expanded = dumps(row)
    return detail(request, text, expanded)


async def zaak_text(db: AsyncConnection, uuid: str, toegang: Toegang) -> str:
    """Raises: Problem 404 when there is no such zaak, 403 when it is hidden from this client."""
    row = (await db.execute(select(zaak.c.data, zaak.c.zaaktype).where(zaak.c.uuid == uuid))).first()
    if row is None:
        raise not_found()
    text: str = row.data
    toegang.require(row.zaaktype, json.loads(text)["vertrouwelijkheidaanduiding"])
    return text


def visible_zaken(toegang: Toegang) -> Select[tuple[str]]:
    return select(zaak.c.uuid).where(toegang.clause(zaak, "zaaktype"))


async def page_of_table(
    request: Request, backoffice: Backoffice, table: Table, condition: ColumnElement[bool], params: dict[str, str]
) -> Response:
    """A page of rows that hang under a zaak, newest first."""
    page, size = page_of(params)
    order = (table.c.sleutel.desc(), table.c.volgnr.desc()) if "sleutel" in table.c else (table.c.volgnr.desc(),)
    query = select(table.c.data).where(condition).order_by(*order, table.c.uuid)
    async with backoffice.store.read() as db:
        count = await db.scalar(select(func.count()).select_from(table).where(condition)) or 0
        check_page(page, size, count)
        texts = list((await db.scalars(query.limit(size).offset((page - 1) * size))).all())
    return paged(request, texts, count, page, size)


async def detail_of_table(
    request: Request, backoffice: Backoffice, table: Table, uuid: str, soort: str = ""
) -> Response:
    toegang = require(request, "zrc", "zaken.lezen")
    query_of(request, frozenset())
    ouder = table.c.ouder if soort else table.c.zaak
    query = select(table.c.data, ouder).where(table.c.uuid == uuid)
    if soort:
        query = query.where(table.c.soort == soort)
    async with backoffice.store.read() as db:
        row = (await db.execute(query)).first()
        if row is None:
            raise not_found()
        await zaak_text(db, row[1], toegang)
    return detail(request, row[0])


ROL_COLUMNS: Final = {
    name.removeprefix("rol__"): target for name, target in (filters.ROL_STANDARD | filters.ROL_OZ).items()
}
ROL_FILTERS: Final = frozenset(name.removeprefix("rol__") for name in filters.ROL_STANDARD) | {
    "zaak",
    "betrokkene",
    "betrokkeneType",
    "roltype",
    "omschrijving",
    "omschrijvingGeneriek",
    "page",
}


@router.get("/rollen")
async def list_rollen(request: Request, backoffice: Context) -> Response:
    toegang = require(request, "zrc", "zaken.lezen")
    oz = frozenset(name.removeprefix("rol__") for name in filters.ROL_OZ) | {"pageSize"}
    params = query_of(request, ROL_FILTERS, oz)
    conditions: list[ColumnElement[bool]] = [rol.c.zaak.in_(visible_zaken(toegang))]
    for name in params.keys() - {"page", "pageSize"}:
        conditions.append(_rol_condition(backoffice, name, params[name]))
    return await page_of_table(request, backoffice, rol, and_(*conditions), params)


def _rol_condition(backoffice: Backoffice, name: str, value: str) -> ColumnElement[bool]:
    if name in ROL_COLUMNS:
        soort, column = ROL_COLUMNS[name]
        return and_(rol.c.betrokkeneType == soort, rol.c[column] == value)
    if name == "zaak":
        return rol.c.zaak == uuid_or_nothing(name, value, backoffice, ZAKEN)
    if name == "roltype":
        return rol.c.roltype == uuid_or_nothing(name, value, backoffice, f"{APIS['catalogi']}/roltypen")
    if name == "betrokkene":
        filters.check_url(name, value, backoffice.config.public_url)
    if name == "betrokkeneType":
        check_choice(name, value, BETROKKENETYPEN)
    if name == "omschrijvingGeneriek":
        check_choice(name, value, GENERIEK)
    return rol.c[name] == value


@router.get("/statussen")
async def list_statussen(request: Request, backoffice: Context) -> Response:
    toegang = require(request, "zrc", "zaken.lezen")
    known = frozenset({"zaak", "statustype", "indicatieLaatstGezetteStatus", "page"})
    params = query_of(request, known, frozenset({"pageSize"}))
    condition = _onderdelen(backoffice, toegang, "status", params, ("statustype", f"{APIS['catalogi']}/statustypen"))
    if (value := params.get("indicatieLaatstGezetteStatus")) is not None:
        marker = f'"indicatieLaatstGezetteStatus":{dumps(check_boolean("indicatieLaatstGezetteStatus", value))}'
        condition = and_(condition, onderdeel.c.data.contains(marker, autoescape=True))
    return await page_of_table(request, backoffice, onderdeel, condition, params)


@router.get("/resultaten")
async def list_resultaten(request: Request, backoffice: Context) -> Response:
    toegang = require(request, "zrc", "zaken.lezen")
    params = query_of(request, frozenset({"zaak", "resultaattype", "page"}), frozenset({"pageSize"}))
    other = ("resultaattype", f"{APIS['catalogi']}/resultaattypen")
    condition = _onderdelen(backoffice, toegang, "resultaat", params, other)
    return await page_of_table(request, backoffice, onderdeel, condition, params)


@router.get("/zaakinformatieobjecten")
async def list_zaakinformatieobjecten(request: Request, backoffice: Context) -> Response:
    toegang = require(request, "zrc", "zaken.lezen")
    params = query_of(request, frozenset({"zaak", "informatieobject"}))
    other = ("informatieobject", f"{APIS['documenten']}/enkelvoudiginformatieobjecten")
    condition = _onderdelen(backoffice, toegang, "zaakinformatieobject", params, other)
    query = select(onderdeel.c.data).where(condition).order_by(onderdeel.c.volgnr.desc(), onderdeel.c.uuid)
    async with backoffice.store.read() as db:
        return listing(request, list((await db.scalars(query)).all()))


def _onderdelen(
    backoffice: Backoffice, toegang: Toegang, soort: str, params: dict[str, str], other: tuple[str, str]
) -> ColumnElement[bool]:
    """Rows of one kind under visible zaken. other: name and resource of the second filter."""
    conditions: list[ColumnElement[bool]] = [onderdeel.c.soort == soort, onderdeel.c.ouder.in_(visible_zaken(toegang))]
    name, resource = other
    if (zaak_url := params.get("zaak")) is not None:
        conditions.append(onderdeel.c.ouder == uuid_or_nothing("zaak", zaak_url, backoffice, ZAKEN))
    if (url := params.get(name)) is not None:
        conditions.append(onderdeel.c.ander == uuid_or_nothing(name, url, backoffice, resource))
    return and_(*conditions)


@router.get("/zaken/{zaak_uuid}/zaakeigenschappen")
async def list_zaakeigenschappen(request: Request, zaak_uuid: str, backoffice: Context) -> Response:
    return await _list_under_zaak(request, zaak_uuid, backoffice, "zaakeigenschap")


@router.get("/zaken/{zaak_uuid}/besluiten")
async def list_besluiten_of_zaak(request: Request, zaak_uuid: str, backoffice: Context) -> Response:
    return await _list_under_zaak(request, zaak_uuid, backoffice, "zaakbesluit")


async def _list_under_zaak(request: Request, zaak_uuid: str, backoffice: Backoffice, soort: str) -> Response:
    toegang = require(request, "zrc", "zaken.lezen")
    query_of(request, frozenset())
    query = select(onderdeel.c.data).where(onderdeel.c.soort == soort, onderdeel.c.ouder == zaak_uuid)
    async with backoffice.store.read() as db:
        await zaak_text(db, zaak_uuid, toegang)
        return listing(request, list((await db.scalars(query.order_by(onderdeel.c.volgnr))).all()))


@router.api_route("/zaken/{zaak_uuid}/zaakeigenschappen/{uuid}", methods=["GET", "HEAD"])
async def get_zaakeigenschap(request: Request, zaak_uuid: str, uuid: str, backoffice: Context) -> Response:
    await _check_under(backoffice, zaak_uuid, uuid)
    return await detail_of_table(request, backoffice, onderdeel, uuid, "zaakeigenschap")


@router.api_route("/zaken/{zaak_uuid}/besluiten/{uuid}", methods=["GET", "HEAD"])
async def get_zaakbesluit(request: Request, zaak_uuid: str, uuid: str, backoffice: Context) -> Response:
    await _check_under(backoffice, zaak_uuid, uuid)
    return await detail_of_table(request, backoffice, onderdeel, uuid, "zaakbesluit")


async def _check_under(backoffice: Backoffice, zaak_uuid: str, uuid: str) -> None:
    query = select(onderdeel.c.uuid).where(onderdeel.c.uuid == uuid, onderdeel.c.ouder == zaak_uuid)
    async with backoffice.store.read() as db:
        if not is_uuid(zaak_uuid) or (await db.scalar(query)) is None:
            raise not_found()


@router.api_route("/rollen/{uuid}", methods=["GET", "HEAD"])
async def get_rol(request: Request, uuid: str, backoffice: Context) -> Response:
    return await detail_of_table(request, backoffice, rol, uuid)


@router.api_route("/statussen/{uuid}", methods=["GET", "HEAD"])
async def get_status(request: Request, uuid: str, backoffice: Context) -> Response:
    return await detail_of_table(request, backoffice, onderdeel, uuid, "status")


@router.api_route("/resultaten/{uuid}", methods=["GET", "HEAD"])
async def get_resultaat(request: Request, uuid: str, backoffice: Context) -> Response:
    return await detail_of_table(request, backoffice, onderdeel, uuid, "resultaat")


@router.api_route("/zaakinformatieobjecten/{uuid}", methods=["GET", "HEAD"])
async def get_zaakinformatieobject(request: Request, uuid: str, backoffice: Context) -> Response:
    return await detail_of_table(request, backoffice, onderdeel, uuid, "zaakinformatieobject")
