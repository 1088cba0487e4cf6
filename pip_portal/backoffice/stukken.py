"""The documents of a zaak: which may be seen, and the download of one of them. One rule for both."""

import logging
import mimetypes
import re
import unicodedata
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import PurePosixPath
from typing import Final
from urllib.parse import quote
from uuid import UUID

from pip_portal.backoffice.bron import Bron
from pip_portal.backoffice.catalogi import Informatieobjecttype, ZaaktypeInformatieobjecttype
from pip_portal.backoffice.documenten import COLLECTIE, EnkelvoudigInformatieObject
from pip_portal.backoffice.http import Refused
from pip_portal.backoffice.onderdelen import Onderdelen
from pip_portal.backoffice.openen import check_access, open_zaak
from pip_portal.backoffice.regels import Zaakdocument
from pip_portal.backoffice.samen import side_by_side, together
from pip_portal.backoffice.toegang import is_ingestuurd, mag_document_tonen
from pip_portal.backoffice.zaken import Zaak, ZaakInformatieObject
from pip_portal.errors import BackofficeUnavailable, NotFound
from pip_portal.gebruiker import Gebruiker

log = logging.getLogger(__name__)

DEEL: Final = "documenten"

# Other kinds are given as bytes without a name, so that no browser shows or runs them.
MEDIA_TYPES: Final = frozenset(
    {
        "application/pdf",
        "image/png",
        "image/jpeg",
        "image/gif",
        "image/tiff",
        "text/plain",
        "text/csv",
        "application/zip",
        "application/msword",
        "application/vnd.ms-excel",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.oasis.opendocument.text",
        "application/vnd.oasis.opendocument.spreadsheet",
    }
)
ONBEKEND: Final = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Download:
    """A document on its way to the citizen; the content is not held in memory.

    inhoud is open already: iterate it to the end, or call its aclose().
    omvang: size in bytes when the source gave one for this very answer, to be used as Content-Length.
    """

    bestandsnaam: str
    media_type: str
    omvang: int | None
    inhoud: AsyncIterator[bytes] = field(repr=False)

    @property
    def content_disposition(self) -> str:
        """Value of the header; the name is percent-encoded, so nothing in it can end the header."""
        return f"attachment; filename*=UTF-8''{quote(self.bestandsnaam, safe='')}"

    @property
    def headers(self) -> dict[str, str]:
        """All headers a download needs."""
        headers = {
            "Content-Type": self.media_type,
            "Content-Disposition": self.content_disposition,
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-store",
        }
        if self.omvang is not None:
            headers["Content-Length"] = str(self.omvang)
        return headers


async def visible_documents(
    bron: Bron, gebruiker: Gebruiker, zaak: Zaak, koppelingen: Sequence[ZaakInformatieObject], delen: Onderdelen
) -> tuple[Zaakdocument, ...]:
    """The documents of a zaak that may be seen, newest first. Only to be called after the rollen gave access.

    A document that cannot be read is left out, and reported in `delen` when that is an outage.
    """
    if not koppelingen:
        return ()
    richtingen = await bron.catalogus.richtingen(zaak.zaaktype)
    documenten = await _documents(bron, gebruiker, zaak, koppelingen, delen)
    gezien = [
        (koppeling, document)
        for koppeling, document in zip(koppelingen, documenten, strict=True)
        if document is not None and await delen.part(DEEL, is_visible(bron, document, richtingen), False)
    ]
    stukken = [
        Zaakdocument(
            koppeling=koppeling,
            document=document,
            informatieobjecttype=await _type(bron, document, delen),
            ingestuurd=is_ingestuurd(document, richtingen),
        )
        for koppeling, document in gezien
    ]
    return tuple(sorted(stukken, key=lambda stuk: (stuk.datum, stuk.titel), reverse=True))


async def _documents(
    bron: Bron, gebruiker: Gebruiker, zaak: Zaak, koppelingen: Sequence[ZaakInformatieObject], delen: Onderdelen
) -> list[EnkelvoudigInformatieObject | None]:
    if bron.backoffice.document_filter:
        alle = {d.url: d for d in await bron.documenten.of_zaak(gebruiker, zaak.url)}
        return [alle.get(koppeling.informatieobject) for koppeling in koppelingen]
    return await together(delen.part(DEEL, _document(bron, gebruiker, koppeling), None) for koppeling in koppelingen)


async def _document(
    bron: Bron, gebruiker: Gebruiker, koppeling: ZaakInformatieObject
) -> EnkelvoudigInformatieObject | None:
    """Metadata, None when our client may not read it: then the citizen may not either."""
    try:
        return await bron.documenten.document(gebruiker, koppeling.informatieobject)
    except Refused as exc:
        if exc.is_hidden:
            return None
        raise


async def _type(bron: Bron, document: EnkelvoudigInformatieObject, delen: Onderdelen) -> Informatieobjecttype | None:
    leeg: Informatieobjecttype | None = None
    return await delen.part(DEEL, _type_of(bron, document), leeg)


async def _type_of(bron: Bron, document: EnkelvoudigInformatieObject) -> Informatieobjecttype:
    return await bron.catalogus.informatieobjecttype(document.informatieobjecttype)


async def is_visible(
    bron: Bron, document: EnkelvoudigInformatieObject, richtingen: tuple[ZaaktypeInformatieobjecttype, ...]
) -> bool:
    """The one rule for list and download alike; a type that cannot be read may be on the deny list.

    Raises: NotFound, BackofficeUnavailable or BackofficeDefect when there is a deny list and the type is not found.
    """
    if not mag_document_tonen(bron.backoffice, document, richtingen):
        return False
    verborgen = {naam.casefold() for naam in bron.backoffice.verborgen_documenttypen}
    return not verborgen or (await _type_of(bron, document)).omschrijving.casefold() not in verborgen


async def list_documents(bron: Bron, gebruiker: Gebruiker, uuid: UUID, vandaag: date) -> tuple[Zaakdocument, ...]:
    """The documents of one zaak.

    Raises: NotFound; BackofficeUnavailable, also when only some documents could not be read.
    """
    zaak = await open_zaak(bron, gebruiker, uuid)
    koppelingen, _ = await _round_one(bron, gebruiker, zaak, vandaag)
    delen = Onderdelen(bron.naam)
    stukken = await visible_documents(bron, gebruiker, zaak, koppelingen, delen)
    if delen.storingen:
        raise BackofficeUnavailable(bron.backoffice.naam, "documenten")
    return stukken


async def documents_of_row(
    bron: Bron, gebruiker: Gebruiker, zaak: Zaak, delen: Onderdelen
) -> tuple[Zaakdocument, ...] | None:
    """The documents of a zaak out of the list, whose rollen were checked there; None when not all could be read."""
    leeg: tuple[ZaakInformatieObject, ...] = ()
    koppelingen = await delen.part(DEEL, bron.zaken.koppelingen(gebruiker, zaak), leeg)
    stukken = await delen.part(DEEL, visible_documents(bron, gebruiker, zaak, koppelingen, delen), ())
    return None if delen.storingen else stukken


async def open_download(
    bron: Bron, gebruiker: Gebruiker, zaak_uuid: UUID, document_uuid: UUID, vandaag: date
) -> Download:
    """A document of a zaak, opened: everything that decided about the list decides here again.

    Raises: NotFound; LevelTooLow; BackofficeUnavailable.
    """
    zaak = await open_zaak(bron, gebruiker, zaak_uuid)
    koppelingen, richtingen = await _round_one(bron, gebruiker, zaak, vandaag)
    bron.require_level(gebruiker, await bron.catalogus.zaaktype(zaak.zaaktype))
    pad = f"{bron.documenten.verbinding.root}/{COLLECTIE}/{document_uuid}"
    koppeling = next((k for k in koppelingen if k.informatieobject == pad), None)
    document = await _document(bron, gebruiker, koppeling) if koppeling else None
    if document is None or not await is_visible(bron, document, richtingen):
        raise NotFound("document hoort niet bij de zaak, of mag niet worden gezien")
    return await open_document(bron, gebruiker, document, document_uuid)


async def open_document(
    bron: Bron, gebruiker: Gebruiker, document: EnkelvoudigInformatieObject, document_uuid: UUID
) -> Download:
    """Only after everything that decides whether this gebruiker may see it. Raises: NotFound; BackofficeUnavailable."""
    inhoud = _content(bron, gebruiker, document_uuid)
    lengte = await anext(inhoud)
    return Download(
        bestandsnaam=safe_name(document),
        media_type=document.formaat if document.formaat in MEDIA_TYPES else ONBEKEND,
        omvang=int(lengte) if lengte.isdigit() else None,
        inhoud=inhoud,
    )


async def _round_one(
    bron: Bron, gebruiker: Gebruiker, zaak: Zaak, vandaag: date
) -> tuple[tuple[ZaakInformatieObject, ...], tuple[ZaaktypeInformatieobjecttype, ...]]:
    async with side_by_side() as group:
        group.create_task(check_access(bron, gebruiker, zaak, vandaag))
        koppelingen = group.create_task(bron.zaken.koppelingen(gebruiker, zaak))
        richtingen = group.create_task(bron.catalogus.richtingen(zaak.zaaktype))
    return koppelingen.result(), richtingen.result()


async def _content(bron: Bron, gebruiker: Gebruiker, uuid: UUID) -> AsyncGenerator[bytes, None]:
    """First the Content-Length of the answer (perhaps empty), then the bytes, chunk by chunk.

    The caller takes that first item at once. The generator has then started, so that whoever drops it, or a
    browser that leaves, also closes the connection.
    """
    async with bron.documenten.download(gebruiker, uuid) as response:
        yield response.headers.get("Content-Length", "").encode()
        async for chunk in response.aiter_raw():
            yield chunk


def safe_name(document: EnkelvoudigInformatieObject) -> str:
    """A file name without path, control or direction characters, with an extension where the type is known."""
    naam = document.bestandsnaam.replace("\\", "/").rpartition("/")[2] or document.titel.replace("/", "-")
    naam = "".join(t for t in unicodedata.normalize("NFC", naam) if unicodedata.category(t)[0] != "C")
    naam = re.sub(r'[\s<>:"/\\|?*]+', " ", naam).strip(" .")[:150] or "document"
    if not PurePosixPath(naam).suffix:
        naam += mimetypes.guess_extension(document.formaat) or ""
    return naam
