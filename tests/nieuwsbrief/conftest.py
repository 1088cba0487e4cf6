"""A portal with a mail server, and a reader of newsletters."""

import re
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

import pytest
import time_machine
from fastapi import FastAPI

from pip_portal.settings import Settings
from tests import factories
from tests.post.smtp import Postbus, smtp_server

START = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
ADRES = "lezer@voorbeeld.nl"


def smtp(poort: int) -> dict[str, object]:
    return {"host": "127.0.0.1", "poort": poort, "beveiliging": "geen", "afzender": "pip@deventer.example"}


@pytest.fixture
def postbus() -> Postbus:
    return Postbus()


@pytest.fixture
async def settings(database_url: str, postbus: Postbus) -> AsyncIterator[Settings]:
    async with smtp_server(postbus) as poort:
        yield factories.settings(
            database_url,
            smtp=smtp(poort),
            nieuwsbrief={"per_seconde": 0, "afmeldadres": "afmelden@deventer.example"},
        )


@pytest.fixture
def klok() -> Iterator[Any]:
    with time_machine.travel(START, tick=False) as klok:
        yield klok


def tekst(mail: EmailMessage) -> str:
    deel = mail.get_body(("plain",))
    assert deel is not None
    return str(deel.get_content())


def link_in(mail: EmailMessage, soort: str) -> str:
    """The path of the link to `soort` (bevestigen, voorkeuren, afmelden) in this mail."""
    gevonden = re.search(rf"{factories.PORTAAL}(/nieuwsbrieven/{soort}/\S+)", tekst(mail))
    assert gevonden, tekst(mail)
    return gevonden[1]


@pytest.fixture
def bezorg(portal: FastAPI, postbus: Postbus) -> Callable[[], Any]:
    """Send what waits in the outbox; gives the mails that came in since the last time."""

    async def doe() -> list[EmailMessage]:
        postbus.mails.clear()
        await portal.state.werker.alles()
        return list(postbus.mails)

    return doe
