"""The main journeys in a real Chromium, through the three servers and real SAML."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Citizen, broken

pytestmark = pytest.mark.browser
ANNA, PIET, SUZANNE = "Anna Maria Jansen", "Piet Klein Overmeen", "Suzanne Moulin"
ZAAK_LINK = "main a[href^='/zaken/zaken/']"
ZAAK = re.compile(r"/zaken/zaken/[0-9a-f-]{36}")


@pytest.mark.seed("P1")
def test_a_citizen_logs_in_follows_a_zaak_and_reads_the_letter(citizen: Citizen, downloads: Path) -> None:
    page = citizen.page
    citizen.log_in(ANNA)
    expect(page.get_by_role("heading", level=1)).to_have_text("Overzicht")
    page.get_by_role("link", name="Mijn zaken").first.click()
    page.get_by_role("link", name="Afgerond").click()
    page.locator(ZAAK_LINK).first.click()
    expect(page).to_have_url(ZAAK)
    expect(page.get_by_role("heading", name="Zo staat het ervoor")).to_be_visible()
    letter = page.locator("main a[href*='/documenten/']").first
    with page.expect_download() as download:
        letter.click()
    file = downloads / "brief.pdf"
    download.value.save_as(file)
    assert file.read_bytes().startswith(b"%PDF-")


def test_after_logging_out_the_back_button_shows_nothing(citizen: Citizen) -> None:
    page = citizen.page
    citizen.log_in(ANNA, path="/inloggen?terug=/gegevens")
    expect(page.get_by_role("heading", level=1)).to_have_text("Mijn gegevens")
    page.get_by_role("button", name="Uitloggen").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("U bent uitgelogd")
    page.go_back()
    page.wait_for_load_state()
    assert "999991012" not in page.content()
    assert "Brink 45" not in page.content()


def test_nothing_about_a_person_stays_in_the_browser(citizen: Citizen) -> None:
    citizen.log_in(ANNA)
    citizen.goto("/gegevens")
    citizen.goto("/zaken")
    kept = citizen.page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert kept == "[{},{}]"


@pytest.mark.seed("P4")
def test_a_company_chooses_a_vestiging_and_switches(citizen: Citizen) -> None:
    page = citizen.page
    citizen.log_in("Bakkerij De Koekstad", bedrijf=True)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Voor welke vestiging")
    page.get_by_label("Het hele bedrijf").check()
    page.get_by_role("button", name="Ga verder").click()
    expect(page.locator(".portaal-wie")).to_contain_text("Bakkerij De Koekstad")
    citizen.goto("/zaken")
    everything = page.locator(ZAAK_LINK).count()
    page.get_by_role("link", name="Wisselen").first.click()
    page.locator("input[value='000045000012']").check()
    page.get_by_role("button", name="Ga verder").click()
    citizen.goto("/zaken")
    expect(page.locator(".portaal-wie")).to_contain_text("000045000012")
    assert 0 < page.locator(ZAAK_LINK).count() < everything


@pytest.mark.seed("P5")
def test_what_an_employee_does_is_there_at_once(citizen: Citizen) -> None:
    """The tester's page moves a zaak on; the citizen reloads and sees it."""
    page = citizen.page
    citizen.log_in(PIET, path="/inloggen?terug=/zaken")
    page.locator(ZAAK_LINK).first.click()
    address = page.url
    before = page.locator("main").inner_text()
    uuid = address.rsplit("/", 1)[1].split("?")[0]
    backoffice = f"http://localhost:{citizen.servers.ports.backoffice}"
    page.goto(f"{backoffice}/beheer/zaken/{uuid}")
    page.get_by_role("textbox", name=re.compile("toelichting", re.IGNORECASE)).first.fill("Een mens heeft gekeken.")
    page.get_by_role("button", name=re.compile("volgende status|status", re.IGNORECASE)).first.click()
    page.goto(address)
    assert page.locator("main").inner_text() != before
    expect(page.locator("main")).to_contain_text("Een mens heeft gekeken.")


def test_searching_and_paging_work_with_htmx_and_keep_the_address_right(citizen: Citizen) -> None:
    page = citizen.page
    citizen.log_in(SUZANNE, path="/inloggen?terug=/zaken")
    first = page.locator(ZAAK_LINK).first.inner_text()
    loads: list[str] = []
    page.on("framenavigated", lambda frame: loads.append(frame.url))
    page.get_by_label("Zoek op zaaknummer of woorden").fill("parkeervergunning")
    page.get_by_role("button", name="Zoek").click()
    expect(page.get_by_role("heading", level=2).first).to_contain_text("zaken")
    expect(page).to_have_url(re.compile("woorden=parkeervergunning|zoek=parkeervergunning|q=parkeervergunning"))
    page.get_by_role("link", name=re.compile("Volgende")).first.click()
    expect(page).to_have_url(re.compile("pagina=2"))
    page.reload()
    expect(page).to_have_url(re.compile("pagina=2"))
    assert first


@pytest.mark.seed("N4")
def test_everything_works_without_javascript(new_citizen: Callable[..., Citizen], downloads: Path) -> None:
    citizen = new_citizen(javascript=False)
    page = citizen.page
    citizen.log_in(ANNA, path="/inloggen?terug=/zaken")
    expect(page.get_by_role("heading", level=1)).to_have_text("Mijn zaken")
    page.get_by_label("Zoek op zaaknummer of woorden").fill("vergunning")
    page.get_by_role("button", name="Zoek").click()
    expect(page.locator("main")).to_contain_text("Parkeervergunning")
    page.locator(ZAAK_LINK).first.click()
    expect(page.get_by_role("heading", name="Zo staat het ervoor")).to_be_visible()
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.get_by_role("button", name="Log out").first.click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()


@pytest.mark.seed("N4")
def test_everything_works_by_keyboard(citizen: Citizen) -> None:
    page = citizen.page
    citizen.goto("/")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Naar de inhoud")
    tab_to(citizen, "Inloggen met DigiD")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/digid/login"))
    page.get_by_label(ANNA).first.focus()
    page.keyboard.press("Space")
    tab_to(citizen, "Inloggen")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{citizen.url}/**")
    tab_to(citizen, "Mijn zaken")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Mijn zaken")
    tab_to(citizen, "Uitloggen")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("U bent uitgelogd")


def tab_to(citizen: Citizen, name: str) -> None:
    """Press Tab until the focus is on what has this name, and is visible."""
    for _ in range(60):
        citizen.page.keyboard.press("Tab")
        focused = citizen.page.locator(":focus")
        if focused.count() and focused.inner_text().strip() == name:
            assert focused.evaluate("e => getComputedStyle(e).outlineStyle !== 'none'"), (
                f"focus op {name} is niet te zien"
            )
            return
    raise AssertionError(f"{name} is met Tab niet te bereiken")


@pytest.mark.seed("B7")
def test_the_warning_comes_two_minutes_before_the_end_and_can_be_extended(citizen: Citizen) -> None:
    page = citizen.page
    page.clock.install()
    citizen.log_in(ANNA)
    other_tab = page.context.new_page()
    other_tab.goto(f"{citizen.url}/hulp")
    dialog, other = page.locator("dialog#sessie"), other_tab.locator("dialog#sessie")
    expect(dialog).to_be_hidden()
    page.clock.fast_forward("13:05")  # the clock is that of the browser, for both tabs
    expect(dialog).to_be_visible()
    expect(dialog.get_by_role("button", name="Ingelogd blijven")).to_be_focused()
    expect(other).to_be_visible()
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    expect(other).to_be_hidden()
    page.clock.fast_forward("15:05")
    page.wait_for_url(f"{citizen.url}/sessie-verlopen")


def test_a_slow_backoffice_gives_a_page_that_fills_itself(citizen: Citizen) -> None:
    page = citizen.page
    citizen.log_in(ANNA)
    with broken(citizen.servers, api="zaken", soort="vertraging", seconden=3):
        citizen.goto("/zaken")
        expect(page.locator("main [role=status]").first).to_be_visible()
        expect(page.locator(ZAAK_LINK).first).to_be_visible(timeout=20_000)


def test_a_slow_backoffice_without_javascript_offers_to_wait(new_citizen: Callable[..., Citizen]) -> None:
    citizen = new_citizen(javascript=False)
    page = citizen.page
    citizen.log_in(ANNA)
    with broken(citizen.servers, api="zaken", soort="vertraging", seconden=3):
        citizen.goto("/zaken")
        page.get_by_role("link", name="Probeer opnieuw").first.click(timeout=25_000)
        expect(page.locator(ZAAK_LINK).first).to_be_visible(timeout=20_000)
