"""The arithmetic of legal terms. Source of the cases: domain §4.3."""

from datetime import date

import pytest

from pip_portal.termijnen import duur_in_woorden, eerste_paasdag, einde_termijn, feestdagen


@pytest.mark.parametrize(
    ("gebeurtenis", "duur", "laatste_dag"),
    [
        (date(2026, 2, 27), "P8W", date(2026, 4, 24)),
        (date(2026, 11, 6), "P56D", date(2027, 1, 4)),  # ends on New Year's Day, a Friday
        (date(2026, 11, 20), "P3D", date(2026, 11, 24)),  # only one ordinary day in three
        (date(2026, 3, 24), "P6W", date(2026, 5, 6)),  # ends on Bevrijdingsdag
        (date(2026, 10, 3), "P84D", date(2026, 12, 28)),  # 26 December, a Saturday: moved
        (date(2026, 9, 25), "P91D", date(2026, 12, 25)),  # longer than twelve weeks: stays
        (date(2026, 6, 27), "P182D", date(2026, 12, 26)),
        (date(2026, 1, 31), "P1M", date(2026, 3, 2)),  # 28 February is a Saturday
        (date(2026, 8, 31), "P6M", date(2027, 2, 28)),  # more than three months: stays, on the last day
        (date(2025, 12, 25), "P1Y", date(2026, 12, 25)),
    ],
)
def test_a_term_of_law_ends_on_an_ordinary_day(gebeurtenis: date, duur: str, laatste_dag: date) -> None:
    assert einde_termijn(gebeurtenis, duur) == laatste_dag


@pytest.mark.parametrize(
    ("jaar", "pasen"),
    [(2019, (4, 21)), (2024, (3, 31)), (2025, (4, 20)), (2026, (4, 5)), (2038, (4, 25)), (2049, (4, 18))],
)
def test_easter(jaar: int, pasen: tuple[int, int]) -> None:
    assert eerste_paasdag(jaar) == date(jaar, *pasen)


def test_the_holidays_of_2026() -> None:
    assert sorted(feestdagen(2026)) == [
        date(2026, 1, 1),
        date(2026, 4, 3),
        date(2026, 4, 6),
        date(2026, 4, 27),
        date(2026, 5, 5),
        date(2026, 5, 14),
        date(2026, 5, 25),
        date(2026, 12, 25),
        date(2026, 12, 26),
    ]


def test_koningsdag_is_a_day_earlier_when_it_is_a_sunday() -> None:
    assert date(2025, 4, 26) in feestdagen(2025)
    assert date(2025, 4, 27) not in feestdagen(2025)


@pytest.mark.parametrize("onzin", ["", "P", "zes weken", "P-1D", "PT6H"])
def test_what_is_no_duration_is_refused(onzin: str) -> None:
    with pytest.raises(ValueError, match="duur"):
        einde_termijn(date(2026, 1, 1), onzin)


@pytest.mark.parametrize(
    ("duur", "woorden"),
    [("P42D", "42 dagen"), ("P6W", "6 weken"), ("P1M", "1 maand"), ("P1Y1D", "1 jaar 1 dag"), ("straks", "straks")],
)
def test_a_duration_is_said_as_it_was_given(duur: str, woorden: str) -> None:
    assert duur_in_woorden(duur) == woorden
