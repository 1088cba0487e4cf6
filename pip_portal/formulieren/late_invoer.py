"""What someone sent when the session had just ended: kept for half an hour, for the same person in the same browser.

The page that comes back after the login shows it again; nothing of it is stored as an answer by itself (forms §3.5).
"""

import hashlib
import json
import secrets
from collections.abc import Sequence
from datetime import timedelta

from fastapi import Request
from sqlalchemy import delete, select
from starlette.responses import Response

from pip_portal import tables
from pip_portal.db import Sessionmaker
from pip_portal.settings import Settings
from pip_portal.sleutels import Sleutels
from pip_portal.tijd import now

GELDIG = timedelta(minutes=30)
ONLANGS = timedelta(hours=2, minutes=15)  # since the concept was in use: the longest session, and its last page
MAX_STAP = 120
NIET_BEWAREN = ("csrf", "actie")

Velden = Sequence[tuple[str, str]]


def cookienaam(settings: Settings) -> str:
    return "__Host-laat" if settings.is_https else "laat"


async def bewaar(db: Sessionmaker, sleutels: Sleutels, concept_id: str, stap: str, velden: Velden) -> str:
    """Keep what was typed; returns the secret for the cookie of this browser. One per concept: the last one."""
    geheim = secrets.token_urlsafe(32)
    invoer = json.dumps([concept_id, stap, [v for v in velden if v[0] not in NIET_BEWAREN]], ensure_ascii=False)
    async with db.begin() as session:
        await session.execute(delete(tables.LateInvoer).where(tables.LateInvoer.concept_id == concept_id))
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


async def gooi_weg(db: Sessionmaker, geheim: str) -> None:
    """It was used, or somebody else logged in in this browser."""
    async with db.begin() as session:
        await session.execute(delete(tables.LateInvoer).where(tables.LateInvoer.id_hash == _hash(geheim)))


def geheim_van(request: Request) -> str:
    waarde = request.cookies.get(cookienaam(request.app.state.settings), "")
    return waarde if len(waarde) <= 100 else ""


def zet_cookie(request: Request, response: Response, geheim: str) -> None:
    settings: Settings = request.app.state.settings
    response.set_cookie(
        cookienaam(settings),
        geheim,
        max_age=int(GELDIG.total_seconds()),
        path="/",
        secure=settings.is_https,
        httponly=True,
        samesite="lax",
    )


def wis_cookie(request: Request, response: Response) -> None:
    settings: Settings = request.app.state.settings
    response.delete_cookie(cookienaam(settings), path="/", secure=settings.is_https, httponly=True, samesite="lax")


def _hash(geheim: str) -> str:
    return hashlib.sha256(geheim.encode()).hexdigest()
