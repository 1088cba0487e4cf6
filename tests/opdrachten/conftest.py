"""A queue with a database of its own, and workers that write down what they did."""

from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from pip_portal.db import Sessionmaker, open_db
from pip_portal.opdrachten import Handler, Tempo, Werker, plaats
from pip_portal.tables import Opdracht
from tests import factories

SLEUTELS = factories.sleutels()
SNEL = Tempo(
    lease=timedelta(seconds=30),
    limiet=timedelta(seconds=5),
    pauze=timedelta(milliseconds=10),
    uitloop=timedelta(milliseconds=200),
    herstel=timedelta(milliseconds=20),
)


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Sessionmaker]:
    async with open_db(database_url) as db:
        yield db


class Gedaan:
    """A handler that remembers each opdracht it did."""

    def __init__(self) -> None:
        self.keren: list[Any] = []

    async def __call__(self, inhoud: Mapping[str, Any]) -> None:
        self.keren.append(inhoud["n"])


async def zet(db: Sessionmaker, aantal: int = 1, soort: str = "werk", **meer: Any) -> None:
    async with db.begin() as session:
        for n in range(aantal):
            await plaats(session, SLEUTELS, soort, f"{soort}:{n}", {"n": n, **meer})


def werker(
    db: Sessionmaker, handler: Handler, tempo: Tempo = SNEL, gelijktijdig: int = 4, soort: str = "werk"
) -> Werker:
    return Werker(db, SLEUTELS, {soort: handler}, gelijktijdig={soort: gelijktijdig}, tempo=tempo)


async def rij(db: Sessionmaker, sleutel: str = "werk:0") -> Opdracht:
    async with db() as session:
        return (await session.scalars(select(Opdracht).where(Opdracht.sleutel == sleutel))).one()
