"""Encryption of a file in blocks, so that it can be written as it comes in and read back anywhere.

Each file has a key of its own. A block is AES-256-GCM with its number as nonce and a mark on the last one, so that
blocks cannot be changed, left out, swapped or taken from another file without being noticed.
Source: the STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár, 2015); BIO2 / U/WA.05.
"""

import hashlib
import io
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from pip_portal.errors import BackofficeDefect

BLOK = 65_536  # bytes of a file in one block
MERK = 16  # bytes that GCM adds


def nieuwe_sleutel() -> bytes:
    return AESGCM.generate_key(256)


def _nonce(nummer: int, is_laatste: bool) -> bytes:
    return nummer.to_bytes(11, "big") + bytes([is_laatste])


async def ontsleutel(
    stroom: AsyncIterator[bytes], sleutel: bytes, bestand_id: str, grootte: int
) -> AsyncIterator[bytes]:
    """What was stored, block by block. grootte: bytes of the file itself.

    Raises: BackofficeDefect when it is not what was stored.
    """
    gcm = AESGCM(sleutel)
    laatste = max(0, (grootte - 1) // BLOK)
    nummer = 0
    wachtend = bytearray()

    def open_blok(lengte: int) -> bytes:
        try:
            return gcm.decrypt(_nonce(nummer, nummer == laatste), bytes(wachtend[:lengte]), bestand_id.encode())
        except InvalidTag:
            raise BackofficeDefect("een bestand in de opslag is niet wat erin is gezet") from None

    async for stuk in stroom:
        wachtend += bytes(stuk)
        while len(wachtend) >= BLOK + MERK and nummer < laatste:
            yield open_blok(BLOK + MERK)
            del wachtend[: BLOK + MERK]
            nummer += 1
    if nummer != laatste:
        raise BackofficeDefect("een bestand in de opslag is niet heel")
    yield open_blok(len(wachtend))


class Werkbestand(io.RawIOBase):
    """A temporary file without a name and never plain on disk: written from begin to end, then read anywhere.

    After klaar(): grootte and sha256 of the content, and `versleuteld`, the file as it goes to the store.
    """

    def __init__(self, bestand_id: str, bestand: IO[bytes], sleutel: bytes) -> None:
        super().__init__()
        self.bestand_id = bestand_id
        self.sleutel = sleutel
        self.grootte = 0
        self._gcm = AESGCM(self.sleutel)
        self._hash = hashlib.sha256()
        self._rest = bytearray()
        self._nummer = 0
        self._sha256 = ""
        self._klaar = False
        self._positie = 0
        self._blok: tuple[int, bytes] = (-1, b"")
        self._bestand = bestand

    @classmethod
    def nieuw(cls, bestand_id: str, map: Path | None) -> "Werkbestand":
        return cls(bestand_id, tempfile.TemporaryFile(dir=map), nieuwe_sleutel())

    @classmethod
    def van(cls, bestand: IO[bytes], bestand_id: str, sleutel: str) -> "Werkbestand":
        """One that another process made. sleutel: in hex."""
        return cls(bestand_id, bestand, bytes.fromhex(sleutel))

    def neem_over(self, grootte: int, sha256: str) -> "Werkbestand":
        """It was written by another process; from here on it can be read."""
        self.grootte, self._sha256 = grootte, sha256
        self._nummer = max(1, -(-grootte // BLOK))
        self._klaar = True
        return self

    def write(self, data: object) -> int:
        stuk = bytes(data)  # type: ignore[call-overload]  # bytes or a view of them
        self.grootte += len(stuk)
        self._hash.update(stuk)
        self._rest += stuk
        while len(self._rest) > BLOK:  # the last block is only known at the end
            self._schrijf_blok(bytes(self._rest[:BLOK]), is_laatste=False)
            del self._rest[:BLOK]
        return len(stuk)

    def _schrijf_blok(self, blok: bytes, *, is_laatste: bool) -> None:
        self._bestand.write(self._gcm.encrypt(_nonce(self._nummer, is_laatste), blok, self.bestand_id.encode()))
        self._nummer += 1

    def klaar(self) -> "Werkbestand":
        self._schrijf_blok(bytes(self._rest), is_laatste=True)
        self._rest.clear()
        self._bestand.flush()
        self._klaar = True
        self._sha256 = self._hash.hexdigest()
        return self

    @property
    def sha256(self) -> str:
        return self._sha256

    @property
    def fd(self) -> int:
        """For another process. Not called fileno: a library that finds that writes past us, and so plain."""
        return self._bestand.fileno()

    @property
    def versleuteld(self) -> IO[bytes]:
        self._bestand.seek(0)
        return self._bestand

    def kop(self, aantal: int) -> bytes:
        self.seek(0)
        return self.read(aantal) or b""

    # ---- reading, as any file --------------------------------------------------------------------------

    def writable(self) -> bool:
        return not self._klaar

    def readable(self) -> bool:
        return self._klaar

    def seekable(self) -> bool:
        return self._klaar

    def tell(self) -> int:
        return self._positie if self._klaar else self.grootte

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        begin = {io.SEEK_SET: 0, io.SEEK_CUR: self._positie, io.SEEK_END: self.grootte}[whence]
        self._positie = max(0, begin + offset)
        return self._positie

    def readinto(self, buffer: object) -> int:
        """As much as fits, over the borders of blocks: who parses a file takes a short answer for its end."""
        doel = memoryview(buffer).cast("B")  # type: ignore[arg-type]  # what RawIOBase hands over
        gelezen = 0
        while gelezen < len(doel) and self._positie < self.grootte:
            nummer, vanaf = divmod(self._positie, BLOK)
            stuk = self._open_blok(nummer)[vanaf : vanaf + len(doel) - gelezen]
            doel[gelezen : gelezen + len(stuk)] = stuk
            gelezen += len(stuk)
            self._positie += len(stuk)
        return gelezen

    def _open_blok(self, nummer: int) -> bytes:
        if self._blok[0] != nummer:
            self._bestand.seek(nummer * (BLOK + MERK))
            nonce = _nonce(nummer, nummer == self._nummer - 1)
            blok = self._gcm.decrypt(nonce, self._bestand.read(BLOK + MERK), self.bestand_id.encode())
            self._blok = (nummer, blok)
        return self._blok[1]

    def close(self) -> None:
        self._bestand.close()
        super().close()
