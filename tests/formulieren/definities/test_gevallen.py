"""Cases of citizens, product by product, on the definitions as they are: what is asked, refused, and to be paid."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from pip_portal.formulieren.omgeving import Bronoptie, Omgeving
from pip_portal.formulieren.tarieven import Tarieven
from pip_portal.formulieren.teksten import vast
from pip_portal.formulieren.toepassing import vul
from pip_portal.formulieren.veldtypen.basis import Invoer, Lezing
from pip_portal.formulieren.verloop import Verloop, Zichtbaar, itemstand, uitkomst, verloop, voorcheck_verloop
from pip_portal.formulieren.voorwaarden import waar
from tests.formulieren import voorbeelden

FORMULIEREN = voorbeelden.alle_formulieren()
VANDAAG = date(2026, 11, 24)
Antwoorden = Mapping[str, Any]


def om(soort: str = "digid", *, dag: date = VANDAAG, **bronnen: Any) -> Omgeving:
    basis = voorbeelden.omgeving(FORMULIEREN, soort=soort, dag=dag, rijk=False)
    eigen = {naam.replace("__", "."): waarde for naam, waarde in bronnen.items()}
    return replace(basis, bronnen={**basis.bronnen, **eigen})


def stand(slug: str, antwoorden: Antwoorden, omgeving: Omgeving) -> Verloop:
    return verloop(FORMULIEREN.get(slug), antwoorden, omgeving)


def lees(slug: str, naam: str, invoer: Mapping[str, str], omgeving: Omgeving) -> Lezing:
    lezing: Lezing = (
        FORMULIEREN.get(slug)
        .veld(naam)
        .lees(Invoer.van({controle: [tekst] for controle, tekst in invoer.items()}), omgeving, {})
    )
    return lezing


def datum(naam: str, dag: date) -> dict[str, str]:
    return {f"{naam}-dag": str(dag.day), f"{naam}-maand": str(dag.month), f"{naam}-jaar": str(dag.year)}


def vragen(verloop_: Verloop) -> set[str]:
    return {veld.veld for zicht in verloop_.stappen for veld in zicht.velden}


def pagina(verloop_: Verloop, stap: str) -> Zichtbaar:
    return next(zicht for zicht in verloop_.stappen if zicht.stap.stap == stap)


def bevestiging(slug: str, antwoorden: Antwoorden, omgeving: Omgeving) -> str:
    formulier, nu = FORMULIEREN.get(slug), stand(slug, antwoorden, omgeving)
    rij = next(r for r in formulier.bevestiging if r.anders or waar(r.als, nu.kennis))
    return vul(rij.tekst, nu).nl


def na_check(slug: str, antwoorden: Antwoorden, omgeving: Omgeving) -> tuple[str, bool, str]:
    """Where the check sends someone, whether the form can be done, and what it says."""
    formulier = FORMULIEREN.get(slug)
    rij = uitkomst(formulier, antwoorden, omgeving)
    assert rij is not None
    return rij.naar, rij.doorgaan, vul(rij.tekst, voorcheck_verloop(formulier, antwoorden, omgeving)).nl


def optie(waarde: str, **kenmerken: Any) -> Bronoptie:
    return Bronoptie(waarde, vast(waarde), kenmerken)


# ---- burgerzaken ---------------------------------------------------------------------------------------------------


def test_moving_can_be_reported_four_weeks_ahead() -> None:
    laatste = VANDAAG + timedelta(days=28)
    assert not lees("verhuizing-doorgeven", "verhuisdatum", datum("verhuisdatum", laatste), om()).fouten
    te_vroeg = lees("verhuizing-doorgeven", "verhuisdatum", datum("verhuisdatum", laatste + timedelta(days=1)), om())
    assert list(te_vroeg.fouten.values()) == [
        "U kunt uw verhuizing vanaf 4 weken van tevoren doorgeven. Kies een datum tot en met 22 december 2026."
    ]


def test_moving_elsewhere_is_for_that_municipality() -> None:
    adres = {"postcode": "7201AA", "huisnummer": 1, "straat": "Markt", "plaats": "Zutphen", "gemeente": "Zutphen"}
    gestopt = pagina(stand("verhuizing-doorgeven", {"nieuw_adres": adres}, om()), "nieuw-adres").gestopt
    assert gestopt is not None
    nu = stand("verhuizing-doorgeven", {"nieuw_adres": adres}, om())
    assert vul(gestopt.titel, nu).nl == "U verhuist naar Zutphen"


def test_the_other_parent_is_named_when_a_child_moves() -> None:
    gezin = (optie("kind", ander_gezag=True), optie("man", ander_gezag=False))
    omgeving = om(brp__gezinsleden=gezin)
    assert "gezag_gelezen" in vragen(stand("verhuizing-doorgeven", {"wie": ["kind"]}, omgeving))
    assert "gezag_gelezen" not in vragen(stand("verhuizing-doorgeven", {"wie": ["man"]}, omgeving))
    assert "wie" not in vragen(stand("verhuizing-doorgeven", {}, om()))


def test_a_child_is_chosen_from_the_register_never_typed() -> None:
    antwoorden = {"voor_wie": "kind"}
    assert "kind" not in vragen(stand("uittreksel-brp", antwoorden, om()))
    omgeving = om(brp__kinderen_met_gezag=(optie("k1"),))
    assert "kind" in vragen(stand("uittreksel-brp", antwoorden, omgeving))
    assert lees("uittreksel-brp", "kind", {"kind": "ander-kind"}, omgeving).fouten
    assert not lees("uittreksel-brp", "kind", {"kind": "k1"}, omgeving).fouten


@pytest.mark.parametrize(
    ("leveren", "dag", "cent"),
    [
        ("post", VANDAAG, 17_20),
        ("digitaal", VANDAAG, 11_30),
        ("post", date(2027, 1, 1), 17_65),
    ],
)
def test_an_extract_costs_what_the_tariff_of_the_day_says(leveren: str, dag: date, cent: int) -> None:
    bedrag = stand("uittreksel-brp", {"leveren": leveren}, om(dag=dag)).bedrag
    assert bedrag is not None
    assert bedrag.cent == cent


@pytest.mark.parametrize(
    ("geboren", "uiterlijk"),
    [
        (date(2026, 11, 23), date(2026, 11, 26)),  # Monday: Thursday
        (date(2026, 11, 20), date(2026, 11, 24)),  # Friday: Tuesday, two working days are in it
        (date(2026, 11, 21), date(2026, 11, 24)),  # Saturday: Tuesday
    ],
)
def test_a_birth_can_be_registered_for_three_days(geboren: date, uiterlijk: date) -> None:
    antwoorden = {"geboortedatum": geboren.isoformat()}
    assert stand("geboorteaangifte", antwoorden, om()).berekend["uiterste_dag"] == uiterlijk
    assert pagina(stand("geboorteaangifte", antwoorden, om(dag=uiterlijk)), "geboortedatum").gestopt is None
    te_laat = om(dag=uiterlijk + timedelta(days=1))
    assert pagina(stand("geboorteaangifte", antwoorden, te_laat), "geboortedatum").gestopt is not None


GEEN = {"in_deventer": True, "ouders_bekend": True, "zelfde_adres": True, "nederlander": True}


def test_a_birth_elsewhere_is_sent_to_the_right_place() -> None:
    naar, doorgaan, tekst = na_check("geboorteaangifte", GEEN | {"in_deventer": False}, om())
    assert (naar, doorgaan) == ("", False)
    assert tekst.startswith("Geef de geboorte aan bij de gemeente waar uw kind is geboren.")


def test_a_passport_asks_no_name_of_who_is_logged_in() -> None:
    formulier = FORMULIEREN.get("reisdocument")
    groep = formulier.veld("personen")
    for omgeving, persoon, verwacht in ((om(), "zelf", False), (om(), "ander", True), (om("anoniem"), "", True)):
        nu = verloop(formulier, {}, omgeving)
        item = {"id": "1", **({"persoon": persoon} if persoon else {})}
        namen = {veld.veld for veld in itemstand(nu.kennis, groep, item).velden}  # type: ignore[arg-type]  # a Stand
        assert ({"naam", "geboortedatum"} <= namen) is verwacht


def test_who_reports_an_address_need_not_say_who_they_are() -> None:
    nu = stand("adresonderzoek", {"situatie": "elders", "email": None, "telefoon": None}, om("anoniem"))
    assert not {"email", "telefoon"} & {naam for zicht in nu.stappen for naam in zicht.open}
    assert "vertellen wij niet wat de uitkomst is voor andere mensen" in bevestiging("adresonderzoek", {}, om())


# ---- parkeren ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("postcode", "ingang", "cent"),
    [
        ("7411KT", "2026-12-01", 12_60),  # one month of 151.20
        ("7411KT", "2026-11-24", 25_20),
        ("7412AA", "2026-11-24", 12_60),  # two months of 75.60
        ("7411KT", "2027-01-01", 151_20),
    ],
)
def test_a_resident_pays_for_the_months_that_are_left(postcode: str, ingang: str, cent: int) -> None:
    nu = stand("parkeervergunning-bewoners", {"ingang": ingang}, om(brp__postcode=postcode))
    assert nu.bedrag is not None
    assert nu.bedrag.cent == cent


def test_a_second_permit_costs_more_and_too_many_are_warned_about() -> None:
    een = om(brp__postcode="7412AA", zaak__parkeervergunningen=1)
    nu = stand("parkeervergunning-bewoners", {"ingang": "2026-12-01"}, een)
    assert nu.bedrag is not None
    assert nu.bedrag.cent == 12_60  # one month of 151.20
    assert "al_een" in vragen(nu)
    twee = om(brp__postcode="7412AA", zaak__parkeervergunningen=2)
    gezien = vragen(stand("parkeervergunning-bewoners", {"ingang": "2026-12-01"}, twee))
    assert {"al_meer"} == gezien & {"al_een", "al_meer"}
    veld = FORMULIEREN.get("parkeervergunning-bewoners").veld("eigen_plaats")
    for eigen_plaats, te_veel in ((False, False), (True, True)):
        nu = stand("parkeervergunning-bewoners", {"eigen_plaats": eigen_plaats}, een)
        assert waar(veld.let_op[0].als, nu.kennis) is te_veel


def test_when_own_zaken_cannot_be_had_the_form_says_who_checks_and_reckons_with_a_first_permit() -> None:
    zonder = om(brp__postcode="7412AA", zaak__parkeervergunningen=None)
    nu = stand("parkeervergunning-bewoners", {"ingang": "2026-12-01"}, zonder)
    assert {"aantal_onbekend"} == vragen(nu) & {"aantal_onbekend", "al_een"}
    assert nu.bedrag is not None
    assert nu.bedrag.cent == 6_30


def test_a_full_city_centre_has_a_waiting_list_and_the_rest_has_not() -> None:
    vol, buiten = om(brp__postcode="7411KT"), om(brp__postcode="7412AA")
    assert "wachtlijst" in vragen(stand("parkeervergunning-bewoners", {"ingang": "2026-12-01"}, vol))
    assert "wachtlijst" not in vragen(stand("parkeervergunning-bewoners", {"ingang": "2026-12-01"}, buiten))
    nee = stand("parkeervergunning-bewoners", {"wachtlijst": False}, vol)
    assert pagina(nee, "wachtlijst").gestopt is not None
    zin = bevestiging("parkeervergunning-bewoners", {"wachtlijst": True}, vol)
    assert "U komt op de wachtlijst. Toen u dit stuurde, stonden er 47 mensen op." in zin
    assert "Wij beslissen uiterlijk op" in bevestiging("parkeervergunning-bewoners", {}, buiten)
    for antwoorden, omgeving, wacht in (({"wachtlijst": True}, vol, True), ({}, buiten, False)):
        assert stand("parkeervergunning-bewoners", antwoorden, omgeving).wacht_op_plek is wacht


@pytest.mark.parametrize(
    ("postcode", "verder", "zin"),
    [
        ("7411 KT", True, "In de binnenstad is nu geen plek. Op de wachtlijst staan 47 mensen."),
        ("7412AA", True, "U kunt een vergunning aanvragen. Die kost €\u00a075,60 per jaar."),
        ("7431 AA", False, "U hebt geen vergunning nodig."),
    ],
)
def test_the_check_says_beforehand_whether_there_is_room(postcode: str, verder: bool, zin: str) -> None:
    naar, doorgaan, tekst = na_check("parkeervergunning-bewoners", {"postcode": postcode}, om("anoniem"))
    assert (naar, doorgaan) == ("", verder)
    assert zin in tekst


def test_a_company_that_asks_more_than_there_are_left_can_wait() -> None:
    items = [{"id": str(n), "op_naam": "bedrijf"} for n in range(2)]
    tarieven = dict(FORMULIEREN.tarieven.regels)
    for gegeven, wacht in ((538, False), (539, True)):
        regel = tarieven["parkeren-bedrijf-binnenstad-gegeven"][0].model_copy(update={"aantal": gegeven})
        anders = Tarieven(tarieven | {"parkeren-bedrijf-binnenstad-gegeven": (regel,)})
        nu_ = replace(om("eherkenning"), tarieven=anders)
        assert ("wachtlijst" in vragen(stand("parkeervergunning-bedrijven", {"vergunningen": items}, nu_))) is wacht


def test_no_permit_is_needed_outside_the_areas() -> None:
    nu = stand("parkeervergunning-bewoners", {}, om(brp__postcode="7431AA"))
    assert nu.stappen[0].gestopt is not None


def test_a_company_pays_for_each_permit() -> None:
    items = [{"id": str(n), "op_naam": "bedrijf"} for n in range(2)]
    nu = stand("parkeervergunning-bedrijven", {"vergunningen": items, "ingang": "2026-12-01"}, om("eherkenning"))
    assert nu.bedrag is not None
    assert nu.bedrag.cent == 67_00  # 402.00 / 12, twice
    assert "werkplekken" in vragen(nu)


# ---- woonomgeving --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("categorie", "dagen"), [("afval", 2), ("verlichting", 5), ("weg", 10)])
def test_a_report_says_when_we_look(categorie: str, dagen: int) -> None:
    antwoorden = {"categorie": categorie, "gevaar": "nee"}
    assert f"binnen {dagen} werkdagen" in bevestiging("melding-openbare-ruimte", antwoorden, om("anoniem"))


def test_danger_to_life_is_for_112() -> None:
    gestopt = pagina(stand("melding-openbare-ruimte", {"gevaar": "levensgevaar"}, om("anoniem")), "gevaar").gestopt
    assert gestopt is not None
    assert gestopt.titel.nl == "Bel nu 112"


def test_a_report_asks_for_an_address_only_from_who_wants_a_message() -> None:
    assert not {"email", "telefoon"} & vragen(stand("melding-openbare-ruimte", {"op_de_hoogte": "nee"}, om("anoniem")))
    assert "email" in vragen(stand("melding-openbare-ruimte", {"op_de_hoogte": "email"}, om("anoniem")))
    assert "mastnummer" in vragen(stand("melding-openbare-ruimte", {"categorie": "verlichting"}, om("anoniem")))


# ---- evenementen ---------------------------------------------------------------------------------------------------

KLEIN = {
    "periode": {"van": "2027-06-05", "tot": "2027-06-05"},
    "bezoekers": 40,
    "wegen": "geen",
    "muziek": "geen",
    "neerzetten": ["niets"],
    "bijzonder": ["geen"],
}


@pytest.mark.parametrize(
    ("anders", "klasse"),
    [
        ({}, "niets"),
        ({"bezoekers": 51}, "melding"),
        ({"wegen": "rustig"}, "melding"),
        ({"bezoekers": 100, "neerzetten": ["klein"]}, "melding"),
        ({"bezoekers": 101}, "A"),
        ({"bijzonder": ["alcohol"]}, "A"),
        ({"neerzetten": ["groot"]}, "A"),
        ({"bezoekers": 500}, "A"),
        ({"bezoekers": 501}, "B"),
        ({"muziek": "versterkt"}, "B"),
        ({"neerzetten": ["tent"]}, "B"),
        ({"wegen": "druk"}, "B"),
        ({"wegen": "druk", "bezoekers": 2001}, "C"),
        ({"bezoekers": 5000}, "B"),
        ({"bezoekers": 5001}, "C"),
    ],
)
def test_class_of_an_event(anders: Antwoorden, klasse: str) -> None:
    assert stand("evenementenvergunning", {**KLEIN, **anders}, om()).berekend["klasse"] == klasse


def test_an_event_of_800_visitors_with_tents_and_stalls() -> None:
    van = VANDAAG + timedelta(days=67)
    antwoorden = {
        **KLEIN,
        "periode": {"van": van.isoformat(), "tot": van.isoformat()},
        "bezoekers": 800,
        "wegen": "rustig",
        "neerzetten": ["klein"],
        "objecten": [
            {"id": "1", "object_soort": "tent", "aantal": 3, "m2": 50, "hoogte": None},
            {"id": "2", "object_soort": "kraam", "aantal": 10, "m2": 6, "hoogte": None},
        ],
    }
    nu = stand("evenementenvergunning", antwoorden, om("eherkenning"))
    assert (nu.berekend["klasse"], nu.berekend["objecten_m2"], nu.berekend["dagen_nodig"]) == ("B", 210, 84)
    assert nu.bedrag is not None
    assert [regel.cent for regel in nu.bedrag.regels] == [610_00, 241_50]
    assert nu.bedrag.cent == 851_50
    naar, doorgaan, tekst = na_check("evenementenvergunning", antwoorden, om("anoniem"))
    assert (naar, doorgaan) == ("", True)
    assert "Uw evenement is over 9 weken. Voor dit type hebben wij 12 weken nodig." in tekst
    assert {"straten", "veiligheidsplan", "verkeersplan", "ehbo"} <= vragen(nu)
    assert not {"muziek_tot", "geluidsplan", "tentboek"} & vragen(nu)


def test_a_street_party_needs_only_a_notification() -> None:
    antwoorden = {**KLEIN, "wegen": "rustig"}
    assert na_check("evenementenvergunning", antwoorden, om("anoniem"))[0] == "melding-klein-evenement"
    wanneer = pagina(stand("melding-klein-evenement", {"bezoekers": 101}, om()), "wat")
    assert wanneer.gestopt is not None
    assert pagina(stand("melding-klein-evenement", {"bezoekers": 100}, om()), "wat").gestopt is None


def test_music_with_an_amplifier_stops_at_eleven() -> None:
    assert not lees("evenementenvergunning", "muziek_tot", {"muziek_tot": "23.00"}, om()).fouten
    assert lees("evenementenvergunning", "muziek_tot", {"muziek_tot": "23.15"}, om()).fouten == {
        "muziek_tot": "Muziek met een versterker mag tot 23.00 uur. Kies een eerdere tijd."
    }


# ---- ondernemen ----------------------------------------------------------------------------------------------------


def _leidinggevende(vergunningen: list[str], geboren: date) -> set[str]:
    """What is still open about a manager who was born on that day."""
    formulier = FORMULIEREN.get("exploitatievergunning-horeca")
    nu = stand("exploitatievergunning-horeca", {"vergunningen": vergunningen}, om("eherkenning"))
    naam = "geboortedatum_alcohol" if "alcohol" in vergunningen else "geboortedatum_zonder"
    item = {
        "id": "1",
        "leidinggevende_naam": "Noor de Wit",
        naam: geboren.isoformat(),
        "leidinggevende_email": "noor@voorbeeld.nl",
        "functie": "eigenaar",
        "svh": "1234567",
    }
    groep = formulier.veld("leidinggevenden")
    return set(itemstand(nu.kennis, groep, item).open)  # type: ignore[arg-type]  # a Stand


def test_who_runs_a_place_with_alcohol_is_21_or_older() -> None:
    assert _leidinggevende(["alcohol"], date(2005, 11, 24)) == set()
    assert _leidinggevende(["alcohol"], date(2005, 11, 25)) == {"geboortedatum_alcohol"}
    assert _leidinggevende(["exploitatie"], date(2006, 11, 24)) == set()  # 20, and no alcohol
    twintig = datum("geboortedatum_alcohol", date(2006, 11, 24))
    fouten = lees("exploitatievergunning-horeca", "geboortedatum_alcohol", twintig, om("eherkenning")).fouten
    (zin,) = fouten.values()
    assert zin.startswith("Deze leidinggevende is jonger dan 21 jaar.")


def test_every_manager_signs_and_each_permit_is_paid() -> None:
    formulier = FORMULIEREN.get("exploitatievergunning-horeca")
    (tekenen,) = formulier.ondertekening
    assert (tekenen.per, tekenen.email, tekenen.middel.digid) == (
        "leidinggevenden",
        "leidinggevende_email",
        "substantieel",
    )
    assert formulier.toegang.niveau_eherkenning == 25
    for vergunningen, cent in ((["exploitatie"], 415_00), (["exploitatie", "alcohol"], 975_00)):
        bedrag = stand(formulier.formulier, {"vergunningen": vergunningen}, om("eherkenning")).bedrag
        assert bedrag is not None
        assert bedrag.cent == cent


def test_a_place_on_private_land_needs_the_owner() -> None:
    antwoorden = {"soort": "dagen", "plek": "eigen", "grond": "ander"}
    assert "eigenaar_akkoord" in vragen(stand("standplaats", antwoorden, om()))
    assert not {"eigenaar_akkoord", "locatie"} & vragen(stand("standplaats", {**antwoorden, "plek": "bathmen"}, om()))
    assert lees("standplaats", "lengte", {"lengte": "6,5"}, om()).waarde is not None
    assert lees("standplaats", "lengte", {"lengte": "20,1"}, om()).fouten


# ---- zorg en geld --------------------------------------------------------------------------------------------------


def test_a_partner_agrees_to_remission_when_living_together() -> None:
    formulier = FORMULIEREN.get("kwijtschelding")
    (tekenen,) = formulier.ondertekening
    for partner in (True, False):
        nu = stand("kwijtschelding", {"partner": partner}, om())
        assert waar(tekenen.als, nu.kennis) is partner
        assert ("partner_email" in vragen(nu)) is partner
    assert tekenen.ziet == ("aanslagen", "heffingen")
    assert "U hoeft nu niet te betalen." in bevestiging("kwijtschelding", {"partner": False}, om())


RUSTIG: Antwoorden = {
    "partner": False,
    "heeft_inkomen": True,
    "inkomen": [{"id": "1", "inkomen_soort": "uitkering", "inkomen_bedrag": 1_400_00}],
    "woning": "huur",
    "huur": 700_00,
    "huurtoeslag": 300_00,
    "zorgpremie": 155_00,
    "rekeningen": [{"id": "1", "rekening_laatste": "1234", "rekening_bedrag": 900_00}],
    "auto": False,
    "schulden": False,
}


@pytest.mark.parametrize(
    ("anders", "indicatie"),
    [
        ({}, "wel"),
        # 400 rent counts for 175 above the basic rent, 155 premium for 110: the limit for income is 1400 + 285
        ({"inkomen": [{"id": "1", "inkomen_soort": "loon", "inkomen_bedrag": 1_685_00}]}, "wel"),
        ({"inkomen": [{"id": "1", "inkomen_soort": "loon", "inkomen_bedrag": 1_685_01}]}, "niet"),
        ({"rekeningen": [{"id": "1", "rekening_laatste": "1234", "rekening_bedrag": 2_000_01}]}, "niet"),
        ({"heeft_inkomen": False}, "wel"),
        ({"woning": "koop", "hypotheek": 500_00, "hypotheekschuld": 90_000_00}, "bezit"),
        ({"auto": True, "kenteken": "AB123C", "auto_nodig": False}, "bezit"),
        ({"auto": True, "kenteken": "AB123C", "auto_nodig": True}, "wel"),
        ({"partner": True, "partner_email": "p@example.nl"}, "wel"),
    ],
)
def test_who_asks_for_remission_hears_what_is_likely_and_that_it_is_no_decision(
    anders: Antwoorden, indicatie: str
) -> None:
    if anders.get("partner"):
        eigen = [{**item, "inkomen_van": "mij"} for item in RUSTIG["inkomen"]]
        anders = {**anders, "inkomen": eigen}
    nu = stand("kwijtschelding", {**RUSTIG, **anders}, om())
    assert nu.berekend["indicatie"] == indicatie
    [uitleg] = pagina(nu, "indicatie").velden
    assert uitleg.veld == f"indicatie_{indicatie}"
    assert "Dit is nog geen besluit." in uitleg.tekst.nl
    assert "not a decision" in uitleg.tekst.en
    assert pagina(nu, "indicatie").is_klaar, "it holds nobody back"


def test_no_amount_of_money_leaves_the_form_except_in_the_pdf() -> None:
    for slug in ("kwijtschelding", "gehandicaptenparkeerkaart"):
        formulier = FORMULIEREN.get(slug)
        assert formulier.gevoelig
        assert formulier.toegang.digid == "substantieel"
        gebruikt = {pad.partition(".")[0] for pad in formulier.zaak.eigenschappen.values()}
        gevoelig = {veld.veld for veld in formulier.alle_velden() if veld.gevoelig}
        assert gevoelig
        assert not gevoelig & (gebruikt | {naam for t in formulier.ondertekening for naam in t.ziet})


def test_an_account_can_be_overdrawn() -> None:
    lezing = lees("kwijtschelding", "rekening_bedrag", {"rekening_bedrag": "-25,00"}, om())
    assert (lezing.waarde, lezing.fouten) == (-25_00, {})


def test_medical_papers_are_for_the_doctor_only() -> None:
    medisch = FORMULIEREN.get("gehandicaptenparkeerkaart").veld("medisch")
    assert (medisch.vertrouwelijkheid, medisch.verplicht) == ("confidentieel", False)


@pytest.mark.parametrize(
    ("antwoorden", "cent"), [({"eerder": False}, 173_60), ({"eerder": True, "eerder_keuring": True}, 45_60)]
)
def test_who_was_examined_before_pays_no_examination(antwoorden: Antwoorden, cent: int) -> None:
    nu = stand("gehandicaptenparkeerkaart", antwoorden, om())
    assert nu.bedrag is not None
    assert nu.bedrag.cent == cent
    assert ("toestemming" in vragen(nu)) is (cent > 100_00)


# ---- rechten -------------------------------------------------------------------------------------------------------


def test_a_late_objection_is_accepted_with_a_reason() -> None:
    te_laat = {"kenmerk": "Z-2026-1", "datum_besluit": "2026-09-01"}
    nu = stand("bezwaar", te_laat, om())
    assert nu.berekend["uiterste_dag"] == date(2026, 10, 13)
    assert "te_laat" in vragen(nu)
    assert all(zicht.gestopt is None for zicht in nu.stappen)
    assert voorbeelden.compleet(FORMULIEREN.get("bezwaar"), om()).is_compleet
    op_tijd = stand("bezwaar", {**te_laat, "datum_besluit": "2026-10-13"}, om())
    assert op_tijd.berekend["uiterste_dag"] == VANDAAG
    assert "te_laat" not in vragen(op_tijd)


def test_a_besluit_is_chosen_from_own_zaken_or_named() -> None:
    omgeving = om(zaak__besluiten=(optie("b1", datum=date(2026, 11, 10)),))
    nu = stand("bezwaar", {"besluit_waar": "mijn", "besluit": "b1"}, omgeving)
    assert nu.berekend["uiterste_dag"] == date(2026, 12, 22)
    assert not {"kenmerk", "datum_besluit"} & vragen(nu)
    assert {"kenmerk", "datum_besluit"} <= vragen(stand("bezwaar", {"besluit_waar": "ander"}, omgeving))
    assert {"kenmerk", "datum_besluit"} <= vragen(stand("bezwaar", {}, om()))


def test_twelve_weeks_to_decide_start_when_the_term_to_object_ends() -> None:
    antwoorden = {"kenmerk": "Z-2026-1", "datum_besluit": "2026-11-10", "redenen_nu": "nu", "bel_mij": False}
    assert "uiterlijk op 16 maart 2027" in bevestiging("bezwaar", antwoorden, om())


def test_reasons_may_follow_later() -> None:
    nu = stand("bezwaar", {"redenen_nu": "later"}, om())
    assert "waarom" not in vragen(nu)
    assert bevestiging("bezwaar", {"redenen_nu": "later"}, om()).startswith("U krijgt een brief.")


def test_a_complaint_about_a_decision_is_an_objection() -> None:
    assert na_check("klacht", {"soort_klacht": "besluit"}, om("anoniem"))[0] == "bezwaar"
    assert na_check("klacht", {"soort_klacht": "straat"}, om("anoniem"))[0] == "melding-openbare-ruimte"
    assert na_check("klacht", {"soort_klacht": "omgang"}, om("anoniem"))[1] is True


def test_a_complaint_without_a_name_gets_no_answer_and_says_so() -> None:
    anoniem = stand("klacht", {"bekend": False}, om("anoniem"))
    assert not {"naam", "adres", "telefoon"} & vragen(anoniem)
    assert "U krijgt geen antwoord" in bevestiging("klacht", {"bekend": False}, om("anoniem"))
    assert {"naam", "adres", "telefoon"} <= vragen(stand("klacht", {"bekend": True}, om("anoniem")))
    assert not {"naam", "adres", "bekend"} & vragen(stand("klacht", {}, om()))


def test_a_woo_request_asks_only_what_is_needed_to_answer() -> None:
    per_mail = stand("woo-verzoek", {"antwoord_naar_los": "email"}, om("anoniem"))
    assert not {"naam", "postadres"} & vragen(per_mail)
    assert {"naam", "postadres"} <= vragen(stand("woo-verzoek", {"antwoord_naar_los": "post"}, om("anoniem")))
    assert not {"naam", "postadres", "email_los"} & vragen(stand("woo-verzoek", {"antwoord_naar": "post"}, om()))
    velden = {veld.veld for veld in FORMULIEREN.get("woo-verzoek").alle_velden()}
    assert not {"reden", "belang"} & velden


def test_building_and_cutting_trees_is_done_in_the_omgevingsloket() -> None:
    formulier = FORMULIEREN.get("omgevingsvergunning")
    assert formulier.verwijzing is not None
    assert formulier.verwijzing.url.startswith("https://omgevingswet.overheid.nl/")


# ---- the price in lines ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("slug", "soort", "antwoorden", "regels"),
    [
        (
            "exploitatievergunning-horeca",
            "eherkenning",
            {"vergunningen": ["exploitatie", "alcohol"]},
            [("Exploitatievergunning", 415_00), ("Alcoholvergunning", 560_00)],
        ),
        (
            "gehandicaptenparkeerkaart",
            "digid",
            {"eerder": False},
            [("Gehandicaptenparkeerkaart", 45_60), ("Medische keuring", 128_00)],
        ),
        ("uittreksel-brp", "digid", {"leveren": "post"}, [("Uittreksel, met de post", 17_20)]),
    ],
)
def test_each_line_of_the_price_says_what_it_is_for(
    slug: str, soort: str, antwoorden: Antwoorden, regels: list[tuple[str, int]]
) -> None:
    bedrag = stand(slug, antwoorden, om(soort)).bedrag
    assert bedrag is not None
    assert [(regel.tekst.nl, regel.cent) for regel in bedrag.regels] == regels
    assert all(regel.tarief and regel.vanaf for regel in bedrag.regels), "which tariff of which date is kept"


def test_every_tariff_has_a_name_in_both_languages() -> None:
    for naam, regels in FORMULIEREN.tarieven.regels.items():
        bedragen = [regel for regel in regels if regel.aantal is None]
        assert all(regel.naam and regel.naam.nl != regel.naam.en for regel in bedragen), naam
