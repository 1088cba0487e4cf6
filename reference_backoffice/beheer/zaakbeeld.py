"""What the tester's page shows of zaken."""

import json
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from ..catalogus import Catalogus
from ..fixtures.bedrijven import BEDRIJVEN, PER_KVK
from ..fixtures.personen import PERSONEN, volledige_naam
from ..problems import not_found
from ..refs import Json, is_uuid
from ..store import document, documentversie, onderdeel, rol, zaak
from ..zaken.rules import find_onderdeel

MAX_ZAKEN: Final = 200

PARTIJEN: Final = tuple((p.bsn, f"{volledige_naam(p)} (BSN {p.bsn})") for p in PERSONEN) + tuple(
    (b.kvk, f"{b.statutair or b.naam} (KVK {b.kvk})") for b in BEDRIJVEN
)


@dataclass(frozen=True)
class Regel:
    """A zaak in a list."""

    uuid: str
    identificatie: str
    omschrijving: str
    startdatum: str
    einddatum: str | None


async def list_regels(db: AsyncConnection, partij: str, zaaknummer: str) -> list[Regel]:
    """The zaken of a person (BSN) or company (KVK number, under all its identifications), or with a number."""
    if not partij and not zaaknummer:
        return []
    query = select(zaak.c.uuid, zaak.c.identificatie, zaak.c.omschrijving, zaak.c.startdatum, zaak.c.einddatum)
    if zaaknummer:
        query = query.where(zaak.c.identificatie.icontains(zaaknummer, autoescape=True))
    if partij:
        query = query.where(zaak.c.uuid.in_(select(rol.c.zaak).where(_of(partij))))
    rows = (await db.execute(query.order_by(zaak.c.volgnr.desc()).limit(MAX_ZAKEN))).all()
    return [Regel(*row) for row in rows]


def _of(partij: str) -> Any:
    bedrijf = PER_KVK.get(partij)
    if bedrijf is None:
        return rol.c.inpBsn == partij
    nummers = [v.nummer for v in bedrijf.vestigingen]
    in_nnp = [partij, bedrijf.rsin] if bedrijf.rsin else [partij]
    return or_(rol.c.innNnpId.in_(in_nnp), rol.c.vestigingsNummer.in_(nummers))


@dataclass(frozen=True)
class Beeld:
    """A zaak with what hangs under it, and what it may become."""

    zaak: Json
    zaaktype: Json
    statussen: list[tuple[Json, Json]]
    statustypen: list[Json]
    volgende: str
    resultaat: str
    resultaattypen: list[Json]
    rollen: list[Json]
    stukken: list[Json]
    eigenschappen: list[Json]
    objecten: list[Json]


async def load_beeld(db: AsyncConnection, catalogus: Catalogus, uuid: str) -> Beeld:
    """Raises: Problem 404."""
    text = await db.scalar(select(zaak.c.data).where(zaak.c.uuid == uuid)) if is_uuid(uuid) else None
    if text is None:
        raise not_found()
    data: Json = json.loads(text)
    statussen = await find_onderdeel(db, "status", data["url"])
    resultaten = await find_onderdeel(db, "resultaat", data["url"])
    statustypen = catalogus.statustypen(data["zaaktype"])
    rollen = (await db.scalars(select(rol.c.data).where(rol.c.zaak == uuid))).all()
    return Beeld(
        zaak=data,
        zaaktype=catalogus.at(data["zaaktype"]),
        statussen=[(status, catalogus.at(status["statustype"])) for status in statussen],
        statustypen=statustypen,
        volgende=_next(statussen, statustypen),
        resultaat=catalogus.at(resultaten[0]["resultaattype"])["omschrijving"] if resultaten else "",
        resultaattypen=catalogus.of_zaaktype("resultaattypen", data["zaaktype"]),
        rollen=list(map(json.loads, rollen)),
        stukken=await _stukken(db, uuid),
        eigenschappen=await find_onderdeel(db, "zaakeigenschap", data["url"]),
        objecten=await find_onderdeel(db, "zaakobject", data["url"]),
    )


def _next(statussen: list[Json], statustypen: list[Json]) -> str:
    """The step after the current one; the first when there is none."""
    if not statussen:
        return str(statustypen[0]["url"])
    urls = [str(statustype["url"]) for statustype in statustypen]
    return urls[min(urls.index(statussen[-1]["statustype"]) + 1, len(urls) - 1)]


async def _stukken(db: AsyncConnection, zaak_uuid: str) -> list[Json]:
    linked = select(onderdeel.c.ander).where(
        onderdeel.c.soort == "zaakinformatieobject", onderdeel.c.ouder == zaak_uuid
    )
    query = (
        select(documentversie.c.data)
        .join(document, document.c.uuid == documentversie.c.document)
        .where(document.c.uuid.in_(linked), documentversie.c.versie == document.c.versie)
        .order_by(document.c.volgnr)
    )
    return [json.loads(text) for text in (await db.scalars(query)).all()]
