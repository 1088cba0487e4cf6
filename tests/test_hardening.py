"""What an assessor tries: other host names, bodies without a length, other methods, a database that is gone."""

import json
import sqlite3
from collections.abc import AsyncIterator

import pytest
from cryptography.fernet import Fernet, MultiFernet
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from pip_portal.logs import JsonFormatter
from pip_portal.settings import Settings
from pip_portal.sleutels import Sleutels
from pip_portal.web import local_path
from tests import factories
from tests.conftest import SAME_ORIGIN, Browser, text_of

FORM = {"Content-Type": "application/x-www-form-urlencoded", **SAME_ORIGIN}


def assert_guarded(headers: object) -> None:
    for name, value in (
        ("content-security-policy", "default-src 'none'"),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "same-origin"),
        ("x-request-id", ""),
    ):
        assert value in headers[name], name  # type: ignore[index]  # httpx.Headers


async def pieces(count: int) -> AsyncIterator[bytes]:
    for _ in range(count):
        yield b"taal=en&" * 1_000


@pytest.mark.parametrize(("path", "kind"), [("/taal", FORM), ("/uitloggen/digid/slo", {"Content-Type": "text/xml"})])
async def test_a_body_that_does_not_tell_its_length_is_stopped_at_the_limit(
    browser: Browser, path: str, kind: dict[str, str]
) -> None:
    response = await browser.client.post(path, content=pieces(50), headers=kind)
    assert response.status_code in (404, 413) if "slo" in path else response.status_code == 413
    small = await browser.client.post("/taal", content=pieces(2), headers=FORM)
    assert small.status_code == 303


@pytest.mark.parametrize("length", ["-1", "x", "1e3", "9" * 5000, "٣"])
async def test_a_length_that_is_no_number_is_refused(browser: Browser, length: str) -> None:
    headers = {**FORM, "Content-Length": length.encode()}
    response = await browser.client.post("/taal", content=pieces(1), headers=headers)  # type: ignore[arg-type]  # bytes
    assert response.status_code == 413


async def test_every_kind_of_answer_has_the_headers(
    browser: Browser, portal: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError

    await browser.log_in(factories.burger())
    monkeypatch.setattr(type(portal.state.bronnen.zaaksysteem), "list", broken)
    answers = {
        500: await browser.get("/zaken"),
        404: await browser.get("/bestaat-niet"),
        405: await browser.client.put("/inloggen"),
        414: await browser.get("/zaken?x=" + "x" * 60_000),
        413: await browser.client.post("/taal", content=pieces(50), headers=FORM),
        303: await browser.get("/inloggen"),
    }
    for status, response in answers.items():
        assert response.status_code == status
        assert_guarded(response.headers)
        assert response.headers["cache-control"] == "no-store"
    for path, status in (("/static/favicon.svg", 200), ("/static/bestaat-niet", 404), ("/gezond", 200)):
        response = await browser.get(path)
        assert response.status_code == status
        assert_guarded(response.headers)
    assert "Cookie" not in (await browser.get("/static/favicon.svg")).headers["vary"], "caches may share it"


async def test_an_error_page_speaks_the_language_of_the_citizen(
    browser: Browser, portal: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError

    await browser.log_in(factories.burger())
    browser.client.cookies.set("taal", "en", domain="localhost.local")
    browser.lang = "en"
    monkeypatch.setattr(type(portal.state.bronnen.zaaksysteem), "list", broken)
    assert (await browser.get("/zaken")).status_code == 500
    assert (await browser.get("/zaken?x=" + "x" * 60_000)).status_code == 414


async def test_another_host_name_in_the_request_leads_nowhere(browser: Browser) -> None:
    response = await browser.client.get(
        "/zaken/", headers={"Host": "kwaad.example", "X-Forwarded-Host": "kwaad.example"}
    )
    assert response.headers["location"] == f"{factories.PORTAAL}/zaken"
    page = await browser.client.get("/inloggen", headers={"Host": "kwaad.example"})
    assert "kwaad.example" not in page.text


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "TRACE", "PUT", "DELETE", "PATCH", "GET"])
async def test_only_a_post_logs_out(browser: Browser, method: str) -> None:
    await browser.log_in(factories.burger())
    headers = {"X-HTTP-Method-Override": "POST", "X-HTTP-Method": "POST", **SAME_ORIGIN}
    response = await browser.client.request(method, "/uitloggen?_method=POST", headers=headers)
    assert response.status_code == 405
    assert response.headers["allow"] == "POST"
    assert "Uitloggen" in (await browser.get("/hulp")).text


@pytest.mark.parametrize(
    "kind",
    [
        "",
        "text/plain",
        "application/json",
        "multipart/form-data",
        "multipart/form-data; boundary=x; charset=bestaat-niet",
        "multipart/form-data; boundary=x; charset=utf-7",
        "APPLICATION/X-WWW-FORM-URLENCODED; charset=utf-16",
        "application/x-www-form-urlencoded-niet",
    ],
)
async def test_a_body_of_another_kind_never_passes_for_a_form_with_the_token(browser: Browser, kind: str) -> None:
    await browser.log_in(factories.burger())
    body = b'--x\r\nContent-Disposition: form-data; name="overal"\r\n\r\n\xff\xfe\r\n--x--\r\n'
    response = await browser.client.post("/uitloggen", content=body, headers={**SAME_ORIGIN, "Content-Type": kind})
    assert response.status_code == 400
    assert "Uitloggen" in (await browser.get("/hulp")).text


async def test_a_form_as_multipart_with_the_token_is_a_form(browser: Browser) -> None:
    await browser.log_in(factories.burger())
    files = {"csrf": (None, browser.csrf)}
    assert (await browser.client.post("/uitloggen", files=files, headers=SAME_ORIGIN)).status_code == 303


@pytest.mark.parametrize(
    "terug",
    [
        "//kwaad.example",
        "/\\kwaad.example",
        "\\/kwaad.example",
        "/\t/kwaad.example",
        "/\n/kwaad.example",
        "\x00/zaken",
        " //kwaad.example",
        "https:/kwaad.example",
        "kwaad.example",
        "",
        "/" + "x" * 1000,
        "/zaken\u2028",
    ],
)
def test_what_is_no_path_of_ours_is_never_followed(terug: str) -> None:
    assert local_path(terug, "/overzicht") == "/overzicht"


@pytest.mark.parametrize("terug", ["/", "/zaken", "/zaken?toestand=afgerond", "/%2F%2Fkwaad.example", "/%5Ckwaad"])
def test_a_path_of_ours_stays_what_it_is(terug: str) -> None:
    assert local_path(terug, "/overzicht") == terug


async def test_a_session_whose_key_was_taken_away_asks_to_log_in_again(browser: Browser, portal: FastAPI) -> None:
    await browser.log_in(factories.burger())
    sleutels: Sleutels = portal.state.sleutels
    old = sleutels._fernet
    new = Fernet(Fernet.generate_key())
    sleutels._fernet = MultiFernet([new, *old._fernets])
    assert (await browser.get("/gegevens")).status_code == 200, "during a roll-over the old key still opens it"
    sleutels._fernet = MultiFernet([new])
    assert (await browser.get("/hulp")).status_code == 200
    response = await browser.get("/gegevens")
    assert response.status_code == 303
    assert response.headers["location"].startswith("/inloggen?terug=/gegevens")


@pytest.mark.parametrize("stored", [b"{}", b"[]", b"geen json", b'{"soort": "Burger", "gebruiker": {"nieuw": 1}}'])
async def test_a_session_that_another_version_wrote_asks_to_log_in_again(
    browser: Browser, portal: FastAPI, stored: bytes
) -> None:
    await browser.log_in(factories.burger())
    async with portal.state.db.begin() as session:
        await session.execute(
            text("UPDATE sessies SET gegevens = :gegevens"), {"gegevens": portal.state.sleutels.encrypt(stored)}
        )
    assert (await browser.get("/gegevens")).status_code == 303
    async with portal.state.db() as session:
        assert (await session.execute(text("SELECT count(*) FROM sessies"))).scalar() == 0


async def test_without_the_database_a_citizen_reads_that_it_is_us(
    browser: Browser, portal: FastAPI, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await browser.log_in(factories.burger())

    async def gone(*_args: object, **_kwargs: object) -> None:
        bezet = sqlite3.OperationalError(factories.ANNA)
        bezet.sqlite_errorname = "SQLITE_BUSY"
        raise OperationalError("SELECT", {}, bezet)

    monkeypatch.setattr(type(portal.state.sessies), "load", gone)
    response = await browser.get("/zaken")
    [regel] = [json.loads(JsonFormatter().format(r)) for r in caplog.records if r.message == "database niet bereikbaar"]
    assert (regel["reden"], regel["fout"]) == ("SQLITE_BUSY", "OperationalError")
    assert factories.ANNA not in str(regel)
    assert response.status_code == 503
    assert "Het ligt niet aan u" in text_of(response)
    assert_guarded(response.headers)


async def test_a_session_that_is_over_loses_its_cookie(browser: Browser, portal: FastAPI) -> None:
    await browser.log_in(factories.burger())
    await portal.state.sessies.end_everywhere(factories.burger().pseudoniem)
    response = await browser.get("/gegevens")
    assert 'sessie=""' in response.headers["set-cookie"]
    assert "sessie" not in browser.client.cookies


async def test_a_stale_form_of_htmx_or_of_a_page_leads_to_the_login_page(browser: Browser) -> None:
    page = await browser.post("/sessie/verlengen")
    assert (page.status_code, page.headers["location"]) == (303, "/inloggen?terug=/overzicht")
    part = await browser.post("/sessie/verlengen", headers={"HX-Request": "true"})
    assert (part.status_code, part.headers["hx-redirect"]) == (401, "/inloggen?terug=/overzicht")


class TestMetrics:
    @pytest.fixture
    def settings(self, database_url: str) -> Settings:
        return factories.settings(database_url, metrics_token="t" * 40)

    @pytest.mark.parametrize("sent", ["", "Bearer ", "Bearer x", "Basic " + "t" * 40, "t" * 40, "Bearer é"])
    async def test_without_the_token_there_are_no_metrics(self, browser: Browser, sent: str) -> None:
        response = await browser.client.get("/metrics", headers={"Authorization": sent.encode()})
        assert response.status_code == 404

    async def test_with_the_token_there_are(self, browser: Browser) -> None:
        response = await browser.get("/metrics", headers={"Authorization": "Bearer " + "t" * 40})
        assert "pip_verzoeken_total" in response.text
