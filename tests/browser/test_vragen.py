"""A question about a zaak, answered by an employee, read by who asked it; over real sockets, without scripts too."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Citizen, Look

pytestmark = pytest.mark.browser


@pytest.mark.seed("C9")
def test_from_a_question_at_a_zaak_to_the_answer(new_citizen: Callable[..., Citizen], seen: Look) -> None:
    citizen = new_citizen(javascript=False)
    page = citizen.page
    citizen.log_in("Mehmet", path="/inloggen?terug=/zaken")
    page.locator("a[href^='/zaken/zaken/']").first.click()
    page.get_by_role("link", name="Stel een vraag over deze zaak").click()
    page.get_by_role("button", name="Verstuur mijn vraag").click()
    expect(page.locator("main")).to_contain_text("Schrijf uw vraag op.")
    page.get_by_label("Uw vraag", exact=True).fill("Wanneer hoor ik iets over mijn zaak?")
    page.get_by_role("button", name="Verstuur mijn vraag").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Wij hebben uw vraag ontvangen")
    page.get_by_role("link", name="Bekijk uw vraag").click()
    expect(page.locator("main")).to_contain_text("Wij zijn ermee bezig")

    medewerker = new_citizen()
    medewerker.page.goto(f"http://localhost:{citizen.servers.ports.backoffice}/beheer/vragen")
    vraag = medewerker.page.locator("form", has=medewerker.page.locator("textarea")).last
    vraag.locator("textarea").fill("U hoort het volgende week.")
    vraag.get_by_role("button").first.click()
    expect(medewerker.page.get_by_text("Het antwoord is gegeven.")).to_be_visible()

    citizen.goto("/overzicht")
    expect(page.locator("#vragen")).to_contain_text("Nieuw antwoord")
    page.locator("#vragen a[href^='/vragen/']").first.click()
    expect(page.locator("main")).to_contain_text("U hoort het volgende week.")
    citizen.goto("/overzicht")
    expect(page.locator("#vragen")).to_contain_text("U hebt geen nieuwe antwoorden.")


def test_every_page_about_questions_is_accessible(new_citizen: Callable[..., Citizen], seen: Look) -> None:
    anoniem = new_citizen()
    anoniem.goto("/contact")
    seen(anoniem, "contact")
    anoniem.page.get_by_role("button", name="Verstuur mijn vraag").click()
    seen(anoniem, "contact-fout")
    citizen = new_citizen(color_scheme="dark")
    citizen.log_in("Anna Maria Jansen")
    page = citizen.page
    for number, path in enumerate(
        ("/vragen", "/vragen/nieuw", "/vragen/nieuw?onderwerp=terugbellen", "/vragen/nieuw?onderwerp=bericht")
    ):
        citizen.goto(path)
        seen(citizen, f"vragen-{number}")
    page.get_by_label("Uw vraag", exact=True).fill("Wat betekent dit bericht?")
    page.get_by_role("button", name="Verstuur mijn vraag").click()
    seen(citizen, "vragen-ontvangen")
    citizen.goto("/vragen")
    for number in range(2):
        page.locator("main a[href^='/vragen/']:not([href*='nieuw'])").nth(number).click()
        seen(citizen, f"vragen-draad-{number}")
        page.go_back()
