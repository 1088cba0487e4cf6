"""Handing over to the backoffice: a job that can stop after every step and go on where it was.

Each step looks before it writes, and what it made is stored at once; so an answer that got lost, a worker that was
killed or a second worker never makes anything twice. The first status is set last: it says that the zaak is complete.
Source: backoffice-apis §7.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import update

from pip_portal.backoffice.bron import Bron
from pip_portal.backoffice.http import Refused
from pip_portal.backoffice.weigeringen import ZaakGesloten
from pip_portal.bestanden.opslag import Bestanden
from pip_portal.db import Sessionmaker
from pip_portal.errors import BackofficeUnavailable, NotFound, PortalError
from pip_portal.inzendingen.gang import Gang
from pip_portal.inzendingen.inhoud import Inhoud
from pip_portal.inzendingen.lezen import open_inhoud
from pip_portal.inzendingen.toestand import AF, ONDERWEG, aantal
from pip_portal.inzendingen.voortgang import Voortgang
from pip_portal.opdrachten import Onmogelijk, Uitstel
from pip_portal.sleutels import Sleutels
from pip_portal.tables import Bewijs, Inzending
from pip_portal.tijd import now

log = logging.getLogger(__name__)

# A refusal of our client, not of what we sent: it passes when somebody gives us our rights back.
RECHTEN: Final = frozenset({401, 403})


class Overdracht:
    """What the worker does with an outbox row "overdracht": all that lacks, in order, until the zaak is complete."""

    def __init__(self, db: Sessionmaker, sleutels: Sleutels, bronnen: Sequence[Bron], bestanden: Bestanden) -> None:
        self._db = db
        self._sleutels = sleutels
        self._bronnen = bronnen
        self._bestanden = bestanden

    async def __call__(self, opdracht: Mapping[str, Any]) -> None:
        """Raises: Uitstel when the backoffice is away for now; Onmogelijk when a person must look."""
        inzending_id = str(opdracht["inzending"])
        try:
            async with self._db() as session:
                rij, inhoud = await open_inhoud(session, self._sleutels, inzending_id)
        except NotFound:
            raise Onmogelijk("de inzending is er niet meer") from None
        if rij.toestand in AF:
            return
        try:
            await self._draag_over(rij, inhoud)
        except BackofficeUnavailable as exc:
            raise Uitstel(f"backoffice niet bereikbaar: {exc.reden}") from None
        except Refused as exc:
            if exc.status in RECHTEN and not isinstance(exc, ZaakGesloten):
                raise Uitstel(str(exc)) from None
            raise await self._loop_vast(inzending_id, str(exc)) from None
        except PortalError as exc:
            raise await self._loop_vast(inzending_id, str(exc) or type(exc).__name__) from None

    async def _draag_over(self, rij: Inzending, inhoud: Inhoud) -> None:
        voortgang = Voortgang.model_validate_json(rij.voortgang)
        bewaren = asyncio.Lock()

        async def bewaar() -> None:
            async with bewaren, self._db.begin() as session:
                await _bewaar(session, rij.id, voortgang)

        gang = Gang(rij.id, inhoud, voortgang, bewaar, self._bestanden)
        await gang.kies_bron(self._bronnen, rij.bron)
        await gang.zaak()
        await gang.initiator()
        await gang.onderdelen()
        await gang.eerste_status()
        await self._af(rij)

    async def _af(self, rij: Inzending) -> None:
        """Handed over; the proof is written once, however often this is done."""
        async with self._db.begin() as session:
            gezet = await session.execute(
                update(Inzending)
                .where(Inzending.id == rij.id, Inzending.toestand.not_in(AF))
                .values(toestand="overgedragen", overgedragen_op=now())
            )
            if aantal(gezet):
                session.add(
                    Bewijs(
                        gebeurtenis="overgedragen",
                        kenmerk=rij.nummer,
                        wie=rij.eigenaar,
                        hash=rij.hash,
                        kanaal="internet",
                        versie=f"{rij.formulier}/{rij.versie}",
                        op=now(),
                    )
                )
        log.info("inzending overgedragen", extra={"inzending": rij.id})

    async def _loop_vast(self, inzending_id: str, reden: str) -> Onmogelijk:
        async with self._db.begin() as session:
            await session.execute(
                update(Inzending)
                .where(Inzending.id == inzending_id, Inzending.toestand.in_(ONDERWEG))
                .values(toestand="vastgelopen")
            )
        log.error("inzending vastgelopen", extra={"inzending": inzending_id, "reden": reden})
        return Onmogelijk(reden)


async def _bewaar(session: Any, inzending_id: str, voortgang: Voortgang) -> None:
    """What was made so far; from the moment the zaak has its initiator the citizen can be told that it exists."""
    values: dict[str, object] = {"voortgang": voortgang.als_json(), "bron": voortgang.bron}
    if voortgang.zaak_uuid:
        values["zaak_uuid"] = voortgang.zaak_uuid
    if voortgang.initiator:
        values["toestand"] = "zaak_gemaakt"
    await session.execute(
        update(Inzending)
        .where(Inzending.id == inzending_id, Inzending.toestand.not_in(AF))
        .values(**values)
        .execution_options(synchronize_session=False)
    )
