"""RDW, open assessments and known meldingen: what a form may look up, asked over HTTP of the reference backoffice."""

import copy
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import httpx
import jsonschema
import pytest
import yaml
from fastapi import FastAPI

from pip_portal.backoffice.bronnen import Bronnen
from pip_portal.errors import BackofficeDefect, BackofficeUnavailable, NotFound
from tests import contract_schema as contract
from tests import factories
from tests.backoffice.conftest import Open

NU = datetime.now(UTC)
BRINK = (6.15805, 52.25301)
GEOGRAPHY = "/signals/v1/public/signals/geography"


# ---- RDW -----------------------------------------------------------------------------------------------------------


async def test_a_kenteken_is_a_vehicle_that_its_owner_recognises(bronnen: Bronnen) -> None:
    golf = await bronnen.rdw.voertuig("AB123C")
    assert golf is not None
    assert (golf.naam, golf.categorie, golf.massa, golf.lengte) == ("VOLKSWAGEN GOLF, grijs", "M1", 1790, 428)
    assert (golf.verzekerd, golf.export, golf.apk) == (True, False, date(2099, 12, 31))
    clio = await bronnen.rdw.voertuig("XK901B")
    assert clio is not None
    assert clio.naam == "RENAULT CLIO, rood"
    bmw = await bronnen.rdw.voertuig("12GHJ3")
    assert bmw is not None
    assert (bmw.naam, bmw.export, bmw.verzekerd) == ("BMW 320I", True, None)
    motor = await bronnen.rdw.voertuig("MT12AB")
    assert motor is not None
    assert motor.apk is None
    assert await bronnen.rdw.voertuig("ZZ999Z") is None


async def test_what_cannot_be_a_kenteken_is_never_asked(bronnen: Bronnen, backoffice: FastAPI) -> None:
    assert await bronnen.rdw.voertuig("AB-123-C' OR 1=1") is None
    assert not backoffice.state.beheer.oproepen


async def test_the_rdw_answers_as_socrata_does(backoffice: FastAPI) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(backoffice), base_url=factories.BACKOFFICE) as client:
        alles = await client.get("/rdw/resource/m9d7-ebf2.json", params={"$limit": "2"})
        assert len(alles.json()) == 2
        assert all(isinstance(waarde, str) for rij in alles.json() for waarde in rij.values())
        onbekend = await client.get("/rdw/resource/m9d7-ebf2.json?kleur=groen")
        assert (onbekend.status_code, onbekend.json()["code"]) == (400, "query.soql.no-such-column")
        token = await client.get("/rdw/resource/m9d7-ebf2.json", headers={"X-App-Token": "fout"})
        assert token.status_code == 403


# ---- what is still to be paid --------------------------------------------------------------------------------------


async def test_assessments_and_invoices_of_who_is_logged_in(bronnen: Bronnen) -> None:
    van_hendrik = await bronnen.openstaand.list(factories.burger(factories.HENDRIK))
    assert [post.soort for post in van_hendrik] == ["factuur", "aanslag", "aanslag"]
    kwijt = [post for post in van_hendrik if post.kwijtschelding_mogelijk]
    assert [(post.bedrag, post.openstaand, post.status) for post in kwijt] == [
        (Decimal("470.56"), Decimal("470.56"), "open")
    ]
    assert kwijt[0].regels == (), "only in the detail"
    detail = await bronnen.openstaand.get(factories.burger(factories.HENDRIK), kwijt[0].nummer)
    assert sum(regel.bedrag for regel in detail.regels) == detail.bedrag
    [aanslag, _factuur] = sorted(await bronnen.openstaand.list(factories.burger()), key=lambda post: post.soort)
    assert aanslag.status == "in_termijnen"
    assert len(aanslag.termijnen) == 10
    assert aanslag.openstaand == sum(t.bedrag for t in aanslag.termijnen if t.status == "open")
    assert len(await bronnen.openstaand.list(factories.bedrijf())) == 2
    assert await bronnen.openstaand.list(factories.burger(factories.YOUSSEF)) == ()


async def test_somebody_elses_assessment_does_not_exist(bronnen: Bronnen) -> None:
    van_hendrik = await bronnen.openstaand.list(factories.burger(factories.HENDRIK))
    for ander in (factories.burger(factories.ANNA), factories.bedrijf()):
        with pytest.raises(NotFound):
            await bronnen.openstaand.get(ander, van_hendrik[0].nummer)


async def test_no_bsn_in_a_path_and_no_list_without_the_token(bronnen: Bronnen, backoffice: FastAPI) -> None:
    await bronnen.openstaand.list(factories.burger(factories.HENDRIK))
    assert [oproep.pad for oproep in backoffice.state.beheer.oproepen] == ["/posten/_zoek"]
    async with httpx.AsyncClient(transport=httpx.ASGITransport(backoffice), base_url=factories.BACKOFFICE) as client:
        url = "/openstaand/api/v1/posten/_zoek"
        assert (await client.post(url, json={"bsn": factories.HENDRIK})).status_code == 403
        sleutel = {"Authorization": "Token demo-openstaand-sleutel-0123456789"}
        assert (await client.post(url, json={}, headers=sleutel)).status_code == 400


async def test_the_list_is_what_our_own_document_says(backoffice: FastAPI) -> None:
    spec = yaml.safe_load((Path(__file__).parents[2] / "docs" / "openstaand-api.yaml").read_text())
    sleutel = {"Authorization": "Token demo-openstaand-sleutel-0123456789"}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(backoffice), base_url=factories.BACKOFFICE) as client:
        root = "/openstaand/api/v1/posten"
        for wie in ({"bsn": factories.ANNA}, {"bsn": factories.HENDRIK}, {"kvkNummer": factories.BAKKERIJ}):
            lijst = (await client.post(f"{root}/_zoek", json=wie, headers=sleutel)).json()
            jsonschema.validate(lijst, spec | {"$ref": "#/components/schemas/Lijst"})
            for post in lijst["resultaten"]:
                body = wie | {"nummer": post["nummer"]}
                een = (await client.post(f"{root}/_raadpleeg", json=body, headers=sleutel)).json()
                jsonschema.validate(een, spec | {"$ref": "#/components/schemas/Post"})


# ---- known meldingen -----------------------------------------------------------------------------------------------


async def test_meldingen_of_the_same_kind_nearby_and_not_too_old(bronnen: Bronnen) -> None:
    gevonden = await bronnen.signalen.in_de_buurt(BRINK, "wegen-verkeer-straatmeubilair", NU)
    assert [melding.categorie for melding in gevonden] == ["Losse stoeptegel", "Lantaarnpaal kapot", "Gat in de weg"]
    assert [melding.afstand for melding in gevonden] == sorted(melding.afstand for melding in gevonden)
    assert gevonden[0].afstand == 0
    assert all(melding.afstand <= 25 for melding in gevonden)
    assert await bronnen.signalen.in_de_buurt((6.30, 52.30), "afval", NU) == ()


async def test_the_map_of_meldingen_follows_its_specification(backoffice: FastAPI) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(backoffice), base_url=factories.BACKOFFICE) as client:
        antwoord = await client.get(GEOGRAPHY, params={"bbox": "6.15,52.25,6.17,52.26"})
        assert len(antwoord.json()["features"]) == 7
        contract.require_specs()
        spec = copy.deepcopy(contract.load_spec("signalen/openapi.yaml"))
        schema = spec["components"]["schemas"]["V1PublicSignalGeographyGEOJson"]
        punt = schema["properties"]["features"]["items"]["properties"]["geometry"]["properties"]
        punt["coordinates"]["items"]["type"] = "number"  # a slip: its own example is no integer
        jsonschema.validate(antwoord.json(), schema)
        assert (await client.get(GEOGRAPHY)).status_code == 400


# ---- an outage is never "nothing" ----------------------------------------------------------------------------------


@pytest.mark.parametrize("api", ["rdw", "openstaand", "signalen"])
async def test_an_outage_is_not_nothing(api: str, bronnen: Bronnen, backoffice: FastAPI, open_bronnen: Open) -> None:
    async def vraag(aan: Bronnen) -> object:
        if api == "rdw":
            return await aan.rdw.voertuig("AB123C")
        if api == "openstaand":
            return await aan.openstaand.list(factories.burger(factories.HENDRIK))
        return await aan.signalen.in_de_buurt(BRINK, "afval", NU)

    backoffice.state.beheer.storing(api=api, soort="status", status=500, aantal=1)
    with pytest.raises(BackofficeUnavailable):
        await vraag(bronnen)
    backoffice.state.beheer.storing(api=api, soort="onzin", aantal=1)
    with pytest.raises(BackofficeDefect):
        await vraag(bronnen)
    zonder = await open_bronnen(**{api: None})
    with pytest.raises(BackofficeUnavailable):
        await vraag(zonder)
