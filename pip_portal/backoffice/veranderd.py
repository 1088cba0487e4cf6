"""What the portal reads when a backoffice says that something changed: to decide whom to tell, never to show.

Read without gebruiker, as nobody asked for it: then the audit trail of the backoffice names the portal, not a citizen.
"""

from typing import TypeVar
from uuid import UUID

from pydantic import TypeAdapter

from pip_portal.backoffice.besluiten import Besluit
from pip_portal.backoffice.bron import Bron
from pip_portal.backoffice.documenten import COLLECTIE, EnkelvoudigInformatieObject
from pip_portal.backoffice.http import Refused, Verbinding
from pip_portal.backoffice.resource import Pagina
from pip_portal.backoffice.samen import all_pages
from pip_portal.backoffice.zaken import Resultaat, Rol, Status, Zaak, ZaakInformatieObject
from pip_portal.errors import BackofficeDefect, NotFound

T = TypeVar("T")

_ZAAK = TypeAdapter(Zaak)
_STATUS = TypeAdapter(Status)
_RESULTAAT = TypeAdapter(Resultaat)
_ROLLEN = TypeAdapter(Pagina[Rol])
_KOPPELING = TypeAdapter(ZaakInformatieObject)
_KOPPELINGEN = TypeAdapter(tuple[ZaakInformatieObject, ...])
_DOCUMENT = TypeAdapter(EnkelvoudigInformatieObject)
_BESLUIT = TypeAdapter(Besluit)


class Veranderd:
    """Every reference is checked against the root of its API before it is followed.

    Raises, each method: NotFound when it does not exist or our client may not read it; ForeignReference;
    BackofficeUnavailable; BackofficeDefect.
    """

    def __init__(self, bron: Bron) -> None:
        self._bron = bron
        self._zaken = bron.zaken.verbinding

    async def zaak(self, url: str) -> Zaak:
        zaak = await self._lees(self._zaken, url, "zaken", _ZAAK)
        if zaak.url != url:
            raise BackofficeDefect(f"{self._bron.naam}: een andere zaak dan gevraagd")
        return zaak

    async def zaak_op(self, uuid: UUID | str) -> Zaak:
        return await self.zaak(f"{self._zaken.root}/zaken/{uuid}")

    async def status(self, url: str) -> Status:
        return await self._lees(self._zaken, url, "statussen", _STATUS)

    async def resultaat(self, url: str) -> Resultaat:
        return await self._lees(self._zaken, url, "resultaten", _RESULTAAT)

    async def rollen(self, zaak: Zaak) -> tuple[Rol, ...]:
        rollen = await all_pages(self._zaken, "/rollen", _ROLLEN, {"zaak": zaak.url})
        return tuple(rol for rol in rollen if rol.zaak == zaak.url)

    async def koppeling(self, url: str) -> ZaakInformatieObject:
        return await self._lees(self._zaken, url, "zaakinformatieobjecten", _KOPPELING)

    async def koppelingen_van(self, document: str) -> tuple[ZaakInformatieObject, ...]:
        """The links of this document (URL) to zaken."""
        params = {"informatieobject": document}
        koppelingen = await self._zaken.call("GET", "/zaakinformatieobjecten", _KOPPELINGEN, params=params)
        return tuple(koppeling for koppeling in koppelingen if koppeling.informatieobject == document)

    async def document(self, url: str) -> EnkelvoudigInformatieObject:
        return await self._lees(self._bron.documenten.verbinding, url, COLLECTIE, _DOCUMENT)

    async def besluit(self, url: str) -> Besluit:
        if self._bron.besluiten is None:
            raise NotFound("geen besluiten in deze bron")
        return await self._lees(self._bron.besluiten.verbinding, url, "besluiten", _BESLUIT)

    async def _lees(self, verbinding: Verbinding, url: str, collectie: str, soort: TypeAdapter[T]) -> T:
        try:
            return await verbinding.call("GET", verbinding.path_of(url, collectie), soort)
        except Refused as exc:
            if exc.is_hidden:
                raise NotFound("niet leesbaar voor onze client") from None
            raise
