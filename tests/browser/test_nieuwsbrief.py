"""A newsletter from the page to the mailbox and back, as a reader does it; no page of it needs script."""

import html
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import expect

from pip_portal import demo
from tests.browser.conftest import Citizen, Look

pytestmark = [pytest.mark.browser, pytest.mark.seed("P2")]
ADRES, ANNA = "lezer@postbus.example", "lezeres@postbus.example"
VOORBEELD = Path(__file__).resolve().parents[2] / "docs" / "voorbeelden" / "nieuwsbrief.md"


def link_uit_mail(servers: demo.Demo, soort: str, adres: str = ADRES) -> str:
    """The path of the link to `soort` in the newest mail to this reader that has one."""
    with httpx.Client(base_url=f"http://localhost:{servers.ports.postbus}", trust_env=False) as postbus:
        for _ in range(100):
            for nummer in re.findall(r'href="/mail/(\d+)"', postbus.get("/").text):
                mail = html.unescape(postbus.get(f"/mail/{nummer}").text)
                if adres in mail and (gevonden := re.search(rf"/nieuwsbrieven/{soort}/[\w.-]+", mail)):
                    return gevonden[0]
            time.sleep(0.1)
    raise AssertionError(f"geen mail met een link om te {soort}")


def test_subscribe_confirm_change_and_stop(citizen: Citizen, seen: Look) -> None:
    page = citizen.page
    citizen.goto("/")
    page.get_by_role("link", name="Nieuwsbrieven").click()
    page.get_by_role("button", name="Ja, ik meld mij aan").click()
    expect(page.get_by_role("link", name="Kies minstens 1 nieuwsbrief.")).to_be_visible()
    citizen.expect_accessible()
    page.get_by_label("Lettele").check()
    page.get_by_label("Werk aan de weg").check()
    page.get_by_label("1 keer per maand").check()
    page.get_by_label("Uw e-mailadres").fill(ADRES)
    page.get_by_role("button", name="Ja, ik meld mij aan").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Kijk in uw mail")

    citizen.goto(link_uit_mail(citizen.servers, "bevestigen"))
    seen(citizen, "bevestigen")
    page.get_by_role("button", name="Ja, ik wil deze nieuwsbrieven").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("U bent aangemeld")

    citizen.goto("/nieuwsbrieven")
    page.get_by_label("E-mailadres waarop u nieuwsbrieven krijgt").fill(ADRES)
    page.get_by_role("button", name="Mail mij de link").click()
    citizen.goto(link_uit_mail(citizen.servers, "voorkeuren"))
    seen(citizen, "voorkeuren")
    page.get_by_label("Lettele").select_option(label="Niet meer")
    page.get_by_role("button", name="Bewaren").click()
    expect(page.get_by_role("status")).to_contain_text("Uw keuze is bewaard")
    expect(page.get_by_label("Lettele")).to_have_count(0)
    seen(citizen, "voorkeuren-bewaard")
    page.get_by_role("button", name="Stop alle nieuwsbrieven").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("U bent afgemeld")


def test_the_page_of_who_is_logged_in(citizen: Citizen, seen: Look) -> None:
    citizen.log_in("Anna Maria Jansen", path="/inloggen?terug=/nieuwsbrieven/mijn")
    expect(citizen.page.get_by_role("heading", level=1)).to_have_text("Mijn nieuwsbrieven")
    seen(citizen, "mijn-leeg")
    citizen.goto("/nieuwsbrieven")
    citizen.page.get_by_label("Cultuur en evenementen").check()
    citizen.page.get_by_label("Uw e-mailadres").fill(ANNA)
    citizen.page.get_by_role("button", name="Ja, ik meld mij aan").click()
    citizen.goto(link_uit_mail(citizen.servers, "bevestigen", ANNA))
    citizen.page.get_by_role("button", name="Ja, ik wil deze nieuwsbrieven").click()
    citizen.goto("/nieuwsbrieven/mijn")
    expect(citizen.page.get_by_label("Cultuur en evenementen (l•••@postbus.example)")).to_be_visible()
    seen(citizen, "mijn")


def test_the_mail_itself_can_be_read_by_everybody(citizen: Citizen, tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "pip_portal", "nieuwsbrief", "voorbeeld", str(VOORBEELD), "--map", str(tmp_path)],
        env={**os.environ, **citizen.servers.portaal},
        check=True,
        capture_output=True,
    )
    for taal in ("nl", "en"):
        zonder_plaatjes = re.sub(r' src="[^"]*"', "", (tmp_path / f"nieuwsbrief.{taal}.html").read_text())
        citizen.page.set_content(zonder_plaatjes)
        citizen.expect_accessible()
