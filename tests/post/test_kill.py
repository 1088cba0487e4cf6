"""Whoever kills the worker while it sends (kill -9, at every step of SMTP): each mail arrives, none gets another
number, and the mailbox that knows a Message-ID holds each mail once.
"""

import asyncio
import sys
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import func, select, update

from pip_portal.db import open_db
from pip_portal.post.mail import mailnummer
from pip_portal.tables import Bewijs, Mail, Opdracht
from tests import factories
from tests.post.smtp import Postbus, smtp_server
from tests.post.test_mail import SLEUTELS, bezorger, smtp, zet

AANTAL = 12
# In which step of which mail the worker is killed: before it gave the mail, and after the server has it.
STAPPEN = (("DATA", 2), ("RCPT", 5), ("DATA", 8))


class Moordenaar(Postbus):
    """Kills who is sending, at the steps of STAPPEN; every mail that came in whole is kept."""

    def __init__(self) -> None:
        super().__init__()
        self.stappen = list(STAPPEN)
        self.geteld: Counter[str] = Counter()
        self.dood: Callable[[], None] = lambda: None

    def _stap(self, naam: str) -> None:
        self.geteld[naam] += 1
        if self.stappen and self.stappen[0][0] == naam and self.geteld[naam] >= self.stappen[0][1]:
            self.stappen.pop(0)
            self.dood()

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self._stap("RCPT")
        return await super().handle_RCPT(server, session, envelope, address, options)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        antwoord = await super().handle_DATA(server, session, envelope)
        self._stap("DATA")  # it is in the mailbox, and the worker will never hear so
        return antwoord


@pytest.mark.chaos
@pytest.mark.seed("B7", "X1")
async def test_a_worker_that_is_killed_while_sending_loses_no_mail_and_doubles_none(database_url: str) -> None:
    postbus = Moordenaar()
    async with open_db(database_url) as db, smtp_server(postbus) as poort:
        for nummer in range(AANTAL):
            await zet(db, sleutel=f"kill:{nummer}")
        while postbus.stappen:
            await _tot_de_dood(database_url, poort, postbus)
        async with db.begin() as session:
            await session.execute(update(Opdracht).values(lease_tot=datetime.now(UTC) - timedelta(seconds=1)))
        await bezorger(db, smtp(poort)).alles()

        ids = Counter(str(mail["Message-ID"]) for mail in postbus.mails)
        assert ids.keys() == {f"<{mailnummer(SLEUTELS, f'kill:{n}')}@deventer.example>" for n in range(AANTAL)}
        dubbel = len(postbus.mails) - AANTAL
        assert 2 <= dubbel <= 2 * len(STAPPEN)  # what the server had when the worker was killed: known, not hidden
        async with db() as session:
            telling = select(Bewijs.gebeurtenis, func.count()).group_by(Bewijs.gebeurtenis)
            bewezen = dict((await session.execute(telling)).all())
            zonder = await session.scalar(select(func.count()).where(Mail.verzonden_op.is_(None)))
        assert bewezen["mail_verzonden"] == AANTAL
        assert bewezen["mail_mogelijk_dubbel"] >= dubbel
        assert zonder == 0


async def _tot_de_dood(database_url: str, poort: int, postbus: Moordenaar) -> None:
    werker = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.post.bezorger", database_url, str(poort), factories.FERNET)
    )
    postbus.dood = werker.kill
    try:
        await asyncio.wait_for(werker.wait(), 20)
    finally:
        if werker.returncode is None:
            werker.kill()
