"""What a status tells the citizen."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from pip_portal.burgerstatus import Burgerstatussen, reactiedatum
from pip_portal.zaken.resultaten import resultaatzin
from tests.zaken.bouwen import afgesloten, regel, statustype

BURGERSTATUS = Burgerstatussen()


def test_the_dates_of_the_zaak_stand_in_the_text() -> None:
    status = BURGERSTATUS(regel(statustype(2, "in behandeling"), uiterlijke_einddatum_afdoening=date(2026, 12, 29)))
    assert (status.label, status.wie) == ("In behandeling", "wij")
    assert status.tekst == "Wij beoordelen uw aanvraag. U krijgt uiterlijk 29 december 2026 ons besluit."


def test_no_date_is_promised_while_the_clock_stands_still() -> None:
    status = BURGERSTATUS(
        regel(
            statustype(2, "In behandeling"),
            uiterlijke_einddatum_afdoening=date(2026, 12, 29),
            opschorting={"indicatie": True, "reden": "advies"},
        )
    )
    assert "29 december" not in status.tekst


@pytest.mark.seed("P5")
def test_the_citizen_must_act_before_the_date_that_the_behandelaar_wrote() -> None:
    toelichting = "Wij missen het huurcontract. Stuur dit vóór 8 december 2026."
    status = BURGERSTATUS(regel(statustype(2, "Wij missen nog iets"), toelichting))
    assert status.wie == "u"
    assert status.doen == "Stuur ons de informatie die wij missen."
    assert status.uiterlijk == date(2026, 12, 7)
    assert status.toelichting == toelichting


def test_of_an_unknown_status_nobody_is_said_to_act() -> None:
    status = BURGERSTATUS(regel(statustype(2, "Loting", statustekst="Meer mensen willen deze plek.")))
    assert (status.code, status.label, status.wie, status.doen) == (None, "Loopt", "", "")
    assert status.tekst == "Meer mensen willen deze plek."


def test_a_closed_zaak_asks_nothing_any_more() -> None:
    status = BURGERSTATUS(regel(statustype(2, "U moet nog betalen"), einddatum=date(2026, 11, 20)))
    assert (status.label, status.doen, status.wie) == ("Klaar", "", "")


def test_a_zaak_without_status_was_received() -> None:
    assert BURGERSTATUS(regel()).tekst == "Wij hebben uw aanvraag op 1 november 2026 ontvangen. Wij zijn begonnen."


def test_the_municipality_names_its_own_statuses(tmp_path: Path) -> None:
    bestand = tmp_path / "statussen.toml"
    bestand.write_text('[statustypen]\n"Gronden gevraagd" = "C"\n')
    status = Burgerstatussen.read(bestand)(
        regel(statustype(2, "Gronden gevraagd", statustekst="Schrijf ons waarom u het niet eens bent."))
    )
    assert (status.label, status.wie) == ("Wij missen nog iets", "u")
    assert status.tekst == "Schrijf ons waarom u het niet eens bent."


def test_a_name_for_a_status_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="onbekende burgerstatus: Q"):
        Burgerstatussen({"Intake": "Q"})


@pytest.mark.parametrize(
    ("toelichting", "dag"),
    [
        ("Stuur dit vóór 8 december 2026.", date(2026, 12, 7)),
        ("Betaal uiterlijk op maandag 30 november 2026 het bedrag.", date(2026, 11, 30)),
        ("U kunt reageren tot en met 5 januari 2027.", date(2027, 1, 5)),
        ("Wij belden u op 5 januari 2026.", None),
        ("Stuur dit vóór 31 februari 2026.", None),
        ("", None),
    ],
)
def test_only_a_deadline_is_taken_for_a_deadline(toelichting: str, dag: date | None) -> None:
    assert reactiedatum(toelichting) == dag


@pytest.mark.parametrize(
    ("resultaat", "naam", "zin"),
    [
        ("Verleend", "Evenementenvergunning", "U krijgt de vergunning."),
        ("Verleend", "Subsidie", "Wij hebben ja gezegd op uw aanvraag."),
        ("Buiten behandeling", "Subsidie", "Wij hebben uw aanvraag niet bekeken, omdat er informatie ontbrak."),
        ("Uitgereikt", "Subsidie", "Uitgereikt"),
    ],
)
def test_the_outcome_in_plain_words(resultaat: str, naam: str, zin: str) -> None:
    assert resultaatzin(afgesloten(resultaat, naam)) == zin


def test_the_generic_name_helps_when_the_own_name_is_unknown() -> None:
    assert resultaatzin(afgesloten("Zie brief", "Subsidie", "Toegekend")) == "Wij hebben ja gezegd op uw aanvraag."


def test_who_only_has_an_interest_is_not_asked_to_act() -> None:
    zaak = replace(regel(statustype(2, "Wij missen nog iets"), "Stuur dit vóór 8 december 2026."), is_aanvrager=False)
    status = BURGERSTATUS(zaak)
    assert (status.wie, status.doen, status.uiterlijk) == ("", "", None)


def test_a_file_without_the_table_is_refused_and_not_ignored(tmp_path: Path) -> None:
    bestand = tmp_path / "statussen.toml"
    bestand.write_text('"Gronden gevraagd" = "C"\n')
    with pytest.raises(ValueError, match="statustypen"):
        Burgerstatussen.read(bestand)
