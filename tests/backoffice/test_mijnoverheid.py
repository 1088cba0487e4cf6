"""MijnOverheid: our own API, that the client and the stand-in each keep to as docs/mijnoverheid-api.yaml says it."""

import json
import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest
import yaml
from fastapi import FastAPI

from pip_portal.backoffice.bronnen import Bronnen
from pip_portal.backoffice.http import Refused
from pip_portal.backoffice.mijnoverheid import Boxbericht, LopendeZaak, MijnOverheid
from pip_portal.errors import BackofficeDefect, BackofficeUnavailable
from tests import factories
from tests.backoffice.conftest import Open

SPEC = yaml.safe_load((Path(__file__).parents[2] / "docs" / "mijnoverheid-api.yaml").read_text())
ROOT = "/mijnoverheid/api/v1"
ID = "ab12" * 8
BERICHT = Boxbericht(
    "Er is een besluit", "Beste lezer,", "nl", "besluit", "https://mijn.deventer.nl/zaken", date(2026, 12, 8)
)


def lopend(**anders: Any) -> LopendeZaak:
    velden: dict[str, Any] = {
        "nummer": "ZAAK/2026 1",
        "omschrijving": "Kapvergunning",
        "status": "In behandeling",
        "startdatum": date(2026, 11, 1),
        "verwachte_einddatum": date(2026, 12, 27),
        "einddatum": None,
        "link": "https://mijn.deventer.nl/zaken",
        "stand_van": datetime(2026, 11, 2, tzinfo=UTC),
    }
    return LopendeZaak(**velden | anders)


class Contract(httpx.AsyncBaseTransport):
    """Every call and every answer, held against the document."""

    def __init__(self, app: FastAPI) -> None:
        self._onder = httpx.ASGITransport(app)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        rest = request.url.raw_path.decode().removeprefix(ROOT)
        pad = next(naam for naam in SPEC["paths"] if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", naam), rest))
        operatie = SPEC["paths"][pad][request.method.lower()]
        if "requestBody" in operatie:
            _past(operatie["requestBody"], json.loads(await request.aread()))
        assert not re.search(r"\d{9}", request.url.path), "a BSN in a URL"
        antwoord = await self._onder.handle_async_request(request)
        beschreven = operatie["responses"][str(antwoord.status_code)]
        if "content" in beschreven:
            _past(beschreven, json.loads(await antwoord.aread()))
        return antwoord


def _past(beschreven: dict[str, Any], inhoud: object) -> None:
    schema = beschreven["content"]["application/json"]["schema"]
    jsonschema.validate(
        inhoud, SPEC | {"components": _met_null(SPEC["components"])} | schema, format_checker=jsonschema.FormatChecker()
    )


def _met_null(schema: Any) -> Any:
    """`nullable` is of OpenAPI 3.0 only."""
    if isinstance(schema, list):
        return [_met_null(deel) for deel in schema]
    if not isinstance(schema, dict):
        return schema
    deels = {naam: _met_null(waarde) for naam, waarde in schema.items() if naam != "nullable"}
    return deels | {"type": [schema["type"], "null"]} if schema.get("nullable") is True else deels


@pytest.fixture
async def api(open_bronnen: Open, backoffice: FastAPI) -> MijnOverheid:
    bronnen = await open_bronnen(Contract(backoffice), mijnoverheid=factories.mijnoverheid())
    assert bronnen.mijnoverheid is not None
    return bronnen.mijnoverheid


async def box(backoffice: FastAPI, bsn: str, aan: str) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(backoffice), base_url=factories.BACKOFFICE) as client:
        response = await client.post("/beheer/mijnoverheid/box", data={"bsn": bsn, "aan": aan})
        assert response.status_code == 303


async def pagina(backoffice: FastAPI) -> str:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(backoffice), base_url=factories.BACKOFFICE) as client:
        return (await client.get("/beheer/mijnoverheid")).text


async def test_a_bericht_is_delivered_once_and_only_to_an_active_box(api: MijnOverheid, backoffice: FastAPI) -> None:
    await box(backoffice, factories.MEHMET, "")
    assert await api.heeft_box(factories.burger()) is True
    assert await api.heeft_box(factories.burger(factories.MEHMET)) is False
    backoffice.state.beheer.storing(api="mijnoverheid", soort="antwoord_kwijt", aantal=1)
    with pytest.raises(BackofficeUnavailable):
        await api.bezorg(ID, factories.ANNA, BERICHT)
    assert await api.bezorg(ID, factories.ANNA, BERICHT) is True
    assert await api.bezorg("cd34" * 8, factories.MEHMET, BERICHT) is False
    tekst = await pagina(backoffice)
    assert tekst.count("Er is een besluit") == 1
    assert "reageren vóór 2026-12-08" in tekst


async def test_a_zaak_stands_as_it_was_read_last_and_can_be_taken_away(api: MijnOverheid, backoffice: FastAPI) -> None:
    await api.zet_zaak(factories.ANNA, lopend())
    af = lopend(status="Klaar", einddatum=date(2026, 11, 9), verwachte_einddatum=None)
    await api.zet_zaak(factories.ANNA, lopend(status="Besluit genomen", stand_van=datetime(2026, 11, 8, tzinfo=UTC)))
    await api.zet_zaak(factories.ANNA, af)  # read before the other
    assert "Besluit genomen" in await pagina(backoffice)
    await api.verwijder_zaak("ZAAK/2026 1")
    await api.verwijder_zaak("ZAAK/2026 1")
    assert "Er is nog geen zaak doorgegeven" in await pagina(backoffice)


async def test_an_outage_is_no_answer_and_nobody_gets_in_without_the_token(
    backoffice: FastAPI, bronnen: Bronnen, open_bronnen: Open
) -> None:
    assert bronnen.mijnoverheid is None, "not configured, not there"
    api = (await open_bronnen(mijnoverheid=factories.mijnoverheid())).mijnoverheid
    ander = (await open_bronnen(Contract(backoffice), mijnoverheid=factories.mijnoverheid("verkeerd"))).mijnoverheid
    assert api is not None
    assert ander is not None
    backoffice.state.beheer.storing(api="mijnoverheid", soort="status", status=500, aantal=1)
    with pytest.raises(BackofficeUnavailable):
        await api.heeft_box(factories.burger())
    backoffice.state.beheer.storing(api="mijnoverheid", soort="onzin", aantal=1)
    with pytest.raises(BackofficeDefect):
        await api.bezorg(ID, factories.ANNA, BERICHT)
    for vraag in (ander.bezorg(ID, factories.ANNA, BERICHT), ander.verwijder_zaak("x")):
        with pytest.raises(Refused, match="403"):
            await vraag


async def test_what_does_not_keep_to_the_document_is_refused(backoffice: FastAPI) -> None:
    koppen = {"Authorization": "Token demo-mijnoverheid-sleutel-0123456789"}
    onvolledig = {"bsn": factories.ANNA, "onderwerp": "Zonder de rest"}
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(backoffice), base_url=factories.BACKOFFICE, headers=koppen
    ) as client:
        for methode, pad, body in (
            ("PUT", f"/berichten/{ID}", onvolledig),
            ("PUT", "/lopende-zaken/1", onvolledig),
            ("POST", "/berichten/_mag", {"bsn": "12"}),
            ("POST", "/berichten/_mag", {"bsn": factories.ANNA, "meer": "x"}),
        ):
            assert (await client.request(methode, ROOT + pad, json=body)).status_code == 400
        assert (await client.put(f"{ROOT}/berichten/geen-id", json=onvolledig)).status_code == 404
