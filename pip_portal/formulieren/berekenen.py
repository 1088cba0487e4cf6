"""Computed values: sums and tables over answers, exact to the cent (forms §2.6).

When something that is needed is absent, the result is absent.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, model_validator

from pip_portal.formulieren.regels import REGELS
from pip_portal.formulieren.tarieven import Tariefregel, lees_cent
from pip_portal.formulieren.teksten import Deel
from pip_portal.formulieren.voorwaarden import (
    DAG,
    Kennis,
    Literaal,
    Soort,
    Verwijzing,
    Voorwaarde,
    dag_van,
    namen_in,
    waar,
)

AFRONDEN = {"omlaag": ROUND_FLOOR, "omhoog": ROUND_CEILING, "half": ROUND_HALF_UP}


class Tarief(Deel):
    """The amount, or the number, that this tariff has on the day of sending."""

    tarief: str


class TelOp(Deel):
    tel_op: tuple["Expressie", ...] = Field(min_length=1)


class TrekAf(Deel):
    trek_af: tuple["Expressie", ...] = Field(min_length=2, max_length=2)


class Keer(Deel):
    keer: tuple["Expressie", ...] = Field(min_length=2)


class Laagste(Deel):
    laagste: tuple["Expressie", ...] = Field(min_length=1)


class Hoogste(Deel):
    hoogste: tuple["Expressie", ...] = Field(min_length=1)


class Deling(Deel):
    """Rounded to a whole number, or to whole cents."""

    deel: tuple["Expressie", ...] = Field(min_length=2, max_length=2)
    afronden: Literal["omlaag", "omhoog", "half"]


class Aantal(Deel):
    """How many: items of a group, files, chosen options, things in the list of a source."""

    aantal: str


class SomVan(Deel):
    som_van: str
    per: "Expressie"


class Dagen(Deel):
    """Whole days from the first to the second."""

    dagen: tuple["Expressie", ...] = Field(min_length=2, max_length=2)


class Leeftijd(Deel):
    """Whole years from a date to `op`."""

    leeftijd: "Expressie"
    op: "Expressie" = "vandaag"


class Rij(Deel):
    als: Voorwaarde | None = None
    dan: "Expressie | None" = None
    anders: "Expressie | None" = None

    @model_validator(mode="after")
    def _vorm(self) -> "Rij":
        if (self.anders is not None) == (self.als is not None and self.dan is not None):
            raise ValueError("een rij is {als: …, dan: …}, en de laatste is {anders: …}")
        return self

    @property
    def uitkomst(self) -> Any:
        return self.anders if self.anders is not None else self.dan


class Tabel(Deel):
    """The first row that fits."""

    tabel: tuple[Rij, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _eindigt_met_anders(self) -> "Tabel":
        if self.tabel[-1].anders is None or any(rij.anders is not None for rij in self.tabel[:-1]):
            raise ValueError("een tabel eindigt met precies één {anders: …}")
        return self


class Regelgebruik(Deel):
    regel: str
    met: dict[str, "Expressie"]


_VORMEN: dict[str, type[Deel]] = {
    "veld": Verwijzing,
    "tarief": Tarief,
    "tel_op": TelOp,
    "trek_af": TrekAf,
    "keer": Keer,
    "laagste": Laagste,
    "hoogste": Hoogste,
    "deel": Deling,
    "aantal": Aantal,
    "som_van": SomVan,
    "dagen": Dagen,
    "leeftijd": Leeftijd,
    "tabel": Tabel,
    "regel": Regelgebruik,
}
_NAMEN = {model: naam for naam, model in _VORMEN.items()}


def _vorm(data: Any) -> str:
    if isinstance(data, dict):
        return next((naam for naam in _VORMEN if naam in data), "veld")
    return _NAMEN.get(type(data), "literaal")


Expressie = Annotated[
    Annotated[Verwijzing, Tag("veld")]
    | Annotated[Tarief, Tag("tarief")]
    | Annotated[TelOp, Tag("tel_op")]
    | Annotated[TrekAf, Tag("trek_af")]
    | Annotated[Keer, Tag("keer")]
    | Annotated[Laagste, Tag("laagste")]
    | Annotated[Hoogste, Tag("hoogste")]
    | Annotated[Deling, Tag("deel")]
    | Annotated[Aantal, Tag("aantal")]
    | Annotated[SomVan, Tag("som_van")]
    | Annotated[Dagen, Tag("dagen")]
    | Annotated[Leeftijd, Tag("leeftijd")]
    | Annotated[Tabel, Tag("tabel")]
    | Annotated[Regelgebruik, Tag("regel")]
    | Annotated[Literaal, Tag("literaal")],
    Discriminator(_vorm),
]
for _model in (TelOp, TrekAf, Keer, Laagste, Hoogste, Deling, SomVan, Dagen, Leeftijd, Rij, Tabel, Regelgebruik):
    _model.model_rebuild()


class Berekening(Deel):
    type: Literal["getal", "bedrag", "datum", "keuze", "tekst", "janee"]
    waarde: Expressie


@dataclass(frozen=True)
class Post:
    """A line of a sum. tarief: the tariff and its line, when it is one."""

    cent: int
    tarief: str = ""
    regel: Tariefregel | None = None


def is_bedragtekst(waarde: Any) -> bool:
    return isinstance(waarde, str) and len(waarde) > 3 and waarde[-3] == "." and waarde.replace(".", "").isdigit()


def soort_literaal(waarde: Any) -> Soort:
    if isinstance(waarde, bool):
        return "janee"
    if isinstance(waarde, (int, Decimal)):
        return "getal"
    if DAG.fullmatch(waarde):
        return "datum"
    return "bedrag" if is_bedragtekst(waarde) else "keuze"


def reken(expressie: Any, kennis: Kennis, tarief: Any) -> Any | None:
    """The value of the expression; amounts as Decimal cents. None when something is absent.

    tarief: function from name to the Tariefregel of the day.
    """

    def alle(delen: tuple[Any, ...]) -> list[Any] | None:
        waarden = [reken(deel, kennis, tarief) for deel in delen]
        return None if any(waarde is None for waarde in waarden) else waarden

    match expressie:
        case Verwijzing():
            waarde = kennis.waarde(expressie.veld)
            telt = isinstance(waarde, int) and not isinstance(waarde, bool)
            return Decimal(waarde) if telt else waarde  # type: ignore[arg-type]  # telt
        case Tarief():
            regel = tarief(expressie.tarief)
            return None if regel is None else Decimal(regel.waarde)
        case TelOp():
            delen = alle(expressie.tel_op)
            return None if delen is None else sum(delen, Decimal(0))
        case TrekAf():
            delen = alle(expressie.trek_af)
            return None if delen is None else delen[0] - delen[1]
        case Keer():
            delen = alle(expressie.keer)
            if delen is None:
                return None
            product = Decimal(1)
            for deel in delen:
                product *= deel
            return product
        case Laagste():
            delen = alle(expressie.laagste)
            return None if delen is None else min(delen)
        case Hoogste():
            delen = alle(expressie.hoogste)
            return None if delen is None else max(delen)
        case Deling():
            delen = alle(expressie.deel)
            if delen is None or delen[1] == 0:
                return None
            return (delen[0] / delen[1]).quantize(Decimal(1), AFRONDEN[expressie.afronden])
        case Aantal():
            waarde = kennis.waarde(expressie.aantal)
            return None if waarde is None else Decimal(len(waarde))
        case SomVan():
            if kennis.waarde(expressie.som_van) is None:
                return Decimal(0)  # a group that is not shown, or has no items, adds nothing
            delen = [reken(expressie.per, item, tarief) for item in kennis.items(expressie.som_van)]
            return None if any(deel is None for deel in delen) else sum(delen, Decimal(0))
        case Dagen():
            delen = alle(expressie.dagen)
            return None if delen is None else Decimal((delen[1] - delen[0]).days)
        case Leeftijd():
            delen = alle((expressie.leeftijd, expressie.op))
            return None if delen is None else Decimal(jaren_tussen(*delen))
        case Tabel():
            past = next(r for r in expressie.tabel if r.anders is not None or waar(r.als, kennis))
            return reken(past.uitkomst, kennis, tarief)
        case Regelgebruik():
            regel_ = REGELS[expressie.regel]
            waarden = {naam: reken(deel, kennis, tarief) for naam, deel in expressie.met.items()}
            if any(waarde is None for waarde in waarden.values()):
                return None
            uitkomst = regel_.functie(**{n: int(w) if isinstance(w, Decimal) else w for n, w in waarden.items()})
            return Decimal(uitkomst) if regel_.geeft in ("bedrag", "getal") else uitkomst
    soort = soort_literaal(expressie)
    if soort == "datum":
        return dag_van(expressie, kennis.vandaag)
    if soort == "bedrag":
        return Decimal(str(lees_cent(expressie)))
    return Decimal(expressie) if soort == "getal" else expressie


def bereken(berekening: Berekening, kennis: Kennis, tarief: Any) -> Any | None:
    """The computed value in the type that the definition promises: whole cents, int or Decimal, date, text, bool.

    Never raises for a definition that was loaded: what a source gives in another type makes it absent.
    """
    try:
        waarde = reken(berekening.waarde, kennis, tarief)
        if waarde is None:
            return None
        if berekening.type == "bedrag":
            return int(waarde.quantize(Decimal(1), ROUND_HALF_UP))
        if berekening.type == "getal":
            return int(waarde) if waarde == waarde.to_integral_value() else waarde
    except (TypeError, AttributeError, ArithmeticError, ValueError, KeyError):
        return None
    return waarde


def posten(berekening: Berekening, kennis: Kennis, tarief: Any, berekend: Mapping[str, Berekening]) -> tuple[Post, ...]:
    """The lines of an amount: each part of a sum, or the amount itself. Parts that are nothing are left out."""
    gevonden = []
    for deel in _delen(berekening.waarde, kennis, berekend):
        cent = bereken(Berekening(type="bedrag", waarde=deel), kennis, tarief)
        if cent:
            namen = _tarieven(deel, kennis, tarief, berekend)
            naam = namen.pop() if len(namen) == 1 else ""
            gevonden.append(Post(cent, naam, tarief(naam) if naam else None))
    return tuple(gevonden)


def _delen(expressie: Any, kennis: Kennis, berekend: Mapping[str, Berekening]) -> Iterator[Any]:
    """The parts of a sum, also of one behind a table or another computed value."""
    expressie = _gekozen(expressie, kennis, berekend)
    if isinstance(expressie, TelOp):
        for deel in expressie.tel_op:
            yield from _delen(deel, kennis, berekend)
    else:
        yield expressie


def _gekozen(expressie: Any, kennis: Kennis, berekend: Mapping[str, Berekening]) -> Any:
    """What a table or a computed value comes down to now."""
    while True:
        if isinstance(expressie, Tabel):
            expressie = next(r for r in expressie.tabel if r.anders is not None or waar(r.als, kennis)).uitkomst
        elif isinstance(expressie, Verwijzing) and expressie.veld.removeprefix("berekend.") in berekend:
            expressie = berekend[expressie.veld.removeprefix("berekend.")].waarde
        else:
            return expressie


def _tarieven(expressie: Any, kennis: Kennis, tarief: Any, berekend: Mapping[str, Berekening]) -> set[str]:
    """The tariffs that this part comes from; of the lowest or highest only those of the one that it is."""
    expressie = _gekozen(expressie, kennis, berekend)
    if isinstance(expressie, Tarief):
        return {expressie.tarief}
    delen = [deel for _, deel in onderdelen(expressie)]
    if isinstance(expressie, (Laagste, Hoogste)):
        uitkomst = reken(expressie, kennis, tarief)
        delen = [next(deel for deel in delen if reken(deel, kennis, tarief) == uitkomst)]
    return {naam for deel in delen for naam in _tarieven(deel, kennis, tarief, berekend)}


def jaren_tussen(van: date, tot: date) -> int:
    return tot.year - van.year - ((tot.month, tot.day) < (van.month, van.day))


def onderdelen(expressie: Any) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Its direct parts that are expressions too, each with the path to it."""
    for naam in ("tel_op", "trek_af", "keer", "laagste", "hoogste", "deel", "dagen"):
        for nummer, deel in enumerate(getattr(expressie, naam, ()) if isinstance(expressie, Deel) else ()):
            yield (naam, nummer), deel
    match expressie:
        case SomVan():
            yield ("per",), expressie.per
        case Leeftijd():
            yield ("leeftijd",), expressie.leeftijd
            yield ("op",), expressie.op
        case Tabel():
            for nummer, rij in enumerate(expressie.tabel):
                yield ("tabel", nummer, "dan" if rij.anders is None else "anders"), rij.uitkomst
        case Regelgebruik():
            for naam, deel in expressie.met.items():
                yield ("met", naam), deel


def delen_van(expressie: Any) -> Iterator[Any]:
    """The expression and everything in it."""
    yield expressie
    for _, deel in onderdelen(expressie):
        yield from delen_van(deel)


def namen_van(expressie: Any) -> frozenset[str]:
    """Every answer, source and computed value that the expression looks at."""
    namen: set[str] = set()
    for deel in delen_van(expressie):
        match deel:
            case Verwijzing():
                namen.add(deel.veld)
            case Aantal():
                namen.add(deel.aantal)
            case SomVan():
                namen.add(deel.som_van)
            case Tabel():
                for rij in deel.tabel:
                    namen |= namen_in(rij.als)
    return frozenset(namen)
