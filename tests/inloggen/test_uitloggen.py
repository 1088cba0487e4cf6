"""Single logout, both ways, between the portal and DigiD; and what happens to messages that are not real."""

import re
from urllib.parse import urlsplit

import httpx
import pytest
from fastapi import FastAPI
from lxml import html

from pip_portal.inloggen.saml import provider
from pip_portal.inloggen.saml.refusal import Refused
from tests import factories
from tests.conftest import Browser, text_of
from tests.inloggen.conftest import Login


@pytest.fixture
def koppelingen(koppelingen: dict[str, dict[str, object]]) -> dict[str, dict[str, object]]:
    koppelingen["digid"]["sso"] = True
    return koppelingen


class Wire(httpx.AsyncBaseTransport):
    """Between the mock and the portal; remembers what the mock sent."""

    def __init__(self, portal: FastAPI) -> None:
        self.inner = httpx.ASGITransport(portal)
        self.sent: list[bytes] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.sent.append(await request.aread())
        return await self.inner.handle_async_request(request)


@pytest.fixture
def wire(idp: FastAPI, portal: FastAPI) -> Wire:
    wire = Wire(portal)
    idp.state.idp.sp_transport = wire
    return wire


async def leave(browser: Browser) -> tuple[str, dict[str, str], httpx.Response]:
    """Press "Uitloggen"; the form that goes on to the identity provider."""
    page = await browser.post("/uitloggen")
    form = next(f for f in html.document_fromstring(page.text).forms if "SAMLRequest" in f.fields)
    return form.action, {name: value or "" for name, value in form.fields.items()}, page


@pytest.mark.seed("N7")
async def test_logging_out_here_logs_out_at_digid_too(login: Login, browser: Browser) -> None:
    await login.log_in(factories.ANNA)
    assert (await login.idp.get("/digid/uitloggen")).text.count("/inloggen/digid/metadata") == 1
    action, sent, page = await leave(browser)
    assert factories.IDP in page.headers["content-security-policy"]
    assert "Uitloggen" not in page.text, "the session here is over before the browser leaves"
    assert (await browser.get("/gegevens")).status_code == 303
    answer = await login.idp.post(action, data=sent)
    assert answer.status_code == 302
    back = await browser.get(answer.headers["location"].removeprefix(factories.PORTAAL))
    assert (back.status_code, back.headers["location"]) == (303, "/uitgelogd")
    assert "U bent uitgelogd" in text_of(await browser.get("/uitgelogd"))
    assert not [name for name in browser.client.cookies if name.startswith("inlog-")]
    assert "nergens ingelogd" in (await login.idp.get("/digid/uitloggen")).text


async def test_an_answer_that_was_tampered_with_changes_nothing_and_is_logged(
    login: Login, browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    await login.log_in(factories.ANNA)
    action, sent, _page = await leave(browser)
    location = (await login.idp.post(action, data=sent)).headers["location"].removeprefix(factories.PORTAAL)
    back = await browser.get(re.sub("Signature=..", "Signature=xx", location))
    assert back.headers["location"] == "/uitgelogd"
    assert "antwoord op uitloggen niet gebruikt" in caplog.text
    assert factories.ANNA not in caplog.text


async def test_pressing_log_out_twice_is_fine(login: Login, browser: Browser) -> None:
    await login.log_in(factories.ANNA)
    await leave(browser)
    assert (await browser.post("/uitloggen")).headers["location"] == "/uitgelogd"


async def test_logging_out_works_when_digid_cannot_be_asked(
    login: Login, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    await login.log_in(factories.ANNA)

    def expired(*_args: object) -> None:
        raise Refused("handtekening: certificaat verlopen")

    monkeypatch.setattr(provider, "sign", expired)
    response = await browser.post("/uitloggen")
    assert (response.status_code, response.headers["location"]) == (303, "/uitgelogd")
    assert "sessie" not in browser.client.cookies


@pytest.mark.seed("N7")
async def test_logging_out_at_digid_ends_every_session_of_that_person_here(
    login: Login, browser: Browser, portal: FastAPI, wire: Wire
) -> None:
    elsewhere, someone_else = Browser(portal), Browser(portal)
    sessies = portal.state.sessies
    for other, bsn in ((elsewhere, factories.ANNA), (someone_else, factories.MEHMET)):
        sessie_id = await sessies.create(
            factories.burger(bsn), "digid", weergavenaam=None, naam_id=f"s00000000:{bsn}", session_index=None
        )
        other.client.cookies.set(sessies.cookie, sessie_id, domain="localhost.local")
    await login.log_in(factories.ANNA)
    page = await login.idp.post("/digid/uitloggen")
    assert "U bent overal uitgelogd" in page.text
    assert (await browser.get("/gegevens")).status_code == 303
    assert (await elsewhere.get("/gegevens")).status_code == 303
    assert (await someone_else.get("/gegevens")).status_code == 200


async def test_a_logout_message_that_is_forged_or_repeated_is_not_found(
    login: Login, browser: Browser, portal: FastAPI, wire: Wire
) -> None:
    await login.log_in(factories.ANNA)
    await login.idp.post("/digid/uitloggen")
    (genuine,) = wire.sent
    await login.log_in(factories.ANNA)
    forged = (
        genuine,
        genuine.replace(factories.ANNA.encode(), factories.MEHMET.encode()),
        re.sub(rb"<ds:Signature.*</ds:Signature>", b"", genuine, flags=re.DOTALL),
        b"<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><x>&e;</x>",
        b"geen xml",
        b"",
    )
    for body in forged:
        response = await browser.client.post("/uitloggen/digid/slo", content=body, headers={"Content-Type": "text/xml"})
        assert response.status_code == 404
    assert (await browser.get("/gegevens")).status_code == 200


async def test_a_logout_message_for_a_connection_without_single_logout_is_not_found(
    login: Login, browser: Browser, wire: Wire
) -> None:
    await login.log_in(factories.ANNA)
    await login.idp.post("/digid/uitloggen")
    for middel in ("eherkenning", "yivi"):
        response = await browser.client.post(
            f"/uitloggen/{middel}/slo", content=wire.sent[0], headers={"Content-Type": "text/xml"}
        )
        assert response.status_code == 404


async def test_an_answer_nobody_asked_for_leads_to_the_logged_out_page(browser: Browser) -> None:
    await browser.log_in(factories.burger())
    for response in (
        await browser.get("/uitloggen/digid/slo?SAMLResponse=x&SigAlg=x&Signature=x&RelayState=x"),
        await browser.client.post("/uitloggen/digid/slo", data={"SAMLResponse": "x", "RelayState": "x"}),
    ):
        assert urlsplit(response.headers["location"]).path == "/uitgelogd"
    assert (await browser.get("/gegevens")).status_code == 200, "the session is not touched by it"
