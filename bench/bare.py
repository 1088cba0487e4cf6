"""The yardstick: an app that makes the calls of BENCH_CALLS, reads the answers, and returns a fixed page."""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.routing import Route


def make_app() -> Starlette:
    plan = json.loads(Path(os.environ["BENCH_CALLS"]).read_text())
    page = "x" * plan["size"]

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=100))
        async with httpx.AsyncClient(transport=AiohttpTransport(client=session)) as app.state.client:
            yield
        await session.close()

    async def call(client: httpx.AsyncClient, one: dict[str, str]) -> object:
        response = await client.request(
            one["method"], one["url"], headers=one["headers"], content=one["body"] or None, timeout=30
        )
        response.raise_for_status()
        return response.json()

    async def show(request: Request) -> HTMLResponse:
        for calls in plan["rounds"]:
            await asyncio.gather(*(call(request.app.state.client, one) for one in calls))
        return HTMLResponse(page)

    async def healthy(_request: Request) -> PlainTextResponse:
        return PlainTextResponse("gezond\n")

    return Starlette(routes=[Route("/", show), Route("/gezond", healthy)], lifespan=lifespan)
