"""What someone sent when the session had just ended: kept for half an hour, for the same person in the same browser.

The page that comes back after the login shows it again; nothing of it is stored as an answer by itself (forms §3.5).
"""

import hashlib
import json
import secrets
from collections.abc import Callable, Coroutine, Sequence
from datetime import timedelta
from typing import Any

from fastapi import Request
from fastapi.routing import APIRoute
from sqlalchemy import delete, select
from starlette.responses import Response

from pip_portal import koekjes, tables
from pip_portal.db import Sessionmaker
from pip_portal.errors import NotLoggedIn
from pip_portal.sleutels import Sleutels
from pip_portal.tijd import now

GELDIG = timedelta(minutes=30)
ONLANGS = timedelta(hours=2, minutes=15)  # since the concept was in use: the longest session, and its last page
MAX_STAP = 120
COOKIE = "laat"
NIET_BEWAREN = ("csrf", "actie")

Velden = Sequence[tuple[str, str]]


class TeLaat(NotLoggedIn):
    """The session ended before this was sent. geheim: what was typed is kept under it for half an hour."""

    def __init__(self, *, verlopen: bool, terug: str, geheim: str) -> None:
        super().__init__(verlopen=verlopen, terug=terug)
        self.geheim = geheim


class LateRoute(APIRoute):
    """Keeps what was sent when the session had just ended; a subclass says how."""

    @staticmethod
    async def bewaar(request: Request, exc: NotLoggedIn) -> NotLoggedIn:
        """What to raise: TeLaat once something is kept, else the exception itself."""
        raise NotImplementedError

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handler = super().get_route_handler()

        async def handle(request: Request) -> Response:
            try:
                return await handler(request)
            except NotLoggedIn as exc:
                raise await self.bewaar(request, exc) from None

        return handle


async def bewaar(db: Sessionmaker, sleutels: Sleutels, concept_id: str | None, stap: str, velden: Velden) -> str:
    """Keep what was typed; returns the secret for the cookie of this browser. One per concept: the last one.

    concept_id None: of a page without concept, one per stap; the fields themselves say whose they are.
    """
    waar = tables.LateInvoer.concept_id == concept_id
    if concept_id is None:
        waar = tables.LateInvoer.concept_id.is_(None) & (tables.LateInvoer.stap == stap[:MAX_STAP])
    geheim = secrets.token_urlsafe(32)
    invoer = json.dumps([concept_id, stap, [v for v in velden if v[0] not in NIET_BEWAREN]], ensure_ascii=False)
    async with db.begin() as session:
        await session.execute(delete(tables.LateInvoer).where(waar))
        session.add(
            tables.LateInvoer(
                id_hash=_hash(geheim),
                concept_id=concept_id,
                stap=stap[:MAX_STAP],
                invoer=sleutels.encrypt(invoer.encode()),
                verloopt_op=now() + GELDIG,
            )
        )
    return geheim


async def lees(db: Sessionmaker, sleutels: Sleutels, geheim: str, concept_id: str, stap: str) -> Velden | None:
    """What this browser left for this page, or None. The caller has checked whose concept it is."""
    async with db() as session:
        rij = await session.scalar(
            select(tables.LateInvoer).where(
                tables.LateInvoer.id_hash == _hash(geheim),
                tables.LateInvoer.concept_id == concept_id,
                tables.LateInvoer.stap == stap[:MAX_STAP],
                tables.LateInvoer.verloopt_op > now(),
            )
        )
    if rij is None:
        return None
    try:
        van, _stap, velden = json.loads(sleutels.decrypt(rij.invoer))
    except ValueError:
        return None
    return [(naam, waarde) for naam, waarde in velden] if van == concept_id else None


async def lees_los(db: Sessionmaker, sleutels: Sleutels, geheim: str) -> Velden | None:
    """What this browser left for a page without concept, or None. The caller looks whose it is, and for which page."""
    async with db() as session:
        rij = await session.get(tables.LateInvoer, _hash(geheim))
    if rij is None or rij.concept_id is not None or rij.verloopt_op <= now():
        return None
    try:
        van, stap, velden = json.loads(sleutels.decrypt(rij.invoer))
    except ValueError:
        return None
    return [(naam, waarde) for naam, waarde in velden] if (van, stap[:MAX_STAP]) == (None, rij.stap) else None


async def gooi_weg(db: Sessionmaker, geheim: str, stap: str = "") -> None:
    """It was used, or somebody else logged in in this browser. stap: only when it was left for that page."""
    welke = tables.LateInvoer.id_hash == _hash(geheim)
    if stap:
        welke &= tables.LateInvoer.stap == stap[:MAX_STAP]
    async with db.begin() as session:
        await session.execute(delete(tables.LateInvoer).where(welke))


def geheim_van(request: Request) -> str:
    waarde = koekjes.lees(request, COOKIE)
    return waarde if len(waarde) <= 100 else ""


def zet_cookie(request: Request, response: Response, geheim: str) -> None:
    koekjes.zet(request, response, COOKIE, geheim, GELDIG)


def wis_cookie(request: Request, response: Response) -> None:
    koekjes.wis(request, response, COOKIE)


def _hash(geheim: str) -> str:
    return hashlib.sha256(geheim.encode()).hexdigest()
