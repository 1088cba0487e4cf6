"""The BAG by its official specification, and the map tiles."""

import httpx
import pytest
from fastapi import FastAPI

from reference_backoffice.fixtures.adressen import ADRESSEN, WOONPLAATSEN
from tests import contract_schema as contract

ROOT = "http://localhost:8020/lvbag/individuelebevragingen/v2"
SLEUTEL = {"X-Api-Key": "demo-bag-sleutel-0123456789", "Accept": "application/hal+json"}
SPEC = "bag/openapi.yaml"


async def get(app: FastAPI, query: str, headers: dict[str, str] | None = None) -> httpx.Response:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app)) as client:
        return await client.get(f"{ROOT}/adressen{query}", headers=SLEUTEL if headers is None else headers)


def checked(response: httpx.Response) -> list[dict[str, object]]:
    contract.validate_response(SPEC, "GET", "/adressen", response.status_code, response.json())
    found: list[dict[str, object]] = response.json().get("_embedded", {}).get("adressen", [])
    return found


async def test_all_toevoegingen_of_a_huisnummer(backoffice: FastAPI) -> None:
    found = checked(await get(backoffice, "?postcode=7411BV&huisnummer=45"))
    assert [adres.get("huisnummertoevoeging") for adres in found] == [None, "A", "B", "C"]
    assert {adres["openbareRuimteNaam"] for adres in found} == {"Brink"}


async def test_exact_is_without_toevoeging_unless_given(backoffice: FastAPI) -> None:
    assert len(checked(await get(backoffice, "?postcode=7411bv&huisnummer=45&exacteMatch=true"))) == 1
    query = "?postcode=7411 BV&huisnummer=45&huisnummertoevoeging=b&exacteMatch=true"
    assert len(checked(await get(backoffice, query))) == 1


async def test_no_hit_is_an_answer_without_embedded(backoffice: FastAPI) -> None:
    response = await get(backoffice, "?postcode=7411BV&huisnummer=999")
    assert response.status_code == 200
    assert "_embedded" not in response.json()


async def test_one_address_with_its_place(backoffice: FastAPI) -> None:
    brink = next(adres for adres in ADRESSEN if adres["postcode"] == "7411BV")
    pad = f"/adressenuitgebreid/{brink['nummeraanduidingIdentificatie']}"
    async with httpx.AsyncClient(transport=httpx.ASGITransport(backoffice)) as client:
        goed = await client.get(f"{ROOT}{pad}", headers=SLEUTEL | {"Accept-Crs": "epsg:28992"})
        contract.validate_response(SPEC, "GET", pad, goed.status_code, goed.json())
        assert goed.json()["adresseerbaarObjectGeometrie"]["punt"]["coordinates"][:2] == [207_635.658, 474_165.234]
        assert (await client.get(f"{ROOT}/adressenuitgebreid/0150200000009999", headers=SLEUTEL)).status_code == 404
        assert (await client.get(f"{ROOT}/adressenuitgebreid/1", headers=SLEUTEL)).status_code == 400


async def test_pages(backoffice: FastAPI) -> None:
    query = "?postcode=7415DH&huisnummer=12&pageSize=10"
    first = await get(backoffice, query)
    assert len(checked(first)) == 10
    second = await get(backoffice, first.json()["_links"]["next"]["href"].removeprefix(f"{ROOT}/adressen"))
    assert len(checked(second)) == 3
    assert "next" not in second.json()["_links"]


@pytest.mark.parametrize(
    ("query", "headers", "status"),
    [
        ("?postcode=7411BV&huisnummer=45", {}, 401),
        ("?postcode=7411BV&huisnummer=45", {**SLEUTEL, "X-Api-Key": "fout"}, 401),
        ("?postcode=7411BV&huisnummer=45", {**SLEUTEL, "Accept": "text/csv"}, 406),
        ("", None, 400),
        ("?postcode=7411BV", None, 400),
        ("?postcode=BV7411&huisnummer=45", None, 400),
        ("?postcode=7411BV&huisnummer=vijf", None, 400),
        ("?postcode=7411BV&huisnummer=45&schoenmaat=3", None, 400),
        ("?postcode=7411BV&huisnummer=45&pageSize=1000", None, 400),
    ],
)
async def test_refusals(backoffice: FastAPI, query: str, headers: dict[str, str] | None, status: int) -> None:
    response = await get(backoffice, query, headers)
    assert response.status_code == status
    if status != 406:  # the specification gives that one no body
        checked(response)


def test_the_set_holds_who_the_brp_knows_and_another_gemeente() -> None:
    regels = {(adres["postcode"], adres["huisnummer"]) for adres in ADRESSEN}
    assert {("7411BV", 45), ("7416ZH", 112), ("7437AK", 18), ("7412AR", 180), ("7311KA", 7)} <= regels
    assert len(ADRESSEN) > 50
    assert len({adres["nummeraanduidingIdentificatie"] for adres in ADRESSEN}) == len(ADRESSEN)
    assert {gemeente for _, gemeente in WOONPLAATSEN.values()} == {"0150", "0200"}


async def test_a_map_tile_is_a_picture(backoffice: FastAPI) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(backoffice), base_url="http://localhost:8020") as client:
        tile = await client.get("/kaart/15/16944/10793.png")
        assert tile.headers["content-type"] == "image/png"
        assert tile.content.startswith(b"\x89PNG")
        assert (await client.get("/kaart/15/16944/99999.png")).status_code == 404
        assert (await client.get("/kaart/40/1/1.png")).status_code == 404
        assert (await client.get("/kaart/a/b/c.png")).status_code == 404


async def test_done_but_answered_with_an_error(backoffice: FastAPI) -> None:
    backoffice.state.beheer.storing(api="bag", soort="fout_na_vastleggen", status=500, aantal=1)
    assert (await get(backoffice, "?postcode=7411BV&huisnummer=45")).status_code == 500
    assert (await get(backoffice, "?postcode=7411BV&huisnummer=45")).status_code == 200
