"""What the worker does with an opdracht "zending": send for a while, and place the next turn when it is not done."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from pip_portal.db import Sessionmaker
from pip_portal.nieuwsbrief.verdelen import SOORT
from pip_portal.nieuwsbrief.verzenden import MailserverWeg, Verzender
from pip_portal.opdrachten import Uitstel, plaats
from pip_portal.settings import Settings, Smtp
from pip_portal.sleutels import Sleutels

BEURT: Final = timedelta(minutes=10)  # a handler may take 15


class Zendingen:
    """Handler for SOORT of verdelen.py."""

    def __init__(self, db: Sessionmaker, sleutels: Sleutels, settings: Settings, smtp: Smtp) -> None:
        self._db = db
        self._sleutels = sleutels
        self._verzender = Verzender(db, sleutels, smtp, settings.nieuwsbrief, settings.public_url)

    async def __call__(self, inhoud: Mapping[str, Any]) -> None:
        """Raises: Uitstel when the mail server is away."""
        stop = asyncio.Event()
        wekker = asyncio.get_running_loop().call_later(BEURT.total_seconds(), stop.set)
        try:
            stand = await self._verzender.verzend(inhoud["zending"], stop)
        except MailserverWeg as exc:
            raise Uitstel(f"mailserver: {exc}") from None
        finally:
            wekker.cancel()
        if stand.open:
            await ga_door(self._db, self._sleutels, inhoud["zending"], inhoud["beurt"] + 1, stand.weer_op)


async def ga_door(db: Sessionmaker, sleutels: Sleutels, zending: str, beurt: int, op: datetime | None) -> None:
    """Have a worker go on with this zending, not before `op`."""
    async with db.begin() as session:
        werk = {"zending": zending, "beurt": beurt}
        await plaats(session, sleutels, SOORT, f"{SOORT}:{zending}:{beurt}", werk, beurt_op=op)
