"""Waiting for what another task or process does."""

import asyncio
from collections.abc import Awaitable, Callable


async def tot(is_zo: Callable[[], Awaitable[bool]], seconden: float = 10) -> None:
    async with asyncio.timeout(seconden):
        while not await is_zo():  # noqa: ASYNC110  # it is a row of the database, which cannot call us
            await asyncio.sleep(0.01)
