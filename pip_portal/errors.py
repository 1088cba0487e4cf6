"""Exception types of the portal. Imports nothing of ours; `error_pages.py` maps them to pages once."""

from datetime import datetime


class PortalError(Exception):
    """Base of every error that the portal turns into a page of its own."""


class NotFound(PortalError):
    """It does not exist, or it is not this gebruiker's: the outside cannot tell which."""


class BackofficeUnavailable(PortalError):
    """A source did not answer in time, refused the connection, or answered 5xx/429.

    bron: name of the source as the citizen may read it ("Zaken", "Basisregistratie Personen").
    """

    def __init__(self, bron: str, reden: str = "") -> None:
        super().__init__(f"{bron}: {reden}" if reden else bron)
        self.bron = bron
        self.reden = reden


class BackofficeDefect(PortalError):
    """A source answered, but with something we cannot use: a 4xx we caused or an answer that does not validate."""


class NotLoggedIn(PortalError):
    """This page needs a login. verlopen: there was a session, and it ended. terug: where to go after the login."""

    def __init__(self, *, verlopen: bool = False, terug: str = "") -> None:
        super().__init__("verlopen" if verlopen else "geen sessie")
        self.verlopen = verlopen
        self.terug = terug


class BalieVerlopen(NotLoggedIn):
    """An employee whose session ended: to their own way in, never to that of citizens."""


class LoginRefused(PortalError):
    """A login was refused. reden goes to the log, soort decides what the citizen reads; neither holds personal data.

    soort: "geannuleerd" | "niveau" | "fout" | "overleden" | "kind" | "ontbonden" | "onbekend" | "machtiging" |
    "machtiging_storing" | "opnieuw"
    """

    def __init__(self, soort: str, reden: str) -> None:
        super().__init__(reden)
        self.soort = soort
        self.reden = reden


class TeVaak(PortalError):
    """Somebody does something more often than is allowed. tot: when it may be done again."""

    def __init__(self, tot: datetime) -> None:
        super().__init__("te vaak")
        self.tot = tot


class LevelTooLow(PortalError):
    """This may be seen after a safer login of the same person. niveau: as in gebruiker.py."""

    def __init__(self, niveau: int) -> None:
        super().__init__(f"niveau {niveau} nodig")
        self.niveau = niveau


class CsrfRefused(PortalError):
    """A POST that did not come from a page of ours."""
