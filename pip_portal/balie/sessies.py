"""The session of an employee: a cookie and a table of its own, so that it opens no page of a citizen, ever."""

import hashlib
import json
import secrets
from dataclasses import replace

from fastapi import Request
from sqlalchemy import delete, update
from starlette.responses import Response

from pip_portal import koekjes
from pip_portal.gebruiker import Medewerker
from pip_portal.sleutels import Sleutels
from pip_portal.tables import Baliesessie
from pip_portal.tijd import now

COOKIE = "balie"


async def begin(request: Request, response: Response, medewerker: Medewerker) -> None:
    """A new session, in the cookie of this answer."""
    state, moment = request.app.state, now()
    sessie_id = secrets.token_urlsafe(32)
    async with state.db.begin() as session:
        await session.execute(delete(Baliesessie).where(Baliesessie.eindigt_op < moment))
        session.add(
            Baliesessie(
                id_hash=_hash(sessie_id),
                pseudoniem=medewerker.pseudoniem,
                gegevens=state.sleutels.encrypt(json.dumps(medewerker.naam).encode()),
                laatst_gezien_op=moment,
                eindigt_op=moment + state.settings.sessie_maximaal,
            )
        )
    koekjes.zet(request, response, COOKIE, sessie_id)


async def end(request: Request, response: Response, medewerker: Medewerker) -> None:
    async with request.app.state.db.begin() as session:
        await session.execute(delete(Baliesessie).where(Baliesessie.id_hash == medewerker.sessie))
    koekjes.wis(request, response, COOKIE)


def heeft_cookie(request: Request) -> bool:
    """Whether an employee worked in this browser, so that who must log in again is sent to the right page."""
    return bool(request.app.state.settings.medewerkers and koekjes.lees(request, COOKIE))


async def load_balie(request: Request) -> None:
    """Put the employee of this browser on the request; nobody while a citizen is logged in, or when it is closed."""
    request.state.medewerker = None
    if request.state.sessie is None and heeft_cookie(request):
        request.state.medewerker = await _lees(request, koekjes.lees(request, COOKIE))


async def _lees(request: Request, sessie_id: str) -> Medewerker | None:
    state, moment = request.app.state, now()
    sleutels: Sleutels = state.sleutels
    if len(sessie_id) > 100:
        return None
    async with state.db.begin() as session:
        rij = await session.get(Baliesessie, _hash(sessie_id))
        if rij is None:
            return None
        if moment >= min(rij.eindigt_op, rij.laatst_gezien_op + state.settings.sessie_inactief):
            await session.delete(rij)
            return None
        gezien = update(Baliesessie).where(Baliesessie.id_hash == rij.id_hash).values(laatst_gezien_op=moment)
        await session.execute(gezien)
        medewerker = Medewerker(rij.pseudoniem, json.loads(sleutels.decrypt(rij.gegevens)))
        return replace(medewerker, sessie=rij.id_hash, csrf=sleutels.keyed_hash("csrf-balie", rij.id_hash))


def _hash(sessie_id: str) -> str:
    return hashlib.sha256(sessie_id.encode()).hexdigest()
