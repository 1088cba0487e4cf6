"""Uw vragen: everything that somebody asked us and what we answered, over every channel."""

from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from pip_portal.backoffice.klantcontact import Draad
from pip_portal.backoffice.klantcontacten import ContactenDep
from pip_portal.db import Db, Sessionmaker
from pip_portal.eigenaar import eigenaar_van
from pip_portal.errors import NotFound
from pip_portal.gebruiker import Ingelogd
from pip_portal.notificaties.lezen import lees_pad
from pip_portal.sleutels import Sleutels, SleutelsDep
from pip_portal.vragen import bewijs as bewijzen
from pip_portal.vragen import lezen
from pip_portal.vragen import vraag as vragen
from pip_portal.vragen.bewijs import Vraagbewijs
from pip_portal.vragen.kaarten import kanaal_in_woorden, mijn_vragen, stand_in_woorden
from pip_portal.vragen.lezen import Vraagregel
from pip_portal.vragen.vraag import MAX_TEKST, Gesteld
from pip_portal.web import page

router = APIRouter()


@router.get("/vragen", name="vragen:list")
async def list_vragen(
    request: Request, gebruiker: Ingelogd, contacten: ContactenDep, db: Db, sleutels: SleutelsDep
) -> Response:
    """What waits here is shown, too, when Klantinteracties does not answer."""
    alle = await mijn_vragen(request, gebruiker, contacten)
    hier: list[Vraagregel] = []
    if alle.inhoud is None:
        gesteld = await vragen.lijst(db, sleutels, eigenaar_van(gebruiker, sleutels).hash)
        hier = lezen.regels((), gesteld, {})
    return page(
        request,
        "vragen/list.html",
        fragment="lijst",
        alle=alle,
        regels=alle.inhoud or hier,
        kanaal=kanaal_in_woorden,
        stand=stand_in_woorden,
    )


@router.get("/vragen/{uuid}", name="vragen:draad")
async def show_draad(
    request: Request, gebruiker: Ingelogd, contacten: ContactenDep, db: Db, sleutels: SleutelsDep, uuid: UUID
) -> Response:
    eigenaar = eigenaar_van(gebruiker, sleutels)
    gesteld = await _gesteld(db, sleutels, eigenaar.hash, uuid)
    if gesteld is not None and not gesteld.overgedragen:
        return page(request, "vragen/wacht.html", gesteld=gesteld, stand=stand_in_woorden("ontvangen"))
    if gesteld is not None and gesteld.klantcontact != str(uuid):
        return RedirectResponse(request.url_for("vragen:draad", uuid=gesteld.klantcontact).path, 303)
    if contacten is None:
        raise NotFound("geen klantinteracties")
    draad = await contacten.draad(gebruiker, str(uuid))
    nieuw = lezen.is_nieuw(draad, await lezen.gelezen(db, eigenaar))
    await lezen.lees(db, eigenaar, draad)
    for contact in draad.contacten:
        request.state.ongelezen -= await lees_pad(db, eigenaar, f"/vragen/{contact.uuid}")
    laat = await bewijzen.lees_laat(request, eigenaar)
    bewijs = laat.bewijs if laat else _vervolg(request, eigenaar.hash, draad)
    return page(
        request,
        "vragen/draad.html",
        draad=draad,
        regel=lezen.regels((draad,), await vragen.lijst(db, sleutels, eigenaar.hash), {})[-1],
        is_nieuw=nieuw,
        stand=stand_in_woorden(draad.stand),
        kanaal=kanaal_in_woorden,
        zaak_url=_zaak_url(request, draad),
        zegel=bewijs.verzegel(sleutels),
        tekst=laat.velden.get("tekst", "") if laat else "",
        is_te_laat=laat is not None,
        max_tekst=MAX_TEKST,
    )


async def _gesteld(db: Sessionmaker, sleutels: Sleutels, eigenaar: str, uuid: UUID) -> Gesteld | None:
    try:
        return await vragen.lees(db, sleutels, eigenaar, uuid)
    except NotFound:
        return None


def _vervolg(request: Request, eigenaar: str, draad: Draad) -> Vraagbewijs:
    return Vraagbewijs(
        eigenaar=eigenaar,
        terug=request.url.path,
        vast="vervolg",
        over=draad.onderwerp.removeprefix("Vervolgvraag: ")[:150],
        zaak_uuid=draad.zaken[0] if draad.zaken else "",
        vervolg_op=draad.uuid,
    )


def _zaak_url(request: Request, draad: Draad) -> str:
    """Of the zaak that it is about, when there is only one place where that can be."""
    backoffices = request.app.state.settings.backoffices
    if not draad.zaken or len(backoffices) != 1:
        return ""
    return request.url_for("zaken:detail", bron=backoffices[0].bron, uuid=draad.zaken[0]).path
