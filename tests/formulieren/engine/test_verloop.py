"""Where someone is in a form: the three examples, hidden answers, groups, and that nothing makes it fall over."""

from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pip_portal.errors import NotFound
from pip_portal.formulieren.laden import Formulieren
from pip_portal.formulieren.omgeving import Bronoptie, Inlog, Omgeving
from pip_portal.formulieren.teksten import vast
from pip_portal.formulieren.toepassing import vul, vul_een_taal
from pip_portal.formulieren.veldtypen.basis import Invoer, Ruw
from pip_portal.formulieren.verloop import (
    bronnen_in_regels,
    gevraagde_bronnen,
    lees_item,
    lees_stap,
    lees_voorcheck,
    uitkomst,
    verloop,
    voorcheck_velden,
    voorcheck_verloop,
)
from tests.formulieren.voorbeelden import VANDAAG, compleet, ingevuld, omgeving

CONTACT = {"email": None, "telefoon": None}
EVENEMENT = {
    "bezoekers": 800,
    "periode": {"van": "2027-01-30", "tot": "2027-01-31"},
    "muziek": "zacht",
    "wegen": "rustig",
    "objecten": [
        {"id": "a", "soort": "tent", "aantal": 3, "m2": 50},
        {"id": "b", "soort": "kraam", "aantal": 10, "m2": 6},
    ],
}


def kaal(voorbeelden: Formulieren, **bronnen: Any) -> Omgeving:
    return Omgeving(VANDAAG, Inlog("digid", 20), bronnen, voorbeelden.tarieven)


def test_the_example_event_costs_what_the_design_says(voorbeelden: Formulieren) -> None:
    stand = verloop(voorbeelden.get("evenementenvergunning"), EVENEMENT, kaal(voorbeelden))
    assert stand.berekend["klasse"] == "B"
    assert stand.berekend["objecten_m2"] == 210
    assert stand.berekend["dagen_vooraf"] == 67
    assert stand.berekend["dagen_nodig"] == 84
    assert stand.bedrag is not None
    assert stand.bedrag.cent == 85150
    assert [(regel.cent, regel.tarief) for regel in stand.bedrag.regels] == [
        (61000, "evenement-b"),
        (24150, "evenement-object-m2"),
    ]


def test_an_amount_that_cannot_be_known_keeps_the_form_open(voorbeelden: Formulieren) -> None:
    formulier = voorbeelden.get("uittreksel-brp")
    om = kaal(voorbeelden)
    stand = verloop(formulier, ingevuld(formulier, om), om)
    assert stand.is_compleet
    assert stand.bedrag is not None
    voor_de_eerste = Omgeving(date(2025, 6, 1), om.inlog, {}, om.tarieven)  # before the first tariff
    assert not verloop(formulier, ingevuld(formulier, om), voor_de_eerste).is_compleet


def test_a_hidden_answer_counts_for_nothing_and_comes_back(voorbeelden: Formulieren) -> None:
    formulier = voorbeelden.get("verhuizing-doorgeven")
    om = kaal(voorbeelden)
    antwoorden = {"woonsituatie": "inwonend", "hoofdbewoner": "Jan", "toestemming_wijze": "formulier"}
    assert verloop(formulier, antwoorden, om).waarden["hoofdbewoner"] == "Jan"
    zonder = verloop(formulier, antwoorden | {"woonsituatie": "koop"}, om)
    assert "hoofdbewoner" not in zonder.waarden
    assert "bewijs" not in [veld.veld for zicht in zonder.stappen for veld in zicht.velden]
    with pytest.raises(NotFound):
        zonder.zichtbaar("hoofdbewoner")
    assert verloop(formulier, antwoorden, om).waarden["hoofdbewoner"] == "Jan"


def test_pages_come_in_order_and_not_past_the_first_open_one(voorbeelden: Formulieren) -> None:
    formulier = voorbeelden.get("verhuizing-doorgeven")
    stand = verloop(formulier, {"verhuisdatum": "2026-12-01"}, kaal(voorbeelden))
    assert stand.eerste_open == "nieuw-adres"
    assert stand.mag("verhuisdatum")
    assert stand.mag("nieuw-adres")
    assert not stand.mag("woonsituatie")
    assert not stand.mag("bestaat-niet")
    assert stand.nummer_van("nieuw-adres") == 2
    assert stand.vorige("nieuw-adres") == "verhuisdatum"
    assert stand.vorige("verhuisdatum") is None
    assert stand.volgende("nieuw-adres") == "woonsituatie"
    assert stand.volgende("contact") is None


def test_not_the_right_place_stops_the_form(voorbeelden: Formulieren) -> None:
    formulier = voorbeelden.get("verhuizing-doorgeven")
    adres = {"postcode": "8011AB", "huisnummer": 1, "straat": "Markt", "plaats": "Zwolle", "gemeente": "Zwolle"}
    stand = verloop(formulier, {"verhuisdatum": "2026-12-01", "nieuw_adres": adres}, kaal(voorbeelden))
    gestopt = stand.zichtbaar("nieuw-adres").gestopt
    assert gestopt is not None
    assert stand.eerste_open == "nieuw-adres"
    assert vul(gestopt.titel, stand).nl == "U verhuist naar Zwolle"


def test_a_day_that_was_good_is_judged_again(voorbeelden: Formulieren) -> None:
    formulier = voorbeelden.get("verhuizing-doorgeven")
    laat = verloop(formulier, {"verhuisdatum": "2026-12-30"}, kaal(voorbeelden))  # more than 28 days ahead
    assert laat.zichtbaar("verhuisdatum").open == ("verhuisdatum",)
    ruw = verloop(formulier, {"verhuisdatum": Ruw({"verhuisdatum-dag": ["31"]})}, kaal(voorbeelden))
    assert ruw.zichtbaar("verhuisdatum").open == ("verhuisdatum",)


def test_an_optional_question_is_open_until_it_was_seen(voorbeelden: Formulieren) -> None:
    formulier = voorbeelden.get("uittreksel-brp")
    om = kaal(voorbeelden)
    antwoorden = {"soort": "gezin", "leveren": "digitaal"}
    assert verloop(formulier, antwoorden, om).eerste_open == "doel"
    assert verloop(formulier, antwoorden | {"doel": None}, om).is_compleet


def _gezin() -> tuple[Bronoptie, ...]:
    return (
        Bronoptie("een", vast("Saar"), {"ander_gezag": True, "leeftijd": 7, "bsn": "111222333"}),
        Bronoptie("twee", vast("Daan"), {"ander_gezag": False, "leeftijd": 9}),
    )


def test_conditions_work_in_and_over_a_group(voorbeelden: Formulieren) -> None:
    formulier = voorbeelden.get("verhuizing-doorgeven")
    om = kaal(voorbeelden, **{"brp.gezinsleden": _gezin()})

    def met(*items: dict[str, Any]) -> Any:
        return verloop(formulier, {"medeverhuizers": list(items)}, om)

    daan = {"id": "1", "persoon": "twee", "zelfde_datum": True}
    saar = {"id": "2", "persoon": "een", "zelfde_datum": False}
    assert "gezag-gelezen" not in [z.stap.stap for z in met(daan).stappen]
    klaar = met(daan, saar | {"eigen_datum": "2026-12-02"})
    assert "gezag-gelezen" in [z.stap.stap for z in klaar.stappen]
    assert klaar.waarden["medeverhuizers"][1]["eigen_datum"] == date(2026, 12, 2)
    half = met(daan, saar)
    assert half.items["medeverhuizers"][1].open == ("eigen_datum",)
    assert half.zichtbaar("medeverhuizers").open == ("medeverhuizers",)
    assert [v.veld for v in met(daan).items["medeverhuizers"][0].velden] == ["persoon", "zelfde_datum"]
    assert met(daan, daan | {"id": "3"}).zichtbaar("medeverhuizers").open  # the same person twice
    assert met().zichtbaar("medeverhuizers").open == ()
    assert verloop(formulier, {}, om).zichtbaar("medeverhuizers").open == ("medeverhuizers",)
    assert "medeverhuizers" not in [z.stap.stap for z in verloop(formulier, {}, kaal(voorbeelden)).stappen]


def test_a_posted_page_is_read_in_its_own_order(voorbeelden: Formulieren) -> None:
    formulier = voorbeelden.get("verhuizing-doorgeven")
    om = kaal(voorbeelden, **{"brp.gezinsleden": _gezin()})
    stap = formulier.stap("hoofdbewoner")
    invoer = Invoer([("hoofdbewoner", "Jan"), ("toestemming_wijze", "digid"), ("hoofdbewoner_email", "x")])
    lezing = lees_stap(formulier, stap, invoer, {"woonsituatie": "inwonend"}, om)
    assert [veld.veld for veld in lezing.velden] == ["hoofdbewoner", "toestemming_wijze", "hoofdbewoner_email"]
    assert set(lezing.fouten) == {"hoofdbewoner_email"}
    assert lezing.antwoorden == {"hoofdbewoner": "Jan", "toestemming_wijze": "digid"}
    groep = formulier.veld("medeverhuizers")
    item = lees_item(formulier, groep, Invoer([("persoon", "een"), ("zelfde_datum", "nee")]), {}, om)
    assert set(item.fouten) == {"eigen_datum-dag"}


def test_the_check_before_login_ends_in_one_outcome(voorbeelden: Formulieren) -> None:
    formulier = voorbeelden.get("evenementenvergunning")
    om = Omgeving(VANDAAG, Inlog("anoniem"), {}, voorbeelden.tarieven)
    assert uitkomst(formulier, {"bezoekers": 10}, om) is None
    assert voorcheck_velden(formulier, {"bezoekers": 10}, om).open == ("periode", "muziek", "wegen")
    gevonden = uitkomst(formulier, EVENEMENT, om)
    assert gevonden is not None
    assert gevonden.doorgaan
    tekst = vul(gevonden.tekst, voorcheck_verloop(formulier, EVENEMENT, om))
    assert tekst.nl.startswith("Uw evenement is over 67 dagen. Wij hebben 84 dagen nodig.")
    klein = uitkomst(formulier, EVENEMENT | {"bezoekers": 20, "wegen": "geen"}, om)
    assert klein is not None
    assert not klein.doorgaan
    assert lees_voorcheck(formulier, Invoer([("bezoekers", "0")]), om).fouten["bezoekers"]
    with pytest.raises(NotFound):
        lees_voorcheck(voorbeelden.get("uittreksel-brp"), Invoer(), om)


def test_a_task_list_says_what_cannot_be_done_yet(voorbeelden: Formulieren) -> None:
    formulier = voorbeelden.get("evenementenvergunning")
    leeg = verloop(formulier, {}, kaal(voorbeelden))
    assert leeg.zichtbaar("bijlagen").kan_nog_niet
    assert not leeg.mag("bijlagen")
    assert leeg.mag("locatie")  # any order
    assert not verloop(formulier, EVENEMENT, kaal(voorbeelden)).zichtbaar("bijlagen").kan_nog_niet


def test_which_sources_a_form_needs(voorbeelden: Formulieren) -> None:
    uittreksel = voorbeelden.get("uittreksel-brp")
    assert bronnen_in_regels(uittreksel) == {"brp.kinderen_met_gezag", "brp.geheimhouding"}
    assert gevraagde_bronnen(uittreksel) == {"brp.kinderen_met_gezag", "brp.geheimhouding", "brp.adres"}


def test_texts_are_filled_by_name_only(voorbeelden: Formulieren) -> None:
    formulier = voorbeelden.get("uittreksel-brp")
    om = kaal(voorbeelden)
    stand = verloop(formulier, {"soort": "woonadres", "leveren": "post", "doel": "{brp.adres} " * 30}, om)
    assert vul(formulier.veld("leveren").opties["post"], stand).nl == "Per post, €\u00a017,20"
    assert vul(formulier.veld("leveren").opties["post"], stand).en == "By post, €17.20"
    assert vul(vast("{berekend.leges} {termijn.wettelijk} {doel.x} {soort}"), stand).nl == (
        "€\u00a017,20 22 december 2026 … Woonadres"
    )
    assert vul(vast("{extra}"), stand, {"extra": vast("ja")}).nl == "ja"
    assert vul(vast("{soort.__class__} {0} {}"), stand).nl == "… {0} {}"
    omschrijving = vul_een_taal("Uittreksel: {doel}", stand)
    assert len(omschrijving) <= 80
    assert omschrijving.endswith("…")


rare_waarden = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from(["koop", "een", "ja"]),
    lambda kind: st.lists(kind, max_size=3) | st.dictionaries(st.sampled_from(["id", "van", "tot", "persoon"]), kind),
    max_leaves=5,
)


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_nothing_that_was_stored_makes_it_fall_over(voorbeelden: Formulieren, data: st.DataObject) -> None:
    formulier = voorbeelden.get(data.draw(st.sampled_from(voorbeelden.slugs)))
    om = omgeving(voorbeelden, rijk=data.draw(st.booleans()))
    goed = ingevuld(formulier, om)
    namen = sorted({veld.veld for veld in formulier.alle_velden()})
    antwoorden = {naam: goed.get(naam) for naam in namen if data.draw(st.booleans())}
    antwoorden |= data.draw(st.dictionaries(st.sampled_from(namen), rare_waarden, max_size=6))
    stand = verloop(formulier, antwoorden, om)
    assert isinstance(stand.is_compleet, bool)
    assert stand.bedrag is None or isinstance(stand.bedrag.cent, int)


def test_each_example_can_be_filled_in(voorbeelden: Formulieren) -> None:
    for slug in ("uittreksel-brp", "evenementenvergunning"):
        assert compleet(voorbeelden.get(slug), omgeving(voorbeelden)).is_compleet
