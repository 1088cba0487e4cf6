"""The tester's page to send a bericht and to set a taak."""

from datetime import date
from typing import Annotated, Final, Literal
from uuid import uuid4

from fastapi import APIRouter, Depends, Form
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import Response

from .. import pdf, seed_post
from ..catalogus import GEMEENTE_RSIN, catalogus_ref
from ..documenten_schrijven import store_document
from ..fixtures.post import BETALEN, INFORMEREN, VERSTREKKEN, Bericht, Taak
from ..objecten import records
from ..objecten.tokens import type_uuid
from ..problems import Problem, invalid_field
from ..refs import Json
from ..store import zaak
from ..web import Backoffice, Context
from . import zaakbeeld
from .api import check_origin
from .page import _back, _html, _reasons

router = APIRouter(prefix="/beheer/post", dependencies=[Depends(check_origin)])

PAGE: Final = "/beheer/post"
Veld = Annotated[str, Form()]
Dagen = Annotated[int | None, Form(ge=-3650, le=3650)]
SoortBericht = Literal["notificatie", "betaalverzoek", "uitnodiging", "verzoek"]
SoortTaak = Literal["url", "portaalformulier", "ogonebetaling"]
PERSPECTIEVEN: Final = (INFORMEREN, VERSTREKKEN, BETALEN)


@router.get("")
async def show_post(backoffice: Context, melding: str = "", fout: str = "") -> Response:
    async with backoffice.store.read() as db:
        found = await records.find(db, [type_uuid("bericht"), type_uuid("taak")], op=None)
    return _html(
        "post.html",
        partijen=zaakbeeld.PARTIJEN,
        namen=dict(zaakbeeld.PARTIJEN),
        perspectieven=PERSPECTIEVEN,
        laatste=[one["record"]["data"] for one in reversed(found[-50:])],
        melding=melding,
        fout=fout,
    )


async def _zaak(db: AsyncConnection, zaaknummer: str) -> str:
    """The uuid of a zaak; nothing for no number.

    Raises: Problem 400 for a number that is not there.
    """
    if not zaaknummer.strip():
        return ""
    uuid = await db.scalar(select(zaak.c.uuid).where(zaak.c.identificatie == zaaknummer.strip()))
    if uuid is None:
        raise invalid_field("zaaknummer", "does_not_exist", "Deze zaak bestaat niet.")
    return str(uuid)


def _given(backoffice: Backoffice, data: Json) -> Json:
    return {"typeVersion": 1, "startAt": backoffice.config.today().isoformat(), "data": data}


@router.post("/bericht")
async def send_bericht(
    backoffice: Context,
    van: Veld,
    onderwerp: Veld,
    tekst: Veld,
    soort: Annotated[SoortBericht, Form()] = "notificatie",
    perspectief: Veld = "",
    termijn: Dagen = None,
    over: Dagen = None,
    zaaknummer: Veld = "",
    bijlage: Veld = "",
) -> Response:
    """termijn: days from today to act in; over: days until it is published; bijlage: title of a letter to make."""
    vandaag = backoffice.config.today()
    verhaal = Bericht(
        str(uuid4()), van, onderwerp, tekst, -(over or 0), soort, perspectief or None, termijn, zaak=zaaknummer.strip()
    )
    try:
        async with backoffice.store.write() as db:
            await _zaak(db, zaaknummer)
            bijlages = (await _letter(db, backoffice, bijlage, tekst, vandaag),) if bijlage.strip() else ()
            data = seed_post.bericht(verhaal, vandaag, zaaknummer.strip(), bijlages)
            await records.create(db, type_uuid("bericht"), _given(backoffice, data), vandaag)
    except Problem as problem:
        return _back(PAGE, fout=_reasons(problem))
    return _back(PAGE, melding="Het bericht is verstuurd.")


async def _letter(db: AsyncConnection, backoffice: Backoffice, titel: str, tekst: str, vandaag: date) -> str:
    """A letter of this text; gives its URL."""
    content = pdf.letter(titel.strip()[:200], tekst.splitlines())
    given = {
        "bronorganisatie": GEMEENTE_RSIN,
        "creatiedatum": vandaag.isoformat(),
        "titel": titel.strip()[:200],
        "vertrouwelijkheidaanduiding": "beperkt_openbaar",
        "auteur": "Gemeente Deventer",
        "status": "definitief",
        "formaat": "application/pdf",
        "bestandsnaam": f"{titel.strip().lower().replace(' ', '-')[:200]}.pdf",
        "indicatieGebruiksrecht": False,
        "informatieobjecttype": catalogus_ref("informatieobjecttypen", "Brief"),
    }
    return str((await store_document(db, backoffice, given, content, len(content)))["url"])


@router.post("/taak")
async def set_taak(
    backoffice: Context,
    van: Veld,
    titel: Veld,
    soort: Annotated[SoortTaak, Form()],
    waarde: Veld,
    bedrag: Annotated[float | None, Form(ge=0)] = None,
    over: Dagen = None,
    zaaknummer: Veld = "",
) -> Response:
    """waarde: the address of an url, the id of a portaalformulier or the betaalkenmerk; over: days until it ends."""
    inhoud: dict[SoortTaak, Json] = {
        "url": {"uri": waarde},
        "portaalformulier": {"formulier": {"soort": "id", "value": waarde}, "data": {}},
        "ogonebetaling": {"bedrag": bedrag or 0, "betaalkenmerk": waarde, "pspid": "GemeenteDeventer"},
    }
    vandaag = backoffice.config.today()
    verhaal = Taak(str(uuid4()), van, titel, soort, inhoud[soort], over=over)
    try:
        async with backoffice.store.write() as db:
            data = seed_post.taak(verhaal, vandaag, await _zaak(db, zaaknummer))
            await records.create(db, type_uuid("taak"), _given(backoffice, data), vandaag)
    except Problem as problem:
        return _back(PAGE, fout=_reasons(problem))
    return _back(PAGE, melding="De taak staat klaar.")


@router.post("/samenvoegen")
async def set_samenvoegen(backoffice: Context, vervangt: Veld = "") -> Response:
    backoffice.beheer.patch_vervangt = bool(vervangt)
    return _back(PAGE, melding="De schakelaar is omgezet.")
