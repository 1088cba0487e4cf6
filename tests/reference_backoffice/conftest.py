"""A client that speaks to the reference backoffice as the portal would: signed calls, over HTTP in the same process."""

import shutil
import time
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from fastapi import FastAPI
from jose import jwt

from reference_backoffice.app import create_backoffice
from reference_backoffice.config import DEMO_SECRET, Config

ROOT = "http://backoffice.test"
ZAKEN, CATALOGI, DOCUMENTEN = "/zaken/api/v1", "/catalogi/api/v1", "/documenten/api/v1"
BESLUITEN, AUTORISATIES = "/besluiten/api/v1", "/autorisaties/api/v1"
NOTIFICATIES = "/notificaties/api/v1"
OBJECTEN, OBJECTTYPEN = "/objecten/api/v2", "/objecttypen/api/v2"
RSIN = "823288444"
ANNA, MEHMET, SUZANNE, PIET, YOUSSEF, LUCIA = (
    "999991012",
    "999991206",
    "999993653",
    "999997051",
    "999993021",
    "999993811",
)
BSN = "rol__betrokkeneIdentificatie__natuurlijkPersoon__inpBsn"
NNP = "rol__betrokkeneIdentificatie__nietNatuurlijkPersoon__innNnpId"
VESTIGING = "rol__betrokkeneIdentificatie__vestiging__vestigingsNummer"
Json = dict[str, Any]


def token(client_id: str = "pip-portaal", secret: str = DEMO_SECRET, **claims: object) -> str:
    payload = {"iss": client_id, "client_id": client_id, "iat": int(time.time()) - 5} | claims
    return jwt.encode({name: value for name, value in payload.items() if value is not None}, secret)


def headers(client_id: str = "pip-portaal") -> dict[str, str]:
    crs = {"Accept-Crs": "EPSG:4326", "Content-Crs": "EPSG:4326"}
    return {"Authorization": f"Bearer {token(client_id)}", **crs}


def now(**ago: float) -> str:
    return (datetime.now(ZoneInfo("Europe/Amsterdam")) - timedelta(milliseconds=5, **ago)).isoformat()


@pytest.fixture
def database(tmp_path: Path, example_data: Path) -> str:
    file = tmp_path / "reference.sqlite"
    shutil.copy(example_data, file)
    return str(file)


@pytest.fixture
def config(database: str) -> Config:
    """Override in a module to run the backoffice with other settings."""
    return Config(database=database, public_url=ROOT, bestandsdeel_omvang=10)


@pytest.fixture
async def app(config: Config) -> AsyncIterator[FastAPI]:
    app = create_backoffice(config)
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture
async def api(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url=ROOT, headers=headers()) as client:
        yield client


async def results(api: httpx.AsyncClient, path: str, **params: str) -> list[Json]:
    response = await api.get(path, params=params)
    assert response.status_code == 200, response.text
    found: list[Json] = response.json()["results"]
    return found


async def zaaktype(api: httpx.AsyncClient, identificatie: str = "melding-openbare-ruimte") -> Json:
    return (await results(api, f"{CATALOGI}/zaaktypen", identificatie=identificatie))[0]


async def zaak_body(api: httpx.AsyncClient, soort: str = "melding-openbare-ruimte", **fields: object) -> Json:
    type_ = await zaaktype(api, soort)
    base = {"zaaktype": type_["url"], "bronorganisatie": RSIN, "verantwoordelijkeOrganisatie": RSIN}
    return base | {"startdatum": now()[:10]} | fields


async def new_zaak(api: httpx.AsyncClient, soort: str = "melding-openbare-ruimte", **fields: object) -> Json:
    response = await api.post(f"{ZAKEN}/zaken", json=await zaak_body(api, soort, **fields))
    assert response.status_code == 201, response.text
    zaak: Json = response.json()
    return zaak


async def of_zaaktype(api: httpx.AsyncClient, soort: str, zaak: Json) -> list[Json]:
    found = await results(api, f"{CATALOGI}/{soort}", zaaktype=zaak["zaaktype"])
    return sorted(found, key=lambda data: int(data.get("volgnummer", 0)))


async def set_status(api: httpx.AsyncClient, zaak: Json, nummer: int, gezet: str = "") -> httpx.Response:
    """nummer: place of the statustype, -1 for the end status."""
    statustype = (await of_zaaktype(api, "statustypen", zaak))[nummer]
    body = {"zaak": zaak["url"], "statustype": statustype["url"], "datumStatusGezet": gezet or now()}
    return await api.post(f"{ZAKEN}/statussen", json=body)


async def set_resultaat(api: httpx.AsyncClient, zaak: Json) -> httpx.Response:
    resultaattype = (await of_zaaktype(api, "resultaattypen", zaak))[0]
    return await api.post(f"{ZAKEN}/resultaten", json={"zaak": zaak["url"], "resultaattype": resultaattype["url"]})


async def rol_body(api: httpx.AsyncClient, zaak: Json, generiek: str = "initiator", bsn: str = ANNA) -> Json:
    roltypen = await of_zaaktype(api, "roltypen", zaak)
    roltype = next(data for data in roltypen if data["omschrijvingGeneriek"] == generiek)
    return {
        "zaak": zaak["url"],
        "roltype": roltype["url"],
        "betrokkeneType": "natuurlijk_persoon",
        "roltoelichting": "Aanvrager via het portaal",
        "betrokkeneIdentificatie": {"inpBsn": bsn},
    }


async def document_body(api: httpx.AsyncClient, **fields: object) -> Json:
    iot = (await results(api, f"{CATALOGI}/informatieobjecttypen", omschrijving="Bijlage"))[0]
    return {
        "bronorganisatie": RSIN,
        "creatiedatum": now()[:10],
        "titel": "Foto",
        "auteur": "A. Jansen",
        "taal": "nld",
        "informatieobjecttype": iot["url"],
        "inhoud": "aGFsbG8=",
        "bestandsomvang": 5,
        "indicatieGebruiksrecht": False,
    } | fields


async def new_document(api: httpx.AsyncClient, **fields: object) -> Json:
    response = await api.post(f"{DOCUMENTEN}/enkelvoudiginformatieobjecten", json=await document_body(api, **fields))
    assert response.status_code == 201, response.text
    document: Json = response.json()
    return document


async def link(api: httpx.AsyncClient, zaak: Json, document: Json) -> httpx.Response:
    body = {"zaak": zaak["url"], "informatieobject": document["url"]}
    return await api.post(f"{ZAKEN}/zaakinformatieobjecten", json=body)


def codes(response: httpx.Response) -> set[tuple[str, str]]:
    """The faults of a 400: (name, code)."""
    assert response.status_code == 400, response.text
    assert response.headers["content-type"] == "application/problem+json"
    return {(param["name"], param["code"]) for param in response.json()["invalidParams"]}


async def seeded_zaak(api: httpx.AsyncClient, omschrijving: str, bsn: str = ANNA) -> Json:
    zaken = await results(api, f"{ZAKEN}/zaken", **{BSN: bsn})
    return next(zaak for zaak in zaken if zaak["omschrijving"] == omschrijving)
