"""BRP and KVK: what is asked is given, no more."""

from typing import Any

import httpx
import pytest

from tests.reference_backoffice.conftest import ANNA

BRP = {"X-API-KEY": "demo-brp-sleutel-0123456789"}
KVK = {"apikey": "demo-kvk-sleutel-0123456789"}


async def ask(api: httpx.AsyncClient, bsn: str, *fields: str) -> Any:
    query = {"type": "RaadpleegMetBurgerservicenummer", "burgerservicenummer": [bsn], "fields": fields}
    response = await api.post("/haalcentraal/api/brp/personen", json=query, headers=BRP)
    assert response.status_code == 200, response.text
    personen = response.json()["personen"]
    return personen[0] if personen else None


async def test_only_the_fields_that_were_asked_are_given(api: httpx.AsyncClient) -> None:
    persoon = await ask(api, ANNA, "naam.voornamen", "geboorte.datum.langFormaat", "partners.naam.geslachtsnaam")
    assert persoon == {
        "naam": {"voornamen": "Anna Maria"},
        "geboorte": {"datum": {"type": "Datum", "datum": "1984-03-12", "langFormaat": "12 maart 1984"}},
        "partners": [{"naam": {"geslachtsnaam": "Bakker"}}],
    }


async def test_an_unknown_bsn_gives_nobody(api: httpx.AsyncClient) -> None:
    assert await ask(api, "999990007", "naam") is None


async def test_what_is_special_about_a_person_comes_along_unasked(api: httpx.AsyncClient) -> None:
    assert (await ask(api, "999994700", "naam"))["geheimhoudingPersoonsgegevens"] is True
    assert (await ask(api, "999997609", "naam"))["opschortingBijhouding"]["reden"]["code"] == "O"
    emigrated = await ask(api, "999998225", "verblijfplaats.type")
    assert emigrated["opschortingBijhouding"]["reden"]["code"] == "E"
    assert emigrated["verblijfplaats"] == {"type": "VerblijfplaatsBuitenland"}
    assert "inOnderzoek" in (await ask(api, "999992417", "verblijfplaats.verblijfadres.postcode"))["verblijfplaats"]


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"fields": ["geheimhoudingPersoonsgegevens"]}, "fields.0"),
        ({"fields": ["naam", "naam.inOnderzoek"]}, "fields.1"),
        ({"fields": ["schoenmaat"]}, "fields.0"),
        ({"fields": []}, "fields"),
        ({"burgerservicenummer": [ANNA] * 21}, "burgerservicenummer"),
        ({"burgerservicenummer": ["12345678"]}, "burgerservicenummer.0"),
        ({"type": "ZoekMetPostcodeEnHuisnummer"}, "type"),
    ],
)
async def test_a_wrong_question_is_refused(api: httpx.AsyncClient, change: dict[str, object], name: str) -> None:
    query = {"type": "RaadpleegMetBurgerservicenummer", "burgerservicenummer": [ANNA], "fields": ["naam"]} | change
    response = await api.post("/haalcentraal/api/brp/personen", json=query, headers=BRP)
    assert response.status_code == 400
    assert [param["name"] for param in response.json()["invalidParams"]] == [name]


async def test_an_eenmanszaak_has_no_rsin(api: httpx.AsyncClient) -> None:
    own = (await api.get("/kvk/api/v1/basisprofielen/90000227", headers=KVK)).json()
    assert "rsin" not in own["_embedded"]["eigenaar"]
    firm = (await api.get("/kvk/api/v1/basisprofielen/90000110", headers=KVK)).json()
    assert firm["_embedded"]["eigenaar"]["rsin"] == "859100017"


async def test_a_dissolved_company_is_found_only_when_asked_for(api: httpx.AsyncClient) -> None:
    params = {"kvkNummer": "90000578"}
    gone = await api.get("/kvk/api/v2/zoeken", params=params, headers=KVK)
    assert (gone.status_code, gone.json()["fout"][0]["code"]) == (404, "IPD5200")
    found = await api.get(
        "/kvk/api/v2/zoeken", params={**params, "inclusiefInactieveRegistraties": "true"}, headers=KVK
    )
    assert {hit["actief"] for hit in found.json()["resultaten"]} == {"Nee"}


async def test_the_kvk_needs_a_key_and_a_number(api: httpx.AsyncClient) -> None:
    assert (await api.get("/kvk/api/v1/basisprofielen/90000110")).status_code == 401
    assert (await api.get("/kvk/api/v1/basisprofielen/123", headers=KVK)).status_code == 400
    assert (await api.get("/kvk/api/v1/basisprofielen/99999999", headers=KVK)).status_code == 404


async def test_search_pages_and_filters_by_type(api: httpx.AsyncClient) -> None:
    params = {"kvkNummer": "90000110", "type": "nevenvestiging"}
    hits = (await api.get("/kvk/api/v2/zoeken", params=params, headers=KVK)).json()
    assert [hit["vestigingsnummer"] for hit in hits["resultaten"]] == ["000045000012"]
    first = (await api.get("/kvk/api/v2/zoeken", params={"resultatenPerPagina": "2"}, headers=KVK)).json()
    second = (await api.get(first["volgende"], headers=KVK)).json()
    assert second["pagina"] == 2
    assert second["totaal"] == first["totaal"]
