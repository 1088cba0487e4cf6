"""Documenten API: reading. Metadata, download, gebruiksrechten, and the mirror objectinformatieobjecten."""

import json
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from fastapi import APIRouter, Request
from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import Response, StreamingResponse

from . import pdf
from .problems import Problem, invalid_field, not_found
from .refs import APIS, Json, dumps, ref, uuid_of, zaak_ref
from .resources import utc
from .rights import Toegang
from .store import bestandsdeel, document, documentversie, inhoud, onderdeel
from .web import (
    VERSIES,
    Backoffice,
    Context,
    check_page,
    detail,
    listing,
    page_of,
    paged,
    query_of,
    require,
)
from .zaken.filters import check_url, uuid_or_nothing

router = APIRouter(prefix="/documenten/api/v1")

DOCUMENTEN: Final = f"{APIS['documenten']}/enkelvoudiginformatieobjecten"
ZAKEN: Final = f"{APIS['zaken']}/zaken"
CHUNK: Final = 64 * 1024
OZ_LIST: Final = frozenset({"pageSize", "objectinformatieobjecten__object", "titel"})
VERSIE: Final = frozenset({"versie", "registratieOp"})


@dataclass(frozen=True)
class Versie:
    """One version of a document: its metadata and where its bytes are."""

    data: Json
    bron: str
    inhoud: str
    lock: str
    niveau: int
    informatieobjecttype: str


async def with_parts(db: AsyncConnection, versie: Versie, *, show_lock: bool = False) -> Json:
    """The metadata as it is now: locked or not, and the parts while there are any."""
    uuid = uuid_of(versie.data["url"])
    rows = (
        await db.execute(
            select(
                bestandsdeel.c.uuid,
                bestandsdeel.c.volgnummer,
                bestandsdeel.c.omvang,
                bestandsdeel.c.bytes.is_not(None).label("voltooid"),
            )
            .where(bestandsdeel.c.document == uuid)
            .order_by(bestandsdeel.c.volgnummer)
        )
    ).all()
    delen = [
        {
            "url": ref("documenten", "bestandsdelen", row.uuid),
            "volgnummer": row.volgnummer,
            "omvang": row.omvang,
            "voltooid": bool(row.voltooid),
            "lock": versie.lock if show_lock else "",
        }
        for row in rows
    ]
    return versie.data | {"locked": bool(versie.lock), "bestandsdelen": delen}


async def find_versie(db: AsyncConnection, uuid: str, toegang: Toegang, params: dict[str, str] | None = None) -> Versie:
    """The latest version, or the one that `versie` or `registratieOp` names.

    Raises: Problem 404 when there is none, or when it is above the ceiling of this client.
    """
    query = (
        select(documentversie, document.c.lock, document.c.niveau, document.c.informatieobjecttype)
        .join(document, document.c.uuid == documentversie.c.document)
        .where(document.c.uuid == uuid, toegang.clause(document, "informatieobjecttype"))
        .order_by(documentversie.c.versie.desc())
    )
    versies = [
        Versie(json.loads(row.data), row.bron, row.inhoud, row.lock, row.niveau, row.informatieobjecttype)
        for row in (await db.execute(query)).all()
    ]
    for versie in versies:
        if _is_asked(versie.data, params or {}):
            return versie
    raise not_found()


def _is_asked(data: Json, params: dict[str, str]) -> bool:
    if (nummer := params.get("versie")) is not None:
        return str(data["versie"]) == nummer
    if (moment := params.get("registratieOp")) is not None:
        try:
            return bool(data["beginRegistratie"] <= utc(datetime.fromisoformat(moment)))
        except ValueError as exc:
            raise invalid_field("registratieOp", "invalid", "Voer een geldige datum en tijd in.") from exc
    return True


@router.get("/enkelvoudiginformatieobjecten")
async def list_documents(request: Request, backoffice: Context) -> Response:
    toegang = require(request, "drc", "documenten.lezen")
    params = query_of(request, frozenset({"identificatie", "bronorganisatie", "expand", "page"}), OZ_LIST)
    page, size = page_of(params)
    condition = and_(toegang.clause(document, "informatieobjecttype"), _list_condition(backoffice, params))
    query = (
        select(documentversie, document.c.lock, document.c.niveau, document.c.informatieobjecttype)
        .join(
            document, and_(document.c.uuid == documentversie.c.document, document.c.versie == documentversie.c.versie)
        )
        .where(condition)
        .order_by(document.c.volgnr.desc())
    )
    async with backoffice.store.read() as db:
        count = await db.scalar(select(func.count()).select_from(document).where(condition)) or 0
        check_page(page, size, count)
        rows = (await db.execute(query.limit(size).offset((page - 1) * size))).all()
        found = []
        for row in rows:
            versie = Versie(json.loads(row.data), row.bron, row.inhoud, row.lock, row.niveau, row.informatieobjecttype)
            found.append(expanded(backoffice, await with_parts(db, versie), params.get("expand", "")))
    request.state.rijen = len(found)
    return paged(request, list(map(dumps, found)), count, page, size)


def _list_condition(backoffice: Backoffice, params: dict[str, str]) -> ColumnElement[bool]:
    conditions: list[ColumnElement[bool]] = [
        document.c[name] == params[name] for name in ("identificatie", "bronorganisatie") if name in params
    ]
    if (url := params.get("objectinformatieobjecten__object")) is not None:
        zaak_uuid = uuid_or_nothing("objectinformatieobjecten__object", url, backoffice, ZAKEN)
        linked = select(onderdeel.c.ander).where(
            onderdeel.c.soort == "zaakinformatieobject", onderdeel.c.ouder == zaak_uuid
        )
        conditions.append(document.c.uuid.in_(linked))
    if (titel := params.get("titel")) is not None:
        same = select(documentversie.c.document).where(documentversie.c.data.contains(dumps(titel), autoescape=True))
        conditions.append(document.c.uuid.in_(same))
    return and_(True, *conditions)


def expanded(backoffice: Backoffice, data: Json, expand: str) -> Json:
    if not expand:
        return data
    if expand != "informatieobjecttype":
        raise invalid_field("expand", "invalid_choice", f'"{expand}" is een ongeldige keuze.')
    return data | {"_expand": {"informatieobjecttype": backoffice.catalogus.at(data["informatieobjecttype"])}}


@router.api_route("/enkelvoudiginformatieobjecten/{uuid}", methods=["GET", "HEAD"])
async def get_document(request: Request, uuid: str, backoffice: Context) -> Response:
    toegang = require(request, "drc", "documenten.lezen")
    params = query_of(request, VERSIE | {"expand"})
    async with backoffice.store.read() as db:
        data = await with_parts(db, await find_versie(db, uuid, toegang, params))
    expand = params.get("expand", "")
    return detail(request, dumps(data), dumps(expanded(backoffice, data, expand)) if expand else None)


@router.get("/enkelvoudiginformatieobjecten/{uuid}/download")
async def download_document(request: Request, uuid: str, backoffice: Context) -> Response:
    toegang = require(request, "drc", "documenten.lezen")
    params = query_of(request, VERSIE)
    accept = request.headers.get("accept", "*/*")
    if not any(part in accept for part in ("*/*", "application/*", "application/octet-stream")):
        raise Problem(406, "not_acceptable")
    async with backoffice.store.read() as db:
        versie = await find_versie(db, uuid, toegang, params)
        content = await _content(db, versie)
    headers = {"API-version": VERSIES["documenten"], "Content-Disposition": f'attachment; filename="{uuid}.bin"'}
    headers["Content-Length"] = str(versie.data["bestandsomvang"] or 0)
    return StreamingResponse(content, headers=headers, media_type="application/octet-stream")


async def _content(db: AsyncConnection, versie: Versie) -> AsyncIterator[bytes]:
    """Raises: Problem 404 while the content is not there."""
    if versie.bron == "generator":
        return _streamed(pdf.large(versie.data["titel"], versie.data["bestandsomvang"]))
    if versie.bron == "inhoud":
        stored: bytes | None = await db.scalar(select(inhoud.c.bytes).where(inhoud.c.id == versie.inhoud))
        if stored is not None:
            return _streamed(stored[start : start + CHUNK] for start in range(0, len(stored), CHUNK))
    raise not_found()


async def _streamed(chunks: Iterable[bytes]) -> AsyncIterator[bytes]:
    """The chunks from the event loop itself: a thread per chunk would cost more than the chunk."""
    for chunk in chunks:
        yield chunk


@router.get("/gebruiksrechten")
async def list_gebruiksrechten(request: Request, backoffice: Context) -> Response:
    toegang = require(request, "drc", "documenten.lezen")
    params = query_of(request, frozenset({"informatieobject"}))
    conditions: list[ColumnElement[bool]] = [
        onderdeel.c.soort == "gebruiksrecht",
        onderdeel.c.ouder.in_(visible(toegang)),
    ]
    if (url := params.get("informatieobject")) is not None:
        conditions.append(onderdeel.c.ouder == uuid_or_nothing("informatieobject", url, backoffice, DOCUMENTEN))
    async with backoffice.store.read() as db:
        return listing(request, list((await db.scalars(select(onderdeel.c.data).where(*conditions))).all()))


@router.api_route("/gebruiksrechten/{uuid}", methods=["GET", "HEAD"])
async def get_gebruiksrecht(request: Request, uuid: str, backoffice: Context) -> Response:
    toegang = require(request, "drc", "documenten.lezen")
    query = select(onderdeel.c.data).where(
        onderdeel.c.uuid == uuid, onderdeel.c.soort == "gebruiksrecht", onderdeel.c.ouder.in_(visible(toegang))
    )
    async with backoffice.store.read() as db:
        text = await db.scalar(query)
    if text is None:
        raise not_found()
    return detail(request, text)


def visible(toegang: Toegang) -> Any:
    return select(document.c.uuid).where(toegang.clause(document, "informatieobjecttype"))


@router.get("/objectinformatieobjecten")
async def list_objectinformatieobjecten(request: Request, backoffice: Context) -> Response:
    """The mirror of zaak- and besluitinformatieobjecten, as this API keeps it."""
    toegang = require(request, "drc", "documenten.lezen")
    params = query_of(request, frozenset({"object", "informatieobject"}))
    soorten = ("zaakinformatieobject", "besluitinformatieobject")
    conditions: list[ColumnElement[bool]] = [onderdeel.c.soort.in_(soorten), onderdeel.c.ander.in_(visible(toegang))]
    if (url := params.get("object")) is not None:
        reference = check_url("object", url, backoffice.config.public_url)
        conditions.append(onderdeel.c.ouder == uuid_of(reference))
    if (url := params.get("informatieobject")) is not None:
        conditions.append(onderdeel.c.ander == uuid_or_nothing("informatieobject", url, backoffice, DOCUMENTEN))
    query = select(onderdeel.c.uuid, onderdeel.c.soort, onderdeel.c.ouder, onderdeel.c.ander).where(*conditions)
    async with backoffice.store.read() as db:
        rows = (await db.execute(query.order_by(onderdeel.c.volgnr).limit(1000))).all()
    return listing(request, [dumps(_mirror(row.uuid, row.soort, row.ouder, row.ander)) for row in rows])


def _mirror(uuid: str, soort: str, ouder: str, ander: str) -> Json:
    object_type = soort.removesuffix("informatieobject")
    return {
        "url": ref("documenten", "objectinformatieobjecten", uuid),
        "informatieobject": ref("documenten", "enkelvoudiginformatieobjecten", ander),
        "object": zaak_ref(ouder) if object_type == "zaak" else ref("besluiten", "besluiten", ouder),
        "objectType": object_type,
    }
