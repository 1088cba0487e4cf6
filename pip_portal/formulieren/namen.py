"""Names that conditions, sums and texts may use: what kind of value each is, and on which page it becomes known."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from pip_portal.formulieren import berekenen
from pip_portal.formulieren.definitie import Formulier
from pip_portal.formulieren.regels import REGELS
from pip_portal.formulieren.teksten import Deel, Tekst
from pip_portal.formulieren.voorwaarden import Soort

BRONNEN = ("brp", "kvk", "register", "profiel", "zaak", "belasting", "buurt")
# (page, place on it); a voorcheck comes before all pages, what is known at the start before that.
Positie = tuple[int, int]
BEGIN: Positie = (-2, 0)
EINDE: Positie = (10_000, 0)


class Brondefinitie(Deel):
    """A fact that a source gives. label: what it is called on screen; bron: the source, as the citizen knows it.

    kenmerken: of each thing in a list, what conditions may ask. niveau: minimum level of DigiD. doelbinding: why the
    gemeente may ask for it. mag_ontbreken: a form can be sent while this source is down; it then asks, or says so.
    """

    soort: Literal["tekst", "getal", "bedrag", "datum", "janee", "lijst"]
    label: Tekst
    bron: Tekst
    doelgroep: tuple[Literal["burger", "bedrijf"], ...]
    niveau: Literal["midden", "substantieel", "hoog"] = "midden"
    doelbinding: str
    kenmerken: dict[str, Literal["tekst", "getal", "datum", "janee"]] = {}  # noqa: RUF012  pydantic copies it
    mag_ontbreken: bool = False


@dataclass(frozen=True)
class Naam:
    """waarden: the only values it can have. veld: the question it is (part of). groep: of which it is an item's."""

    soort: Soort
    positie: Positie
    waarden: tuple[str, ...] | None = None
    veld: Any = None
    groep: str = ""


INLOG: dict[str, Naam] = {
    "inlog.soort": Naam("keuze", BEGIN, ("digid", "eherkenning", "anoniem")),
    "inlog.niveau": Naam("getal", BEGIN),
    "inlog.namens": Naam("tekst", BEGIN),
}


class Namen:
    """The names of one form."""

    def __init__(self, formulier: Formulier, bronnen: Mapping[str, Brondefinitie]) -> None:
        self.formulier = formulier
        self.bronnen = bronnen
        self._velden: dict[str, Naam] = {}
        for nummer, veld in enumerate(formulier.voorcheck.velden if formulier.voorcheck else ()):
            self._zet(veld, (-1, nummer))
        for pagina, stap in enumerate(formulier.stappen):
            for nummer, vraag in enumerate(stap.velden):
                self._zet(vraag, (pagina, nummer))
                for binnen, item in enumerate(getattr(vraag, "velden", ())):
                    self._zet(item, (pagina, binnen), vraag.veld)

    def _zet(self, veld: Any, positie: Positie, groep: str = "") -> None:
        waarden = getattr(veld, "vaste_waarden", None)
        self._velden[veld.veld] = Naam(veld.soort, positie, waarden, veld, groep)

    def zoek(self, naam: str) -> Naam | None:
        """What this name stands for; None when it stands for nothing."""
        hoofd, _, deel = naam.partition(".")
        if hoofd == "inlog":
            return INLOG.get(naam)
        if hoofd in BRONNEN:
            bron = self.bronnen.get(naam)
            return Naam(bron.soort, BEGIN) if bron else None
        if hoofd == "berekend":
            return self._berekend(deel, frozenset())
        basis = self._velden.get(hoofd)
        if basis is None or not deel:
            return basis
        binnen = self._velden.get(deel)
        if binnen is not None and binnen.groep == hoofd:
            return binnen  # medeverhuizers.persoon: the question `persoon` of each item
        soort = self._onderdelen(basis.veld).get(deel)
        return Naam(soort, basis.positie, None, basis.veld, basis.groep) if soort else None

    def _onderdelen(self, veld: Any) -> Mapping[str, Soort]:
        pad = getattr(veld, "opties_uit", "")
        if pad:
            return self.bronnen[pad].kenmerken if pad in self.bronnen else {}
        onderdelen: Mapping[str, Soort] = veld.onderdelen()
        return onderdelen

    def _berekend(self, naam: str, bezig: frozenset[str]) -> Naam | None:
        berekening = self.formulier.berekend.get(naam)
        if berekening is None or naam in bezig:
            return None
        posities = [BEGIN]
        for ander in berekenen.namen_van(berekening.waarde):
            gevonden = (
                self._berekend(ander.removeprefix("berekend."), bezig | {naam})
                if ander.startswith("berekend.")
                else self.zoek(ander)
            )
            if gevonden is not None:
                posities.append(gevonden.positie)
        waarden = uitkomsten(berekening.waarde) if berekening.type == "keuze" else None
        return Naam(berekening.type, max(posities), waarden)

    def alle(self) -> list[str]:
        """Every name there is, to find the one that was meant."""
        velden = [f"{naam}.{deel}" for naam, info in self._velden.items() for deel in self._onderdelen(info.veld)]
        berekend = [f"berekend.{naam}" for naam in self.formulier.berekend]
        return [*self._velden, *velden, *berekend, *self.bronnen, *INLOG]


def uitkomsten(expressie: Any) -> tuple[str, ...] | None:
    """All values that an expression of type keuze can have; None when that cannot be told."""
    match expressie:
        case str():
            return (expressie,)
        case berekenen.Tabel():
            delen = [uitkomsten(rij.uitkomst) for rij in expressie.tabel]
            return None if None in delen else tuple(dict.fromkeys(w for deel in delen if deel for w in deel))
        case berekenen.Regelgebruik():
            regel = REGELS.get(expressie.regel)
            return regel.keuzes or None if regel else None
    return None


def soort_van_waarde(waarde: Any) -> Soort:
    """Kind of a value that a source gave."""
    if isinstance(waarde, bool):
        return "janee"
    if isinstance(waarde, (int, Decimal)):
        return "getal"
    if isinstance(waarde, date):
        return "datum"
    return "lijst" if isinstance(waarde, (list, tuple)) else "tekst"
