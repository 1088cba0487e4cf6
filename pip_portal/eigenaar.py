"""Whose a concept, file or inzending is: a person, a company with its vestiging, or the cookie of a visitor."""

import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated

from fastapi import Depends, Request
from starlette.responses import Response

from pip_portal import koekjes
from pip_portal.errors import NotLoggedIn
from pip_portal.gebruiker import Bedrijf, Burger, Gebruiker, Medewerker
from pip_portal.sleutels import Sleutels

ANONIEM_GELDIG = timedelta(hours=2)  # forms §3.5: after the last change; no way back afterwards
COOKIE = "aanvraag"
MAX_COOKIE = 100  # characters; ours are 43


@dataclass(frozen=True)
class Eigenaar:
    """hash: the only form in which the owner is stored. gebruiker: None for a visitor without a login.

    medewerker: the employee whose it is, who fills it in for `gebruiker`, without being them.
    """

    hash: str = field(repr=False)
    gebruiker: Gebruiker | None
    medewerker: Medewerker | None = None

    @property
    def is_anoniem(self) -> bool:
        return self.gebruiker is None and self.medewerker is None

    @property
    def handelt(self) -> str | None:
        """Keyed hash of the person who acts for a company, to tell colleagues apart; None when that is not known."""
        gebruiker = self.gebruiker
        return gebruiker.pseudoniem if isinstance(gebruiker, Bedrijf) and gebruiker.handelende_persoon else None


def eigenaar_van(gebruiker: Gebruiker, sleutels: Sleutels) -> Eigenaar:
    """The owner that this login stands for; each vestiging of a company is an owner of its own.

    Who acts for another is an owner apart from both: what they begin is never mixed with what is their own.
    """
    if isinstance(gebruiker, Burger):
        return Eigenaar(sleutels.keyed_hash("eigenaar", gebruiker.pseudoniem), gebruiker)
    wie = f"bedrijf:{gebruiker.kvk_nummer}:{gebruiker.vestiging or ''}"  # a colleague goes on where another stopped
    if gebruiker.machtiging is not None:
        wie += f":door:{gebruiker.machtiging.door}"
    return Eigenaar(sleutels.keyed_hash("eigenaar", wie), gebruiker)


def eigenaar_van_medewerker(medewerker: Medewerker, sleutels: Sleutels) -> Eigenaar:
    """The owner of what this employee is busy with: never that of the citizen, whose own things stay closed."""
    return Eigenaar(sleutels.keyed_hash("eigenaar", f"medewerker:{medewerker.pseudoniem}"), None, medewerker)


def eigenaar_van_cookie(cookie: str, sleutels: Sleutels) -> Eigenaar:
    return Eigenaar(sleutels.keyed_hash("eigenaar", f"anoniem:{cookie}"), None)


def anonieme_eigenaar(request: Request) -> Eigenaar | None:
    """The visitor that this browser was when it began a form without logging in."""
    cookie = koekjes.lees(request, COOKIE)
    if not 20 <= len(cookie) <= MAX_COOKIE:
        return None
    return eigenaar_van_cookie(cookie, request.app.state.sleutels)


def nieuwe_cookie() -> str:
    return secrets.token_urlsafe(32)


def zet_cookie(request: Request, response: Response, cookie: str) -> None:
    """Give the visitor the cookie; it goes when the browser closes, so that on a shared computer the next one finds
    nothing (forms §3.5). The two hours are those of the concept.
    """
    koekjes.zet(request, response, COOKIE, cookie)


def eigenaren(request: Request) -> tuple[Eigenaar, ...]:
    """All owners that this browser is: the login first, then the visitor it was before that login.

    An employee is one alone.
    """
    medewerker = getattr(request.state, "medewerker", None)
    if medewerker is not None:
        return (eigenaar_van_medewerker(medewerker, request.app.state.sleutels),)
    sessie = request.state.sessie
    ingelogd = eigenaar_van(sessie.gebruiker, request.app.state.sleutels) if sessie else None
    if ingelogd is not None and sessie.gebruiker.machtiging is not None:
        return (ingelogd,)  # what this browser began without a login is of who acts
    return tuple(eigenaar for eigenaar in (ingelogd, anonieme_eigenaar(request)) if eigenaar is not None)


def require_eigenaar(request: Request) -> Eigenaar:
    """The one whose things this request may see.

    Raises: NotLoggedIn when there is neither a login nor a cookie.
    """
    wie = eigenaren(request)
    if not wie:
        raise NotLoggedIn(verlopen=request.state.sessie_verlopen)
    return wie[0]


EigenaarDep = Annotated[Eigenaar, Depends(require_eigenaar)]
