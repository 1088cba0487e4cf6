"""Where a backoffice tells that something changed. No session, no page: a secret in the header says who it is.

Answered as soon as it is stored; what it means is for the worker. Source: VNG Notificaties API, consumer part.
"""

import hmac
import logging

from fastapi import APIRouter, Request, Response
from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError

from pip_portal.notificaties.bericht import TEST, Bericht, waarom_niet
from pip_portal.notificaties.ontvangst import Ontvangst
from pip_portal.tijd import now

log = logging.getLogger(__name__)

machine = APIRouter()

PAD = "/webhooks/notificaties"
MAX_GROOTTE = 20_000  # bytes; an honest one has about one thousand


@machine.post(PAD, name="notificaties:webhook")
async def ontvang(request: Request) -> Response:
    """204 when stored, or when there is nothing to store; 503 when it could not be, so that the sender tries again."""
    if not _mag(request):
        return Response(status_code=403 if request.headers.get("authorization") else 401)
    soort = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if soort not in ("application/json", ""):
        return Response(status_code=415)
    inhoud = await request.body()
    if len(inhoud) > MAX_GROOTTE:
        return Response(status_code=413)
    try:
        bericht = Bericht.model_validate_json(inhoud)
    except ValidationError:
        log.warning("notificatie niet te lezen", extra={"bytes": len(inhoud)})
        return Response(status_code=400)
    if bericht.kanaal == TEST:
        return Response(status_code=204)
    bronnen = request.app.state.bronnen
    klant = bronnen.klantinteracties.verbinding if bronnen.klantinteracties is not None else None
    objecten = bronnen.objecten.verbinding if bronnen.objecten is not None else None
    reden = waarom_niet(bronnen.zaaksysteem.bronnen, bericht, now(), klant, objecten)
    if reden:
        log.info("notificatie genegeerd", extra=bericht.voor_log() | {"reden": reden})
    ontvangst: Ontvangst = request.app.state.ontvangst
    try:
        await ontvangst.bewaar(bericht, reden)
    except (SQLAlchemyError, OSError) as exc:
        log.error("notificatie niet bewaard", exc_info=exc)
        return Response(status_code=503)
    return Response(status_code=204)


def _mag(request: Request) -> bool:
    """Exactly the header that our abonnement has, compared in constant time; without a secret nobody may."""
    geheim = request.app.state.settings.notificaties_geheim.get_secret_value()
    gegeven = request.headers.get("authorization", "")
    return bool(geheim) and hmac.compare_digest(gegeven.encode(), f"Bearer {geheim}".encode())
