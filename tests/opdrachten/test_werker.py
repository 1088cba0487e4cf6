"""`pip-portal worker` as a process: it starts, works, and stops without losing anything."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI

from pip_portal.db import Sessionmaker
from pip_portal.post.mail import plaats_mail
from pip_portal.settings import Settings
from tests import factories
from tests.opdrachten.conftest import SLEUTELS, rij
from tests.opdrachten.wachten import tot
from tests.post.smtp import Postbus, smtp_server


async def test_the_worker_sends_what_waits_and_stops_when_asked(db: Sessionmaker, database_url: str) -> None:
    postbus = Postbus()
    async with db.begin() as session:
        await plaats_mail(
            session,
            SLEUTELS,
            sjabloon="M1",
            aan="a.jansen@voorbeeld.nl",
            taal="nl",
            gegevens={"datum": "24 november 2026", "tijd": "14.30 uur", "nummer": "P26-ABCDEFGHJK"},
            sleutel="M1:1",
        )
    async with smtp_server(postbus) as poort:
        smtp = {"host": "127.0.0.1", "poort": poort, "beveiliging": "geen", "afzender": "pip@deventer.example"}
        omgeving = {
            "PIP_OMGEVING": "test",
            "PIP_DATABASE_URL": database_url,
            "PIP_SLEUTELS": json.dumps([factories.FERNET]),
            "PIP_PSEUDONIEM_SLEUTEL": factories.PSEUDONIEM,
            "PIP_SMTP": json.dumps(smtp),
        }
        worker = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "pip_portal", "worker"),
            env={k: v for k, v in os.environ.items() if not k.startswith("PIP_")} | omgeving,
            stdout=asyncio.subprocess.PIPE,
        )

        async def is_klaar() -> bool:
            return (await rij(db, "mail:M1:1")).toestand == "klaar"

        await tot(is_klaar, 60)
        worker.send_signal(signal.SIGTERM)
        log, _ = await asyncio.wait_for(worker.communicate(), 20)
    assert worker.returncode == 0
    assert len(postbus.mails) == 1
    teksten = [json.loads(regel)["tekst"] for regel in log.splitlines()]
    assert [teksten[0], teksten[-1]] == ["werker gestart", "werker gestopt"]
    assert b"jansen" not in log


class TestInHetPortaal:
    """On one small machine the portal can do the work itself."""

    @pytest.fixture
    def postbus(self) -> Postbus:
        return Postbus()

    @pytest.fixture
    async def settings(self, database_url: str, postbus: Postbus) -> AsyncIterator[Settings]:
        async with smtp_server(postbus) as poort:
            smtp = {"host": "127.0.0.1", "poort": poort, "beveiliging": "geen", "afzender": "pip@deventer.example"}
            yield factories.settings(database_url, smtp=smtp, werker_in_portaal=True)

    async def test_what_waits_is_done_by_itself(self, portal: FastAPI, postbus: Postbus) -> None:
        async with portal.state.db.begin() as session:
            await plaats_mail(
                session,
                SLEUTELS,
                sjabloon="GETEKEND",
                aan="a.jansen@voorbeeld.nl",
                taal="en",
                gegevens={},
                sleutel="getekend:1",
            )

        async def is_er() -> bool:
            return bool(postbus.mails)

        await tot(is_er)
        assert postbus.mails[0]["Subject"] == "It has been co-signed"
