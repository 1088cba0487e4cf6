"""Besluiten API: a besluit and its documents.

Source: VNG Besluiten API 1.1.0.
"""

from datetime import date
from operator import attrgetter

from pydantic import TypeAdapter

from pip_portal.backoffice.http import Verbinding
from pip_portal.backoffice.resource import Datum, Pagina, Resource, Tekst
from pip_portal.backoffice.samen import all_pages
from pip_portal.gebruiker import Gebruiker


class Besluit(Resource):
    url: str
    identificatie: Tekst = ""
    besluittype: str
    zaak: Tekst = ""
    datum: date
    toelichting: Tekst = ""
    ingangsdatum: Datum = None
    vervaldatum: Datum = None
    vervalreden: Tekst = ""
    publicatiedatum: Datum = None
    verzenddatum: Datum = None
    uiterlijke_reactiedatum: Datum = None

    @property
    def is_bekendgemaakt(self) -> bool:
        """Sent or published: before that the besluit may not have been announced to anybody."""
        return self.verzenddatum is not None or self.publicatiedatum is not None


class BesluitInformatieObject(Resource):
    url: str
    informatieobject: str
    besluit: Tekst = ""


_BESLUITEN = TypeAdapter(Pagina[Besluit])
_KOPPELINGEN = TypeAdapter(tuple[BesluitInformatieObject, ...])


class BesluitenApi:
    def __init__(self, verbinding: Verbinding) -> None:
        self.verbinding = verbinding

    async def besluiten(self, gebruiker: Gebruiker, zaak_url: str) -> tuple[Besluit, ...]:
        """All besluiten of a zaak, oldest first, announced or not."""
        besluiten = await all_pages(self.verbinding, "/besluiten", _BESLUITEN, {"zaak": zaak_url}, gebruiker)
        return tuple(sorted((b for b in besluiten if b.zaak == zaak_url), key=attrgetter("datum")))

    async def koppelingen(self, gebruiker: Gebruiker, besluit: Besluit) -> tuple[BesluitInformatieObject, ...]:
        """The links of a besluit to its documents."""
        koppelingen = await self.verbinding.call(
            "GET",
            "/besluitinformatieobjecten",
            _KOPPELINGEN,
            gebruiker=gebruiker,
            params={"besluit": besluit.url},
        )
        return tuple(koppeling for koppeling in koppelingen if koppeling.besluit == besluit.url)
