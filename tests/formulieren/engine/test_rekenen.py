"""Conditions, computed values and the rules of law behind them."""

from datetime import date
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from pip_portal.formulieren import regels
from pip_portal.formulieren.berekenen import Berekening, bereken, jaren_tussen
from pip_portal.formulieren.namen import soort_van_waarde
from pip_portal.formulieren.tarieven import Tariefregel
from pip_portal.formulieren.voorwaarden import Kennis, Soort, Voorwaarde, dag_van, omvang, waar

VANDAAG = date(2026, 11, 24)
SOORTEN: dict[str, Soort] = {"soort": "keuze", "tijd": "tijd", "prijs": "bedrag"}
BOOM: TypeAdapter[Any] = TypeAdapter(Voorwaarde)


class Weet:
    """What a test says is known."""

    def __init__(self, **waarden: Any) -> None:
        self.waarden = waarden
        self.vandaag = VANDAAG

    def waarde(self, naam: str) -> Any:
        return self.waarden.get(naam)

    def soort(self, naam: str) -> Soort:
        return SOORTEN.get(naam) or soort_van_waarde(self.waarden.get(naam))

    def items(self, groep: str) -> list[Kennis]:
        return [Weet(**{**self.waarden, **item}) for item in self.waarden.get(groep) or ()]


@pytest.mark.parametrize(
    ("boom", "uitkomst"),
    [
        ({"veld": "soort", "is": "huur"}, True),
        ({"veld": "soort", "is_niet": "koop"}, True),
        ({"veld": "soort", "in": ("koop", "huur")}, True),
        ({"veld": "weg", "is_niet": "koop"}, False),  # no answer: every comparison is false
        ({"veld": "weg", "ingevuld": False}, True),
        ({"veld": "aantal", "groter_dan": 4}, True),
        ({"veld": "aantal", "minstens": 5}, True),
        ({"veld": "aantal", "kleiner_dan": 5}, False),
        ({"veld": "aantal", "hoogstens": {"veld": "meer"}}, True),
        ({"veld": "prijs", "minstens": "12.50"}, True),
        ({"veld": "prijs", "groter_dan": 12}, True),  # whole euros
        ({"veld": "dag", "kleiner_dan": "vandaag"}, True),
        ({"veld": "dag", "minstens": "vandaag-5d"}, True),
        ({"veld": "dag", "is": "2026-11-20"}, True),
        ({"veld": "tijd", "groter_dan": "14:00"}, True),
        ({"veld": "lijst", "bevat": "b"}, True),
        ({"veld": "lijst", "aantal_minstens": 3}, False),
        ({"veld": "lijst", "aantal_hoogstens": 2}, True),
        ({"alle": ({"veld": "soort", "is": "huur"}, {"veld": "aantal", "is": 4})}, False),
        ({"een_van": ({"veld": "soort", "is": "koop"}, {"veld": "aantal", "is": 5})}, True),
        ({"niet": {"veld": "soort", "is": "koop"}}, True),
        ({"groep": "items", "minstens_een": {"veld": "groot", "is": True}}, True),
        ({"groep": "items", "elk": {"veld": "groot", "is": True}}, False),
        ({"groep": "weg", "elk": {"veld": "groot", "is": True}}, False),
        ({"veld": "kenmerken", "is": True}, True),  # of one of the chosen options
    ],
)
def test_conditions(boom: Any, uitkomst: bool) -> None:
    weet = Weet(
        soort="huur", aantal=5, meer=6, dag=date(2026, 11, 20), tijd="14:30", lijst=("a", "b"), prijs=1250,
        items=({"groot": True}, {"groot": False}), kenmerken=(False, True),
    )  # fmt: skip
    if boom.get("veld") == "kenmerken":
        weet.soort = lambda naam: "janee"  # type: ignore[method-assign]
    assert waar(BOOM.validate_python(boom), weet) is uitkomst


def test_a_condition_has_one_comparison() -> None:
    for fout in ({"veld": "a"}, {"veld": "a", "is": "b", "in": ("c",)}, {"groep": "g"}):
        with pytest.raises(ValidationError):
            BOOM.validate_python(fout)
    assert omvang(BOOM.validate_python({"niet": {"alle": ({"veld": "a", "is": "b"}, {"veld": "a", "is": "c"})}})) == (
        3,
        4,
    )


@pytest.mark.parametrize(
    ("tekst", "dag"),
    [
        ("vandaag", VANDAAG),
        ("vandaag-5d", date(2026, 11, 19)),
        ("vandaag+2w", date(2026, 12, 8)),
        ("vandaag+3m", date(2027, 2, 24)),
        ("vandaag-1j", date(2025, 11, 24)),
        ("2026-01-31", date(2026, 1, 31)),
    ],
)
def test_days_relative_to_today(tekst: str, dag: date) -> None:
    assert dag_van(tekst, VANDAAG) == dag


TARIEF = {"klein": Tariefregel(vanaf=date(2026, 1, 1), bedrag="11.30", grondslag="x")}


@pytest.mark.parametrize(
    ("soort", "waarde", "uitkomst"),
    [
        ("bedrag", {"tarief": "klein"}, 1130),
        ("bedrag", {"tarief": "weg"}, None),
        ("bedrag", "12.50", 1250),
        ("getal", 7, 7),
        ("getal", {"tel_op": ({"veld": "a"}, 3)}, 8),
        ("getal", {"trek_af": (3, {"veld": "a"})}, -2),
        ("bedrag", {"keer": ({"tarief": "klein"}, {"veld": "a"})}, 5650),
        ("bedrag", {"laagste": ({"tarief": "klein"}, "5.00")}, 500),
        ("bedrag", {"hoogste": ({"tarief": "klein"}, "5.00")}, 1130),
        ("getal", {"deel": (7, 2), "afronden": "omlaag"}, 3),
        ("getal", {"deel": (7, 2), "afronden": "omhoog"}, 4),
        ("getal", {"deel": (7, 2), "afronden": "half"}, 4),
        ("getal", {"deel": (7, {"veld": "nul"}), "afronden": "half"}, None),
        ("getal", {"tel_op": ({"veld": "weg"}, 3)}, None),
        ("getal", {"aantal": "items"}, 2),
        ("getal", {"som_van": "items", "per": {"keer": ({"veld": "n"}, {"veld": "m"})}}, 26),
        ("getal", {"som_van": "weg", "per": {"veld": "n"}}, 0),
        ("getal", {"dagen": ("vandaag", {"veld": "dag"})}, 10),
        ("getal", {"leeftijd": {"veld": "geboren"}}, 17),
        ("keuze", {"tabel": ({"als": {"veld": "a", "groter_dan": 9}, "dan": "C"}, {"anders": "A"})}, "A"),
        ("keuze", {"regel": "parkeergebied", "met": {"postcode": {"veld": "postcode"}}}, "binnenstad"),
        ("bedrag", {"regel": "naar_rato", "met": {"bedrag": {"tarief": "klein"}, "ingang": {"veld": "dag"}}}, 94),
    ],
)
def test_computed_values(soort: str, waarde: Any, uitkomst: Any) -> None:
    weet = Weet(
        a=5, nul=0, items=({"n": 2, "m": 3}, {"n": 4, "m": 5}), dag=date(2026, 12, 4), geboren=date(2008, 11, 25),
        postcode="7411 KT",
    )  # fmt: skip
    berekening = Berekening.model_validate({"type": soort, "waarde": waarde})
    assert bereken(berekening, weet, TARIEF.get) == uitkomst


def test_the_first_and_the_last_month_of_a_permit_year() -> None:
    assert regels.naar_rato(15120, date(2026, 1, 31)) == 15120
    assert regels.naar_rato(15120, date(2026, 7, 1)) == 7560
    assert regels.naar_rato(15120, date(2026, 12, 31)) == 1260
    assert regels.naar_rato(10001, date(2026, 12, 1)) == 833  # half a cent goes up, less goes down


@pytest.mark.parametrize(("postcode", "gebied"), [("7411KT", "binnenstad"), ("7415 AB", "schil"), ("7421AA", "geen")])
def test_the_parking_area_of_a_postcode(postcode: str, gebied: str) -> None:
    assert regels.parkeergebied(postcode) == gebied


def test_terms_of_law() -> None:
    assert regels.bezwaartermijn(date(2026, 11, 24)) == date(2027, 1, 5)
    assert regels.beslistermijn(date(2026, 11, 24), "P56D") == date(2027, 1, 19)
    assert regels.geboortetermijn(date(2026, 11, 23)) == date(2026, 11, 26)  # Monday: Thursday
    assert regels.geboortetermijn(date(2026, 11, 20)) == date(2026, 11, 24)  # Friday: Tuesday
    assert regels.geboortetermijn(date(2026, 11, 21)) == date(2026, 11, 24)  # Saturday: Tuesday


def test_an_age_turns_on_the_birthday() -> None:
    assert jaren_tussen(date(2008, 11, 24), VANDAAG) == 18
    assert jaren_tussen(date(2008, 11, 25), VANDAAG) == 17
