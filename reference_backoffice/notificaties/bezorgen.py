"""Delivers what was published: at least once, with retries, in the background. And the switches for a tester."""

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

import httpx
from sqlalchemy import func, select, update
from sqlalchemy.exc import SQLAlchemyError

from ..refs import render
from ..store import Store, abonnement, aflevering, notificatie

log = logging.getLogger(__name__)

Transport = Callable[[], httpx.AsyncBaseTransport]
POGINGEN: Final = 8  # the first one, and seven again
LANGSTE_WACHT: Final = 52_000.0  # seconds
BASIS: Final = 4
PER_RONDE: Final = 200


@dataclass
class Schakelaars:
    """stil: nothing is sent, it waits. dubbel: everything arrives twice. door_elkaar: the last comes first.
    verlies: messages are thrown away as if they had been delivered."""

    stil: bool = False
    dubbel: bool = False
    door_elkaar: bool = False
    verlies: bool = False


class Bezorger:
    """transport: makes what calls go through; a test puts the ASGI app of the subscriber here.

    factor: seconds before the second try; each wait after that is four times longer.
    """

    def __init__(self, store: Store, public_url: str, factor: float, transport: Transport | None = None) -> None:
        self.store, self.public_url, self.factor, self.transport = store, public_url, factor, transport
        self.schakelaars = Schakelaars()
        self.verzamelen = 1.0  # seconds to wait for others, with door_elkaar
        self._lock = asyncio.Lock()
        self._stop = False
        self._task: asyncio.Task[None] | None = None

    def client(self) -> httpx.AsyncClient:
        transport = self.transport() if self.transport else None
        return httpx.AsyncClient(transport=transport, timeout=10.0, trust_env=False)

    def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """What is on its way is finished or broken off; what waits is there at the next start."""
        self._stop = True
        self.store.written.set()
        if self._task is not None:
            with suppress(TimeoutError, asyncio.CancelledError):
                await asyncio.wait_for(self._task, 3.0)

    def zet(self, **schakelaars: bool) -> None:
        """Change switches; the fields are those of Schakelaars."""
        self.schakelaars = Schakelaars(**schakelaars)
        self.store.written.set()

    async def leeg(self) -> int:
        """Deliver or give up on all that waits, whenever its next try would be; gives the number of calls made."""
        calls = 0
        while made := await self.ronde(alles=True):
            calls += made
        return calls

    async def _run(self) -> None:
        while not self._stop:
            self.store.written.clear()
            try:
                if self.schakelaars.door_elkaar and await self._seconds_to_next() == 0.0:
                    await asyncio.sleep(self.verzamelen)
                await self.ronde()
                wait = await self._seconds_to_next()
            except SQLAlchemyError:
                log.exception("bezorgen van notificaties is mislukt")
                wait = 1.0
            with suppress(TimeoutError):
                await asyncio.wait_for(self.store.written.wait(), wait)

    async def _seconds_to_next(self) -> float | None:
        if self.schakelaars.stil:
            return None
        async with self.store.read() as db:
            moment = await db.scalar(select(func.min(aflevering.c.volgende)).where(aflevering.c.toestand == "wacht"))
        return None if moment is None else max(0.0, moment - time.time())

    async def ronde(self, *, alles: bool = False) -> int:
        """One try for all that is due: one after another for each subscriber, subscribers side by side.

        alles: also what should still wait. Gives the number of deliveries that were tried.
        """
        async with self._lock:
            if self.schakelaars.stil:
                return 0
            due = await self._due(alles)
            per_abonnement: dict[str, list[Any]] = defaultdict(list)
            for row in reversed(due) if self.schakelaars.door_elkaar else due:
                per_abonnement[row.abonnement].append(row)
            if due:
                async with self.client() as client:
                    await asyncio.gather(*(self._deliver_all(client, rows) for rows in per_abonnement.values()))
            return len(due)

    async def _due(self, alles: bool) -> list[Any]:
        query = (
            select(
                aflevering.c.id,
                aflevering.c.abonnement,
                aflevering.c.pogingen,
                abonnement.c.callback_url,
                abonnement.c.auth,
                notificatie.c.data,
            )
            .join(abonnement, abonnement.c.uuid == aflevering.c.abonnement)
            .join(notificatie, notificatie.c.id == aflevering.c.notificatie)
            .where(aflevering.c.toestand == "wacht")
            .order_by(aflevering.c.id)
            .limit(PER_RONDE)
        )
        if not alles:
            query = query.where(aflevering.c.volgende <= time.time())
        async with self.store.read() as db:
            return list((await db.execute(query)).all())

    async def _deliver_all(self, client: httpx.AsyncClient, rows: list[Any]) -> None:
        for row in rows:
            if self.schakelaars.verlies:
                values: dict[str, Any] = {"toestand": "verloren"}
            else:
                values = await self._deliver(client, row)
            async with self.store.write() as db:
                await db.execute(update(aflevering).where(aflevering.c.id == row.id).values(**values))

    async def _deliver(self, client: httpx.AsyncClient, row: Any) -> dict[str, Any]:
        laatste, gelukt = "", False
        for _ in range(2 if self.schakelaars.dubbel else 1):
            laatste, gelukt = await post(client, row.callback_url, row.auth, render(row.data, self.public_url))
        pogingen = row.pogingen + 1
        wacht = min(self.factor * BASIS**row.pogingen, LANGSTE_WACHT)
        toestand = "bezorgd" if gelukt else ("wacht" if pogingen < POGINGEN else "opgegeven")
        return {"toestand": toestand, "pogingen": pogingen, "volgende": time.time() + wacht, "laatste": laatste}


async def post(client: httpx.AsyncClient, url: str, auth: str, body: bytes) -> tuple[str, bool]:
    """One call of a webhook: what came of it in a few words, and whether that counts as received."""
    headers = {"Content-Type": "application/json"} | ({"Authorization": auth} if auth else {})
    try:
        response = await client.post(url, content=body, headers=headers)
    except Exception as exc:  # in one process a fault of the receiver comes out here as it is
        return type(exc).__name__, False
    return str(response.status_code), response.is_success
