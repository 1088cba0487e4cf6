"""Nobody waits unnoticed, what was never told is found at night, and what is old is thrown away."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from prometheus_client import generate_latest
from sqlalchemy import select, update

from pip_portal.app import maak_bewaren
from pip_portal.notificaties.toezicht import RONDE, Ronde, toezicht
from pip_portal.tables import Bekende, Notificatietelling, Opdracht, Zaakbezoek
from pip_portal.tijd import now
from tests import factories
from tests.notificaties.conftest import Json, Wereld, burgerrol
from tests.notificaties.test_paginas import nieuws

SOORT = "objectvergunning"


async def bezocht(wereld: Wereld, zaak: Json) -> None:
    async with wereld.portal.state.db.begin() as session:
        session.add(Zaakbezoek(pseudoniem="p", bron="zaken", zaak_uuid=zaak["uuid"], bezocht_op=now()))


async def ronde(wereld: Wereld) -> None:
    state = wereld.portal.state
    await Ronde(state.db, state.sleutels, state.bronnen.zaaksysteem.bronnen)({})
    await wereld.werk()


def alarmen(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.levelname for record in caplog.records if record.levelname in ("ERROR", "CRITICAL")]


async def test_what_was_never_told_is_found_at_night_and_told_once(
    wereld: Wereld, caplog: pytest.LogCaptureFixture
) -> None:
    await wereld.ken(factories.burger(), "anna@voorbeeld.nl")
    gemist = await wereld.zaak(burgerrol(factories.ANNA), soort=SOORT)
    verteld = await wereld.zaak(burgerrol(factories.ANNA), soort=SOORT)
    await bezocht(wereld, gemist)
    await bezocht(wereld, verteld)
    await wereld.status(gemist, "In behandeling")
    await wereld.meld_status(verteld, "In behandeling")
    for _ in range(2):
        await ronde(wereld)
    assert len(await wereld.rijen()) == 2
    assert len(await wereld.mails()) == 2
    assert (await wereld.tellingen())["gemist"] == 1
    state = wereld.portal.state
    with caplog.at_level("ERROR"):
        await toezicht(state.db, state.sleutels, verwacht=True)
        assert not alarmen(caplog)  # one came in just now: one was lost, no more
        async with state.db.begin() as session:
            lang = update(Notificatietelling).where(Notificatietelling.uitkomst == "ontvangen")
            await session.execute(lang.values(laatst_op=now() - timedelta(days=2)))
        await toezicht(state.db, state.sleutels, verwacht=False)
        assert not alarmen(caplog)
        await toezicht(state.db, state.sleutels, verwacht=True)
    assert "er komen geen notificaties binnen" in caplog.text
    metrics = generate_latest().decode()
    assert 'pip_notificaties{uitkomst="gemist"} 1.0' in metrics
    assert "pip_notificaties_laatste_seconden 1728" in metrics


async def test_the_round_is_planned_once_for_each_night_and_survives_a_backoffice_that_is_away(
    wereld: Wereld,
) -> None:
    state = wereld.portal.state
    zaak = await wereld.zaak(burgerrol(factories.ANNA), soort=SOORT)
    await bezocht(wereld, zaak | {"uuid": "00000000-0000-4000-8000-000000000000"})  # is not there any more
    await bezocht(wereld, zaak)
    with time_machine.travel(datetime(2026, 11, 24, 12, tzinfo=UTC), tick=False):
        for _ in range(3):
            await toezicht(state.db, state.sleutels, verwacht=True)
    async with state.db() as session:
        (rij,) = await session.scalars(select(Opdracht).where(Opdracht.soort == RONDE))
    assert rij.beurt_op == datetime(2026, 11, 25, 2, tzinfo=UTC)
    await ronde(wereld)


@pytest.mark.parametrize(("uren", "niveau"), [(23, ""), (25, "ERROR"), (49, "CRITICAL")])
async def test_who_waits_for_a_day_is_an_alarm_and_two_days_is_the_law(
    wereld: Wereld, caplog: pytest.LogCaptureFixture, uren: int, niveau: str
) -> None:
    await wereld.ken(factories.burger(), "anna@voorbeeld.nl")
    zaak = await wereld.zaak(burgerrol(factories.ANNA), soort=SOORT)
    await wereld.meld_status(zaak, "In behandeling")  # there is no mail server here, so the mail waits
    state = wereld.portal.state
    with time_machine.travel(now() + timedelta(hours=uren)), caplog.at_level("ERROR"):
        await toezicht(state.db, state.sleutels, verwacht=True)
    assert alarmen(caplog) == ([niveau] if niveau else [])


async def test_news_is_kept_for_ninety_days_and_who_does_not_come_back_is_forgotten(wereld: Wereld) -> None:
    pad = "/zaken/zaken/00000000-0000-4000-8000-000000000000"
    await nieuws(wereld, factories.burger(), pad)
    met_adres = await wereld.ken(factories.burger(factories.MEHMET), "mehmet@voorbeeld.nl")
    bewaren = maak_bewaren(wereld.portal)
    for dagen, over in ((89, 1), (91, 0)):
        with time_machine.travel(now() + timedelta(days=dagen)):
            await bewaren.oud()
        assert len(await wereld.rijen()) == over
    for dagen, bekend in ((729, 2), (731, 1)):
        with time_machine.travel(now() + timedelta(days=dagen)):
            await bewaren.oud()
        async with wereld.portal.state.db() as session:
            eigenaren = list(await session.scalars(select(Bekende.eigenaar)))
        assert len(eigenaren) == bekend
    assert eigenaren == [met_adres]
