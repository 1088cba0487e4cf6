"""Calls that run side by side, and lists that come in pages."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from pydantic import TypeAdapter

from pip_portal.backoffice.http import Verbinding
from pip_portal.backoffice.resource import Pagina
from pip_portal.errors import BackofficeDefect, NotFound
from pip_portal.gebruiker import Gebruiker

T = TypeVar("T")


async def together(calls: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """All answers in order; the first failure is raised as it is and ends the others."""
    tasks = [asyncio.ensure_future(call) for call in calls]
    try:
        return await asyncio.gather(*tasks)
    except BaseException:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        raise


@asynccontextmanager
async def side_by_side() -> AsyncIterator[asyncio.TaskGroup]:
    """Tasks of different kinds; the first failure is raised as it is and ends the others."""
    try:
        async with asyncio.TaskGroup() as group:
            yield group
    except BaseExceptionGroup as exc:
        raise exc.exceptions[0] from None


async def all_pages(
    verbinding: Verbinding,
    pad: str,
    pagina: TypeAdapter[Pagina[T]],
    params: Mapping[str, str],
    gebruiker: Gebruiker | None = None,
) -> tuple[T, ...]:
    """Every item of a paged list: the first page, then the rest side by side.

    The `next` of an answer is not followed; its presence only says that there is more.
    Raises: BackofficeDefect when there is no such list: a wrong root must not look like an empty answer.
    """
    try:
        first = await verbinding.call("GET", pad, pagina, params=params, gebruiker=gebruiker)
    except NotFound:
        raise BackofficeDefect(f"{verbinding.naam}: lijst bestaat niet: {pad}") from None
    if first.next is None or not first.results:
        return first.results

    async def page(number: int) -> tuple[T, ...]:
        try:
            query = {**params, "page": str(number)}
            return (await verbinding.call("GET", pad, pagina, params=query, gebruiker=gebruiker)).results
        except NotFound:
            return ()  # the list became shorter meanwhile

    last = -(-first.count // len(first.results))
    rest = await together(page(number) for number in range(2, last + 1))
    return first.results + tuple(item for items in rest for item in items)
