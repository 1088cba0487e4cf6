"""Objects and their records: every change is a new record, the history stays."""

import json
from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import uuid4

import jsonschema
from sqlalchemy import func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from .. import store
from ..notificaties.publiceren import publish
from ..problems import invalid_field, not_found
from ..refs import SCHEME, Json, dumps, ref
from .objecttypen import schema_of, type_ref

Row = dict[str, Any]


def object_ref(uuid: str) -> str:
    return ref("objecten", "objects", uuid)


def new_record(index: int, given: Json, vandaag: date) -> Json:
    """A record as it is stored. given: typeVersion, startAt and data, and what else was sent."""
    return {
        "index": index,
        "typeVersion": given["typeVersion"],
        "data": given["data"],
        "geometry": None,
        "references": given.get("references", []),
        "startAt": given["startAt"],
        "endAt": None,
        "registrationAt": vandaag.isoformat(),
        "correctionFor": given.get("correctionFor"),
        "correctedBy": None,
    }


def object_row(uuid: str, volgnr: int, objecttype: str) -> Row:
    return {"uuid": uuid, "volgnr": volgnr, "objecttype": objecttype}


def record_row(uuid: str, record: Json) -> Row:
    wie = record["data"].get("identificatie")
    return {
        "object": uuid,
        "nummer": record["index"],
        "startAt": record["startAt"],
        "endAt": record["endAt"],
        "registrationAt": record["registrationAt"],
        "identificatie": str(wie.get("value", ""))[:60] if isinstance(wie, dict) else "",
        "data": dumps(record),
    }


def check_data(objecttype: str, record: Json) -> None:
    """Raises: Problem 400 when the version of the type does not exist, or its schema refuses the data."""
    schema = schema_of(objecttype, record["typeVersion"])
    if schema is None:
        raise invalid_field("record.typeVersion", "does_not_exist", "Deze versie van het objecttype bestaat niet.")
    checker = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
    error = jsonschema.exceptions.best_match(checker.iter_errors(record["data"]))
    if error is not None:
        raise invalid_field("record.data", "invalid-json-schema", str(error.message)[:500])


def as_object(uuid: str, objecttype: str, record: Json) -> Json:
    return {"url": object_ref(uuid), "uuid": uuid, "type": type_ref(objecttype), "record": record}


def merged(target: Any, patch: Any) -> Any:
    """JSON Merge Patch. Source: RFC 7396."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merged(result.get(name), value)
    return result


def internal_urls(data: Json, public_url: str) -> Json:
    """The same data with URLs of this backoffice as they are stored."""
    stored: Json = json.loads(dumps(data).replace(f'"{public_url}/', f'"{SCHEME}/'))
    return stored


async def create(db: AsyncConnection, objecttype: str, given: Json, vandaag: date, uuid: str | None = None) -> Json:
    """A new object with its first record.

    Raises: Problem 400 when the schema refuses the data, or the uuid is taken.
    """
    record = new_record(1, given, vandaag)
    check_data(objecttype, record)
    uuid = uuid or str(uuid4())
    if await db.scalar(select(store.object_.c.uuid).where(store.object_.c.uuid == uuid)):
        raise invalid_field("uuid", "unique", "Dit veld moet uniek zijn.")
    volgnr = int(await db.scalar(select(func.coalesce(func.max(store.object_.c.volgnr), 0))) or 0) + 1
    await db.execute(store.object_.insert().values(**object_row(uuid, volgnr, objecttype)))
    await db.execute(store.objectrecord.insert().values(**record_row(uuid, record)))
    await _publish(db, uuid, objecttype, "create")
    return as_object(uuid, objecttype, record)


async def add_record(db: AsyncConnection, uuid: str, objecttype: str, given: Json, vandaag: date, actie: str) -> Json:
    """Change an object: the last record ends where the new one starts.

    Raises: Problem 400 when the schema refuses the data, or correctionFor names no record.
    """
    records = await history(db, uuid)
    record = new_record(len(records) + 1, given, vandaag)
    check_data(objecttype, record)
    last = records[-1]
    last["endAt"] = record["startAt"]
    if (corrected := record["correctionFor"]) is not None:
        if corrected not in [earlier["index"] for earlier in records]:
            raise invalid_field("record.correctionFor", "does_not_exist", "Dit record bestaat niet.")
        records[corrected - 1]["correctedBy"] = record["index"]
        await _store(db, uuid, records[corrected - 1])
    await _store(db, uuid, last)
    await db.execute(store.objectrecord.insert().values(**record_row(uuid, record)))
    await _publish(db, uuid, objecttype, actie)
    return as_object(uuid, objecttype, record)


async def _store(db: AsyncConnection, uuid: str, record: Json) -> None:
    table = store.objectrecord.c
    where = (table.object == uuid, table.nummer == record["index"])
    await db.execute(update(store.objectrecord).where(*where).values(endAt=record["endAt"], data=dumps(record)))


async def remove(db: AsyncConnection, uuid: str, objecttype: str) -> None:
    await db.execute(store.objectrecord.delete().where(store.objectrecord.c.object == uuid))
    await db.execute(store.object_.delete().where(store.object_.c.uuid == uuid))
    await _publish(db, uuid, objecttype, "destroy")


async def _publish(db: AsyncConnection, uuid: str, objecttype: str, actie: str) -> None:
    url = object_ref(uuid)
    await publish(db, "objecten", url, "object", url, actie, {"object_type": type_ref(objecttype)})


async def type_of(db: AsyncConnection, uuid: str) -> str:
    """The uuid of the objecttype of an object.

    Raises: Problem 404.
    """
    objecttype = await db.scalar(select(store.object_.c.objecttype).where(store.object_.c.uuid == uuid))
    if objecttype is None:
        raise not_found()
    return str(objecttype)


async def history(db: AsyncConnection, uuid: str) -> list[Json]:
    table = store.objectrecord.c
    query = select(table.data).where(table.object == uuid).order_by(table.nummer)
    return [json.loads(text) for text in (await db.scalars(query)).all()]


async def find(
    db: AsyncConnection,
    typen: Iterable[str],
    *,
    op: date | None,
    geregistreerd: date | None = None,
    uuid: str | None = None,
    van: str | None = None,
) -> list[Json]:
    """Objects of these types with the one record that counts, in the order they were made.

    op: the day the record must be valid on; geregistreerd: the day it must be known by; van: a BSN or KVK number that
    a record of the object must be about (the caller still filters).
    """
    record, object_ = store.objectrecord.c, store.object_.c
    query = (
        select(object_.uuid, object_.objecttype, record.data)
        .join(store.objectrecord, record.object == object_.uuid)
        .where(object_.objecttype.in_(sorted(typen)))
        .order_by(object_.volgnr, record.nummer)
    )
    if op is not None:
        day = op.isoformat()
        query = query.where(record.startAt <= day, or_(record.endAt.is_(None), record.endAt >= day))
    if geregistreerd is not None:
        query = query.where(record.registrationAt <= geregistreerd.isoformat())
    if uuid is not None:
        query = query.where(object_.uuid == uuid)
    if van is not None:
        query = query.where(object_.uuid.in_(select(record.object).where(record.identificatie == van[:60])))
    found = {row.uuid: row for row in (await db.execute(query)).all()}  # of each object the last one stays
    return [as_object(row.uuid, row.objecttype, json.loads(row.data)) for row in found.values()]


async def current(db: AsyncConnection, uuid: str, vandaag: date) -> Json:
    """The object with the record that is valid on a day.

    Raises: Problem 404.
    """
    found = await find(db, [await type_of(db, uuid)], op=vandaag, uuid=uuid)
    if not found:
        raise not_found()
    return found[0]
