"""`pip-portal worker`, with waits that fit in a test: `python -m tests.chaos.werker`."""

import asyncio
from datetime import timedelta

from pip_portal import logs, werker
from pip_portal.opdrachten import Tempo
from pip_portal.settings import Settings


def _s(seconden: float) -> timedelta:
    return timedelta(seconds=seconden)


# The lease is longer than any write can be under way in the backoffice: who takes over finds what was written.
TEMPO = Tempo(
    eerst=(_s(0.5), _s(1)),
    daarna=_s(1.5),
    opgeven_na=timedelta(minutes=20),
    lease=_s(6),
    pauze=_s(0.2),
    uitloop=_s(2),
    herstel=_s(0.5),
)

if __name__ == "__main__":
    settings = Settings()
    logs.configure("WARNING")
    asyncio.run(werker.draai(settings, TEMPO))
