"""Klantinteracties against its official specification, and what it must refuse."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select

from reference_backoffice.app import create_backoffice
from reference_backoffice.config import Config
from reference_backoffice.fixtures.contacten import ACTOR_KCC, partij_uuid
from reference_backoffice.klantinteracties.bron import SOORTEN as OURS
from reference_backoffice.klantinteracties.filters import names_of
from reference_backoffice.store import notificatie
from tests.contract_schema import find_operation, require_specs, validate_response
from tests.reference_backoffice.conftest import ANNA, ROOT, Json, codes, now, seeded_zaak

pytestmark = pytest.mark.geen_database

API = "/klantinteracties/api/v1"
SPEC = "klantinteracties/openapi.yaml"
TOKEN = {"Authorization": "Token demo-klantinteracties-token-0123456789"}
KOEKSTAD, SCHALKHAAR, WILHELMINA, HENDRIK = "90000110", "000045000012", "999992041", "999994232"
SOORTEN = (
    *("partijen", "partij-identificatoren", "digitaleadressen", "klantcontacten", "betrokkenen"),
    *("onderwerpobjecten", "internetaken", "actoren", "actorklantcontacten", "bijlagen"),
)
EXPAND = {
    "partijen": "betrokkenen,betrokkenen.hadKlantcontact,categorieRelaties,digitaleAdressen",
    "digitaleadressen": "verstrektDoorBetrokkene,verstrektDoorBetrokkene.hadKlantcontact,"
    "verstrektDoorBetrokkene.hadKlantcontact.leiddeTotInterneTaken",
    "klantcontacten": "gingOverOnderwerpobjecten,hadBetrokkenen,hadBetrokkenen.digitaleAdressen,"
    "hadBetrokkenen.wasPartij,leiddeTotInterneTaken,omvatteBijlagen",
    "betrokkenen": "digitaleAdressen",
}
BSN_CODES = {"codeObjecttype": "natuurlijk_persoon", "codeRegister": "brp", "codeSoortObjectId": "bsn"}


@pytest.fixture
async def klant(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ROOT, headers=TOKEN) as client:
        yield client


def check(response: httpx.Response, status: int) -> Any:
    """The body, when it is what the specification says."""
    assert response.status_code == status, response.text
    path = response.request.url.path.removeprefix(API)
    assert response.headers["api-version"] == "0.9.0"
    validate_response(SPEC, response.request.method, path, status, response.json())
    return response.json()


async def rows(klant: httpx.AsyncClient, pad: str, **params: str) -> list[Json]:
    found: list[Json] = check(await klant.get(f"{API}/{pad}", params=params), 200)["results"]
    return found


async def post(klant: httpx.AsyncClient, pad: str, body: Json, *without: str, **fields: object) -> Json:
    sent = {name: value for name, value in (body | fields).items() if name not in without}
    made: Json = check(await klant.post(f"{API}/{pad}", json=sent), 201)
    return made


async def refused(klant: httpx.AsyncClient, pad: str, body: Json, **fields: object) -> set[tuple[str, str]]:
    return codes(await klant.post(f"{API}/{pad}", json=body | fields))


def partij_body(**fields: object) -> Json:
    naam = {"voorletters": "P.", "voornaam": "Piet", "voorvoegselAchternaam": "", "achternaam": "Klein Overmeen"}
    return {
        "soortPartij": "persoon",
        "partijIdentificatie": {"contactnaam": naam},
        "indicatieActief": True,
        "indicatieGeheimhouding": False,
        "voorkeurstaal": "nld",
        "digitaleAdressen": None,
        "voorkeursDigitaalAdres": None,
        "rekeningnummers": None,
        "voorkeursRekeningnummer": None,
    } | fields


def contact_body(**fields: object) -> Json:
    return {
        "kanaal": "webformulier",
        "onderwerp": "Een vraag",
        "inhoud": "Hoe lang duurt het nog?",
        "taal": "nld",
        "vertrouwelijk": False,
        "indicatieContactGelukt": True,
        "plaatsgevondenOp": now(),
    } | fields


def adres_body(partij: str, adres: str = "nieuw@example.nl", **fields: object) -> Json:
    return {
        "adres": adres,
        "soortDigitaalAdres": "email",
        "omschrijving": "",
        "verstrektDoorPartij": {"uuid": partij},
        "verstrektDoorBetrokkene": None,
        "isStandaardAdres": False,
        "referentie": "",
        "verificatieDatum": None,
    } | fields


def betrokkene(partij: str) -> Json:
    empty = {"contactnaam": None, "bezoekadres": None, "correspondentieadres": None, "organisatienaam": ""}
    return {"wasPartij": {"uuid": partij}, "rol": "klant", "initiator": True} | empty


def about(zaak_uuid: str) -> Json:
    codes_of_zaak = {"codeObjecttype": "zaak", "codeRegister": "open-zaak", "codeSoortObjectId": "uuid"}
    return {"wasKlantcontact": None, "onderwerpobjectidentificator": codes_of_zaak | {"objectId": zaak_uuid}}


async def test_every_list_and_detail_follows_the_specification(klant: httpx.AsyncClient) -> None:
    anna = partij_uuid(ANNA)
    contact = (await rows(klant, "klantcontacten", hadBetrokkene__wasPartij__uuid=anna))[0]
    link = {"klantcontact": {"uuid": contact["uuid"]}}
    await post(klant, "actorklantcontacten", link, actor={"uuid": ACTOR_KCC})
    document = {"objectId": "1", "codeObjecttype": "document", "codeRegister": "drc", "codeSoortObjectId": "uuid"}
    await post(klant, "bijlagen", {"wasBijlageVanKlantcontact": link["klantcontact"], "bijlageidentificator": document})
    who = (await rows(klant, "betrokkenen", hadKlantcontact__uuid=contact["uuid"]))[0]
    await post(
        klant,
        "digitaleadressen",
        adres_body(anna),
        "verstrektDoorPartij",
        verstrektDoorBetrokkene={"uuid": who["uuid"]},
    )
    for pad in SOORTEN:
        params = {"expand": EXPAND[pad]} if pad in EXPAND else {}
        found = await rows(klant, pad, **params)
        assert found, pad
        for row in found[:3]:
            check(await klant.get(row["url"]), 200)
            check(await klant.get(row["url"], params=params), 200)


async def test_the_partij_of_a_person_and_of_a_vestiging(klant: httpx.AsyncClient) -> None:
    def by(before: str, soort: str, number: str, objecttype: str = "", register: str = "hr") -> dict[str, str]:
        values = {"codeSoortObjectId": soort, "objectId": number, "codeRegister": register}
        values |= {"codeObjecttype": objecttype} if objecttype else {}
        return {before + name: value for name, value in values.items()}

    person = by("partijIdentificator__", "bsn", ANNA, "natuurlijk_persoon", "brp")
    found = await rows(klant, "partijen", soortPartij="persoon", expand="digitaleAdressen", **person)
    adressen = found[0]["_expand"]["digitaleAdressen"]
    assert [(a["soortDigitaalAdres"], a["referentie"], bool(a["verificatieDatum"])) for a in adressen] == [
        ("email", "portaal-email", True),
        ("telefoonnummer", "portaal-telefoon", True),
    ]
    assert found[0]["partijIdentificatie"]["volledigeNaam"] == "Anna Maria Jansen"
    vestiging = by("partijIdentificator__", "vestigingsnummer", SCHALKHAAR, "vestiging")
    under = by("subIdentificatorVan__", "kvk_nummer", KOEKSTAD)
    assert [row["uuid"] for row in await rows(klant, "partijen", **vestiging, **under)] == [partij_uuid(SCHALKHAAR)]
    other = by("subIdentificatorVan__", "kvk_nummer", "90000227")
    assert await rows(klant, "partijen", **vestiging, **other) == []
    post_only = (await rows(klant, "partijen", **by("partijIdentificator__", "bsn", WILHELMINA, register="brp")))[0]
    assert post_only["digitaleAdressen"] == []
    assert post_only["correspondentieadres"]["straatnaam"] == "Dorpsstraat"
    # as at the real one an empty value filters nothing: a client must never send one
    assert len(await rows(klant, "partijen", partijIdentificator__objectId="")) > 1


async def test_who_may_call(klant: httpx.AsyncClient) -> None:
    for value, code in (
        ("", "not_authenticated"),
        ("Bearer x", "not_authenticated"),
        ("Token fout", "authentication_failed"),
    ):
        response = await klant.get(f"{API}/partijen", headers={"Authorization": value})
        assert response.status_code == 401
        assert response.headers["content-type"] == "application/problem+json"
        assert response.json()["code"] == code


@pytest.mark.parametrize(
    ("path", "params", "expected"),
    [
        ("/partijen", {"bsn": "1"}, ("nonFieldErrors", "unknown-parameters")),
        ("/partijen", {"expand": "alles"}, ("expand", "invalid_choice")),
        ("/klantcontacten", {"hadBetrokkene__wasPartij__uuid": "x"}, ("hadBetrokkene__wasPartij__uuid", "invalid")),
        ("/klantcontacten", {"plaatsgevondenOp": "gisteren"}, ("plaatsgevondenOp", "invalid")),
        ("/digitaleadressen", {"soortDigitaalAdres": "fax"}, ("soortDigitaalAdres", "invalid_choice")),
        ("/onderwerpobjecten", {"expand": "klantcontact"}, ("nonFieldErrors", "unknown-parameters")),
    ],
)
async def test_wrong_questions_are_refused(
    klant: httpx.AsyncClient, path: str, params: dict[str, str], expected: tuple[str, str]
) -> None:
    assert codes(await klant.get(API + path, params=params)) == {expected}


async def test_pages(klant: httpx.AsyncClient) -> None:
    first = check(await klant.get(f"{API}/partij-identificatoren", params={"pageSize": "3"}), 200)
    second = check(await klant.get(first["next"]), 200)
    assert len(first["results"]) == 3
    assert {row["uuid"] for row in first["results"]}.isdisjoint({row["uuid"] for row in second["results"]})
    assert (await klant.get(f"{API}/partijen", params={"page": "99"})).status_code == 404


async def test_a_partij_is_made_with_its_identificator_and_only_once(klant: httpx.AsyncClient) -> None:
    codes_of_piet = BSN_CODES | {"objectId": "999997051"}
    made = await post(klant, "partijen", partij_body(partijIdentificatoren=[{"partijIdentificator": codes_of_piet}]))
    assert made["partijIdentificatoren"][0]["identificeerdePartij"]["uuid"] == made["uuid"]
    again = partij_body(partijIdentificatoren=[{"partijIdentificator": codes_of_piet}])
    before = len(await rows(klant, "partijen"))
    assert await refused(klant, "partijen", again) == {("partijIdentificatoren.0.__all__", "invalid")}
    assert len(await rows(klant, "partijen")) == before
    changed = check(await klant.patch(made["url"], json={"voorkeurstaal": "eng"}), 200)
    assert (changed["voorkeurstaal"], len(changed["partijIdentificatoren"])) == ("eng", 1)
    assert check(await klant.patch(made["url"], json={"partijIdentificatoren": []}), 200)["partijIdentificatoren"] == []


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"objectId": "12"}, "partijIdentificatorObjectId"),
        ({"objectId": "999991013"}, "partijIdentificatorObjectId"),
        ({"codeSoortObjectId": "rsin"}, "partijIdentificatorCodeSoortObjectId"),
        ({"codeRegister": "hr"}, "partijIdentificatorCodeObjecttype"),
        ({"objectId": ANNA}, "__all__"),
        ({"codeObjecttype": "inp"}, "partijIdentificator.codeObjecttype"),
        (
            {"codeObjecttype": "vestiging", "codeRegister": "hr", "codeSoortObjectId": "vestigingsnummer"}
            | {"objectId": "000045000022"},
            "subIdentificatorVan",
        ),
    ],
)
async def test_identificatoren_that_cannot_be(klant: httpx.AsyncClient, change: Json, name: str) -> None:
    partij = await post(klant, "partijen", partij_body())
    body = {"identificeerdePartij": {"uuid": partij["uuid"]}}
    given = BSN_CODES | {"objectId": "999997051"} | change
    assert {found for found, _ in await refused(klant, "partij-identificatoren", body, partijIdentificator=given)} == {
        name
    }
    await post(klant, "partij-identificatoren", body, partijIdentificator=BSN_CODES | {"objectId": "999997051"})
    second = BSN_CODES | {"objectId": "999991206"}
    assert await refused(klant, "partij-identificatoren", body, partijIdentificator=second) == {("__all__", "invalid")}


async def test_contact_addresses(klant: httpx.AsyncClient) -> None:
    anna = partij_uuid(ANNA)
    new = await post(klant, "digitaleadressen", adres_body(anna, isStandaardAdres=True, referentie="werk"))
    beside = await rows(klant, "digitaleadressen", verstrektDoorPartij__uuid=anna, isStandaardAdres="true")
    assert {row["adres"] for row in beside} == {"nieuw@example.nl", "0612345601"}
    assert len(await rows(klant, "digitaleadressen", referentie="werk", isGeverifieerd="false")) == 1
    same = adres_body(anna, "ander@example.nl", referentie="werk")
    assert await refused(klant, "digitaleadressen", same) == {("nonFieldErrors", "unique")}
    verified = check(await klant.patch(new["url"], json={"verificatieDatum": now()[:10]}), 200)
    assert verified["verificatieDatum"] == now()[:10]
    partij = f"{API}/partijen/{anna}"
    preferred = check(await klant.patch(partij, json={"voorkeursDigitaalAdres": {"uuid": new["uuid"]}}), 200)
    assert preferred["voorkeursDigitaalAdres"]["uuid"] == new["uuid"]
    assert (await klant.delete(new["url"])).status_code == 204
    assert (await klant.get(new["url"])).status_code == 404
    assert check(await klant.get(partij), 200)["voorkeursDigitaalAdres"] is None
    bounced = (await rows(klant, "digitaleadressen", adres__icontains="bounce"))[0]
    assert bounced["verstrektDoorPartij"]["uuid"] == partij_uuid(HENDRIK)
    assert codes(await klant.patch(partij, json={"voorkeursDigitaalAdres": {"uuid": bounced["uuid"]}})) == {
        ("voorkeursDigitaalAdres", "invalid")
    }


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"adres": "geen-adres"}, ("adres", "invalid")),
        ({"adres": f"{'a' * 70}@example.nl"}, ("adres", "max_length")),
        ({"adres": ""}, ("adres", "blank")),
        ({"adres": "14 0570", "soortDigitaalAdres": "telefoonnummer"}, ("adres", "invalid")),
        ({"adres": "0800123456", "soortDigitaalAdres": "fax"}, ("soortDigitaalAdres", "invalid_choice")),
        ({"referentie": "met spatie"}, ("referentie", "invalid")),
        ({"omschrijving": "x" * 41}, ("omschrijving", "max_length")),
        ({"verstrektDoorPartij": {"uuid": ACTOR_KCC}}, ("verstrektDoorPartij.uuid", "invalid")),
        ({"verstrektDoorPartij": None, "isStandaardAdres": True}, ("isStandaardAdres", "invalid")),
        ({"verificatieDatum": "24-11-2026"}, ("verificatieDatum", "invalid")),
    ],
)
async def test_contact_addresses_that_cannot_be(
    klant: httpx.AsyncClient, fields: Json, expected: tuple[str, str]
) -> None:
    assert await refused(klant, "digitaleadressen", adres_body(partij_uuid(ANNA)) | fields) == {expected}


async def test_a_question_is_made_whole_or_not_at_all(klant: httpx.AsyncClient, api: httpx.AsyncClient) -> None:
    anna = partij_uuid(ANNA)
    zaak = await seeded_zaak(api, "Losse stoeptegel Brink")
    body = {
        "klantcontact": contact_body(referentienummer="4711"),
        "betrokkene": betrokkene(anna),
        "onderwerpobject": about(zaak["uuid"]),
    }
    before = len(await rows(klant, "klantcontacten"))
    broken = body | {"betrokkene": betrokkene(ACTOR_KCC)}
    assert await refused(klant, "maak-klantcontact", broken) == {("betrokkene.wasPartij.uuid", "invalid")}
    without_onderwerp = body | {"klantcontact": {"kanaal": "x" * 51, "taal": "nld", "vertrouwelijk": None}}
    assert await refused(klant, "maak-klantcontact", without_onderwerp) == {
        ("klantcontact.kanaal", "max_length"),
        ("klantcontact.onderwerp", "required"),
        ("klantcontact.vertrouwelijk", "null"),
    }
    assert len(await rows(klant, "klantcontacten")) == before
    made = await post(klant, "maak-klantcontact", body)
    assert made["onderwerpobject"]["klantcontact"]["uuid"] == made["klantcontact"]["uuid"]
    assert made["klantcontact"]["nummer"] == "4711"
    assert await refused(klant, "maak-klantcontact", body) == {("klantcontact.referentienummer", "unique")}
    assert len(await rows(klant, "klantcontacten", referentienummer="4711")) == 1
    await post(klant, "maak-klantcontact", {"klantcontact": contact_body()})


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"referentienummer": "P26-1"}, ("referentienummer", "invalid")),
        ({"referentienummer": "12345678901"}, ("referentienummer", "max_length")),
        ({"referentienummer": "0000000004"}, ("referentienummer", "unique")),
        ({"nummer": "0000000004"}, ("nummer", "unique")),
        ({"onderwerp": "x" * 201}, ("onderwerp", "max_length")),
        ({"onderwerp": "   "}, ("onderwerp", "blank")),
        ({"inhoud": "x" * 1001}, ("inhoud", "max_length")),
        ({"plaatsgevondenOp": "2026-11-24T10:00:00"}, ("plaatsgevondenOp", "invalid")),
        ({"metadata": {"bron": "x" * 256}}, ("metadata.bron", "max_length")),
    ],
)
async def test_klantcontacten_that_cannot_be(klant: httpx.AsyncClient, fields: Json, expected: tuple[str, str]) -> None:
    assert await refused(klant, "klantcontacten", contact_body(), **fields) == {expected}


async def test_questions_are_found_by_person_and_by_zaak(klant: httpx.AsyncClient, api: httpx.AsyncClient) -> None:
    anna = partij_uuid(ANNA)
    mine = await rows(klant, "klantcontacten", hadBetrokkene__wasPartij__uuid=anna, expand=EXPAND["klantcontacten"])
    assert [row["kanaal"] for row in mine] == ["e-mail", "webformulier", "telefoon"]
    answer, question, call = mine
    assert {row["_expand"]["hadBetrokkenen"][0]["wasPartij"]["uuid"] for row in mine} == {anna}
    assert question["_expand"]["leiddeTotInterneTaken"][0]["status"] == "verwerkt"
    assert call["reactie"]
    identificator = "hadBetrokkene__wasPartij__partijIdentificator__"
    by_bsn = {identificator + code: value for code, value in (BSN_CODES | {"objectId": ANNA}).items()}
    assert [row["uuid"] for row in await rows(klant, "klantcontacten", **by_bsn)] == [row["uuid"] for row in mine]
    zaak = await seeded_zaak(api, "Tweede parkeervergunning zone B")
    about_zaak = "onderwerpobject__onderwerpobjectidentificator"
    found = await rows(
        klant, "klantcontacten", **{about_zaak + "ObjectId": zaak["uuid"], about_zaak + "CodeObjecttype": "zaak"}
    )
    assert [row["uuid"] for row in found] == [answer["uuid"], question["uuid"]]
    was = (await rows(klant, "onderwerpobjecten", wasKlantcontact__uuid=question["uuid"]))[0]
    assert was["klantcontact"]["uuid"] == answer["uuid"]
    asked = await rows(klant, "klantcontacten", wasOnderwerpobject__uuid=was["uuid"])
    assert [row["uuid"] for row in asked] == [question["uuid"]]
    assert (
        len(await rows(klant, "klantcontacten", kanaal="telefoon", inhoud="MILIEUSTRAAT", vertrouwelijk="false")) == 1
    )
    assert len(await rows(klant, "klantcontacten", leiddeTotInterneTaken="false")) == 1
    answered = check(await klant.patch(question["url"], json={"reactie": "De eerste bladzijde."}), 200)
    assert answered["reactie"] == "De eerste bladzijde."
    assert codes(await klant.patch(question["url"], json={"reactie": "x" * 4001})) == {("reactie", "max_length")}


async def test_what_changes_is_published(app: FastAPI, klant: httpx.AsyncClient) -> None:
    contact = await post(klant, "klantcontacten", contact_body())
    check(await klant.patch(f"{API}/partijen/{partij_uuid(ANNA)}", json={"voorkeurstaal": "eng"}), 200)
    async with app.state.backoffice.store.read() as db:
        sent = [json.loads(text) for text in await db.scalars(select(notificatie.c.data))]
    assert [(bericht["kanaal"], bericht["resource"], bericht["actie"]) for bericht in sent] == [
        ("klantcontacten", "klantcontact", "create"),
        ("partijen", "partij", "partial_update"),
    ]
    assert sent[0]["resourceUrl"].endswith(contact["uuid"])


async def test_internetaken(klant: httpx.AsyncClient) -> None:
    contact = await post(klant, "klantcontacten", contact_body())
    body = {
        "aanleidinggevendKlantcontact": {"uuid": contact["uuid"]},
        "gevraagdeHandeling": "Beantwoord de vraag",
        "toelichting": "Via het portaal",
        "status": "te_verwerken",
    }
    both = {"toegewezenAanActor": {"uuid": ACTOR_KCC}, "toegewezenAanActoren": [{"uuid": ACTOR_KCC}]}
    assert await refused(klant, "internetaken", body) == {("nonFieldErrors", "invalid")}
    assert await refused(klant, "internetaken", body | both) == {("nonFieldErrors", "invalid")}
    unknown = [{"uuid": ACTOR_KCC}, {"uuid": contact["uuid"]}]
    assert await refused(klant, "internetaken", body, toegewezenAanActoren=unknown) == {
        ("toegewezenAanActoren.1.uuid", "invalid")
    }
    early = {"toegewezenAanActoren": [{"uuid": ACTOR_KCC}], "afgehandeldOp": now()}
    assert await refused(klant, "internetaken", body | early) == {("afgehandeldOp", "invalid")}
    taak = await post(klant, "internetaken", body, toegewezenAanActoren=[{"uuid": ACTOR_KCC}])
    assert taak["toegewezenAanActor"]["uuid"] == ACTOR_KCC
    open_taken = await rows(klant, "internetaken", status="te_verwerken", actoren__naam="KCC Deventer")
    assert open_taken[0]["uuid"] == taak["uuid"]
    by_contact = await rows(klant, "internetaken", aanleidinggevendKlantcontact__uuid=contact["uuid"])
    assert [row["uuid"] for row in by_contact] == [taak["uuid"]]
    done = check(await klant.patch(taak["url"], json={"status": "verwerkt"}), 200)
    assert done["afgehandeldOp"]
    assert done["toegewezenOp"] == taak["toegewezenOp"]
    assert len(await rows(klant, "internetaken", toegewezenAanActor__uuid=ACTOR_KCC, status="te_verwerken")) == 2
    assert (await klant.delete(taak["url"])).status_code == 405


async def test_faults_and_lost_answers(app: FastAPI, klant: httpx.AsyncClient) -> None:
    app.state.beheer.storing(
        api="klantinteracties", pad="/klantcontacten", methode="POST", soort="antwoord_kwijt", aantal=1
    )
    body = contact_body(referentienummer="815")
    with pytest.raises(httpx.ReadError):
        await klant.post(f"{API}/klantcontacten", json=body)
    assert len(await rows(klant, "klantcontacten", referentienummer="815")) == 1
    app.state.beheer.storing(api="klantinteracties", soort="fout_na_vastleggen", status=500, aantal=1)
    assert (await klant.post(f"{API}/klantcontacten", json=contact_body(referentienummer="816"))).status_code == 500
    assert len(await rows(klant, "klantcontacten", nummer="816")) == 1
    app.state.beheer.storing(api="klantinteracties", soort="status", status=503)
    assert (await klant.get(f"{API}/partijen")).status_code == 503
    assert "815" not in str([oproep.pad for oproep in app.state.beheer.oproepen])


async def test_an_older_server_and_a_reference_list(database: str) -> None:
    config = Config(
        database=database, public_url=ROOT, klantinteracties_oud=True, klantinteracties_kanalen=("telefoon",)
    )
    app = create_backoffice(config)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ROOT, headers=TOKEN) as klant,
    ):
        assert (await klant.post(f"{API}/maak-klantcontact", json={})).status_code == 404
        assert await refused(klant, "klantcontacten", contact_body()) == {("kanaal", "invalid")}
        made = (await klant.post(f"{API}/klantcontacten", json=contact_body(kanaal="telefoon", reactie="x"))).json()
        assert {"reactie", "referentienummer"}.isdisjoint(made)
        assert made["nummer"]
        short = {name: value for name, value in partij_body().items() if name != "digitaleAdressen"}
        assert await refused(klant, "partijen", short) == {("digitaleAdressen", "required")}
        inline = [{"partijIdentificator": BSN_CODES | {"objectId": "999997051"}}]
        partij = (await klant.post(f"{API}/partijen", json=partij_body(partijIdentificatoren=inline))).json()
        assert partij["partijIdentificatoren"] == []
        old = {"codeObjecttype": "inp", "codeRegister": "brp", "codeSoortObjectId": "bsn", "objectId": "999997051"}
        body = {"identificeerdePartij": {"uuid": partij["uuid"]}, "partijIdentificator": old}
        assert (await klant.post(f"{API}/partij-identificatoren", json=body)).status_code == 201
        unknown = {"hadBetrokkene__wasPartij__uuid": partij["uuid"]}
        assert codes(await klant.get(f"{API}/klantcontacten", params=unknown)) == {
            ("nonFieldErrors", "unknown-parameters")
        }


def test_no_filter_of_the_specification_lacks() -> None:
    """Every query parameter that the specification has, and no other."""

    require_specs()
    for pad, soort in OURS.items():
        theirs = {p["name"] for p in find_operation(SPEC, "get", f"/{pad}")["parameters"] if p["in"] == "query"}
        ours = names_of(pad, oud=False) | {"page", "pageSize"} | ({"expand"} if soort.expand else set())
        assert ours == theirs, pad
