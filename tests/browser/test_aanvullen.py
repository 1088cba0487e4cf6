"""Sending what we miss and asking to stop, in a real Chromium, with and without scripts, on a small screen."""

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.bestanden import voorbeelden
from tests.browser.conftest import Citizen

pytestmark = pytest.mark.browser
HENDRIK, PIET = "Hendrik Bosman", "Piet Klein Overmeen"  # Piet has sixty zaken; nobody misses one
SCHERMEN = os.environ.get("PIP_SCHERMEN", "")  # a folder to keep a picture of each page in


def kijk(citizen: Citizen, naam: str) -> None:
    if not citizen.javascript:
        return
    citizen.expect_accessible()
    if SCHERMEN:
        citizen.page.screenshot(path=f"{SCHERMEN}/{naam}.png", full_page=True)


def naar_aanvullen(citizen: Citizen, wie: str, zaak: str) -> None:
    citizen.log_in(wie, path="/inloggen?terug=/zaken")
    citizen.page.get_by_role("link", name=zaak).first.click()
    kijk(citizen, f"zaak-{wie.split()[0]}")
    citizen.page.get_by_role("link", name="Stuur wat wij missen").click()


@pytest.fixture
def afschrift(tmp_path: Path) -> Path:
    bestand = tmp_path / "afschrift.pdf"
    bestand.write_bytes(voorbeelden.pdf())
    return bestand


@pytest.mark.seed("X1")
def test_with_scripts_a_file_is_sent_at_once_and_can_be_removed(citizen: Citizen, afschrift: Path) -> None:
    page = citizen.page
    naar_aanvullen(citizen, HENDRIK, "Kwijtschelding")
    page.get_by_label("Wat wilt u ons vertellen?").fill("Dit zijn de afschriften.")
    page.get_by_label("Voeg bestanden toe").set_input_files(afschrift)
    rij = page.locator(".portaal-uploads li")
    expect(rij).to_contain_text("afschrift.pdf")
    expect(page.get_by_label("Wat wilt u ons vertellen?")).to_have_value("Dit zijn de afschriften.")
    kijk(citizen, "aanvullen-bestand")
    rij.get_by_role("button", name="Verwijderen").click()
    expect(rij).to_have_count(0)
    expect(page.get_by_label("Wat wilt u ons vertellen?")).to_have_value("Dit zijn de afschriften.")
    page.get_by_label("Voeg bestanden toe").set_input_files(afschrift)
    expect(page.locator(".portaal-uploads li")).to_have_count(1)
    page.get_by_role("button", name="Versturen", exact=True).last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Wij hebben uw aanvulling ontvangen")
    expect(page.locator("#stand")).to_contain_text("Verwerkt", timeout=15_000)
    kijk(citizen, "aangevuld")
    page.get_by_role("link", name="Naar uw zaak").click()
    expect(page.get_by_role("heading", name="Wat u ons stuurde")).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("afschrift.pdf"))).to_be_visible()
    kijk(citizen, "zaak-na-aanvullen")


def test_without_scripts_on_a_small_screen(new_citizen: Callable[..., Citizen], afschrift: Path) -> None:
    citizen = new_citizen(javascript=False, width=320)
    page = citizen.page
    naar_aanvullen(citizen, HENDRIK, "Kwijtschelding")
    page.get_by_role("button", name="Versturen", exact=True).last.click()
    expect(page.get_by_text("Vul in wat u ons wilt vertellen").first).to_be_visible()
    page.get_by_label("Wat wilt u ons vertellen?").fill("Zonder script.")
    page.get_by_label("Voeg bestanden toe").set_input_files(afschrift)
    page.get_by_role("button", name="Voeg dit bestand toe").click()
    expect(page.locator(".portaal-uploads li")).to_contain_text("afschrift.pdf")
    page.get_by_role("button", name="Versturen", exact=True).last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Wij hebben uw aanvulling ontvangen")


def test_who_wants_to_stop_reads_what_that_means_first(citizen: Citizen) -> None:
    page = citizen.page
    citizen.log_in(PIET, path="/inloggen?terug=/zaken")
    page.get_by_role("link", name="Parkeervergunning voor bewoners").first.click()
    page.get_by_role("link", name="Ik wil stoppen met deze aanvraag").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Wilt u stoppen met uw aanvraag?")
    kijk(citizen, "intrekken")
    page.get_by_role("button", name="Ja, ik trek mijn aanvraag in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Wij hebben uw verzoek ontvangen")
    expect(page.locator("#stand")).to_contain_text("Uw aanvraag is gestopt", timeout=15_000)
    kijk(citizen, "ingetrokken")
    page.get_by_role("link", name="Naar uw zaak").click()
    expect(page.get_by_role("link", name="Ik wil stoppen met deze aanvraag")).to_have_count(0)
