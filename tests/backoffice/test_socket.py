"""Over a real socket, with the transport of production."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from uuid import UUID

import pytest
from pydantic import TypeAdapter

from pip_portal.backoffice.documenten import DocumentenApi
from pip_portal.backoffice.http import Verbinding
from pip_portal.errors import BackofficeUnavailable
from pip_portal.settings import Api
from tests import factories

DICT: TypeAdapter[dict[str, int]] = TypeAdapter(dict[str, int])
UUID_ = UUID("6b51e50d-92e0-4cfc-b0f6-fb8bd9792238")
Handler = Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def serving(handler: Handler, **api: object) -> AsyncIterator[Verbinding]:
    """A server of a few lines on a free port, and a connection of ours to it."""

    async def on_connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await handler(await reader.readuntil(b"\r\n\r\n"), writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(on_connect, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    verbinding = Verbinding(Api.model_validate({"root": f"http://127.0.0.1:{port}/api", **api}), "bron")
    try:
        yield verbinding
    finally:
        await verbinding.close()
        server.close()


async def test_a_call_sends_our_headers_and_no_cookies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    heads: list[bytes] = []

    async def answer(head: bytes, writer: asyncio.StreamWriter) -> None:
        heads.append(head)
        body = b'{"a": 1}'
        writer.write(b"HTTP/1.1 200 OK\r\nSet-Cookie: x=1\r\nConnection: close\r\nContent-Length: 8\r\n\r\n" + body)
        await writer.drain()

    async with serving(answer) as verbinding:
        for _ in range(2):
            assert await verbinding.call("GET", "/x", DICT, params={"zaak": "http://z/zaken/1"}) == {"a": 1}
    assert b"GET /api/x?zaak=http" in heads[0]
    assert b"cookie" not in heads[1].lower()


async def test_a_download_passes_piece_by_piece_and_is_never_held_whole() -> None:
    """The server sends the next piece only after the first has arrived at the other end."""
    arrived = asyncio.Event()
    size = 30_000_000

    async def answer(head: bytes, writer: asyncio.StreamWriter) -> None:
        assert b"accept: */*" in head.lower()
        writer.write(f"HTTP/1.1 200 OK\r\nContent-Length: {size}\r\n\r\n".encode())
        writer.write(b"x" * 1000)
        await writer.drain()
        await asyncio.wait_for(arrived.wait(), 5)
        for _ in range((size - 1000) // 1000):
            writer.write(b"x" * 1000)
            await writer.drain()

    async with (
        serving(answer) as verbinding,
        DocumentenApi(verbinding).download(factories.burger(), UUID_) as response,
    ):
        total = biggest = 0
        async for piece in response.aiter_raw():
            arrived.set()
            total += len(piece)
            biggest = max(biggest, len(piece))
    assert total == size
    assert biggest <= 64 * 1024


async def test_a_download_that_breaks_off_is_an_error_and_not_a_short_file() -> None:
    async def answer(_head: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
        await writer.drain()

    async with serving(answer) as verbinding:
        with pytest.raises(BackofficeUnavailable):
            async with verbinding.stream("/x") as response:
                _ = [piece async for piece in response.aiter_raw()]


@pytest.mark.parametrize(
    "answer", [b"", b"this is not http\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort"]
)
async def test_what_is_no_answer_at_all_is_an_outage(answer: bytes) -> None:
    async def send(_head: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)
        await writer.drain()

    async with serving(send) as verbinding:
        with pytest.raises(BackofficeUnavailable):
            await verbinding.call("GET", "/x", DICT)


async def test_silence_is_an_outage_after_the_read_time() -> None:
    async def silent(_head: bytes, _writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(1)

    async with serving(silent, read_timeout=0.05) as verbinding:
        with pytest.raises(BackofficeUnavailable):
            await verbinding.call("GET", "/x", DICT)


async def test_a_refused_connection_is_an_outage() -> None:
    verbinding = Verbinding(Api(root="http://127.0.0.1:9/api"), "bron")
    with pytest.raises(BackofficeUnavailable):
        await verbinding.call("GET", "/x", DICT)
    await verbinding.close()
