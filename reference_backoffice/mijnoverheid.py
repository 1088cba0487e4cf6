"""MijnOverheid as an integration layer offers it. Not a standard: our own API, described in docs/mijnoverheid-api.yaml.

Everybody has an active Berichtenbox, until a tester switches it off.
"""

import hmac
import json
import time
from datetime import date
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Depends, Request
from pydantic import AwareDatetime, ConfigDict, StringConstraints
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import Response

from .klantinteracties.invoer import Invoer, read
from .problems import Problem, not_found
from .refs import Json, dumps
from .store import mijnoverheid as tabel
from .web import Context, answer, body_of

ROOT: Final = "/mijnoverheid/api/v1"
BERICHT, ZAAK, UIT = "bericht", "zaak", "uit"

Bsn = Annotated[str, StringConstraints(pattern="^[0-9]{9}$")]
T100 = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Link = Annotated[str, StringConstraints(max_length=1000, pattern=r"^https?://\S+$")]


class _Body(Invoer):
    model_config = ConfigDict(extra="forbid")


class Wie(_Body):
    bsn: Bsn


class Bericht(Wie):
    onderwerp: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    tekst: Annotated[str, StringConstraints(min_length=1, max_length=5000)]
    taal: Literal["nl", "en"]
    soort: Literal["informatie", "verzoek", "besluit"]
    reactie_voor: date | None
    link: Link


class LopendeZaak(Wie):
    omschrijving: T100
    status: T100
    startdatum: date
    verwachte_einddatum: date | None
    einddatum: date | None
    link: Link
    stand_van: AwareDatetime


def check_token(request: Request, backoffice: Context) -> None:
    gegeven = request.headers.get("authorization", "")
    if not hmac.compare_digest(gegeven.encode(), f"Token {backoffice.config.mijnoverheid_sleutel}".encode()):
        raise Problem(403, "not_authenticated", "Authenticatiegegevens zijn niet opgegeven of niet juist.")


router = APIRouter(prefix=ROOT, dependencies=[Depends(check_token)])


async def get(db: AsyncConnection, soort: str, id_: str) -> Json | None:
    text = await db.scalar(select(tabel.c.data).where(tabel.c.soort == soort, tabel.c.id == id_))
    return json.loads(text) if text else None


async def put(db: AsyncConnection, soort: str, id_: str, data: Json) -> None:
    await remove(db, soort, id_)
    await db.execute(tabel.insert().values(soort=soort, id=id_, op=time.time(), data=dumps(data)))


async def remove(db: AsyncConnection, soort: str, id_: str) -> None:
    await db.execute(delete(tabel).where(tabel.c.soort == soort, tabel.c.id == id_))


@router.post("/berichten/_mag")
async def mag(request: Request, backoffice: Context) -> Response:
    wie = read(Wie, await body_of(request)).model_dump()
    async with backoffice.store.read() as db:
        uit = await get(db, UIT, wie["bsn"])
    return answer(request, dumps({"actief": uit is None}))


@router.put("/berichten/{id_}")
async def deliver(request: Request, id_: str, backoffice: Context) -> Response:
    """What was delivered stays delivered, whatever was switched since."""
    if len(id_) != 32 or not set(id_) <= set("0123456789abcdef"):
        raise not_found()
    data = read(Bericht, await body_of(request)).model_dump(mode="json", by_alias=True)
    async with backoffice.store.write() as db:
        er_is_al = await get(db, BERICHT, id_)
        if er_is_al is None and await get(db, UIT, data["bsn"]) is not None:
            return answer(request, dumps({"uitkomst": "niet_aangesloten"}))
        if er_is_al is None:
            await put(db, BERICHT, id_, data)
    return answer(request, dumps({"uitkomst": "bezorgd"}))


@router.put("/lopende-zaken/{zaaknummer:path}")
async def set_zaak(request: Request, zaaknummer: str, backoffice: Context) -> Response:
    zaak = read(LopendeZaak, await body_of(request))
    data = zaak.model_dump(mode="json", by_alias=True) | {"standVan": zaak.stand_van.timestamp()}  # type: ignore[attr-defined] # read() gives what it was asked
    async with backoffice.store.write() as db:
        er_is_al = await get(db, ZAAK, zaaknummer)
        if er_is_al is None or er_is_al["standVan"] <= data["standVan"]:
            await put(db, ZAAK, zaaknummer, data)
    return Response(status_code=204)


@router.delete("/lopende-zaken/{zaaknummer:path}")
async def remove_zaak(zaaknummer: str, backoffice: Context) -> Response:
    async with backoffice.store.write() as db:
        await remove(db, ZAAK, zaaknummer)
    return Response(status_code=204)
