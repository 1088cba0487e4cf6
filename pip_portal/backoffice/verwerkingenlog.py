"""The log of processing of the gemeente (Verwerkingenlogging API, VNG): what others did with the data of a person.

The standard has no other way to ask than with the BSN in the query; it is in no log of ours. It is only read: what the
portal itself does with data stays in its own log (docs/besluiten/0009). Source: Inzage API 0.9.0.
"""

from datetime import date
from typing import Annotated, Final
from uuid import UUID

from fastapi import Depends, Request
from pydantic import Field, TypeAdapter

from pip_portal.backoffice.http import Verbinding
from pip_portal.backoffice.resource import Moment, Pagina, Resource, Tekst
from pip_portal.backoffice.samen import all_pages
from pip_portal.errors import BackofficeDefect
from pip_portal.gebruiker import Burger

NAAM: Final = "het verwerkingenlog van de gemeente"
PAD: Final = "/verwerkte-objecten"
# What a person may see; anything else, also a word that is new, stays secret.
ZICHTBAAR: Final = frozenset({"normaal", "opgeheven"})


class Verwerkingsactie(Resource):
    """afnemer_id: who was given the data, when it was given to another; it can be a BSN, so it is never shown."""

    actie_id: UUID
    actie_naam: Tekst = ""
    handeling_naam: Tekst = ""
    verwerking_naam: Tekst = ""
    vertrouwelijkheid: str
    afnemer_id: Tekst = Field(default="", repr=False)
    tijdstip: Moment


class Gegeven(Resource):
    soort_gegeven: str


class VerwerktObject(Resource):
    """One person in one verwerkingsactie."""

    objecttype: str
    soort_object_id: str
    object_id: str = Field(repr=False)
    verwerkte_soorten_gegevens: tuple[Gegeven, ...] = ()
    verwerkingsactie: Verwerkingsactie


_LIJST: TypeAdapter[Pagina[VerwerktObject]] = TypeAdapter(Pagina[VerwerktObject])


class Verwerkingenlog:
    """Asks only about who is logged in."""

    def __init__(self, verbinding: Verbinding) -> None:
        self._verbinding = verbinding

    async def list(self, burger: Burger, van: date, tot: date) -> tuple[VerwerktObject, ...]:
        """What was done with their data from `van` until before `tot`, without what is secret, newest first.

        Raises: BackofficeUnavailable; BackofficeDefect, also when the answer holds another person.
        """
        wie = {"objecttype": "persoon", "soortObjectId": "BSN", "objectId": burger.bsn}
        params = wie | {"beginDatum": van.isoformat(), "eindDatum": tot.isoformat()}
        alle = await all_pages(self._verbinding, PAD, _LIJST, params, burger)
        if any((o.objecttype, o.soort_object_id, o.object_id.zfill(9)) != tuple(wie.values()) for o in alle):
            raise BackofficeDefect(f"{NAAM}: antwoord gaat ook over iemand anders")
        zichtbaar = (o for o in alle if o.verwerkingsactie.vertrouwelijkheid in ZICHTBAAR)
        return tuple(sorted(zichtbaar, key=lambda o: o.verwerkingsactie.tijdstip, reverse=True))

    async def close(self) -> None:
        await self._verbinding.close()


def get_verwerkingenlog(request: Request) -> Verwerkingenlog | None:
    verwerkingenlog: Verwerkingenlog | None = request.app.state.bronnen.verwerkingenlog
    return verwerkingenlog


VerwerkingenlogDep = Annotated[Verwerkingenlog | None, Depends(get_verwerkingenlog)]
