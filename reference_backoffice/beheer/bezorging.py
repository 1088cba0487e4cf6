"""The tester's page with who subscribed, what was delivered, and the switches of the delivery."""

import json
from dataclasses import fields
from typing import Final

from fastapi import APIRouter, Depends, Request
from sqlalchemy import select
from starlette.responses import Response

from ..notificaties.bezorgen import Schakelaars
from ..store import abonnement, aflevering, notificatie
from ..web import Context
from .api import check_origin
from .page import _back, _html

router = APIRouter(prefix="/beheer/notificaties", dependencies=[Depends(check_origin)])

PAGE: Final = "/beheer/notificaties"
MAX_REGELS: Final = 100
# name of the switch: what a tester reads
UITLEG: Final = {
    "stil": "Stil: niets wordt bezorgd, alles wacht",
    "dubbel": "Dubbel: alles komt twee keer",
    "door_elkaar": "Door elkaar: het laatste komt eerst",
    "verlies": "Verlies: berichten raken kwijt",
}


@router.get("")
async def show_bezorging(backoffice: Context, melding: str = "") -> Response:
    log = (
        select(
            aflevering.c.toestand,
            aflevering.c.pogingen,
            aflevering.c.laatste,
            abonnement.c.callback_url,
            notificatie.c.data,
        )
        .join(notificatie, notificatie.c.id == aflevering.c.notificatie)
        .join(abonnement, abonnement.c.uuid == aflevering.c.abonnement)
        .order_by(aflevering.c.id.desc())
        .limit(MAX_REGELS)
    )
    async with backoffice.store.read() as db:
        abonnementen = (await db.scalars(select(abonnement.c.data).order_by(abonnement.c.nummer))).all()
        regels = (await db.execute(log)).all()
    return _html(
        "bezorging.html",
        abonnementen=list(map(json.loads, abonnementen)),
        regels=[(regel, json.loads(regel.data)) for regel in regels],
        schakelaars=[(naam, tekst, getattr(backoffice.bezorger.schakelaars, naam)) for naam, tekst in UITLEG.items()],
        melding=melding,
    )


@router.post("/schakelaars")
async def set_schakelaars(request: Request, backoffice: Context) -> Response:
    async with request.form() as form:
        backoffice.bezorger.zet(**{veld.name: veld.name in form for veld in fields(Schakelaars)})
    return _back(PAGE, melding="De schakelaars zijn omgezet.")


@router.post("/nu")
async def deliver_now(backoffice: Context) -> Response:
    """One try for all that waits, whenever it would be."""
    aantal = await backoffice.bezorger.ronde(alles=True)
    return _back(PAGE, melding=f"Pogingen gedaan: {aantal}.")
