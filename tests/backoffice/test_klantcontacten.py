"""Contacts and questions at Klantinteracties: only one's own, written once, at a new and at an older server."""

import json
import shutil
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from pip_portal.backoffice.bronnen import Bronnen, open_backoffices
from pip_portal.backoffice.klantcontact import Draad
from pip_portal.backoffice.klantcontact_indienen import Indiener, NieuwContact, NummerBezet
from pip_portal.backoffice.klantcontacten import KlantcontactenApi
from pip_portal.backoffice.klantinteracties import Partijnaam
from pip_portal.errors import BackofficeDefect, BackofficeUnavailable, NotFound
from pip_portal.gebruiker import Burger
from pip_portal.settings import Klantinteracties
from reference_backoffice.app import create_backoffice
from reference_backoffice.config import Config
from tests import contract_schema as contract
from tests import factories
from tests.backoffice.conftest import Open
from tests.backoffice.test_klantinteracties import OUDE_CODES, ROOT, SPEC, Meeluisteraar, _velden

KCC = "38e369b5-928a-5476-b6a6-846ddecc265b"
ANNA, MEHMET, YOUSSEF = (factories.burger(bsn) for bsn in (factories.ANNA, factories.MEHMET, factories.YOUSSEF))
NIEUW = NieuwContact("9000000001", "Waarom?", "Regel 1\nRegel 2", "nld", datetime.now(UTC), "Beantwoord de vraag")


def instellingen(**velden: object) -> Klantinteracties:
    token = {"Authorization": "Token demo-klantinteracties-token-0123456789"}
    return Klantinteracties(root=f"{factories.BACKOFFICE}{ROOT}", headers=token, actor=KCC, **velden)  # type: ignore[arg-type]


def contacten(bronnen: Bronnen, **velden: object) -> KlantcontactenApi:
    assert bronnen.klantinteracties is not None
    return KlantcontactenApi(bronnen.klantinteracties, instellingen(**velden))


@pytest.fixture
async def oud(tmp_path: Path, seeded_backoffice: Path) -> AsyncIterator[KlantcontactenApi]:
    """An older server with a fault switch: `oud.app`."""
    file = tmp_path / "oud.sqlite"
    shutil.copy(seeded_backoffice, file)
    app = create_backoffice(Config(database=str(file), klantinteracties_oud=True))
    gekozen = instellingen(oud=True, **OUDE_CODES)
    settings = factories.settings("sqlite+aiosqlite:///:memory:", klantinteracties=gekozen)
    async with app.router.lifespan_context(app):
        bronnen = await open_backoffices(settings, lambda _root: httpx.ASGITransport(app))
        assert bronnen.klantinteracties is not None
        api = KlantcontactenApi(bronnen.klantinteracties, gekozen)
        api.app = app  # type: ignore[attr-defined]
        yield api
        await bronnen.aclose()


async def dien_in(api: KlantcontactenApi, wie: Burger, nieuw: NieuwContact) -> str:
    return await Indiener(api).dien_in(await api.klant.maak_partij(wie, Partijnaam(achternaam="Test")), nieuw)


def gezegd(draad: Draad) -> list[tuple[bool, str]]:
    return [(uiting.van_ons, uiting.tekst) for uiting in draad.uitingen]


async def test_contacts_over_every_channel_with_their_answers(bronnen: Bronnen) -> None:
    vraag, gebeld = await contacten(bronnen).draden(ANNA)
    assert (vraag.kanaal, vraag.stand, vraag.onderwerp) == (
        "webformulier",
        "beantwoord",
        "Welke kopie van het leasecontract is nodig?",
    )
    assert gezegd(vraag) == [
        (False, "Moet ik het hele contract sturen, of alleen de eerste bladzijde?"),
        (True, "De eerste bladzijde is genoeg, als uw naam en het kenteken erop staan."),
    ]
    assert (gebeld.kanaal, gebeld.stand) == ("telefoon", "beantwoord")
    assert gezegd(gebeld)[-1] == (True, "De milieustraat is op zaterdag open van 9.00 tot 16.00 uur.")
    (mehmet,) = await contacten(bronnen).draden(MEHMET)
    assert mehmet.stand == "open"
    assert await contacten(bronnen).draden(YOUSSEF) == ()
    with pytest.raises(NotFound):
        await contacten(bronnen).draad(MEHMET, vraag.uuid)
    assert (await contacten(bronnen).draad(ANNA, vraag.contacten[1].uuid)).uuid == vraag.uuid
    (bij_zaak,) = await contacten(bronnen).bij_zaak(ANNA, UUID(vraag.zaken[0]))
    assert bij_zaak.uuid == vraag.uuid
    assert await contacten(bronnen).bij_zaak(MEHMET, UUID(vraag.zaken[0])) == ()
    assert [d.uuid for d in await contacten(bronnen, verborgen_kanalen=("telefoon",)).draden(ANNA)] == [vraag.uuid]


async def test_a_server_that_filters_nothing_shows_nobody_else(backoffice: FastAPI, open_bronnen: Open) -> None:
    class Zonder(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            alles = {k: v for k, v in request.url.params.items() if k in ("expand", "page", "pageSize")}
            bare = httpx.Request(request.method, request.url.copy_with(params=alles), headers=request.headers)
            return await httpx.ASGITransport(backoffice).handle_async_request(bare)

    api = contacten(await open_bronnen(Zonder()))
    assert len(await api.draden(ANNA)) == 2
    assert len(await api.draden(MEHMET)) == 1
    zaak = UUID((await api.draden(ANNA))[0].zaken[0])
    assert len(await api.bij_zaak(ANNA, zaak)) == 1
    assert await api.bij_zaak(MEHMET, zaak) == ()


async def test_a_server_that_leaves_out_who_took_part_is_a_defect_and_not_empty(
    backoffice: FastAPI, open_bronnen: Open
) -> None:
    class ZonderExpand(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            params = {k: v for k, v in request.url.params.items() if k != "expand"}
            bare = httpx.Request(request.method, request.url.copy_with(params=params), headers=request.headers)
            return await httpx.ASGITransport(backoffice).handle_async_request(bare)

    with pytest.raises(BackofficeDefect):
        await contacten(await open_bronnen(ZonderExpand())).draden(ANNA)


async def test_what_is_vertrouwelijk_is_never_shown(bronnen: Bronnen) -> None:
    api = contacten(bronnen)
    vraag, gebeld = await api.draden(ANNA)
    await _patch(api, vraag.contacten[1].uuid, {"vertrouwelijk": True})
    await _patch(api, gebeld.uuid, {"vertrouwelijk": True})
    (over,) = await api.draden(ANNA)
    assert gezegd(over) == [(False, "Moet ik het hele contract sturen, of alleen de eerste bladzijde?")]
    assert gezegd(await api.draad(ANNA, vraag.uuid)) == gezegd(over)
    assert over.stand == "afgerond"
    with pytest.raises(NotFound):
        await api.draad(ANNA, gebeld.uuid)


async def test_an_answer_without_a_person_is_shown_and_that_of_another_is_not(bronnen: Bronnen) -> None:
    api = contacten(bronnen)
    eigen = await dien_in(api, ANNA, NIEUW)
    antwoord = await Indiener(api).dien_in(
        None, replace(NIEUW, nummer="9000000002", onderwerp="Antwoord", inhoud="Daarom.", vervolg_op=eigen)
    )
    await dien_in(api, MEHMET, replace(NIEUW, nummer="9000000003", inhoud="Niet voor Anna", vervolg_op=eigen))
    draad = await api.draad(ANNA, eigen)
    assert gezegd(draad) == [(False, "Regel 1\nRegel 2"), (True, "Daarom.")]
    with pytest.raises(NotFound):
        await api.draad(MEHMET, antwoord)


async def test_a_question_is_written_once_with_all_that_belongs_to_it(bronnen: Bronnen, backoffice: FastAPI) -> None:
    await _write_and_break(contacten(bronnen), backoffice)


async def test_an_older_server_gets_the_same_in_more_calls(oud: KlantcontactenApi) -> None:
    await _write_and_break(oud, oud.app)  # type: ignore[attr-defined]


async def _write_and_break(api: KlantcontactenApi, backoffice: FastAPI) -> None:
    """Each answer of a write is lost once; in the end everything is there once."""
    zaak = "11111111-2222-4333-8444-555555555555"
    eerste = await dien_in(api, YOUSSEF, NIEUW)
    volledig = replace(
        NIEUW,
        nummer="9000000009",
        inhoud="En verder?",
        zaak=zaak,
        vervolg_op=eerste,
        adressen=(("telefoonnummer", "+31612345678"), ("email", "een@voorbeeld.nl")),
    )
    twee = ("/digitaleadressen", "/onderwerpobjecten")
    for pad in ("/maak-klantcontact", "/klantcontacten", "/betrokkenen", *twee, *twee, "/internetaken"):
        backoffice.state.beheer.storing(
            api="klantinteracties", pad=pad, methode="POST", soort="antwoord_kwijt", aantal=1
        )
    uuid, kapot = "", 0
    while not uuid:
        try:
            uuid = await dien_in(api, YOUSSEF, volledig)
        except BackofficeUnavailable:
            kapot += 1
            api.verbinding.breaker.success()
    backoffice.state.beheer.herstel()
    assert await dien_in(api, YOUSSEF, volledig) == uuid
    assert kapot >= 5
    (draad,) = await api.draden(YOUSSEF)
    assert [c.inhoud for c in draad.contacten] == ["Regel 1\nRegel 2", "En verder?"]
    vervolg = draad.contacten[1]
    assert (vervolg.vervolg_op, vervolg.zaken(api.settings.zaak)) == ({eerste}, (zaak,))
    assert len(vervolg.erbij.ging_over_onderwerpobjecten) == 2
    assert len(vervolg.betrokkenen) == len(vervolg.erbij.leidde_tot_interne_taken) == 1
    assert draad.stand == "open"
    adressen = (await _get(api, "/digitaleadressen", verstrektDoorBetrokkene__uuid=vervolg.betrokkenen[0].uuid))[
        "results"
    ]
    assert sorted(a["adres"] for a in adressen) == ["+31612345678", "een@voorbeeld.nl"]
    taak = (await _get(api, "/internetaken", klantcontact__uuid=uuid))["results"][0]
    assert [actor["uuid"] for actor in taak["toegewezenAanActoren"]] == [KCC]


async def test_a_number_of_another_contact_is_never_taken_for_ours(bronnen: Bronnen) -> None:
    api = contacten(bronnen)
    await dien_in(api, ANNA, NIEUW)
    with pytest.raises(NummerBezet):
        await dien_in(api, MEHMET, replace(NIEUW, inhoud="Iets anders"))


async def test_every_call_is_one_of_the_specification(backoffice: FastAPI, open_bronnen: Open) -> None:
    contract.require_specs()
    luisteraar = Meeluisteraar(backoffice)
    api = contacten(await open_bronnen(luisteraar))
    await _write_and_break(api, backoffice)
    (draad,) = await api.draden(YOUSSEF)
    await api.bij_zaak(YOUSSEF, UUID(draad.zaken[0]))
    await api.draad(YOUSSEF, draad.uuid)
    await api.internetaak(draad.contacten[0].erbij.leidde_tot_interne_taken[0].uuid)
    for request, response in luisteraar.gesprek:
        pad = request.url.path.removeprefix(ROOT)
        operatie = contract.find_operation(SPEC, request.method, pad)
        bekend = {parameter["name"] for parameter in operatie.get("parameters", ())}
        assert request.url.params.keys() <= bekend, pad
        if request.content:
            schema = next(iter(operatie["requestBody"]["content"].values()))["schema"]
            assert json.loads(request.content).keys() <= _velden(schema), pad
        schema = contract.response_schema(SPEC, request.method, pad, response.status_code)
        assert response.json().keys() <= _velden(schema), pad


async def _patch(api: KlantcontactenApi, uuid: str, body: dict[str, object]) -> None:
    response = await api.verbinding._client.patch(f"{api.verbinding.root}/klantcontacten/{uuid}", json=body)
    assert response.status_code == 200, response.text


async def _get(api: KlantcontactenApi, pad: str, **params: str) -> dict[str, list[dict[str, object]]]:
    return (await api.verbinding._client.get(f"{api.verbinding.root}{pad}", params=params)).json()  # type: ignore[no-any-return]
