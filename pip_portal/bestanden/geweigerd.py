"""Why a file is not taken, in words that say what to do."""

from collections.abc import Iterable

from pip_portal.taal import _


class BestandGeweigerd(Exception):
    """This file is not taken. zin: what the citizen reads, in the language of the page."""

    def __init__(self, zin: str) -> None:
        super().__init__("bestand geweigerd")
        self.zin = zin


class BestandNietSchoon(Exception):
    """A file that the virus scanner has not judged, or has refused, cannot be opened, sent or handed over."""

    def __init__(self, staat: str) -> None:
        super().__init__(staat)
        self.staat = staat

    @property
    def zin(self) -> str:
        if self.staat == "besmet":
            return _("In dit bestand zit een virus. Verwijder het en kies een ander bestand.")
        return _("Wij controleren dit bestand nog op virussen. Wacht even en probeer het opnieuw.")


def opsomming(soorten: Iterable[str]) -> str:
    """ "pdf, jpg of png"."""
    *eerste, laatste = soorten
    return " ".join((", ".join(eerste), _("of"), laatste)) if eerste else laatste


def megabytes(aantal: int) -> str:
    return f"{aantal // 1_000_000} MB"
