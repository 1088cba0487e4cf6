"""Who is logged in: a Burger (DigiD) or a Bedrijf (eHerkenning), and the dependency that asks for it."""

from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Literal

from fastapi import Depends, Request

from pip_portal.errors import NotLoggedIn


@dataclass(frozen=True, slots=True)
class Machtiging:
    """Why somebody may act for the gebruiker that carries it, who they are, and for what.

    soort: digid_machtigen (a mandate at DigiD Machtigen), gezag (a parent, from the BRP) or keten (a company that a
    company mandated). door: BSN or KVK-nummer of who acts; door_pseudoniem: keyed hash of who logged in, the form in
    which it is filed. dienst: for which it was given, "" for gezag and keten. zaaktypen: every identificatie that it
    opens, nothing else. geldig_tot: the last day it holds, when that is known.
    """

    soort: Literal["digid_machtigen", "gezag", "keten"]
    door: str = field(repr=False)
    door_pseudoniem: str
    door_naam: str = field(default="", repr=False)
    dienst: str = ""
    zaaktypen: tuple[str, ...] = ()
    geldig_tot: date | None = None


@dataclass(frozen=True, slots=True)
class Burger:
    """A person who logged in with DigiD, or for whom somebody acts who did.

    pseudoniem: keyed hash of the BSN, the only form in which the portal files things under a person; with a machtiging
    of this person and who acts together, so that nothing of either is mixed with it.
    niveau: level of assurance, 10 Basis, 20 Midden, 25 Substantieel, 30 Hoog.
    """

    bsn: str = field(repr=False)
    pseudoniem: str
    niveau: int
    machtiging: Machtiging | None = None

    @property
    def is_bedrijf(self) -> bool:
        return False


@dataclass(frozen=True, slots=True)
class Bedrijf:
    """A company someone logged in for with eHerkenning.

    rsin: absent for an eenmanszaak. vestiging: the one that was chosen, or None for the whole company.
    vestigingen: every vestigingsnummer of the company according to the KVK, to find zaken filed under one of them.
    beperkt: the assertion restricts this login to `vestiging`; it cannot be switched.
    handelende_persoon: pseudonym of the employee, stable per person and company.
    niveau: 20 EH2, 22 EH2+, 25 EH3, 30 EH4.
    """

    kvk_nummer: str
    pseudoniem: str
    niveau: int
    rsin: str | None = field(default=None, repr=False)
    vestiging: str | None = None
    vestigingen: tuple[str, ...] = ()
    beperkt: bool = False
    handelende_persoon: str = field(default="", repr=False)
    machtiging: Machtiging | None = None

    @property
    def is_bedrijf(self) -> bool:
        return True


Gebruiker = Burger | Bedrijf


def wie_inlogde(gebruiker: Gebruiker) -> str:
    """Pseudonym of who sits at the keyboard: of who acts, when that is another than the gebruiker."""
    return gebruiker.machtiging.door_pseudoniem if gebruiker.machtiging else gebruiker.pseudoniem


@dataclass(frozen=True, slots=True)
class Medewerker:
    """An employee who fills in forms for citizens. No Gebruiker: nothing of a citizen is open to them.

    pseudoniem: keyed hash, as actor beside the citizen in everything they do. naam: on their own screen only.
    sessie: hash of the session id. csrf: as that of a Sessie.
    """

    pseudoniem: str
    naam: str = field(repr=False)
    sessie: str = field(default="", repr=False)
    csrf: str = field(default="", repr=False)


def require_gebruiker(request: Request) -> Gebruiker:
    """The one who is logged in. Every PRIVATE router is included with this, so a page is closed by default.

    Raises: NotLoggedIn when there is no session, or when it ended.
    """
    sessie = request.state.sessie
    if sessie is None:
        raise NotLoggedIn(verlopen=request.state.sessie_verlopen)
    gebruiker: Gebruiker = sessie.gebruiker
    return gebruiker


Ingelogd = Annotated[Gebruiker, Depends(require_gebruiker)]
