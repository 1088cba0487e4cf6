"""From an employee who helps a zaak on to the mail and the page of the citizen, over real sockets."""

import asyncio
import html
import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from playwright.sync_api import expect

from pip_portal import demo, demo_nieuws
from tests import factories
from tests.browser.conftest import Citizen
from tests.conftest import expect_nothing_personal

pytestmark = pytest.mark.browser
ADRES = "lucia@postbus.example"


def wacht_op_mail(servers: demo.Demo, onderwerp: str) -> str:
    """The text of the newest mail to this address with this subject; it may take a minute, and takes seconds."""
    with httpx.Client(base_url=f"http://localhost:{servers.ports.postbus}", trust_env=False) as postbus:
        uiterlijk = time.monotonic() + 60
        while time.monotonic() < uiterlijk:
            lijst = postbus.get("/").text
            for nummer in re.findall(r'href="/mail/(\d+)"', lijst):
                mail = html.unescape(postbus.get(f"/mail/{nummer}").text)
                if ADRES in mail and onderwerp in mail:
                    return mail
            time.sleep(0.2)
    pytest.fail(f"geen mail: {onderwerp}")


@pytest.mark.seed("P6")
def test_who_asked_gets_a_mail_and_sees_what_changed(servers: demo.Demo, new_citizen: Callable[..., Citizen]) -> None:
    settings = demo.settings_of(servers.portaal)
    with ThreadPoolExecutor(1) as ernaast:  # the browser has the event loop of this thread
        for _ in range(2):  # one abonnement, however often
            ernaast.submit(asyncio.run, demo_nieuws.volg(settings, {factories.LUCIA: ADRES})).result()
    citizen = new_citizen()
    page = citizen.page
    citizen.log_in("Fernández", path="/inloggen?terug=/zaken")
    zaak = page.locator("a[href^='/zaken/zaken/']").first
    naam, pad = zaak.inner_text(), zaak.get_attribute("href") or ""

    medewerker = new_citizen()
    beheer = f"http://localhost:{servers.ports.backoffice}/beheer/zaken/{pad.rpartition('/')[2]}"
    medewerker.page.goto(beheer)
    keuzes = medewerker.page.get_by_label("Nieuwe status").locator("option").all_inner_texts()
    stap = next(keuze for keuze in keuzes if "Wij missen nog iets" in keuze)
    medewerker.page.get_by_label("Nieuwe status").select_option(label=stap)
    medewerker.page.get_by_label("Toelichting voor de aanvrager").fill("Stuur ons de tekening vóór 8 december 2026.")
    medewerker.page.get_by_role("button", name="Zet status").click()
    expect(medewerker.page.get_by_text("De status is gezet.")).to_be_visible()

    mail = wacht_op_mail(servers, "Wij missen nog informatie van u")
    assert "U moet reageren vóór 8 december 2026." in mail
    assert naam not in mail
    expect_nothing_personal(mail)

    citizen.goto("/overzicht")
    nieuw = page.locator("#nieuw")
    expect(nieuw).to_contain_text("Stuur ons de informatie die wij missen")
    expect(nieuw).to_contain_text("Uiterlijk 7 december 2026")
    expect(page.get_by_role("navigation", name="Mijn Deventer")).to_contain_text("1 nieuw")
    citizen.expect_accessible()
    citizen.goto("/notificaties")
    citizen.expect_accessible()
    page.get_by_role("link", name="Stuur ons de informatie die wij missen").click()
    expect(page.locator("main")).to_contain_text("Wij missen nog iets")
    assert page.url.endswith(pad)
    expect(page.get_by_role("navigation", name="Mijn Deventer")).not_to_contain_text("nieuw")
    citizen.goto("/overzicht")
    expect(page.locator("#nieuw")).to_have_count(0)
