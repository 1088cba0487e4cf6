"""The log of processing against its two specifications."""

from typing import Any

import httpx
import pytest

from tests.contract_schema import validate_response
from tests.reference_backoffice.conftest import ANNA, MEHMET, Json, codes, headers

pytestmark = pytest.mark.geen_database

API = "/verwerkingen/api/v1"
VERWERKING = "5f0bef4c-f66f-4311-84a5-19e8bf359eaf"
OF_ANNA = {"objecttype": "persoon", "soortObjectId": "BSN", "objectId": ANNA}


def check(response: httpx.Response, status: int) -> Any:
    assert response.status_code == status, response.text
    path = response.request.url.path.removeprefix(API)
    spec = "lezen" if path.startswith("/verwerkte-objecten") else "schrijven"
    body = response.json()
    validate_response(f"verwerkingenlogging/openapi-{spec}.yaml", response.request.method, path, status, body)
    return body


def actie(**fields: object) -> Json:
    return {
        "actieNaam": "Zaken tonen",
        "handelingNaam": "Mijn zaken",
        "verwerkingId": VERWERKING,
        "vertrouwelijkheid": "normaal",
        "bewaartermijn": "P5Y",
        "uitvoerder": "00000001823288444000",
        "systeem": "portaal",
        "gebruiker": "pseudoniem-1",
        "tijdstip": "2026-11-24T10:15:00+01:00",
        "verwerkteObjecten": [OF_ANNA | {"verwerkteSoortenGegevens": [{"soortGegeven": "zaken"}]}],
    } | fields


async def test_what_is_written_is_read_back_by_person(api: httpx.AsyncClient) -> None:
    partner = OF_ANNA | {"objectId": MEHMET}
    both = [*actie()["verwerkteObjecten"], partner]
    made = check(await api.post(f"{API}/verwerkingsacties", json=actie(verwerkteObjecten=both)), 201)
    assert check(await api.get(made["url"]), 200) == made
    secret = check(await api.post(f"{API}/verwerkingsacties", json=actie(vertrouwelijkheid="vertrouwelijk")), 201)
    check(await api.post(f"{API}/verwerkingsacties", json=actie(verwerkteObjecten=[partner])), 201)

    found = check(await api.get(f"{API}/verwerkingsacties", params=OF_ANNA), 200)["results"]
    assert [row["actieId"] for row in found] == [made["actieId"], secret["actieId"]]
    normal = check(await api.get(f"{API}/verwerkingsacties", params=OF_ANNA | {"vertrouwelijkheid": "normaal"}), 200)
    assert normal["count"] == 1
    for days, count in (({"beginDatum": "2026-11-24"}, 2), ({"eindDatum": "2026-11-24"}, 0)):
        assert check(await api.get(f"{API}/verwerkingsacties", params=OF_ANNA | days), 200)["count"] == count
    shown = check(await api.get(f"{API}/verwerkte-objecten", params=OF_ANNA), 200)["results"]
    assert len(shown) == 1
    whole = check(await api.get(shown[0]["url"]), 200)
    assert "gebruiker" not in whole["verwerkingsactie"]
    assert MEHMET not in str(whole)

    params = {"verwerkingId": VERWERKING}
    opened = await api.patch(f"{API}/verwerkingsacties", params=params, json={"vertrouwelijkheid": "opgeheven"})
    assert opened.status_code == 204
    assert check(await api.get(f"{API}/verwerkte-objecten", params=OF_ANNA), 200)["count"] == 2
    replaced = check(await api.put(made["url"], json=actie(actieNaam="Anders")), 200)
    assert (replaced["actieId"], replaced["actieNaam"]) == (made["actieId"], "Anders")
    assert (await api.get(shown[0]["url"])).status_code == 404


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"tijdstip": None}, ("tijdstip", "null")),
        ({"vertrouwelijkheid": "geheim"}, ("vertrouwelijkheid", "invalid_choice")),
        ({"bewaartermijn": "vijf jaar"}, ("bewaartermijn", "invalid")),
        ({"uitvoerder": "123"}, ("uitvoerder", "invalid")),
        ({"verwerkteObjecten": []}, ("verwerkteObjecten", "invalid")),
        ({"verwerkteObjecten": [{"objecttype": "persoon"}]}, ("verwerkteObjecten.0.objectId", "required")),
    ],
)
async def test_what_is_refused(api: httpx.AsyncClient, fields: Json, expected: tuple[str, str]) -> None:
    response = await api.post(f"{API}/verwerkingsacties", json=actie() | fields)
    check(response, 400)
    assert expected in codes(response)


async def test_who_may_ask_and_about_whom(api: httpx.AsyncClient) -> None:
    for client in ("zonder-rechten", "pip-streng"):
        response = await api.get(f"{API}/verwerkingsacties", params=OF_ANNA, headers=headers(client))
        check(response, 403)
    without = await api.get(f"{API}/verwerkingsacties", params={"objecttype": "persoon"})
    assert codes(without) == {("soortObjectId", "required")}
    check(await api.get(f"{API}/verwerkingsacties/{VERWERKING}"), 404)
