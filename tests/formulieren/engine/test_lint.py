"""The linter and the command: what makes a form that loads still a bad form."""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import httpx
import pytest

from pip_portal import cli
from pip_portal.formulieren.laden import Formulieren
from pip_portal.formulieren.lint import lint
from pip_portal.formulieren.nakijken import nakijken, nakijken_in_catalogus
from pip_portal.formulieren.upl import UplProduct
from pip_portal.paths import DATA
from pip_portal.settings import Settings

OWMS = "http://standaarden.overheid.nl/owms/terms/"
UPL = {
    "verhuismelding": UplProduct("verhuismelding", f"{OWMS}verhuismelding", True, False),
    "brp-uittreksel": UplProduct("brp-uittreksel", f"{OWMS}brpUittr", False, False),
}
TOON = "toon_als: {veld: leveren, is: post}"
OF = "{veld: leveren, is: post}, {veld: leveren, is: digitaal}"


@pytest.mark.parametrize(
    ("slug", "oud", "nieuw", "code", "zin"),
    [
        ("verhuizing-doorgeven", "upl: verhuismelding", "upl: verhuismeldng", "F01", "bedoelde u 'verhuismelding'?"),
        ("verhuizing-doorgeven", "terms/verhuismelding", "terms/x", "F01", "hoort http://standaarden"),
        ("uittreksel-brp", "versie: 4", "versie:  4", "F01", "klopt de doelgroep"),
        ("uittreksel-brp", 'en: "Which child?"', 'en: ""', "F02", "het Engels ontbreekt"),
        ("uittreksel-brp", 'en: "Which child?"', 'en: "Voor welk kind?"', "F02", "gelijk aan het Nederlands"),
        ("uittreksel-brp", "geheimhouding van uw adres.", "en nog " * 20 + ".", "F03", "woorden in een zin"),
        ("uittreksel-brp", "U hebt gevraagd", "Indien u hebt gevraagd", "F03", "'Indien' is moeilijk"),
        ("uittreksel-brp", "Voor welk kind?", "Het kind", "F04", "vraagteken"),
        ("uittreksel-brp", "Kies welk uittreksel u nodig hebt.", "Dit is ongeldig.", "F04", "zonder 'ongeldig'"),
        ("uittreksel-brp", "Kies welk uittreksel u nodig hebt.", "Kies een uittreksel", "F04", "eindig met een punt"),
        ("uittreksel-brp", TOON, f"toon_als: {{alle: [{OF}]}}", "F06", "geen enkel antwoord"),
        ("uittreksel-brp", TOON, f"toon_als: {{een_van: [{OF}, {{veld: leveren, ingevuld: false}}]}}", "F06", "altijd"),
        ("uittreksel-brp", "minuten: 5}", "minuten: 5, kanalen: [balie, online]}", "F08", "vier andere kanalen"),
        ("uittreksel-brp", "{wettelijk: P28D, service: P5D}", "{}", "F08", "wettelijke termijn"),
        ("uittreksel-brp", "thema: burgerzaken", "thema: rechten", "F08", "betaalt niet vooraf"),
        ("verhuizing-doorgeven", "verplicht: false, max: 10,", "verplicht: false,", "F09", "geef max"),
        ("verhuizing-doorgeven", "Hoe heet deze persoon?", "Wat is uw naam?", "F10", "weten wij al"),
        ("verhuizing-doorgeven", "ziet: [nieuw_adres,", "ziet: [gezag_gelezen,", "F11", "is gevoelig"),
        ("uittreksel-brp", "thema: burgerzaken", "thema: werk_en_zorg", "F11", "substantieel"),
        ("verhuizing-doorgeven", "informatieobjecttype: Bewijs van bewoning, ", "", "F12", "ontbreekt"),
        ("evenementenvergunning", "BEZOEKERS: bezoekers", "WAT: wat", "F12", "langer zijn dan 255"),
        ("uittreksel-brp", TOON, "toon_als: {niet: {veld: taal, is: meertalig}}", "F13", "geen antwoord"),
    ],
)  # fmt: skip
def test_findings(
    eigen_map: Path, fouten_na: Callable[..., list[str]], slug: str, oud: str, nieuw: str, code: str, zin: str
) -> None:
    assert fouten_na(slug, oud, nieuw) == []
    upl = {**UPL} if code == "F01" else None
    regels = [str(b) for b in lint(Formulieren.lees(eigen_map), upl, date(2026, 11, 24))]
    assert any(f" {code} " in regel and zin in regel and regel.startswith(f"{slug}.yaml:") for regel in regels), regels


def test_a_tariff_without_a_price_for_next_year_is_told_in_december(voorbeelden: Formulieren) -> None:
    def over(dag: date) -> list[str]:
        return [str(b) for b in lint(voorbeelden, None, dag) if b.code == "F07"]

    assert over(date(2026, 11, 30)) == []
    assert any("nog geen bedrag voor 2027" in regel for regel in over(date(2026, 12, 1)))
    assert any("geldt nu niet" in regel for regel in over(date(2025, 12, 1)))


def test_the_command(capsys: pytest.CaptureFixture[str], eigen_map: Path) -> None:
    assert cli.main(["formulier", "check"]) == 0
    assert "De formulieren zijn in orde." in capsys.readouterr().out
    pad = eigen_map / "formulieren" / "uittreksel-brp.yaml"
    pad.write_text(pad.read_text().replace("type: akkoord", "type: akoord"))
    assert cli.main(["formulier", "check", "--map", str(eigen_map)]) == 1
    uit = capsys.readouterr().out
    assert "uittreksel-brp.yaml:" in uit
    assert "bedoelde u 'akkoord'?" in uit
    assert nakijken(eigen_map, None)[1]


async def test_the_catalogue_knows_every_name(
    settings: Settings, transport_for: Callable[[str], httpx.AsyncBaseTransport | None]
) -> None:
    regels, fout = await nakijken_in_catalogus(DATA, settings, transport_for)
    assert regels == []
    assert not fout


async def test_what_the_catalogue_does_not_know(
    settings: Settings, transport_for: Callable[[str], httpx.AsyncBaseTransport | None]
) -> None:
    regels, fout = await nakijken_in_catalogus(Path(__file__).parent / "data", settings, transport_for)
    assert fout
    assert any(regel.startswith("evenementenvergunning.yaml:") and " Z01 " in regel for regel in regels)


def test_the_example_of_the_manual_is_a_good_form(tmp_path: Path) -> None:
    """docs/formulieren.md promises that its example works as it stands."""
    handleiding = Path(__file__).resolve().parents[3] / "docs" / "formulieren.md"
    shutil.copytree(DATA, tmp_path / "data", ignore=shutil.ignore_patterns("pdf", "templates", "static"))
    voorbeeld = handleiding.read_text().split("```yaml\n", 1)[1].split("```", 1)[0]
    (tmp_path / "data" / "formulieren" / "boom-planten.yaml").write_text(voorbeeld)
    regels, fout = nakijken(tmp_path / "data", None)
    assert not fout, regels
