"""Objecten: the berichten and taken of the gebruiker self, read and changed as new and older servers want it."""

import json
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI

from pip_portal.backoffice.bronnen import Bronnen
from pip_portal.backoffice.objecten import ObjectenApi, gebruiker_van
from pip_portal.backoffice.objecttypen import Objectrij, Taak, lees_als
from pip_portal.errors import BackofficeDefect, BackofficeUnavailable, NotFound
from pip_portal.tijd import now, vandaag
from tests import contract_schema as contract
from tests import factories
from tests.backoffice.conftest import Open
from tests.backoffice.test_klantinteracties import Meeluisteraar, bedrijf

SPEC = "objecten/openapi.yaml"
ROOT = "/objecten/api/v2"
ANNA, MEHMET, YOUSSEF = (
    factories.burger(),
    factories.burger(factories.MEHMET),
    factories.burger(factories.YOUSSEF),
)


def objecten(bronnen: Bronnen) -> ObjectenApi:
    assert bronnen.objecten is not None
    return bronnen.objecten


async def test_what_is_theirs_and_of_nobody_else(bronnen: Bronnen) -> None:
    api = objecten(bronnen)
    berichten = await api.berichten(ANNA, vandaag())
    assert [b.onderwerp for b in berichten.rijen] == [
        "Wij hebben nog gegevens van u nodig",
        "Werkzaamheden aan de Brink",
        "Uw parkeervergunning is verlengd",
    ]
    ongelezen = await api.berichten(ANNA, vandaag(), ongelezen=True)
    assert len(ongelezen.rijen) == 2
    assert not (await api.berichten(ANNA, vandaag(), jaar=vandaag().year - 9)).rijen
    taken = await api.taken(ANNA, now())
    assert [(t.soort, bool(t.zaak_uuid)) for t in taken.rijen] == [
        ("portaalformulier", True),
        ("ogonebetaling", True),
        ("url", False),
    ]
    assert not (await api.berichten(YOUSSEF, vandaag())).rijen
    assert len((await api.berichten(bedrijf(), vandaag())).rijen) == 1
    assert len((await api.taken(bedrijf("000045000012"), now())).rijen) == 1
    for uuid in (berichten.rijen[0].uuid, taken.rijen[0].uuid):
        for lees in (api.bericht(MEHMET, uuid, vandaag()), api.taak(MEHMET, uuid), api.rond_af(MEHMET, uuid, {}, DAG)):
            with pytest.raises(NotFound):
                await lees
    with pytest.raises(NotFound):
        await api.taak(ANNA, berichten.rijen[0].uuid)  # of another objecttype
    with pytest.raises(NotFound):
        await api.taak(ANNA, uuid4())


DAG = date(2026, 11, 24)


async def test_who_may_see_one_vestiging_sees_nothing_of_the_whole_company(bronnen: Bronnen) -> None:
    beperkt = factories.bedrijf(vestiging="000045000012", beperkt=True)
    api = objecten(bronnen)
    assert not (await api.berichten(beperkt, vandaag())).rijen
    [taak] = (await api.taken(bedrijf(), now())).rijen
    with pytest.raises(NotFound):
        await api.taak(beperkt, taak.uuid)


async def test_a_server_that_filters_nothing_gives_nothing_of_others(backoffice: FastAPI, open_bronnen: Open) -> None:
    class Zonder(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            body = json.loads(request.content)
            bare = {naam: body[naam] for naam in ("type", "ordering")}
            headers = {n: w for n, w in request.headers.items() if n != "content-length"}
            kaal = httpx.Request(request.method, request.url, headers=headers, json=bare)
            return await httpx.ASGITransport(backoffice).handle_async_request(kaal)

    for transport, instellingen in ((Zonder(), {}), (None, {"filter_lijst": False})):
        api = objecten(await open_bronnen(transport, objecten=factories.objecten(**instellingen)))  # type: ignore[arg-type]
        assert len((await api.berichten(ANNA, vandaag())).rijen) == 3
        assert len((await api.berichten(ANNA, vandaag(), ongelezen=True)).rijen) == 2
        assert len((await api.taken(ANNA, now())).rijen) == 3
        assert not (await api.taken(YOUSSEF, now())).rijen


@pytest.mark.parametrize("samenvoegen", [True, False])
async def test_answers_go_back_once_and_nothing_else_changes(
    samenvoegen: bool, backoffice: FastAPI, open_bronnen: Open
) -> None:
    contract.require_specs()
    luisteraar = Meeluisteraar(backoffice)
    backoffice.state.beheer.patch_vervangt = not samenvoegen
    api = objecten(await open_bronnen(luisteraar, objecten=factories.objecten(samenvoegen=samenvoegen)))
    taak = (await api.taken(ANNA, now())).rijen[0]
    antwoorden = {"naam": "Anna", "toelichting": "Zie de foto."}
    assert await api.rond_af(ANNA, taak.uuid, antwoorden, vandaag())
    assert await api.rond_af(ANNA, taak.uuid, antwoorden, vandaag())  # once more is nothing
    assert not await api.rond_af(ANNA, taak.uuid, {"naam": "anders"}, vandaag())
    na = await api.taak(ANNA, taak.uuid)
    assert na.status == "afgerond"
    oud, nieuw = dict(taak.rij.record.data), dict(na.rij.record.data)
    assert nieuw["portaalformulier"] == oud["portaalformulier"] | {"verzonden_data": antwoorden}
    assert {n: w for n, w in nieuw.items() if n not in ("status", "portaalformulier")} == {
        n: w for n, w in oud.items() if n not in ("status", "portaalformulier")
    }
    bericht = (await api.berichten(ANNA, vandaag(), ongelezen=True)).rijen[0]
    await api.open_bericht(ANNA, bericht.uuid, vandaag())
    await api.open_bericht(ANNA, bericht.uuid, vandaag())
    assert (await api.bericht(ANNA, bericht.uuid, vandaag())).geopend
    assert sum(request.method == "PATCH" for request, _ in luisteraar.gesprek) == 2
    for request, _response in luisteraar.gesprek:
        pad = request.url.path.removeprefix(ROOT)
        operatie = contract.find_operation(SPEC, request.method, pad)
        bekend = {parameter["name"] for parameter in operatie.get("parameters", ())}
        assert request.url.params.keys() <= bekend, pad
        assert factories.ANNA not in str(request.url)


def _rij(data: dict[str, Any]) -> Objectrij:
    record = {"index": 1, "typeVersion": 1, "data": {"identificatie": {"type": "bsn", "value": "1"}, **data}}
    return Objectrij.model_validate({"uuid": str(uuid4()), "type": "t", "record": record})


def test_older_and_newer_shapes_of_a_taak_read_the_same() -> None:
    zaak = str(uuid4())
    formulier = {
        "titel": "Vul aan",
        "status": "open",
        "soort": "portaalformulier",
        "verloopdatum": "2026-12-01T12:00:00",
    }
    formulier |= {"portaalformulier": {"formulier": {"soort": "id", "value": "f"}, "data": {"a": 1}}}  # type: ignore[dict-item]
    plat = {
        "title": "Vul aan",
        "status": "open",
        "formulier": {"type": "id", "value": "f"},
        "data": {"a": 1},
        "zaak": zaak,
    }
    uuid = lees_als(_rij(formulier | {"koppeling": {"registratie": "zaak", "uuid": zaak}}), Taak)
    value = lees_als(_rij(formulier | {"koppeling": {"registratie": "zaak", "value": zaak}}), Taak)
    oud = lees_als(_rij(plat), Taak)
    for taak in (uuid, value, oud):
        assert (taak.titel, taak.soort, taak.zaak_uuid) == ("Vul aan", "portaalformulier", zaak)
        assert taak.portaalformulier is not None
        assert (taak.portaalformulier.formulier.value, taak.portaalformulier.data) == ("f", {"a": 1})
    assert oud.afgerond({"x": 1}) == {"status": "ingediend", "verzondenData": {"x": 1}}
    assert uuid.verloopdatum is not None
    assert uuid.verloopdatum.utcoffset() == timedelta(hours=1)  # without a zone it is Dutch time
    assert lees_als(_rij(plat | {"formulier": {"type": "externalurl", "value": "https://x.nl"}}), Taak).soort == "url"
    with pytest.raises(BackofficeDefect):
        lees_als(_rij({"titel": "x", "status": "open", "soort": "formtaak"}), Taak)
    assert not uuid.is_open(datetime.fromisoformat("2026-12-01T12:00:01+01:00"))


async def test_an_outage_or_a_token_that_may_not_see_whose_it_is_is_no_empty_list(
    open_bronnen: Open, backoffice: FastAPI
) -> None:
    velden = objecten(await open_bronnen(objecten=factories.objecten("demo-objecten-velden-0123456789")))
    with pytest.raises(BackofficeDefect):
        await velden.berichten(ANNA, vandaag())
    for token, root in (("onbekend", f"{factories.BACKOFFICE}{ROOT}"), ("x", f"{factories.BACKOFFICE}/elders")):
        fout = objecten(await open_bronnen(objecten=factories.objecten(token, root=root)))
        with pytest.raises(BackofficeDefect):
            await fout.taken(ANNA, now())
    backoffice.state.beheer.storing(api="objecten", soort="status")
    with pytest.raises(BackofficeUnavailable):
        await objecten(await open_bronnen()).taken(ANNA, now())


async def test_the_worker_reads_what_was_told_and_whose_it_is(bronnen: Bronnen) -> None:
    api = objecten(bronnen)
    bericht = (await api.berichten(ANNA, vandaag())).rijen[0]
    gelezen = await api.lees(bericht.uuid)
    assert gelezen.rij.identificatie == ("bsn", factories.ANNA)
    assert (await api.bericht(gebruiker_van(gelezen.rij.identificatie), bericht.uuid, vandaag())).uuid == bericht.uuid
    with pytest.raises(NotFound):
        await api.lees(UUID(int=1))
