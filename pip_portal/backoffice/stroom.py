"""A file on its way out: the body of a call made piece by piece, never whole in memory."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Final
from uuid import uuid4

from pip_portal.errors import BackofficeDefect

VERWERKEN: Final = 60.0  # seconds a source may take to store a file after its last byte


class Stroom:
    """The body of one call. It moves the time limit on with each piece, and counts.

    lengte: bytes that it must give, exactly; fout: what went wrong on our own side, if anything did.
    """

    def __init__(self, inhoud: AsyncIterator[bytes], lengte: int, limiet: asyncio.Timeout, geduld: float) -> None:
        self.fout: BaseException | None = None
        self._inhoud, self._lengte, self._limiet, self._geduld = inhoud, lengte, limiet, geduld

    async def __aiter__(self) -> AsyncIterator[bytes]:
        gegeven = 0
        try:
            async for stuk in self._inhoud:
                gegeven += len(stuk)
                if gegeven > self._lengte:
                    break
                yield stuk
                self._verzet(self._geduld)
            if gegeven != self._lengte:
                raise BackofficeDefect(f"een bestand is niet zo lang als gezegd ({gegeven} van {self._lengte})")
        except GeneratorExit:
            raise
        except BaseException as exc:
            self.fout = exc
            raise
        self._verzet(VERWERKEN)

    def _verzet(self, seconden: float) -> None:
        if not self._limiet.expired():
            self._limiet.reschedule(asyncio.get_running_loop().time() + seconden)


@dataclass(frozen=True, slots=True)
class Lading:
    """A body with its content type and its exact length in bytes."""

    soort: str
    lengte: int
    inhoud: AsyncIterator[bytes]


def json_lading(velden: Mapping[str, object], naam: str, inhoud: AsyncIterator[bytes], grootte: int) -> Lading:
    """A JSON object of these fields, and the file under `naam` as base64.

    grootte: bytes of the file. Memory: one piece at a time, where base64 of a whole file would take 2.4 times it.
    """
    kop = json.dumps(velden, separators=(",", ":")).encode()[:-1] + f',"{naam}":"'.encode()
    lengte = len(kop) + 4 * ((grootte + 2) // 3) + len(b'"}')

    async def delen() -> AsyncIterator[bytes]:
        yield kop
        rest = b""
        async for stuk in inhoud:
            stuk = rest + stuk
            heel = len(stuk) - len(stuk) % 3
            rest = stuk[heel:]
            if heel:
                yield base64.b64encode(stuk[:heel])
        if rest:
            yield base64.b64encode(rest)
        yield b'"}'

    return Lading("application/json; charset=utf-8", lengte, delen())


def multipart_lading(velden: Mapping[str, str], naam: str, inhoud: AsyncIterator[bytes], grootte: int) -> Lading:
    """A form with these fields and the file under `naam`, which gets no name of its own: that is in the metadata."""
    grens = uuid4().hex
    koppen = [
        f'--{grens}\r\nContent-Disposition: form-data; name="{veld}"\r\n\r\n{waarde}\r\n'
        for veld, waarde in velden.items()
    ]
    koppen.append(
        f'--{grens}\r\nContent-Disposition: form-data; name="{naam}"; filename="deel"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    )
    kop, staart = "".join(koppen).encode(), f"\r\n--{grens}--\r\n".encode()

    async def delen() -> AsyncIterator[bytes]:
        yield kop
        async for stuk in inhoud:
            yield stuk
        yield staart

    return Lading(f"multipart/form-data; boundary={grens}", len(kop) + grootte + len(staart), delen())


class Porties:
    """One stream cut in portions of a size that another decides."""

    def __init__(self, inhoud: AsyncIterator[bytes]) -> None:
        self._inhoud = inhoud
        self._rest = b""

    async def volgende(self, omvang: int) -> AsyncIterator[bytes]:
        """The next `omvang` bytes, or fewer when the stream ends."""
        while omvang > 0:
            if not self._rest:
                try:
                    self._rest = await anext(self._inhoud)
                except StopAsyncIteration:
                    return
            stuk, self._rest = self._rest[:omvang], self._rest[omvang:]
            omvang -= len(stuk)
            if stuk:
                yield stuk
