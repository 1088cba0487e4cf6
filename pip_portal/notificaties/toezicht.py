"""Watching over the notifications: numbers for the monitor, an alarm when somebody waits too long, and a nightly look.

Source: domain §4.1 (a notification within 48 hours, alert at 24); backoffice-apis §12 (messages can be lost: poll the
status of zaken that the portal knows).
"""

import asyncio
import hashlib
import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from prometheus_client import Gauge
from sqlalchemy import func, select, union
from sqlalchemy.exc import SQLAlchemyError

from pip_portal.backoffice.bron import Bron
from pip_portal.backoffice.veranderd import Veranderd
from pip_portal.db import Sessionmaker
from pip_portal.errors import BackofficeDefect, BackofficeUnavailable, NotFound
from pip_portal.notificaties.bericht import Bericht
from pip_portal.notificaties.melden import GEMIST, VERZAMELMAIL
from pip_portal.notificaties.melden import SOORT as MELDING
from pip_portal.notificaties.ontvangst import SOORT
from pip_portal.notificaties.tellingen import ONTVANGEN
from pip_portal.notificaties.verwerken import UIT_DE_RONDE
from pip_portal.opdrachten import plaats, plaats_veel
from pip_portal.sleutels import Sleutels
from pip_portal.tables import Inzending, Notificatietelling, Opdracht, Zaakbezoek
from pip_portal.tijd import now, vandaag
from pip_portal.weergave import AMSTERDAM

log = logging.getLogger(__name__)

UITKOMSTEN = Gauge("pip_notificaties", "Notifications since the beginning, by what became of them", ["uitkomst"])
LAATSTE = Gauge("pip_notificaties_laatste_seconden", "Time since the last notification came in; -1: never")

ELKE: Final = 60.0  # seconds
ALARM: Final = timedelta(hours=24)
UITERLIJK: Final = timedelta(hours=48)
RONDE: Final = "notificatieronde"
UUR_VAN_DE_RONDE: Final = 3  # at night, in Deventer
TERUG: Final = timedelta(days=3)  # a status that was set longer ago was found by an earlier round
BEKEND_SINDS: Final = timedelta(days=365)
MEESTE_ZAKEN: Final = 5_000  # a night; the ones that were looked at last
TEGELIJK: Final = 4
STIL: Final = timedelta(hours=24)


async def blijf_toezien(db: Sessionmaker, sleutels: Sleutels, *, verwacht: bool) -> None:
    """Until cancelled; a database that is away leaves the last numbers standing."""
    while True:
        await asyncio.sleep(ELKE)
        try:
            await toezicht(db, sleutels, verwacht=verwacht)
        except (SQLAlchemyError, OSError) as exc:
            log.warning("toezicht op notificaties niet gelukt", exc_info=exc)


async def toezicht(db: Sessionmaker, sleutels: Sleutels, *, verwacht: bool) -> None:
    """Count, raise the alarm when somebody waits too long, and plan the next round. As often as one likes.

    verwacht: there is a backoffice that should tell us what changes.
    """
    laatst = await meet(db)
    if verwacht and _is_stil(laatst):
        log.error("er komen geen notificaties binnen, terwijl er zaken veranderen")
    await _wacht_te_lang(db)
    async with db.begin() as session:
        morgen = vandaag() + timedelta(days=1)
        nacht = datetime(morgen.year, morgen.month, morgen.day, UUR_VAN_DE_RONDE, tzinfo=AMSTERDAM)
        await plaats(session, sleutels, RONDE, f"{RONDE}:{morgen}", {}, beurt_op=nacht)


async def meet(db: Sessionmaker) -> dict[str, datetime]:
    """Numbers for the monitor; returns when each outcome was seen last."""
    async with db() as session:
        rijen = list(await session.scalars(select(Notificatietelling)))
    for rij in rijen:
        UITKOMSTEN.labels(rij.uitkomst).set(rij.aantal)
    laatst = {rij.uitkomst: rij.laatst_op for rij in rijen}
    LAATSTE.set((now() - laatst[ONTVANGEN]).total_seconds() if ONTVANGEN in laatst else -1)
    return laatst


def _is_stil(laatst: Mapping[str, datetime]) -> bool:
    """The nightly round found what nobody had told, and nothing came in since a day before it."""
    gemist = laatst.get(GEMIST)
    return gemist is not None and gemist > now() - STIL and laatst.get(ONTVANGEN, gemist - STIL) <= gemist - STIL


async def _wacht_te_lang(db: Sessionmaker) -> None:
    oudste = select(Opdracht.soort, func.min(Opdracht.aangemaakt_op)).where(
        Opdracht.soort.in_((SOORT, MELDING, VERZAMELMAIL, "mail")), Opdracht.toestand.in_(("nieuw", "bezig"))
    )
    async with db() as session:
        for soort, sinds in (await session.execute(oudste.group_by(Opdracht.soort))).all():
            uren = (now() - sinds).total_seconds() / 3600
            if now() - sinds >= UITERLIJK:
                log.critical("bericht aan een inwoner is langer dan 48 uur onderweg", extra=_wat(soort, uren))
            elif now() - sinds >= ALARM:
                log.error("bericht aan een inwoner is langer dan 24 uur onderweg", extra=_wat(soort, uren))


def _wat(soort: str, uren: float) -> dict[str, object]:
    return {"soort": soort, "uren": round(uren)}


class Ronde:
    """Handler of RONDE: the zaken that the portal knows, and whether a change of one was missed.

    What was missed goes the same way as a notification; who was told already is not told again.
    """

    def __init__(self, db: Sessionmaker, sleutels: Sleutels, bronnen: Sequence[Bron]) -> None:
        self._db = db
        self._sleutels = sleutels
        self._bronnen = {bron.naam: bron for bron in bronnen}

    async def __call__(self, _inhoud: Mapping[str, Any]) -> None:
        zaken = await self._zaken()
        for begin in range(0, len(zaken), TEGELIJK):
            samen = zaken[begin : begin + TEGELIJK]
            gevonden = await asyncio.gather(*(self._kijk(bron, uuid) for bron, uuid in samen))
            await self._zet_in_de_rij([bericht for bericht in gevonden if bericht is not None])
        log.info("zaken nagekeken op gemiste notificaties", extra={"zaken": len(zaken)})

    async def _zaken(self) -> list[tuple[str, str]]:
        """Of who looked at it in the last year, or sent it in; the newest first."""
        grens = now() - BEKEND_SINDS
        bezocht = select(Zaakbezoek.bron, Zaakbezoek.zaak_uuid, Zaakbezoek.bezocht_op.label("op")).where(
            Zaakbezoek.bezocht_op > grens
        )
        ingediend = select(Inzending.bron, Inzending.zaak_uuid, Inzending.ontvangen_op.label("op")).where(
            Inzending.zaak_uuid.is_not(None), Inzending.ontvangen_op > grens
        )
        alle = union(bezocht, ingediend).subquery()
        vraag = (
            select(alle.c.bron, alle.c.zaak_uuid)
            .group_by(alle.c.bron, alle.c.zaak_uuid)
            .order_by(func.max(alle.c.op).desc())
            .limit(MEESTE_ZAKEN)
        )
        async with self._db() as session:
            return [(bron, uuid) for bron, uuid in (await session.execute(vraag)).all()]

    async def _kijk(self, naam: str, uuid: str) -> Bericht | None:
        """The notification that should have come for its current status, when that was set lately."""
        bron = self._bronnen.get(naam)
        if bron is None:
            return None
        lees = Veranderd(bron)
        try:
            zaak = await lees.zaak_op(uuid)
            status = await lees.status(zaak.status) if zaak.status else None
        except (NotFound, BackofficeDefect, BackofficeUnavailable):
            return None
        if status is None or status.datum_status_gezet < now() - TERUG:
            return None
        return Bericht(
            kanaal="zaken",
            hoofd_object=zaak.url,
            resource="status",
            resource_url=status.url,
            actie="create",
            aanmaakdatum=status.datum_status_gezet,
        )

    async def _zet_in_de_rij(self, berichten: Sequence[Bericht]) -> None:
        werk = {
            f"{SOORT}:{hashlib.sha256(bericht.resource_url.encode()).hexdigest()}": bericht.als_inhoud()
            | {UIT_DE_RONDE: True}
            for bericht in berichten
        }
        if werk:
            async with self._db.begin() as session:
                await plaats_veel(session, self._sleutels, SOORT, werk)
