"""Files. Who receives, keeps and judges them is `pip_portal/bestanden`; here only which belong to the answer."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field

from pip_portal.formulieren.omgeving import Omgeving
from pip_portal.formulieren.teksten import Tekst
from pip_portal.formulieren.veldtypen.basis import Invoer, Veld
from pip_portal.formulieren.voorwaarden import Soort
from pip_portal.settings import Vertrouwelijkheid
from pip_portal.taal import _, ngettext

LATER = "later"  # stands in the list of ids when someone chose to send the file later


class BestandVeld(Veld):
    """The answer is the list of ids of files, with `later` among them when that was chosen.

    To read, the caller puts the ids of the files that are there in the control of the field.
    """

    type: Literal["bestand"]
    soorten: tuple[Literal["pdf", "jpg", "png", "heic", "docx", "odt"], ...] = (
        "pdf",
        "jpg",
        "png",
    )
    max_mb: int = Field(10, ge=1, le=50)
    max: int = Field(10, ge=1, le=25)
    min: int = Field(0, ge=0, le=25)
    informatieobjecttype: str = ""
    later: bool = False
    vertrouwelijkheid: Vertrouwelijkheid | None = None
    locatie_bewaren: bool = False
    verhouding: tuple[int, int] | None = None

    @property
    def soort(self) -> Soort:
        return "lijst"

    def controles(self) -> tuple[str, ...]:
        return (self.veld, f"{self.veld}-later") if self.later else (self.veld,)

    def ontleed(self, invoer: Invoer, omgeving: Omgeving) -> list[str]:
        ids = list(dict.fromkeys(tekst.strip() for tekst in invoer.getlist(self.veld) if tekst.strip()))
        later = self.later and not ids and bool(invoer.get(f"{self.veld}-later").strip())
        return [LATER] if later else ids

    def typ(self, waarde: Any) -> tuple[str, ...]:
        if not isinstance(waarde, (list, tuple)) or not all(isinstance(deel, str) for deel in waarde):
            raise ValueError("geen lijst van bestanden")
        return tuple(waarde)

    def zin_leeg(self) -> str:
        if self.later:
            return _("Voeg een bestand toe, of kies dat u het later stuurt.")
        return _("Voeg een bestand toe.")

    def keur(self, waarde: Any, omgeving: Omgeving, waarden: Mapping[str, Any]) -> dict[str, str]:
        if self.later and LATER in waarde:
            return {}
        laag = max(self.min, 1 if self.verplicht else 0)
        zin = ""
        if len(waarde) < laag:
            zin = ngettext("Voeg minstens %(num)d bestand toe.", "Voeg minstens %(num)d bestanden toe.", laag)
            zin = self.zin("min", zin % {"num": laag}, min=laag)
        elif len(waarde) > self.max:
            zin = ngettext("Voeg maximaal %(num)d bestand toe.", "Voeg maximaal %(num)d bestanden toe.", self.max)
            zin = self.zin("max", zin % {"num": self.max}, max=self.max)
        return {self.veld: zin} if zin else {}

    def toon(self, waarde: Any, omgeving: Omgeving) -> tuple[Tekst, ...]:
        """Names are known by who keeps the files; here only that they come later."""
        return (Tekst(nl="Stuurt u later", en="You will send this later"),) if LATER in self.typ(waarde) else ()

    def als_eigenschap(self, waarde: Any) -> str:
        return str(len([deel for deel in self.typ(waarde) if deel != LATER]))

    def ruw_van(self, waarde: Any) -> dict[str, list[str]]:
        ids = [deel for deel in waarde if deel != LATER]
        return {self.veld: ids} | ({f"{self.veld}-later": ["ja"]} if LATER in waarde else {})
