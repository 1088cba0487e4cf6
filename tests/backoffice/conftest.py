from collections.abc import AsyncIterator, Awaitable, Callable

import httpx
import pytest
from fastapi import FastAPI

from pip_portal.backoffice.bronnen import Bronnen, open_backoffices
from tests import factories

Open = Callable[..., Awaitable[Bronnen]]


@pytest.fixture
async def open_bronnen(backoffice: FastAPI) -> AsyncIterator[Open]:
    """Opens the sources of the portal on the reference backoffice, with other settings or another transport."""
    opened: list[Bronnen] = []

    async def open_them(transport: httpx.AsyncBaseTransport | None = None, **settings: object) -> Bronnen:
        chosen = transport or httpx.ASGITransport(backoffice)
        made = factories.settings("sqlite+aiosqlite:///:memory:", **settings)
        bronnen = await open_backoffices(made, lambda _root: chosen)
        opened.append(bronnen)
        return bronnen

    yield open_them
    for bronnen in opened:
        await bronnen.aclose()


@pytest.fixture
async def bronnen(open_bronnen: Open) -> Bronnen:
    return await open_bronnen()
