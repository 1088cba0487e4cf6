"""What a form needs to know besides the answers: the day, the login, what the sources say, the tariffs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any, Literal

from pip_portal.formulieren.tarieven import Tarieven
from pip_portal.formulieren.teksten import Tekst

_LEEG: Mapping[str, Any] = MappingProxyType({})
GEHEIM = "brp.geheimhouding"


@dataclass(frozen=True)
class Inlog:
    """How someone is logged in. niveau: as in gebruiker.py; 0 for nobody. namens: for whom, empty for oneself."""

    soort: Literal["digid", "eherkenning", "anoniem"]
    niveau: int = 0
    namens: str = ""


@dataclass(frozen=True)
class Bronoptie:
    """One thing a source offers to choose: a child, a besluit. waarde: opaque and stable, never a number of a person.

    kenmerken: facts that conditions may use; what must stay out of sight ("bsn") is one of them.
    """

    waarde: str
    tekst: Tekst
    kenmerken: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Omgeving:
    """bronnen: path -> value, for each path that was fetched. ontbreekt: paths whose source did not answer.

    gemeente: the one whose places are "binnen: gemeente".
    """

    vandaag: date
    inlog: Inlog
    bronnen: Mapping[str, Any]
    tarieven: Tarieven
    ontbreekt: frozenset[str] = frozenset()
    gemeente: str = "Deventer"

    @property
    def adres_is_geheim(self) -> bool:
        """Whether the address of who fills it in is kept secret (BRP 2.59), or that cannot be asked now."""
        return bool(self.bronnen.get(GEHEIM)) or GEHEIM in self.ontbreekt

    def waarde(self, pad: str) -> Any | None:
        """What the source says, also for inlog.soort and the like; None when it says nothing."""
        if pad.startswith("inlog."):
            return getattr(self.inlog, pad.removeprefix("inlog."), None)
        return self.bronnen.get(pad)

    def opties(self, pad: str) -> tuple[Bronoptie, ...]:
        waarde = self.bronnen.get(pad)
        return tuple(waarde) if isinstance(waarde, (tuple, list)) else ()
