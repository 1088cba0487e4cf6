"""Documenten API: creating documents, whole or in parts, changing them under a lock."""

from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

from fastapi import APIRouter, Request
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.datastructures import UploadFile
from starlette.responses import Response

from . import resources
from .checks import Body
from .documenten import Versie, find_versie, with_parts
from .notificaties.publiceren import publish_document
from .problems import forbidden, invalid_field, not_found
from .refs import Json, dumps, ref, uuid_of
from .store import bestandsdeel, document, documentversie, inhoud
from .vertrouwelijkheid import VOLGORDE
from .web import Backoffice, Context, answer, body_of, created, may, require
from .zaken.rules import next_nummer

router = APIRouter(prefix="/documenten/api/v1")

STATUSSEN: Final = ("in_bewerking", "ter_vaststelling", "definitief", "gearchiveerd")
CONCEPTEN: Final = ("in_bewerking", "ter_vaststelling")
TEKSTEN: Final = {
    "identificatie": 40,
    "formaat": 255,
    "bestandsnaam": 255,
    "beschrijving": 1000,
    "link": 200,
    "verschijningsvorm": 1000,
}
COPIED: Final = (
    *TEKSTEN,
    "bronorganisatie",
    "creatiedatum",
    "titel",
    "vertrouwelijkheidaanduiding",
    "auteur",
    "status",
    "taal",
    "ontvangstdatum",
    "verzenddatum",
    "indicatieGebruiksrecht",
    "ondertekening",
    "integriteit",
    "trefwoorden",
    "bestandsomvang",
)


@dataclass(frozen=True)
class Invoer:
    """A document as sent: checked fields, and its bytes when they came along."""

    given: Json
    content: bytes | None
    omvang: int | None


def _check(body: Body) -> Invoer:
    body.rsin("bronorganisatie")
    body.date("creatiedatum", required=True)
    body.text("titel", 200, required=True)
    body.text("auteur", 200, required=True)
    taal = body.text("taal", 3, required=True)
    if taal is not None and len(taal) < 3:
        body.fault("taal", "min_length", "Zorg ervoor dat dit veld ten minste 3 karakters bevat.")
    for name, longest in TEKSTEN.items():
        body.text(name, longest)
    body.choice("vertrouwelijkheidaanduiding", ("", *VOLGORDE))
    status = body.choice("status", ("", *STATUSSEN))
    ontvangen = body.date("ontvangstdatum")
    if ontvangen and status in CONCEPTEN:
        reason = "De status mag niet deze waarde hebben als er een ontvangstdatum is."
        body.fault("status", "invalid_for_received", reason)
    body.date("verzenddatum")
    if body.body.get("indicatieGebruiksrecht") not in (None, False, True):
        body.fault("indicatieGebruiksrecht", "invalid", "Moet een geldige boolean zijn.")
    content = body.base64("inhoud")
    return Invoer({name: body.body[name] for name in COPIED if name in body.body}, content, _omvang(body, content))


def _omvang(body: Body, content: bytes | None) -> int | None:
    omvang = body.body.get("bestandsomvang")
    if omvang is not None and (not isinstance(omvang, int) or isinstance(omvang, bool) or omvang < 0):
        body.fault("bestandsomvang", "invalid", "Een geldig getal is vereist.")
        return None
    if content is not None and omvang is not None and omvang != len(content):
        reason = "De opgegeven bestandsomvang komt niet overeen met de omvang van het bestand."
        body.fault("inhoud", "file-size", reason)
    return len(content) if content is not None else omvang


@router.post("/enkelvoudiginformatieobjecten")
async def create_document(request: Request, backoffice: Context) -> Response:
    toegang = require(request, "drc", "documenten.aanmaken")
    body = Body(await body_of(request), backoffice.config.public_url)
    invoer = _check(body)
    iot = body.reference("informatieobjecttype", "catalogi", "informatieobjecttypen")
    informatieobjecttype = backoffice.catalogus.get("informatieobjecttypen", iot) if iot else None
    if iot and informatieobjecttype is None:
        body.fault("informatieobjecttype", "does_not_exist", "Het informatieobjecttype bestaat niet.")
    if body.body.get("indicatieGebruiksrecht") is True:
        body.fault("indicatieGebruiksrecht", "missing-gebruiksrechten", "Maak eerst gebruiksrechten aan.")
    body.done()
    type_data: Json = informatieobjecttype or {}
    aanduiding = invoer.given.get("vertrouwelijkheidaanduiding") or type_data["vertrouwelijkheidaanduiding"]
    toegang.require(str(iot), aanduiding)
    given = invoer.given | {"informatieobjecttype": type_data["url"], "vertrouwelijkheidaanduiding": aanduiding}
    async with backoffice.store.write() as db:
        data = await store_document(db, backoffice, given, invoer.content, invoer.omvang)
    return created(request, data)


async def store_document(
    db: AsyncConnection, backoffice: Backoffice, given: Json, content: bytes | None, omvang: int | None
) -> Json:
    """A new document. Without content but with a size it is locked and waits for its parts.

    Raises: Problem 400 `identificatie-niet-uniek` within the bronorganisatie.
    """
    uuid, volgnr = str(uuid4()), await next_nummer(db, document)
    given["identificatie"] = given.get("identificatie") or f"DOC-{volgnr:07d}"
    taken = select(document.c.uuid).where(
        document.c.identificatie == given["identificatie"], document.c.bronorganisatie == given["bronorganisatie"]
    )
    if await db.scalar(taken):
        reason = "Deze identificatie bestaat al voor deze bronorganisatie"
        raise invalid_field("identificatie", "identificatie-niet-uniek", reason)
    in_parts = content is None and bool(omvang)
    if omvang == 0:
        content = b""
    given |= {"bestandsomvang": omvang, "inhoud": resources.download_ref(uuid, 1) if content is not None else None}
    data = resources.document(uuid, 1, given, resources.utc(resources.now()))
    lock = uuid4().hex if in_parts else ""
    await db.execute(document.insert().values(**resources.document_row(data, volgnr, lock)))
    await insert_versie(db, data, content)
    await publish_document(db, data, "create")
    if not in_parts:
        return data
    await _make_parts(db, uuid, int(omvang or 0), backoffice.config.bestandsdeel_omvang)
    versie = Versie(data, "", "", lock, 0, "")
    return await with_parts(db, versie, show_lock=True) | {"lock": lock}


async def insert_versie(db: AsyncConnection, data: Json, content: bytes | None) -> None:
    uuid, inhoud_id = uuid_of(data["url"]), ""
    if content is not None:
        inhoud_id = str(uuid4())
        await db.execute(inhoud.insert().values(id=inhoud_id, bytes=content))
    values = {
        "document": uuid,
        "versie": data["versie"],
        "bron": "inhoud" if content is not None else "",
        "inhoud": inhoud_id,
        "data": dumps(data),
    }
    await db.execute(documentversie.insert().values(**values))


async def _make_parts(db: AsyncConnection, uuid: str, omvang: int, part: int) -> None:
    for nummer, start in enumerate(range(0, omvang, part), start=1):
        size = min(part, omvang - start)
        values = {"uuid": str(uuid4()), "document": uuid, "volgnummer": nummer, "omvang": size}
        await db.execute(bestandsdeel.insert().values(**values))


@router.put("/bestandsdelen/{uuid}")
async def upload_part(request: Request, uuid: str, backoffice: Context) -> Response:
    toegang = require(request, "drc", "documenten.bijwerken")
    async with request.form() as form:
        upload, lock = form.get("inhoud"), form.get("lock")
        content = await upload.read() if isinstance(upload, UploadFile) else None
    async with backoffice.store.write() as db:
        deel = (await db.execute(select(bestandsdeel).where(bestandsdeel.c.uuid == uuid))).first()
        if deel is None:
            raise not_found()
        versie = await find_versie(db, deel.document, toegang)
        if lock != versie.lock:
            raise invalid_field("nonFieldErrors", "incorrect-lock-id", "De lock is niet juist.")
        if content is None:
            raise invalid_field("inhoud", "required", "Dit veld is vereist.")
        if len(content) != deel.omvang:
            reason = "Het bestandsdeel heeft een andere omvang dan afgesproken."
            raise invalid_field("nonFieldErrors", "file-size", reason)
        await db.execute(update(bestandsdeel).where(bestandsdeel.c.uuid == uuid).values(bytes=content))
    data = {
        "url": ref("documenten", "bestandsdelen", uuid),
        "volgnummer": deel.volgnummer,
        "omvang": deel.omvang,
        "voltooid": True,
        "lock": versie.lock,
    }
    return answer(request, dumps(data))


@router.post("/enkelvoudiginformatieobjecten/{uuid}/lock")
async def lock_document(request: Request, uuid: str, backoffice: Context) -> Response:
    toegang = require(request, "drc", "documenten.lock")
    async with backoffice.store.write() as db:
        versie = await find_versie(db, uuid, toegang)
        if versie.lock:
            raise invalid_field("nonFieldErrors", "existing-lock", "Het document is al gelockt.")
        lock = uuid4().hex
        await db.execute(update(document).where(document.c.uuid == uuid).values(lock=lock))
    return answer(request, dumps({"lock": lock}))


@router.post("/enkelvoudiginformatieobjecten/{uuid}/unlock")
async def unlock_document(request: Request, uuid: str, backoffice: Context) -> Response:
    toegang = require(request, "drc", "documenten.lock", "documenten.geforceerd-unlock")
    body = await body_of(request) if await request.body() else {}
    async with backoffice.store.write() as db:
        versie = await find_versie(db, uuid, toegang)
        if not may(request, "drc", "documenten.geforceerd-unlock"):
            _check_lock(versie, body.get("lock"))
        await _assemble(db, versie)
        await db.execute(update(document).where(document.c.uuid == uuid).values(lock=""))
    return Response(status_code=204)


def _check_lock(versie: Versie, lock: Any) -> None:
    if not versie.lock:
        raise invalid_field("nonFieldErrors", "unlocked", "Het document is niet gelockt.")
    if not lock:
        raise invalid_field("lock", "missing-lock-id", "Dit veld is vereist.")
    if lock != versie.lock:
        raise invalid_field("nonFieldErrors", "incorrect-lock-id", "De lock is niet juist.")


async def _assemble(db: AsyncConnection, versie: Versie) -> None:
    """Make one content of the parts, if there are any.

    Raises: Problem 400 `incomplete-upload` while a part lacks.
    """
    uuid = uuid_of(versie.data["url"])
    query = select(bestandsdeel.c.bytes).where(bestandsdeel.c.document == uuid).order_by(bestandsdeel.c.volgnummer)
    parts = list((await db.scalars(query)).all())
    if not parts:
        return
    if any(part is None for part in parts):
        raise invalid_field("nonFieldErrors", "incomplete-upload", "Upload van bestandsdelen is niet compleet.")
    content = b"".join(part for part in parts if part is not None)
    inhoud_id = str(uuid4())
    await db.execute(inhoud.insert().values(id=inhoud_id, bytes=content))
    data = versie.data | {"inhoud": resources.download_ref(uuid, versie.data["versie"])}
    await db.execute(
        update(documentversie)
        .where(documentversie.c.document == uuid, documentversie.c.versie == versie.data["versie"])
        .values(bron="inhoud", inhoud=inhoud_id, data=dumps(data))
    )
    await db.execute(delete(bestandsdeel).where(bestandsdeel.c.document == uuid))


@router.patch("/enkelvoudiginformatieobjecten/{uuid}")
async def change_document(request: Request, uuid: str, backoffice: Context) -> Response:
    toegang = require(request, "drc", "documenten.bijwerken", "documenten.geforceerd-bijwerken")
    body = Body(await body_of(request), backoffice.config.public_url, partial=True)
    async with backoffice.store.write() as db:
        versie = await find_versie(db, uuid, toegang)
        _check_lock(versie, body.body.get("lock"))
        if versie.data["status"] == "definitief" and not may(request, "drc", "documenten.geforceerd-bijwerken"):
            raise forbidden(detail="Een definitief document mag niet gewijzigd worden.")
        invoer = _check(body)
        if body.body.get("identificatie", versie.data["identificatie"]) != versie.data["identificatie"]:
            body.fault("identificatie", "wijzigen-niet-toegelaten", "Dit veld mag niet gewijzigd worden.")
        body.done()
        data = await _new_versie(db, versie, invoer)
        toegang.require(uuid_of(data["informatieobjecttype"]), data["vertrouwelijkheidaanduiding"])
    return answer(request, dumps(data | {"locked": True}))


async def _new_versie(db: AsyncConnection, versie: Versie, invoer: Invoer) -> Json:
    uuid, nummer = uuid_of(versie.data["url"]), versie.data["versie"] + 1
    given = versie.data | invoer.given
    stored = (
        await db.execute(
            select(documentversie.c.bron, documentversie.c.inhoud).where(
                documentversie.c.document == uuid, documentversie.c.versie == nummer - 1
            )
        )
    ).one()
    if given["inhoud"] is not None or invoer.content is not None:
        given["inhoud"] = resources.download_ref(uuid, nummer)
    if invoer.content is not None:
        given["bestandsomvang"] = len(invoer.content)
    else:
        given["bestandsomvang"] = versie.data["bestandsomvang"]
    data = resources.document(uuid, nummer, given, resources.utc(resources.now()))
    await insert_versie(db, data, invoer.content)
    if invoer.content is None:
        await db.execute(
            update(documentversie)
            .where(documentversie.c.document == uuid, documentversie.c.versie == nummer)
            .values(bron=stored.bron, inhoud=stored.inhoud)
        )
    row = resources.document_row(data, 0, versie.lock)
    del row["volgnr"]
    await db.execute(update(document).where(document.c.uuid == uuid).values(**row))
    await publish_document(db, data, "partial_update")
    return data
