"""Logging in and out through the mock identity provider, as a citizen and as a company."""

import logging
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from fastapi import FastAPI

from tests import factories
from tests.conftest import Browser, text_of
from tests.inloggen.conftest import Login

DIGID_FOUT = "Er is een fout opgetreden in de communicatie met DigiD. Probeert u het later nogmaals."


@pytest.mark.seed("N7")
async def test_a_citizen_logs_in_with_digid_and_is_greeted_by_name(login: Login, browser: Browser) -> None:
    back = await login.log_in(factories.ANNA)
    assert (back.status_code, back.headers["location"]) == (303, "/overzicht")
    assert back.headers["referrer-policy"] == "no-referrer"
    assert "Jansen" in (await browser.get("/hulp")).text


@pytest.mark.seed("N7")
async def test_a_deep_link_survives_the_login(login: Login, browser: Browser) -> None:
    asked = await browser.get("/zaken")
    assert asked.headers["location"] == "/inloggen?terug=/zaken"
    back = await login.log_in(factories.ANNA, terug="/zaken")
    assert back.headers["location"] == "/zaken"


async def test_a_login_never_leads_to_another_site(login: Login) -> None:
    back = await login.log_in(factories.ANNA, terug="//kwaad.example/")
    assert back.headers["location"] == "/overzicht"


async def test_only_the_hand_over_page_lets_a_form_go_to_the_identity_provider(login: Login, browser: Browser) -> None:
    await login.leave()
    assert f"form-action 'self' {factories.IDP}" in login.csp
    assert factories.IDP not in (await browser.get("/inloggen")).headers["content-security-policy"]


async def test_a_child_under_16_is_told_that_a_parent_acts(login: Login, browser: Browser) -> None:
    refused = await login.log_in("999996101")
    assert refused.status_code == 403
    assert "Inloggen kan vanaf 16 jaar" in text_of(refused)
    assert (await browser.get("/overzicht")).is_redirect


@pytest.mark.seed("N8")
async def test_an_employee_logs_in_for_a_company_and_chooses_a_vestiging(login: Login, browser: Browser) -> None:
    back = await login.log_in("Z1-A", "eherkenning", terug="/zaken")
    assert back.headers["location"] == "/vestiging?terug=/zaken"
    page = await browser.get(back.headers["location"])
    assert "000045000012" in page.text
    chosen = await browser.post("/vestiging", {"vestiging": "000045000012", "terug": "/zaken"})
    assert chosen.headers["location"] == "/zaken"
    header = (await browser.get("/hulp")).text
    assert "Bakkerij De Koekstad" in header
    assert "000045000012" in header
    await browser.post("/vestiging", {"vestiging": ""})
    assert "000045000012" not in (await browser.get("/hulp")).text


async def test_a_vestiging_of_another_company_cannot_be_chosen(login: Login, browser: Browser) -> None:
    await login.log_in("Z1-A", "eherkenning")
    response = await browser.post("/vestiging", {"vestiging": "000045000033"})
    assert response.status_code == 422
    assert "Kies een vestiging uit de lijst" in response.text


@pytest.mark.seed("P4")
async def test_an_employee_of_one_vestiging_cannot_switch(login: Login, browser: Browser) -> None:
    back = await login.log_in("Z1-B", "eherkenning")
    assert back.headers["location"] == "/overzicht"
    assert "000045000012" in (await browser.get("/hulp")).text
    assert (await browser.get("/vestiging")).status_code == 404
    assert (await browser.post("/vestiging", {"vestiging": ""})).status_code == 404


async def test_an_eenmanszaak_without_rsin_can_log_in(login: Login, browser: Browser) -> None:
    back = await login.log_in("Z2-A", "eherkenning")
    assert back.status_code == 303
    assert "Klusbedrijf" in (await browser.get("/hulp")).text


async def test_cancelling_is_not_an_error(login: Login, browser: Browser) -> None:
    page = await browser.get(await login.choose(await login.leave(), factories.ANNA, actie="annuleren"))
    assert "U hebt het inloggen geannuleerd" in text_of(page)
    assert (await browser.get("/gegevens")).status_code == 303


async def test_too_low_a_level_says_what_to_do_and_lets_nobody_in(login: Login, browser: Browser) -> None:
    page = await login.log_in(factories.YOUSSEF, niveau="10")
    assert page.status_code == 403
    assert "Log in met de DigiD app of met een sms-code" in text_of(page)
    assert (await browser.get("/gegevens")).status_code == 303


@pytest.mark.parametrize(
    "scenario",
    [
        "request_denied",
        "request_unsupported",
        "artifact_verlopen",
        "artifact_gebruikt",
        "http_500",
        "soap_fault",
        "html",
        "verkeerde_audience",
        "verkeerde_recipient",
        "verkeerde_inresponseto_artifact",
        "verkeerde_inresponseto_response",
        "verlopen",
        "nog_niet_geldig",
        "sofi_sector",
        "assertion_zonder_handtekening",
        "sha1_handtekening",
        "vreemde_sleutel",
    ],
)
async def test_an_answer_that_is_not_right_is_refused_in_the_prescribed_words(
    login: Login, browser: Browser, scenario: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        page = await login.log_in(factories.ANNA, scenario=scenario)
    assert page.status_code == 403
    assert DIGID_FOUT in text_of(page)
    assert (await browser.get("/gegevens")).status_code == 303
    assert factories.ANNA not in caplog.text
    refusals = [r for r in caplog.records if r.levelno >= logging.WARNING and r.name.startswith("pip_portal")]
    assert [r.getMessage() for r in refusals] == ["inloggen geweigerd"], "one line per refusal"


async def test_someone_who_died_cannot_log_in_and_gets_a_neutral_text(login: Login) -> None:
    page = await login.log_in(factories.CORNELIS)
    assert page.status_code == 403
    assert "Met deze DigiD kunt u niet inloggen" in text_of(page)


@pytest.mark.seed("N13")
async def test_a_dissolved_company_cannot_log_in(login: Login) -> None:
    page = await login.log_in("Z5-A", "eherkenning")
    assert page.status_code == 403
    assert "Dit bedrijf is gestopt" in text_of(page)


async def test_a_brp_that_is_down_does_not_keep_everyone_out(
    login: Login, browser: Browser, backoffice: FastAPI
) -> None:
    backoffice.state.beheer.storing(api="brp", soort="status", status=503)
    back = await login.log_in(factories.ANNA)
    assert back.status_code == 303


async def test_the_answer_only_counts_in_the_browser_that_started_the_login(
    login: Login, browser: Browser, portal: FastAPI
) -> None:
    address = await login.choose(await login.leave(), factories.ANNA)
    victim = Browser(portal)
    page = await victim.get(address)
    assert page.status_code == 403
    assert (await victim.get("/gegevens")).status_code == 303


async def test_an_answer_counts_once(login: Login, browser: Browser, portal: FastAPI) -> None:
    sent = await login.leave()
    cookies = dict(browser.client.cookies)
    address = await login.choose(sent, factories.ANNA)
    assert (await browser.get(address)).status_code == 303
    browser.client.cookies.clear()
    for name, value in cookies.items():
        browser.client.cookies.set(name, value, domain="localhost.local")
    assert (await browser.get(address)).status_code == 403


async def test_reloading_the_way_back_does_not_log_anyone_out(login: Login, browser: Browser) -> None:
    address = await login.choose(await login.leave(), factories.ANNA)
    await browser.get(address)
    again = await browser.get(address)
    assert (again.status_code, again.headers["location"]) == (303, "/overzicht")
    assert again.headers["referrer-policy"] == "no-referrer"


async def test_a_login_that_took_too_long_starts_again(login: Login, browser: Browser) -> None:
    address = await login.choose(await login.leave(), factories.ANNA)
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=16), tick=True):
        assert (await browser.get(address)).status_code == 403


async def test_two_tabs_can_log_in_at_the_same_time(login: Login, browser: Browser) -> None:
    first, second = await login.leave(), await login.leave()
    one = await login.choose(first, factories.ANNA)
    two = await login.choose(second, factories.ANNA)
    assert (await browser.get(two)).status_code == 303
    assert (await browser.get(one)).status_code == 303


async def test_logging_in_gives_a_new_session_and_ends_the_old_one(login: Login, browser: Browser) -> None:
    await browser.log_in(factories.burger())
    old = browser.client.cookies.get("sessie")
    await login.log_in(factories.ANNA)
    new = browser.client.cookies.get("sessie")
    assert new != old
    browser.client.cookies.set("sessie", str(old), domain="localhost.local")
    assert (await browser.get("/gegevens")).status_code == 303


@pytest.mark.seed("N7")
async def test_a_higher_level_is_for_the_same_person_only(login: Login, browser: Browser) -> None:
    await browser.log_in(factories.burger())
    sent = await login.leave(niveau="25")
    page = await browser.get(await login.choose(sent, factories.MEHMET, niveau="25"))
    assert page.status_code == 403
    assert (await browser.get("/gegevens")).status_code == 303

    await browser.log_in(factories.burger())
    sent = await login.leave(niveau="25", terug="/zaken")
    back = await browser.get(await login.choose(sent, factories.ANNA, niveau="25"))
    assert back.headers["location"] == "/zaken"


@pytest.mark.seed("N7")
async def test_a_step_up_that_ends_lower_is_no_silent_pass(login: Login, browser: Browser) -> None:
    await browser.log_in(factories.burger())
    sent = await login.leave(niveau="25")
    page = await browser.get(await login.choose(sent, factories.ANNA, niveau="20"))
    assert page.status_code == 403


@pytest.mark.seed("N10")
async def test_no_personal_number_in_any_address_or_log_line(
    login: Login, browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, logger="pip_portal"):
        sent = await login.leave(terug="/zaken")
        address = await login.choose(sent, factories.ANNA)
        await browser.get(address)
        page = await browser.get("/zaken")
    assert factories.ANNA not in address
    assert urlsplit(address).path == "/inloggen/digid/acs"
    assert factories.ANNA not in caplog.text
    assert "SAMLart" not in caplog.text
    assert factories.ANNA not in page.text


async def test_the_metadata_of_the_portal_can_be_fetched(browser: Browser) -> None:
    response = await browser.get("/inloggen/digid/metadata")
    assert response.headers["content-type"].startswith("application/samlmetadata+xml")
    assert "EntityDescriptor" in response.text
    assert (await browser.get("/inloggen/yivi/metadata")).status_code == 404
