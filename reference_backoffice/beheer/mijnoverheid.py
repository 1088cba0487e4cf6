"""The tester's page with what MijnOverheid was given, and who has an active Berichtenbox."""

import json
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Form
from sqlalchemy import select
from starlette.responses import Response

from .. import mijnoverheid
from ..store import mijnoverheid as tabel
from ..web import Context
from . import zaakbeeld
from .api import check_origin
from .page import _back, _html

router = APIRouter(prefix="/beheer/mijnoverheid", dependencies=[Depends(check_origin)])

PAGE: Final = "/beheer/mijnoverheid"
MAX_REGELS: Final = 100
BURGERS: Final = tuple((nummer, naam) for nummer, naam in zaakbeeld.PARTIJEN if len(nummer) == 9)


@router.get("")
async def show_mijnoverheid(backoffice: Context, melding: str = "") -> Response:
    async with backoffice.store.read() as db:
        rijen = (await db.execute(select(tabel).order_by(tabel.c.op.desc()))).all()
    per_soort = {
        soort: [(rij.id, json.loads(rij.data)) for rij in rijen if rij.soort == soort]
        for soort in (mijnoverheid.BERICHT, mijnoverheid.ZAAK, mijnoverheid.UIT)
    }
    return _html(
        "mijnoverheid.html",
        namen=dict(BURGERS),
        burgers=BURGERS,
        uit=[id_ for id_, _data in per_soort[mijnoverheid.UIT]],
        berichten=per_soort[mijnoverheid.BERICHT][:MAX_REGELS],
        zaken=per_soort[mijnoverheid.ZAAK][:MAX_REGELS],
        melding=melding,
    )


@router.post("/box")
async def set_box(backoffice: Context, bsn: Annotated[str, Form()], aan: Annotated[str, Form()] = "") -> Response:
    """Give this person an active Berichtenbox, or take it away."""
    async with backoffice.store.write() as db:
        if aan:
            await mijnoverheid.remove(db, mijnoverheid.UIT, bsn)
        else:
            await mijnoverheid.put(db, mijnoverheid.UIT, bsn, {"bsn": bsn})
    return _back(PAGE, melding=f"De Berichtenbox staat {'aan' if aan else 'uit'}.")
