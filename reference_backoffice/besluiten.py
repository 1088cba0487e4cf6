"""Besluiten API, read-only. A besluit is as visible as its besluittype allows; it has no vertrouwelijkheid."""

from typing import Final

from fastapi import APIRouter, Request
from sqlalchemy import and_, func, select
from starlette.responses import Response

from .problems import invalid_field, not_found
from .refs import APIS
from .store import onderdeel
from .web import Context, check_page, detail, listing, page_of, paged, query_of, require
from .zaken.filters import uuid_or_nothing

router = APIRouter(prefix="/besluiten/api/v1")

ZAKEN: Final = f"{APIS['zaken']}/zaken"
BESLUITTYPEN: Final = f"{APIS['catalogi']}/besluittypen"
BESLUITEN: Final = f"{APIS['besluiten']}/besluiten"
DOCUMENTEN: Final = f"{APIS['documenten']}/enkelvoudiginformatieobjecten"
FILTERS: Final = frozenset({"besluittype", "identificatie", "verantwoordelijkeOrganisatie", "zaak", "page"})


@router.get("/besluiten")
async def list_besluiten(request: Request, backoffice: Context) -> Response:
    require(request, "brc", "besluiten.lezen")
    params = query_of(request, FILTERS, frozenset({"pageSize"}))
    page, size = page_of(params)
    conditions = [onderdeel.c.soort == "besluit"]
    if "zaak" in params:
        conditions.append(onderdeel.c.ouder == uuid_or_nothing("zaak", params["zaak"], backoffice, ZAKEN))
    if "besluittype" in params:
        uuid = uuid_or_nothing("besluittype", params["besluittype"], backoffice, BESLUITTYPEN)
        conditions.append(onderdeel.c.ander == uuid)
    if "identificatie" in params:
        conditions.append(onderdeel.c.sleutel == params["identificatie"])
    if (rsin := params.get("verantwoordelijkeOrganisatie")) is not None:
        if not (rsin.isascii() and rsin.isdigit() and len(rsin) == 9):
            raise invalid_field("verantwoordelijkeOrganisatie", "invalid", "Onjuist RSIN nummer")
        conditions.append(onderdeel.c.data.contains(f'"verantwoordelijkeOrganisatie":"{rsin}"'))
    query = select(onderdeel.c.data).where(*conditions).order_by(onderdeel.c.volgnr.desc())
    async with backoffice.store.read() as db:
        count = await db.scalar(select(func.count()).select_from(onderdeel).where(and_(*conditions))) or 0
        check_page(page, size, count)
        texts = list((await db.scalars(query.limit(size).offset((page - 1) * size))).all())
    request.state.rijen = len(texts)
    return paged(request, texts, count, page, size)


@router.get("/besluitinformatieobjecten")
async def list_besluitinformatieobjecten(request: Request, backoffice: Context) -> Response:
    require(request, "brc", "besluiten.lezen")
    params = query_of(request, frozenset({"besluit", "informatieobject"}))
    conditions = [onderdeel.c.soort == "besluitinformatieobject"]
    if "besluit" in params:
        conditions.append(onderdeel.c.ouder == uuid_or_nothing("besluit", params["besluit"], backoffice, BESLUITEN))
    if "informatieobject" in params:
        uuid = uuid_or_nothing("informatieobject", params["informatieobject"], backoffice, DOCUMENTEN)
        conditions.append(onderdeel.c.ander == uuid)
    query = select(onderdeel.c.data).where(*conditions).order_by(onderdeel.c.volgnr)
    async with backoffice.store.read() as db:
        return listing(request, list((await db.scalars(query)).all()))


@router.api_route("/besluiten/{uuid}", methods=["GET", "HEAD"])
async def get_besluit(request: Request, uuid: str, backoffice: Context) -> Response:
    return await _detail(request, backoffice, uuid, "besluit")


@router.api_route("/besluitinformatieobjecten/{uuid}", methods=["GET", "HEAD"])
async def get_besluitinformatieobject(request: Request, uuid: str, backoffice: Context) -> Response:
    return await _detail(request, backoffice, uuid, "besluitinformatieobject")


async def _detail(request: Request, backoffice: Context, uuid: str, soort: str) -> Response:
    require(request, "brc", "besluiten.lezen")
    query_of(request, frozenset())
    query = select(onderdeel.c.data).where(onderdeel.c.uuid == uuid, onderdeel.c.soort == soort)
    async with backoffice.store.read() as db:
        text = await db.scalar(query)
    if text is None:
        raise not_found()
    return detail(request, text)
