"""Klantinteracties: the partij and contact details of the gebruiker self, at a new and at an older server."""

import json
import shutil
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from pip_portal.backoffice.bronnen import Bronnen, open_backoffices
from pip_portal.backoffice.klantinteracties import KlantinteractiesApi, Partijnaam
from pip_portal.errors import BackofficeDefect, BackofficeUnavailable
from pip_portal.gebruiker import Bedrijf, Gebruiker
from pip_portal.settings import Klantinteracties
from reference_backoffice.app import create_backoffice
from reference_backoffice.config import Config
from tests import contract_schema as contract
from tests import factories
from tests.backoffice.conftest import Open

SPEC = "klantinteracties/openapi.yaml"
ROOT = "/klantinteracties/api/v1"
DAG = date(2026, 11, 24)
NAAM = Partijnaam(naam="Klus B.V.", voorletters="Y.", voornaam="Youssef", achternaam="Test")
OUDE_CODES = {
    "persoon": ("inp", "brp", "bsn"),
    "bedrijf": ("nnp", "hr", "kvk"),
    "vestiging": ("vtn", "hr", "vtn"),
}
ANNA, YOUSSEF, SANNE = factories.burger(), factories.burger(factories.YOUSSEF), factories.burger(factories.SANNE)
# A second transport that keeps what went by, so that it can be held against the specification.
Gesprek = list[tuple[httpx.Request, httpx.Response]]


class Meeluisteraar(httpx.AsyncBaseTransport):
    def __init__(self, app: FastAPI) -> None:
        self._inner, self.gesprek = httpx.ASGITransport(app), Gesprek()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self._inner.handle_async_request(request)
        await response.aread()
        self.gesprek.append((request, response))
        return response


def bedrijf(vestiging: str | None = None, kvk: str = factories.BAKKERIJ) -> Bedrijf:
    return Bedrijf(kvk_nummer=kvk, pseudoniem="x", niveau=25, vestiging=vestiging)


def klant(bronnen: Bronnen) -> KlantinteractiesApi:
    assert bronnen.klantinteracties is not None
    return bronnen.klantinteracties


@pytest.fixture
async def oud(tmp_path: Path, seeded_backoffice: Path) -> AsyncIterator[KlantinteractiesApi]:
    """A server of before referenties and inline identificatoren, that knows its partijen by older codes."""
    file = tmp_path / "oud.sqlite"
    shutil.copy(seeded_backoffice, file)
    app = create_backoffice(Config(database=str(file), klantinteracties_oud=True))
    root = f"{factories.BACKOFFICE}{ROOT}"
    token = {"Authorization": "Token demo-klantinteracties-token-0123456789"}
    settings = factories.settings(
        "sqlite+aiosqlite:///:memory:",
        klantinteracties=Klantinteracties(root=root, headers=token, **OUDE_CODES),  # type: ignore[arg-type]
    )
    async with app.router.lifespan_context(app):
        bronnen = await open_backoffices(settings, lambda _root: httpx.ASGITransport(app))
        yield klant(bronnen)
        await bronnen.aclose()


async def test_what_is_known_of_the_gebruiker_and_of_nobody_else(bronnen: Bronnen) -> None:
    anna = await klant(bronnen).partij(ANNA)
    assert anna is not None
    adressen = await klant(bronnen).adressen(ANNA, anna)
    assert {a.adres for a in adressen} == {"anna.jansen@example.nl", "0612345601"}
    assert all(a.verificatie_datum for a in adressen)
    assert await klant(bronnen).partij(YOUSSEF) is None
    koekstad, schalkhaar = await klant(bronnen).partij(bedrijf()), await klant(bronnen).partij(bedrijf("000045000012"))
    assert koekstad is not None
    assert schalkhaar is not None
    assert koekstad.uuid != schalkhaar.uuid
    assert await klant(bronnen).partij(bedrijf("000045000012", factories.KLUSBEDRIJF)) is None  # of another company
    assert await klant(bronnen).partij(bedrijf("000045000013")) is None


async def test_a_server_that_filters_nothing_gives_nothing(backoffice: FastAPI, open_bronnen: Open) -> None:
    """Older and newer servers may not know a filter: then everybody comes back, and none of them is this person."""

    class Zonder(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            bare = httpx.Request(request.method, request.url.copy_with(query=b""), headers=request.headers)
            return await httpx.ASGITransport(backoffice).handle_async_request(bare)

    api = klant(await open_bronnen(Zonder()))
    anna = await api.partij(ANNA)
    assert anna is not None
    assert {a.adres for a in await api.adressen(ANNA, anna)} == {"anna.jansen@example.nl", "0612345601"}
    assert await api.partij(YOUSSEF) is None


@pytest.mark.parametrize("wie", [YOUSSEF, bedrijf(kvk="90000344"), bedrijf("000045009999", "90000344")])
async def test_a_partij_is_made_once_and_its_address_kept_up(wie: Gebruiker, bronnen: Bronnen) -> None:
    await _life_of_an_address(klant(bronnen), wie)


@pytest.mark.parametrize("wie", [YOUSSEF, bedrijf("000045009999", "90000344")])
async def test_an_older_server_gets_the_same_in_more_calls(wie: Gebruiker, oud: KlantinteractiesApi) -> None:
    await _life_of_an_address(oud, wie)


async def _life_of_an_address(api: KlantinteractiesApi, wie: Gebruiker) -> None:
    partij = await api.maak_partij(wie, NAAM)
    assert (await api.maak_partij(wie, NAAM)).uuid == partij.uuid
    eerste = await api.zet_adres(wie, partij, "email", "een@voorbeeld.nl", DAG)
    assert (await api.zet_adres(wie, partij, "email", "een@voorbeeld.nl", DAG)).uuid == eerste.uuid
    tweede = await api.zet_adres(wie, partij, "email", "twee@voorbeeld.nl", DAG)
    assert tweede.uuid == eerste.uuid
    telefoon = await api.zet_adres(wie, partij, "telefoonnummer", "0612345678", DAG)
    assert {a.adres for a in await api.adressen(wie, partij)} == {"twee@voorbeeld.nl", "0612345678"}
    verse = await api.partij(wie)
    assert verse is not None
    await api.zet_voorkeur(wie, verse, tweede)
    verse = await api.partij(wie)
    assert verse is not None
    assert verse.voorkeurs_digitaal_adres is not None
    assert verse.voorkeurs_digitaal_adres.uuid == tweede.uuid
    await api.verwijder_adres(wie, partij, "email")
    await api.verwijder_adres(wie, partij, "email")
    assert [a.uuid for a in await api.adressen(wie, partij)] == [telefoon.uuid]


async def test_what_employees_noted_stays_as_it_is(bronnen: Bronnen, backoffice: FastAPI) -> None:
    """Hendrik's address was noted at the desk: the portal puts its own beside it, and takes only that away."""
    api, hendrik = klant(bronnen), factories.burger(factories.HENDRIK)
    partij = await api.partij(hendrik)
    assert partij is not None
    genoteerd = [a for a in await api.adressen(hendrik, partij) if not a.is_van_portaal("email")]
    await api.verwijder_adres(hendrik, partij, "email")
    await api.zet_adres(hendrik, partij, "email", "nieuw@voorbeeld.nl", DAG)
    await api.verwijder_adres(hendrik, partij, "email")
    over = await api.adressen(hendrik, partij)
    assert {(a.uuid, a.adres) for a in over} == {(a.uuid, a.adres) for a in genoteerd}


async def test_every_call_is_one_of_the_specification(backoffice: FastAPI, open_bronnen: Open) -> None:
    contract.require_specs()
    luisteraar = Meeluisteraar(backoffice)
    api = klant(await open_bronnen(luisteraar))
    await _life_of_an_address(api, SANNE)
    await _life_of_an_address(api, bedrijf("000045009999", "90000344"))
    assert len(luisteraar.gesprek) > 20
    for request, response in luisteraar.gesprek:
        pad = request.url.path.removeprefix(ROOT)
        operatie = contract.find_operation(SPEC, request.method, pad)
        bekend = {parameter["name"] for parameter in operatie.get("parameters", ())}
        assert request.url.params.keys() <= bekend, pad
        if request.content:
            schema = next(iter(operatie["requestBody"]["content"].values()))["schema"]
            velden = _velden(schema)
            assert json.loads(request.content).keys() <= velden, pad
        if response.status_code != 204:
            contract.validate_response(SPEC, request.method, pad, response.status_code, response.json())


def _velden(schema: dict[str, object]) -> set[str]:
    """The names of a schema and of all it is put together from."""
    if "$ref" in schema:
        naam = str(schema["$ref"]).rsplit("/", 1)[-1]
        return _velden(contract.load_spec(SPEC)["components"]["schemas"][naam])
    velden = set(schema.get("properties", {}))  # type: ignore[call-overload]
    for soort in ("allOf", "oneOf", "anyOf"):
        for deel in schema.get(soort, ()):  # type: ignore[attr-defined]
            velden |= _velden(deel)
    return velden


async def test_an_outage_is_no_empty_list(bronnen: Bronnen, backoffice: FastAPI) -> None:
    backoffice.state.beheer.storing(api="klantinteracties", soort="status")
    with pytest.raises(BackofficeUnavailable):
        await klant(bronnen).partij(ANNA)


async def test_a_wrong_token_or_root_is_a_defect_and_no_stranger(open_bronnen: Open) -> None:
    fout = Klantinteracties(root=f"{factories.BACKOFFICE}{ROOT}", headers={"Authorization": "Token x"})
    with pytest.raises(BackofficeDefect):
        await klant(await open_bronnen(klantinteracties=fout)).partij(ANNA)
    elders = fout.model_copy(update={"root": f"{factories.BACKOFFICE}/elders"})
    with pytest.raises(BackofficeDefect):
        await klant(await open_bronnen(klantinteracties=elders)).partij(ANNA)
