"""Until when we may take, in plain sentences, and the last day to object."""

from datetime import date

import pytest

from pip_portal.backoffice.besluiten import Besluit
from pip_portal.backoffice.regels import Zaakbesluit, Zaakdossier
from pip_portal.burgerstatus import Burgerstatussen
from pip_portal.zaken.bezwaar import Bezwaar, bezwaar
from pip_portal.zaken.termijn import Termijn, termijn
from tests.zaken.bouwen import ROOT, ZAAKTYPE, regel, statustype

VANDAAG = date(2026, 11, 24)
UITERLIJK = date(2026, 12, 29)


def termijn_van(status: str = "In behandeling", vandaag: date = VANDAAG, **velden: object) -> Termijn | None:
    dossier = Zaakdossier(
        regel(statustype(2, status), "", "", **{"uiterlijke_einddatum_afdoening": UITERLIJK, **velden})
    )
    return termijn(dossier, Burgerstatussen()(dossier.regel), vandaag)


def zinnen(uitleg: Termijn | None) -> str:
    assert uitleg is not None
    return " ".join(uitleg.zinnen)


def test_the_expected_and_the_last_day_are_told_apart() -> None:
    tekst = zinnen(termijn_van(einddatum_gepland=date(2026, 12, 1)))
    assert tekst == (
        "Wij verwachten dat wij klaar zijn op 1 december 2026. Wij moeten uiterlijk klaar zijn op 29 december 2026."
    )


def test_an_expectation_that_passed_is_not_repeated() -> None:
    assert "verwachten" not in zinnen(termijn_van(einddatum_gepland=date(2026, 11, 10)))


@pytest.mark.seed("B6")
def test_the_clock_stands_still_since_the_day_after_we_asked() -> None:
    uitleg = termijn_van("Wij missen nog iets", opschorting={"indicatie": True, "reden": "Uw huurcontract ontbreekt."})
    assert uitleg is not None
    assert uitleg.soort == "stil"
    assert "De tijd staat stil sinds 6 november 2026, omdat wij op uw informatie wachten." in zinnen(uitleg)
    assert "De reden: Uw huurcontract ontbreekt." in zinnen(uitleg)
    assert "schuift op" in zinnen(uitleg)


def test_an_extension_is_told_as_given_and_not_added_up() -> None:
    uitleg = termijn_van(verlenging={"duur": "P42D", "reden": "Wij wachten op advies"})
    tekst = zinnen(uitleg)
    assert uitleg is not None
    assert uitleg.soort == "verlengd"
    assert "Wij hebben 42 dagen meer tijd genomen. De reden: Wij wachten op advies." in tekst
    assert "29 december 2026" in tekst


def test_we_own_up_when_we_are_late() -> None:
    uitleg = termijn_van(vandaag=date(2026, 12, 30))
    assert uitleg is not None
    assert uitleg.soort == "te laat"
    assert "Wij zijn te laat." in zinnen(uitleg)
    assert "ingebrekestelling" in zinnen(uitleg)


def test_a_closed_zaak_and_one_without_term_say_nothing() -> None:
    assert termijn_van(einddatum=date(2026, 11, 20)) is None
    assert termijn_van(uiterlijke_einddatum_afdoening=None) is None


def besluit(**velden: object) -> Zaakbesluit:
    standaard = {"url": f"{ROOT}/besluiten/1", "besluittype": f"{ROOT}/besluittypen/1", "datum": date(2026, 3, 23)}
    return Zaakbesluit(Besluit.model_validate(standaard | velden))


def test_the_date_in_the_besluit_goes_before_the_one_of_the_law() -> None:
    eigen = besluit(verzenddatum=date(2026, 3, 24), uiterlijke_reactiedatum=date(2026, 5, 12))
    assert bezwaar(eigen, ZAAKTYPE, VANDAAG) == Bezwaar(date(2026, 5, 12), is_open=False)


def test_without_a_date_the_law_gives_six_weeks() -> None:
    verzonden = besluit(verzenddatum=date(2026, 3, 24))
    assert bezwaar(verzonden, ZAAKTYPE, date(2026, 5, 6)) == Bezwaar(date(2026, 5, 6), is_open=True)
    assert bezwaar(verzonden, ZAAKTYPE, date(2026, 5, 7)) == Bezwaar(date(2026, 5, 6), is_open=False)


def test_what_was_not_announced_has_no_term_yet() -> None:
    assert bezwaar(besluit(), ZAAKTYPE, VANDAAG) is None


def test_against_a_besluit_on_bezwaar_one_does_not_object_again() -> None:
    zaaktype = ZAAKTYPE.model_copy(update={"omschrijving": "Bezwaar tegen een besluit"})
    assert bezwaar(besluit(verzenddatum=date(2026, 3, 24)), zaaktype, VANDAAG) is None
