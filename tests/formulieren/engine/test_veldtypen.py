"""Each type of question: what is accepted and how it is stored, shown and handed over; what is refused and why."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from pip_portal.bestanden.soorten import SOORTEN
from pip_portal.formulieren.omgeving import Bronoptie, Inlog, Omgeving
from pip_portal.formulieren.tarieven import Tarieven
from pip_portal.formulieren.teksten import vast
from pip_portal.formulieren.veldtypen.basis import Invoer, Veld
from pip_portal.formulieren.veldtypen.groep import EenVeld

TYPES: TypeAdapter[Any] = TypeAdapter(EenVeld)
OM = Omgeving(
    date(2026, 11, 24),
    Inlog("digid", 20),
    {"brp.kinderen": (Bronoptie("a", vast("Saar"), {"leeftijd": 7}), Bronoptie("b", vast("Daan"), {"leeftijd": 9}))},
    Tarieven(),
)
OPTIES = {
    "opties": {
        "koop": {"nl": "Koop", "en": "Buy"},
        "huur": {"nl": "Huur", "en": "Rent"},
        "niets": {"nl": "Niets", "en": "Nothing"},
    }
}


def veld(type_: str, **meer: Any) -> Veld:
    gevonden: Veld = TYPES.validate_python(
        {"veld": "x", "type": type_, "vraag": {"nl": "Vraag?", "en": "Ask?"}, **meer}
    )
    return gevonden


def lees(v: Veld, *tekst: str, **delen: str) -> Any:
    paren = [("x", t) for t in tekst] + [(f"x-{naam.replace('_', '-')}", t) for naam, t in delen.items()]
    return v.lees(Invoer(paren), OM, {})


@pytest.mark.parametrize(
    ("type_", "meer", "tekst", "waarde", "getoond", "eigenschap"),
    [
        ("tekst", {}, "  Jan\t de \x00Vries\u202e ", "Jan de Vries", "Jan de Vries", "Jan de Vries"),
        ("tekst", {}, "cafe\u0301", "café", "café", "café"),
        ("tekst", {"patroon": "voornamen"}, "Zoë d'Işık", "Zoë d'Işık", "Zoë d'Işık", "Zoë d'Işık"),
        ("tekstvlak", {}, "een\r\ntwee", "een\ntwee", "een", "een\ntwee"),
        ("getal", {}, "1.250", 1250, "1.250", "1250"),
        ("getal", {"decimalen": 2}, "6,5", "6.5", "6,5", "6,5"),
        ("getal", {"min": -5}, "-3", -3, "-3", "-3"),
        ("bedrag", {}, "€ 1.250,5", 125050, "€\u00a01.250,50", "1250,50"),
        ("bedrag", {}, "1250", 125000, "€\u00a01.250,00", "1250,00"),
        ("bedrag", {}, "12.50", 1250, "€\u00a012,50", "12,50"),
        ("bedrag", {}, "12,-", 1200, "€\u00a012,00", "12,00"),
        ("bedrag", {"negatief": True}, "-3,10", -310, "-€\u00a03,10", "-3,10"),
        ("datum", {}, "3 april 2026", "2026-04-03", "3 april 2026", "20260403"),
        ("datum", {}, "03-04-2026", "2026-04-03", "3 april 2026", "20260403"),
        ("datum", {}, "3-4-2026", "2026-04-03", "3 april 2026", "20260403"),
        ("datum", {}, "2026-04-03", "2026-04-03", "3 april 2026", "20260403"),
        ("datum", {}, "3 mrt. 2026", "2026-03-03", "3 maart 2026", "20260303"),
        ("tijd", {}, "14.30", "14:30", "14.30 uur", "14:30"),
        ("tijd", {}, "1430", "14:30", "14.30 uur", "14:30"),
        ("tijd", {}, "9 uur", "09:00", "09.00 uur", "09:00"),
        ("tijd", {}, "24:00", "24:00", "24.00 uur", "24:00"),
        ("keuze", OPTIES, "huur", "huur", "Huur", "huur"),
        ("keuze", {"opties_uit": "brp.kinderen"}, "b", "b", "Daan", "b"),
        ("janee", {}, "ja", True, "Ja", "ja"),
        ("janee", {}, "nee", False, "Nee", "nee"),
        ("akkoord", {}, "ja", True, "Ja", "ja"),
        ("email", {}, " Jan@Voorbeeld.NL ", "Jan@voorbeeld.nl", "Jan@voorbeeld.nl", "Jan@voorbeeld.nl"),
        ("telefoon", {}, "06-12 34 56 78", "+31612345678", "06 12345678", "+31612345678"),
        ("telefoon", {}, "0031 (0)570 693911", "+31570693911", "0570693911", "+31570693911"),
        ("telefoon", {}, "+49 30 123456", "+4930123456", "+4930123456", "+4930123456"),
        ("bsn", {}, "111.222.333", "111222333", "111222333", "111222333"),
        ("kvk", {}, "0123 4567", "01234567", "01234567", "01234567"),
        ("iban", {}, "nl91 abna 0417 1643 00", "NL91ABNA0417164300", "NL91 ABNA 0417 1643 00", "NL91ABNA0417164300"),
        ("kenteken", {}, "ab-123-c", "AB123C", "AB-123-C", "AB123C"),
        ("kenteken", {}, "1ab c23", "1ABC23", "1-ABC-23", "1ABC23"),
        ("kenteken", {}, "9-xx-123", "9XX123", "9-XX-123", "9XX123"),
        ("tekst", {"patroon": "geboortecode"}, "abcd-1234 efgh", "ABCD1234EFGH", "ABCD1234EFGH", "ABCD1234EFGH"),
        ("tekst", {"patroon": "mastnummer"}, "a-12 34", "A-1234", "A-1234", "A-1234"),
        ("tekst", {"patroon": "voornamen"}, "Zoë Jan-Willem", "Zoë Jan-Willem", "Zoë Jan-Willem", "Zoë Jan-Willem"),
        ("kenteken", {"buitenland": True}, "WR 4SU", "WR4SU", "WR4SU", "WR4SU"),
    ],
)  # fmt: skip
def test_what_is_typed_is_stored_in_one_form(
    type_: str, meer: dict[str, Any], tekst: str, waarde: Any, getoond: str | None, eigenschap: str | None
) -> None:
    v = veld(type_, **meer)
    lezing = lees(v, tekst)
    assert lezing.waarde == waarde
    assert bool(lezing.fouten) == (waarde is None)
    if waarde is None:
        return
    assert v.toon(waarde, OM)[0].nl == getoond
    assert v.als_eigenschap(waarde) == eigenschap
    typed = v.geldig(waarde, OM, {})
    assert typed is not None
    assert v.typ(typed) == typed
    again = v.lees(Invoer.van(v.ruw_van(waarde)), OM, {})  # what stands in the controls again gives the same
    assert again.waarde == waarde


VOORNAMEN = "Vul de voornamen in met alleen letters, een streepje of een apostrof."


@pytest.mark.parametrize(
    ("type_", "meer", "tekst", "zin"),
    [
        ("tekst", {}, " \u200e ", "Geef antwoord op de vraag 'Vraag?'."),
        ("tekst", {"max": 5}, "zes en", "Gebruik maximaal 5 tekens. U hebt er nu 6."),
        ("tekst", {"min": 5}, "vijf", "Gebruik minstens 5 tekens."),
        ("tekst", {"patroon": "svh"}, "12", "Vul het nummer in van 6 tot 9 cijfers."),
        ("tekst", {"patroon": "geboortecode"}, "ABC-123", "Vul de code in van 8 tot 16 letters en cijfers."),
        ("tekst", {"patroon": "voornamen"}, "R2 D2", VOORNAMEN),
        ("tekst", {"patroon": "voornamen"}, "Ольга", VOORNAMEN),
        ("getal", {}, "twaalf", "Vul een heel getal in, bijvoorbeeld 12."),
        ("getal", {}, "6,5", "Vul een heel getal in, bijvoorbeeld 12."),
        ("getal", {}, "1e3", "Vul een heel getal in, bijvoorbeeld 12."),
        ("getal", {}, "٣", "Vul een heel getal in, bijvoorbeeld 12."),
        ("getal", {"min": 1, "max": 5}, "6", "Vul een getal in van 1 tot en met 5."),
        ("getal", {"min": 1}, "0", "Vul een getal in van 1 of hoger."),
        ("getal", {"max": 5}, "6", "Vul een getal in van 5 of lager."),
        ("bedrag", {}, "1,234", "Vul een bedrag in, bijvoorbeeld 1.250,00."),
        ("bedrag", {}, "-5", "Vul een bedrag in, bijvoorbeeld 1.250,00."),
        ("bedrag", {"min": 1, "max": "2.50"}, "3", "Vul een bedrag in van €\u00a01,00 tot en met €\u00a02,50."),
        ("datum", {}, "31 april 2026", "31 april 2026 bestaat niet. Controleer de dag."),
        ("datum", {"max": "vandaag"}, "25-11-2026", "De datum moet vandaag of eerder zijn."),
        ("datum", {"min": "vandaag"}, "23-11-2026", "De datum moet vandaag of later zijn."),
        ("datum", {"max": "vandaag+28d"}, "1-1-2027", "Kies een datum tot en met 22 december 2026."),
        ("tijd", {}, "25:00", "Vul een tijd in, bijvoorbeeld 14.30 uur."),
        ("tijd", {"max": "23:00"}, "23:30", "Kies een tijd tot en met 23.00 uur."),
        ("keuze", OPTIES, "anders", "Kies een van de antwoorden die hier staan."),
        ("keuze", OPTIES, "", "Kies een antwoord op de vraag 'Vraag?'."),
        ("janee", {}, "", "Kies ja of nee bij de vraag 'Vraag?'."),
        ("akkoord", {}, "", "Vink aan: 'Vraag?'."),
        ("email", {}, "jan@voorbeeld", "Vul een e-mailadres in, bijvoorbeeld naam@voorbeeld.nl."),
        ("email", {}, "jan@@voorbeeld.nl", "Vul een e-mailadres in, bijvoorbeeld naam@voorbeeld.nl."),
        ("bsn", {}, "111222334", "Een burgerservicenummer heeft 9 cijfers. Controleer het nummer."),
        ("bsn", {}, "000000000", "Een burgerservicenummer heeft 9 cijfers. Controleer het nummer."),
        ("kvk", {}, "1234567", "Een KVK-nummer heeft 8 cijfers. Controleer het nummer."),
        ("iban", {}, "NL91ABNA0417164301", "Dit rekeningnummer klopt niet. Controleer de cijfers."),
        ("kenteken", {}, "AB-CD-EF", "Vul een Nederlands kenteken in, bijvoorbeeld AB-123-C."),
    ],
)  # fmt: skip
def test_an_error_says_what_to_do(type_: str, meer: dict[str, Any], tekst: str, zin: str) -> None:
    v = veld(type_, **meer)
    lezing = lees(v, *([tekst] if tekst else []))
    assert list(lezing.fouten.values()) == [zin]
    assert set(lezing.fouten) <= set(v.controles())
    assert lezing.waarde is None
    if tekst:
        assert lezing.ruw == ({"x": [tekst]} if "x" in v.controles() else {})


def test_a_date_in_parts_points_at_the_part() -> None:
    v = veld("datum")
    assert lees(v, dag="3", maand="4", jaar="2026").waarde == "2026-04-03"
    assert lees(v, dag="3", maand="april", jaar="2026").waarde == "2026-04-03"
    assert lees(v, dag="3 april 2026").waarde == "2026-04-03"
    assert set(lees(v, dag="3", jaar="2026").fouten) == {"x-maand"}
    assert set(lees(v, dag="3", maand="13", jaar="2026").fouten) == {"x-maand"}
    assert set(lees(v, dag="32", maand="1", jaar="2026").fouten) == {"x-dag"}
    assert set(lees(v, dag="3", maand="1", jaar="26").fouten) == {"x-jaar"}
    assert lees(v, dag="29", maand="2", jaar="2026").fouten == {
        "x-dag": "29 februari 2026 bestaat niet. Controleer de dag."
    }


def test_a_period_has_its_days_in_order() -> None:
    v = veld("periode", min="vandaag")
    goed = lees(v, van_dag="1", van_maand="12", van_jaar="2026", tot_dag="2", tot_maand="12", tot_jaar="2026")
    assert goed.waarde == {"van": "2026-12-01", "tot": "2026-12-02"}
    assert v.toon(goed.waarde, OM)[0].en == "1 December 2026 to 2 December 2026"
    fout = lees(v, van_dag="2", van_maand="12", van_jaar="2026", tot_dag="1", tot_maand="12", tot_jaar="2026")
    assert fout.fouten == {"x-tot-dag": "De einddatum moet op of na de begindatum zijn."}
    half = lees(v, van_dag="2", van_maand="12", van_jaar="2026")
    assert set(half.fouten) == {"x-tot-dag"}
    open_einde = veld("periode", open_einde=True)
    gevonden = lees(open_einde, van_dag="2", van_maand="12", van_jaar="2026")
    assert gevonden.waarde == {"van": "2026-12-02", "tot": None}
    assert open_einde.toon(gevonden.waarde, OM)[0].nl == "vanaf 2 december 2026"


def test_choosing_several() -> None:
    v = veld("meerkeuze", **OPTIES, max=1, geen="niets")
    assert lees(v, "koop").waarde == ["koop"]
    assert lees(v, "niets").waarde == ["niets"]
    assert lees(v, "koop", "niets").fouten == {"x": "Kies 'Niets', of kies een of meer andere antwoorden."}
    assert lees(v, "koop", "huur").fouten == {"x": "Kies maximaal 1 antwoord."}
    assert lees(v).fouten
    uit_bron = veld("meerkeuze", opties_uit="brp.kinderen", geen={"nl": "Niemand", "en": "Nobody"})
    assert lees(uit_bron, "geen").waarde == ["geen"]
    assert uit_bron.onderdeel("leeftijd", ("a", "b"), OM) == (7, 9)


def test_an_address_is_typed_and_looked_up_by_who_calls() -> None:
    v = veld("adres", binnen="gemeente")
    lezing = lees(v, postcode="7411 kt", huisnummer="12", letter="a", toevoeging="2")
    assert lezing.waarde["postcode"] == "7411KT"
    assert (
        v.toon(lezing.waarde | {"straat": "Brink", "plaats": "Deventer"}, OM)[0].nl == "Brink 12 A-2, 7411 KT Deventer"
    )
    assert set(lees(v, postcode="7411 SS", huisnummer="12").fouten) == {"x-postcode"}
    assert set(lees(v, postcode="7411 KT").fouten) == {"x-huisnummer"}
    assert set(lees(v, postcode="7411 KT", huisnummer="1", toevoeging="te lang").fouten) == {"x-toevoeging"}
    assert v.geldig(lezing.waarde | {"gemeente": "Zwolle"}, OM, {}) is None
    assert v.geldig(lezing.waarde | {"gemeente": "Zwolle"}, replace(OM, gemeente="Zwolle"), {}) is not None
    assert v.onderdeel("gemeente", v.typ(lezing.waarde | {"gemeente": "Deventer"}), OM) == "Deventer"


@pytest.mark.parametrize("bron", ["handmatig", "niet_gecontroleerd"])
def test_an_address_that_nobody_looked_up_says_so(bron: str) -> None:
    adres = {"postcode": "7411KT", "huisnummer": 1, "straat": "Grote Kerkhof", "plaats": "Deventer"}
    for v, met in ((veld("adres"), lambda a: a), (veld("locatie"), lambda a: {"adres": a})):
        assert [(r.nl, r.en) for r in v.toon(met({**adres, "bron": bron}), OM)] == [
            ("Grote Kerkhof 1, 7411 KT Deventer", "Grote Kerkhof 1, 7411 KT Deventer"),
            ("Niet gecontroleerd", "Not checked"),
        ]
        assert len(v.toon(met({**adres, "bron": "bag"}), OM)) == 1
        assert v.als_eigenschap(met({**adres, "bron": bron})) == "Grote Kerkhof 1, 7411 KT Deventer"


def test_a_place_is_a_point_an_address_or_words() -> None:
    v = veld("locatie", binnen="gemeente", vormen=("punt", "vlak"))
    punt = '{"type": "Point", "coordinates": [6.1552, 52.2551], "meer": 1}'
    lezing = lees(v, geometrie=punt)
    assert lezing.waarde == {"geometrie": {"type": "Point", "coordinates": [6.1552, 52.2551]}}
    assert "52.25510, 6.15520" in v.toon(lezing.waarde, OM)[0].nl
    assert lees(v, tekst="Bij de kerk").waarde == {"tekst": "Bij de kerk"}
    for fout in (
        '{"type": "Point", "coordinates": [4.9, 52.37]}',
        '{"type": "LineString", "coordinates": []}',
        '{"type": "Polygon", "coordinates": [[[6.1, 52.2], [6.2, 52.2], [6.1, 52.3]]]}',
        '{"type": "Point", "coordinates": ["a", null]}',
        "[",
        "{}",
    ):
        assert set(lees(v, geometrie=fout).fouten) == {"x-tekst"}, fout
    assert lees(v).fouten


def test_files_are_counted_and_may_come_later() -> None:
    v = veld("bestand", later=True, max=2)
    assert lees(v, "a", "b").waarde == ["a", "b"]
    assert lees(v, later="ja").waarde == ["later"]
    assert v.toon(["later"], OM)[0].nl == "Stuurt u later"
    assert lees(v, "a", "b", "c").fouten == {"x": "Voeg maximaal 2 bestanden toe."}
    assert lees(v).fouten == {"x": "Voeg een bestand toe, of kies dat u het later stuurt."}


def test_a_form_asks_for_no_kind_of_file_that_is_refused_when_it_comes() -> None:
    with pytest.raises(ValidationError):
        veld("bestand", soorten=("pdf", "xlsx"))
    for soort in SOORTEN:
        veld("bestand", soorten=(soort,))


def test_own_words_for_an_error() -> None:
    v = veld("datum", max="vandaag+28d", fout={"max": {"nl": "Kies tot en met {max}.", "en": "Choose up to {max}."}})
    assert lees(v, "1-1-2027").fouten == {"x-dag": "Kies tot en met 22 december 2026."}


@pytest.mark.parametrize("waarde", [None, [], {}, "x", 3.5, {"van": 1}, [1], True, float("nan"), "9" * 400])
def test_whatever_was_stored_is_judged_without_falling_over(waarde: Any) -> None:
    for type_ in ("tekst", "getal", "bedrag", "datum", "periode", "tijd", "adres", "locatie", "iban", "bestand"):
        veld(type_).geldig(waarde, OM, {})
