"""A page at a zaak that was sent when the session had just ended: what was typed waits for the same person."""

from dataclasses import dataclass, field
from uuid import UUID

from fastapi import Request

from pip_portal import late_invoer
from pip_portal.bestanden.multipart import lees_multipart
from pip_portal.eigenaar import Eigenaar
from pip_portal.errors import NotLoggedIn
from pip_portal.late_invoer import TeLaat
from pip_portal.security import MAX_BODY
from pip_portal.sleutels import Sleutels
from pip_portal.zaken import formbewijs


@dataclass(frozen=True)
class Laat:
    """id: of the inzending that the page makes; its files wait under it."""

    id: UUID
    tekst: str = field(repr=False)


async def _bewaar(request: Request, exc: NotLoggedIn) -> NotLoggedIn:
    """What to raise: TeLaat once the text is kept; files never, and no more than a form without files can hold."""
    lengte = request.headers.get("content-length", "")
    if request.method != "POST" or not exc.verlopen or not lengte.isdigit() or int(lengte) > MAX_BODY:
        return exc
    velden = await lees_multipart(request)
    sleutels: Sleutels = request.app.state.sleutels
    bewijs = formbewijs.open_zegel(dict(velden).get("bewijs", ""), sleutels)
    if bewijs is None:
        return exc
    pad = request.path_params
    if (bewijs.bron, str(bewijs.zaak_uuid), str(bewijs.id)) != (pad["bron"], pad["uuid"], pad["inzending"]):
        return exc
    geheim = await late_invoer.bewaar(request.app.state.db, sleutels, None, _plek(sleutels, bewijs.id), velden)
    return TeLaat(verlopen=True, terug=request.url.path.rpartition("/")[0], geheim=geheim)


class LateRoute(late_invoer.LateRoute):
    """Keeps the text of a POST that nobody is logged in for, when its page was made for somebody until just now."""

    bewaar = staticmethod(_bewaar)


async def lees(request: Request, eigenaar: Eigenaar, bron: str, uuid: UUID, veld: str) -> Laat | None:
    """What this browser left in this field of this page; what another person left is thrown away."""
    db, sleutels = request.app.state.db, request.app.state.sleutels
    geheim = late_invoer.geheim_van(request)
    gelezen = await late_invoer.lees_los(db, sleutels, geheim) if geheim else None
    if gelezen is None:
        return None
    velden = dict(gelezen)
    bewijs = formbewijs.open_zegel(velden.get("bewijs", ""), sleutels)
    if bewijs is None or bewijs.eigenaar != eigenaar.hash:
        await late_invoer.gooi_weg(db, geheim)
        return None
    if (bewijs.bron, bewijs.zaak_uuid) != (bron, uuid) or veld not in velden:
        return None
    return Laat(bewijs.id, velden[veld].replace("\r\n", "\n").strip())


async def gooi_weg(request: Request, inzending: UUID) -> None:
    """The page was sent again."""
    if geheim := late_invoer.geheim_van(request):
        await late_invoer.gooi_weg(request.app.state.db, geheim, _plek(request.app.state.sleutels, inzending))


def _plek(sleutels: Sleutels, inzending: UUID) -> str:
    return sleutels.keyed_hash("late_invoer", str(inzending))
