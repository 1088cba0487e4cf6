"""Documenten API: the metadata of a document.

Source: VNG Documenten API 1.4.2.
"""

from datetime import date
from uuid import UUID

from pip_portal.backoffice.resource import Datum, Resource, Tekst


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
    def uuid(self) -> UUID:
        """The uuid in the URL; the resource has no field of its own for it."""
        return UUID(self.url.rstrip("/").rpartition("/")[2][:36])

    @property
    def is_definitief(self) -> bool:
        return self.status in ("definitief", "gearchiveerd")

    @property
    def is_volledig(self) -> bool:
        """False while an upload in parts is unfinished, or when there is no content at all."""
        if any(not deel.voltooid for deel in self.bestandsdelen or ()):
            return False
        return bool(self.inhoud) or self.bestandsomvang == 0
