"""A session: as long as someone is busy and no longer, gone everywhere at once, and unreadable in the database."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from fastapi import FastAPI
from sqlalchemy import text

from pip_portal.settings import Settings
from tests import factories
from tests.conftest import Browser, text_of


def later(**delta: int) -> datetime:
    return datetime.now(UTC) + timedelta(**delta)


async def test_a_login_gives_a_cookie_that_scripts_cannot_read(portal: FastAPI, browser: Browser) -> None:
    response = (await browser.get("/")).headers
    assert "set-cookie" not in response, "vóór het inloggen is er geen cookie"
    await browser.log_in(factories.burger())
    assert (await browser.get("/hulp")).status_code == 200


async def test_after_fifteen_idle_minutes_the_citizen_must_log_in_again(browser: Browser) -> None:
    await browser.log_in(factories.burger())
    with time_machine.travel(later(minutes=15, seconds=5), tick=True):
        response = await browser.get("/gegevens")
        assert response.status_code == 303
        assert response.headers["location"] == "/inloggen?terug=/gegevens&verlopen=1"
        assert "U bent uitgelogd" in text_of(await browser.follow(response.headers["location"]))


async def test_someone_who_is_busy_stays_logged_in_until_the_absolute_end(browser: Browser) -> None:
    await browser.log_in(factories.burger())
    start = later()
    for minutes in range(10, 120, 10):
        with time_machine.travel(start + timedelta(minutes=minutes), tick=True):
            assert (await browser.get("/hulp")).status_code == 200
            assert (await browser.post("/sessie/verlengen")).status_code == 200
    with time_machine.travel(start + timedelta(minutes=121), tick=True):
        assert (await browser.get("/gegevens")).status_code == 303


async def test_ingelogd_blijven_tells_how_long_there_is_now(browser: Browser) -> None:
    await browser.log_in(factories.burger())
    with time_machine.travel(later(minutes=14), tick=True):
        response = await browser.post("/sessie/verlengen")
    assert 895 <= int(response.text) <= 900


async def test_logging_out_ends_the_session_for_who_still_has_the_cookie(browser: Browser, portal: FastAPI) -> None:
    await browser.log_in(factories.burger())
    kept = dict(browser.client.cookies)
    response = await browser.post("/uitloggen")
    assert response.headers["location"] == "/uitgelogd"
    browser.client.cookies.clear()
    for name, value in kept.items():
        browser.client.cookies.set(name, value, domain="localhost.local")
    assert (await browser.get("/gegevens")).status_code == 303


async def test_overal_uitloggen_ends_the_session_in_the_other_browser_too(browser: Browser, portal: FastAPI) -> None:
    await browser.log_in(factories.burger())
    elsewhere, someone_else = Browser(portal), Browser(portal)
    await elsewhere.log_in(factories.burger())
    await someone_else.log_in(factories.burger(factories.MEHMET))
    await browser.post("/uitloggen", {"overal": "1"})
    assert (await elsewhere.get("/hulp")).text.count("Uitloggen") == 0
    assert "Uitloggen" in (await someone_else.get("/hulp")).text


@pytest.mark.seed("N10")
async def test_a_copy_of_the_database_holds_no_number_and_no_name(browser: Browser, portal: FastAPI) -> None:
    await browser.log_in(factories.burger(), naam="Anna Maria Jansen")
    async with portal.state.db() as session:
        rows = (await session.execute(text("SELECT * FROM sessies"))).all()
    stored = repr(rows)
    assert len(rows) == 1
    for secret in (factories.ANNA, "Jansen", str(browser.client.cookies.get("sessie"))):
        assert secret not in stored


async def test_a_cookie_of_https_can_only_be_set_by_this_host(
    settings: Settings, database_url: str, transport_for: object, tmp_path: Path
) -> None:
    secure = factories.settings(database_url, public_url="https://mijn.deventer.nl")
    from pip_portal.inloggen.sessies import Sessies

    sessies = Sessies(None, secure, factories.sleutels())  # type: ignore[arg-type]  # no database needed here
    assert sessies.cookie == "__Host-sessie"


@pytest.mark.parametrize("cookie", ["", "x", "é", "a" * 5000, "../../etc/passwd", "%00", '"'])
async def test_a_broken_cookie_is_no_session_and_no_error(browser: Browser, cookie: str) -> None:
    response = await browser.client.get("/gegevens", headers={"Cookie": f"sessie={cookie}".encode()})
    assert response.status_code == 303


async def test_an_open_session_is_never_kept_by_the_browser(browser: Browser) -> None:
    await browser.log_in(factories.burger())
    for url in ("/overzicht", "/zaken", "/gegevens", "/hulp"):
        assert (await browser.get(url)).headers["cache-control"] == "no-store"
