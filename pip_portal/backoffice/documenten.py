"""Documenten API: the metadata of a document.

Source: VNG Documenten API 1.4.2.
"""

from contextlib import AbstractAsyncContextManager
from datetime import date
from typing import Final
from uuid import UUID

import httpx
from pydantic import TypeAdapter

from pip_portal.backoffice.http import Verbinding
from pip_portal.backoffice.resource import Datum, Pagina, Resource, Tekst
from pip_portal.backoffice.samen import all_pages
from pip_portal.gebruiker import Gebruiker

COLLECTIE: Final = "enkelvoudiginformatieobjecten"


class Bestandsdeel(Resource):
    voltooid: bool = False


class EnkelvoudigInformatieObject(Resource):
    """inhoud is the URL of the download, not the content."""

    url: str
    titel: Tekst = ""
    beschrijving: Tekst = ""
    vertrouwelijkheidaanduiding: Tekst = ""
    auteur: Tekst = ""
    status: Tekst = ""
    formaat: Tekst = ""
    bestandsnaam: Tekst = ""
    bestandsomvang: int | None = None
    inhoud: Tekst = ""
    creatiedatum: date
    ontvangstdatum: Datum = None
    verzenddatum: Datum = None
    informatieobjecttype: str
    versie: int = 1
    locked: bool = False
    bestandsdelen: tuple[Bestandsdeel, ...] | None = None

    @property
    def is_definitief(self) -> bool:
        return self.status in ("definitief", "gearchiveerd")

    @property
    def is_volledig(self) -> bool:
        """False while an upload in parts is unfinished, or when there is no content at all."""
        if any(not deel.voltooid for deel in self.bestandsdelen or ()):
            return False
        return bool(self.inhoud) or self.bestandsomvang == 0


_DOCUMENT = TypeAdapter(EnkelvoudigInformatieObject)
_DOCUMENTEN = TypeAdapter(Pagina[EnkelvoudigInformatieObject])


class DocumentenApi:
    def __init__(self, verbinding: Verbinding) -> None:
        self.verbinding = verbinding

    async def document(self, gebruiker: Gebruiker, url: str) -> EnkelvoudigInformatieObject:
        """Metadata of the document a zaak refers to.

        Raises: BackofficeDefect when the reference points outside this API.
        """
        pad = self.verbinding.path_of(url, COLLECTIE)
        return await self.verbinding.call("GET", pad, _DOCUMENT, gebruiker=gebruiker)

    async def of_zaak(self, gebruiker: Gebruiker, zaak_url: str) -> tuple[EnkelvoudigInformatieObject, ...]:
        """The metadata of all documents of a zaak in one call [OZ]."""
        params = {"objectinformatieobjecten__object": zaak_url}
        return await all_pages(self.verbinding, f"/{COLLECTIE}", _DOCUMENTEN, params, gebruiker)

    def download(self, gebruiker: Gebruiker, uuid: UUID) -> AbstractAsyncContextManager[httpx.Response]:
        return self.verbinding.stream(f"/{COLLECTIE}/{uuid}/download", gebruiker=gebruiker)
