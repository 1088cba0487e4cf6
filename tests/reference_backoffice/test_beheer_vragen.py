"""The tester answers the questions that wait."""

import httpx
import pytest
from fastapi import FastAPI
from lxml import html

from tests.reference_backoffice.conftest import MEHMET
from tests.reference_backoffice.test_beheer import send, visible_text
from tests.reference_backoffice.test_klantinteracties import API, EXPAND, KOEKSTAD, TOKEN, partij_uuid, rows

pytestmark = pytest.mark.geen_database


async def form_of(api: httpx.AsyncClient, onderwerp: str) -> str:
    """Where the answer to this question is sent."""
    page = html.fromstring((await api.get("/beheer/vragen")).text)
    section = next(s for s in page.findall(".//section") if onderwerp in s.text_content())
    return str(section.find(".//form").get("action"))


async def test_a_tester_answers_both_ways(app: FastAPI, api: httpx.AsyncClient) -> None:
    assert "Open vragen" in visible_text(await api.get("/beheer"))
    shown = visible_text(await api.get("/beheer/vragen"))
    assert "Mehmet Yılmaz" in shown
    assert "Bakkerij De Koekstad B.V." in shown
    assert "leasecontract" not in shown
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url=api.base_url, headers=TOKEN) as klant:
        kappen = await form_of(api, "Wanneer hoor ik iets over het kappen?")
        assert "Vul een antwoord in" in await send(api, kappen, tekst=" ")
        assert "niet meer dan 1000" in await send(api, kappen, tekst="x" * 1001)
        await send(api, kappen, tekst="In december.", manier="klantcontact", verwerkt="ja")
        of_mehmet = {"hadBetrokkene__wasPartij__uuid": partij_uuid(MEHMET), "expand": EXPAND["klantcontacten"]}
        answer, question = await rows(klant, "klantcontacten", **of_mehmet)
        assert answer["inhoud"] == "In december."
        assert question["_expand"]["leiddeTotInterneTaken"][0]["status"] == "verwerkt"
        link = await rows(klant, "onderwerpobjecten", wasKlantcontact__uuid=question["uuid"])
        assert [row["klantcontact"]["uuid"] for row in link] == [answer["uuid"]]

        reclame = await form_of(api, "Reclamebord aan de gevel")
        await send(api, reclame, tekst="Ja, dat mag.", manier="reactie", verwerkt="")
        asked = (await rows(klant, "klantcontacten", hadBetrokkene__wasPartij__uuid=partij_uuid(KOEKSTAD)))[0]
        assert asked["reactie"] == "Ja, dat mag."
        assert "Er zijn geen open vragen" in await send(api, reclame.replace("antwoord", "verwerkt"))
        assert await rows(klant, "internetaken", status="te_verwerken") == []
    unknown = "/beheer/vragen/00000000-0000-4000-8000-000000000000/verwerkt"
    assert "Niet gelukt" in await send(api, unknown)
    assert (await api.post(reclame, headers={"Sec-Fetch-Site": "cross-site"})).status_code == 403
    assert API not in await send(api, unknown)
