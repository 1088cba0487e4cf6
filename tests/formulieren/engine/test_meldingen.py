"""What a text about the street is about, and whether it tells who somebody is."""

import pytest

from pip_portal.formulieren.meldingen import WOORDEN, meldingcategorie, noemt_iemand


@pytest.mark.seed("P7")
@pytest.mark.parametrize(
    ("tekst", "categorie"),
    [
        ("De lantaarnpaal voor nummer 12 is kapot", "verlichting"),
        ("Het is 's avonds heel donker op het fietspad, de lampen doen het niet", "verlichting"),
        ("Er ligt een losse tegel op de stoep", "weg"),
        ("GAT IN DE WEG", "weg"),
        ("De container zit vol en er staan vuilniszakken naast", "afval"),
        ("Zwerfvuil in het park", "afval"),
        ("De put is verstopt, het water blijft staan", "water"),
        ("Er zitten ratten bij de vijver", "dieren"),
        ("Een tak van de boom hangt laag", "bomen"),
        ("Het onkruid staat een meter hoog", "groen"),
        ("De schommel is stuk", "speelplek"),
        ("Jongeren maken elke nacht lawaai", "overlast"),
        ("Iemand heeft de muur beklad met graffiti", "graffiti"),
        ("Het stoplicht blijft op rood", "verkeer"),
        ("A street light is out", "verlichting"),
        ("Ik heb een vraag", ""),
        ("", ""),
        ("De strategie is compleet mislukt", ""),  # rat, plet: not as a part of another word
    ],
)
def test_the_words_propose_a_category(tekst: str, categorie: str) -> None:
    assert meldingcategorie(tekst) == categorie
    assert categorie == "" or categorie in WOORDEN


@pytest.mark.parametrize(
    "tekst",
    [
        "Het is de schuld van meneer Jansen",
        "Mevrouw van den Berg zet haar afval buiten",
        "De man heet Kees",
        "De auto met kenteken AB-123-C staat fout",
        "Auto 12-abc-3 staat er al weken",
        "Bel mij op 06 12345678",
        "Mijn nummer is 0570-671234",
        "of +31 6 12 34 56 78",
        "Mail naar iemand@example.nl",
    ],
)
def test_a_text_that_tells_who_somebody_is(tekst: str) -> None:
    assert noemt_iemand(tekst)


@pytest.mark.parametrize(
    "tekst",
    [
        "Er ligt een losse tegel bij Brink 12-A",
        "De lantaarnpaal A-1234 is uit",
        "Sinds 24-11-2026 om 14.30 uur, 3 keer per week",
        "In 7411 KT ligt al 2 weken 1,5 meter afval",
        "De buurman van hiernaast",
        "Het gat is 1000000000 keer zo groot",
    ],
)
def test_a_text_that_tells_nothing_about_anybody(tekst: str) -> None:
    assert not noemt_iemand(tekst)
