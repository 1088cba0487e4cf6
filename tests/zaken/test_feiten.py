"""The facts of a zaak as a citizen reads them."""

from datetime import date

import pytest

from pip_portal.backoffice.besluiten import Besluit
from pip_portal.backoffice.regels import Zaakbesluit
from pip_portal.zaken.feiten import besluitregels


@pytest.mark.parametrize(
    ("vervalreden", "zin"),
    [
        ("ingetrokken_overheid", "Wij hebben het besluit ingetrokken"),
        ("ingetrokken_belanghebbende", "Het besluit is op verzoek ingetrokken"),
        ("tijdelijk", None),
        ("", None),
    ],
)
def test_why_a_besluit_ended_is_told_when_its_last_day_does_not_say_so(vervalreden: str, zin: str | None) -> None:
    besluit = Besluit(url="b", besluittype="t", datum=date(2026, 3, 1), vervaldatum=date(2026, 6, 1))
    regels = dict(besluitregels(Zaakbesluit(besluit.model_copy(update={"vervalreden": vervalreden}))))
    assert regels["Geldt tot en met"] == "1 juni 2026"
    assert regels.get("Waarom tot dan") == zin
