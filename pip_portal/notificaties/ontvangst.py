"""Storing what comes in, many at a time: a storm of notifications must not keep the pages from their database.

Whoever brings a notification waits until it is stored. What comes in while a transaction is under way is stored
together by the next one, so that ten thousand a minute are some dozens of small transactions a second at most.
"""

import asyncio
from collections import Counter
from dataclasses import dataclass

from pip_portal.db import Sessionmaker
from pip_portal.notificaties.bericht import Bericht
from pip_portal.notificaties.tellingen import ONTVANGEN, tel
from pip_portal.opdrachten import plaats_veel
from pip_portal.sleutels import Sleutels

SOORT = "notificatie"
VERZAMELEN = 0.01  # seconds; far below what the sender notices
MAX_SAMEN = 500


@dataclass(frozen=True, slots=True)
class _Wachtend:
    """reden: why it is left alone; only counted then."""

    bericht: Bericht
    reden: str
    klaar: asyncio.Future[None]


class Ontvangst:
    """One per process, in the event loop of its requests."""

    def __init__(self, db: Sessionmaker, sleutels: Sleutels) -> None:
        self._db = db
        self._sleutels = sleutels
        self._wachtend: list[_Wachtend] = []
        self._taak: asyncio.Task[None] | None = None

    async def bewaar(self, bericht: Bericht, reden: str = "") -> None:
        """Returns when it is stored. Raises: SQLAlchemyError or OSError when the database is away."""
        klaar = asyncio.get_running_loop().create_future()
        self._wachtend.append(_Wachtend(bericht, reden, klaar))
        if self._taak is None or self._taak.done():
            self._taak = asyncio.create_task(self._werk_af())
        await klaar

    async def _werk_af(self) -> None:
        while self._wachtend:
            await asyncio.sleep(VERZAMELEN)
            samen, self._wachtend = self._wachtend[:MAX_SAMEN], self._wachtend[MAX_SAMEN:]
            fout: Exception | None = None
            try:
                await self._schrijf(samen)
            except Exception as exc:  # each of those who wait raises it
                fout = exc
            for een in samen:
                if een.klaar.done():  # the sender did not wait
                    continue
                if fout is None:
                    een.klaar.set_result(None)
                else:
                    een.klaar.set_exception(fout)

    async def _schrijf(self, samen: list[_Wachtend]) -> None:
        werk = {f"{SOORT}:{een.bericht.sleutel}": een.bericht.als_inhoud() for een in samen if not een.reden}
        redenen = Counter(een.reden for een in samen if een.reden)
        async with self._db.begin() as session:
            if werk:
                await plaats_veel(session, self._sleutels, SOORT, werk)
            await tel(session, {ONTVANGEN: len(samen), **redenen})
