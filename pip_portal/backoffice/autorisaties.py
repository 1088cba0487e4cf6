"""Autorisaties API: which rights our own client has, for `pip-portal check`.

Source: VNG Autorisaties API 1.0.0.
"""

from pydantic import TypeAdapter

from pip_portal.backoffice.http import Verbinding
from pip_portal.backoffice.resource import Resource, Tekst


class Autorisatie(Resource):
    component: Tekst = ""
    scopes: tuple[str, ...] = ()
    zaaktype: Tekst = ""
    informatieobjecttype: Tekst = ""
    besluittype: Tekst = ""


class Applicatie(Resource):
    label: Tekst = ""
    heeft_alle_autorisaties: bool = False
    autorisaties: tuple[Autorisatie, ...] = ()

    def scopes_voor(self, component: str, soort: str) -> frozenset[str]:
        """What this client may do with one zaaktype or informatieobjecttype (URL) of a component."""
        return frozenset(
            scope
            for autorisatie in self.autorisaties
            if autorisatie.component == component and soort in (autorisatie.zaaktype, autorisatie.informatieobjecttype)
            for scope in autorisatie.scopes
        )

    @property
    def scopes(self) -> frozenset[str]:
        return frozenset(scope for autorisatie in self.autorisaties for scope in autorisatie.scopes)


_APPLICATIE = TypeAdapter(Applicatie)


class AutorisatiesApi:
    def __init__(self, verbinding: Verbinding) -> None:
        self.verbinding = verbinding

    async def consumer(self, client_id: str) -> Applicatie:
        """The rights of our own client.

        Raises: NotFound when the backoffice does not know it; BackofficeUnavailable.
        """
        return await self.verbinding.call("GET", "/applicaties/consumer", _APPLICATIE, params={"clientId": client_id})
