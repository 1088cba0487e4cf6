"""The attachments of a bericht: given only because they stand in a bericht of this very gebruiker."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from pip_portal.backoffice.bron import Bron
from pip_portal.backoffice.documenten import COLLECTIE, EnkelvoudigInformatieObject
from pip_portal.backoffice.http import ForeignReference
from pip_portal.backoffice.objecttypen import Bericht
from pip_portal.backoffice.resource import uuid_of
from pip_portal.backoffice.samen import together
from pip_portal.backoffice.stukken import Download, is_visible, open_document
from pip_portal.errors import BackofficeDefect, BackofficeUnavailable, NotFound
from pip_portal.gebruiker import Gebruiker

MEESTE: Final = 20


@dataclass(frozen=True, slots=True)
class Bijlage:
    """document None: it could not be read now, so only that it is there can be told."""

    uuid: UUID
    document: EnkelvoudigInformatieObject | None


async def list_bijlagen(bronnen: Sequence[Bron], gebruiker: Gebruiker, bericht: Bericht) -> tuple[Bijlage, ...]:
    """Those in a source of ours that may be seen; never raises for one that cannot be read."""
    gelezen = await together(_lees(bronnen, gebruiker, url) for url in (bericht.bijlages or ())[:MEESTE])
    return tuple(bijlage for bijlage in gelezen if bijlage is not None)


async def open_bijlage(bronnen: Sequence[Bron], gebruiker: Gebruiker, bericht: Bericht, uuid: UUID) -> Download:
    """An attachment, opened. bericht: read for this gebruiker just now.

    Raises: NotFound when it does not stand in this bericht, or may not be seen; BackofficeUnavailable.
    """
    for url in bericht.bijlages or ():
        bron = _bron(bronnen, url)
        if bron is not None and uuid_of(url) == uuid:
            document = await bron.documenten.document(gebruiker, url)
            if await is_visible(bron, document, ()):
                return await open_document(bron, gebruiker, document, uuid)
    raise NotFound("document staat niet in dit bericht, of mag niet worden gezien")


async def _lees(bronnen: Sequence[Bron], gebruiker: Gebruiker, url: str) -> Bijlage | None:
    bron = _bron(bronnen, url)
    if bron is None:
        return None
    try:
        document = await bron.documenten.document(gebruiker, url)
        return Bijlage(uuid_of(url), document) if await is_visible(bron, document, ()) else None
    except NotFound:
        return None
    except (BackofficeUnavailable, BackofficeDefect):
        return Bijlage(uuid_of(url), None)


def _bron(bronnen: Sequence[Bron], url: str) -> Bron | None:
    """The source that this document is in; an address elsewhere is never followed."""
    for bron in bronnen:
        try:
            bron.documenten.verbinding.path_of(url, COLLECTIE)
        except ForeignReference:
            continue
        return bron
    return None
