"""Free text: one line or several."""

import re
from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field, field_validator

from pip_portal.formulieren.omgeving import Omgeving
from pip_portal.formulieren.teksten import Tekst, vast
from pip_portal.formulieren.veldtypen.basis import Invoer, Veld, schoon
from pip_portal.taal import N_, _, ngettext

LATIJN = "[A-Za-zÀ-ÖØ-öø-ɏḀ-ỿ]"  # what the BRP can write, diacritics kept
# name -> (pattern for the whole text, what to say). Only patterns without nesting, so that none can run wild.
PATRONEN: dict[str, tuple[str, str]] = {
    "naam": (r"[^\W\d_][^\d_<>{}\[\]]{0,199}", N_("Vul een naam in met alleen letters.")),
    "voornamen": (
        rf"{LATIJN}+(?:[ '’-]{LATIJN}+)*",
        N_("Vul de voornamen in met alleen letters, een streepje of een apostrof."),
    ),
    "mastnummer": (r"[A-Z0-9-]{3,12}", N_("Vul het nummer in dat op de paal staat, bijvoorbeeld A-1234.")),
    "geboortecode": (r"[A-Z0-9]{8,16}", N_("Vul de code in van 8 tot 16 letters en cijfers.")),
    "svh": (r"[0-9]{6,9}", N_("Vul het nummer in van 6 tot 9 cijfers.")),
    "kenmerk": (r"[\w ./-]{1,40}", N_("Vul het kenmerk in dat boven aan de brief staat.")),
    "cijfers": (r"[0-9]{1,40}", N_("Vul alleen cijfers in.")),
    "vestigingsnummer": (r"[0-9]{12}", N_("Een vestigingsnummer heeft 12 cijfers. Controleer het nummer.")),
    "postcode": (
        r"[1-9][0-9]{3} ?(?!SA|SD|SS|sa|sd|ss)[A-Za-z]{2}",
        N_("Vul een postcode in, bijvoorbeeld 7411 KT."),
    ),
    "jaar": (r"(?:1[89]|20)[0-9]{2}", N_("Vul een jaar in met 4 cijfers, bijvoorbeeld 2026.")),
    "website": (
        r"(?:https?://)?[\w-]+(?:\.[\w-]+)+(?:/[^\s<>]*)?",
        N_("Vul een webadres in, bijvoorbeeld www.voorbeeld.nl."),
    ),
}


# Patterns whose text is a code: capitals, and without what people put between the characters.
TUSSENTEKENS = {"geboortecode": r"[\s.\-–]", "mastnummer": r"\s"}


class TekstVeld(Veld):
    type: Literal["tekst"]
    max: int = Field(200, ge=1, le=500)
    min: int = Field(0, ge=0)
    patroon: str = ""

    @field_validator("patroon")
    @classmethod
    def _bekend(cls, patroon: str) -> str:
        if patroon and patroon not in PATRONEN:
            raise ValueError(f"'{patroon}' is geen bekend patroon; kies uit {', '.join(sorted(PATRONEN))}")
        return patroon

    def ontleed(self, invoer: Invoer, omgeving: Omgeving) -> str:
        tekst = schoon(invoer.get(self.veld))
        tussen = TUSSENTEKENS.get(self.patroon)
        return re.sub(tussen, "", tekst).upper() if tussen else tekst

    def is_leeg(self, invoer: Invoer) -> bool:
        return not schoon(invoer.get(self.veld))

    def keur(self, waarde: Any, omgeving: Omgeving, waarden: Mapping[str, Any]) -> dict[str, str]:
        zin = self._lengte(waarde)
        if not zin and self.patroon:
            patroon, standaard = PATRONEN[self.patroon]
            zin = "" if re.fullmatch(patroon, waarde) else self.zin("vorm", _(standaard))
        return {self.veld: zin} if zin else {}

    def _lengte(self, waarde: str) -> str:
        lengte = len(waarde)
        if not waarde:
            return self.zin("leeg", self.zin_leeg())
        if lengte > self.max:
            zin = _("Gebruik maximaal %(max)s tekens. U hebt er nu %(aantal)s.") % {"max": self.max, "aantal": lengte}
            return self.zin("max", zin, max=self.max, aantal=lengte)
        if lengte < self.min:
            zin = ngettext("Gebruik minstens %(num)d teken.", "Gebruik minstens %(num)d tekens.", self.min)
            return self.zin("min", zin % {"num": self.min}, min=self.min, aantal=lengte)
        return ""


class TekstvlakVeld(TekstVeld):
    type: Literal["tekstvlak"]  # type: ignore[assignment]
    max: int = Field(2000, ge=1, le=8000)
    rijen: int = Field(6, ge=2, le=20)

    def ontleed(self, invoer: Invoer, omgeving: Omgeving) -> str:
        return schoon(invoer.get(self.veld), regels=True)

    def toon(self, waarde: Any, omgeving: Omgeving) -> tuple[Tekst, ...]:
        return tuple(vast(regel) for regel in str(waarde).split("\n"))
