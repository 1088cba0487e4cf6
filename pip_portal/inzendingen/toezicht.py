"""Watching what is under way: numbers for the monitor, an alarm in the log, the command that looks and retries.

Nothing here opens the content of an inzending: an operator sees numbers, states and reasons.
"""

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from prometheus_client import Gauge
from sqlalchemy import delete, select, update
from sqlalchemy.orm import defer

from pip_portal.db import Sessionmaker
from pip_portal.inzendingen.toestand import AF, ONDERWEG, hapert, opdracht_sleutel, plaats_overdracht
from pip_portal.sleutels import Sleutels
from pip_portal.tables import Inzending, Opdracht
from pip_portal.tijd import now
from pip_portal.weergave import AMSTERDAM

log = logging.getLogger(__name__)

AANTAL = Gauge("pip_inzendingen", "Inzendingen that are not handed over, by state", ["toestand"])
OUDSTE = Gauge("pip_inzendingen_oudste_seconden", "Age of the oldest inzending that is still under way")
TELLERS = (*ONDERWEG, "hapert", "vastgelopen", "wacht_op_ondertekening", "wacht_op_betaling")
LIJST = 200  # lines at most


@dataclass(frozen=True, slots=True)
class Stand:
    """An inzending that is not handed over, and its outbox row; nothing of what was sent."""

    rij: Inzending
    opdracht: Opdracht | None
    hapert: bool

    @property
    def toestand(self) -> str:
        return "hapert" if self.hapert else self.rij.toestand


async def toezicht(db: Sessionmaker) -> dict[str, int]:
    """Count what is under way, mark what no worker will try again, and raise the alarm when a person is needed.

    An outbox row that was given up (48 hours) is an inzending that got stuck, also when the process that gave it up
    ended before it could say so.
    """
    await _markeer_vastgelopen(db)
    standen = await _standen(db)
    tel = {naam: sum(stand.toestand == naam for stand in standen) for naam in TELLERS}
    for naam, n in tel.items():
        AANTAL.labels(naam).set(n)
    onderweg = [stand.rij.ontvangen_op for stand in standen if stand.rij.toestand in ONDERWEG]
    OUDSTE.set((now() - min(onderweg)).total_seconds() if onderweg else 0)
    if tel["vastgelopen"]:
        log.error("inzendingen vastgelopen", extra={"aantal": tel["vastgelopen"]})
    if tel["hapert"]:
        log.error("inzendingen haperen", extra={"aantal": tel["hapert"]})
    return tel


async def lijst(db: Sessionmaker) -> list[str]:
    """A line for each inzending that got stuck or takes long, oldest first."""
    ernst = [stand for stand in await _standen(db) if stand.toestand in ("hapert", "vastgelopen")]
    lines = [
        f"{stand.rij.nummer}  {stand.toestand:<12} sinds {_tijd(stand.rij.ontvangen_op)}  {stand.rij.formulier}"
        f"  {_reden(stand)}".rstrip()
        for stand in ernst[:LIJST]
    ]
    if len(ernst) > LIJST:
        lines.append(f"… en nog {len(ernst) - LIJST}")
    return lines or ["Er is geen inzending die vastloopt of hapert."]


async def toon(db: Sessionmaker, nummer: str) -> list[str]:
    """What an operator must know of one inzending; empty when there is none with this number."""
    lines: list[str] = []
    for stand in await _met_nummer(db, nummer):
        rij, opdracht = stand.rij, stand.opdracht
        stappen = ", ".join(_stappen(json.loads(rij.voortgang))) or "nog geen"
        lines += [
            f"Nummer:      {rij.nummer}",
            f"Soort:       {rij.soort}, formulier {rij.formulier} versie {rij.versie}",
            f"Toestand:    {stand.toestand}",
            f"Ontvangen:   {_tijd(rij.ontvangen_op)}",
            f"Backoffice:  {rij.bron or 'nog niet gekozen'}, zaak {rij.zaak_uuid or 'nog niet gemaakt'}",
            f"Stappen af:  {stappen}",
            f"Bewijs:      sha256 {rij.hash}",
        ]
        if rij.overgedragen_op:
            lines.append(f"Overgedragen: {_tijd(rij.overgedragen_op)}")
        if opdracht is not None:
            lines += [
                f"Pogingen:    {opdracht.pogingen}, laatste reden: {opdracht.fout or 'geen'}",
                f"Opdracht:    {opdracht.toestand}, volgende beurt {_tijd(opdracht.beurt_op)}",
            ]
    return lines


async def opnieuw(db: Sessionmaker, sleutels: Sleutels, nummer: str) -> bool:
    """Hand over again, from the step where it stopped; trying once too often does no harm.

    False when there is no inzending with this number that is still to be handed over.
    """
    return bool(await _opnieuw(db, sleutels, await _met_nummer(db, nummer)))


async def alle_opnieuw(db: Sessionmaker, sleutels: Sleutels) -> int:
    """Hand over again all that got stuck, as after a fault of everybody's (a zaaktype that was not there yet)."""
    return await _opnieuw(db, sleutels, [s for s in await _standen(db) if s.rij.toestand == "vastgelopen"])


async def _opnieuw(db: Sessionmaker, sleutels: Sleutels, standen: Sequence[Stand]) -> int:
    """A new outbox row in place of the old one, unless a worker is busy with that."""
    gezet = 0
    for rij in (stand.rij for stand in standen if stand.rij.toestand in (*ONDERWEG, "vastgelopen")):
        sleutel = opdracht_sleutel(rij.soort, rij.id)
        async with db.begin() as session:
            await session.execute(delete(Opdracht).where(Opdracht.sleutel == sleutel, Opdracht.toestand != "bezig"))
            await plaats_overdracht(session, sleutels, rij.soort, rij.id)
            await session.execute(
                update(Inzending)
                .where(Inzending.id == rij.id, Inzending.toestand == "vastgelopen")
                .values(toestand="zaak_gemaakt" if rij.zaak_uuid else "ontvangen")
            )
        gezet += 1
    return gezet


async def _markeer_vastgelopen(db: Sessionmaker) -> None:
    dood = select(Opdracht.sleutel).where(Opdracht.toestand == "dood")
    async with db.begin() as session:
        for voorvoegsel in ("overdracht", "aanvulling", "intrekking"):
            await session.execute(
                update(Inzending)
                .where(Inzending.toestand.in_(ONDERWEG), (voorvoegsel + ":" + Inzending.id).in_(dood))
                .values(toestand="vastgelopen")
                .execution_options(synchronize_session=False)
            )


async def _standen(db: Sessionmaker) -> list[Stand]:
    async with db() as session:
        rijen = (
            await session.scalars(
                select(Inzending)
                .where(Inzending.toestand.not_in(AF))
                .order_by(Inzending.ontvangen_op)
                .options(defer(Inzending.inhoud))
            )
        ).all()
        return await _met_opdracht(session, rijen)


async def _met_nummer(db: Sessionmaker, nummer: str) -> list[Stand]:
    async with db() as session:
        met_nummer = select(Inzending).where(Inzending.nummer == nummer).options(defer(Inzending.inhoud))
        rijen = (await session.scalars(met_nummer)).all()
        return await _met_opdracht(session, rijen)


async def _met_opdracht(session: Any, rijen: Sequence[Inzending]) -> list[Stand]:
    sleutels = {opdracht_sleutel(rij.soort, rij.id): rij for rij in rijen}
    gevonden = await session.scalars(select(Opdracht).where(Opdracht.sleutel.in_(sleutels)))
    opdrachten = {opdracht.sleutel: opdracht for opdracht in gevonden}
    moment = now()
    return [
        Stand(rij, opdrachten.get(sleutel), hapert(rij.toestand, rij.ontvangen_op, json.loads(rij.voortgang), moment))
        for sleutel, rij in sleutels.items()
    ]


def _reden(stand: Stand) -> str:
    return stand.opdracht.fout if stand.opdracht else ""


def _stappen(voortgang: dict[str, Any]) -> list[str]:
    """Names of the steps that are done, with how many of each."""
    namen = []
    for naam, waarde in voortgang.items():
        if isinstance(waarde, (dict, list)):
            namen.append(f"{naam} ({len(waarde)})")
        elif waarde:
            namen.append(naam)
    return namen


def _tijd(moment: datetime) -> str:
    return f"{moment.astimezone(AMSTERDAM):%Y-%m-%d %H:%M}"
