"""The hand-over to the identity provider and back: pressed twice, reloaded, started often, and tampered with."""

import asyncio
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from fastapi import FastAPI
from sqlalchemy import func, select

from pip_portal import onderhoud, tables
from tests import factories
from tests.conftest import SAME_ORIGIN, Browser, text_of
from tests.inloggen.conftest import Login


async def count(portal: FastAPI, table: type[tables.Base]) -> int:
    async with portal.state.db() as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0


async def test_pressing_the_login_button_twice_still_logs_in(login: Login, browser: Browser) -> None:
    await login.leave()
    back = await browser.get(await login.choose(await login.leave(), factories.ANNA))
    assert back.status_code == 303
    assert (await browser.get("/gegevens")).status_code == 200


async def test_the_way_back_twice_at_once_makes_one_session(login: Login, browser: Browser, portal: FastAPI) -> None:
    address = await login.choose(await login.leave(), factories.ANNA)
    answers = await asyncio.gather(*(browser.client.get(address) for _ in range(4)))
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses == [303, 403, 403, 403]
    assert await count(portal, tables.Sessie) == 1
    for answer in answers:
        if answer.status_code == 403:
            assert "Log opnieuw in" in text_of(answer)


async def test_a_reload_without_a_session_asks_to_log_in_again_and_blames_nobody(
    login: Login, browser: Browser
) -> None:
    address = await login.choose(await login.leave(), factories.ANNA)
    await browser.get(address)
    await browser.post("/uitloggen")
    page = await browser.get(address)
    assert page.status_code == 403
    assert "Log opnieuw in" in text_of(page)
    assert "DigiD" not in text_of(page)


async def test_a_browser_has_five_logins_under_way_at_most(login: Login, browser: Browser, portal: FastAPI) -> None:
    sent = [await login.leave() for _ in range(8)]
    assert len([name for name in browser.client.cookies if name.startswith("inlog-")]) == 5
    assert await count(portal, tables.Inlogpoging) == 5
    assert (await browser.get(await login.choose(sent[-1], factories.ANNA))).status_code == 303
    assert (await browser.get(await login.choose(sent[0], factories.ANNA))).status_code == 303, "logged in already"


async def test_a_flood_of_logins_does_not_fill_the_database(
    login: Login, browser: Browser, portal: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(onderhoud, "MAX_POGINGEN", 3)
    for _ in range(6):
        browser.client.cookies.clear()
        sent = await login.leave()
    await onderhoud.remove_expired(portal.state.db)
    assert await count(portal, tables.Inlogpoging) == 3
    assert (await browser.get(await login.choose(sent, factories.ANNA))).status_code == 303, "the newest is still there"


async def test_what_a_login_leaves_behind_in_the_browser(login: Login, browser: Browser) -> None:
    page = await browser.post("/inloggen/digid", {})
    pending = page.headers["set-cookie"]
    for attribute in ("HttpOnly", "Max-Age=900", "Path=/", "SameSite=lax"):
        assert attribute in pending
    back = await login.log_in(factories.ANNA)
    session = next(value for value in back.headers.get_list("set-cookie") if value.startswith("sessie="))
    assert "HttpOnly" in session
    assert "SameSite=lax" in session
    assert "Max-Age" not in session, "it ends with the browser"
    left = await browser.post("/uitloggen")
    assert 'sessie=""' in left.headers["set-cookie"]
    assert "sessie" not in browser.client.cookies


def changed(address: str, **query: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path}?{urlencode({**dict(parse_qsl(parts.query)), **query})}"


async def test_a_way_back_that_was_tampered_with_logs_nobody_in(login: Login, browser: Browser) -> None:
    for tamper in (
        lambda a: changed(a, RelayState="x"),
        lambda a: changed(a, SAMLart="x"),
        lambda a: changed(a, extra="x"),
        lambda a: f"{a}&SAMLart=x",
        lambda a: a.replace("SAMLart", "SAMLResponse"),
        lambda a: a.replace("/digid/", "/eherkenning/"),
    ):
        page = await browser.get(tamper(await login.choose(await login.leave(), factories.ANNA)))
        assert page.status_code == 403
        assert (await browser.get("/gegevens")).status_code == 303


async def test_an_answer_posted_by_a_browser_is_refused(login: Login, browser: Browser) -> None:
    address = await login.choose(await login.leave(), factories.ANNA)
    for headers in ({}, SAME_ORIGIN):
        posted = await browser.client.post("/inloggen/digid/acs", data={"SAMLResponse": "PHg+"}, headers=headers)
        assert posted.status_code == 405
    assert (await browser.get(address)).status_code == 303


async def test_a_login_can_not_be_started_from_another_site_or_by_a_link(browser: Browser) -> None:
    started = await browser.client.post("/inloggen/digid", headers={"Sec-Fetch-Site": "cross-site"})
    assert started.status_code == 400
    assert (await browser.get("/inloggen/digid")).status_code == 405
    assert not browser.client.cookies


async def test_cancelling_a_step_up_ends_the_session(login: Login, browser: Browser, portal: FastAPI) -> None:
    await browser.log_in(factories.burger())
    sent = await login.leave(niveau="25")
    page = await browser.get(await login.choose(sent, factories.ANNA, actie="annuleren"))
    assert "U hebt het inloggen geannuleerd" in text_of(page)
    assert "Testpersoon" not in page.text, "nobody is logged in any more, and the page does not say otherwise"
    assert "sessie-resterend" not in page.headers
    assert 'sessie=""' in page.headers["set-cookie"]
    assert await count(portal, tables.Sessie) == 0


async def test_a_step_up_in_a_browser_where_another_person_logged_in_meanwhile(
    login: Login, browser: Browser, portal: FastAPI
) -> None:
    await browser.log_in(factories.burger())
    sent = await login.leave(niveau="25")
    address = await login.choose(sent, factories.MEHMET, niveau="25")
    await browser.log_in(factories.burger(factories.MEHMET))
    page = await browser.get(address)
    assert page.status_code == 403, "the step-up was of Anna"
    assert (await browser.get("/gegevens")).status_code == 303


async def test_the_level_of_a_step_up_is_the_level_of_the_new_session(
    login: Login, browser: Browser, portal: FastAPI
) -> None:
    await browser.log_in(factories.burger())
    await browser.get(await login.choose(await login.leave(niveau="25"), factories.ANNA, niveau="30"))
    async with portal.state.db() as session:
        (row,) = (await session.scalars(select(tables.Sessie))).all()
    assert portal.state.sessies._read(row, 1).gebruiker.niveau == 30


@pytest.mark.parametrize("niveau", ["0", "1", "-1", "99", "١٠", "x", "2" * 5000])
async def test_a_level_that_does_not_exist_never_lowers_what_is_needed(
    login: Login, browser: Browser, niveau: str
) -> None:
    sent = await login.leave(niveau=niveau)
    assert (await browser.get(await login.choose(sent, factories.ANNA, niveau="10"))).status_code == 403
