"""What a form for a question proves when it comes back: whose it is, and what it is about.

So a question about a zaak is taken while the zaaksysteem is away, and what was typed when the session had just ended
waits for the same person.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from fastapi import Request
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pip_portal import late_invoer
from pip_portal.eigenaar import Eigenaar
from pip_portal.errors import NotLoggedIn
from pip_portal.late_invoer import TeLaat
from pip_portal.sleutels import Sleutels
from pip_portal.tijd import now
from pip_portal.web import form_fields

GELDIG: Final = timedelta(hours=12)
STAP: Final = "vraag"


class Vraagbewijs(BaseModel):
    """Travels encrypted in a hidden field. id: of the question, so that sending twice is once. eigenaar: keyed hash.

    vast: key of the onderwerp that the page chose. over: what that is, in words. terug: path of the page of the form.
    """

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    id: UUID = Field(default_factory=uuid4)
    eigenaar: str
    terug: str
    vast: str = ""
    over: str = ""
    bron: str = ""
    zaak_uuid: str = ""
    zaaknummer: str = ""
    vervolg_op: str = ""
    gemaakt_op: datetime = Field(default_factory=now)

    def verzegel(self, sleutels: Sleutels) -> str:
        return sleutels.encrypt(self.model_dump_json().encode()).decode()


def open_zegel(verzegeld: str, sleutels: Sleutels) -> Vraagbewijs | None:
    """What we sealed not too long ago, for whomever; None when this is not that."""
    try:
        bewijs = Vraagbewijs.model_validate_json(sleutels.decrypt(verzegeld.encode()))
    except (ValueError, ValidationError):
        return None
    return bewijs if now() - bewijs.gemaakt_op < GELDIG else None


def lees(verzegeld: str, sleutels: Sleutels, eigenaar: Eigenaar) -> Vraagbewijs | None:
    """What the page proves, or None when it proves nothing for this eigenaar."""
    bewijs = open_zegel(verzegeld, sleutels)
    return bewijs if bewijs is not None and bewijs.eigenaar == eigenaar.hash else None


@dataclass(frozen=True)
class Laat:
    """What was sent when the session had ended; not sent yet."""

    bewijs: Vraagbewijs
    velden: dict[str, str] = field(repr=False)


async def _bewaar(request: Request, exc: NotLoggedIn) -> NotLoggedIn:
    if request.method != "POST" or not exc.verlopen:
        return exc
    velden = await form_fields(request)
    sleutels: Sleutels = request.app.state.sleutels
    bewijs = open_zegel(velden.get("bewijs", ""), sleutels)
    if bewijs is None:
        return exc
    stap = f"{STAP}:{bewijs.id}"
    geheim = await late_invoer.bewaar(request.app.state.db, sleutels, None, stap, list(velden.items()))
    return TeLaat(verlopen=True, terug=bewijs.terug, geheim=geheim)


class LateRoute(late_invoer.LateRoute):
    """Keeps what was typed in a POST that nobody is logged in for, when its page was made for somebody until now."""

    bewaar = staticmethod(_bewaar)


async def lees_laat(request: Request, eigenaar: Eigenaar) -> Laat | None:
    """What this browser left for this page; what another person left is thrown away."""
    db, sleutels = request.app.state.db, request.app.state.sleutels
    geheim = late_invoer.geheim_van(request)
    gelezen = await late_invoer.lees_los(db, sleutels, geheim) if geheim else None
    if gelezen is None:
        return None
    velden = dict(gelezen)
    bewijs = open_zegel(velden.get("bewijs", ""), sleutels)
    if bewijs is None:
        return None
    if bewijs.eigenaar != eigenaar.hash:
        await late_invoer.gooi_weg(db, geheim)
        return None
    return Laat(bewijs, velden) if bewijs.terug == request.url.path else None


async def gooi_weg(request: Request, bewijs: Vraagbewijs) -> None:
    """It was sent again."""
    if geheim := late_invoer.geheim_van(request):
        await late_invoer.gooi_weg(request.app.state.db, geheim, f"{STAP}:{bewijs.id}")
