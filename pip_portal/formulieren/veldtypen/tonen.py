"""What stands between the questions and has no answer: known facts and an explanation."""

from typing import ClassVar, Literal

from pydantic import Field

from pip_portal.formulieren.omgeving import Omgeving
from pip_portal.formulieren.teksten import Tekst, vast
from pip_portal.formulieren.veldtypen.basis import Invoer, Veld
from pip_portal.formulieren.voorwaarden import Soort


class _ZonderAntwoord(Veld):
    heeft_antwoord: ClassVar[bool] = False
    vraag: Tekst = vast("")
    verplicht: bool = False

    @property
    def soort(self) -> Soort:
        return "niets"

    def controles(self) -> tuple[str, ...]:
        return ()

    def is_leeg(self, invoer: Invoer) -> bool:
        return True


class GegevensVeld(_ZonderAntwoord):
    """Facts of a source, read-only, each with where it comes from and "Klopt dit niet?"."""

    type: Literal["gegevens"]
    toon_: tuple[str, ...] = Field(alias="toon", min_length=1)

    @property
    def paden(self) -> tuple[str, ...]:
        return self.toon_

    def paden_voor(self, omgeving: Omgeving) -> tuple[str, ...]:
        """Only the facts that fit the login."""
        past = {"digid": ("brp", "profiel"), "eherkenning": ("kvk", "profiel")}.get(omgeving.inlog.soort, ())
        past = (*past, "buurt")
        return tuple(pad for pad in self.toon_ if pad.split(".")[0] in past)


class UitlegVeld(_ZonderAntwoord):
    type: Literal["uitleg"]
    tekst: Tekst
