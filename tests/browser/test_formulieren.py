"""Products from first question to zaak in a real Chromium: with and without script, on a phone, by keyboard only.

Each page and state is looked at once: zero axe findings, no sideways scrolling at 320 px, valid HTML.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import expect

from pip_portal.formulieren.laden import Formulieren
from pip_portal.paths import DATA
from tests.browser.conftest import Citizen
from tests.browser.invullen import Antwoorden, Invullen, Toetsenbord

pytestmark = [pytest.mark.browser, pytest.mark.seed("N4")]
GEZIN, ALLEEN, BEDRIJF = "Sanne de Vries", "Anna Maria Jansen", "Bakkerij De Koekstad"


@dataclass(frozen=True)
class Geval:
    """A product, who asks for it ("" without logging in), and the answers that matter; the rest is filled in."""

    slug: str
    als: str = ""
    antwoorden: Antwoorden | None = None
    bedrijf: bool = False


GEVALLEN = (
    Geval("uittreksel-brp", GEZIN, {"soort": "woonadres", "voor_wie": "kind", "leveren": "post"}),
    Geval("verhuizing-doorgeven", GEZIN, {"woonsituatie": "huur"}),
    Geval("parkeervergunning-bedrijven", BEDRIJF, {"betaalwijze": "incasso", "op_naam": "kenteken"}, bedrijf=True),
    Geval(
        "melding-openbare-ruimte",
        "",
        {"categorie": "groen", "sinds-dag": "1", "sinds-maand": "1", "sinds-jaar": "2026"},
    ),
    Geval("evenementenvergunning", BEDRIJF, {"muziek": "versterkt", "wegen": "rustig"}, bedrijf=True),
)
UITTREKSEL, VERHUIZING, PARKEREN, MELDING, EVENEMENT = GEVALLEN


@pytest.fixture(scope="session")
def formulieren() -> Formulieren:
    return Formulieren.lees(DATA)


@pytest.fixture(scope="module")
def bekeken() -> set[str]:
    return set()


Kijk = Callable[..., None]


@pytest.fixture
def kijk(bekeken: set[str], check_html: Callable[[str, str], None]) -> Kijk:
    """Look well at this page, unless that was done before: the second time tells nothing new."""

    def look(form: Invullen, toestand: str = "") -> None:
        naam = "-".join(filter(None, (form.formulier.formulier, toestand or form.stap)))
        if naam in bekeken or not form.citizen.javascript:
            return
        bekeken.add(naam)
        form.citizen.expect_accessible()
        check_html(naam, form.page.content())

    return look


Nieuw = Callable[..., Invullen]


@pytest.fixture
def nieuw(new_citizen: Callable[..., Citizen], formulieren: Formulieren, kijk: Kijk) -> Nieuw:
    """Somebody at the first question of a product."""

    def begin(geval: Geval, *, soort: type[Invullen] = Invullen, **scherm: object) -> Invullen:
        form = soort(new_citizen(**scherm), formulieren.get(geval.slug), geval.antwoorden or {}, kijk)
        form.begin(als=geval.als, bedrijf=geval.bedrijf)
        return form

    return begin


@pytest.mark.seed("P7")
@pytest.mark.parametrize("javascript", [True, False], ids=["met-script", "zonder-script"])
@pytest.mark.parametrize("geval", GEVALLEN, ids=lambda geval: geval.slug)
def test_a_product_from_the_first_question_to_mijn_zaken(nieuw: Nieuw, geval: Geval, javascript: bool) -> None:
    form = nieuw(geval, javascript=javascript, width=390 if geval is VERHUIZING else 1280)
    form.tot("/controleren")
    nummer = form.verstuur()
    assert re.fullmatch(r"P\d\d-[0-9A-Z]{10}", nummer)
    if geval.als:
        form.citizen.goto("/zaken")
        expect(form.page.locator("main")).to_contain_text(nummer)


@pytest.mark.seed("P7")
def test_by_keyboard_only(nieuw: Nieuw) -> None:
    form = nieuw(Geval("uittreksel-brp", ALLEEN, {"soort": "gezin"}), soort=Toetsenbord)
    form.tot("/controleren")
    assert form.verstuur().startswith("P")


def test_after_sending_the_way_back_sends_nothing_twice(nieuw: Nieuw, kijk: Kijk) -> None:
    form = nieuw(Geval("uittreksel-brp", ALLEEN, {"soort": "gezin"}))
    form.tot("/controleren")
    nummer = form.verstuur()
    form.page.go_back()
    expect(form.page.get_by_role("heading", level=1)).to_have_text("U hebt uw aanvraag al verstuurd")
    expect(form.page.locator("main")).to_contain_text(nummer)
    kijk(form, "verstuurd")


def test_an_error_says_what_to_do_and_leads_there(nieuw: Nieuw, kijk: Kijk) -> None:
    form = nieuw(UITTREKSEL)
    form.volgende()
    expect(form.page).to_have_title(re.compile("^Fout: "))
    samenvatting = form.page.locator(".utrecht-alert--error")
    expect(samenvatting).to_be_focused()
    zin = "Kies welk uittreksel u nodig hebt."
    expect(form.page.locator("#soort-fout")).to_have_text(f"Fout: {zin}")
    kijk(form, "fout")
    samenvatting.get_by_role("link", name=zin).click()
    expect(form.page.locator("#soort")).to_be_focused()


def test_an_answer_opens_a_question_and_focus_stays(nieuw: Nieuw, kijk: Kijk) -> None:
    form = nieuw(UITTREKSEL)
    form.tot("/voor-wie")
    kind = form.page.locator("[name=voor_wie][value=kind]")
    form.kies(kind)
    expect(form.page.locator("#vraag-kind")).to_be_visible()
    expect(form.page.locator("#aankondiging")).to_have_text("Er is 1 vraag bijgekomen.")
    expect(kind).to_be_focused()
    kijk(form, "vraag-erbij")
    form.kies(form.page.locator("[name=voor_wie][value=zelf]"))
    expect(form.page.locator("#vraag-kind")).to_have_count(0)


def test_without_script_a_question_that_opens_comes_first_and_without_an_error(nieuw: Nieuw) -> None:
    form = nieuw(UITTREKSEL, javascript=False)
    form.tot("/voor-wie")
    form.page.locator("[name=voor_wie][value=kind]").check()
    form.volgende()
    assert form.stap == "voor-wie"
    expect(form.page.locator("#vraag-kind")).to_be_visible()
    expect(form.page.locator(".utrecht-alert--error")).to_have_count(0)


def test_what_was_saved_stands_on_the_overview_and_goes_on(nieuw: Nieuw, kijk: Kijk) -> None:
    form = nieuw(Geval("uittreksel-brp", "Mehmet Yılmaz"))
    form.vul()
    form.druk(form.page.get_by_role("button", name="Opslaan en later verder"))
    expect(form.page.get_by_role("heading", level=1)).to_have_text("Uw antwoorden zijn bewaard")
    kijk(form, "bewaard")
    form.druk(form.page.get_by_role("link", name="Naar uw overzicht"))
    kijk(form, "overzicht-met-concept")
    form.citizen.goto("/formulieren/uittreksel-brp/start")
    if form.page.get_by_role("button", name="Beginnen").count():
        form.druk(form.page.get_by_role("button", name="Beginnen"))
    kijk(form, "kies")
    form.druk(form.page.get_by_role("link", name="Verder gaan").first)
    form.druk(form.page.get_by_role("link", name="Stoppen en alles wissen"))
    kijk(form, "stoppen")
    form.druk(form.page.get_by_role("button", name="Ja, wis alles"))
    expect(form.page.locator("main")).not_to_contain_text("U was bij")


def test_two_tabs_with_the_same_question_keep_both_answers(nieuw: Nieuw, kijk: Kijk) -> None:
    form = nieuw(Geval("uittreksel-brp", "Mehmet Yılmaz"))
    ander = form.page.context.new_page()
    ander.goto(form.page.url)
    ander.locator("[name=soort][value=gezin]").check()
    ander.locator(".portaal-vraagpagina__knoppen [value=volgende]").click()
    form.page.locator("[name=soort][value=staat]").check()
    form.volgende()
    expect(form.page.get_by_role("heading", level=1)).to_have_text("Welk antwoord is goed?")
    kijk(form, "tabbladen")
    form.page.locator("[name=tabblad][value=hier]").check()
    form.druk(form.page.get_by_role("button", name="Volgende stap"))
    assert form.stap != "soort"


def test_an_address_is_found_and_one_elsewhere_ends_kindly(nieuw: Nieuw, kijk: Kijk) -> None:
    form = nieuw(Geval("verhuizing-doorgeven", ALLEEN))
    form.tot("/nieuw-adres")
    page = form.page
    page.locator("#nieuw_adres-postcode").fill("7415 DH")
    page.locator("#nieuw_adres-huisnummer").fill("12")
    page.get_by_role("button", name="Zoek adres").click()
    expect(page.locator("#aankondiging")).to_have_text("Dit is het adres: Karel de Grotelaan 12, 7415 DH Deventer")
    expect(page.get_by_role("button", name="Zoek adres")).to_be_focused()
    kijk(form, "adres-gevonden")
    page.get_by_role("button", name="Ik vul het adres zelf in").click()
    expect(page.locator("#nieuw_adres-straat")).to_be_visible()
    kijk(form, "adres-zelf")
    page.goto(page.url)
    page.locator("#nieuw_adres-postcode").fill("7311 KA")
    page.locator("#nieuw_adres-huisnummer").fill("7")
    form.volgende()
    expect(page.get_by_role("heading", level=1)).to_have_text("U verhuist naar Apeldoorn")
    kijk(form, "stop")
    form.druk(page.get_by_role("link", name="Antwoord wijzigen"))
    expect(page.locator("#nieuw_adres-postcode")).to_have_value(re.compile("7311 ?KA"))


def test_a_group_grows_changes_and_shrinks(nieuw: Nieuw, kijk: Kijk) -> None:
    form = nieuw(PARKEREN)
    page = form.page
    form.tot("/vergunningen")
    kijk(form, "groep-leeg")
    form.vul()
    expect(page.locator(".portaal-item")).to_have_count(1)
    kijk(form, "groep")
    form.druk(page.get_by_role("link", name="Wijzigen"))
    page.locator("#kenteken").fill("12")
    page.keyboard.press("Tab")  # a number plate is looked at on leaving it, and says what is wrong at once
    expect(page.locator("#kenteken-fout")).to_contain_text("bijvoorbeeld AB-123-C")
    expect(page.locator("#aankondiging")).to_contain_text("bijvoorbeeld AB-123-C")
    kijk(form, "kenteken-fout")
    page.locator("#kenteken").fill("XY-987-Z")
    form.volgende()
    expect(page.locator("#vraag-kenteken")).to_contain_text("Wij vinden dit kenteken niet.")
    kijk(form, "kenteken-onbekend")
    form.volgende()  # and may go on all the same
    form.druk(page.get_by_role("link", name="Verwijderen"))
    kijk(form, "verwijderen")
    form.druk(page.get_by_role("button", name="Ja, verwijderen"))
    expect(page.locator(".portaal-item")).to_have_count(0)


def test_a_file_is_sent_at_once_and_can_be_removed(nieuw: Nieuw, kijk: Kijk) -> None:
    form = nieuw(Geval("verhuizing-doorgeven", ALLEEN, {"woonsituatie": "huur"}))
    form.tot("/huurcontract")
    page = form.page
    page.locator("#huurcontract").set_input_files({"name": "spel.exe", "mimeType": "text/plain", "buffer": b"MZ"})
    expect(page.locator(".utrecht-alert--error")).to_be_focused()
    kijk(form, "bestand-fout")
    form.vul()
    expect(page.locator("#aankondiging")).to_contain_text("100 procent")
    kijk(form, "bestand-erbij")
    form.druk(page.get_by_role("link", name="Verwijderen bewijs.pdf"))
    form.druk(page.get_by_role("button", name="Ja, verwijderen"))
    expect(page.locator(".portaal-uploads li")).to_have_count(0)


def test_a_place_on_the_map_by_mouse_and_by_keyboard(nieuw: Nieuw, kijk: Kijk) -> None:
    form = nieuw(Geval(MELDING.slug, ALLEEN, MELDING.antwoorden))
    form.tot("/locatie")
    page = form.page
    kaart, punt = page.locator(".portaal-plattegrond"), page.locator("[name=locatie-geometrie]")
    expect(kaart.locator(".leaflet-tile-loaded").first).to_be_visible()
    kaart.click(position={"x": 120, "y": 90})
    expect(punt).to_have_value(re.compile(r'"type":"Point"'))
    kijk(form, "kaart")
    eerst = punt.input_value()
    page.get_by_role("button", name="Haal het punt weg").click()
    expect(punt).to_have_value("")
    expect(kaart).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Tab")  # dichterbij
    page.get_by_role("button", name="Zet het punt in het midden").press("Enter")
    assert punt.input_value() not in ("", eerst)
    form.volgende()
    assert form.stap != "locatie"


def test_the_counter_speaks_only_near_the_end(nieuw: Nieuw) -> None:
    form = nieuw(Geval("parkeervergunning-bedrijven", BEDRIJF, bedrijf=True))
    form.tot("/noodzaak")
    form.kies(form.page.locator("[name=noodzaak][value=anders]"))
    teller, spreker = form.page.locator("#noodzaak_anders-teller"), form.page.locator("#aankondiging")
    form.page.locator("#noodzaak_anders").fill("x" * 100)
    expect(teller).to_have_text("U kunt nog 400 tekens gebruiken.")
    expect(spreker).not_to_contain_text("tekens")
    form.page.locator("#noodzaak_anders").fill("x" * 502)
    expect(teller).to_have_text("U gebruikt 2 tekens te veel.")
    expect(spreker).to_have_text("U gebruikt 2 tekens te veel.")


def test_nothing_of_an_answer_stays_in_the_browser(nieuw: Nieuw) -> None:
    form = nieuw(Geval("uittreksel-brp", "Mehmet Yılmaz"))
    form.vul()
    kept = form.page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert kept == "[{},{}]"
