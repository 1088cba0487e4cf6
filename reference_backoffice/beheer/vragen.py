"""The tester's page with the questions that wait for an answer."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Depends, Form
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import Response

from ..config import NEDERLAND
from ..klantinteracties.bron import Beeld, load, rows_with
from ..klantinteracties.regels import Schrijver
from ..problems import Problem
from ..refs import Json
from ..store import interactie
from ..web import Context
from .api import check_origin
from .page import _back, _html, _reasons

router = APIRouter(prefix="/beheer/vragen", dependencies=[Depends(check_origin)])

PAGE: Final = "/beheer/vragen"
Tekst = Annotated[str, Form()]
Manier = Annotated[Literal["klantcontact", "reactie"], Form()]


@dataclass(frozen=True)
class Vraag:
    """A task that is not done, and what it came from. over: what the question is about."""

    taak: str
    contact: Json
    wie: str
    over: str


async def _names(db: AsyncConnection, contact: Json) -> str:
    partijen = [entry["wasPartij"]["uuid"] for entry in contact["_expand"]["hadBetrokkenen"] if entry["wasPartij"]]
    found = await Beeld(db).render("partijen", await rows_with(db, "partijen", "uuid", partijen))
    namen = [partij["partijIdentificatie"] for partij in found]
    return ", ".join(naam.get("volledigeNaam") or naam.get("naam", "") for naam in namen) or "onbekend"


async def _open_vragen(db: AsyncConnection) -> list[Vraag]:
    """Oldest first."""
    taken = select(interactie).where(interactie.c.soort == "internetaken").order_by(interactie.c.volgnr)
    vragen = []
    for taak in (await db.execute(taken)).mappings().all():
        if json.loads(taak["data"])["status"] != "te_verwerken":
            continue
        rows = [await load(db, "klantcontacten", taak["klantcontact"])]
        expand = frozenset({"hadBetrokkenen", "gingOverOnderwerpobjecten"})
        contact = (await Beeld(db).render("klantcontacten", rows, expand))[0]
        codes = [o["onderwerpobjectidentificator"] for o in contact["_expand"]["gingOverOnderwerpobjecten"]]
        zaken = [code["objectId"] for code in codes if code and code["codeObjecttype"] == "zaak"]
        vragen.append(Vraag(taak["uuid"], contact, await _names(db, contact), next(iter(zaken), "")))
    return vragen


@router.get("")
async def show_vragen(backoffice: Context, melding: str = "", fout: str = "") -> Response:
    async with backoffice.store.read() as db:
        vragen = await _open_vragen(db)
    return _html("vragen.html", vragen=vragen, melding=melding, fout=fout)


async def _answer_as_contact(db: AsyncConnection, schrijver: Schrijver, contact: Json, tekst: str) -> None:
    """A klantcontact of its own, about the question and about what the question was about, with the same person."""
    body = {
        "kanaal": contact["kanaal"],
        "onderwerp": f"Antwoord: {contact['onderwerp']}"[:200],
        "inhoud": tekst,
        "taal": contact["taal"],
        "vertrouwelijk": False,
        "indicatieContactGelukt": True,
        "plaatsgevondenOp": datetime.now(NEDERLAND).isoformat(),
    }
    answer = {"uuid": await schrijver.create("klantcontacten", body)}
    onderwerp = {"klantcontact": answer, "wasKlantcontact": {"uuid": contact["uuid"]}}
    await schrijver.create("onderwerpobjecten", onderwerp)
    for pad, veld in (("betrokkenen", "hadKlantcontact"), ("onderwerpobjecten", "klantcontact")):
        for row in await rows_with(db, pad, "klantcontact", [contact["uuid"]]):
            if row["wasKlantcontact"]:
                continue  # what the question itself answered or followed
            same = json.loads(row["data"]) | {veld: answer}
            await schrijver.create(pad, same | ({"initiator": False} if pad == "betrokkenen" else {}))


@router.post("/{taak}/antwoord")
async def answer_vraag(
    taak: str, backoffice: Context, tekst: Tekst = "", manier: Manier = "klantcontact", verwerkt: Tekst = ""
) -> Response:
    """manier: a klantcontact of its own, or the field reactie; verwerkt: when sent, the task is done too."""
    if not (tekst := tekst.strip()):
        return _back(PAGE, fout="Vul een antwoord in.")
    try:
        async with backoffice.store.write() as db:
            schrijver = Schrijver(db, backoffice.config)
            contact = str((await load(db, "internetaken", taak))["klantcontact"])
            if manier == "reactie":
                await schrijver.change("klantcontacten", contact, {"reactie": tekst})
            else:
                rows = [await load(db, "klantcontacten", contact)]
                await _answer_as_contact(db, schrijver, (await Beeld(db).render("klantcontacten", rows))[0], tekst)
            if verwerkt:
                await schrijver.change("internetaken", taak, {"status": "verwerkt"})
    except Problem as problem:
        return _back(PAGE, fout=_reasons(problem))
    return _back(PAGE, melding="Het antwoord is gegeven.")


@router.post("/{taak}/verwerkt")
async def finish_taak(taak: str, backoffice: Context) -> Response:
    try:
        async with backoffice.store.write() as db:
            await Schrijver(db, backoffice.config).change("internetaken", taak, {"status": "verwerkt"})
    except Problem as problem:
        return _back(PAGE, fout=_reasons(problem))
    return _back(PAGE, melding="De taak is verwerkt.")
