"""The rules for changing a zaak and what hangs under it. Routes and the tester's page both go through here.

Every function takes an open transaction and raises Problem when a rule forbids the change.
"""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from .. import resources, store
from ..catalogus import Catalogus
from ..notificaties.publiceren import publish_zaak
from ..problems import Problem, forbidden, invalid_field, not_found
from ..refs import Json, dumps, ref, uuid_of, zaak_ref
from ..termijnen import REOPENED, closing_fields, planned_dates

GESLOTEN = "Je mag geen gegevens aanpassen van een gesloten zaak."
ENKELVOUDIG = ("initiator", "zaakcoordinator")


@dataclass(frozen=True)
class Schrijver:
    """Who writes. geforceerd: may change a closed zaak; heropenen: may reopen it."""

    geforceerd: bool = False
    heropenen: bool = False


async def load_zaak(db: AsyncConnection, uuid: str) -> Json:
    text = await db.scalar(select(store.zaak.c.data).where(store.zaak.c.uuid == uuid))
    if text is None:
        raise not_found()
    data: Json = json.loads(text)
    return data


async def save_zaak(db: AsyncConnection, data: Json) -> None:
    data["laatstGemuteerd"] = resources.utc(resources.now())
    await db.execute(update(store.zaak).where(store.zaak.c.uuid == data["uuid"]).values(**resources.zaak_row(data)))


def check_open(zaak: Json, schrijver: Schrijver) -> None:
    """Raises: Problem 403 for a closed zaak, unless the writer may force it."""
    if zaak["einddatum"] and not schrijver.geforceerd:
        raise forbidden(detail=GESLOTEN)


async def next_nummer(db: AsyncConnection, table: Any) -> int:
    column = table.c.nummer if "nummer" in table.c else table.c.volgnr
    return int(await db.scalar(select(func.coalesce(func.max(column), 0))) or 0) + 1


async def reserve_zaaknummer(db: AsyncConnection, year: int) -> str:
    """A number that is never handed out again, used or not."""
    nummer = await next_nummer(db, store.zaaknummer)
    identificatie = f"DEV-{year}-{nummer:07d}"
    await db.execute(store.zaaknummer.insert().values(nummer=nummer, identificatie=identificatie))
    return identificatie


async def change_zaak(db: AsyncConnection, data: Json) -> None:
    """Store a zaak of which fields were changed, and tell the subscribers."""
    await save_zaak(db, data)
    await publish_zaak(db, data, "partial_update")


async def create_zaak(db: AsyncConnection, catalogus: Catalogus, zaaktype: Json, given: Json) -> Json:
    """A new zaak with all its defaults filled in.

    Raises: Problem 400 `identificatie-niet-uniek` within the bronorganisatie; for a hoofdzaak whose zaaktype does not
    list this one.
    """
    start = date.fromisoformat(given["startdatum"])
    given["identificatie"] = given.get("identificatie") or await reserve_zaaknummer(db, start.year)
    taken = select(store.zaak.c.uuid).where(
        store.zaak.c.identificatie == given["identificatie"],
        store.zaak.c.bronorganisatie == given["bronorganisatie"],
    )
    if await db.scalar(taken):
        reason = f"Deze identificatie ({given['identificatie']}) bestaat al voor deze bronorganisatie"
        raise invalid_field("identificatie", "identificatie-niet-uniek", reason)
    data = resources.zaak(str(uuid4()), planned_dates(zaaktype, start) | given, resources.utc(resources.now()))
    data["vertrouwelijkheidaanduiding"] = data["vertrouwelijkheidaanduiding"] or zaaktype["vertrouwelijkheidaanduiding"]
    await _join_hoofdzaak(db, data, catalogus)
    row = resources.zaak_row(data) | {"volgnr": await next_nummer(db, store.zaak)}
    await db.execute(store.zaak.insert().values(**row))
    await publish_zaak(db, data, "create")
    return data


async def _join_hoofdzaak(db: AsyncConnection, data: Json, catalogus: Catalogus) -> None:
    if not data["hoofdzaak"]:
        return
    try:
        hoofd = await load_zaak(db, uuid_of(data["hoofdzaak"]))
    except Problem as exc:
        raise invalid_field("hoofdzaak", "does_not_exist", "De hoofdzaak bestaat niet.") from exc
    if hoofd["hoofdzaak"]:
        reason = "Een deelzaak kan niet als hoofdzaak dienen"
        raise invalid_field("hoofdzaak", "deelzaak-als-hoofdzaak", reason)
    if data["zaaktype"] not in catalogus.at(hoofd["zaaktype"])["deelzaaktypen"]:
        reason = "Zaaktype niet vastgelegd in deelzaaktypen van hoofdzaak.zaaktype"
        raise invalid_field("hoofdzaak", "invalid-deelzaaktype", reason)
    hoofd["deelzaken"] = [*hoofd["deelzaken"], data["url"]]
    await save_zaak(db, hoofd)


async def _append(db: AsyncConnection, zaak: Json, relation: str, url: str) -> None:
    zaak[relation] = [*zaak[relation], url]
    await save_zaak(db, zaak)


async def insert_onderdeel(
    db: AsyncConnection, soort: str, data: Json, ouder: str, ander: str = "", sleutel: str = ""
) -> None:
    volgnr = await next_nummer(db, store.onderdeel)
    row = resources.onderdeel_row(soort, data, ouder, ander, sleutel, volgnr)
    await db.execute(store.onderdeel.insert().values(**row))


async def find_onderdeel(db: AsyncConnection, soort: str, ouder: str, ander: str | None = None) -> list[Json]:
    query = select(store.onderdeel.c.data).where(
        store.onderdeel.c.soort == soort, store.onderdeel.c.ouder == uuid_of(ouder)
    )
    if ander is not None:
        query = query.where(store.onderdeel.c.ander == uuid_of(ander))
    return [json.loads(text) for text in (await db.scalars(query.order_by(store.onderdeel.c.sleutel))).all()]


def check_member(data: Json, zaak: Json, field: str) -> None:
    """Raises: Problem 400 when a type belongs to another zaaktype than that of the zaak."""
    if data["zaaktype"] != zaak["zaaktype"]:
        reason = f"De referentie hoort niet bij het zaaktype van de zaak ({field})"
        raise invalid_field(field, "zaaktype-mismatch", reason)


async def add_rol(
    db: AsyncConnection, schrijver: Schrijver, zaak: Json, roltype: Json, betrokkene_type: str, given: Json
) -> Json:
    """Raises: Problem 400 `max-occurences` for a second initiator or zaakcoordinator."""
    check_open(zaak, schrijver)
    check_member(roltype, zaak, "roltype")
    if (generiek := roltype["omschrijvingGeneriek"]) in ENKELVOUDIG:
        same = select(store.rol.c.uuid).where(
            store.rol.c.zaak == zaak["uuid"], store.rol.c.omschrijvingGeneriek == generiek
        )
        if await db.scalar(same):
            reason = f"Er bestaat al een rol {generiek} voor deze zaak"
            raise invalid_field("nonFieldErrors", "max-occurences", reason)
    moment = resources.utc(resources.now())
    data = resources.rol(str(uuid4()), zaak["url"], roltype, betrokkene_type, given, moment)
    await db.execute(store.rol.insert().values(**resources.rol_row(data, await next_nummer(db, store.rol))))
    await _append(db, zaak, "rollen", data["url"])
    await publish_zaak(db, zaak, "create", "rol", data["url"])
    return data


async def add_resultaat(
    db: AsyncConnection, schrijver: Schrijver, zaak: Json, resultaattype: Json, toelichting: str
) -> Json:
    """Raises: Problem 400 `unique` for a second resultaat."""
    check_open(zaak, schrijver)
    check_member(resultaattype, zaak, "resultaattype")
    if zaak["resultaat"]:
        raise invalid_field("zaak", "unique", "Dit veld moet uniek zijn.")
    data = resources.resultaat(str(uuid4()), zaak["url"], resultaattype["url"], toelichting)
    await insert_onderdeel(db, "resultaat", data, zaak["url"], resultaattype["url"])
    zaak["resultaat"] = data["url"]
    await save_zaak(db, zaak)
    await publish_zaak(db, zaak, "create", "resultaat", data["url"])
    return data


async def add_zaakeigenschap(
    db: AsyncConnection, schrijver: Schrijver, zaak: Json, eigenschap: Json, waarde: str
) -> Json:
    check_open(zaak, schrijver)
    check_member(eigenschap, zaak, "eigenschap")
    data = resources.zaakeigenschap(str(uuid4()), zaak["url"], eigenschap, waarde)
    await insert_onderdeel(db, "zaakeigenschap", data, zaak["url"], eigenschap["url"], eigenschap["naam"])
    await _append(db, zaak, "eigenschappen", data["url"])
    await publish_zaak(db, zaak, "create", "zaakeigenschap", data["url"])
    return data


async def add_zaakinformatieobject(
    db: AsyncConnection, schrijver: Schrijver, catalogus: Catalogus, zaak: Json, document_uuid: str, given: Json
) -> Json:
    """Raises: Problem 400 for an unknown document, one of a type outside the zaaktype, or a pair that exists."""
    check_open(zaak, schrijver)
    query = select(store.document.c.informatieobjecttype).where(store.document.c.uuid == document_uuid)
    iot = await db.scalar(query)
    if iot is None:
        raise invalid_field("informatieobject", "does_not_exist", "Het informatieobject bestaat niet.")
    if ref("catalogi", "informatieobjecttypen", iot) not in catalogus.at(zaak["zaaktype"])["informatieobjecttypen"]:
        code = "missing-zaaktype-informatieobjecttype-relation"
        raise invalid_field("nonFieldErrors", code, "Het informatieobjecttype hoort niet bij het zaaktype van de zaak.")
    if await find_onderdeel(db, "zaakinformatieobject", zaak["url"], document_uuid):
        reason = "De velden zaak, informatieobject moeten een unieke set zijn."
        raise invalid_field("nonFieldErrors", "unique", reason)
    informatieobject = ref("documenten", "enkelvoudiginformatieobjecten", document_uuid)
    moment = resources.utc(resources.now())
    data = resources.zaakinformatieobject(str(uuid4()), zaak["url"], informatieobject, given, moment)
    await insert_onderdeel(db, "zaakinformatieobject", data, zaak["url"], document_uuid)
    await _append(db, zaak, "zaakinformatieobjecten", data["url"])
    await publish_zaak(db, zaak, "create", "zaakinformatieobject", data["url"])
    return data


async def add_status(
    db: AsyncConnection,
    schrijver: Schrijver,
    catalogus: Catalogus,
    zaak: Json,
    statustype: Json,
    gezet: datetime,
    toelichting: str,
) -> Json:
    """Set a status; the end status closes the zaak, another one after that reopens it.

    gezet: with the offset that the day of closing is taken in.
    Raises: Problem 400 when the moment is in the future or taken, or the zaak may not close yet.
    """
    check_member(statustype, zaak, "statustype")
    if zaak["einddatum"] and not (schrijver.heropenen or schrijver.geforceerd):
        raise forbidden(detail=GESLOTEN)
    if gezet > datetime.now(UTC):
        raise invalid_field("datumStatusGezet", "date-in-future", "Datum status gezet mag niet in de toekomst liggen.")
    earlier = await find_onderdeel(db, "status", zaak["url"])
    moment = resources.utc(gezet)
    if any(status["datumStatusGezet"] == moment for status in earlier):
        reason = "De velden zaak, datumStatusGezet moeten een unieke set zijn."
        raise invalid_field("nonFieldErrors", "unique", reason)
    zaak |= await _closing(db, catalogus, zaak, statustype, gezet)
    return await _insert_status(db, zaak, statustype, moment, toelichting, earlier)


async def _closing(db: AsyncConnection, catalogus: Catalogus, zaak: Json, statustype: Json, gezet: datetime) -> Json:
    if not statustype["isEindstatus"]:
        return dict(REOPENED) if zaak["einddatum"] else {}
    resultaat = await check_closable(db, zaak)
    return closing_fields(gezet.date(), catalogus.at(resultaat["resultaattype"]))


async def _insert_status(
    db: AsyncConnection, zaak: Json, statustype: Json, moment: str, toelichting: str, earlier: list[Json]
) -> Json:
    is_last = all(status["datumStatusGezet"] < moment for status in earlier)
    data = resources.status(str(uuid4()), zaak["url"], statustype["url"], moment, toelichting, laatst=is_last)
    await insert_onderdeel(db, "status", data, zaak["url"], statustype["url"], moment)
    if is_last:
        for status in earlier:
            if status["indicatieLaatstGezetteStatus"]:
                status["indicatieLaatstGezetteStatus"] = False
                await db.execute(
                    update(store.onderdeel).where(store.onderdeel.c.uuid == status["uuid"]).values(data=dumps(status))
                )
        zaak["status"] = data["url"]
    await save_zaak(db, zaak)
    await publish_zaak(db, zaak, "create", "status", data["url"])
    return data


async def check_closable(db: AsyncConnection, zaak: Json) -> Json:
    """The resultaat of a zaak that may be closed.

    Raises: Problem 400 when there is no resultaat, a document is locked or its gebruiksrecht unknown, or a deelzaak
    is open.
    """
    found = await find_onderdeel(db, "resultaat", zaak["url"])
    if not found:
        reason = "De zaak kan niet afgesloten worden zonder resultaat."
        raise invalid_field("nonFieldErrors", "resultaat-does-not-exist", reason)
    await _check_documents(db, zaak)
    open_deelzaken = select(store.zaak.c.uuid).where(
        store.zaak.c.hoofdzaak == zaak["uuid"], store.zaak.c.einddatum.is_(None)
    )
    if await db.scalar(open_deelzaken):
        reason = "De zaak heeft deelzaken die nog niet afgesloten zijn."
        raise invalid_field("nonFieldErrors", "deelzaken-open", reason)
    return found[0]


async def _check_documents(db: AsyncConnection, zaak: Json) -> None:
    linked = select(store.onderdeel.c.ander).where(
        store.onderdeel.c.soort == "zaakinformatieobject", store.onderdeel.c.ouder == zaak["uuid"]
    )
    query = (
        select(store.document.c.lock, store.documentversie.c.data)
        .join(store.documentversie, store.documentversie.c.document == store.document.c.uuid)
        .where(store.document.c.uuid.in_(linked), store.documentversie.c.versie == store.document.c.versie)
    )
    for row in (await db.execute(query)).all():
        if row.lock:
            reason = "Er zijn gerelateerde informatieobjecten die nog gelocked zijn."
            raise invalid_field("nonFieldErrors", "informatieobject-locked", reason)
        if json.loads(row.data)["indicatieGebruiksrecht"] is None:
            reason = "Er zijn gerelateerde informatieobjecten waarvoor `indicatieGebruiksrecht` nog niet gezet is."
            raise invalid_field("nonFieldErrors", "indicatiegebruiksrecht-unset", reason)


async def zaak_at(db: AsyncConnection, uuid: str) -> Json:
    """The zaak that a body points to.

    Raises: Problem 400, as this is a fault in a field.
    """
    try:
        return await load_zaak(db, uuid)
    except Problem as exc:
        raise invalid_field("zaak", "does_not_exist", f"De zaak {zaak_ref(uuid)} bestaat niet.") from exc
