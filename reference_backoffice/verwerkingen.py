"""Verwerkingenlogging API 0.9.0: which processing of whose data happened, written by other systems and read back.

Source: the Bewerking API (verwerkingsacties) and the Inzage API (verwerkte-objecten) of VNG, under one root.
"""

import json
from datetime import date
from typing import Annotated, Any, Final, Literal
from uuid import UUID, uuid4

from fastapi import APIRouter, Request
from pydantic import Field, StringConstraints
from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import Response

from .klantinteracties.invoer import Invoer, Moment, read
from .problems import forbidden, invalid_field, not_found
from .refs import Json, dumps, is_uuid, ref
from .resources import now, utc
from .rights import authenticate
from .store import verwerkingsactie, verwerktobject
from .termijnen import is_duration
from .web import Backoffice, Context, answer, body_of, created, get_backoffice, paged_in_memory, query_of

router = APIRouter(prefix="/verwerkingen/api/v1")

T242 = Annotated[str, StringConstraints(max_length=242)]
T40 = Annotated[str, StringConstraints(max_length=40)]
Url = Annotated[str, StringConstraints(max_length=2042, pattern=r"^https?://\S+$")]
Vertrouwelijkheid = Literal["normaal", "vertrouwelijk", "opgeheven"]
VERPLICHT: Final = ("objecttype", "soortObjectId", "objectId")
# What another organisation or the person may not see of an action.
INTERN: Final = ("systeem", "gebruiker", "gegevensbron")


class Gegeven(Invoer):
    soort_gegeven: T242


class Object(Invoer):
    objecttype: Literal["persoon"]
    soort_object_id: T242
    object_id: T40
    betrokkenheid: T242 | None = None
    verwerkte_soorten_gegevens: list[Gegeven] = Field(default_factory=list)


class Actie(Invoer):
    actie_naam: T242 | None = None
    handeling_naam: T242 | None = None
    verwerking_naam: T242 | None = None
    verwerking_id: UUID | None = None
    verwerkingsactiviteit_id: UUID | None = None
    verwerkingsactiviteit_url: Url | None = None
    vertrouwelijkheid: Vertrouwelijkheid = "normaal"
    bewaartermijn: T40 | None = None
    uitvoerder: Annotated[str, StringConstraints(pattern="^[0-9]{20}$")] | None = None
    systeem: T242 | None = None
    gebruiker: T40 | None = None
    gegevensbron: T242 | None = None
    soort_afnemer_id: T242 | None = None
    afnemer_id: T40 | None = None
    verwerkingsactiviteit_id_afnemer: UUID | None = None
    verwerkingsactiviteit_url_afnemer: Url | None = None
    verwerking_id_afnemer: UUID | None = None
    tijdstip: Moment
    verwerkte_objecten: Annotated[list[Object], Field(min_length=1)]


class Wijziging(Invoer):
    bewaartermijn: T40 | None = None
    vertrouwelijkheid: Vertrouwelijkheid | None = None


def _require(request: Request) -> None:
    """Raises: Problem 403 for a client that has nothing to do with this log."""
    config = get_backoffice(request).config
    client = authenticate(request.headers.get("authorization"), config.clients, config.jwt_geldig_seconden)
    if not client.verwerkingen:
        raise forbidden()


def _read(model: type[Invoer], body: Json) -> Json:
    data = read(model, body).model_dump(mode="json", by_alias=True, exclude_none=True)
    if not is_duration(data.get("bewaartermijn", "P1D")):
        raise invalid_field("bewaartermijn", "invalid", "Tijdsduur heeft een ongeldig formaat.")
    return data


async def _insert(db: AsyncConnection, uuid: str, data: Json, volgnr: int) -> None:
    data |= {"url": ref("verwerkingen", "verwerkingsacties", uuid), "actieId": uuid, "tijdstipRegistratie": utc(now())}
    objecten = []
    for nummer, given in enumerate(data["verwerkteObjecten"]):
        object_uuid = str(uuid4())
        url = ref("verwerkingen", "verwerkte-objecten", object_uuid)
        objecten.append({"url": url, "verwerktObjectId": object_uuid} | given)
        row = {veld: given[veld] for veld in VERPLICHT}
        row |= {"uuid": object_uuid, "actie": uuid, "volgnr": nummer, "data": dumps(objecten[-1])}
        await db.execute(verwerktobject.insert().values(row))
    data["verwerkteObjecten"] = objecten
    columns = ("verwerkingId", "verwerkingsactiviteitId", "vertrouwelijkheid", "tijdstip")
    row = {veld: data.get(veld) for veld in columns} | {"uuid": uuid, "volgnr": volgnr, "data": dumps(data)}
    await db.execute(verwerkingsactie.insert().values(row))


@router.post("/verwerkingsacties")
async def create_actie(request: Request, backoffice: Context) -> Response:
    _require(request)
    data, uuid = _read(Actie, await body_of(request)), str(uuid4())
    async with backoffice.store.write() as db:
        volgnr = (await db.scalar(select(func.max(verwerkingsactie.c.volgnr))) or 0) + 1
        await _insert(db, uuid, data, volgnr)
    return created(request, data)


def _day(params: dict[str, str], name: str) -> str:
    try:
        return date.fromisoformat(params[name]).isoformat()
    except ValueError:
        raise invalid_field(name, "invalid", "Voer een geldige datum in.") from None


def _conditions(request: Request, extra: frozenset[str]) -> tuple[dict[str, str], list[ColumnElement[bool]]]:
    """The filters on objects and the acties they were in.

    Raises: Problem 400, also when it is not said whose data.
    """
    names = frozenset({*VERPLICHT, "beginDatum", "eindDatum", "verwerkingsactiviteitId", "page"}) | extra
    params = query_of(request, names)
    for name in VERPLICHT:
        if not params.get(name):
            raise invalid_field(name, "required", "Dit veld is vereist.")
    actie = verwerkingsactie.c
    conditions: list[ColumnElement[bool]] = [verwerktobject.c[name] == params[name] for name in VERPLICHT]
    if "beginDatum" in params:
        conditions.append(actie.tijdstip >= _day(params, "beginDatum"))
    if "eindDatum" in params:
        conditions.append(actie.tijdstip < _day(params, "eindDatum"))
    if activiteit := params.get("verwerkingsactiviteitId"):
        if not is_uuid(activiteit):
            raise invalid_field("verwerkingsactiviteitId", "invalid", "Voer een geldige UUID in.")
        conditions.append(actie.verwerkingsactiviteitId == activiteit.lower())
    return params, conditions


@router.get("/verwerkingsacties")
async def list_acties(request: Request, backoffice: Context) -> Response:
    """The acties with an object in them, oldest first."""
    _require(request)
    params, conditions = _conditions(request, frozenset({"vertrouwelijkheid"}))
    if wanted := request.query_params.getlist("vertrouwelijkheid"):
        conditions.append(verwerkingsactie.c.vertrouwelijkheid.in_(",".join(wanted).split(",")))
    query = select(verwerkingsactie.c.data).join(verwerktobject, verwerktobject.c.actie == verwerkingsactie.c.uuid)
    query = query.where(*conditions).order_by(verwerkingsactie.c.tijdstip, verwerkingsactie.c.volgnr).distinct()
    return await _page(request, backoffice, query, params)


async def _page(request: Request, backoffice: Backoffice, query: Any, params: dict[str, str]) -> Response:
    async with backoffice.store.read() as db:
        texts = (await db.scalars(query)).all()
    return paged_in_memory(request, [json.loads(text) for text in texts], params)


async def _load(db: AsyncConnection, uuid: str) -> Json:
    text = await db.scalar(select(verwerkingsactie.c.data).where(verwerkingsactie.c.uuid == uuid))
    if text is None:
        raise not_found()
    data: Json = json.loads(text)
    return data


@router.get("/verwerkingsacties/{uuid}")
async def get_actie(request: Request, uuid: str, backoffice: Context) -> Response:
    _require(request)
    async with backoffice.store.read() as db:
        return answer(request, dumps(await _load(db, uuid)))


@router.put("/verwerkingsacties/{uuid}")
async def replace_actie(request: Request, uuid: str, backoffice: Context) -> Response:
    _require(request)
    data = _read(Actie, await body_of(request))
    async with backoffice.store.write() as db:
        await _load(db, uuid)
        await db.execute(delete(verwerktobject).where(verwerktobject.c.actie == uuid))
        table = verwerkingsactie
        volgnr = await db.scalar(select(table.c.volgnr).where(table.c.uuid == uuid)) or 0
        await db.execute(delete(table).where(table.c.uuid == uuid))
        await _insert(db, uuid, data, volgnr)
    return answer(request, dumps(data))


@router.patch("/verwerkingsacties")
async def change_verwerking(request: Request, backoffice: Context) -> Response:
    """Another bewaartermijn or vertrouwelijkheid for all acties of one verwerking."""
    _require(request)
    verwerking = query_of(request, frozenset({"verwerkingId"})).get("verwerkingId", "").lower()
    if not is_uuid(verwerking):
        raise invalid_field("verwerkingId", "invalid", "Voer een geldige UUID in.")
    changes = _read(Wijziging, await body_of(request))
    table = verwerkingsactie
    async with backoffice.store.write() as db:
        rows = (await db.execute(select(table.c.uuid, table.c.data).where(table.c.verwerkingId == verwerking))).all()
        if not rows:
            raise not_found()
        for uuid, text in rows:
            data = json.loads(text) | changes
            values = {"data": dumps(data), "vertrouwelijkheid": data["vertrouwelijkheid"]}
            await db.execute(update(table).where(table.c.uuid == uuid).values(values))
    return Response(status_code=204)


def _limited(actie: Json, verwerkt: Json) -> Json:
    """The actie as the person may see it. The specification requires verwerkteObjecten: those of others stay out."""
    shown = {veld: waarde for veld, waarde in actie.items() if veld not in INTERN}
    return shown | {"verwerkteObjecten": [verwerkt]}


@router.get("/verwerkte-objecten")
async def list_objecten(request: Request, backoffice: Context) -> Response:
    """What was done with the data of one person, without what is confidential."""
    _require(request)
    params, conditions = _conditions(request, frozenset())
    joined = verwerktobject.join(verwerkingsactie, verwerktobject.c.actie == verwerkingsactie.c.uuid)
    conditions.append(verwerkingsactie.c.vertrouwelijkheid != "vertrouwelijk")
    query = select(verwerktobject.c.data, verwerkingsactie.c.data).select_from(joined).where(*conditions)
    async with backoffice.store.read() as db:
        found = (await db.execute(query.order_by(verwerkingsactie.c.tijdstip))).all()
    rows = [(json.loads(verwerkt), json.loads(actie)) for verwerkt, actie in found]
    shown = [verwerkt | {"verwerkingsactie": _limited(actie, verwerkt)} for verwerkt, actie in rows]
    return paged_in_memory(request, shown, params)


@router.get("/verwerkte-objecten/{uuid}")
async def get_object(request: Request, uuid: str, backoffice: Context) -> Response:
    _require(request)
    async with backoffice.store.read() as db:
        query = select(verwerktobject.c.data, verwerktobject.c.actie).where(verwerktobject.c.uuid == uuid)
        found = (await db.execute(query)).first()
        if found is None:
            raise not_found()
        actie = await _load(db, found.actie)
    if actie["vertrouwelijkheid"] == "vertrouwelijk":
        raise not_found()
    data = json.loads(found.data)
    return answer(request, dumps(data | {"verwerkingsactie": _limited(actie, data)}))
