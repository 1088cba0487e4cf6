"""Contact details as a citizen keeps them, without script: add, prove with the code in the mail, choose, remove."""

import html
import re
import time
from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import expect

from pip_portal import demo
from tests.browser.conftest import Citizen, Look
from tests.factories import YOUSSEF

pytestmark = [pytest.mark.browser, pytest.mark.seed("B1")]


def code_voor(servers: demo.Demo, adres: str) -> str:
    """The code in the newest mail or text message to this address."""
    with httpx.Client(base_url=f"http://localhost:{servers.ports.postbus}", trust_env=False) as postbus:
        for _ in range(100):
            for nummer in re.findall(r'href="/mail/(\d+)"', postbus.get("/").text):
                bericht = html.unescape(postbus.get(f"/mail/{nummer}").text)
                if adres in bericht and (gevonden := re.search(r"code is (\d{6})", bericht)):
                    return gevonden[1]
            time.sleep(0.1)
    raise AssertionError("geen bericht met een code")


def test_add_prove_choose_and_remove_without_script(new_citizen: Callable[..., Citizen], seen: Look) -> None:
    citizen = new_citizen(javascript=False)
    page = citizen.page
    citizen.log_in("Sanne de Vries")
    citizen.goto("/contact-gegevens")
    page.get_by_label("E-mailadres toevoegen").fill("geen-adres")
    page.get_by_role("button", name="Stuur mij een code").first.click()
    expect(page.get_by_role("link", name="Vul een e-mailadres in zoals naam@voorbeeld.nl.")).to_be_visible()
    page.get_by_label("E-mailadres toevoegen").fill("sanne@postbus.example")
    page.get_by_role("button", name="Stuur mij een code").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Bevestig uw e-mailadres")
    assert "sanne" not in page.url
    page.get_by_label("Code van 6 cijfers").fill("1")
    page.get_by_role("button", name="Bevestigen").click()
    expect(page.get_by_role("link", name="Deze code klopt niet.")).to_be_visible()
    page.get_by_label("Code van 6 cijfers").fill(code_voor(citizen.servers, "sanne@postbus.example"))
    page.get_by_role("button", name="Bevestigen").click()
    expect(page.get_by_text("Uw adres is bevestigd")).to_be_visible()
    page.get_by_label("Telefoonnummer toevoegen").fill("06 12345678")
    page.get_by_role("button", name="Stuur mij een code").last.click()
    page.get_by_label("Code van 6 cijfers").fill(code_voor(citizen.servers, "+31612345678"))
    page.get_by_role("button", name="Bevestigen").click()
    expect(page.get_by_text("06 12345678").first).to_be_visible()
    page.get_by_role("link", name="Verwijderen sanne@postbus.example").click()
    page.get_by_role("button", name="Ja, verwijderen").click()
    expect(page.get_by_text("Wij hebben het verwijderd")).to_be_visible()


def test_the_pages_in_between_are_accessible(citizen: Citizen, seen: Look) -> None:
    page = citizen.page
    citizen.log_in("Youssef El Amrani")
    citizen.goto("/contact-gegevens")
    seen(citizen, "contact-leeg")
    page.get_by_label("E-mailadres toevoegen").fill("youssef@postbus.example")
    page.get_by_role("button", name="Stuur mij een code").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Bevestig uw e-mailadres")
    seen(citizen, "contact-code")
    page.get_by_label("Code van 6 cijfers").fill(code_voor(citizen.servers, "youssef@postbus.example"))
    page.get_by_role("button", name="Bevestigen").click()
    expect(page.get_by_text("Uw adres is bevestigd")).to_be_visible()
    seen(citizen, "contact-bevestigd")
    page.get_by_role("link", name="Verwijderen youssef@postbus.example").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Wilt u dit e-mailadres verwijderen?")
    seen(citizen, "contact-verwijderen")
    citizen.goto("/voorkeuren")
    page.get_by_label("Per post").check()
    page.get_by_role("button", name="Bewaren").click()
    expect(page.get_by_text("Uw keuze is bewaard")).to_be_visible()
    seen(citizen, "voorkeuren-bewaard")
    box = f"http://localhost:{citizen.servers.ports.backoffice}/beheer/mijnoverheid/box"
    httpx.post(box, data={"bsn": YOUSSEF}, trust_env=False)
    page.get_by_label("In mijn Berichtenbox van MijnOverheid").check()
    page.get_by_role("button", name="Bewaren").click()
    expect(page.get_by_text("U hebt geen Berichtenbox die berichten van ons aanneemt")).to_be_visible()
    expect(page.get_by_label("Per post")).to_be_checked()
    seen(citizen, "voorkeuren-geen-berichtenbox")
    httpx.post(box, data={"bsn": YOUSSEF, "aan": "ja"}, trust_env=False)
    page.get_by_label("In mijn Berichtenbox van MijnOverheid").check()
    page.get_by_role("button", name="Bewaren").click()
    expect(page.get_by_label("In mijn Berichtenbox van MijnOverheid")).to_be_checked()
