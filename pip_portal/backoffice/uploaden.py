"""Documenten API: a file with its content, whole as base64 or in parts, always streamed.

Source: VNG Documenten API 1.4.2; backoffice-apis §5.
"""

from collections.abc import AsyncIterator, Mapping
from typing import Any, Final

from pydantic import TypeAdapter

from pip_portal.backoffice import documenten
from pip_portal.backoffice.http import Verbinding
from pip_portal.backoffice.nieuw import NieuwDocument
from pip_portal.backoffice.resource import Pagina, Resource, Tekst
from pip_portal.backoffice.samen import all_pages
from pip_portal.backoffice.stroom import Porties, json_lading, multipart_lading
from pip_portal.errors import BackofficeDefect
from pip_portal.settings import Backoffice

PAD: Final = f"/{documenten.COLLECTIE}"


class Deel(Resource):
    """A part as the server wants it. lock: [OZ] repeated here while parts are open."""

    url: str
    volgnummer: int
    omvang: int
    voltooid: bool = False
    lock: Tekst = ""


class Stuk(Resource):
    """A document as the hand-over finds it. inhoud is the URL of the download, not the content."""

    url: str
    identificatie: Tekst = ""
    bronorganisatie: Tekst = ""
    bestandsomvang: int | None = None
    inhoud: Tekst = ""
    locked: bool = False
    lock: Tekst = ""
    bestandsdelen: tuple[Deel, ...] | None = None

    @property
    def is_volledig(self) -> bool:
        """Unlocked, and with its content: an upload in parts is assembled at the unlock."""
        return not self.locked and not self.bestandsdelen and (bool(self.inhoud) or self.bestandsomvang == 0)

    @property
    def bekend_slot(self) -> str:
        """The lock, when this server tells it again."""
        return next((deel.lock for deel in self.bestandsdelen or () if deel.lock), self.lock)


_STUK = TypeAdapter(Stuk)
_STUKKEN = TypeAdapter(Pagina[Stuk])
_DEEL = TypeAdapter(Deel)
_NIETS: TypeAdapter[Any] = TypeAdapter(Any)


async def vind(verbinding: Verbinding, identificatie: str, rsin: str) -> Stuk | None:
    params = {"identificatie": identificatie, "bronorganisatie": rsin}
    for stuk in await all_pages(verbinding, PAD, _STUKKEN, params):
        if stuk.identificatie == identificatie and stuk.bronorganisatie == rsin:
            return stuk
    return None


async def maak(
    verbinding: Verbinding,
    document: NieuwDocument,
    backoffice: Backoffice,
    inhoud: AsyncIterator[bytes],
    headers: Mapping[str, str],
) -> Stuk:
    lading = json_lading(document.body(backoffice), "inhoud", inhoud, document.grootte)
    return await verbinding.upload("POST", PAD, _STUK, lading, headers=headers)


async def begin(
    verbinding: Verbinding, document: NieuwDocument, backoffice: Backoffice, headers: Mapping[str, str]
) -> Stuk:
    """The metadata only; the answer has the lock, and the parts that the server wants."""
    body = {**document.body(backoffice), "inhoud": None}
    return await verbinding.call("POST", PAD, _STUK, body=body, headers=headers)


async def voltooi(
    verbinding: Verbinding, stuk: Stuk, inhoud: AsyncIterator[bytes], slot: str, headers: Mapping[str, str]
) -> Stuk:
    """Send every part, unlock, and read what came of it.

    Raises: BackofficeDefect without a lock.
    """
    if not slot:
        raise BackofficeDefect(f"{verbinding.naam}: een half document heeft een slot dat niemand meer kent")
    porties = Porties(inhoud)
    for deel in sorted(stuk.bestandsdelen or (), key=lambda deel: deel.volgnummer):
        lading = multipart_lading({"lock": slot}, "inhoud", porties.volgende(deel.omvang), deel.omvang)
        pad = verbinding.path_of(deel.url, "bestandsdelen")
        await verbinding.upload("PUT", pad, _DEEL, lading, headers=headers)
    pad = verbinding.path_of(stuk.url, documenten.COLLECTIE)
    await verbinding.call("POST", f"{pad}/unlock", _NIETS, body={"lock": slot}, headers=headers)
    return await verbinding.call("GET", pad, _STUK)
