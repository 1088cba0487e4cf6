"""A very large letter, over real sockets from the backoffice through the portal: it passes, and is never held whole."""

import asyncio
import re
import socket
import tracemalloc
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import httpx
import pytest
import uvicorn
from fastapi import FastAPI

from pip_portal.app import create_app
from reference_backoffice.app import create_backoffice
from reference_backoffice.config import Config
from reference_backoffice.seed import seed_database
from tests import factories
from tests.conftest import Browser

MB = 1024 * 1024
GROOT = 200 * MB
ZAAK = re.compile(r'href="(/zaken/zaken/[0-9a-f-]{36})"')


@asynccontextmanager
async def serving(make: Callable[[str], FastAPI]) -> AsyncIterator[tuple[str, FastAPI]]:
    """A server on a free port, with the app that is made for its address."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        app = make(url)
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False))
        running = asyncio.create_task(server.serve(sockets=[listening]))
        while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(0.01)
        try:
            yield url, app
        finally:
            server.should_exit = True
            await running


def backoffice_of(file: Path) -> Callable[[str], FastAPI]:
    def make(url: str) -> FastAPI:
        config = Config(database=str(file), public_url=url)
        seed_database(config.database_url, config.today())
        return create_backoffice(config)

    return make


@pytest.fixture
async def citizen(tmp_path: Path, database_url: str) -> AsyncIterator[Browser]:
    """Mehmet's browser at a portal that stands, like its backoffice, on a port of its own."""
    async with AsyncExitStack() as stack:
        backoffice, _ = await stack.enter_async_context(serving(backoffice_of(tmp_path / "backoffice.sqlite")))

        def portal_of(url: str) -> FastAPI:
            return create_app(
                factories.settings(
                    database_url, public_url=url, backoffices=(factories.backoffice(root=backoffice),), brp=None
                )
            )

        url, portal = await stack.enter_async_context(serving(portal_of))
        browser = Browser(portal)
        browser.client = await stack.enter_async_context(
            httpx.AsyncClient(base_url=url, trust_env=False, timeout=30, headers={"Sec-Fetch-Site": "same-origin"})
        )
        yield browser


async def log_in(browser: Browser) -> None:
    await browser.log_in(factories.burger(factories.MEHMET))
    sessie = browser.client.cookies["sessie"]
    browser.client.headers["Cookie"] = f"sessie={sessie}"


async def large_document(browser: Browser) -> str:
    for lijst in ("/zaken", "/zaken?toestand=afgerond"):
        for zaak in dict.fromkeys(ZAAK.findall((await browser.get(lijst)).text)):
            html = (await browser.get(zaak)).text
            if found := re.search(rf'href="({zaak}/documenten/[0-9a-f-]+)">[^<]*<span[^>]*>\([^)]*210 MB\)', html):
                return found[1]
    raise AssertionError("geen groot document gevonden")


async def test_a_letter_of_200_mb_passes_without_being_held_in_memory(citizen: Browser) -> None:
    await log_in(citizen)
    url = await large_document(citizen)
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        tracemalloc.reset_peak()
        received = 0
        async with citizen.client.stream("GET", url) as response:
            assert response.status_code == 200
            assert response.headers["content-length"] == str(GROOT)
            async for piece in response.aiter_raw():
                received += len(piece)
        peak = tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()
    assert received == GROOT
    assert peak < 12 * MB, f"{peak / MB:.0f} MB in het geheugen, van drie kanten samen"


async def test_who_leaves_halfway_frees_the_connection_to_the_source(citizen: Browser) -> None:
    await log_in(citizen)
    url = await large_document(citizen)
    documenten = citizen.portal.state.bronnen.zaaksysteem.bronnen[0].documenten.verbinding
    free = documenten._download_slots._value
    async with citizen.client.stream("GET", url) as response:
        async for _ in response.aiter_raw():
            break
        assert documenten._download_slots._value == free - 1
    for _ in range(100):
        if documenten._download_slots._value == free:
            return
        await asyncio.sleep(0.05)
    raise AssertionError("de verbinding is nog bezet")
