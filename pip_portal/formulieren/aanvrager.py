"""Who may fill in this form: burger or bedrijf, at which level, for whom; and what to do when not."""

from datetime import date
from typing import Final, Literal

from fastapi import Request

from pip_portal.errors import BalieVerlopen, NotLoggedIn, PortalError
from pip_portal.formulieren.concepten import Betrokkene
from pip_portal.formulieren.definitie import Formulier
from pip_portal.formulieren.omgeving import Inlog
from pip_portal.formulieren.verloop import bronnen_in_regels
from pip_portal.gebruiker import Bedrijf, Burger, Gebruiker
from pip_portal.sleutels import Sleutels
from pip_portal.tijd import vandaag

KIND_TOT = 16  # years; from then on a child acts with its own DigiD (domain §4.4)

Reden = Literal["doelgroep_bedrijf", "doelgroep_burger", "niveau", "gesloten"]


class Geweigerd(PortalError):
    """This login cannot fill in this form; its page says what can be done.

    soort: see Reden. niveau, middel: what is needed, when another level helps. geheim: of what was sent with it.
    """

    geheim = ""

    def __init__(self, formulier: Formulier, soort: Reden, *, middel: str = "", niveau: int = 0) -> None:
        super().__init__(soort)
        self.formulier = formulier
        self.soort = soort
        self.middel = middel
        self.niveau = niveau


def toets(request: Request, formulier: Formulier, *, nieuw: bool) -> Gebruiker | None:
    """Who may go on with this form: the one who is logged in, or None for a visitor when the form allows that.

    nieuw: it is to be started, so it must be open; who is busy may finish.
    Raises: NotLoggedIn; Geweigerd; BalieVerlopen for an employee, who begins at the desk.
    """
    if request.state.medewerker is not None:
        raise BalieVerlopen
    if nieuw and not is_open(formulier, vandaag()):
        raise Geweigerd(formulier, "gesloten")
    sessie = request.state.sessie
    if sessie is None:
        if formulier.toegang.anoniem:
            return None
        raise NotLoggedIn(verlopen=request.state.sessie_verlopen)
    gebruiker: Gebruiker = sessie.gebruiker
    if not formulier.toegang.anoniem:
        _toets_inlog(gebruiker, formulier)
    return gebruiker


def _toets_inlog(gebruiker: Gebruiker, formulier: Formulier) -> None:
    burger = isinstance(gebruiker, Burger)
    nodig = formulier.toegang.niveau_digid if burger else formulier.toegang.niveau_eherkenning
    if not nodig:
        raise Geweigerd(
            formulier,
            "doelgroep_burger" if burger else "doelgroep_bedrijf",
            middel="eherkenning" if burger else "digid",
        )
    if gebruiker.niveau < nodig:
        raise Geweigerd(formulier, "niveau", middel="digid" if burger else "eherkenning", niveau=nodig)


def is_open(formulier: Formulier, dag: date) -> bool:
    """Whether the form can be started on this day; some only in a period (a subsidy round)."""
    periode = formulier.open
    if periode is None:
        return True
    return (periode.van is None or periode.van <= dag) and (periode.tot is None or dag <= periode.tot)


def is_van_burger(formulier: Formulier) -> bool:
    """Whether a citizen fills it in with us, for themselves."""
    toegang = formulier.toegang
    voor = "burger" in formulier.product.doelgroep and toegang.niveau_digid > 0 and "zelf" in toegang.wie
    return voor and not formulier.is_verwijzing


def mag_aan_balie(formulier: Formulier) -> bool:
    """Whether an employee may fill in this form for a citizen: they do so for that person alone, and without what only
    that person may see (their zaken).
    """
    vreemd = {pad for pad in bronnen_in_regels(formulier) if not pad.startswith("brp.")}
    return is_van_burger(formulier) and formulier.toegang.balie and not vreemd


def burger_van(betrokkene: Betrokkene, sleutels: Sleutels) -> Burger:
    """The citizen that an employee fills in a form for. niveau 0: they did not log in."""
    return Burger(bsn=betrokkene.bsn, pseudoniem=sleutels.keyed_hash("bsn", betrokkene.bsn), niveau=0)


# What conditions know of a form that an employee fills in: it is about a citizen, who did not log in.
BALIE: Final = Inlog("digid", 0, "medewerker")


def inlog_van(gebruiker: Gebruiker | None, *, kind: bool = False) -> Inlog:
    """The login as conditions of a form know it."""
    if gebruiker is None:
        return Inlog("anoniem", 0)
    soort: Literal["digid", "eherkenning"] = "eherkenning" if isinstance(gebruiker, Bedrijf) else "digid"
    return Inlog(soort, gebruiker.niveau, "kind" if kind else "")
