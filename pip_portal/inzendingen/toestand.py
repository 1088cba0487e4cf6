"""The states of an inzending, and what moves it from waiting to handing over."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from sqlalchemy import CursorResult, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from pip_portal import opdrachten
from pip_portal.sleutels import Sleutels
from pip_portal.tables import Inzending
from pip_portal.tijd import now

Toestand = Literal[
    "wacht_op_betaling",
    "wacht_op_ondertekening",
    "ontvangen",
    "zaak_gemaakt",
    "overgedragen",
    "vastgelopen",
    "afgebroken",
]

ONDERWEG: Final = ("ontvangen", "zaak_gemaakt")  # a worker is on it
AF: Final = ("overgedragen", "afgebroken")  # nothing will happen any more
HAPERT_NA: Final = timedelta(minutes=15)


def opdracht_soort(soort: str) -> str:
    """Kind of outbox row that hands over this soort of inzending."""
    return "overdracht" if soort == "aanvraag" else soort


def opdracht_sleutel(soort: str, inzending_id: str) -> str:
    return f"{opdracht_soort(soort)}:{inzending_id}"


async def plaats_overdracht(session: AsyncSession, sleutels: Sleutels, soort: str, inzending_id: str) -> None:
    """The outbox row of the hand-over, in the transaction of the caller."""
    await opdrachten.plaats(
        session,
        sleutels,
        opdracht_soort(soort),
        opdracht_sleutel(soort, inzending_id),
        {"inzending": inzending_id},
    )


async def geef_vrij(session: AsyncSession, sleutels: Sleutels, inzending_id: str) -> bool:
    """What an inzending waited for (a signature, a payment) has come: it is handed over from now on.

    False when it was not waiting any more, so that two answers at once hand over once.
    """
    moment = now()
    wachtend = Inzending.toestand.in_(("wacht_op_ondertekening", "wacht_op_betaling"))
    gewijzigd = await session.execute(
        update(Inzending)
        .where(Inzending.id == inzending_id, wachtend)
        .values(toestand="ontvangen", voortgang=json.dumps({"vrij_op": moment.isoformat()}))
    )
    if not aantal(gewijzigd):
        return False
    soort = await session.scalar(select(Inzending.soort).where(Inzending.id == inzending_id))
    await plaats_overdracht(session, sleutels, str(soort), inzending_id)
    return True


async def breek_af(session: AsyncSession, inzending_id: str, reden: str) -> bool:
    """It ends before it was handed over. reden: a fixed word ("geweigerd", "verlopen", "ingetrokken"), no text of a
    person. False when it was not waiting any more."""
    wachtend = Inzending.toestand.in_(("wacht_op_ondertekening", "wacht_op_betaling"))
    voortgang = json.dumps({"afgebroken_op": now().isoformat(), "reden": reden})
    gewijzigd = await session.execute(
        update(Inzending)
        .where(Inzending.id == inzending_id, wachtend)
        .values(toestand="afgebroken", voortgang=voortgang)
    )
    return bool(aantal(gewijzigd))


def hapert(toestand: str, ontvangen_op: datetime, voortgang: Mapping[str, Any], moment: datetime) -> bool:
    """Handing over takes longer than a quarter of an hour, counted from when it could begin."""
    sinds = datetime.fromisoformat(voortgang["vrij_op"]) if "vrij_op" in voortgang else ontvangen_op
    return toestand in ONDERWEG and moment - sinds > HAPERT_NA


def aantal(result: object) -> int:
    """Rows that a statement changed."""
    return result.rowcount if isinstance(result, CursorResult) else 0
