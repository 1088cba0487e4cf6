"""No person in the logs: after a tour along every page as every persona, nothing that was logged names one."""

import io
import logging

import pytest
from fastapi import FastAPI

from pip_portal.logs import JsonFormatter
from tests import factories
from tests.conftest import Browser, expect_nothing_personal
from tests.test_isolation import OWNERS, as_someone, objects_of


@pytest.mark.seed("N10")
@pytest.mark.parametrize("owner", OWNERS)
async def test_a_tour_of_all_pages_logs_nothing_about_the_person(portal: FastAPI, owner: str) -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    logging.getLogger("httpx").setLevel(logging.WARNING)  # as logs.configure does
    try:
        await tour(await as_someone(portal, OWNERS[owner]()))
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
    logged = stream.getvalue()
    assert logged.count('"tekst": "verzoek"') >= 8
    expect_nothing_personal(logged)
    assert "zoekwoord-van-de-burger" not in logged


async def tour(browser: Browser) -> None:
    for url in ("/overzicht", "/zaken", "/zaken?zoek=zoekwoord-van-de-burger", "/gegevens", "/hulp", "/vestiging"):
        await browser.get(url)
    found = await objects_of(browser)
    for url in found["zaken"] + found["documenten"]:
        await browser.get(url)
    await browser.post("/uitloggen")


async def test_every_request_is_one_line_with_an_id_and_the_route_without_its_values(
    browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    await browser.log_in(factories.burger())
    with caplog.at_level(logging.INFO, logger="pip_portal"):
        response = await browser.get(
            "/zaken/zaken/11111111-2222-4333-8444-555555555555",
            headers={"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"},
        )
    lines = [r for r in caplog.records if r.getMessage() == "verzoek"]
    assert len(lines) == 1
    assert lines[0].__dict__["route"] == "/zaken/{bron}/{uuid}"
    assert response.headers["x-request-id"] == "0af7651916cd43dd"


async def test_an_unexpected_error_is_a_page_and_its_message_is_not_logged(
    portal: FastAPI, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    logging.getLogger("pip_portal").addHandler(handler)
    await browser.log_in(factories.burger())

    async def broken(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError(f"antwoord van {factories.ANNA}")

    monkeypatch.setattr(type(portal.state.bronnen.zaaksysteem), "list", broken)
    response = await browser.get("/zaken")
    logging.getLogger("pip_portal").removeHandler(handler)
    assert response.status_code == 500
    assert "14 0570" in response.text
    assert response.headers["x-request-id"] in response.text
    assert "RuntimeError" in stream.getvalue()
    assert factories.ANNA not in stream.getvalue()
