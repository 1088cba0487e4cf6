"""What the page of a taak carries to prove whose it was when it was made.

So that answers are taken when the backoffice is away for a moment, and kept when the session ended.
"""

from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from fastapi import Request
from pydantic import BaseModel, ConfigDict, ValidationError

from pip_portal import late_invoer
from pip_portal.backoffice.objecttypen import Taak
from pip_portal.eigenaar import Eigenaar
from pip_portal.errors import NotLoggedIn
from pip_portal.late_invoer import TeLaat
from pip_portal.sleutels import Sleutels
from pip_portal.tijd import now
from pip_portal.web import form_fields

GELDIG: Final = timedelta(hours=24)


class Taakbewijs(BaseModel):
    """index: of the record that the page showed; verloopdatum: of the taak, not after that moment."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    taak: UUID
    index: int
    eigenaar: str
    titel: str
    formulier: str
    uiterlijk: date | None
    verloopdatum: datetime | None
    gemaakt_op: datetime

    def verzegel(self, sleutels: Sleutels) -> str:
        return sleutels.encrypt(self.model_dump_json().encode()).decode()


def maak(taak: Taak, eigenaar: Eigenaar, formulier: str) -> Taakbewijs:
    return Taakbewijs(
        taak=taak.uuid,
        index=taak.rij.record.index,
        eigenaar=eigenaar.hash,
        titel=taak.titel,
        uiterlijk=taak.uiterlijk,
        formulier=formulier,
        verloopdatum=taak.verloopdatum,
        gemaakt_op=now(),
    )


def open_zegel(zegel: str, sleutels: Sleutels, taak: UUID) -> Taakbewijs | None:
    """None when it is not ours, of another taak, or of long ago; whose it is, is for the caller to look at."""
    try:
        bewijs = Taakbewijs.model_validate_json(sleutels.decrypt(zegel.encode()))
    except (ValueError, ValidationError):
        return None
    return bewijs if bewijs.taak == taak and bewijs.gemaakt_op > now() - GELDIG else None


async def _bewaar(request: Request, exc: NotLoggedIn) -> NotLoggedIn:
    if request.method != "POST" or not exc.verlopen:
        return exc
    sleutels: Sleutels = request.app.state.sleutels
    velden = await form_fields(request)
    try:
        bewijs = open_zegel(velden.get("bewijs", ""), sleutels, UUID(request.path_params["uuid"]))
    except ValueError:
        return exc
    if bewijs is None:
        return exc
    plek = _plek(sleutels, bewijs.taak, bewijs.eigenaar)
    geheim = await late_invoer.bewaar(request.app.state.db, sleutels, None, plek, list(velden.items()))
    return TeLaat(verlopen=True, terug=request.url.path, geheim=geheim)


class LateRoute(late_invoer.LateRoute):
    """Keeps what was typed when the session ended just before it was sent."""

    bewaar = staticmethod(_bewaar)


async def lees_laat(request: Request, eigenaar: Eigenaar, taak: UUID) -> dict[str, str] | None:
    """What this browser typed for this taak just before the session ended; of another person it is thrown away."""
    db, sleutels = request.app.state.db, request.app.state.sleutels
    geheim = late_invoer.geheim_van(request)
    gelezen = await late_invoer.lees_los(db, sleutels, geheim) if geheim else None
    if gelezen is None:
        return None
    velden = dict(gelezen)
    bewijs = open_zegel(velden.get("bewijs", ""), sleutels, taak)
    if bewijs is None:
        return None
    if bewijs.eigenaar != eigenaar.hash:
        await late_invoer.gooi_weg(db, geheim)
        return None
    return velden


async def gooi_weg(request: Request, eigenaar: Eigenaar, taak: UUID) -> None:
    if geheim := late_invoer.geheim_van(request):
        sleutels: Sleutels = request.app.state.sleutels
        await late_invoer.gooi_weg(request.app.state.db, geheim, _plek(sleutels, taak, eigenaar.hash))


def _plek(sleutels: Sleutels, taak: UUID, eigenaar: str) -> str:
    return sleutels.keyed_hash("late_invoer", f"taak:{taak}:{eigenaar}")
