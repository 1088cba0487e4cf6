"""The theme: every colour pair that the roles put together has enough contrast, in light and in dark."""

import json
from itertools import product
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
THEMA = json.loads((ROOT / "assets" / "tokens" / "deventer.json").read_text())
STAPPEN = ("50", "100", "200", "300", "400", "500", "600", "700")
PALETTEN = ("kleuren", "kleuren-donker")

# Text steps on the background steps that a role combines; `wit` is the page itself. WCAG 1.4.3: 4.5.
TEKST = (
    *product(("400", "500", "600", "700"), ("wit", "50", "100")),
    *product(("500", "600", "700"), ("200",)),
    *product(("wit",), ("500", "600")),
)
# Borders of fields, the current step, icons. WCAG 1.4.11: 3.
RANDEN = (("400", "wit"), ("400", "50"), ("500", "wit"))


def luminance(kleur: str) -> float:
    """Relative luminance of #rrggbb. Source: WCAG 2.2, definition of relative luminance."""
    kanalen = (int(kleur[i : i + 2], 16) / 255 for i in (1, 3, 5))
    rood, groen, blauw = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in kanalen)
    return 0.2126 * rood + 0.7152 * groen + 0.0722 * blauw


def contrast(een: str, ander: str) -> float:
    licht, donker = sorted((luminance(een), luminance(ander)), reverse=True)
    return (licht + 0.05) / (donker + 0.05)


def kleur(palet: str, tint: str, stap: str) -> str:
    waarde: str = THEMA[palet]["wit"] if stap == "wit" else THEMA[palet][tint][stap]
    return waarde


def tinten(palet: str) -> list[str]:
    return [naam for naam in THEMA[palet] if naam != "wit"]


@pytest.mark.parametrize("palet", PALETTEN)
def test_text_is_readable_on_every_background_of_its_role(palet: str) -> None:
    te_zwak = [
        f"{tint}-{op} on {onder}: {waarde:.2f}"
        for tint, (op, onder) in product(tinten(palet), TEKST)
        if (waarde := contrast(kleur(palet, tint, op), kleur(palet, tint, onder))) < 4.5
    ]
    assert te_zwak == []


@pytest.mark.parametrize("palet", PALETTEN)
def test_grey_text_is_readable_on_every_pale_background(palet: str) -> None:
    te_zwak = [
        f"grijs-{op} on {tint}-{onder}: {waarde:.2f}"
        for op, tint, onder in product(("400", "500", "700"), tinten(palet), ("50", "100"))
        if (waarde := contrast(THEMA[palet]["grijs"][op], THEMA[palet][tint][onder])) < 4.5
    ]
    assert te_zwak == []


@pytest.mark.parametrize("palet", PALETTEN)
def test_borders_that_mean_something_can_be_seen(palet: str) -> None:
    te_zwak = [
        f"{tint}-{op} on {onder}: {waarde:.2f}"
        for tint, (op, onder) in product(tinten(palet), RANDEN)
        if (waarde := contrast(kleur(palet, tint, op), kleur(palet, tint, onder))) < 3
    ]
    assert te_zwak == []


def test_the_focus_ring_stands_out_in_light_and_dark() -> None:
    basis = THEMA["basis"]
    donker = THEMA["basis-donker"]
    assert contrast(basis["focus-color"], basis["focus-background-color"]) >= 4.5
    assert contrast(basis["focus-outline-color"], THEMA["kleuren"]["wit"]) >= 3
    assert contrast(donker["focus-outline-color"], THEMA["kleuren-donker"]["wit"]) >= 3


def test_dark_has_the_same_colours_as_light_and_each_has_all_steps() -> None:
    assert set(THEMA["kleuren"]) == set(THEMA["kleuren-donker"])
    for palet in PALETTEN:
        for tint in tinten(palet):
            assert tuple(THEMA[palet][tint]) == STAPPEN
