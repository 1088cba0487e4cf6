"""What somebody may open who acts for another: closed, unless its route stands here, and looked at for each request."""

import logging
from datetime import timedelta
from typing import Final

from fastapi import Request

from pip_portal.errors import NotFound, PortalError
from pip_portal.gebruiker import Burger
from pip_portal.inloggen.sessies import Sessie, Sessies
from pip_portal.machtigen.gezag import namens_kind
from pip_portal.tijd import now, vandaag

log = logging.getLogger("pip_portal")

GEZAG_ELKE: Final = timedelta(minutes=5)  # for what only reads; before anything is written it is asked each time

# Personal data of the represented, as far as the machtiging reaches: the machtiging is looked at first.
TOEGESTAAN: Final = frozenset({"zaken:list", "zaken:detail", "zaken:download", "inloggen:vestiging"})
TOEGESTAAN_SCHRIJVEN: Final = frozenset({"inloggen:kies_vestiging"})
# Nothing of anybody, and every way out: always open.
ALTIJD: Final = frozenset(
    {
        *("machtigen:kies", "machtigen:wissel", "machtigen:stop"),
        *("inloggen:uitloggen", "inloggen:uitgelogd", "inloggen:verlengen", "inloggen:verlopen"),
        *("inloggen:kies", "inloggen:start", "inloggen:acs", "inloggen:metadata"),
        *("openbaar:hulp", "openbaar:privacy", "openbaar:cookies", "openbaar:toegankelijkheid"),
        *("openbaar:security_txt", "openbaar:robots", "taal:kies"),
    }
)


class NietVoorGemachtigde(PortalError):
    """This page is not for who acts for another."""


class MachtigingVoorbij(PortalError):
    """The machtiging does not hold any more; the session is back to who logged in, or over. naam: for whom it was."""

    def __init__(self, naam: str | None) -> None:
        super().__init__("de machtiging geldt niet meer")
        self.naam = naam


async def bewaak_machtiging(request: Request) -> None:
    """Every router is included with this, after the session was read.

    Raises: NietVoorGemachtigde; MachtigingVoorbij; BackofficeUnavailable when the gezag cannot be looked at.
    Source: requirements N9 (expiry and withdrawal count at the next request).
    """
    sessie: Sessie | None = request.state.sessie
    if sessie is None or sessie.gebruiker.machtiging is None:
        return
    machtiging, naam = sessie.gebruiker.machtiging, request.scope["route"].name
    if naam in ALTIJD:
        return
    if machtiging.geldig_tot is not None and machtiging.geldig_tot < vandaag():
        await _voorbij(request, sessie)
    if naam not in TOEGESTAAN | TOEGESTAAN_SCHRIJVEN:
        raise NietVoorGemachtigde
    schrijft = request.method not in ("GET", "HEAD")
    if machtiging.soort == "gezag" and (schrijft or _is_oud(sessie)):
        await _vraag_gezag(request, sessie)


def _is_oud(sessie: Sessie) -> bool:
    return sessie.gezag_gezien_op is None or now() - sessie.gezag_gezien_op > GEZAG_ELKE


async def _vraag_gezag(request: Request, sessie: Sessie) -> None:
    if not isinstance(sessie.zelf, Burger) or not isinstance(sessie.gebruiker, Burger):
        raise NietVoorGemachtigde
    state = request.app.state
    try:
        kind, naam = await namens_kind(
            sessie.zelf, sessie.zelf_naam or "", sessie.gebruiker.bsn, state.bronnen.brp, state.sleutels
        )
    except NotFound:
        await _voorbij(request, sessie)
    else:
        request.state.sessie = await _sessies(request).handel_voor(sessie, kind, naam)


async def _voorbij(request: Request, sessie: Sessie) -> None:
    """Back to who logged in; who came in with a mandate alone is logged out. Raises: MachtigingVoorbij."""
    log.info("machtiging voorbij", extra={"soort": sessie.gebruiker.machtiging and sessie.gebruiker.machtiging.soort})
    if sessie.zelf is not None:
        request.state.sessie = await _sessies(request).handel_voor_zelf(sessie)
    else:
        await _sessies(request).end(sessie.id_hash)
        request.state.sessie = None
    raise MachtigingVoorbij(sessie.weergavenaam)


def _sessies(request: Request) -> Sessies:
    sessies: Sessies = request.app.state.sessies
    return sessies
