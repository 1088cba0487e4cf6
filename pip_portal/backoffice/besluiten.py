"""Besluiten API: a besluit and its documents.

Source: VNG Besluiten API 1.1.0.
"""

from datetime import date
from uuid import UUID

from pip_portal.backoffice.resource import Datum, Resource, Tekst


class Besluit(Resource):
    url: str
    identificatie: Tekst = ""
    besluittype: str
    zaak: Tekst = ""
    datum: date
    toelichting: Tekst = ""
    ingangsdatum: Datum = None
    vervaldatum: Datum = None
    vervalreden_weergave: Tekst = ""
    publicatiedatum: Datum = None
    verzenddatum: Datum = None
    uiterlijke_reactiedatum: Datum = None

    @property
    def uuid(self) -> UUID:
        return UUID(self.url.rstrip("/").rpartition("/")[2])

    @property
    def is_bekendgemaakt(self) -> bool:
        """Sent or published: before that the besluit may not have been announced to anybody."""
        return self.verzenddatum is not None or self.publicatiedatum is not None


class BesluitInformatieObject(Resource):
    url: str
    informatieobject: str
    besluit: Tekst = ""
