"""Reading definitions: every fault with its file, line and what to do; nothing of YAML that surprises."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pip_portal.errors import NotFound
from pip_portal.formulieren.laden import VELDTYPEN, DefinitieFouten, Formulieren
from pip_portal.formulieren.yaml import YamlFout, lees


def test_the_three_examples_of_the_design_load(voorbeelden: Formulieren) -> None:
    assert voorbeelden.slugs == ("evenementenvergunning", "uittreksel-brp", "verhuizing-doorgeven")
    uittreksel = voorbeelden.get("uittreksel-brp")
    assert uittreksel.stap("voor-wie").velden[1].veld == "kind"
    assert uittreksel.veld("kind").opties_uit == "brp.kinderen_met_gezag"
    assert voorbeelden.get("verhuizing-doorgeven").stap("contact").velden[0].type == "email"
    assert voorbeelden.get("verhuizing-doorgeven").veld("persoon").type == "keuze"
    assert voorbeelden.get("evenementenvergunning").stap("uit-de-check").velden[0].veld == "periode"
    with pytest.raises(NotFound):
        uittreksel.stap("nergens")
    with pytest.raises(NotFound):
        voorbeelden.get("nergens")


def test_there_are_23_types_of_questions() -> None:
    assert len(VELDTYPEN) == len(set(VELDTYPEN)) == 23


@pytest.mark.parametrize(
    ("slug", "oud", "nieuw", "zin"),
    [
        ("uittreksel-brp", "veld: soort, in:", "veld: sort, in:", "'sort' bestaat niet; bedoelde u 'soort'?"),
        ("uittreksel-brp", "type: tekst,", "type: tekts,", "type 'tekts' bestaat niet; bedoelde u 'tekst'?"),
        ("uittreksel-brp", "is: kind}", "is: kindje}", "'kindje' is geen van de antwoorden; bedoelde u 'kind'?"),
        ("uittreksel-brp", "max: 200", 'max: "200"', "hier hoort een heel getal, zonder aanhalingstekens"),
        ("uittreksel-brp", "verplicht: false", "verplicht: nee", "hier hoort true of false"),
        ("uittreksel-brp", "digid: midden", "digid: basis", "kies uit midden, substantieel, hoog"),
        ("uittreksel-brp", "versie: 4", "versie: 4\nversie: 5", "'versie' staat hier al; haal een van de twee weg"),
        ("uittreksel-brp", "minuten: 5", "minuut: 5", "'minuut' bestaat hier niet; bedoelde u 'minuten'?"),
        ("uittreksel-brp", "{tarief: uittreksel-post}}", "{tarief: post}}", "'post' staat niet in tarieven.yaml"),
        ("uittreksel-brp", "toon: [brp.adres]", "toon: [brp.adresje]", "bedoelde u 'brp.adres'?"),
        ("uittreksel-brp", "{tarief.uittreksel-post}", "{tarief.uittreksel-pots}", "bedoelde u 'uittreksel-post'?"),
        ("uittreksel-brp", "dienst: brp-uittreksel", "balie: false", "voor een gemachtigde hoort hier dienst:"),
        ("uittreksel-brp", "concept: P30D", "concept: P1Y", "een concept blijft hoogstens 90 dagen staan"),
        ("uittreksel-brp", "formulier: uittreksel-brp", "formulier: ander", "hetzelfde als die van het bestand"),
        (
            "evenementenvergunning",
            "vormen: [punt, vlak],",
            "vormen: [punt], bekend: {categorie: wegen, hoofdcategorieen: {rustiger: wegen}},",
            "'rustiger' is geen antwoord op 'wegen'; bedoelde u 'rustig'?",
        ),
        ("verhuizing-doorgeven", "gebruik: contactgegevens", "gebruik: contact", "bedoelde u 'contactgegevens'?"),
        ("verhuizing-doorgeven", "uniek: persoon", "uniek: naam", "uniek: 'naam' is geen vraag van deze groep"),
        ("verhuizing-doorgeven", "uit: nieuw_adres", "uit: woonsituatie", "'woonsituatie' is geen adres of locatie"),
        ("verhuizing-doorgeven", "is_niet: Deventer", "groter_dan: Deventer", "daarmee kan 'groter_dan' niet"),
        ("verhuizing-doorgeven", "kleiner_dan: vandaag-5d", "kleiner_dan: gisteren", "schrijf een datum als"),
        ("verhuizing-doorgeven", "max: vandaag+28d,", "max: vandaag+28x,", "schrijf een datum als"),
        ("verhuizing-doorgeven", "minstens_een: {veld: persoon.ander_gezag", "elk: {veld: telefoon", "pas later"),
        ("verhuizing-doorgeven", "{hoofdbewoner} om", "{hoofdbewoonster} om", "in maar één van de twee talen"),
        (
            "verhuizing-doorgeven",
            "woonsituatie, type: keuze,",
            "woonsituatie, type: keuze, voorstel: {regel: meldingcategorie, met: {tekst: {veld: telefoon}}},",
            "pas later",
        ),
        (
            "verhuizing-doorgeven",
            "woonsituatie, type: keuze,",
            "woonsituatie, type: keuze, voorstel: {regel: meldingcategorie, met: {tekst: {veld: brp.adres}}},",
            "'verlichting' is geen van de antwoorden",
        ),
        ("evenementenvergunning", "- {anders: melding}", "- {als: {veld: muziek, is: zacht}, dan: B}", "eindigt met"),
        ("evenementenvergunning", "veld: muziek_tot, type", "veld: aantal, type", "'aantal' bestaat al"),
        ("evenementenvergunning", "uit_voorcheck: [periode", "uit_voorcheck: [period", "bedoelde u 'periode'?"),
        ("evenementenvergunning", "{dagen: [vandaag, ", "{dagen: [3, ", "dagen: neem twee datums"),
        ("evenementenvergunning", "per: {keer: [{veld: aantal}, {veld: m2}]}", "per: {veld: naam}", "som_van: neem"),
        ("evenementenvergunning", "laagste: [{keer", "laagste: [3, {keer", "niet bij elkaar te nemen: bedrag, getal"),
        ("evenementenvergunning", "leges:\n    type: bedrag", "leges:\n    type: getal", "is een getal, maar"),
        ("evenementenvergunning", "klasse, is: C}, dan: 140", "dagen_nodig, is: 3}, dan: 140", "hangt van zichzelf af"),
        ("evenementenvergunning", 'onderdeel: {nl: "De plek", en: "The place"}, vormen', "vormen", "een onderdeel"),
    ],
)  # fmt: skip
def test_a_fault_says_where_it_is_and_what_to_do(
    fouten_na: Callable[..., list[str]], slug: str, oud: str, nieuw: str, zin: str
) -> None:
    fouten = fouten_na(slug, oud, nieuw)
    assert any(zin in regel for regel in fouten), fouten
    bestand, regel, kolom = fouten[0].split(" ", 1)[0].split(":")
    assert bestand.endswith(".yaml")
    assert int(regel) > 1
    assert int(kolom) >= 1


def test_all_faults_of_all_files_are_told_at_once(eigen_map: Path) -> None:
    for slug in ("uittreksel-brp", "verhuizing-doorgeven"):
        pad = eigen_map / "formulieren" / f"{slug}.yaml"
        pad.write_text(pad.read_text().replace("digid: midden", "digid: basis"))
    (eigen_map / "formulieren" / "leeg.yaml").write_text("")
    with pytest.raises(DefinitieFouten) as gevangen:
        Formulieren.lees(eigen_map)
    assert {regel.split(":")[0] for regel in gevangen.value.regels} >= {
        "uittreksel-brp.yaml", "verhuizing-doorgeven.yaml", "leeg.yaml",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("tekst", "zin"),
    [
        ("a: &x 1\nb: *x\n", "ankers (&)"),
        ("a: !!python/name:os.system x\n", "tags (!)"),
        ("a: {<<: {b: 1}}\n", "een sleutel is een gewoon woord"),
        ("a:\n", "hier staat niets"),
        ("- a\n", "lijst van sleutels met waarden"),
        ('a: {b: "x}\n', "niet te lezen"),
        ("a: " + "[" * 60 + "1" + "]" * 60 + "\n", "te diep"),
        ("a: " + "x" * 500_000, "groter dan"),
        ("a: \x01\n", "teken in dat niet mag"),
    ],
)
def test_what_yaml_can_do_and_a_form_may_not(tmp_path: Path, tekst: str, zin: str) -> None:
    pad = tmp_path / "x.yaml"
    pad.write_text(tekst)
    with pytest.raises(YamlFout, match=zin.replace("(", r"\(").replace(")", r"\)")):
        lees(pad)


def test_only_true_and_false_are_booleans_and_dates_stay_text(tmp_path: Path) -> None:
    pad = tmp_path / "x.yaml"
    pad.write_text('a: true\nb: nee\nc: on\nd: NO\ne: 2026-01-31\nf: 14:30\ng: 007\nh: "12"\ni: 12\n')
    assert lees(pad) == {
        "a": True, "b": "nee", "c": "on", "d": "NO", "e": "2026-01-31", "f": "14:30", "g": "007", "h": "12", "i": 12,
    }  # fmt: skip
    pad.write_bytes(b"\xff\xfe")
    with pytest.raises(YamlFout, match="UTF-8"):
        lees(pad)
