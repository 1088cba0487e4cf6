"""A question of somebody who did not log in: a name, and an e-mail address or phone number to answer to.

Nothing here tells whether somebody is known. The page afterwards holds a number and a date, for whoever has its URL.
"""

from datetime import timedelta
from typing import Final
from uuid import UUID, uuid4

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from pip_portal.contact.adressen import normaliseer
from pip_portal.db import Db
from pip_portal.eigenaar import ANONIEM_GELDIG, Eigenaar
from pip_portal.errors import NotFound, TeVaak
from pip_portal.sleutels import Sleutels, SleutelsDep
from pip_portal.taal import _
from pip_portal.tellers import Grens, tel, tel_wie
from pip_portal.tijd import now, vandaag
from pip_portal.vragen import bewijs as bewijzen
from pip_portal.vragen import invoer as invoeren
from pip_portal.vragen import vraag as vragen
from pip_portal.vragen.bewijs import Vraagbewijs
from pip_portal.vragen.invoer import Invoer
from pip_portal.vragen.stellen import draagt_over, is_gesteld, kcc_na, neemt_aan, te_vaak, toon
from pip_portal.web import form_fields, page

router = APIRouter()

PER_ADRES: Final = Grens(3, timedelta(hours=1))  # confirmations to one address, whoever asks for them


@router.get("/contact", name="vragen:contact")
async def show_contact(request: Request, db: Db, sleutels: SleutelsDep) -> Response:
    if request.state.sessie is not None:
        return RedirectResponse(request.url_for("vragen:nieuw").path, 303)
    bewijs = _nieuw(request, sleutels)
    return await toon(request, db, sleutels, _eigenaar(bewijs), bewijs, Invoer())


@router.post("/contact", name="vragen:stel_zonder_login")
async def save_contact(request: Request, db: Db, sleutels: SleutelsDep) -> Response:
    velden = await form_fields(request)
    invoer = invoeren.lees(velden)
    bewijs = bewijzen.open_zegel(velden.get("bewijs", ""), sleutels)
    if bewijs is None or bewijs.eigenaar != _hash(bewijs.id, sleutels):
        nieuw = _nieuw(request, sleutels)
        let_op = _("Deze pagina was te lang open. Kijk uw vraag na en verstuur hem opnieuw.")
        return await toon(request, db, sleutels, _eigenaar(nieuw), nieuw, invoer, let_op=let_op, status_code=409)
    eigenaar = _eigenaar(bewijs)
    if await is_gesteld(db, sleutels, eigenaar, bewijs):
        return _naar_ontvangen(request, bewijs.id)
    invoeren.kijk_na(invoer, "", anoniem=True)
    if invoer.fouten or not neemt_aan(request):
        return await toon(request, db, sleutels, eigenaar, bewijs, invoer, status_code=422)
    email = normaliseer("email", invoer.email) or ""
    try:
        await tel(request, eigenaar, "vragen")
        if email:
            await tel_wie(db, sleutels, "vragen", f"mail:{email.lower()}", PER_ADRES)
    except TeVaak:
        return await toon(request, db, sleutels, eigenaar, bewijs, invoer, let_op=te_vaak(), status_code=429)
    gesteld = await vragen.bewaar(
        db,
        sleutels,
        id=bewijs.id,
        eigenaar=eigenaar.hash,
        inhoud=invoeren.wordt(invoer, bewijs, {"naam": invoer.naam, "email": email}),
        antwoord_voor=invoer.norm("").antwoord_voor(vandaag()),
        mail_aan=email,
        kcc_na=kcc_na(request),
        draagt_over=draagt_over(request),
    )
    await request.app.state.werker.een(gesteld.opdracht)
    return _naar_ontvangen(request, bewijs.id)


@router.get("/contact/{uuid}/ontvangen", name="vragen:ontvangen_zonder_login")
async def show_received(request: Request, db: Db, sleutels: SleutelsDep, uuid: UUID) -> Response:
    gesteld = await vragen.lees(db, sleutels, _hash(uuid, sleutels), uuid)
    if gesteld.ontvangen_op < now() - ANONIEM_GELDIG:
        raise NotFound("deze pagina is er niet meer")
    return page(request, "vragen/ontvangen.html", gesteld=gesteld, email=None, bekijk_url="")


def _nieuw(request: Request, sleutels: Sleutels) -> Vraagbewijs:
    id = uuid4()
    return Vraagbewijs(id=id, eigenaar=_hash(id, sleutels), terug=request.url_for("vragen:contact").path)


def _hash(id: UUID, sleutels: Sleutels) -> str:
    """Each question without a login is of an owner of its own."""
    return sleutels.keyed_hash("eigenaar", f"vraag:{id}")


def _eigenaar(bewijs: Vraagbewijs) -> Eigenaar:
    return Eigenaar(bewijs.eigenaar, None)


def _naar_ontvangen(request: Request, id: UUID) -> Response:
    return RedirectResponse(request.url_for("vragen:ontvangen_zonder_login", uuid=id).path, 303)
