"""Notifications: subscribing with the test call, what is published, and delivery that loses nothing."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request
from starlette.responses import Response

from reference_backoffice.app import create_backoffice
from reference_backoffice.config import Config
from tests.contract_schema import require_specs, validate, validate_response
from tests.reference_backoffice.conftest import (
    NOTIFICATIES,
    ROOT,
    Json,
    codes,
    headers,
    link,
    new_document,
    new_zaak,
    now,
    of_zaaktype,
    rol_body,
    set_resultaat,
    set_status,
)

CALLBACK = "http://portaal.test/webhooks/notificaties"
AUTH = "Bearer een-lang-geheim"
CONSUMER = {"$ref": "#/components/schemas/Notificatie"}


class Webhook:
    """A subscriber. antwoorden: statuses to give before 204, one for each call."""

    def __init__(self) -> None:
        self.open = False
        self.antwoorden: list[int] = []
        self.berichten: list[Json] = []
        self.gekregen = asyncio.Event()
        self.app = FastAPI()
        self.app.add_api_route("/webhooks/notificaties", self.receive, methods=["POST"])

    async def receive(self, request: Request) -> Response:
        if request.headers.get("authorization") != AUTH and not self.open:
            return Response(status_code=403)
        body = await request.json()
        if body["kanaal"] == "test":
            return Response(status_code=self.antwoorden.pop(0) if self.antwoorden else 204)
        status = self.antwoorden.pop(0) if self.antwoorden else 204
        if status == 204:
            self.berichten.append(body)
            self.gekregen.set()
        return Response(status_code=status)

    @property
    def resources(self) -> list[str]:
        return [bericht["resource"] for bericht in self.berichten]


@pytest.fixture
def webhook() -> Webhook:
    return Webhook()


def backoffice(config: Config, webhook: Webhook) -> FastAPI:
    return create_backoffice(config, lambda: httpx.ASGITransport(webhook.app))


@pytest.fixture
async def app(config: Config, webhook: Webhook) -> AsyncIterator[FastAPI]:
    app = backoffice(config.model_copy(update={"notificatie_factor": 0.001}), webhook)
    async with app.router.lifespan_context(app):
        yield app


def check(response: httpx.Response, status: int, path: str) -> Any:
    assert response.status_code == status, response.text
    body = response.json()
    validate_response("notificaties/openapi.yaml", response.request.method, path, status, body)
    return body


async def subscribe(api: httpx.AsyncClient, naam: str = "zaken", **filters: str) -> httpx.Response:
    body = {"callbackUrl": CALLBACK, "auth": AUTH, "kanalen": [{"naam": naam, "filters": filters}]}
    return await api.post(f"{NOTIFICATIES}/abonnement", json=body)


def quiet(app: FastAPI, **schakelaars: bool) -> None:
    """Nothing leaves by itself, so that a test says when."""
    app.state.bezorger.zet(stil=True, **schakelaars)


async def deliver(app: FastAPI, **schakelaars: bool) -> None:
    app.state.bezorger.zet(**schakelaars)
    await app.state.bezorger.leeg()


async def test_a_subscription_is_made_read_changed_and_ended(api: httpx.AsyncClient) -> None:
    require_specs()
    kanalen = check(await api.get(f"{NOTIFICATIES}/kanaal"), 200, "/kanaal")
    assert {"zaken", "documenten", "besluiten", "objecten"} <= {kanaal["naam"] for kanaal in kanalen}
    assert check(await api.get(f"{NOTIFICATIES}/kanaal?naam=zaken"), 200, "/kanaal")[0]["filters"][1] == "zaaktype"
    check(await api.get(kanalen[0]["url"]), 200, "/kanaal/x")
    made = check(await subscribe(api, vertrouwelijkheidaanduiding="*"), 201, "/abonnement")
    assert "auth" not in made
    again = check(await subscribe(api), 201, "/abonnement")
    assert check(await api.get(f"{NOTIFICATIES}/abonnement"), 200, "/abonnement") == [made, again]
    changed = await api.patch(made["url"], json={"kanalen": [{"naam": "documenten"}]})
    assert check(changed, 200, "/abonnement/x")["kanalen"] == [{"naam": "documenten", "filters": {}}]
    assert check(await api.get(made["url"]), 200, "/abonnement/x")["callbackUrl"] == CALLBACK
    assert codes(await api.put(made["url"], json={"callbackUrl": CALLBACK})) == {("auth", "required")}
    assert (await api.delete(made["url"])).status_code == 204
    check(await api.get(made["url"]), 404, "/abonnement/x")


async def test_a_webhook_that_is_open_or_does_not_answer_gets_no_subscription(
    api: httpx.AsyncClient, webhook: Webhook
) -> None:
    webhook.antwoorden = [500]
    assert codes(await subscribe(api)) == {("nonFieldErrors", "invalid-callback-url")}
    webhook.open = True
    assert codes(await subscribe(api)) == {("callbackUrl", "no-auth-on-callback-url")}
    webhook.open = False
    assert codes(await subscribe(api, "bestaat-niet")) == {("naam", "kanaal_naam")}
    assert codes(await subscribe(api, "zaken", bsn="x")) == {("filters", "inconsistent-abonnement-filters")}
    long = {"callbackUrl": f"{CALLBACK}?{'x' * 200}", "auth": AUTH}
    assert ("callbackUrl", "max_length") in codes(await api.post(f"{NOTIFICATIES}/abonnement", json=long))
    assert (await api.get(f"{NOTIFICATIES}/abonnement")).json() == []


async def test_rights(api: httpx.AsyncClient) -> None:
    for client, path in (("zonder-rechten", "kanaal"), ("ander-systeem", "abonnement")):
        assert (await api.get(f"{NOTIFICATIES}/{path}", headers=headers(client))).status_code == 403
    assert (await api.post(f"{NOTIFICATIES}/notificaties", json={})).status_code == 403


async def test_every_write_is_published_with_what_it_is_about(
    app: FastAPI, api: httpx.AsyncClient, webhook: Webhook
) -> None:
    require_specs()
    for naam in ("zaken", "documenten"):
        await subscribe(api, naam)
    quiet(app)
    zaak = await new_zaak(api)
    await api.post("/zaken/api/v1/rollen", json=await rol_body(api, zaak))
    eigenschap = (await of_zaaktype(api, "eigenschappen", zaak))[0]
    body = {"zaak": zaak["url"], "eigenschap": eigenschap["url"], "waarde": "Brink 1"}
    await api.post(f"{zaak['url']}/zaakeigenschappen", json=body)
    document = await new_document(api)
    await link(api, zaak, document)
    status = (await set_status(api, zaak, 0)).json()
    await set_resultaat(api, zaak)
    await api.patch(zaak["url"], json={"toelichting": "Gewijzigd"})
    refused = await api.post("/zaken/api/v1/rollen", json=await rol_body(api, zaak))  # a second initiator
    assert refused.status_code == 400
    await deliver(app)
    about_zaak = [bericht for bericht in webhook.berichten if bericht["kanaal"] == "zaken"]
    assert [(bericht["resource"], bericht["actie"]) for bericht in about_zaak] == [
        ("zaak", "create"),
        ("rol", "create"),
        ("zaakeigenschap", "create"),
        ("zaakinformatieobject", "create"),
        ("status", "create"),
        ("resultaat", "create"),
        ("zaak", "partial_update"),
    ]
    for bericht in webhook.berichten:
        validate("notificaties-consumer/openapi.yaml", CONSUMER, bericht)
    bericht = about_zaak[4]
    assert (bericht["hoofdObject"], bericht["resourceUrl"]) == (zaak["url"], status["url"])
    assert bericht["kenmerken"].keys() == {
        "bronorganisatie",
        "zaaktype",
        "zaaktype.catalogus",
        "vertrouwelijkheidaanduiding",
    }
    assert (await api.get(bericht["kenmerken"]["zaaktype.catalogus"])).status_code == 200
    (about_document,) = (bericht for bericht in webhook.berichten if bericht["kanaal"] == "documenten")
    assert (about_document["hoofdObject"], about_document["actie"]) == (document["url"], "create")


async def test_the_testers_page_publishes_too(app: FastAPI, api: httpx.AsyncClient, webhook: Webhook) -> None:
    zaak = await new_zaak(api)
    statustype = (await of_zaaktype(api, "statustypen", zaak))[0]
    await subscribe(api)
    quiet(app)
    page = f"/beheer/zaken/{zaak['uuid']}"
    await api.post(f"{page}/status", data={"statustype": statustype["url"]})
    await api.post(f"{page}/brief", data={"titel": "Ontvangst", "tekst": "Wij hebben uw melding."})
    await api.post(f"{page}/verlenging", data={"duur": "P7D", "reden": "Drukte"})
    await deliver(app)
    assert webhook.resources == ["status", "zaakinformatieobject", "zaak"]


async def test_only_what_fits_the_filters_is_delivered(app: FastAPI, api: httpx.AsyncClient, webhook: Webhook) -> None:
    quiet(app)
    wanted = await new_zaak(api, "verhuizing")
    await subscribe(api, zaaktype=wanted["zaaktype"], bronorganisatie="*")
    for zaak in (await new_zaak(api), wanted):
        await set_status(api, zaak, 0)
    await deliver(app)
    assert [bericht["hoofdObject"] for bericht in webhook.berichten] == [wanted["url"]]


async def test_another_system_publishes(app: FastAPI, api: httpx.AsyncClient, webhook: Webhook) -> None:
    await subscribe(api, "objecten", object_type="http://elders.test/objecttypes/1")
    quiet(app)
    bericht = {
        "kanaal": "objecten",
        "hoofdObject": "http://elders.test/objects/1",
        "resource": "object",
        "resourceUrl": "http://elders.test/objects/1",
        "actie": "create",
        "aanmaakdatum": now(),
        "kenmerken": {"object_type": "http://elders.test/objecttypes/1"},
    }

    async def publish(**fields: object) -> httpx.Response:
        return await api.post(f"{NOTIFICATIES}/notificaties", json=bericht | fields, headers=headers("ander-systeem"))

    require_specs()
    assert check(await publish(), 201, "/notificaties") == bericht
    await publish(kenmerken={"object_type": "http://elders.test/objecttypes/2"})
    assert codes(await publish(kanaal="onbekend")) == {("kanaal", "message_kanaal")}
    assert codes(await publish(kenmerken={"bsn": "1"})) == {("kenmerken", "kenmerken_inconsistent")}
    await deliver(app)
    assert webhook.berichten == [bericht]


async def test_delivery_is_tried_again_until_it_was_received(api: httpx.AsyncClient, webhook: Webhook) -> None:
    await subscribe(api)
    webhook.antwoorden = [500, 404, 503]
    async with asyncio.timeout(10):
        await new_zaak(api)
        await webhook.gekregen.wait()
    assert webhook.resources == ["zaak"]


async def test_who_never_answers_is_given_up_after_eight_tries(
    app: FastAPI, api: httpx.AsyncClient, webhook: Webhook
) -> None:
    await subscribe(api)
    quiet(app)
    await new_zaak(api)
    webhook.antwoorden = [500] * 9
    await deliver(app)
    assert (webhook.berichten, webhook.antwoorden) == ([], [500])


async def test_what_waits_survives_a_restart(config: Config, webhook: Webhook) -> None:
    first = backoffice(config, webhook)
    async with (
        first.router.lifespan_context(first),
        httpx.AsyncClient(transport=httpx.ASGITransport(first), base_url=ROOT, headers=headers()) as api,
    ):
        await subscribe(api)
        quiet(first)
        await new_zaak(api)
    assert webhook.berichten == []
    second = backoffice(config, webhook)
    async with second.router.lifespan_context(second), asyncio.timeout(10):
        await webhook.gekregen.wait()
    assert webhook.resources == ["zaak"]


async def test_switches_double_turn_round_and_lose(app: FastAPI, api: httpx.AsyncClient, webhook: Webhook) -> None:
    await subscribe(api)
    quiet(app)
    await set_status(api, await new_zaak(api), 0)
    await deliver(app, dubbel=True, door_elkaar=True)
    assert webhook.resources == ["status", "status", "zaak", "zaak"]
    quiet(app)
    await new_zaak(api)
    await deliver(app, verlies=True)
    await deliver(app)
    assert len(webhook.berichten) == 4
