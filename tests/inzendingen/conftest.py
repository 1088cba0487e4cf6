"""A portal with its services, and the backoffice's own database to look into."""

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from pip_portal.inzendingen.overdracht import Overdracht
from tests import factories
from tests.inzendingen.maken import Kast, Werkplaats


class Gedood(BaseException):
    """The process was killed here. No handler of the portal may catch it."""


class Knip(httpx.AsyncBaseTransport):
    """Between portal and backoffice: counts the writes, and kills the process after one was done, before its answer."""

    def __init__(self, app: FastAPI) -> None:
        self.inner = httpx.ASGITransport(app)
        self.geschreven: list[str] = []
        self.dood_na: int | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        content = request.content
        again = httpx.Request(request.method, request.url, headers=request.headers, content=content)
        response = await self.inner.handle_async_request(again)
        if request.method in ("POST", "PUT") and not request.url.path.endswith("_zoek"):
            self.geschreven.append(request.url.path.rsplit("/", 1)[-1])
            if len(self.geschreven) == self.dood_na:
                raise Gedood
        return response


@pytest.fixture
def knip(backoffice: FastAPI) -> Knip:
    return Knip(backoffice)


@pytest.fixture
def transport_for(knip: Knip) -> Callable[[str], httpx.AsyncBaseTransport | None]:
    return lambda url: knip if url.startswith(factories.BACKOFFICE) else None


@pytest.fixture
def werk(portal: FastAPI) -> Werkplaats:
    return Werkplaats(portal.state.db, portal.state.sleutels, portal.state.bestanden)


@pytest.fixture
def kast(tmp_path: Path, backoffice: FastAPI) -> Kast:
    return Kast(tmp_path / "backoffice.sqlite")


@pytest.fixture
def overdracht(portal: FastAPI) -> Overdracht:
    state = portal.state
    return Overdracht(state.db, state.sleutels, state.bronnen.zaaksysteem.bronnen, state.bestanden)
