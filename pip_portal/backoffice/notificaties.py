"""Notificaties API: the abonnementen of whoever wants to hear what changes.

Source: VNG Notificaties API 1.0; backoffice-apis §12.
"""

from collections.abc import Mapping

from pydantic import Field, TypeAdapter

from pip_portal.backoffice.http import Verbinding
from pip_portal.backoffice.resource import Resource, Tekst


class Kanaalgroep(Resource):
    naam: str
    filters: dict[str, str] = Field(default_factory=dict)


class Abonnement(Resource):
    url: str
    callback_url: Tekst = ""
    kanalen: tuple[Kanaalgroep, ...] = ()

    @property
    def namen(self) -> frozenset[str]:
        """Kanalen of which everything is sent."""
        return frozenset(groep.naam for groep in self.kanalen if not groep.filters)


_ABONNEMENT = TypeAdapter(Abonnement)
_ABONNEMENTEN = TypeAdapter(tuple[Abonnement, ...])
_NIETS = TypeAdapter(None)


class NotificatiesApi:
    """Each method raises BackofficeUnavailable; Refused, also when our webhook does not answer as it should."""

    def __init__(self, verbinding: Verbinding) -> None:
        self.verbinding = verbinding

    async def lijst(self) -> tuple[Abonnement, ...]:
        """Those that our client may see; the list has no pages."""
        return await self.verbinding.call("GET", "/abonnement", _ABONNEMENTEN)

    async def maak(self, body: Mapping[str, object]) -> Abonnement:
        return await self.verbinding.call("POST", "/abonnement", _ABONNEMENT, body=body)

    async def vervang(self, abonnement: Abonnement, body: Mapping[str, object]) -> Abonnement:
        return await self.verbinding.call("PUT", self._pad(abonnement), _ABONNEMENT, body=body)

    async def verwijder(self, abonnement: Abonnement) -> None:
        await self.verbinding.call("DELETE", self._pad(abonnement), _NIETS)

    def _pad(self, abonnement: Abonnement) -> str:
        return self.verbinding.path_of(abonnement.url, "abonnement")
