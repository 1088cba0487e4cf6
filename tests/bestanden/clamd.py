"""A clamd of our own, made by its documentation: it only knows the test file of EICAR."""

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from pip_portal.bestanden.scanner import EICAR


@asynccontextmanager
async def clamd_server(socket: Path) -> AsyncIterator[list[bytes | None]]:
    """Gives a list with one place: what it says whatever it is asked, or None for an honest answer."""
    zegt: list[bytes | None] = [None]

    async def praat(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        opdracht = await reader.readuntil(b"\0")
        inhoud = b""
        if opdracht == b"zINSTREAM\0":
            while lengte := struct.unpack("!I", await reader.readexactly(4))[0]:
                inhoud += await reader.readexactly(lengte)
        oordeel = b"stream: Eicar-Test-Signature FOUND\0" if EICAR in inhoud else b"stream: OK\0"
        vast = zegt[0]
        writer.write(vast if vast is not None else b"PONG\0" if opdracht == b"zPING\0" else oordeel)
        writer.close()

    server = await asyncio.start_unix_server(praat, socket)
    yield zegt
    server.close()
