"""The children that a parent acts for: from the BRP, every time, and never kept but for whom was chosen."""

import dataclasses
from dataclasses import dataclass, field
from datetime import date, timedelta

from pip_portal.backoffice.brp import Brp, Persoon
from pip_portal.errors import NotFound
from pip_portal.gebruiker import Burger, Machtiging
from pip_portal.machtigen.diensten import machtigingen
from pip_portal.sleutels import Sleutels
from pip_portal.tijd import vandaag

KIND_TOT = 16  # years; from then on a child acts with its own DigiD (domain §4.4)
VELDEN = ("burgerservicenummer", "naam", "geboorte", "leeftijd", "overlijden")


@dataclass(frozen=True, slots=True)
class Kind:
    """A child under 16 with gezag. waarde: names it in a page, tells nothing of the number."""

    waarde: str
    naam: str = field(repr=False)
    bsn: str = field(repr=False)


async def kinderen(ouder: Burger, brp: Brp, sleutels: Sleutels) -> tuple[Kind, ...]:
    """For whom this parent may act now.

    Raises: BackofficeUnavailable; BackofficeDefect. Source: domain §4.4; BRP gezagsmodule.
    """
    persoon = await brp.persoon(ouder, ("burgerservicenummer", "gezag"))
    gevonden = {}
    for relatie in persoon.gezag if persoon else ():
        kind = relatie.minderjarige
        jong = kind.leeftijd is not None and kind.leeftijd < KIND_TOT
        if jong and kind.burgerservicenummer and relatie.is_van_ouder(ouder.bsn) and not relatie.in_onderzoek:
            naam = kind.naam.volledig if kind.naam else ""
            waarde = sleutels.keyed_hash("machtiging", kind.burgerservicenummer)[:16]
            gevonden[waarde] = Kind(waarde, naam, kind.burgerservicenummer)
    return tuple(gevonden.values())


async def namens_kind(
    ouder: Burger, ouder_naam: str, bsn: str, brp: Brp, sleutels: Sleutels
) -> tuple[Burger, str | None]:
    """The child as the parent acts for it, and its name; only after the BRP said just now that this may.

    Not for a child whose address is secret, maybe for this parent: that is for the desk.
    Raises: NotFound when it may not (any more); BackofficeUnavailable; BackofficeDefect.
    """
    kind = await brp.kind(ouder, bsn, VELDEN)
    if kind is None or kind.is_overleden or kind.heeft_geheimhouding:
        raise NotFound("geen kind om voor te handelen")
    laatste = _laatste_dag(kind)
    if laatste is None or laatste < vandaag():
        raise NotFound("16 jaar of ouder, of de geboortedatum is niet bekend")
    eigen = sleutels.keyed_hash("bsn", bsn)
    machtiging = Machtiging(
        soort="gezag",
        door=ouder.bsn,
        door_pseudoniem=ouder.pseudoniem,
        door_naam=ouder_naam,
        zaaktypen=machtigingen().gezag.zaaktypen,
        geldig_tot=laatste,
    )
    burger = Burger(bsn, pseudoniem_van(machtiging, eigen, sleutels), ouder.niveau, machtiging)
    return burger, kind.naam.volledig if kind.naam else None


def pseudoniem_van(machtiging: Machtiging, eigen: str, sleutels: Sleutels) -> str:
    """Of the gebruiker with this machtiging. eigen: the pseudonym under which they log in themselves."""
    return sleutels.keyed_hash("namens", f"{machtiging.soort}:{machtiging.door_pseudoniem}:{eigen}")


def zonder_machtiging(burger: Burger, sleutels: Sleutels) -> Burger:
    """The person self, as if they had logged in."""
    return dataclasses.replace(burger, pseudoniem=sleutels.keyed_hash("bsn", burger.bsn), machtiging=None)


def _laatste_dag(kind: Persoon) -> date | None:
    """The day before the 16th birthday; None when the BRP does not know the whole date of birth."""
    geboren = kind.geboorte.datum.datum if kind.geboorte and kind.geboorte.datum else None
    if geboren is None:
        return None
    try:
        verjaardag = geboren.replace(year=geboren.year + KIND_TOT)
    except ValueError:  # born on 29 February
        verjaardag = date(geboren.year + KIND_TOT, 3, 1)
    return verjaardag - timedelta(days=1)
