"""What somebody still has to pay: tax assessments and invoices, from the collection system.

No standard exists for this; the API is our own and described in docs/openstaand-api.yaml. The person goes in the body
of every call, so a BSN never stands in a URL. Source: backoffice-apis §17.
"""

from datetime import date
from decimal import Decimal
from typing import Annotated, Final, Literal

from fastapi import Depends, Request
from pydantic import TypeAdapter

from pip_portal.backoffice.http import Verbinding
from pip_portal.backoffice.resource import Resource, Tekst
from pip_portal.errors import BackofficeUnavailable, NotFound
from pip_portal.gebruiker import Burger, Gebruiker

NAAM: Final = "de administratie van belastingen en rekeningen"


class Regel(Resource):
    """One line of an assessment or invoice. bedrag in euros."""

    omschrijving: str
    bedrag: Decimal


class Termijn(Resource):
    """One instalment; bedrag in euros."""

    nummer: int
    bedrag: Decimal
    vervaldatum: date
    status: Literal["open", "betaald"]


class Post(Resource):
    """One assessment (aanslag) or invoice (factuur).

    bedrag: the whole of it, in euros; openstaand: what is still to be paid. vervaldatum: last day to pay.
    kwijtschelding_mogelijk: the verordening allows remission of (part of) it. regels: only in the detail.
    """

    nummer: str
    soort: Literal["aanslag", "factuur"]
    omschrijving: str
    bedrag: Decimal
    openstaand: Decimal
    dagtekening: date
    vervaldatum: date
    status: Literal["open", "in_termijnen", "te_laat", "betaald", "kwijtgescholden", "ingetrokken"]
    kwijtschelding_mogelijk: bool = False
    betalingskenmerk: Tekst = ""
    termijnen: tuple[Termijn, ...] = ()
    regels: tuple[Regel, ...] = ()

    @property
    def is_open(self) -> bool:
        return self.status in ("open", "in_termijnen", "te_laat")


class _Lijst(Resource):
    resultaten: tuple[Post, ...]


_LIJST: TypeAdapter[_Lijst] = TypeAdapter(_Lijst)
_POST: TypeAdapter[Post] = TypeAdapter(Post)


class Openstaand:
    """Asks only for who is logged in; without a connection every question is an outage, never "nothing to pay"."""

    def __init__(self, verbinding: Verbinding | None) -> None:
        self._verbinding = verbinding

    @property
    def is_ingesteld(self) -> bool:
        return self._verbinding is not None

    async def list(self, gebruiker: Gebruiker) -> tuple[Post, ...]:
        """What this person or company has to pay or paid lately, the newest first.

        Raises: BackofficeUnavailable; BackofficeDefect.
        """
        body = _wie(gebruiker)
        lijst = await self._open().call("POST", "/posten/_zoek", _LIJST, gebruiker=gebruiker, body=body, leest=True)
        return tuple(sorted(lijst.resultaten, key=lambda post: (post.dagtekening, post.nummer), reverse=True))

    async def get(self, gebruiker: Gebruiker, nummer: str) -> Post:
        """One of theirs, with its lines. Raises: NotFound for another one; BackofficeUnavailable; BackofficeDefect."""
        body = {**_wie(gebruiker), "nummer": nummer}
        post = await self._open().call("POST", "/posten/_raadpleeg", _POST, gebruiker=gebruiker, body=body, leest=True)
        if post.nummer != nummer:
            raise NotFound(NAAM)
        return post

    def _open(self) -> Verbinding:
        if self._verbinding is None:
            raise BackofficeUnavailable(NAAM, "niet ingesteld")
        return self._verbinding

    async def close(self) -> None:
        if self._verbinding is not None:
            await self._verbinding.close()


def _wie(gebruiker: Gebruiker) -> dict[str, str]:
    if isinstance(gebruiker, Burger):
        return {"bsn": gebruiker.bsn}
    return {"kvkNummer": gebruiker.kvk_nummer}


def get_openstaand(request: Request) -> Openstaand:
    openstaand: Openstaand = request.app.state.bronnen.openstaand
    return openstaand


OpenstaandDep = Annotated[Openstaand, Depends(get_openstaand)]
