"""The switches and the tester's page."""

import time

import httpx
import pytest
from fastapi import FastAPI
from lxml import html

from tests.reference_backoffice.conftest import ANNA, BSN, CATALOGI, ZAKEN, new_zaak, results, seeded_zaak, zaak_body


async def test_a_fault_hits_its_api_and_path_as_often_as_asked(app: FastAPI, api: httpx.AsyncClient) -> None:
    app.state.beheer.storing(api="zaken", pad="/rollen", soort="status", status=502, aantal=1)
    assert (await api.get(f"{ZAKEN}/zaken")).status_code == 200
    assert (await api.get(f"{ZAKEN}/rollen")).status_code == 502
    assert (await api.get(f"{ZAKEN}/rollen")).status_code == 200


async def test_a_lost_answer_was_committed_all_the_same(app: FastAPI, api: httpx.AsyncClient) -> None:
    body = await zaak_body(api, identificatie="P26-KWIJT")
    app.state.beheer.storing(api="zaken", methode="POST", soort="antwoord_kwijt", aantal=1)
    with pytest.raises(httpx.ReadError):
        await api.post(f"{ZAKEN}/zaken", json=body)
    assert (await api.get(f"{ZAKEN}/zaken", params={"identificatie": "P26-KWIJT"})).json()["count"] == 1


async def test_too_busy_garbage_and_hanging_over_http(api: httpx.AsyncClient) -> None:
    await api.post("/beheer/api/storing", json={"api": "catalogi", "soort": "te_druk", "aantal": 1})
    busy = await api.get(f"{CATALOGI}/zaaktypen")
    assert (busy.status_code, busy.headers["retry-after"]) == (429, "1")
    await api.post("/beheer/api/storing", json={"soort": "onzin"})
    assert "<title>" in (await api.get(f"{CATALOGI}/zaaktypen")).text
    assert len((await api.get("/beheer/api/storing")).json()) == 1
    assert (await api.delete("/beheer/api/storing")).status_code == 204
    await api.post("/beheer/api/storing", json={"soort": "hangt", "seconden": 0.01})
    with pytest.raises(httpx.ReadError):
        await api.get(f"{CATALOGI}/zaaktypen")
    assert (await api.post("/beheer/api/storing", json={"soort": "brand"})).status_code == 422


async def test_calls_are_recorded_without_anything_about_a_person(api: httpx.AsyncClient) -> None:
    zaak = await seeded_zaak(api, "Losse stoeptegel Brink")
    await api.delete("/beheer/api/oproepen")
    await api.get(zaak["url"])
    await api.get(f"{ZAKEN}/zaken", params={BSN: ANNA})
    await api.get("/kvk/api/v1/basisprofielen/90000110")
    body = (await api.get("/beheer/api/oproepen")).json()
    assert [oproep["pad"] for oproep in body["oproepen"]] == ["/zaken/{uuid}", "/zaken", "/v1/basisprofielen/{nummer}"]
    assert body["rondes"] == 3
    assert ANNA not in str(body)


async def test_an_expanded_list_costs_what_it_costs_at_a_real_one(api: httpx.AsyncClient) -> None:
    await api.post("/beheer/api/latentie", json={"profiel": "openzaak"})
    started = time.monotonic()
    await api.get(f"{ZAKEN}/zaken", params={BSN: ANNA})
    bare = time.monotonic() - started
    await api.get(f"{ZAKEN}/zaken", params={BSN: ANNA, "expand": "zaaktype"})
    expanded = time.monotonic() - started - bare
    assert bare >= 0.03
    assert expanded - bare >= 0.1


def visible_text(response: httpx.Response) -> str:
    assert response.status_code == 200, response.text
    page = html.fromstring(response.text)
    assert len(page.findall(".//h1")) == 1
    for field in page.xpath("//input|//select|//textarea"):
        assert page.xpath(f"//label[@for='{field.get('id')}']"), field.get("name")
    assert not page.xpath("//script|//style|//*[@style]")
    return " ".join(page.text_content().split())


async def send(api: httpx.AsyncClient, url: str, /, **fields: str) -> str:
    response = await api.post(url, data=fields)
    assert response.status_code == 303
    return visible_text(await api.get(response.headers["location"]))


async def test_a_tester_finds_a_zaak_and_moves_it_to_its_end(api: httpx.AsyncClient) -> None:
    assert "alleen voor testen" in visible_text(await api.get("/beheer"))
    assert "Losse stoeptegel Brink" in visible_text(await api.get("/beheer", params={"partij": ANNA}))
    zaak = await seeded_zaak(api, "Losse stoeptegel Brink")
    page = f"/beheer/zaken/{zaak['uuid']}"
    assert zaak["identificatie"] in visible_text(await api.get("/beheer", params={"zaaknummer": zaak["identificatie"]}))
    typen = await results(api, f"{CATALOGI}/statustypen", zaaktype=zaak["zaaktype"])
    einde = next(statustype["url"] for statustype in typen if statustype["isEindstatus"])
    assert "zonder resultaat" in await send(api, f"{page}/status", statustype=einde)
    resultaten = await results(api, f"{CATALOGI}/resultaattypen", zaaktype=zaak["zaaktype"])
    assert "Het resultaat is gegeven" in await send(api, f"{page}/resultaat", resultaattype=resultaten[0]["url"])
    assert "Klaar – Gemaakt" in await send(api, f"{page}/status", statustype=einde, toelichting="Gemaakt")
    assert (await api.get(zaak["url"])).json()["einddatum"]


async def test_a_tester_adds_a_letter_and_changes_the_term(api: httpx.AsyncClient) -> None:
    zaak = await new_zaak(api, "evenement", startdatum="2026-11-24")
    page = f"/beheer/zaken/{zaak['uuid']}"
    assert "Besluitbrief" in await send(api, f"{page}/brief", titel="Besluitbrief", tekst="U krijgt de vergunning.")
    pair = (await api.get(f"{ZAKEN}/zaakinformatieobjecten", params={"zaak": zaak["url"]})).json()[0]
    assert (await api.get(f"{pair['informatieobject']}/download")).content.startswith(b"%PDF-")
    assert "Wacht op u" in await send(api, f"{page}/opschorting", reden="Wacht op u")
    await send(api, f"{page}/verlenging", duur="P42D", reden="Meer tijd nodig")
    changed = (await api.get(zaak["url"])).json()
    assert changed["verlenging"] == {"reden": "Meer tijd nodig", "duur": "P42D"}
    assert changed["uiterlijkeEinddatumAfdoening"] == "2027-03-02"


async def test_a_tester_switches_faults_and_latency(app: FastAPI, api: httpx.AsyncClient) -> None:
    shown = await send(api, "/beheer/storing", api="brp", soort="status", status="500", aantal="")
    assert "status op brp" in shown
    assert "Alle storingen staan uit" in await send(api, "/beheer/herstel")
    await send(api, "/beheer/latentie", profiel="openzaak")
    assert app.state.beheer.latency.profiel == "openzaak"
    assert "niet goed ingevuld" in await send(api, "/beheer/storing", soort="brand")


async def test_another_site_cannot_use_the_browser_of_a_tester(api: httpx.AsyncClient) -> None:
    response = await api.post("/beheer/herstel", headers={"Sec-Fetch-Site": "cross-site"})
    assert response.status_code == 403
    assert (await api.get("/beheer/zaken/bestaat-niet")).status_code == 404
    assert (await api.get("/gezond")).json() == {"status": "gezond"}
