"""The outbox: work that must happen after a transaction, written in that transaction and done by a worker.

A worker takes a row with a lease, so that several share the queue and what one leaves half done is taken again.
Handlers are idempotent: what is done may be done once more, never not at all.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from prometheus_client import Gauge
from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from pip_portal.db import Sessionmaker, insert_van
from pip_portal.sleutels import Sleutels
from pip_portal.tables import Opdracht
from pip_portal.tijd import now

log = logging.getLogger(__name__)

Handler = Callable[[Mapping[str, Any]], Awaitable[None]]

AANTAL = Gauge("pip_opdrachten", "Rows of the outbox that are not done, by kind and state", ["soort", "toestand"])
OUDSTE = Gauge("pip_opdrachten_oudste_seconden", "Age of the oldest row that is due or being retried", ["soort"])
METEN_ELKE = 15.0  # seconds

MAX_FOUT = 200  # characters, the width of the column
AFBREKEN = 5.0  # seconds that a handler gets to end itself when it is broken off


class Uitstel(Exception):
    """Not now: try again later. reden: fixed text without personal data. na: wait at least this long."""

    def __init__(self, reden: str, na: timedelta | None = None) -> None:
        super().__init__(reden)
        self.reden = reden
        self.na = na


class Onmogelijk(Exception):
    """Trying again will not help: a person must look. wissen: nobody needs what was in it any more."""

    def __init__(self, reden: str, *, wissen: bool = False) -> None:
        super().__init__(reden)
        self.reden = reden
        self.wissen = wissen


@dataclass(frozen=True)
class Tempo:
    """How fast: waits after each failed try, how long a row is kept, and how long a handler may take.

    Source: forms §3.7 (1, 5, 15, 60 minutes, then hourly to 48 hours). The lease is renewed while a handler runs.
    """

    eerst: tuple[timedelta, ...] = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60))
    daarna: timedelta = timedelta(hours=1)
    opgeven_na: timedelta = timedelta(hours=48)
    lease: timedelta = timedelta(minutes=2)
    limiet: timedelta = timedelta(minutes=15)
    pauze: timedelta = timedelta(seconds=1)  # between two looks at an empty queue
    uitloop: timedelta = timedelta(seconds=8)  # to finish what is under way when the worker stops
    herstel: timedelta = timedelta(seconds=2)  # before trying a database again that did not answer

    @cached_property
    def wachttijden(self) -> tuple[timedelta, ...]:
        wachten, samen = list(self.eerst), sum(self.eerst, timedelta())
        while samen + self.daarna <= self.opgeven_na:
            wachten.append(self.daarna)
            samen += self.daarna
        return tuple(wachten)


async def plaats(
    session: AsyncSession,
    sleutels: Sleutels,
    soort: str,
    sleutel: str,
    inhoud: Mapping[str, Any],
    *,
    beurt_op: datetime | None = None,
) -> None:
    """Put work in the queue, in the caller's transaction; the same sleutel twice is once.

    sleutel: holds no personal data. beurt_op: not before this moment.
    """
    await plaats_veel(session, sleutels, soort, {sleutel: inhoud}, beurt_op=beurt_op)


async def plaats_veel(
    session: AsyncSession,
    sleutels: Sleutels,
    soort: str,
    werk: Mapping[str, Mapping[str, Any]],
    *,
    beurt_op: datetime | None = None,
) -> None:
    """As plaats, for many at once. werk: at least one sleutel with its inhoud."""
    moment = now()
    rijen = [
        {
            "soort": soort,
            "sleutel": sleutel,
            "inhoud": _dicht(sleutels, inhoud),
            "toestand": "nieuw",
            "beurt_op": beurt_op or moment,
            "pogingen": 0,
            "fout": "",
            "aangemaakt_op": moment,
        }
        for sleutel, inhoud in werk.items()
    ]
    rij = insert_van(session)(Opdracht.__table__).on_conflict_do_nothing(index_elements=["sleutel"])
    await session.execute(rij, rijen)  # one statement, compiled once, whatever their number


def _dicht(sleutels: Sleutels, inhoud: Mapping[str, Any]) -> bytes:
    return sleutels.encrypt(json.dumps(dict(inhoud), ensure_ascii=False).encode())


def _aan_de_beurt(moment: datetime) -> ColumnElement[bool]:
    """New work whose time has come, and work of a worker that let its lease end."""
    return or_(
        and_(Opdracht.toestand == "nieuw", Opdracht.beurt_op <= moment),
        and_(Opdracht.toestand == "bezig", Opdracht.lease_tot < moment),
    )


class Werker:
    """Does the work of the soorten it has handlers for. Any number of these, in any number of processes.

    gelijktijdig: how many of a soort at once in this process; 1 when not given.
    """

    def __init__(
        self,
        db: Sessionmaker,
        sleutels: Sleutels,
        handlers: Mapping[str, Handler],
        *,
        gelijktijdig: Mapping[str, int] | None = None,
        tempo: Tempo | None = None,
    ) -> None:
        self._db = db
        self._sleutels = sleutels
        self._handlers = handlers
        self._tempo = tempo or Tempo()
        self._plaatsen = {soort: (gelijktijdig or {}).get(soort, 1) for soort in handlers}
        self._bezig: dict[asyncio.Task[bool], str] = {}

    # ---- for the portal --------------------------------------------------------------------------------

    async def een(self, sleutel: str, timeout: float = 2.0) -> bool:  # noqa: ASYNC109  # goes on behind our back
        """First try of this one opdracht, now. True when it is done; False: a worker goes on with it. Never raises.

        What takes longer than timeout (seconds) is not broken off: it goes on while the citizen reads the next page.
        """
        try:
            soort = await self._soort(sleutel)
            if soort is None or soort not in self._handlers or not self._vrij(soort):
                return False
            gepakt = await self._pak([soort], 1, Opdracht.sleutel == sleutel)
            if not gepakt:
                return await self._is_klaar(sleutel)
            taak = self._begin(gepakt[0])
            klaar, _open = await asyncio.wait({taak}, timeout=timeout)
            return bool(klaar) and not taak.cancelled() and taak.result()
        except Exception as exc:  # the citizen must not notice: the worker does it later
            log.error("eerste poging van een opdracht mislukt", exc_info=exc)
            return False

    async def stop(self) -> None:
        """Let what is under way finish for a moment, and give back what does not."""
        if not self._bezig:
            return
        _klaar, open_ = await asyncio.wait(self._bezig, timeout=self._tempo.uitloop.total_seconds())
        for taak in open_:
            taak.cancel()
        if open_:
            await asyncio.wait(open_, timeout=self._tempo.uitloop.total_seconds())

    # ---- for the worker --------------------------------------------------------------------------------

    async def draai(self) -> None:
        """Work until cancelled; a database that is away for a while is waited for."""
        try:
            while True:
                try:
                    gepakt = await self._vul_aan()
                except (SQLAlchemyError, OSError) as exc:
                    log.warning("de werker bereikt de database niet", exc_info=exc)
                    await asyncio.sleep(self._tempo.herstel.total_seconds())
                    continue
                if not gepakt:
                    await self._wacht()
        finally:
            await self.stop()

    async def alles(self) -> int:
        """Do all that is due now, also what that work places; returns how many tries that took."""
        aantal = 0
        while True:
            gepakt = await self._vul_aan()
            aantal += gepakt
            if self._bezig:
                await asyncio.wait(self._bezig, return_when=asyncio.FIRST_COMPLETED)
            elif not gepakt:  # what was taken may be done already, and have left its place to the next
                return aantal

    async def _vul_aan(self) -> int:
        """Take work for each place that is free."""
        aantal = 0
        for soort in self._handlers:
            if vrij := self._vrij(soort):
                gepakt = await self._pak([soort], vrij)
                for opdracht in gepakt:
                    self._begin(opdracht)
                aantal += len(gepakt)
        return aantal

    async def _wacht(self) -> None:
        pauze = self._tempo.pauze.total_seconds()
        if self._bezig:
            await asyncio.wait(self._bezig, timeout=pauze, return_when=asyncio.FIRST_COMPLETED)
        else:
            await asyncio.sleep(pauze)

    def _vrij(self, soort: str) -> int:
        return self._plaatsen[soort] - sum(bezet == soort for bezet in self._bezig.values())

    # ---- taking ----------------------------------------------------------------------------------------

    async def _soort(self, sleutel: str) -> str | None:
        async with self._db() as session:
            soort: str | None = await session.scalar(select(Opdracht.soort).where(Opdracht.sleutel == sleutel))
        return soort

    async def _is_klaar(self, sleutel: str) -> bool:
        async with self._db() as session:
            toestand = await session.scalar(select(Opdracht.toestand).where(Opdracht.sleutel == sleutel))
        return toestand == "klaar"

    async def _pak(self, soorten: Sequence[str], aantal: int, *verder: ColumnElement[bool]) -> list[Opdracht]:
        """Take at most this many rows; what another worker takes at the same moment is left to that one.

        The update repeats the question, because SQLite has no row locks: there the first writer wins.
        """
        moment = now()
        vraag = (
            select(Opdracht.id)
            .where(_aan_de_beurt(moment), Opdracht.soort.in_(soorten), *verder)
            .order_by(Opdracht.beurt_op, Opdracht.id)
            .limit(aantal)
            .with_for_update(skip_locked=True)
        )
        async with self._db.begin() as session:
            if not (ids := list(await session.scalars(vraag))):
                return []
            neem = (
                update(Opdracht)
                .where(Opdracht.id.in_(ids), _aan_de_beurt(moment))
                .values(toestand="bezig", pogingen=Opdracht.pogingen + 1, lease_tot=moment + self._tempo.lease)
                .returning(Opdracht)
                .execution_options(synchronize_session=False)
            )
            return list(await session.scalars(neem))

    # ---- doing -----------------------------------------------------------------------------------------

    def _begin(self, opdracht: Opdracht) -> asyncio.Task[bool]:
        taak = asyncio.create_task(self._doe(opdracht))
        self._bezig[taak] = opdracht.soort
        taak.add_done_callback(self._bezig.pop)
        return taak

    async def _doe(self, opdracht: Opdracht) -> bool:
        """One try, and what came of it; only raises when it is cancelled."""
        try:
            values = await self._probeer(opdracht)
        except asyncio.CancelledError:
            await self._noteer(opdracht, {"toestand": "nieuw", "pogingen": opdracht.pogingen - 1})
            raise
        return await self._noteer(opdracht, values) and values["toestand"] == "klaar"

    async def _probeer(self, opdracht: Opdracht) -> dict[str, object]:
        """Run the handler; the values that its row gets."""
        if opdracht.pogingen > len(self._tempo.wachttijden) + 1:  # it took every worker down with it
            return self._dood(opdracht, opdracht.fout or "de werker stopte steeds")
        try:
            inhoud = json.loads(self._sleutels.decrypt(opdracht.inhoud))
        except ValueError:
            return self._dood(opdracht, "de inhoud is niet te lezen met de ingestelde sleutels")
        try:
            await self._begrensd(opdracht, inhoud)
        except Uitstel as exc:
            return self._later(opdracht, exc.reden, exc.na)
        except Onmogelijk as exc:
            return self._dood(opdracht, exc.reden) | ({"inhoud": _dicht(self._sleutels, {})} if exc.wissen else {})
        except TimeoutError as exc:
            log.error("opdracht duurt te lang", extra=_wat(opdracht), exc_info=exc)
            return self._later(opdracht, "duurde te lang")
        except Exception as exc:  # a defect of ours: only its type, as its text may hold an answer of a person
            log.error("opdracht mislukt", extra=_wat(opdracht), exc_info=exc)
            return self._later(opdracht, type(exc).__name__)
        return {"toestand": "klaar", "klaar_op": now(), "fout": "", "inhoud": _dicht(self._sleutels, {})}

    async def _begrensd(self, opdracht: Opdracht, inhoud: Mapping[str, Any]) -> None:
        """The handler, not longer than the limit, and only as long as the lease is ours."""
        async with asyncio.timeout(self._tempo.limiet.total_seconds()):
            werk = asyncio.ensure_future(self._handlers[opdracht.soort](inhoud))
            lease = asyncio.create_task(self._verleng(opdracht))
            try:
                await asyncio.wait({werk, lease}, return_when=asyncio.FIRST_COMPLETED)
                if not werk.done():
                    raise Uitstel("de lease is verlopen")
                if werk.cancelled():  # from within: nobody asked this worker to stop
                    raise Uitstel("afgebroken")
                await werk
            finally:
                lease.cancel()
                werk.cancel()
                await asyncio.wait({lease, werk}, timeout=AFBREKEN)

    async def _verleng(self, opdracht: Opdracht) -> None:
        """Keep the lease until it is lost to another worker."""
        while True:
            await asyncio.sleep(self._tempo.lease.total_seconds() / 3)
            try:
                if not await self._zet(opdracht, {"lease_tot": now() + self._tempo.lease}):
                    return
            except (SQLAlchemyError, OSError) as exc:
                log.warning("lease niet verlengd", extra=_wat(opdracht), exc_info=exc)

    def _later(self, opdracht: Opdracht, reden: str, na: timedelta | None = None) -> dict[str, object]:
        wachttijden = self._tempo.wachttijden
        if opdracht.pogingen > len(wachttijden):
            return self._dood(opdracht, reden)
        wachten = max(wachttijden[opdracht.pogingen - 1], na or timedelta())
        log.warning("opdracht uitgesteld", extra=_wat(opdracht) | {"reden": reden})
        return {"toestand": "nieuw", "beurt_op": now() + wachten, "fout": reden[:MAX_FOUT]}

    def _dood(self, opdracht: Opdracht, reden: str) -> dict[str, object]:
        log.error("opdracht opgegeven", extra=_wat(opdracht) | {"reden": reden})
        return {"toestand": "dood", "fout": reden[:MAX_FOUT], "klaar_op": now()}

    async def _noteer(self, opdracht: Opdracht, values: Mapping[str, object]) -> bool:
        """Write down what came of it; when that fails, the lease ends and it is tried once more."""
        try:
            return await self._zet(opdracht, {"lease_tot": None, **values})
        except (SQLAlchemyError, OSError) as exc:
            log.error("uitkomst van een opdracht niet bewaard", extra=_wat(opdracht), exc_info=exc)
            return False

    async def _zet(self, opdracht: Opdracht, values: Mapping[str, object]) -> bool:
        """Change the row, but only while this try is the last one: another worker may have taken it since."""
        van_ons = (
            Opdracht.id == opdracht.id,
            Opdracht.toestand == "bezig",
            Opdracht.pogingen == opdracht.pogingen,
        )
        async with self._db.begin() as session:
            gewijzigd = await session.scalar(
                update(Opdracht)
                .where(*van_ons)
                .values(**values)
                .returning(Opdracht.id)
                .execution_options(synchronize_session=False)
            )
        return gewijzigd is not None


async def meet(db: Sessionmaker) -> None:
    """Count the queue for the monitor: what waits, what is under way, what was given up, and how old it is."""
    moment = now()
    aan_de_gang = and_(
        Opdracht.toestand.in_(("nieuw", "bezig")), or_(Opdracht.pogingen > 0, Opdracht.beurt_op <= moment)
    )
    async with db() as session:
        per_toestand = (
            await session.execute(
                select(Opdracht.soort, Opdracht.toestand, func.count())
                .where(Opdracht.toestand != "klaar")
                .group_by(Opdracht.soort, Opdracht.toestand)
            )
        ).all()
        oudste = (
            await session.execute(
                select(Opdracht.soort, func.min(Opdracht.aangemaakt_op)).where(aan_de_gang).group_by(Opdracht.soort)
            )
        ).all()
    AANTAL.clear()
    OUDSTE.clear()
    for soort, toestand, aantal in per_toestand:
        AANTAL.labels(soort, toestand).set(aantal)
    for soort, sinds in oudste:
        OUDSTE.labels(soort).set((moment - sinds).total_seconds())


async def blijf_meten(db: Sessionmaker) -> None:
    """Until cancelled; a database that is away leaves the last numbers standing."""
    while True:
        await asyncio.sleep(METEN_ELKE)
        try:
            await meet(db)
        except (SQLAlchemyError, OSError) as exc:
            log.warning("de wachtrij is niet te tellen", exc_info=exc)


def _wat(opdracht: Opdracht) -> dict[str, object]:
    return {"opdracht": opdracht.sleutel, "soort": opdracht.soort, "poging": opdracht.pogingen}
