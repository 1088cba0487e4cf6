"""The virus scanner: clamd, or in the demo and the tests a stand-in that knows one harmless test file."""

import asyncio
import logging
import struct
from collections.abc import AsyncIterator
from typing import Protocol

from pip_portal.settings import Settings

log = logging.getLogger("pip_portal")

WACHT = 30.0  # seconds for one file; longer, and it waits in quarantine
VERBINDEN = 2.0
TEGELIJK = 8  # files at a time; clamd has ten threads by default
# The test file of EICAR, in halves, so that no scanner stops at this source.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + rb"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class ScannerStil(Exception):
    """There is no verdict: the scanner does not answer."""


class GeenOordeel(ScannerStil):
    """The scanner answers, but has no verdict on this file."""


class Scanner(Protocol):
    async def is_besmet(self, stroom: AsyncIterator[bytes]) -> bool:
        """Raises: ScannerStil."""

    async def werkt(self) -> bool: ...


class Clamd:
    """Asks clamd over its own protocol (INSTREAM), over TCP or a Unix socket."""

    def __init__(self, adres: str) -> None:
        self._adres = adres
        self._plaatsen = asyncio.Semaphore(TEGELIJK)

    async def is_besmet(self, stroom: AsyncIterator[bytes]) -> bool:
        try:
            async with self._plaatsen, asyncio.timeout(WACHT):
                antwoord = await self._vraag(b"zINSTREAM\0", stroom)
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as exc:
            raise ScannerStil(type(exc).__name__) from None
        if antwoord.endswith(b" FOUND"):
            return True
        if antwoord == b"stream: OK":
            return False
        raise GeenOordeel("clamd geeft geen oordeel")  # such as "INSTREAM size limit exceeded. ERROR"

    async def werkt(self) -> bool:
        try:
            async with asyncio.timeout(VERBINDEN):
                return await self._vraag(b"zPING\0", None) == b"PONG"
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            return False

    async def _vraag(self, opdracht: bytes, stroom: AsyncIterator[bytes] | None) -> bytes:
        async with asyncio.timeout(VERBINDEN):
            reader, writer = await self._verbind()
        try:
            writer.write(opdracht)
            if stroom is not None:
                async for stuk in stroom:
                    writer.write(struct.pack("!I", len(stuk)) + stuk)
                    await writer.drain()
                writer.write(struct.pack("!I", 0))
            await writer.drain()
            return (await reader.readuntil(b"\0"))[:-1]
        finally:
            writer.close()

    async def _verbind(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._adres.startswith("/"):
            return await asyncio.open_unix_connection(self._adres)
        host, _, poort = self._adres.rpartition(":")
        return await asyncio.open_connection(host, int(poort))


class Plaatsvervanger:
    """Stands in for a scanner where no citizen comes: only the test file of EICAR is a virus."""

    async def is_besmet(self, stroom: AsyncIterator[bytes]) -> bool:
        staart, gevonden = b"", False
        async for stuk in stroom:
            staart = staart[-len(EICAR) :] + stuk
            gevonden = gevonden or EICAR in staart
        return gevonden

    async def werkt(self) -> bool:
        return True


def open_scanner(settings: Settings) -> Scanner:
    return Clamd(settings.clamd) if settings.clamd else Plaatsvervanger()
