"""Objecten API: searching, reading and changing objects."""

from datetime import date
from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from ..checks import Body
from ..config import Objectrecht
from ..problems import Problem, forbidden, invalid_field, not_found
from ..refs import Json, dumps, is_uuid, uuid_of
from ..web import CRS, Backoffice, Context, answer, body_of, check_page, created, page_of, paged, query_of
from . import filters, records
from .objecttypen import SLEUTELS, type_ref
from .tokens import authenticate, require_read, require_write, rights, type_uuid

router = APIRouter(prefix="/objecten/api/v2")

PAGING: Final = frozenset({"page", "pageSize"})
ZOEKEN: Final = frozenset(
    {
        "type",
        "typeVersion",
        "data_attr",
        "data_attrs",
        "data_icontains",
        "date",
        "registrationDate",
        "fields",
        "ordering",
    }
)


def _check_crs(request: Request, *, content: bool = False) -> None:
    """Raises: Problem 412 when Content-Crs lacks where it is asked, 406 for another system than EPSG:4326."""
    if content and "content-crs" not in request.headers:
        raise Problem(412, "precondition_failed", "'Content-Crs' header ontbreekt")
    for header in ("accept-crs", "content-crs"):
        if (value := request.headers.get(header, CRS)) != CRS:
            raise Problem(406, "not_acceptable", f"CRS '{value[:40]}' is niet ondersteund")


@router.get("/objects")
async def list_objects(request: Request, backoffice: Context) -> Response:
    rechten = rights(request)
    _check_crs(request)
    params: Json = dict(query_of(request, ZOEKEN | PAGING))
    expressions = request.query_params.getlist("data_attr")
    return await _search(request, backoffice, rechten, params, expressions)


@router.post("/objects/search")
async def search_objects(request: Request, backoffice: Context) -> Response:
    """What is not a filter here is ignored, as the real one does: a mistyped filter finds everybody's."""
    rechten = rights(request)
    _check_crs(request, content=True)
    query_of(request, PAGING)
    body = await body_of(request)
    if "geometry" in body:
        raise invalid_field("geometry", "invalid", "Zoeken op plaats is hier niet nagebouwd.")
    params = {name: str(body[name]) for name in ZOEKEN if body.get(name) is not None}
    expressions = [params["data_attr"]] if "data_attr" in params else []
    return await _search(request, backoffice, rechten, params, expressions)


async def _search(
    request: Request, backoffice: Backoffice, rechten: dict[str, Objectrecht], params: Json, expressions: list[str]
) -> Response:
    page, size = page_of(dict(request.query_params))
    expressions += [part for part in params.get("data_attrs", "").split(",") if part]
    tests = [filters.test_of(expression) for expression in expressions]
    fields = filters.fields_of(params["fields"]) if params.get("fields") else None
    op, geregistreerd = _day(params, "date"), _day(params, "registrationDate")
    if op is None and geregistreerd is None:
        op = backoffice.config.today()
    async with backoffice.store.read() as db:
        objects = await records.find(
            db, _types(params, rechten), op=op, geregistreerd=geregistreerd, van=_van(expressions)
        )
    if "typeVersion" in params:
        objects = [one for one in objects if str(one["record"]["typeVersion"]) == params["typeVersion"]]
    if text := params.get("data_icontains", "").lower():
        objects = [one for one in objects if text in dumps(one["record"]["data"]).lower()]
    hits = filters.ordered(
        [one for one in objects if all(test(one["record"]["data"]) for test in tests)], params.get("ordering", "")
    )
    check_page(page, size, len(hits))
    request.state.rijen = len(hits[(page - 1) * size : page * size])
    hidden: dict[str, list[str]] = {}
    texts = [dumps(_shown(one, rechten, fields, hidden)) for one in hits[(page - 1) * size : page * size]]
    response = paged(request, texts, len(hits), page, size)
    if hidden:
        url = backoffice.config.public_url
        named = [f"{key.replace('backoffice:', url, 1)}={','.join(names)}" for key, names in hidden.items()]
        response.headers["X-Unauthorized-Fields"] = "; ".join(named)
    return response


def _types(params: Json, rechten: dict[str, Objectrecht]) -> set[str]:
    """Raises: Problem 400 for a type that does not exist."""
    if "type" not in params:
        return set(rechten)
    uuid = uuid_of(params["type"])
    if uuid not in SLEUTELS:
        raise invalid_field("type", "invalid", "Dit objecttype bestaat niet.")
    return {uuid} & rechten.keys()


def _day(params: Json, name: str) -> date | None:
    if name not in params:
        return None
    try:
        return date.fromisoformat(params[name])
    except ValueError as exc:
        raise invalid_field(name, "invalid", "Voer een geldige datum in.") from exc


def _van(expressions: list[str]) -> str | None:
    """Whose objects are asked for, if that is among the filters."""
    for expression in expressions:
        path, operator, value = filters.parts_of(expression)
        if (path, operator) == (["identificatie", "value"], "exact"):
            return value
    return None


def _shown(one: Json, rechten: dict[str, Objectrecht], fields: list[str] | None, hidden: dict[str, list[str]]) -> Json:
    """The fields that were asked for and may be seen; what may not is added to hidden, by type and version."""
    objecttype, versie = uuid_of(one["type"]), str(one["record"]["typeVersion"])
    allowed = rechten[objecttype].velden
    if allowed is None:
        return one if fields is None else filters.pick(one, fields)
    seen = filters.pick(one, allowed.get(versie, ()))
    if unseen := sorted(set(filters.leaves(one)) - set(filters.leaves(seen))):
        hidden[f"{one['type']}({versie})"] = unseen
    return seen if fields is None else filters.pick(seen, fields)


@router.get("/objects/{uuid}")
async def get_object(request: Request, uuid: str, backoffice: Context) -> Response:
    rechten = rights(request)
    _check_crs(request)
    params = query_of(request, frozenset({"fields"}))
    async with backoffice.store.read() as db:
        require_read(rechten, await records.type_of(db, uuid))
        one = await records.current(db, uuid, backoffice.config.today())
    hidden: dict[str, list[str]] = {}
    shown = _shown(one, rechten, filters.fields_of(params["fields"]) if params.get("fields") else None, hidden)
    response = answer(request, dumps(shown))
    for names in hidden.values():
        response.headers["X-Unauthorized-Fields"] = ",".join(names)
    return response


@router.post("/objects")
async def create_object(request: Request, backoffice: Context) -> Response:
    rechten = rights(request)
    _check_crs(request, content=True)
    query_of(request, frozenset())
    body = Body(await body_of(request), backoffice.config.public_url)
    objecttype = uuid_of(body.text("type", 1000, required=True) or "")
    if not body.fouten and objecttype not in SLEUTELS:
        body.fault("type", "invalid", "Dit objecttype bestaat niet.")
    uuid = body.text("uuid", 36) if "uuid" in body.body else None
    if uuid is not None and not is_uuid(uuid):
        body.fault("uuid", "invalid", "Voer een geldige UUID in.")
    given = _record(body)
    body.done()
    require_write(rechten, objecttype)
    async with backoffice.store.write() as db:
        data = await records.create(db, objecttype, given, backoffice.config.today(), uuid)
    return created(request, data)


def _record(body: Body, was: Json | None = None) -> Json:
    """The record that was sent. was: the one it changes, of which it keeps what it does not name."""
    record: Any = body.body.get("record")
    if not isinstance(record, dict):
        if was is None or record is not None:
            body.fault("record", "required", "Dit veld is vereist.")
        record = {}
    inner = Body(record, body.public_url, partial=was is not None)
    inner.date("startAt", required=True)
    versie = record.get("typeVersion")
    if ("typeVersion" in record or was is None) and (not isinstance(versie, int) or isinstance(versie, bool)):
        inner.fault("typeVersion", "required" if versie is None else "invalid", "Een geldig getal is vereist.")
    if not isinstance(record.get("data", {}), dict):
        inner.fault("data", "invalid", "Ongeldige data.")
    correctie = record.get("correctionFor")
    if correctie is not None and (not isinstance(correctie, int) or isinstance(correctie, bool)):
        inner.fault("correctionFor", "invalid", "Een geldig getal is vereist.")
    if record.get("geometry") is not None:
        inner.fault("geometry", "not-allowed", "Dit objecttype mag geen geometrie hebben.")
    for fout in inner.fouten:
        body.fault(f"record.{fout.name}", fout.code, fout.reason)
    named = {name: record[name] for name in ("typeVersion", "startAt", "correctionFor", "references") if name in record}
    kept = {name: was[name] for name in ("typeVersion", "startAt", "references")} if was else {}
    data = records.internal_urls(record.get("data") or {}, body.public_url)
    return {**kept, **named, "data": data}


@router.api_route("/objects/{uuid}", methods=["PUT", "PATCH"])
async def change_object(request: Request, uuid: str, backoffice: Context) -> Response:
    rechten = rights(request)
    _check_crs(request, content=True)
    query_of(request, frozenset())
    partial = request.method == "PATCH"
    body = Body(await body_of(request), backoffice.config.public_url, partial=partial)
    async with backoffice.store.write() as db:
        objecttype = await records.type_of(db, uuid)
        require_write(rechten, objecttype)
        was = (await records.current(db, uuid, backoffice.config.today()))["record"]
        if not partial and "type" not in body.body:
            body.fault("type", "required", "Dit veld is vereist.")
        if uuid_of(str(body.body.get("type", objecttype))) != objecttype:
            body.fault("type", "immutable-field", "Dit veld mag niet gewijzigd worden.")
        given = _record(body, was if partial else None)
        body.done()
        if partial and "data" not in body.body.get("record", {}):
            given["data"] = was["data"]
        elif partial and not backoffice.beheer.patch_vervangt:
            given["data"] = records.merged(was["data"], given["data"])
        actie = "partial_update" if partial else "update"
        data = await records.add_record(db, uuid, objecttype, given, backoffice.config.today(), actie)
    return answer(request, dumps(data))


@router.delete("/objects/{uuid}")
async def remove_object(request: Request, uuid: str, backoffice: Context) -> Response:
    rechten = rights(request)
    async with backoffice.store.write() as db:
        objecttype = await records.type_of(db, uuid)
        require_write(rechten, objecttype)
        await records.remove(db, uuid, objecttype)
    return Response(status_code=204)


async def _history(request: Request, backoffice: Backoffice, uuid: str) -> list[Json]:
    """Raises: Problem 403 also for who may see only some fields, as history cannot be shown in part."""
    rechten = rights(request)
    _check_crs(request)
    async with backoffice.store.read() as db:
        if require_read(rechten, await records.type_of(db, uuid)).velden is not None:
            raise forbidden()
        found = await records.history(db, uuid)
    return [{name: value for name, value in record.items() if name != "references"} for record in found]


@router.get("/objects/{uuid}/history")
async def list_history(request: Request, uuid: str, backoffice: Context) -> Response:
    params = query_of(request, PAGING)
    found = await _history(request, backoffice, uuid)
    page, size = page_of(params)
    check_page(page, size, len(found))
    return paged(request, [dumps(record) for record in found[(page - 1) * size : page * size]], len(found), page, size)


@router.get("/objects/{uuid}/{index}")
async def get_history_record(request: Request, uuid: str, index: int, backoffice: Context) -> Response:
    found = await _history(request, backoffice, uuid)
    if not 1 <= index <= len(found):
        raise not_found()
    return answer(request, dumps(found[index - 1]))


@router.get("/permissions")
async def list_permissions(request: Request) -> Response:
    params = query_of(request, PAGING)
    rows = [
        {
            "type": type_ref(type_uuid(recht.objecttype)),
            "mode": recht.mode,
            "use_fields": recht.velden is not None,
            "fields": recht.velden,
        }
        for recht in authenticate(request).rechten
    ]
    page, size = page_of(params)
    return paged(request, [dumps(row) for row in rows], len(rows), page, size)
