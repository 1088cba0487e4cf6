"""Who gets which newsletter in which mail: at once, or with all others of a week or a month. Nobody gets one twice."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from sqlalchemy import ColumnElement, and_, literal, or_, select, update

from pip_portal.db import Sessionmaker, insert_van
from pip_portal.nieuwsbrief.uitgave import uitgekomen
from pip_portal.opdrachten import plaats
from pip_portal.sleutels import Sleutels
from pip_portal.tables import Inschrijving, Ontvanger, Tijdstip, Uitgave, Zending
from pip_portal.tijd import now
from pip_portal.weergave import AMSTERDAM

SOORT: Final = "zending"  # of the opdracht that has a worker send
BUNDELS: Final = ("wekelijks", "maandelijks")
SOORTEN: Final = ("direct", *BUNDELS)  # the fastest first
UUR: Final = time(8)  # in Deventer: on Monday, and on the first of the month
TERUG: Final = timedelta(days=100)  # a bundel never holds anything older, also when no worker ran for long


@dataclass(frozen=True, slots=True)
class Kandidaat:
    """An uitgave that a mail may hold."""

    id: str
    onderwerpen: frozenset[str]
    vrijgegeven_op: datetime
    inhoud: str


def kies(soort: str, mijn: Sequence[Inschrijving], kandidaten: Sequence[Kandidaat]) -> list[Kandidaat]:
    """What belongs in the mail of this soort to the reader with these subscriptions, oldest first.

    Who has one of its topics more often than another gets it in the faster mail only, and never what a bundel had.
    """
    sneller = SOORTEN[: SOORTEN.index(soort)]
    return [
        k
        for k in kandidaten
        if any(_dekt(soort, i, k) for i in mijn)
        and not any(_dekt(s, i, k) for s in sneller for i in mijn)
        and not any(_had(i, k) for i in mijn)
    ]


def _dekt(soort: str, inschrijving: Inschrijving, kandidaat: Kandidaat) -> bool:
    """This subscription brings it in a mail of this soort."""
    past = inschrijving.frequentie == soort and inschrijving.onderwerp in kandidaat.onderwerpen
    return past and inschrijving.gebundeld_tot <= kandidaat.vrijgegeven_op


def _had(inschrijving: Inschrijving, kandidaat: Kandidaat) -> bool:
    """This subscription brought it before, in a bundel or at once."""
    past = inschrijving.frequentie != "direct" and inschrijving.onderwerp in kandidaat.onderwerpen
    return past and inschrijving.bevestigd_op <= kandidaat.vrijgegeven_op < inschrijving.gebundeld_tot


async def kandidaten_van(db: Sessionmaker, zending: Zending) -> list[Kandidaat]:
    """What this zending may hold."""
    if zending.uitgave_id is None:
        rijen = await uitgekomen(db, zending.tot - TERUG, zending.tot)
    else:
        async with db() as session:
            rijen = [await session.get_one(Uitgave, zending.uitgave_id)]
    return [
        Kandidaat(rij.id, frozenset(json.loads(rij.inhoud)["onderwerpen"]), rij.vrijgegeven_op, rij.inhoud)
        for rij in rijen
        if rij.vrijgegeven_op is not None
    ]


async def vul(db: Sessionmaker, zending: Zending, kandidaten: Sequence[Kandidaat]) -> None:
    """Write down every reader of this zending, in one statement; doing it again adds nobody."""
    if zending.gevuld_op is not None:
        return
    moment = now()
    async with db.begin() as session:
        if kandidaten:
            lezers = (
                select(
                    literal(zending.id), Inschrijving.abonnee_id, literal("open"), literal(0), literal(moment, Tijdstip)
                )
                .where(Inschrijving.frequentie == zending.soort, or_(*(_hoort_bij(k) for k in kandidaten)))
                .distinct()
            )
            kolommen = ["zending_id", "abonnee_id", "toestand", "pogingen", "vrij_op"]
            await session.execute(
                insert_van(session)(Ontvanger)
                .from_select(kolommen, lezers)
                .on_conflict_do_nothing(index_elements=["zending_id", "abonnee_id"])
            )
        await session.execute(update(Zending).where(Zending.id == zending.id).values(gevuld_op=moment))


def _hoort_bij(kandidaat: Kandidaat) -> ColumnElement[bool]:
    """The same question as _dekt, for the database."""
    return and_(
        Inschrijving.onderwerp.in_(kandidaat.onderwerpen), Inschrijving.gebundeld_tot <= kandidaat.vrijgegeven_op
    )


# ---- the bundels -------------------------------------------------------------------------------------------


def laatste_moment(soort: str, moment: datetime) -> datetime:
    """The last Monday or first of the month, 8.00 in Deventer, that has come."""
    lokaal = moment.astimezone(AMSTERDAM)
    dag = lokaal.date()
    dag = dag - timedelta(days=dag.weekday()) if soort == "wekelijks" else dag.replace(day=1)
    op = datetime.combine(dag, UUR, AMSTERDAM)
    if op > lokaal:
        vorige = dag - timedelta(days=7) if soort == "wekelijks" else (dag - timedelta(days=1)).replace(day=1)
        op = datetime.combine(vorige, UUR, AMSTERDAM)
    return op


async def plan_bundels(db: Sessionmaker, sleutels: Sleutels) -> list[str]:
    """Have a worker send the bundels whose moment has come, each once; the ids of those that have news."""
    ids = []
    for soort in BUNDELS:
        tot = laatste_moment(soort, now())
        if not await uitgekomen(db, tot - TERUG, tot):
            continue
        id_ = f"{soort}:{tot:%Y-%m-%d}"
        async with db.begin() as session:
            rij = insert_van(session)(Zending).values(id=id_, soort=soort, tot=tot)
            await session.execute(rij.on_conflict_do_nothing(index_elements=["id"]))
            await plaats(session, sleutels, SOORT, f"{SOORT}:{id_}:0", {"zending": id_, "beurt": 0})
        ids.append(id_)
    return ids
