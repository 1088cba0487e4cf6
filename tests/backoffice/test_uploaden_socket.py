"""A file over a real connection: streamed, counted, and never whole in memory."""

import asyncio
import base64
import json
import tracemalloc
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from pydantic import TypeAdapter

from pip_portal.backoffice.http import Refused, Verbinding
from pip_portal.backoffice.stroom import json_lading, multipart_lading
from pip_portal.errors import BackofficeDefect, BackofficeUnavailable
from pip_portal.settings import Api

ANY: TypeAdapter[Any] = TypeAdapter(Any)
MEGABYTE = 1_000_000


class Ontvanger:
    """A server that reads a request to its end, hashes its body, and answers what it was told to."""

    def __init__(self) -> None:
        self.koppen = b""
        self.lengte = 0
        self.body = bytearray()
        self.bewaar = True
        self.antwoord = b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
        self.leest = True

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._ontvang(reader, writer)
        except ConnectionError:  # the client went away
            pass
        finally:
            writer.close()

    async def _ontvang(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.koppen = await reader.readuntil(b"\r\n\r\n")
        verwacht = int(self.koppen.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        while self.leest and self.lengte < verwacht:
            stuk = await reader.read(65536)
            if not stuk:
                break
            self.lengte += len(stuk)
            if self.bewaar:
                self.body += stuk
        if self.leest:
            writer.write(self.antwoord)
            await writer.drain()
        else:
            await asyncio.sleep(5)


@pytest.fixture
async def ontvanger() -> Ontvanger:
    return Ontvanger()


@pytest.fixture
async def verbinding(ontvanger: Ontvanger) -> AsyncIterator[Callable[..., Verbinding]]:
    server = await asyncio.start_server(ontvanger, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    gemaakt: list[Verbinding] = []

    def maak(read_timeout: float = 8.0) -> Verbinding:
        api = Api(root=f"http://127.0.0.1:{port}", connect_timeout=0.5, read_timeout=read_timeout)
        gemaakt.append(Verbinding(api, "documenten"))
        return gemaakt[-1]

    yield maak
    for open_ in gemaakt:
        await open_.close()
    server.close()


async def stukken(aantal: int, grootte: int = 65536) -> AsyncIterator[bytes]:
    for nummer in range(aantal):
        yield bytes([nummer % 256]) * grootte


def inhoud(aantal: int, grootte: int = 65536) -> bytes:
    return b"".join(bytes([nummer % 256]) * grootte for nummer in range(aantal))


async def test_base64_over_a_socket_is_one_json_object(
    ontvanger: Ontvanger, verbinding: Callable[..., Verbinding]
) -> None:
    lading = json_lading({"titel": "Huurcontract"}, "inhoud", stukken(3, 1001), 3003)
    await verbinding().upload("POST", "/enkelvoudiginformatieobjecten", ANY, lading)
    body = json.loads(ontvanger.body)
    assert base64.b64decode(body["inhoud"]) == inhoud(3, 1001)
    assert b"transfer-encoding" not in ontvanger.koppen.lower()


async def test_a_part_over_a_socket_is_a_form(ontvanger: Ontvanger, verbinding: Callable[..., Verbinding]) -> None:
    lading = multipart_lading({"lock": "abc"}, "inhoud", stukken(2, 500), 1000)
    await verbinding().upload("PUT", "/bestandsdelen/1", ANY, lading)
    assert b'name="lock"\r\n\r\nabc\r\n' in ontvanger.body
    assert inhoud(2, 500) in ontvanger.body


async def test_memory_stays_flat_while_a_large_file_goes_out(
    ontvanger: Ontvanger, verbinding: Callable[..., Verbinding]
) -> None:
    ontvanger.bewaar = False
    open_ = verbinding()
    tracemalloc.start()
    try:
        aantal = 10 * MEGABYTE // 65536
        lading = json_lading({}, "inhoud", stukken(aantal), aantal * 65536)
        await open_.upload("POST", "/enkelvoudiginformatieobjecten", ANY, lading)
        _now, piek = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert ontvanger.lengte == lading.lengte
    assert piek < 4 * MEGABYTE


async def test_a_server_that_stops_reading_is_given_up(
    ontvanger: Ontvanger, verbinding: Callable[..., Verbinding]
) -> None:
    ontvanger.leest = False
    lading = json_lading({}, "inhoud", stukken(400), 400 * 65536)
    with pytest.raises(BackofficeUnavailable):
        await verbinding(read_timeout=0.2).upload("POST", "/enkelvoudiginformatieobjecten", ANY, lading)


async def test_a_refusal_keeps_its_codes_and_nothing_of_what_was_sent(
    ontvanger: Ontvanger, verbinding: Callable[..., Verbinding]
) -> None:
    fout = {"code": "invalid", "invalidParams": [{"name": "inhoud", "code": "file-size", "reason": "geheim.pdf"}]}
    body = json.dumps(fout).encode()
    ontvanger.antwoord = b"HTTP/1.1 400 Bad\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
    with pytest.raises(Refused) as refused:
        await verbinding().upload("POST", "/x", ANY, json_lading({}, "inhoud", stukken(1, 3), 3))
    assert refused.value.has("file-size", "inhoud")
    assert "geheim" not in str(refused.value)


async def test_a_file_that_ends_too_early_is_told_as_that(
    ontvanger: Ontvanger, verbinding: Callable[..., Verbinding]
) -> None:
    with pytest.raises(BackofficeDefect, match="niet zo lang als gezegd"):
        await verbinding().upload("POST", "/x", ANY, json_lading({}, "inhoud", stukken(1, 300), 600))


def test_the_length_is_known_before_the_file_is_read() -> None:
    for grootte in range(7):
        lading = json_lading({"a": 1}, "inhoud", stukken(0), grootte)
        body = json.dumps({"a": 1, "inhoud": base64.b64encode(b"x" * grootte).decode()}, separators=(",", ":"))
        assert lading.lengte == len(body)
