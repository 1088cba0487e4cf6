"""How often somebody may do something: counted without saying who, and told in words when it is too often."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from fastapi import FastAPI, Request
from sqlalchemy import select

from pip_portal.db import Sessionmaker
from pip_portal.eigenaar import Eigenaar, eigenaar_van
from pip_portal.errors import TeVaak
from pip_portal.tables import Teller
from pip_portal.tellers import GRENZEN, Grens, netwerk, tel, tel_wie
from tests import factories
from tests.conftest import Browser, text_of
from tests.opdrachten.conftest import SLEUTELS

START = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
DRIE = Grens(3, timedelta(minutes=10))


async def test_what_is_allowed_passes_and_what_is_more_waits_for_the_next_window(db: Sessionmaker) -> None:
    with time_machine.travel(START, tick=False) as klok:
        for _ in range(3):
            await tel_wie(db, SLEUTELS, "starten", "anna", DRIE)
        klok.shift(timedelta(minutes=4))
        with pytest.raises(TeVaak) as te_vaak:
            await tel_wie(db, SLEUTELS, "starten", "anna", DRIE)
        assert te_vaak.value.tot == START + timedelta(minutes=10)
        await tel_wie(db, SLEUTELS, "starten", "mehmet", DRIE)
        await tel_wie(db, SLEUTELS, "indienen", "anna", DRIE)
        klok.shift(timedelta(minutes=6))
        await tel_wie(db, SLEUTELS, "starten", "anna", DRIE)


async def test_acts_at_the_same_moment_are_all_counted(db: Sessionmaker) -> None:
    keren = await asyncio.gather(
        *(tel_wie(db, SLEUTELS, "starten", "anna", DRIE) for _ in range(8)), return_exceptions=True
    )
    assert sum(keer is None for keer in keren) == 3
    assert sum(isinstance(keer, TeVaak) for keer in keren) == 5


@pytest.mark.seed("N10")
async def test_the_table_does_not_say_who_did_what(db: Sessionmaker) -> None:
    await tel_wie(db, SLEUTELS, "starten", "adres:192.0.2.1", DRIE)
    async with db() as session:
        [teller] = await session.scalars(select(Teller))
    assert teller.sleutel == SLEUTELS.keyed_hash("teller", "starten:adres:192.0.2.1")


def verzoek(portal: FastAPI, host: str) -> Request:
    return Request({"type": "http", "app": portal, "client": (host, 1), "headers": []})


@pytest.mark.parametrize(
    ("host", "wie"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("testclient", "testclient"),
    ],
)
def test_one_subscriber_is_one_network(host: str, wie: str) -> None:
    assert netwerk(Request({"type": "http", "client": (host, 1), "headers": []})) == wie


async def test_without_a_login_the_network_is_counted_for_several_people(portal: FastAPI) -> None:
    anna = eigenaar_van(factories.burger(), portal.state.sleutels)
    for n in range(GRENZEN["starten"].aantal):
        await tel(verzoek(portal, f"192.0.2.{n}"), anna, "starten")  # a person may move about
    with pytest.raises(TeVaak):
        await tel(verzoek(portal, "192.0.2.99"), anna, "starten")
    for n in range(GRENZEN["starten"].anoniem.aantal):  # another cookie does not help
        await tel(verzoek(portal, "192.0.2.5"), Eigenaar(f"cookie {n}", None) if n else None, "starten")
    with pytest.raises(TeVaak):
        await tel(verzoek(portal, "192.0.2.5"), None, "starten")


async def test_too_often_is_a_page_that_says_when_to_try_again(portal: FastAPI, browser: Browser) -> None:
    with time_machine.travel(START, tick=False):

        @portal.get("/te-vaak")
        async def te_vaak() -> None:
            raise TeVaak(START + timedelta(minutes=10))

        @portal.get("/net-voorbij")
        async def net_voorbij() -> None:
            raise TeVaak(START - timedelta(minutes=1))

        response = await browser.get("/te-vaak")
        assert response.status_code == 429
        assert response.headers["Retry-After"] == "600"
        assert "U kunt het weer proberen vanaf 10.10 uur." in text_of(response)
        assert (await browser.get("/net-voorbij")).headers["Retry-After"] == "1"
        fragment = await browser.get("/te-vaak", check=False, headers={"HX-Request": "true"})
        assert fragment.headers["HX-Retarget"] == "#inhoud"
