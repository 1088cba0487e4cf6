"""The steps of a zaak: what happened, where it is now, what may follow."""

from datetime import UTC, date, datetime

import pytest

from pip_portal.backoffice.catalogi import Statustype
from pip_portal.backoffice.regels import Statusregel, Zaakdossier, Zaakregel
from pip_portal.burgerstatus import Burgerstatussen
from pip_portal.zaken.tijdlijn import Stap, tijdlijn
from tests.zaken.bouwen import ZAAKTYPE, status, statustype, zaak

ONTVANGEN = statustype(10, "Ontvangen")
MIST = statustype(20, "Wij missen nog iets")
BEHANDELING = statustype(30, "In behandeling")
ADVIES = statustype(40, "Wij vragen advies")
BESLUIT = statustype(50, "Besluit genomen")
GESTOPT = statustype(60, "Gestopt")
KLAAR = statustype(70, "Klaar", is_eindstatus=True)
ALLE = (ONTVANGEN, MIST, BEHANDELING, ADVIES, BESLUIT, GESTOPT, KLAAR)


def dossier(*gezet: tuple[Statustype, int], einddatum: date | None = None, **velden: object) -> Zaakdossier:
    """A zaak whose statuses were set on these days of November."""
    statussen = tuple(Statusregel(status(soort, dag), soort) for soort, dag in gezet)
    laatste = statussen[-1] if statussen else None
    regel = Zaakregel(
        "zaken",
        zaak(einddatum=einddatum),
        ZAAKTYPE,
        laatste.status if laatste else None,
        laatste.statustype if laatste else None,
    )
    velden = {"statustypen": ALLE, "statussen": statussen, **velden}
    return Zaakdossier(regel, **velden)  # type: ignore[arg-type]  # fields of Zaakdossier


def titels(stappen: tuple[Stap, ...]) -> list[tuple[str, str]]:
    return [(stap.toestand, stap.titel) for stap in stappen]


@pytest.mark.seed("P5")
def test_past_steps_have_their_date_and_coming_steps_have_none() -> None:
    stappen = tijdlijn(dossier((ONTVANGEN, 2), (BEHANDELING, 5)), Burgerstatussen())
    assert titels(stappen) == [
        ("klaar", "Ontvangen"),
        ("nu", "In behandeling"),
        ("straks", "Wij vragen advies"),
        ("straks", "Besluit genomen"),
        ("straks", "Klaar"),
    ]
    assert [stap.datum for stap in stappen[:2]] == [date(2026, 11, 2), date(2026, 11, 5)]
    assert all(stap.datum is None for stap in stappen[2:])


def test_a_skipped_step_is_not_shown_as_done() -> None:
    stappen = tijdlijn(dossier((ONTVANGEN, 2), (BESLUIT, 9)), Burgerstatussen())
    assert titels(stappen) == [("klaar", "Ontvangen"), ("nu", "Besluit genomen"), ("straks", "Klaar")]


def test_a_step_that_came_twice_stands_there_twice() -> None:
    stappen = tijdlijn(dossier((BEHANDELING, 2), (MIST, 4), (BEHANDELING, 9)), Burgerstatussen())
    assert titels(stappen)[:3] == [
        ("klaar", "In behandeling"),
        ("klaar", "Wij missen nog iets"),
        ("nu", "In behandeling"),
    ]


def test_several_ends_are_one_neutral_coming_step() -> None:
    titels_straks = [s.titel for s in tijdlijn(dossier((BESLUIT, 2)), Burgerstatussen()) if s.toestand == "straks"]
    assert titels_straks == ["Klaar"]


def test_what_only_happens_when_needed_is_not_announced() -> None:
    straks = [s.titel for s in tijdlijn(dossier((ONTVANGEN, 2)), Burgerstatussen()) if s.toestand == "straks"]
    assert "Wij missen nog iets" not in straks
    assert "Gestopt" not in straks


def test_a_zaak_without_status_has_been_received() -> None:
    stappen = tijdlijn(dossier(), Burgerstatussen())
    assert (stappen[0].toestand, stappen[0].titel, stappen[0].datum) == ("nu", "Ontvangen", date(2026, 11, 1))
    assert stappen[0].tekst == "Wij hebben uw aanvraag op 1 november 2026 ontvangen. Wij zijn begonnen."
    assert titels(stappen)[1:] == [
        ("straks", "In behandeling"),
        ("straks", "Wij vragen advies"),
        ("straks", "Besluit genomen"),
        ("straks", "Klaar"),
    ]


def test_a_missing_history_still_shows_the_current_step() -> None:
    bekend = dossier((BEHANDELING, 5))
    zonder = Zaakdossier(bekend.regel, statustypen=ALLE, statussen=(), storingen=("statussen",))
    assert titels(tijdlijn(zonder, Burgerstatussen()))[0] == ("nu", "In behandeling")


def test_a_status_of_an_unknown_type_promises_nothing() -> None:
    bekend = dossier((BEHANDELING, 5))
    regel = Zaakregel("zaken", bekend.zaak, ZAAKTYPE, bekend.status, None)
    stappen = tijdlijn(Zaakdossier(regel, statustypen=ALLE), Burgerstatussen())
    assert titels(stappen) == [("nu", "In behandeling")]


def test_a_closed_zaak_has_only_past_steps_and_ends_with_the_end() -> None:
    klaar = tijdlijn(dossier((ONTVANGEN, 2), (KLAAR, 9), einddatum=date(2026, 11, 9)), Burgerstatussen())
    assert titels(klaar) == [("klaar", "Ontvangen"), ("klaar", "Klaar")]
    zonder = tijdlijn(dossier((ONTVANGEN, 2), einddatum=date(2026, 11, 9)), Burgerstatussen())
    assert titels(zonder) == [("klaar", "Ontvangen"), ("klaar", "Klaar")]
    assert zonder[-1].datum == date(2026, 11, 9)


def test_a_withdrawn_zaak_ends_with_gestopt() -> None:
    stappen = tijdlijn(dossier((ONTVANGEN, 2), (GESTOPT, 9), einddatum=date(2026, 11, 9)), Burgerstatussen())
    assert titels(stappen) == [("klaar", "Ontvangen"), ("klaar", "Gestopt")]


def test_what_came_since_the_last_visit_is_new() -> None:
    stappen = tijdlijn(dossier((ONTVANGEN, 2), (BEHANDELING, 5)), Burgerstatussen(), datetime(2026, 11, 3, tzinfo=UTC))
    assert [stap.nieuw for stap in stappen[:2]] == [False, True]


def test_the_order_of_the_backoffice_does_not_matter() -> None:
    gewoon = dossier((ONTVANGEN, 2), (BEHANDELING, 5))
    omgekeerd = Zaakdossier(gewoon.regel, statustypen=ALLE, statussen=gewoon.statussen[::-1])
    assert titels(tijdlijn(omgekeerd, Burgerstatussen())) == titels(tijdlijn(gewoon, Burgerstatussen()))
