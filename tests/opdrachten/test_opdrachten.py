"""The outbox: nothing is lost, nothing is done twice, nothing is tried for ever."""

import asyncio
import contextlib
import os
import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from prometheus_client import generate_latest
from sqlalchemy import func, select, update
from sqlalchemy.exc import OperationalError

from pip_portal import opdrachten
from pip_portal.db import Sessionmaker, open_db
from pip_portal.opdrachten import Onmogelijk, Tempo, Uitstel, plaats
from pip_portal.tables import Opdracht
from tests import factories
from tests.opdrachten.conftest import SLEUTELS, SNEL, Gedaan, rij, werker, zet
from tests.opdrachten.wachten import tot

START = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
EINDELOOS = 60.0


async def storing(_inhoud: Mapping[str, Any]) -> None:
    raise Uitstel("weg")


async def wordt(db: Sessionmaker, toestand: str) -> None:
    async def is_zo() -> bool:
        return (await rij(db)).toestand == toestand

    await tot(is_zo)


async def hangt(_inhoud: Mapping[str, Any]) -> None:
    await asyncio.sleep(EINDELOOS)


# ---- placing -----------------------------------------------------------------------------------------------


async def test_the_same_work_placed_twice_is_done_once_and_its_content_is_gone(db: Sessionmaker) -> None:
    gedaan = Gedaan()
    await zet(db)
    await zet(db)
    assert b"Jansen" not in (await rij(db)).inhoud
    assert await werker(db, gedaan).alles() == 1
    assert gedaan.keren == [0]
    klaar = await rij(db)
    assert (klaar.toestand, klaar.pogingen, klaar.lease_tot) == ("klaar", 1, None)
    assert SLEUTELS.decrypt(klaar.inhoud) == b"{}"


async def test_work_of_a_transaction_that_was_rolled_back_does_not_exist(db: Sessionmaker) -> None:
    gedaan = Gedaan()
    with contextlib.suppress(RuntimeError):
        async with db.begin() as session:
            await plaats(session, SLEUTELS, "werk", "werk:0", {"n": 0})
            raise RuntimeError
    assert await werker(db, gedaan).alles() == 0


async def test_work_for_later_waits_and_work_of_another_soort_is_left_alone(db: Sessionmaker) -> None:
    gedaan = Gedaan()
    await zet(db, soort="anders")
    with time_machine.travel(START, tick=False) as klok:
        async with db.begin() as session:
            await plaats(session, SLEUTELS, "werk", "werk:0", {"n": 0}, beurt_op=START + timedelta(hours=1))
        assert await werker(db, gedaan).alles() == 0
        klok.shift(timedelta(hours=1))
        assert await werker(db, gedaan).alles() == 1
    assert (await rij(db, "anders:0")).toestand == "nieuw"


# ---- several workers ---------------------------------------------------------------------------------------


async def test_workers_side_by_side_do_all_and_nothing_twice(db: Sessionmaker) -> None:
    gedaan = Gedaan()

    async def even(inhoud: Mapping[str, Any]) -> None:
        await asyncio.sleep(0)
        await gedaan(inhoud)

    await zet(db, 60)
    await asyncio.gather(*(werker(db, even, gelijktijdig=3).alles() for _ in range(4)))
    assert sorted(gedaan.keren) == list(range(60))


PROCES = """
import asyncio, sys
from pip_portal.db import open_db
from pip_portal.opdrachten import Werker
from tests.opdrachten.conftest import SNEL
from pip_portal.sleutels import Sleutels
from tests import factories
async def main():
    settings = factories.settings(sys.argv[1], sleutels=(sys.argv[2],))
    async with open_db(sys.argv[1]) as db:
        async def handler(inhoud):
            print(inhoud["n"], flush=True)
        await Werker(db, Sleutels(settings), {"werk": handler}, gelijktijdig={"werk": 4}, tempo=SNEL).alles()
asyncio.run(main())
"""


async def test_processes_share_the_queue(db: Sessionmaker, database_url: str) -> None:
    await zet(db, 80)
    processen = [
        await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", PROCES, database_url, factories.FERNET),
            stdout=asyncio.subprocess.PIPE,
            env=dict(os.environ),
        )
        for _ in range(2)
    ]
    uitvoer = await asyncio.gather(*(proces.communicate() for proces in processen))
    gedaan = [int(regel) for out, _ in uitvoer for regel in out.split()]
    assert sorted(gedaan) == list(range(80))
    async with db() as session:
        toestanden = (await session.execute(select(Opdracht.toestand, func.count()).group_by(Opdracht.toestand))).all()
    assert [tuple(t) for t in toestanden] == [("klaar", 80)]


async def test_no_more_at_once_than_was_said(db: Sessionmaker) -> None:
    tegelijk, meest = 0, 0

    async def telt(_inhoud: Mapping[str, Any]) -> None:
        nonlocal tegelijk, meest
        tegelijk += 1
        meest = max(meest, tegelijk)
        await asyncio.sleep(0)
        tegelijk -= 1

    await zet(db, 12)
    await werker(db, telt, gelijktijdig=3).alles()
    assert meest == 3


# ---- a crash -----------------------------------------------------------------------------------------------


async def test_what_a_killed_worker_left_is_taken_again_when_its_lease_ends(db: Sessionmaker) -> None:
    gedaan = Gedaan()
    with time_machine.travel(START, tick=False) as klok:
        await zet(db)
        await werker(db, gedaan)._pak(["werk"], 1)  # taken, and then the power went
        assert await werker(db, gedaan).alles() == 0
        klok.shift(SNEL.lease + timedelta(seconds=1))
        assert await werker(db, gedaan).alles() == 1
    assert gedaan.keren == [0]
    assert (await rij(db)).pogingen == 2


async def test_work_that_takes_every_worker_down_is_given_up_in_the_end(db: Sessionmaker) -> None:
    tempo = replace(SNEL, eerst=(timedelta(minutes=1),), opgeven_na=timedelta(minutes=1))
    gedaan = Gedaan()
    with time_machine.travel(START, tick=False) as klok:
        await zet(db)
        for _ in range(2):
            await werker(db, gedaan, tempo)._pak(["werk"], 1)
            klok.shift(tempo.lease + timedelta(seconds=1))
        await werker(db, gedaan, tempo).alles()
    dood = await rij(db)
    assert (dood.toestand, dood.fout) == ("dood", "de werker stopte steeds")
    assert gedaan.keren == []


async def test_a_worker_that_lost_its_lease_changes_nothing_any_more(db: Sessionmaker) -> None:
    los = asyncio.Event()

    async def traag(_inhoud: Mapping[str, Any]) -> None:
        await los.wait()

    await zet(db)
    eerste = asyncio.create_task(werker(db, traag).alles())
    await wordt(db, "bezig")
    async with db.begin() as session:  # as another worker that took it over
        await session.execute(update(Opdracht).values(pogingen=7))
    los.set()
    await eerste
    assert ((await rij(db)).toestand, (await rij(db)).pogingen) == ("bezig", 7)


async def test_the_lease_is_renewed_while_the_work_goes_on_and_losing_it_ends_the_work(db: Sessionmaker) -> None:
    tempo = replace(SNEL, lease=timedelta(seconds=1))  # much longer than a busy machine is late
    begonnen, afgebroken = asyncio.Event(), asyncio.Event()

    async def traag(_inhoud: Mapping[str, Any]) -> None:
        begonnen.set()
        try:
            await asyncio.sleep(EINDELOOS)
        finally:
            afgebroken.set()

    await zet(db)
    bezig = asyncio.create_task(werker(db, traag, tempo).alles())
    await begonnen.wait()
    eerst = (await rij(db)).lease_tot
    assert eerst is not None

    async def verlengd() -> bool:
        return ((await rij(db)).lease_tot or eerst) > eerst

    await tot(verlengd)
    async with db.begin() as session:
        await session.execute(update(Opdracht).values(pogingen=7))
    await asyncio.wait_for(bezig, 5)
    assert afgebroken.is_set()


async def test_a_handler_that_hangs_is_broken_off_and_tried_later(db: Sessionmaker) -> None:
    await zet(db)
    await werker(db, hangt, replace(SNEL, limiet=timedelta(milliseconds=50))).alles()
    opdracht = await rij(db)
    assert (opdracht.toestand, opdracht.fout, opdracht.lease_tot) == ("nieuw", "duurde te lang", None)


async def test_a_worker_that_is_stopped_gives_back_what_it_had(db: Sessionmaker) -> None:
    await zet(db)
    loop = asyncio.create_task(werker(db, hangt, replace(SNEL, uitloop=timedelta(milliseconds=50))).draai())
    await wordt(db, "bezig")
    loop.cancel()
    await asyncio.wait({loop})
    terug = await rij(db)
    assert (terug.toestand, terug.pogingen, terug.lease_tot) == ("nieuw", 0, None)


async def test_a_worker_that_is_stopped_finishes_what_is_almost_done(db: Sessionmaker) -> None:
    los, begonnen, gedaan = asyncio.Event(), asyncio.Event(), Gedaan()

    async def bijna(inhoud: Mapping[str, Any]) -> None:
        begonnen.set()
        await los.wait()
        await gedaan(inhoud)

    await zet(db)
    loop = asyncio.create_task(werker(db, bijna, replace(SNEL, uitloop=timedelta(seconds=5))).draai())
    await begonnen.wait()
    loop.cancel()
    los.set()
    await asyncio.wait({loop})
    assert (await rij(db)).toestand == "klaar"


async def test_a_database_that_restarts_does_not_stop_the_worker(db: Sessionmaker, database_url: str) -> None:
    gedaan, keren = Gedaan(), 0
    async with open_db("postgresql://pip@127.0.0.1:1/weg") as weg:

        def soms(*_: Any) -> Any:
            nonlocal keren
            keren += 1
            return weg() if keren <= 2 else db()

        class Hapert:
            __call__ = staticmethod(soms)

            def begin(self) -> Any:
                nonlocal keren
                keren += 1
                return (weg if keren <= 2 else db).begin()

        await zet(db)
        loop = asyncio.create_task(werker(Hapert(), gedaan).draai())  # type: ignore[arg-type]  # a database that fails
        await wordt(db, "klaar")
        loop.cancel()
        await asyncio.wait({loop})
    assert keren > 2
    assert gedaan.keren == [0]


# ---- trying again ------------------------------------------------------------------------------------------


def test_the_waits_are_those_of_the_design() -> None:
    minuten = [wacht.total_seconds() / 60 for wacht in Tempo().wachttijden]
    assert minuten[:5] == [1, 5, 15, 60, 60]
    assert set(minuten[4:]) == {60}
    assert 47 * 60 < sum(minuten) <= 48 * 60


async def test_an_outage_is_waited_for_and_given_up_after_two_days(db: Sessionmaker) -> None:
    with time_machine.travel(START, tick=False) as klok:
        await zet(db)
        lus = werker(db, storing, Tempo())
        wachten = []
        for _ in range(60):
            await lus.alles()
            opdracht = await rij(db)
            if opdracht.toestand == "dood":
                break
            wachten.append((opdracht.beurt_op - datetime.now(UTC)).total_seconds() / 60)
            klok.move_to(opdracht.beurt_op)
        assert wachten[:5] == [1, 5, 15, 60, 60]
        assert timedelta(hours=47) < datetime.now(UTC) - START <= timedelta(hours=48)
    assert opdracht.fout == "weg"
    assert SLEUTELS.decrypt(opdracht.inhoud) == b'{"n": 0}'


async def test_a_handler_can_ask_to_wait_longer(db: Sessionmaker) -> None:
    async def druk(_inhoud: Mapping[str, Any]) -> None:
        raise Uitstel("druk", na=timedelta(hours=3))

    with time_machine.travel(START, tick=False):
        await zet(db)
        await werker(db, druk).alles()
    assert (await rij(db)).beurt_op == START + timedelta(hours=3)


async def test_what_is_impossible_is_dead_at_once_and_is_never_tried_again(db: Sessionmaker) -> None:
    async def kan_niet(_inhoud: Mapping[str, Any]) -> None:
        raise Onmogelijk("geweigerd", wissen=True)

    await zet(db)
    assert await werker(db, kan_niet).alles() == 1
    assert await werker(db, kan_niet).alles() == 0
    dood = await rij(db)
    assert (dood.toestand, dood.fout) == ("dood", "geweigerd")
    assert SLEUTELS.decrypt(dood.inhoud) == b"{}"


async def test_a_defect_is_noted_by_its_type_because_its_text_can_hold_an_answer(db: Sessionmaker) -> None:
    async def stuk(_inhoud: Mapping[str, Any]) -> None:
        raise KeyError("Brink 45")

    await zet(db)
    await werker(db, stuk).alles()
    assert ((await rij(db)).toestand, (await rij(db)).fout) == ("nieuw", "KeyError")


async def test_content_that_no_key_opens_is_dead(db: Sessionmaker) -> None:
    await zet(db)
    async with db.begin() as session:
        await session.execute(update(Opdracht).values(inhoud=b"iets anders"))
    await werker(db, Gedaan()).alles()
    assert (await rij(db)).toestand == "dood"


# ---- the first try, while the citizen waits ----------------------------------------------------------------


async def test_the_first_try_does_this_one_and_says_so(db: Sessionmaker) -> None:
    gedaan = Gedaan()
    await zet(db, 3)
    lus = werker(db, gedaan)
    assert await lus.een("werk:1")
    assert await lus.een("werk:1")
    assert gedaan.keren == [1]
    assert not await lus.een("werk:bestaat-niet")


async def test_the_first_try_that_fails_says_so_and_raises_nothing(db: Sessionmaker) -> None:
    await zet(db)
    lus = werker(db, storing)
    assert not await lus.een("werk:0")
    assert not await lus.een("werk:0")  # it has to wait now
    assert (await rij(db)).pogingen == 1


async def test_the_first_try_that_takes_long_goes_on_by_itself(db: Sessionmaker) -> None:
    los, gedaan = asyncio.Event(), Gedaan()

    async def traag(inhoud: Mapping[str, Any]) -> None:
        await los.wait()
        await gedaan(inhoud)

    await zet(db)
    lus = werker(db, traag)
    assert not await lus.een("werk:0", timeout=0.02)
    los.set()
    await lus.stop()
    assert gedaan.keren == [0]
    assert (await rij(db)).toestand == "klaar"


async def test_the_first_try_is_left_to_the_worker_when_it_is_busy_here(db: Sessionmaker) -> None:
    los = asyncio.Event()

    async def traag(_inhoud: Mapping[str, Any]) -> None:
        await los.wait()

    await zet(db, 2)
    lus = werker(db, traag, gelijktijdig=1)
    assert not await lus.een("werk:0", timeout=0.02)
    assert not await lus.een("werk:1", timeout=5)
    assert (await rij(db, "werk:1")).toestand == "nieuw"
    los.set()
    await lus.stop()


async def test_the_first_try_without_a_database_raises_nothing() -> None:
    async with open_db("postgresql://pip@127.0.0.1:1/weg") as weg:
        with pytest.raises(OperationalError):
            async with weg.begin() as session:
                await session.execute(select(1))
        assert not await werker(weg, Gedaan()).een("werk:0")


# ---- watching ----------------------------------------------------------------------------------------------


async def test_the_queue_is_counted_for_the_monitor(db: Sessionmaker) -> None:
    with time_machine.travel(START, tick=False) as klok:
        await zet(db, 2)
        async with db.begin() as session:
            await plaats(session, SLEUTELS, "werk", "werk:straks", {"n": 9}, beurt_op=START + timedelta(days=9))
        await werker(db, storing).een("werk:0")
        async with db.begin() as session:
            await session.execute(update(Opdracht).where(Opdracht.sleutel == "werk:1").values(toestand="dood"))
        klok.shift(timedelta(minutes=10))
        await opdrachten.meet(db)
    gemeten = generate_latest().decode()
    assert 'pip_opdrachten{soort="werk",toestand="nieuw"} 2.0' in gemeten
    assert 'pip_opdrachten{soort="werk",toestand="dood"} 1.0' in gemeten
    assert 'pip_opdrachten_oudste_seconden{soort="werk"} 600.0' in gemeten
