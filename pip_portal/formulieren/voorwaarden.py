"""Conditions: a tree of comparisons that only says whether something is shown (forms §2.5).

A comparison with an answer that is not there is false; a hidden question has no answer.
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal, Protocol

from pydantic import Discriminator, Field, Tag, model_validator

from pip_portal.formulieren.tarieven import lees_cent
from pip_portal.formulieren.teksten import Deel
from pip_portal.termijnen import tel_maanden

Soort = Literal[
    "tekst", "getal", "bedrag", "datum", "tijd", "keuze", "meerkeuze", "janee", "lijst", "samengesteld", "niets"
]
MAX_DIEPTE, MAX_KNOPEN = 6, 100
VERGELIJK = ("is", "is_niet", "in")
ORDEN = ("groter_dan", "minstens", "kleiner_dan", "hoogstens")
TEL = ("aantal_minstens", "aantal_hoogstens")
OPERATOREN = (*VERGELIJK, *ORDEN, "bevat", *TEL, "ingevuld")
# What may be asked of which kind of answer.
MAG: dict[str, tuple[Soort, ...]] = {
    **dict.fromkeys(VERGELIJK, ("tekst", "getal", "bedrag", "datum", "tijd", "keuze", "janee")),
    **dict.fromkeys(ORDEN, ("getal", "bedrag", "datum", "tijd")),
    "bevat": ("meerkeuze",),
    **dict.fromkeys(TEL, ("lijst", "meerkeuze")),
}
DAG = re.compile(r"vandaag(?:([+-])(\d{1,4})([dwmj]))?|\d{4}-\d{2}-\d{2}")


def dag_van(tekst: str, vandaag: date) -> date:
    """The day that is meant by 2026-01-31, vandaag, vandaag-5d, vandaag+2w, vandaag+3m or vandaag+1j.

    Raises: ValueError when it is no day.
    """
    gevonden = DAG.fullmatch(tekst)
    if gevonden is None:
        raise ValueError(
            "schrijf een datum als 2026-01-31 of als vandaag, vandaag-5d, vandaag+2w, vandaag+3m, vandaag+1j"
        )
    teken, aantal, eenheid = gevonden.groups()
    if not tekst.startswith("vandaag"):
        return date.fromisoformat(tekst)
    stap = int(aantal or 0) * (-1 if teken == "-" else 1)
    if eenheid in ("m", "j"):
        return tel_maanden(vandaag, stap * (12 if eenheid == "j" else 1))
    return vandaag + timedelta(days=stap * (7 if eenheid == "w" else 1))


class Verwijzing(Deel):
    """The answer to another question, a fact of a source, or a computed value."""

    veld: str


Literaal = bool | int | Decimal | str
Operand = Verwijzing | Literaal


class Vergelijking(Deel):
    veld: str
    is_: Operand | None = Field(None, alias="is")
    is_niet: Operand | None = None
    in_: tuple[Operand, ...] | None = Field(None, alias="in", min_length=1)
    groter_dan: Operand | None = None
    minstens: Operand | None = None
    kleiner_dan: Operand | None = None
    hoogstens: Operand | None = None
    bevat: str | None = None
    aantal_minstens: int | None = Field(None, ge=0)
    aantal_hoogstens: int | None = Field(None, ge=0)
    ingevuld: bool | None = None

    @model_validator(mode="after")
    def _een_operator(self) -> "Vergelijking":
        if len(self._gezet()) != 1:
            raise ValueError(f"precies één vergelijking hoort hier: {', '.join(OPERATOREN)}")
        return self

    def _gezet(self) -> list[tuple[str, Any]]:
        namen = {"is": "is_", "in": "in_"}
        paren = [(op, getattr(self, namen.get(op, op))) for op in OPERATOREN]
        return [(op, waarde) for op, waarde in paren if waarde is not None]

    @property
    def operator(self) -> str:
        return self._gezet()[0][0]

    @property
    def operand(self) -> Any:
        return self._gezet()[0][1]


class Alle(Deel):
    alle: tuple["Voorwaarde", ...] = Field(min_length=1)


class EenVan(Deel):
    een_van: tuple["Voorwaarde", ...] = Field(min_length=1)


class Niet(Deel):
    niet: "Voorwaarde"


class OverGroep(Deel):
    """About the items of a group, where the names of an item come first."""

    groep: str
    minstens_een: "Voorwaarde | None" = None
    elk: "Voorwaarde | None" = None

    @model_validator(mode="after")
    def _een_vraag(self) -> "OverGroep":
        if (self.minstens_een is None) == (self.elk is None):
            raise ValueError("precies één van minstens_een en elk hoort hier")
        return self

    @property
    def binnen(self) -> "Voorwaarde":
        gekozen = self.minstens_een if self.minstens_een is not None else self.elk
        assert gekozen is not None  # noqa: S101  the validator above
        return gekozen


def _vorm(data: Any) -> str:
    if isinstance(data, dict):
        return next((vorm for vorm in ("alle", "een_van", "niet", "groep") if vorm in data), "vergelijking")
    vormen: dict[type, str] = {Alle: "alle", EenVan: "een_van", Niet: "niet", OverGroep: "groep"}
    return vormen.get(type(data), "vergelijking")


Voorwaarde = Annotated[
    Annotated[Vergelijking, Tag("vergelijking")]
    | Annotated[Alle, Tag("alle")]
    | Annotated[EenVan, Tag("een_van")]
    | Annotated[Niet, Tag("niet")]
    | Annotated[OverGroep, Tag("groep")],
    Discriminator(_vorm),
]
for _model in (Alle, EenVan, Niet, OverGroep):
    _model.model_rebuild()


class Kennis(Protocol):
    """Where conditions and computed values find what they name."""

    @property
    def vandaag(self) -> date: ...

    def waarde(self, naam: str) -> Any | None:
        """Typed value of an answer, source or computed value; None when there is none."""

    def soort(self, naam: str) -> Soort: ...

    def items(self, groep: str) -> "list[Kennis]":
        """The visible items of a group, each knowing its own answers first."""


def waar(voorwaarde: Any, kennis: Kennis) -> bool:
    """Whether the condition holds. Never raises for a definition that was loaded."""
    if isinstance(voorwaarde, Alle):
        return all(waar(deel, kennis) for deel in voorwaarde.alle)
    if isinstance(voorwaarde, EenVan):
        return any(waar(deel, kennis) for deel in voorwaarde.een_van)
    if isinstance(voorwaarde, Niet):
        return not waar(voorwaarde.niet, kennis)
    if isinstance(voorwaarde, OverGroep):
        items = kennis.items(voorwaarde.groep)
        if voorwaarde.minstens_een is not None:
            return any(waar(voorwaarde.minstens_een, item) for item in items)
        return bool(items) and all(waar(voorwaarde.elk, item) for item in items)
    assert isinstance(voorwaarde, Vergelijking)  # noqa: S101  the last form there is
    return _vergelijk(voorwaarde, kennis)


def _vergelijk(voorwaarde: Vergelijking, kennis: Kennis) -> bool:
    waarde = kennis.waarde(voorwaarde.veld)
    operator, operand = voorwaarde.operator, voorwaarde.operand
    if operator == "ingevuld":
        return is_ingevuld(waarde) is operand
    if waarde is None or (waarde == () and operator not in TEL):
        return False
    soort = kennis.soort(voorwaarde.veld)
    if operator == "bevat":
        return bool(operand in waarde)
    if operator in TEL:
        return bool(len(waarde) >= operand if operator == "aantal_minstens" else len(waarde) <= operand)
    # A fact of each chosen option of a meerkeuze: one that fits is enough.
    waarden = waarde if isinstance(waarde, tuple) else (waarde,)
    if operator == "in":
        zoek = [getypeerd(deel, soort, kennis) for deel in operand]
        return any(deel in zoek for deel in waarden)
    met = getypeerd(operand, soort, kennis)
    return met is not None and any(_past(operator, deel, met) for deel in waarden)


def _past(operator: str, links: Any, rechts: Any) -> bool:
    try:
        uitkomst = {
            "is": lambda: links == rechts,
            "is_niet": lambda: links != rechts,
            "groter_dan": lambda: links > rechts,
            "minstens": lambda: links >= rechts,
            "kleiner_dan": lambda: links < rechts,
            "hoogstens": lambda: links <= rechts,
        }[operator]()
        return bool(uitkomst)
    except TypeError:  # a source that gives another type than it promised
        return False


def is_ingevuld(waarde: Any) -> bool:
    return waarde is not None and waarde != () and waarde != []


def getypeerd(operand: Any, soort: Soort, kennis: Kennis) -> Any | None:
    """What the operand stands for, as a value of this kind."""
    if isinstance(operand, Verwijzing):
        return kennis.waarde(operand.veld)
    try:
        return literaal(operand, soort, kennis.vandaag)
    except (ValueError, ArithmeticError):  # a source that gives another type than it promised
        return None


def literaal(operand: Any, soort: Soort, vandaag: date) -> Any:
    """Raises: ValueError when this cannot be a value of this kind."""
    if soort == "janee":
        if not isinstance(operand, bool):
            raise ValueError("vergelijk een ja/nee-vraag met true of false")
        return operand
    if isinstance(operand, bool):
        raise ValueError("true en false horen alleen bij een ja/nee-vraag")
    if soort == "datum":
        return dag_van(str(operand), vandaag)
    if soort == "bedrag":
        return lees_cent(operand)
    if soort == "getal":
        if isinstance(operand, str) and not re.fullmatch(r"-?\d+(\.\d+)?", operand):
            raise ValueError("vergelijk een getal met een getal")
        return Decimal(operand)
    if soort == "tijd" and not re.fullmatch(r"([01]\d|2[0-4]):[0-5]\d", str(operand)):
        raise ValueError('schrijf een tijd als "14:30"')
    return str(operand)


def vergelijkingen(voorwaarde: Any) -> Iterator[tuple[Vergelijking, str | None]]:
    """Every comparison in the tree, with the group it is about."""
    if isinstance(voorwaarde, Vergelijking):
        yield voorwaarde, None
    elif isinstance(voorwaarde, OverGroep):
        for vergelijking, _ in vergelijkingen(voorwaarde.binnen):
            yield vergelijking, voorwaarde.groep
    else:
        for deel in _delen(voorwaarde):
            yield from vergelijkingen(deel)


def _delen(voorwaarde: Any) -> tuple[Any, ...]:
    if isinstance(voorwaarde, Alle):
        return voorwaarde.alle
    if isinstance(voorwaarde, EenVan):
        return voorwaarde.een_van
    if isinstance(voorwaarde, Niet):
        return (voorwaarde.niet,)
    if isinstance(voorwaarde, OverGroep):
        return (voorwaarde.binnen,)
    return ()


def omvang(voorwaarde: Any) -> tuple[int, int]:
    """Depth and number of nodes."""
    delen = [omvang(deel) for deel in _delen(voorwaarde)]
    return 1 + max((diep for diep, _ in delen), default=0), 1 + sum(knopen for _, knopen in delen)


def namen_in(voorwaarde: Any) -> frozenset[str]:
    """Every name the condition looks at, groups too."""
    if voorwaarde is None:
        return frozenset()
    gevonden = set()
    for vergelijking, groep in vergelijkingen(voorwaarde):
        gevonden |= {vergelijking.veld} | ({groep} if groep else set())
        operand = vergelijking.operand
        for deel in operand if isinstance(operand, tuple) else (operand,):
            if isinstance(deel, Verwijzing):
                gevonden.add(deel.veld)
    return frozenset(gevonden)
