"""Every page and state: zero axe findings, valid HTML, no sideways scrolling at 320 px, a silent console."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Citizen, Look, broken

pytestmark = [pytest.mark.browser, pytest.mark.seed("N4")]
PUBLIC = [
    "/",
    "/inloggen",
    "/inloggen?verlopen=1",
    "/hulp",
    "/privacy",
    "/cookies",
    "/toegankelijkheid",
    "/meldingen",
    "/producten/melding-openbare-ruimte",
    "/nieuwsbrieven",
    "/nieuwsbrieven/mail",
    "/nieuwsbrieven/bevestigd",
    "/nieuwsbrieven/afgemeld",
    "/nieuwsbrieven/bevestigen/x",
    "/uitgelogd",
    "/sessie-verlopen",
    "/bestaat-niet",
    "/inloggen/digid/acs?SAMLart=x",
]


def test_public_pages_and_error_pages(citizen: Citizen, seen: Look) -> None:
    for number, path in enumerate(PUBLIC):
        citizen.goto(path)
        seen(citizen, f"openbaar-{number}")


def test_the_map_of_meldingen_shows_what_the_list_says(citizen: Citizen, seen: Look) -> None:
    citizen.goto("/meldingen")
    plekken = citizen.page.locator(".leaflet-marker-icon")
    expect(plekken).to_have_count(citizen.page.locator("[data-punt]").count())
    expect(plekken.first).to_have_attribute("title", re.compile("."))
    seen(citizen, "meldingen-kaart")


def test_public_pages_in_english_and_in_the_dark(new_citizen: Callable[..., Citizen], seen: Look) -> None:
    citizen = new_citizen(color_scheme="dark")
    citizen.goto("/")
    citizen.page.get_by_role("button", name="English").click()
    for number, path in enumerate(PUBLIC):
        citizen.goto(path)
        seen(citizen, f"english-{number}")


@pytest.mark.parametrize("dark", [False, True])
def test_pages_of_a_citizen(new_citizen: Callable[..., Citizen], seen: Look, dark: bool) -> None:
    citizen = new_citizen(color_scheme="dark" if dark else "light")
    citizen.log_in("Anna Maria Jansen")
    zaken = []
    for number, path in enumerate(
        (
            "/overzicht",
            "/zaken",
            "/zaken?toestand=afgerond",
            "/zaken?woorden=onvindbaar",
            "/zaken?pagina=99",
            "/documenten",
            "/documenten?zoek=onvindbaar",
            "/berichten",
            "/berichten?zoek=onvindbaar",
            "/taken",
            "/gegevens",
            "/formulieren/terugmelding/start?gegeven=persoon-voornamen",
            "/gegevens/inzage",
            "/gegevens/bewaard",
            "/gegevens/bewaard/bezoeken/wissen",
            "/gegevens/dossier",
            "/gegevens/inzage?jaar=1999",
            "/contact-gegevens",
            "/voorkeuren",
            "/hulp",
        )
    ):
        citizen.goto(path)
        seen(citizen, f"burger-{dark}-{number}")
        zaken += citizen.page.eval_on_selector_all(
            "main a:is([href^='/zaken/zaken/'], [href^='/taken/'], [href^='/berichten/']):not([href*='/documenten/'])",
            "links => links.map(a => a.getAttribute('href'))",
        )
    for number, path in enumerate(dict.fromkeys(zaken)):
        if dark and number > 2:
            break
        citizen.goto(path)
        seen(citizen, f"zaak-{dark}-{number}")


@pytest.mark.parametrize("who", ["Youssef El Amrani", "Eva Hoekstra", "Ingrid Vos", "Suzanne Moulin"])
def test_pages_of_people_in_other_situations(citizen: Citizen, seen: Look, who: str) -> None:
    citizen.log_in(who)
    for number, path in enumerate(("/overzicht", "/zaken", "/gegevens")):
        citizen.goto(path)
        seen(citizen, f"{who[:4]}-{number}")


def test_pages_of_a_company(citizen: Citizen, seen: Look) -> None:
    citizen.log_in("Bakkerij De Koekstad", bedrijf=True)
    for number, path in enumerate(
        ("/vestiging", "/overzicht", "/zaken", "/gegevens", "/contact-gegevens", "/voorkeuren")
    ):
        citizen.goto(path)
        seen(citizen, f"bedrijf-{number}")


def test_the_dialog_before_the_session_ends(citizen: Citizen) -> None:
    citizen.page.clock.install()
    citizen.log_in("Anna Maria Jansen")
    citizen.page.clock.fast_forward("13:05")
    citizen.page.locator("dialog#sessie").wait_for(state="visible")
    citizen.page.clock.resume()
    citizen.expect_accessible()


def test_pages_while_a_source_is_down(citizen: Citizen, seen: Look) -> None:
    citizen.log_in("Anna Maria Jansen")
    citizen.goto("/zaken")
    zaak = citizen.page.locator("main a[href^='/zaken/zaken/']").first.get_attribute("href")
    for api in ("zaken", "catalogi", "documenten", "besluiten", "brp", "objecten"):
        with broken(citizen.servers, api=api, soort="status", status=503):
            for number, path in enumerate(("/overzicht", "/zaken", str(zaak), "/gegevens", "/berichten", "/taken")):
                citizen.goto(path)
                seen(citizen, f"storing-{api}-{number}")
