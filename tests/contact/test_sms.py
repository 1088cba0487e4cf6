"""A code by text message: what the worker sends, and what the mailbox of the demo shows of it."""

from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest

from pip_portal import demo_postbus
from pip_portal.backoffice.bronnen import open_backoffices
from pip_portal.backoffice.sms import SmsApi
from pip_portal.contact.sms import Sms
from pip_portal.opdrachten import Onmogelijk, Uitstel
from pip_portal.settings import Sms as SmsSettings
from pip_portal.tijd import now
from tests import factories

NUMMER, CODE = "+31612345678", "048151"


async def open_sms(transport: httpx.AsyncBaseTransport) -> AsyncIterator[SmsApi]:
    sms = SmsSettings(root="http://sms.example", sjabloon="code-sjabloon", client_id="dienst", secret="geheim")
    bronnen = await open_backoffices(factories.settings("sqlite+aiosqlite:///:memory:", sms=sms), lambda _: transport)
    assert bronnen.sms is not None
    yield bronnen.sms
    await bronnen.aclose()


def inhoud(minuten: int = 15) -> dict[str, str]:
    return {"nummer": NUMMER, "code": CODE, "tot": (now() + timedelta(minutes=minuten)).isoformat()}


async def test_the_demo_shows_a_text_message_between_the_mails() -> None:
    app = demo_postbus.create_app(demo_postbus.Postbus(), 0)
    transport = httpx.ASGITransport(app)
    async for api in open_sms(transport):
        await Sms(api)(inhoud())
    async with httpx.AsyncClient(transport=transport, base_url="http://postbus") as client:
        assert NUMMER in (await client.get("/")).text
        assert f"Uw code is {CODE}" in (await client.get("/mail/1")).text


@pytest.mark.parametrize(("status", "uitkomst"), [(503, Uitstel), (400, Onmogelijk)])
async def test_a_service_that_is_away_is_tried_again_and_a_refused_number_is_not(
    status: int, uitkomst: type[Exception]
) -> None:
    async for api in open_sms(httpx.MockTransport(lambda _request: httpx.Response(status, json={}))):
        with pytest.raises(uitkomst) as fout:
            await Sms(api)(inhoud())
        assert NUMMER not in str(fout.value)


async def test_a_code_that_ended_is_not_sent_any_more() -> None:
    gevraagd: list[httpx.Request] = []

    def antwoord(request: httpx.Request) -> httpx.Response:
        gevraagd.append(request)
        return httpx.Response(201, json={})

    async for api in open_sms(httpx.MockTransport(antwoord)):
        with pytest.raises(Onmogelijk):
            await Sms(api)(inhoud(-1))
        assert not gevraagd
        await Sms(api)(inhoud())
    (verzoek,) = gevraagd
    assert verzoek.headers["Authorization"].startswith("Bearer ")
    assert NUMMER not in str(verzoek.url)
