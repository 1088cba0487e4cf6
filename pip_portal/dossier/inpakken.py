"""A zip that is made while its content comes in: encrypted at once, never plain on disk, never whole in memory."""

import asyncio
import zipfile
from collections.abc import AsyncIterator
from types import TracebackType
from typing import Final

from pip_portal.bestanden.kluis import Werkbestand
from pip_portal.bestanden.namen import unieke_naam

STUK: Final = 256 * 1024  # bytes that are packed in one go
MAX_NAAM: Final = 90


class _Stroom:
    """What zipfile writes to: it can only go on, so zipfile never goes back to change something."""

    def __init__(self, bestand: Werkbestand) -> None:
        self.write = bestand.write

    def flush(self) -> None:
        """Nothing waits."""


class Zip:
    """Use as a context manager; after it the zip is complete."""

    def __init__(self, bestand: Werkbestand) -> None:
        self._zip = zipfile.ZipFile(_Stroom(bestand), "w", zipfile.ZIP_DEFLATED)  # type: ignore[call-overload]  # a file
        self._namen: set[str] = set()

    def __enter__(self) -> "Zip":
        return self

    def __exit__(self, soort: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None) -> None:
        self._zip.close()

    def naam(self, map_: str, naam: str) -> str:
        """A path that is not taken yet. naam: safe, with an extension."""
        stam, _, extensie = naam.rpartition(".")
        kort = f"{stam[:MAX_NAAM]}.{extensie[:10]}" if stam else naam[:MAX_NAAM]
        pad = f"{map_}/{unieke_naam(kort, [n.rpartition('/')[2] for n in self._namen if n.startswith(map_ + '/')])}"
        self._namen.add(pad)
        return pad

    async def zet(self, pad: str, inhoud: bytes) -> None:
        await asyncio.to_thread(self._zip.writestr, pad, inhoud)

    async def stroom(self, pad: str, inhoud: AsyncIterator[bytes]) -> int:
        """Returns how many bytes it was. What `inhoud` raises is raised; then a part of it stays in the zip."""
        info = zipfile.ZipInfo(pad)
        grootte, wachtend = 0, bytearray()
        with self._zip.open(info, "w", force_zip64=True) as doel:
            async for stuk in inhoud:
                grootte += len(stuk)
                wachtend += stuk
                if len(wachtend) >= STUK:
                    await asyncio.to_thread(doel.write, bytes(wachtend))
                    wachtend.clear()
            await asyncio.to_thread(doel.write, bytes(wachtend))
        return grootte
