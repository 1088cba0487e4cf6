"""The Berichtenbox and Lopende Zaken of MijnOverheid, behind the integration layer of the gemeente.

No REST standard exists for sending to them; the API is our own and described in docs/mijnoverheid-api.yaml. The person
goes in the body of every call. Only for burgers: MijnOverheid Zakelijk is not there yet.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal
from urllib.parse import quote

from pydantic import TypeAdapter

from pip_portal.backoffice.http import Verbinding
from pip_portal.backoffice.resource import Resource
from pip_portal.errors import NotFound
from pip_portal.gebruiker import Burger

NAAM: Final = "MijnOverheid"
Berichtsoort = Literal["informatie", "verzoek", "besluit"]


class _Mag(Resource):
    actief: bool


class _Aflevering(Resource):
    uitkomst: Literal["bezorgd", "niet_aangesloten"]


_MAG: TypeAdapter[_Mag] = TypeAdapter(_Mag)
_AFLEVERING: TypeAdapter[_Aflevering] = TypeAdapter(_Aflevering)
_NIETS: TypeAdapter[object] = TypeAdapter(object)


@dataclass(frozen=True, slots=True)
class Boxbericht:
    """reactie_voor: the first day on which an answer is too late. link: URL of the page of the portal."""

    onderwerp: str
    tekst: str
    taal: str
    soort: Berichtsoort
    link: str
    reactie_voor: date | None = None


@dataclass(frozen=True, slots=True)
class LopendeZaak:
    """omschrijving: of the zaaktype; status: in the words of the portal. stand_van: when it was read."""

    nummer: str
    omschrijving: str
    status: str
    startdatum: date
    verwachte_einddatum: date | None
    einddatum: date | None
    link: str
    stand_van: datetime


class MijnOverheid:
    """Every method raises BackofficeUnavailable and BackofficeDefect (Refused) as `Verbinding.call` does."""

    def __init__(self, verbinding: Verbinding) -> None:
        self._verbinding = verbinding

    async def heeft_box(self, burger: Burger) -> bool:
        """Whether this burger has an active Berichtenbox that takes messages of this gemeente."""
        body = {"bsn": burger.bsn}
        mag = await self._verbinding.call("POST", "/berichten/_mag", _MAG, gebruiker=burger, body=body, leest=True)
        return mag.actief

    async def bezorg(self, id_: str, bsn: str, bericht: Boxbericht) -> bool:
        """True when the box took it; False when there is no active box. The same id_ again is the same message."""
        body = {
            "bsn": bsn,
            "onderwerp": bericht.onderwerp,
            "tekst": bericht.tekst,
            "taal": bericht.taal,
            "soort": bericht.soort,
            "reactieVoor": _dag(bericht.reactie_voor),
            "link": bericht.link,
        }
        return (await self._verbinding.call("PUT", f"/berichten/{id_}", _AFLEVERING, body=body)).uitkomst == "bezorgd"

    async def zet_zaak(self, bsn: str, zaak: LopendeZaak) -> None:
        """This is how the zaak stands; replaces what was known of it, also whose it is."""
        body = {
            "bsn": bsn,
            "omschrijving": zaak.omschrijving,
            "status": zaak.status,
            "startdatum": zaak.startdatum.isoformat(),
            "verwachteEinddatum": _dag(zaak.verwachte_einddatum),
            "einddatum": _dag(zaak.einddatum),
            "link": zaak.link,
            "standVan": zaak.stand_van.isoformat(),
        }
        await self._verbinding.call("PUT", _pad(zaak.nummer), _NIETS, body=body)

    async def verwijder_zaak(self, nummer: str) -> None:
        """This zaak may not be seen any more; also when it was not known."""
        try:
            await self._verbinding.call("DELETE", _pad(nummer), _NIETS)
        except NotFound:
            return

    async def close(self) -> None:
        await self._verbinding.close()


def _pad(nummer: str) -> str:
    return f"/lopende-zaken/{quote(nummer, safe='')}"


def _dag(dag: date | None) -> str | None:
    return dag.isoformat() if dag else None
