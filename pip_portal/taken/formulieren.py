"""The forms that a taak can ask for: one page of questions, with the definitions of the field types of all forms.

They stand apart from the other forms: nobody can start one, so they have no product and no zaak. A question cannot
depend on another, and asks no file.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from pydantic import Field, ValidationError, model_validator

from pip_portal.errors import NotFound
from pip_portal.formulieren.definitie import SLUG
from pip_portal.formulieren.omgeving import Omgeving
from pip_portal.formulieren.paginas import Optie, Vraag
from pip_portal.formulieren.teksten import Deel, Tekst
from pip_portal.formulieren.veldtypen.basis import Invoer, Lezing
from pip_portal.formulieren.veldtypen.groep import EnkelVeld
from pip_portal.formulieren.yaml import lees
from pip_portal.inzendingen.inhoud import Antwoord, Tweetalig
from pip_portal.paths import DATA
from pip_portal.taal import taal

MAP: Final = "taakformulieren"
SOORTEN: Final = ("tekst", "tekstvlak", "getal", "bedrag", "datum", "keuze", "meerkeuze", "janee", "email", "telefoon")


class Taakformulier(Deel):
    formulier: str = Field(pattern=SLUG, max_length=60)
    versie: int = Field(ge=1)
    titel: Tekst
    inleiding: Tekst | None = None
    velden: tuple[EnkelVeld, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _eenvoudig(self) -> "Taakformulier":
        for veld in self.velden:
            if veld.type not in SOORTEN or veld.toon_als or veld.bron or veld.let_op:
                raise ValueError(f"'{veld.veld}' kan niet in het formulier van een taak")
        return self


@dataclass(frozen=True)
class Ingevuld:
    """What was read of a page of such a form."""

    formulier: Taakformulier
    omgeving: Omgeving
    lezingen: Mapping[str, Lezing] = field(repr=False)

    @property
    def is_goed(self) -> bool:
        return not any(lezing.fouten for lezing in self.lezingen.values())

    @property
    def waarden(self) -> dict[str, Any]:
        """Name of a question and its good answer, as it is stored."""
        return {naam: lezing.waarde for naam, lezing in self.lezingen.items() if lezing.waarde is not None}

    @property
    def antwoorden(self) -> tuple[Antwoord, ...]:
        return tuple(
            Antwoord(
                veld=veld.veld,
                vraag=_tweetalig(veld.vraag),
                tekst=tuple(_tweetalig(regel) for regel in veld.toon(self.waarden[veld.veld], self.omgeving)),
            )
            for veld in self.formulier.velden
            if veld.veld in self.waarden
        )

    @property
    def getypt(self) -> list[tuple[str, str]]:
        """Question and what was typed, good or not, to keep for who must send it in another way."""
        regels = [(veld.vraag, self.lezingen[veld.veld].ruw.values()) for veld in self.formulier.velden]
        tekst = [(str(vraag), " ".join(t for teksten in ruw for t in teksten).strip()) for vraag, ruw in regels]
        return [(vraag, waarde) for vraag, waarde in tekst if waarde]


def lees_formulieren(map: Path | None) -> dict[str, Taakformulier]:
    """map: that of the configuration; without one of its own, those of the package.

    Raises: ValueError with the file and what is wrong in it.
    """
    eigen = map / MAP if map and (map / MAP).is_dir() else DATA / MAP
    return dict(_gelezen(eigen))


@lru_cache(maxsize=2)
def _gelezen(map: Path) -> tuple[tuple[str, Taakformulier], ...]:
    gevonden = []
    for pad in sorted(map.glob("*.yaml")):
        try:
            formulier = Taakformulier.model_validate(lees(pad))
        except ValidationError as exc:
            raise ValueError(f"{pad.name}: {exc}") from None
        if formulier.formulier != pad.stem:
            raise ValueError(f"{pad.name}: 'formulier' is niet de naam van het bestand")
        gevonden.append((formulier.formulier, formulier))
    return tuple(gevonden)


def kies(formulieren: Mapping[str, Taakformulier], naam: str) -> Taakformulier:
    """Raises: NotFound."""
    if naam not in formulieren:
        raise NotFound(f"taakformulier {naam}")
    return formulieren[naam]


def lees_in(formulier: Taakformulier, paren: Iterable[tuple[str, Any]], omgeving: Omgeving) -> Ingevuld:
    invoer = Invoer(paren)
    return Ingevuld(formulier, omgeving, {v.veld: v.lees(invoer, omgeving, {}) for v in formulier.velden})


def vragen(
    formulier: Taakformulier, omgeving: Omgeving, gegeven: Mapping[str, Any], ingevuld: Ingevuld | None = None
) -> tuple[Vraag, ...]:
    """The questions, with what was just typed, else with what the taak gave as far as that is a good answer."""
    return tuple(_vraag(veld, omgeving, gegeven, ingevuld) for veld in formulier.velden)


def _vraag(veld: Any, omgeving: Omgeving, gegeven: Mapping[str, Any], ingevuld: Ingevuld | None) -> Vraag:
    lezing = ingevuld.lezingen[veld.veld] if ingevuld else None
    ruw: Mapping[str, list[str]] = lezing.ruw if lezing else {}
    voorstel = gegeven.get(veld.veld)
    if lezing is None and voorstel is not None and veld.geldig(voorstel, omgeving, {}) is not None:
        ruw = veld.ruw_van(voorstel)
    opties = veld.keuzes(omgeving).items() if veld.type in ("keuze", "meerkeuze", "janee") else ()
    return Vraag(
        veld=veld,
        vraag=str(veld.vraag),
        hint=str(veld.hint) if veld.hint else "",
        is_kop=False,
        ruw=ruw,
        fouten=lezing.fouten if lezing else {},
        opties=tuple(
            Optie(
                waarde,
                optie.in_taal(taal()),
                optie.hint.in_taal(taal()) if optie.hint else "",
                veld.veld if nummer == 1 else f"{veld.veld}-{nummer}",
            )
            for nummer, (waarde, optie) in enumerate(opties, start=1)
        ),
    )


def _tweetalig(tekst: Tekst) -> Tweetalig:
    return Tweetalig(nl=tekst.nl, en=tekst.en)
