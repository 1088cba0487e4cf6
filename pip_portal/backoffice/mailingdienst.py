"""A mailing service that also wants to know who gets which newsletter. Only when one is configured.

No standard exists for this, so we say what stands, not what changed: PUT and DELETE of one subscriber, which may be
done any number of times. `standVan` lets a service leave out what is older than what it has.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from pydantic import TypeAdapter

from pip_portal.backoffice.http import Verbinding
from pip_portal.errors import NotFound

NAAM: Final = "de mailingdienst"
_NIETS: TypeAdapter[object] = TypeAdapter(object)


class Mailingdienst:
    """Every method raises BackofficeUnavailable and BackofficeDefect as `Verbinding.call` does."""

    def __init__(self, verbinding: Verbinding) -> None:
        self._verbinding = verbinding

    async def zet(
        self,
        id_: str,
        *,
        adres: str,
        taal: str,
        html: bool,
        onderwerpen: Sequence[tuple[str, str]],
        stand_van: datetime,
    ) -> None:
        """This is all that this subscriber gets. onderwerpen: (code, frequentie)."""
        body = {
            "adres": adres,
            "taal": taal,
            "opmaak": "html" if html else "tekst",
            "onderwerpen": [{"code": code, "frequentie": frequentie} for code, frequentie in onderwerpen],
            "standVan": stand_van.isoformat(),
        }
        await self._verbinding.call("PUT", f"/abonnees/{id_}", _NIETS, body=body)

    async def verwijder(self, id_: str) -> None:
        """This subscriber gets nothing any more; also when the service did not know them."""
        try:
            await self._verbinding.call("DELETE", f"/abonnees/{id_}", _NIETS)
        except NotFound:
            return

    async def close(self) -> None:
        await self._verbinding.close()
