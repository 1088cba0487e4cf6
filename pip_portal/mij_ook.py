"""How many people said of a melding that is known already: "that is mine too". No names, only counts.

Signalen gives its public meldingen no number: the key of one is what is public about it (see signalen.py).
"""

import csv
import io
from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from sqlalchemy import ColumnElement, delete, func, select

from pip_portal.db import Sessionmaker, insert_van
from pip_portal.sleutels import Sleutels
from pip_portal.tables import MijOok
from pip_portal.tijd import now

BEWAREN: Final = timedelta(days=90)  # longer than a melding is shown as known (30 days) and than its norm


async def tel(db: Sessionmaker, sleutels: Sleutels, wie: str, melding: str, zelfde: Iterable[str]) -> None:
    """Count `wie` once for this melding, and for none of the others that were shown beside it; "" counts none.

    What is kept of `wie` differs per melding, so that nothing tells what else somebody counted for.
    """
    niet = [(ander, _wie(sleutels, wie, ander)) for ander in zelfde if ander != melding]
    async with db.begin() as session:
        for ander, hash in niet:
            await session.execute(delete(MijOok).where(MijOok.melding == ander, MijOok.wie == hash))
        if melding:
            rij = insert_van(session)(MijOok).values(melding=melding, wie=_wie(sleutels, wie, melding), op=now())
            await session.execute(rij.on_conflict_do_nothing())


async def aantallen(db: Sessionmaker, meldingen: Iterable[str] | None = None) -> Counter[str]:
    """Per melding how many people; None: of all that are kept."""
    vraag = select(MijOok.melding, func.count()).group_by(MijOok.melding)
    if meldingen is not None:
        vraag = vraag.where(MijOok.melding.in_(tuple(meldingen)))
    geteld: Counter[str] = Counter()
    async with db() as session:
        for melding, aantal in await session.execute(vraag):
            geteld[melding] = aantal
    return geteld


async def als_csv(db: Sessionmaker) -> str:
    """For employees: which known meldingen weigh most. The place is latitude,longitude, as Signalen shows it."""
    tekst = io.StringIO()
    schrijver = csv.writer(tekst, lineterminator="\n")
    schrijver.writerow(("categorie", "gemeld_op", "plek", "mij_ook"))
    schrijver.writerows((*melding.split("|"), aantal) for melding, aantal in (await aantallen(db)).most_common())
    return tekst.getvalue()


def verlopen() -> ColumnElement[bool]:
    return MijOok.op < now() - BEWAREN


def _wie(sleutels: Sleutels, wie: str, melding: str) -> str:
    return sleutels.keyed_hash("mij ook", f"{melding}:{wie}")
