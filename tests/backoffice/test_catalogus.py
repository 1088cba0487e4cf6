"""The one cache: shared calls, nothing wrong kept, old names rather than none."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest

from pip_portal.backoffice import http
from pip_portal.backoffice.catalogus import Catalogus
from pip_portal.backoffice.http import ForeignReference, Verbinding
from pip_portal.errors import BackofficeDefect, BackofficeUnavailable
from pip_portal.settings import Api

ROOT = "http://catalogi.test/catalogi/api/v1"
URL = f"{ROOT}/zaaktypen/6b51e50d-92e0-4cfc-b0f6-fb8bd9792238"
ANSWER = {"url": URL, "identificatie": "bezwaar", "omschrijving": "Bezwaar", "indicatieInternOfExtern": "extern"}


class Server:
    def __init__(self) -> None:
        self.calls = 0
        self.response: httpx.Response | Exception = httpx.Response(200, json=ANSWER)

    async def __call__(self, _request: httpx.Request) -> httpx.Response:
        self.calls += 1
        await asyncio.sleep(0.01)
        if isinstance(self.response, Exception):
            raise self.response
        return httpx.Response(self.response.status_code, content=self.response.content)


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
async def catalogus(server: Server, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Catalogus]:
    monkeypatch.setattr(http, "RETRY_WAIT", ())
    verbinding = Verbinding(Api(root=ROOT), "catalogus", transport=httpx.MockTransport(server))
    yield Catalogus(verbinding, timedelta(hours=1))
    await verbinding.close()


def outdate(catalogus: Catalogus) -> None:
    for entry in catalogus._entries.values():
        entry.fresh_until = 0.0


async def test_simultaneous_questions_share_one_call(catalogus: Catalogus, server: Server) -> None:
    typen = await asyncio.gather(*(catalogus.zaaktype(URL) for _ in range(10)))
    assert {zaaktype.omschrijving for zaaktype in typen} == {"Bezwaar"}
    await catalogus.zaaktype(URL)
    assert server.calls == 1


async def test_a_citizen_who_leaves_does_not_break_off_the_call_of_the_others(
    catalogus: Catalogus, server: Server
) -> None:
    first = asyncio.create_task(catalogus.zaaktype(URL))
    second = asyncio.create_task(catalogus.zaaktype(URL))
    await asyncio.sleep(0)
    first.cancel()
    assert (await second).omschrijving == "Bezwaar"
    assert server.calls == 1


@pytest.mark.parametrize("wrong", [httpx.Response(503), httpx.Response(200, content=b"[]"), httpx.ReadTimeout("x")])
async def test_a_failure_is_never_kept(catalogus: Catalogus, server: Server, wrong: httpx.Response | Exception) -> None:
    right, server.response = server.response, wrong
    for _ in range(2):
        with pytest.raises((BackofficeUnavailable, BackofficeDefect)):
            await catalogus.zaaktype(URL)
    server.response = right
    assert (await catalogus.zaaktype(URL)).omschrijving == "Bezwaar"


async def test_an_outdated_item_is_given_while_the_source_fails_and_replaced_when_it_is_back(
    catalogus: Catalogus, server: Server
) -> None:
    await catalogus.zaaktype(URL)
    outdate(catalogus)
    server.response = httpx.Response(503)
    assert (await catalogus.zaaktype(URL)).omschrijving == "Bezwaar"
    outdate(catalogus)
    server.response = httpx.Response(200, json=ANSWER | {"omschrijving": "Bezwaarschrift"})
    assert (await catalogus.zaaktype(URL)).omschrijving == "Bezwaarschrift"


async def test_a_type_outside_the_catalogus_is_not_fetched(catalogus: Catalogus, server: Server) -> None:
    with pytest.raises(ForeignReference):
        await catalogus.zaaktype("http://kwaad.test/zaaktypen/6b51e50d-92e0-4cfc-b0f6-fb8bd9792238")
    with pytest.raises(ForeignReference):
        await catalogus.statustypen("http://kwaad.test/zaaktypen/6b51e50d-92e0-4cfc-b0f6-fb8bd9792238")
    assert server.calls == 0
