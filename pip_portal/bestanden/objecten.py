"""The store of encrypted files: a folder, or a bucket in S3 or in what speaks its language."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import IO, TYPE_CHECKING

import obstore
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import LocalStore, S3Store

from pip_portal.errors import BackofficeUnavailable, NotFound
from pip_portal.settings import S3, Opslag
from pip_portal.taal import N_

if TYPE_CHECKING:
    from obstore.store import S3Config

NAAM = N_("de opslag van bestanden")
S3_DEEL = 5 * 1024 * 1024  # bytes of one part of a large upload; S3 takes no smaller ones
STUK = 256 * 1024  # bytes that are read or written at a time


class Objecten:
    """Puts, gets and removes by id. What lies here is ciphertext."""

    def __init__(self, opslag: Opslag) -> None:
        self._deel = S3_DEEL if opslag.s3 else STUK
        self._store: LocalStore | S3Store = (
            _s3(opslag.s3) if opslag.s3 else LocalStore(opslag.map, mkdir=True, automatic_cleanup=True)
        )

    async def zet(self, bestand_id: str, bestand: IO[bytes]) -> None:
        """Raises: BackofficeUnavailable."""
        try:
            await obstore.put_async(self._store, _pad(bestand_id), bestand, chunk_size=self._deel, max_concurrency=1)
        except (BaseError, OSError) as exc:
            raise BackofficeUnavailable(NAAM, type(exc).__name__) from exc

    async def lees(self, bestand_id: str) -> AsyncIterator[bytes]:
        """Raises: NotFound, BackofficeUnavailable."""
        try:
            antwoord = await obstore.get_async(self._store, _pad(bestand_id))
            async for stuk in antwoord.stream(min_chunk_size=STUK):
                yield bytes(stuk)
        except (NotFoundError, FileNotFoundError):
            raise NotFound from None
        except (BaseError, OSError) as exc:
            raise BackofficeUnavailable(NAAM, type(exc).__name__) from exc

    async def verwijder(self, bestand_id: str) -> None:
        """What is not there is removed already. Raises: BackofficeUnavailable."""
        try:
            await obstore.delete_async(self._store, _pad(bestand_id))
        except (NotFoundError, FileNotFoundError):
            return
        except (BaseError, OSError) as exc:
            raise BackofficeUnavailable(NAAM, type(exc).__name__) from exc


def _pad(bestand_id: str) -> str:
    return f"{bestand_id[:2]}/{bestand_id}"


def _s3(s3: S3) -> S3Store:
    opties: S3Config = {"region": s3.regio, "disable_bulk_delete": True}  # not every S3 knows how to
    if s3.endpoint:
        opties["endpoint"] = s3.endpoint
        opties["virtual_hosted_style_request"] = False
    if s3.sleutel_id.get_secret_value():
        opties["access_key_id"] = s3.sleutel_id.get_secret_value()
        opties["secret_access_key"] = s3.geheim.get_secret_value()
    return S3Store(
        s3.bucket,
        prefix=s3.voorvoegsel or None,
        config=opties,
        client_options={"timeout": timedelta(seconds=60), "connect_timeout": timedelta(seconds=3), "allow_http": True},
        retry_config={"max_retries": 2, "retry_timeout": timedelta(seconds=30)},
    )
