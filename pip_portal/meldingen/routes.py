"""Which meldingen openbare ruimte are open: for everybody, and nothing but what Signalen makes public itself.

A kind, a place about as precise as a street, and a day. Never the text or a photo: nobody looked at those yet.
"""

from dataclasses import dataclass
from math import atan2, cos, degrees, radians
from typing import Final

from babel.numbers import format_decimal
from fastapi import APIRouter, Request
from fastapi.responses import Response

from pip_portal import mij_ook
from pip_portal.backoffice.bronnen import get_bronnen
from pip_portal.backoffice.signalen import BekendeMelding, Punt, meters
from pip_portal.db import Db
from pip_portal.errors import NotFound
from pip_portal.security import csp_with_images
from pip_portal.taal import N_, _, taal
from pip_portal.web import page

router = APIRouter(prefix="/meldingen")

MEESTE: Final = 100
RICHTINGEN: Final = (
    *(N_("ten noorden"), N_("ten noordoosten"), N_("ten oosten"), N_("ten zuidoosten")),
    *(N_("ten zuiden"), N_("ten zuidwesten"), N_("ten westen"), N_("ten noordwesten")),
)


@dataclass(frozen=True)
class Regel:
    """aantal: of people who told this, the first one included."""

    melding: BekendeMelding
    plek: str
    aantal: int


@router.get("", name="meldingen:list")
async def list_meldingen(request: Request, db: Db) -> Response:
    """The newest open meldingen. Raises: NotFound without Signalen; BackofficeUnavailable; BackofficeDefect."""
    signalen = get_bronnen(request).signalen
    if not signalen.is_ingesteld:
        raise NotFound("de kaart van meldingen")
    breedte, lengte = (float(deel) for deel in request.app.state.settings.kaart_midden.split(","))
    open_ = await signalen.open_rondom((lengte, breedte))
    aantallen = await mij_ook.aantallen(db)
    regels = tuple(
        Regel(melding, plek((lengte, breedte), melding.punt), 1 + aantallen[melding.sleutel])
        for melding in open_[:MEESTE]
    )
    settings = request.app.state.settings
    kaart = settings if settings.kaart_tegels else None
    response = page(request, "meldingen/list.html", regels=regels, totaal=len(open_), kaart=kaart)
    if kaart:
        response.headers["Content-Security-Policy"] = csp_with_images(settings.kaart_tegels)
    return response


def plek(midden: Punt, punt: Punt) -> str:
    """Where it is in words, to tens of metres: Signalen makes no street public, only a point."""
    afstand = 10 * round(meters(midden, punt) / 10)
    oost = (punt[0] - midden[0]) * cos(radians(midden[1]))
    richting = RICHTINGEN[round(degrees(atan2(oost, punt[1] - midden[1])) / 45) % 8]
    if afstand < 1000:
        ver = _("%(afstand)s meter") % {"afstand": afstand}
    else:
        ver = _("%(afstand)s kilometer") % {"afstand": format_decimal(afstand / 1000, "0.0", locale=taal())}
    return _("%(ver)s %(richting)s van het centrum") % {"ver": ver, "richting": _(richting)}
