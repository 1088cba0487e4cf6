"""Every answer of every endpoint against the official specifications and the recorded answers of an Open Zaak."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from reference_backoffice.fixtures.personen import PER_BSN
from tests.contract_schema import SPECS, require_specs, validate_response
from tests.reference_backoffice.conftest import (
    ANNA,
    AUTORISATIES,
    BESLUITEN,
    BSN,
    CATALOGI,
    DOCUMENTEN,
    MEHMET,
    NNP,
    RSIN,
    ZAKEN,
    Json,
    document_body,
    headers,
    link,
    new_document,
    new_zaak,
    of_zaaktype,
    results,
    rol_body,
    seeded_zaak,
    set_resultaat,
    set_status,
    zaak_body,
)

SPEC = {
    ZAKEN: "zaken",
    CATALOGI: "catalogi",
    DOCUMENTEN: "documenten",
    BESLUITEN: "besluiten",
    AUTORISATIES: "autorisaties",
}
CATALOGUS_SOORTEN = (
    "catalogussen",
    "zaaktypen",
    "statustypen",
    "resultaattypen",
    "roltypen",
    "eigenschappen",
    "informatieobjecttypen",
    "zaaktype-informatieobjecttypen",
    "besluittypen",
)
KVK_KEY = {"apikey": "demo-kvk-sleutel-0123456789"}
BRP_KEY = {"X-API-KEY": "demo-brp-sleutel-0123456789"}


@pytest.fixture(autouse=True)
def _specs_are_there() -> None:
    require_specs()


def check(response: httpx.Response, status: int) -> Any:
    """The body, when it is what the specification of its API says."""
    assert response.status_code == status, response.text
    path = response.request.url.path
    root = next(root for root in SPEC if path.startswith(root))
    body = response.json()
    specs = ["openapi.yaml", "vng-1.5.1.openapi.yaml"] if root == ZAKEN else ["openapi.yaml"]
    for spec in specs:
        if spec.startswith("vng") and "zaaknummer" in path:
            continue  # not in the standard before 1.7.0
        validate_response(f"{SPEC[root]}/{spec}", response.request.method, path[len(root) :], status, body)
    return body


EXPAND = (
    "zaaktype,status,status.statustype,resultaat,resultaat.resultaattype,rollen,rollen.roltype,eigenschappen,"
    "eigenschappen.eigenschap,zaakinformatieobjecten,hoofdzaak,deelzaken,deelzaken.status"
)


@pytest.mark.parametrize("person", [{BSN: ANNA}, {BSN: MEHMET}, {NNP: "859100017"}, {NNP: "90000110"}])
async def test_lists_and_details_of_zaken_follow_the_specification(api: httpx.AsyncClient, person: Json) -> None:
    zaken = check(await api.get(f"{ZAKEN}/zaken", params=person), 200)["results"]
    check(await api.get(f"{ZAKEN}/zaken", params=person | {"expand": EXPAND}), 200)
    assert check(await api.post(f"{ZAKEN}/zaken/_zoek", json=person), 200)["results"] == zaken
    for zaak in zaken:
        check(await api.get(zaak["url"]), 200)
        check(await api.get(zaak["url"], params={"expand": EXPAND}), 200)
        for resource in ("rollen", "statussen", "resultaten", "zaakinformatieobjecten"):
            body = check(await api.get(f"{ZAKEN}/{resource}", params={"zaak": zaak["url"]}), 200)
            for row in body if isinstance(body, list) else body["results"]:
                check(await api.get(row["url"]), 200)
        for resource in ("zaakeigenschappen", "besluiten"):
            for row in check(await api.get(f"{zaak['url']}/{resource}"), 200):
                check(await api.get(row["url"]), 200)


async def test_documents_follow_the_specification(api: httpx.AsyncClient) -> None:
    zaak = await seeded_zaak(api, "Kappen van een esdoorn en verbouwing", MEHMET)
    for row in (await api.get(f"{ZAKEN}/zaakinformatieobjecten", params={"zaak": zaak["url"]})).json():
        check(await api.get(row["informatieobject"]), 200)
        check(await api.get(row["informatieobject"], params={"expand": "informatieobjecttype"}), 200)
    check(await api.get(f"{DOCUMENTEN}/enkelvoudiginformatieobjecten"), 200)
    for row in check(await api.get(f"{DOCUMENTEN}/gebruiksrechten"), 200):
        check(await api.get(row["url"]), 200)
    check(await api.get(f"{DOCUMENTEN}/objectinformatieobjecten", params={"object": zaak["url"]}), 200)


@pytest.mark.parametrize("soort", CATALOGUS_SOORTEN)
async def test_the_catalogus_follows_the_specification(api: httpx.AsyncClient, soort: str) -> None:
    for row in check(await api.get(f"{CATALOGI}/{soort}"), 200)["results"]:
        check(await api.get(row["url"]), 200)


async def test_besluiten_and_rights_follow_the_specification(api: httpx.AsyncClient) -> None:
    for resource in ("besluiten", "besluitinformatieobjecten"):
        body = check(await api.get(f"{BESLUITEN}/{resource}"), 200)
        for row in body if isinstance(body, list) else body["results"]:
            check(await api.get(row["url"]), 200)
    check(await api.get(f"{AUTORISATIES}/applicaties"), 200)
    # The file says "array" here, its own description and the standard say one applicatie.
    own = (await api.get(f"{AUTORISATIES}/applicaties/consumer", params={"clientId": "pip-portaal"})).json()
    assert check(await api.get(own["url"]), 200) == own


async def test_what_was_created_or_changed_follows_the_specification(api: httpx.AsyncClient) -> None:
    zaak = check(await api.post(f"{ZAKEN}/zaken", json=await zaak_body(api)), 201)
    check(await api.post(f"{ZAKEN}/rollen", json=await rol_body(api, zaak)), 201)
    eigenschap = (await of_zaaktype(api, "eigenschappen", zaak))[0]
    body = {"zaak": zaak["url"], "eigenschap": eigenschap["url"], "waarde": "Brink 1"}
    check(await api.post(f"{zaak['url']}/zaakeigenschappen", json=body), 201)
    check(await link(api, zaak, await new_document(api)), 201)
    check(await set_status(api, zaak, 0), 201)
    check(await set_resultaat(api, zaak), 201)
    check(await api.patch(zaak["url"], json={"toelichting": "Gewijzigd"}), 200)
    check(await set_status(api, zaak, -1), 201)
    reserve = {"bronorganisatie": RSIN}
    check(await api.post(f"{ZAKEN}/zaaknummer_reserveren", json=reserve), 201)
    check(await api.post(f"{ZAKEN}/zaaknummer_reserveren", json=reserve | {"aantal": 2}), 201)


async def test_writing_documents_follows_the_specification(api: httpx.AsyncClient) -> None:
    url = f"{DOCUMENTEN}/enkelvoudiginformatieobjecten"
    check(await api.post(url, json=await document_body(api)), 201)
    parts = check(await api.post(url, json=await document_body(api, inhoud=None, bestandsomvang=15)), 201)
    for deel in parts["bestandsdelen"]:
        files = {"inhoud": b"x" * deel["omvang"]}
        check(await api.put(deel["url"], data={"lock": parts["lock"]}, files=files), 200)
    document = await new_document(api, status="in_bewerking")
    lock = check(await api.post(f"{document['url']}/lock", json={}), 200)["lock"]
    check(await api.patch(document["url"], json={"lock": lock, "titel": "Andere titel"}), 200)


@pytest.mark.parametrize(
    ("path", "params", "without", "status"),
    [
        ("/zaken", {"bsn": "1"}, "", 400),
        ("/zaken", {}, "Authorization", 403),
        ("/zaken", {"page": "99"}, "", 404),
        ("/zaken/00000000-0000-4000-8000-000000000000", {}, "", 404),
        ("/zaken", {}, "Accept-Crs", 412),
        ("/rollen", {"zaak": "geen-url"}, "", 400),
    ],
)
async def test_errors_follow_the_specification(
    api: httpx.AsyncClient, path: str, params: Json, without: str, status: int
) -> None:
    if without:
        del api.headers[without]
    response = await api.get(ZAKEN + path, params=params)
    if status == 404 and not path.count("-"):
        assert response.json()["detail"] == "Ongeldige pagina."  # the standard forgot this 404 on lists
        return
    check(response, status)


BRP_FIELDS = [
    *("aNummer", "burgerservicenummer", "datumEersteInschrijvingGBA", "geslacht", "leeftijd", "naam"),
    *("nationaliteiten", "geboorte", "overlijden", "verblijfplaats", "gemeenteVanInschrijving"),
    *("datumInschrijvingInGemeente", "adressering", "kinderen", "ouders", "partners"),
]


async def test_the_brp_follows_the_specification(api: httpx.AsyncClient) -> None:
    url = "/haalcentraal/api/brp/personen"
    query = {
        "type": "RaadpleegMetBurgerservicenummer",
        "burgerservicenummer": sorted(PER_BSN)[-20:],
        "fields": BRP_FIELDS,
    }
    response = await api.post(url, json=query, headers=BRP_KEY)
    spec = "haalcentraal-brp-personen/openapi.yaml"
    personen = response.json()["personen"]
    assert len(personen) == 20
    validate_response(spec, "post", "/personen", 200, response.json())

    for fields, key, status in ((["rni"], BRP_KEY, 400), (["bestaatniet"], BRP_KEY, 400), (["naam"], {}, 401)):
        response = await api.post(url, json=query | {"fields": fields}, headers=key)
        assert response.status_code == status
        validate_response(spec, "post", "/personen", status, response.json())


@pytest.mark.parametrize("kvk", ["90000110", "90000227", "90000344", "90000461", "90000578"])
async def test_the_kvk_follows_the_specification(api: httpx.AsyncClient, kvk: str) -> None:
    for part in ("", "/eigenaar", "/hoofdvestiging", "/vestigingen"):
        response = await api.get(f"/kvk/api/v1/basisprofielen/{kvk}{part}", headers=KVK_KEY)
        path = f"/basisprofielen/{kvk}{part}"
        validate_response("kvk-basisprofiel/openapi.yaml", "get", path, response.status_code, response.json())
        assert response.status_code == 200
    for vestiging in response.json()["vestigingen"]:
        path = f"/v1/vestigingsprofielen/{vestiging['vestigingsnummer']}"
        answer = await api.get(f"/kvk/api{path}", headers=KVK_KEY)
        validate_response("kvk-vestigingsprofiel/openapi.yaml", "get", path, 200, answer.json())
    for params, status in (
        ({"kvkNummer": kvk, "inclusiefInactieveRegistraties": "true"}, 200),
        ({"kvkNummer": "1"}, 400),
    ):
        found = await api.get("/kvk/api/v2/zoeken", params=params, headers=KVK_KEY)
        assert found.status_code == status
        validate_response("kvk-zoeken/openapi.yaml", "get", "/zoeken", status, found.json())


# ---- the same keys as a running Open Zaak ------------------------------------------------------------------


def sample(name: str) -> Any:
    return json.loads(Path(SPECS / "openzaak-samples" / f"{name}.json").read_text())


def first(body: Any) -> Json:
    rows = body["results"] if isinstance(body, dict) and "results" in body else body
    row: Json = rows[0] if isinstance(rows, list) else rows
    return row


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("zaken-list-bsn", f"{ZAKEN}/zaken?{BSN}={ANNA}"),
        ("statussen-list", f"{ZAKEN}/statussen"),
        ("zaakinformatieobjecten-list", f"{ZAKEN}/zaakinformatieobjecten"),
        ("enkelvoudiginformatieobjecten-list", f"{DOCUMENTEN}/enkelvoudiginformatieobjecten"),
        ("objectinformatieobjecten-list", f"{DOCUMENTEN}/objectinformatieobjecten"),
        ("zaaktypen-list", f"{CATALOGI}/zaaktypen"),
        ("statustypen-list", f"{CATALOGI}/statustypen"),
        ("resultaattypen-list", f"{CATALOGI}/resultaattypen"),
        ("roltypen-list", f"{CATALOGI}/roltypen"),
        ("eigenschappen-list", f"{CATALOGI}/eigenschappen"),
        ("informatieobjecttypen-list", f"{CATALOGI}/informatieobjecttypen"),
        ("zaaktype-informatieobjecttypen-list", f"{CATALOGI}/zaaktype-informatieobjecttypen"),
        ("catalogussen-list", f"{CATALOGI}/catalogussen"),
        ("applicaties-list", f"{AUTORISATIES}/applicaties"),
    ],
)
async def test_answers_have_the_keys_of_a_recorded_open_zaak(api: httpx.AsyncClient, name: str, path: str) -> None:
    ours, theirs = first((await api.get(path)).json()), first(sample(name))
    theirs.pop("_expand", None)  # Open Zaak sends it empty, also when nothing was to be expanded
    assert ours.keys() == theirs.keys()
    for key, value in theirs.items():
        if isinstance(value, dict) and isinstance(ours[key], dict):
            assert ours[key].keys() == value.keys(), key


@pytest.mark.parametrize(
    ("name", "soort"),
    [
        ("rollen-list-initiator", "natuurlijk_persoon"),
        ("rollen-list-nnp", "niet_natuurlijk_persoon"),
        ("rollen-list-vestiging", "vestiging"),
    ],
)
async def test_rollen_have_the_keys_of_a_recorded_open_zaak(api: httpx.AsyncClient, name: str, soort: str) -> None:
    theirs = next(rol for rol in sample(name)["results"] if rol["betrokkeneType"] == soort)
    ours = (await results(api, f"{ZAKEN}/rollen", betrokkeneType=soort))[0]
    assert ours.keys() == theirs.keys()
    assert ours["betrokkeneIdentificatie"].keys() == theirs["betrokkeneIdentificatie"].keys()


async def test_refusals_read_as_those_of_a_recorded_open_zaak(api: httpx.AsyncClient) -> None:
    def same(response: httpx.Response, name: str) -> None:
        theirs, ours = sample(name), response.json()
        assert response.status_code == theirs["status"]
        assert ours.keys() == theirs.keys()
        assert {key: ours[key] for key in ("code", "title", "status", "detail")} == {
            key: theirs[key] for key in ("code", "title", "status", "detail")
        }
        for mine, other in zip(ours.get("invalidParams", []), theirs.get("invalidParams", []), strict=True):
            assert (mine["name"], mine["code"]) == (other["name"], other["code"])

    same(await api.get(f"{ZAKEN}/zaken", params={"bsn": ANNA}), "error-400-query-unknown-param")
    same(await api.get(f"{ZAKEN}/rollen", params={"zaak": "geen-url"}), "error-400-query-invalid-value")
    same(await api.get(f"{ZAKEN}/zaken", params={"page": "999"}), "error-404-page")
    same(await api.get(f"{ZAKEN}/zaken", headers={"Accept-Crs": "EPSG:28992"}), "error-406-accept-crs-rd")
    same(await api.get(f"{ZAKEN}/zaken", headers=headers("zonder-rechten")), "error-403-no-permission")
    zaak = await new_zaak(api)
    same(await api.get(zaak["url"], headers=headers("pip-streng")), "error-403-no-permission-detail")
    del api.headers["Accept-Crs"]
    same(await api.get(f"{ZAKEN}/zaken"), "error-412-no-accept-crs")
