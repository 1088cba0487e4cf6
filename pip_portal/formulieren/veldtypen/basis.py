"""What every type of question does: read what was typed, judge it, show it, hand it over."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from pydantic import Field, model_validator

from pip_portal.formulieren.omgeving import Omgeving
from pip_portal.formulieren.teksten import Deel, Tekst, vast
from pip_portal.formulieren.voorwaarden import Soort, Voorwaarde
from pip_portal.taal import _

# Names of the sentences that a definition may replace with its own.
FOUTSOORTEN = ("leeg", "vorm", "min", "max", "keuze", "volgorde", "binnen", "uniek", "soort", "verhouding", "onbekend")
_ONLEESBAAR = (ValueError, TypeError, KeyError, AttributeError, IndexError, ArithmeticError)


class Invoer:
    """What a browser posted: each control with the texts that were in it."""

    def __init__(self, paren: Iterable[tuple[str, Any]] = ()) -> None:
        self._waarden: dict[str, list[str]] = {}
        for naam, waarde in paren:
            if isinstance(waarde, str):
                self._waarden.setdefault(naam, []).append(waarde)

    @classmethod
    def van(cls, waarden: Mapping[str, Iterable[str]]) -> "Invoer":
        return cls((naam, waarde) for naam, lijst in waarden.items() for waarde in lijst)

    def get(self, naam: str) -> str:
        return self._waarden.get(naam, [""])[0]

    def getlist(self, naam: str) -> list[str]:
        return list(self._waarden.get(naam, ()))

    def met(self, naam: str, *waarden: str) -> "Invoer":
        """The same, with other texts in one control."""
        return Invoer.van({**self._waarden, naam: list(waarden)})

    def __contains__(self, naam: object) -> bool:
        return naam in self._waarden


@dataclass(frozen=True)
class Lezing:
    """What was read. waarde: JSON-able, as it is stored; None when nothing (good) was filled in.

    fouten: control id -> sentence in the language of the page. ruw: what was typed, per control, to show again.
    """

    waarde: Any | None
    fouten: dict[str, str] = field(default_factory=dict)
    ruw: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Ruw:
    """What was typed, stored while it is not valid ("Opslaan en later verder")."""

    invoer: dict[str, list[str]]


class Afgekeurd(Exception):
    """What was typed cannot be read. controle: the control to go to."""

    def __init__(self, controle: str, zin: str) -> None:
        super().__init__()
        self.controle = controle
        self.zin = zin


class LetOp(Deel):
    """What someone reads once after this answer, before going on; it does not block."""

    als: Voorwaarde
    tekst: Tekst
    soort: Literal["waarschuwing", "info"] = "waarschuwing"


class Veld(Deel):
    """One question. The name is unique in its form; names of controls start with it."""

    veld: str = Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")
    vraag: Tekst
    hint: Tekst | None = None
    verplicht: bool = True
    grondslag: str = ""
    toon_als: Voorwaarde | None = None
    fout: dict[str, Tekst] = Field(default_factory=dict)
    let_op: tuple[LetOp, ...] = ()
    bron: str = ""
    gevoelig: bool = False
    autocomplete: str = ""

    heeft_antwoord: ClassVar[bool] = True

    @model_validator(mode="after")
    def _bekende_fouten(self) -> "Veld":
        for naam in self.fout:
            if naam not in FOUTSOORTEN:
                raise ValueError(f"'{naam}' is geen soort fout; kies uit {', '.join(FOUTSOORTEN)}")
        return self

    # ---- to override --------------------------------------------------------------------------------------

    @property
    def soort(self) -> Soort:
        """What conditions may ask of the answer."""
        return "tekst"

    def onderdelen(self) -> dict[str, Soort]:
        """Parts of the answer that have a name of their own, such as adres.gemeente."""
        return {}

    def controles(self) -> tuple[str, ...]:
        """Ids of the controls; an error without a better place links to the first."""
        return (self.veld,)

    def ontleed(self, invoer: Invoer, omgeving: Omgeving) -> Any:
        """What is stored for this input, which is not empty. Raises: Afgekeurd."""
        return invoer.get(self.veld)

    def typ(self, waarde: Any) -> Any:
        """The stored value as a value to reckon with; of a value like that, itself. Raises: ValueError."""
        if not isinstance(waarde, str):
            raise ValueError("geen tekst")
        return waarde

    def keur(self, waarde: Any, omgeving: Omgeving, waarden: Mapping[str, Any]) -> dict[str, str]:
        """Control id -> sentence, for each reason why this value will not do."""
        return {}

    def zin_leeg(self) -> str:
        return _("Geef antwoord op de vraag '%(vraag)s'.") % {"vraag": self.vraag}

    def toon(self, waarde: Any, omgeving: Omgeving) -> tuple[Tekst, ...]:
        """The answer as a citizen reads it, a line each."""
        return (vast(str(self.typ(waarde))),)

    def als_eigenschap(self, waarde: Any) -> str:
        """The answer in the notation of a zaakeigenschap."""
        return str(self.typ(waarde))

    def ruw_van(self, waarde: Any) -> dict[str, list[str]]:
        """What to put in the controls for this stored value."""
        return {self.veld: [str(waarde)]}

    def onderdeel(self, naam: str, waarde: Any, omgeving: Omgeving) -> Any | None:
        """The part of the typed value with this name (see onderdelen)."""
        return None

    def is_leeg(self, invoer: Invoer) -> bool:
        return not any(tekst.strip() for naam in self.controles() for tekst in invoer.getlist(naam))

    # ---- the same for all types ---------------------------------------------------------------------------

    def lees(self, invoer: Invoer, omgeving: Omgeving, waarden: Mapping[str, Any]) -> Lezing:
        """Read and judge what was posted. Nothing filled in at an optional question: no value and no error."""
        ruw = {naam: invoer.getlist(naam) for naam in self.controles() if naam in invoer}
        if self.is_leeg(invoer):
            fouten = {self.controles()[0]: self.zin("leeg", self.zin_leeg())} if self.verplicht else {}
            return Lezing(None, fouten, ruw)
        try:
            waarde = self.ontleed(invoer, omgeving)
        except Afgekeurd as exc:
            return Lezing(None, {exc.controle: exc.zin}, ruw)
        fouten = self.keur(self.typ(waarde), omgeving, waarden)
        return Lezing(None if fouten else waarde, fouten, ruw)

    def geldig(self, opgeslagen: Any, omgeving: Omgeving, waarden: Mapping[str, Any]) -> Any | None:
        """The typed value of what was stored, or None when it is not valid (any more). Never raises."""
        try:
            waarde = self.typ(opgeslagen)
            return None if self.keur(waarde, omgeving, waarden) else waarde
        except _ONLEESBAAR:
            return None

    def zin(self, soort: str, standaard: str, **namen: object) -> str:
        """The sentence of the definition for this kind of error, else the standard one."""
        if soort not in self.fout:
            return standaard
        zin = str(self.fout[soort])
        for naam, waarde in namen.items():
            zin = zin.replace("{" + naam + "}", str(waarde))
        return zin


# Characters that are never part of an answer: control characters, and those that turn the direction of writing.
_WEG = re.compile("[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


def schoon(tekst: str, *, regels: bool = False) -> str:
    """NFC, without control characters and outer white space; one line unless `regels`."""
    tekst = unicodedata.normalize("NFC", tekst.replace("\r\n", "\n").replace("\r", "\n"))
    tekst = _WEG.sub("", tekst).strip()
    return tekst if regels else " ".join(tekst.split())
