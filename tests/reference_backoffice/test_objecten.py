"""The Objecten API: finding, changing with history, what the schema refuses, rights per token, and the example data."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select

from reference_backoffice.store import notificatie
from tests.contract_schema import require_specs, validate_response
from tests.reference_backoffice.conftest import (
    ANNA,
    MEHMET,
    OBJECTEN,
    OBJECTTYPEN,
    ROOT,
    Json,
    codes,
    headers,
)

CRS = {"Accept-Crs": "EPSG:4326", "Content-Crs": "EPSG:4326"}
TODAY = date.today()  # noqa: DTZ011 - the example data is counted from it


def token(name: str = "token") -> dict[str, str]:
    return {"Authorization": f"Token demo-objecten-{name}-0123456789", **CRS}


@pytest.fixture
async def objecten(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url=ROOT, headers=token()) as client:
        yield client


def check(response: httpx.Response, status: int) -> Any:
    require_specs()
    assert response.status_code == status, response.text
    path = response.request.url.path
    spec = "objecten" if path.startswith(OBJECTEN) else "objecttypen"
    body = response.json()
    template = path.removeprefix(OBJECTEN).removeprefix(OBJECTTYPEN)
    validate_response(f"{spec}/openapi.yaml", response.request.method, template, status, body)
    return body


async def type_url(objecten: httpx.AsyncClient, naam: str) -> str:
    rows = (await objecten.get(f"{OBJECTTYPEN}/objecttypes")).json()["results"]
    return str(next(row["url"] for row in rows if row["name"] == naam))


def of(value: str, soort: str = "bsn") -> list[str]:
    return [f"identificatie__type__exact__{soort}", f"identificatie__value__exact__{value}"]


async def find(objecten: httpx.AsyncClient, naam: str, *data_attr: str, **params: str) -> list[Json]:
    query: dict[str, Any] = {"type": await type_url(objecten, naam), "data_attr": list(data_attr), **params}
    found: list[Json] = check(await objecten.get(f"{OBJECTEN}/objects", params=query), 200)["results"]
    return found


async def titels(objecten: httpx.AsyncClient, *data_attr: str, **params: str) -> list[str]:
    return [one["record"]["data"]["titel"] for one in await find(objecten, "taak", *data_attr, **params)]


def taak(**fields: object) -> Json:
    return {
        "titel": "Stuur een foto",
        "status": "open",
        "soort": "url",
        "url": {"uri": "https://formulier.example.nl/"},
        "identificatie": {"type": "bsn", "value": ANNA},
        "eigenaar": "zaaksysteem",
        "verwerker_taak_id": "18af0b6a-967b-4f81-bb8e-a44988e0c2f0",
    } | fields


async def post(objecten: httpx.AsyncClient, data: Json, naam: str = "taak", **record: object) -> httpx.Response:
    given = {"typeVersion": 1, "startAt": TODAY.isoformat(), "data": data} | record
    return await objecten.post(f"{OBJECTEN}/objects", json={"type": await type_url(objecten, naam), "record": given})


async def test_objecttypen_follow_the_specification(objecten: httpx.AsyncClient) -> None:
    for row in check(await objecten.get(f"{OBJECTTYPEN}/objecttypes"), 200)["results"]:
        check(await objecten.get(row["url"]), 200)
        check(await objecten.get(f"{row['url']}/versions"), 200)
        for version in row["versions"]:
            assert check(await objecten.get(version), 200)["jsonSchema"]["type"] == "object"
        assert (await objecten.get(f"{row['url']}/versions/9")).status_code == 404
    check(await objecten.get(f"{OBJECTEN}/permissions"), 200)


async def test_anna_has_berichten_and_one_of_a_later_day(objecten: httpx.AsyncClient) -> None:
    shown = await find(
        objecten,
        "bericht",
        *of(ANNA),
        f"publicatiedatum__lte__{TODAY.isoformat()}",
        ordering="-record__data__publicatiedatum",
    )
    assert [one["record"]["data"]["geopend"] for one in shown] == [False, False, True]
    assert shown[0]["record"]["data"]["handelingsperspectief"] == "informatie verstrekken"
    assert shown[0]["record"]["data"]["referentie"].startswith("DEV-")
    (bijlage,) = shown[1]["record"]["data"]["bijlages"]
    assert (await objecten.get(f"{bijlage}/download", headers=headers())).content.startswith(b"%PDF")
    assert len(await find(objecten, "bericht", *of(ANNA))) == 4
    assert len(await find(objecten, "bericht", *of(ANNA), "geopend__exact__false")) == 3
    for nummer, soort in (("90000110", "kvk"), ("999992041", "bsn")):
        assert len(await find(objecten, "bericht", *of(nummer, soort))) == 1


async def test_anna_has_taken_of_each_soort(objecten: httpx.AsyncClient) -> None:
    found = await find(objecten, "taak", *of(ANNA), "status__exact__open")
    assert {one["record"]["data"]["soort"] for one in found} == {"url", "portaalformulier", "ogonebetaling"}
    (formulier,) = (data for one in found if (data := one["record"]["data"])["soort"] == "portaalformulier")
    assert formulier["verloopdatum"][:10] == (TODAY + timedelta(days=5)).isoformat()
    zaak = await objecten.get(f"/zaken/api/v1/zaken/{formulier['koppeling']['uuid']}", headers=headers())
    assert zaak.status_code == 200
    assert len(await find(objecten, "taak", *of("90000110", "kvk"))) == 1
    assert len(await find(objecten, "taak", *of(MEHMET))) == 1


async def test_operators_compare_numbers_dates_and_texts_each_in_its_own_way(objecten: httpx.AsyncClient) -> None:
    bedragen = {"klein": 9.5, "groot": 10, "reus": 100}
    for titel, bedrag in bedragen.items():
        betaling = {"bedrag": bedrag, "betaalkenmerk": titel, "pspid": "X"}
        made = await post(objecten, taak(titel=titel, soort="ogonebetaling", ogonebetaling=betaling, eigenaar="toets"))
        check(made, 201)
    eigen = "eigenaar__exact__toets"
    cases = {
        "ogonebetaling__bedrag__gt__9.5": ["groot", "reus"],
        "ogonebetaling__bedrag__lte__10": ["klein", "groot"],
        "ogonebetaling__bedrag__exact__10": ["groot"],
        "titel__icontains__RO": ["groot"],
        "titel__in__klein|reus": ["klein", "reus"],
        "titel__in__niets": [],
        "verloopdatum__gte__2020-01-01": [],
    }
    for expression, expected in cases.items():
        assert await titels(objecten, eigen, expression) == expected, expression
    soon = (TODAY + timedelta(days=6)).isoformat()
    assert len(await titels(objecten, *of(ANNA), f"verloopdatum__lt__{soon}")) == 1
    assert await titels(objecten, data_attrs=f"{eigen},titel__exact__reus") == ["reus"]
    assert await titels(objecten, eigen, ordering="-record__data__ogonebetaling__bedrag") == ["reus", "groot", "klein"]
    assert await titels(objecten, eigen, ordering="record__startAt,-record__data__titel") == ["reus", "klein", "groot"]
    assert await titels(objecten, eigen, pageSize="2", page="2") == ["reus"]
    for wrong in ("titel", "titel__like__x", "titel__gt__x"):
        response = await objecten.get(f"{OBJECTEN}/objects", params={"data_attr": wrong})
        assert codes(response) == {("data_attr", "invalid")}
    unknown = await objecten.get(f"{OBJECTEN}/objects", params={"bsn": ANNA})
    assert codes(unknown) == {("nonFieldErrors", "unknown-parameters")}


async def test_searching_by_body_keeps_the_bsn_out_of_the_address(objecten: httpx.AsyncClient) -> None:
    search = f"{OBJECTEN}/objects/search"
    body = {"type": await type_url(objecten, "taak"), "data_attrs": ",".join(of(ANNA)), "ordering": "record__startAt"}
    found = check(await objecten.post(f"{search}?pageSize=2", json=body), 200)
    assert (found["count"], len(found["results"])) == (4, 2)
    assert ANNA not in found["next"]
    one = {"data_attr": "identificatie__value__exact__" + MEHMET, "fields": "uuid,record__data__titel"}
    assert check_keys(await objecten.post(search, json=one)) == {"uuid", "record"}
    bare = {"Authorization": token()["Authorization"]}
    async with httpx.AsyncClient(transport=objecten._transport, base_url=ROOT, headers=bare) as client:
        assert (await client.post(search, json=body)).status_code == 412
        assert (await client.get(f"{OBJECTEN}/objects")).status_code == 200
        assert (await client.get(f"{OBJECTEN}/objects", headers={"Accept-Crs": "EPSG:28992"})).status_code == 406


def check_keys(response: httpx.Response) -> set[str]:
    (only,) = response.json()["results"]
    return set(only)


async def test_a_change_is_merged_and_becomes_a_new_record(app: FastAPI, objecten: httpx.AsyncClient) -> None:
    made = check(await post(objecten, taak(), startAt="2026-01-05"), 201)
    change = {"record": {"typeVersion": 1, "startAt": TODAY.isoformat(), "data": {"status": "afgerond", "url": None}}}
    changed = check(await objecten.patch(made["url"], json=change), 200)["record"]
    assert (changed["index"], changed["data"]["status"], changed["data"]["titel"]) == (2, "afgerond", "Stuur een foto")
    assert "url" not in changed["data"]
    correction = {"record": {"correctionFor": 2, "data": {"titel": "Stuur een andere foto"}}}
    check(await objecten.patch(made["url"], json=correction), 200)
    rows = check(await objecten.get(f"{made['url']}/history"), 200)["results"]
    assert [(row["index"], row["endAt"], row["correctedBy"]) for row in rows] == [
        (1, TODAY.isoformat(), None),
        (2, TODAY.isoformat(), 3),
        (3, None, None),
    ]
    assert check(await objecten.get(f"{made['url']}/1"), 200)["data"]["status"] == "open"
    assert check(await objecten.get(made["url"]), 200)["record"]["index"] == 3
    then = await find(objecten, "taak", date="2026-01-06", data_icontains="stuur een foto")
    assert [one["record"]["index"] for one in then] == [1]
    whole = {"type": made["type"], "record": {"typeVersion": 1, "startAt": TODAY.isoformat(), "data": taak()}}
    assert check(await objecten.put(made["url"], json=whole), 200)["record"]["data"] == taak()
    assert (await objecten.delete(made["url"])).status_code == 204
    assert (await objecten.get(made["url"])).status_code == 404
    async with app.state.backoffice.store.read() as db:
        acties = (await db.scalars(select(notificatie.c.data).order_by(notificatie.c.id))).all()
    assert [text.split('"actie":"')[1].split('"')[0] for text in acties] == [
        "create",
        "partial_update",
        "partial_update",
        "update",
        "destroy",
    ]
    assert all('"kanaal":"objecten"' in text and '"object_type":"' in text for text in acties)


async def test_an_older_server_puts_the_new_data_in_the_place_of_the_old(
    app: FastAPI, objecten: httpx.AsyncClient
) -> None:
    app.state.beheer.patch_vervangt = True
    made = (await post(objecten, taak())).json()
    refused = await objecten.patch(made["url"], json={"record": {"data": {"status": "afgerond"}}})
    assert codes(refused) == {("record.data", "invalid-json-schema")}
    whole = taak(status="afgerond")
    assert check(await objecten.patch(made["url"], json={"record": {"data": whole}}), 200)["record"]["data"] == whole


async def test_what_the_schema_or_the_form_of_an_object_refuses(objecten: httpx.AsyncClient) -> None:
    schema = ("record.data", "invalid-json-schema")
    for data in (taak(status="klaar"), taak(extra="x"), taak(identificatie={"type": "bsn", "value": "Anna"})):
        assert codes(await post(objecten, data)) == {schema}
    assert codes(await post(objecten, {"onderwerp": "x"}, "bericht")) == {schema}
    assert codes(await post(objecten, taak(), typeVersion=2)) == {("record.typeVersion", "does_not_exist")}
    assert codes(await post(objecten, taak(), startAt="morgen")) == {("record.startAt", "invalid")}
    assert codes(await objecten.post(f"{OBJECTEN}/objects", json={"type": f"{ROOT}/x/y", "record": {}})) == {
        ("type", "invalid"),
        ("record.startAt", "required"),
        ("record.typeVersion", "required"),
    }
    made = (await post(objecten, taak())).json()
    other = {"type": await type_url(objecten, "bericht")}
    assert codes(await objecten.patch(made["url"], json=other)) == {("type", "immutable-field")}
    assert check(await objecten.get(f"{made['url']}/history"), 200)["count"] == 1


async def test_a_token_does_only_what_it_may(objecten: httpx.AsyncClient) -> None:
    made = (await post(objecten, taak())).json()
    for header in ({"Authorization": "Token verzonnen"}, {"Authorization": "Bearer x"}, {"Authorization": ""}):
        for path in (f"{OBJECTEN}/objects", f"{OBJECTTYPEN}/objecttypes", made["url"]):
            assert (await objecten.get(path, headers=header)).status_code == 401
    reader, fields = token("alleen-lezen"), token("velden")
    assert (await objecten.get(made["url"], headers=reader)).status_code == 200
    change = {"record": {"data": {"status": "afgerond"}}}
    assert (await objecten.patch(made["url"], json=change, headers=reader)).status_code == 403
    assert (await objecten.delete(made["url"], headers=reader)).status_code == 403
    listed = (await objecten.get(f"{OBJECTEN}/objects", headers=reader)).json()["results"]
    assert {one["type"] for one in listed} == {made["type"]}
    assert (await objecten.get(made["url"], headers=fields)).status_code == 403
    response = await objecten.get(f"{OBJECTEN}/objects", headers=fields)
    for one in response.json()["results"]:
        assert one["record"].keys() == {"typeVersion", "data"}
        assert one["record"]["data"].keys() == {"onderwerp"}
    assert "(1)=" in response.headers["x-unauthorized-fields"]
    assert "record__data__berichtTekst" in response.headers["x-unauthorized-fields"]
    bericht = response.json()["results"][0]["url"]
    assert (await objecten.get(f"{bericht}/history", headers=fields)).status_code == 403
