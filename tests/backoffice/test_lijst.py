"""Mijn zaken as the backoffice client gives it."""

import json

import httpx
import pytest
from fastapi import FastAPI

from pip_portal.backoffice.bronnen import Bronnen
from pip_portal.backoffice.regels import Zaakregel, Zakenlijst, Zakenvraag
from pip_portal.errors import BackofficeDefect, BackofficeUnavailable
from pip_portal.gebruiker import Gebruiker
from tests import factories
from tests.backoffice.conftest import Open
from tests.backoffice.doubles import Spoiled, without_person

ALLES = Zakenvraag("alle")
VESTIGINGEN = ("000045000011", "000045000012")


async def nummers(bronnen: Bronnen, gebruiker: Gebruiker, vraag: Zakenvraag = ALLES) -> list[str]:
    return [regel.nummer for regel in (await bronnen.zaaksysteem.list(gebruiker, vraag)).regels]


async def read_all(bronnen: Bronnen, gebruiker: Gebruiker, per_pagina: int = 100) -> list[str]:
    gevonden: list[str] = []
    pagina = 1
    while True:
        vraag = Zakenvraag("alle", pagina=pagina, per_pagina=per_pagina)
        deel = await nummers(bronnen, gebruiker, vraag)
        if not deel:
            return gevonden
        gevonden += deel
        pagina += 1


@pytest.fixture
async def wide(open_bronnen: Open) -> Bronnen:
    """One list per person, and room for all calls of a page at once: rounds are counted, not the bound on calls."""
    zaken = factories.backoffice().zaken.model_copy(update={"max_connections": 100})
    return await open_bronnen(backoffices=(factories.backoffice(zaken=zaken, rollen_met_toegang=("initiator",)),))


async def timed(backoffice: FastAPI, bronnen: Bronnen, gebruiker: Gebruiker, vraag: Zakenvraag) -> Zakenlijst:
    """A list while every call takes the same time, so that rounds can be counted."""
    backoffice.state.beheer.wis_oproepen()
    backoffice.state.beheer.latentie("vast", 250.0)
    return await bronnen.zaaksysteem.list(gebruiker, vraag)


@pytest.mark.parametrize(("bsn", "aantal"), [(factories.YOUSSEF, 0), (factories.LUCIA, 1), (factories.PIET, 60)])
async def test_everybody_gets_their_own_number_of_zaken(bronnen: Bronnen, bsn: str, aantal: int) -> None:
    lijst = await bronnen.zaaksysteem.list(factories.burger(bsn), ALLES)
    assert (lijst.aantal, lijst.aantal_exact, lijst.storingen) == (aantal, True, ())
    assert len(lijst.regels) == min(aantal, 10)


@pytest.mark.veel_zaken
async def test_1200_zaken_can_be_leafed_through_to_the_end_without_gap_or_repeat(bronnen: Bronnen) -> None:
    gevonden = await read_all(bronnen, factories.burger(factories.SUZANNE))
    assert len(gevonden) == len(set(gevonden)) == 1200


@pytest.mark.veel_zaken
async def test_a_page_past_the_end_is_empty_but_knows_the_number(bronnen: Bronnen) -> None:
    lijst = await bronnen.zaaksysteem.list(factories.burger(factories.SUZANNE), Zakenvraag("alle", pagina=5000))
    assert (lijst.regels, lijst.aantal) == ((), 1200)


@pytest.mark.parametrize("pagina", [0, -1, 10_001])
def test_an_absurd_page_is_refused_before_anything_is_asked(pagina: int) -> None:
    with pytest.raises(ValueError, match="grenzen"):
        Zakenvraag(pagina=pagina)


@pytest.mark.veel_zaken
@pytest.mark.parametrize(
    ("bsn", "vraag", "lijsten"),
    [
        (factories.PIET, ALLES, 1),
        (factories.SUZANNE, ALLES, 1),
        (factories.SUZANNE, Zakenvraag("alle", pagina=73), 1),
        (factories.SUZANNE, Zakenvraag("alle", pagina=4, per_pagina=30), 2),
        (factories.SUZANNE, Zakenvraag("afgerond"), 1),
    ],
)
async def test_a_page_takes_two_rounds_whatever_the_number_of_zaken(
    backoffice: FastAPI, wide: Bronnen, bsn: str, vraag: Zakenvraag, lijsten: int
) -> None:
    await wide.zaaksysteem.bronnen[0].catalogus.warm()
    lijst = await timed(backoffice, wide, factories.burger(bsn), vraag)
    met_resultaat = sum(regel.resultaat is not None for regel in lijst.regels)
    met_status = sum(regel.status is not None for regel in lijst.regels)
    assert len(lijst.regels) == vraag.per_pagina
    assert len(backoffice.state.beheer.oproepen) == lijsten + len(lijst.regels) + met_status + met_resultaat
    assert backoffice.state.beheer.rondes() <= 2


@pytest.mark.veel_zaken
async def test_each_kind_of_rol_that_gives_access_is_one_list_more(backoffice: FastAPI, bronnen: Bronnen) -> None:
    for bsn in (factories.LUCIA, factories.PIET, factories.SUZANNE):
        backoffice.state.beheer.wis_oproepen()
        await bronnen.zaaksysteem.list(factories.burger(bsn), ALLES)
        assert len([o for o in backoffice.state.beheer.oproepen if o.pad == "/zaken/_zoek"]) == 2


async def test_a_belanghebbende_sees_the_zaak_only_where_the_gemeente_decided_so(
    bronnen: Bronnen, open_bronnen: Open
) -> None:
    eigen = set(await nummers(bronnen, factories.burger()))
    alle = ("initiator", "mede_initiator", "belanghebbende")
    ruim = await open_bronnen(backoffices=(factories.backoffice(rollen_met_toegang=alle),))
    assert len(set(await nummers(ruim, factories.burger())) - eigen) == 1


@pytest.mark.veel_zaken
async def test_with_a_cold_catalogus_it_takes_three_rounds(backoffice: FastAPI, wide: Bronnen) -> None:
    await timed(backoffice, wide, factories.burger(factories.SUZANNE), ALLES)
    assert backoffice.state.beheer.rondes() <= 3


@pytest.mark.veel_zaken
async def test_a_search_among_1200_zaken_takes_three_rounds(backoffice: FastAPI, wide: Bronnen) -> None:
    await wide.zaaksysteem.bronnen[0].catalogus.warm()
    vraag = Zakenvraag("alle", woorden="PARKEER bewóners")
    lijst = await timed(backoffice, wide, factories.burger(factories.SUZANNE), vraag)
    assert backoffice.state.beheer.rondes() <= 3
    assert lijst.aantal > 10
    assert {regel.naam for regel in lijst.regels} == {"Parkeervergunning voor bewoners"}


@pytest.mark.veel_zaken
async def test_a_whole_number_finds_the_one_zaak_at_once(backoffice: FastAPI, wide: Bronnen) -> None:
    suzanne = factories.burger(factories.SUZANNE)
    nummer = (await nummers(wide, suzanne, Zakenvraag("alle", pagina=90)))[0]
    lijst = await timed(backoffice, wide, suzanne, Zakenvraag("alle", woorden=f" {nummer} "))
    assert [regel.nummer for regel in lijst.regels] == [nummer]
    assert backoffice.state.beheer.rondes() <= 2


async def test_part_of_a_number_finds_too(bronnen: Bronnen) -> None:
    anna = factories.burger()
    nummer = (await nummers(bronnen, anna))[0]
    assert nummer in await nummers(bronnen, anna, Zakenvraag("alle", woorden=nummer[-5:]))


async def test_filters_and_order_are_those_asked_for(bronnen: Bronnen) -> None:
    piet = factories.burger(factories.PIET)
    for toestand in ("lopend", "afgerond"):
        lijst = await bronnen.zaaksysteem.list(piet, Zakenvraag(toestand, per_pagina=100))
        assert {regel.is_afgerond for regel in lijst.regels} == {toestand == "afgerond"}
    oud = await bronnen.zaaksysteem.list(piet, Zakenvraag("alle", volgorde="oudste", per_pagina=100))
    datums = [regel.startdatum for regel in oud.regels]
    assert datums == sorted(datums)
    jaar = datums[0].year
    in_jaar = await bronnen.zaaksysteem.list(piet, Zakenvraag("alle", jaar=jaar, per_pagina=100))
    assert {regel.startdatum.year for regel in in_jaar.regels} == {jaar}


async def test_a_company_sees_each_zaak_once_however_it_was_filed(bronnen: Bronnen) -> None:
    gevonden = await nummers(bronnen, factories.bedrijf(vestigingen=VESTIGINGEN))
    assert len(gevonden) == len(set(gevonden)) == 9
    for vestiging in VESTIGINGEN:
        deel = await nummers(bronnen, factories.bedrijf(vestiging=vestiging))
        assert deel
        assert set(deel) < set(gevonden)


async def test_one_vestiging_does_not_see_the_other(bronnen: Bronnen) -> None:
    hoofd, neven = [await nummers(bronnen, factories.bedrijf(vestiging=nummer)) for nummer in VESTIGINGEN]
    assert not set(hoofd) & set(neven)


async def test_two_backoffices_are_merged_in_order_and_nothing_is_lost(backoffice: FastAPI, open_bronnen: Open) -> None:
    twee = (factories.backoffice("zaken"), factories.backoffice("tweede", naam="het tweede systeem"))
    bronnen = await open_bronnen(backoffices=twee)
    piet = factories.burger(factories.PIET)
    regels: list[Zaakregel] = []
    for pagina in range(1, 14):
        lijst = await bronnen.zaaksysteem.list(piet, Zakenvraag("alle", pagina=pagina))
        assert lijst.aantal == 120
        regels += lijst.regels
    assert len({(regel.bron, regel.uuid) for regel in regels}) == len(regels) == 120
    datums = [regel.startdatum for regel in regels]
    assert datums == sorted(datums, reverse=True)


async def test_a_backoffice_that_fails_is_named_and_the_other_is_shown(backoffice: FastAPI, open_bronnen: Open) -> None:
    def break_second(request: httpx.Request, body: bytes) -> bytes:
        return b"<html>" if request.url.host == "tweede" else body

    kapot = factories.backoffice("tweede", root="http://tweede", naam="het tweede systeem")
    transport = Spoiled(httpx.ASGITransport(backoffice), answer=break_second)
    bronnen = await open_bronnen(transport, backoffices=(factories.backoffice(), kapot))
    lijst = await bronnen.zaaksysteem.list(factories.burger(), ALLES)
    assert lijst.storingen == ("het tweede systeem",)
    assert len(lijst.regels) == 8


@pytest.mark.parametrize("soort", ["status", "te_druk"])
async def test_an_outage_is_never_an_empty_list(backoffice: FastAPI, bronnen: Bronnen, soort: str) -> None:
    backoffice.state.beheer.storing(api="zaken", soort=soort)
    with pytest.raises(BackofficeUnavailable):
        await bronnen.zaaksysteem.list(factories.burger(), ALLES)
    backoffice.state.beheer.herstel()
    assert len(await nummers(bronnen, factories.burger())) == 8


async def test_garbage_is_never_an_empty_list_and_is_not_remembered(backoffice: FastAPI, bronnen: Bronnen) -> None:
    backoffice.state.beheer.storing(api="catalogi", soort="onzin")
    with pytest.raises(BackofficeDefect):
        await bronnen.zaaksysteem.list(factories.burger(), ALLES)
    backoffice.state.beheer.herstel()
    assert len(await nummers(bronnen, factories.burger())) == 8


async def test_rows_whose_rollen_cannot_be_read_are_not_shown(backoffice: FastAPI, bronnen: Bronnen) -> None:
    backoffice.state.beheer.storing(api="zaken", pad="/rollen", soort="status")
    with pytest.raises(BackofficeUnavailable):
        await bronnen.zaaksysteem.list(factories.burger(), ALLES)


async def test_a_server_that_ignores_the_person_in_the_body_shows_nobody_elses_zaken(
    backoffice: FastAPI, open_bronnen: Open, caplog: pytest.LogCaptureFixture
) -> None:
    eigen = set(await nummers(await open_bronnen(), factories.burger()))
    bronnen = await open_bronnen(Spoiled(httpx.ASGITransport(backoffice), ask=without_person))
    for pagina in (1, 2):
        try:
            lijst = await bronnen.zaaksysteem.list(factories.burger(), Zakenvraag("alle", pagina=pagina, per_pagina=50))
        except BackofficeDefect:
            continue
        assert {regel.nummer for regel in lijst.regels} <= eigen
        assert lijst.storingen == ("het zaaksysteem",)
        assert lijst.aantal <= len(eigen)
    assert "lijst bevat een zaak van een ander" in caplog.text


async def test_the_bsn_travels_in_the_body_and_in_the_query_only_for_old_servers(
    backoffice: FastAPI, open_bronnen: Open
) -> None:
    queries: list[str] = []

    def watch(request: httpx.Request) -> httpx.Request:
        queries.append(str(request.url))
        return request

    transport = Spoiled(httpx.ASGITransport(backoffice), ask=watch)
    assert len(await nummers(await open_bronnen(transport), factories.burger())) == 8
    assert not any(factories.ANNA in query for query in queries)
    oud = await open_bronnen(transport, backoffices=(factories.backoffice(zoek=False),))
    assert len(await nummers(oud, factories.burger())) == 8
    assert any(factories.ANNA in query for query in queries)


async def test_intern_confidential_and_archived_zaken_are_left_out_whatever_the_server_gives(
    backoffice: FastAPI, open_bronnen: Open
) -> None:
    def worsen(request: httpx.Request, body: bytes) -> bytes:
        if not request.url.path.endswith("/_zoek"):
            return body
        lijst = json.loads(body)
        if not lijst["results"]:
            return body
        lijst["results"][0]["vertrouwelijkheidaanduiding"] = "geheim"
        lijst["results"][1]["archiefstatus"] = "overgedragen"
        lijst["results"][2]["vertrouwelijkheidaanduiding"] = "iets_nieuws"
        return json.dumps(lijst).encode()

    bronnen = await open_bronnen(Spoiled(httpx.ASGITransport(backoffice), answer=worsen))
    lijst = await bronnen.zaaksysteem.list(factories.burger(), ALLES)
    assert (len(lijst.regels), lijst.aantal) == (5, 5)
    streng = await open_bronnen(backoffices=(factories.backoffice(zaaktypen=("bezwaar",)),))
    assert {regel.naam for regel in (await streng.zaaksysteem.list(factories.burger(), ALLES)).regels} <= {"Bezwaar"}


async def test_a_status_outside_the_root_is_not_fetched_and_the_row_is_reported(
    backoffice: FastAPI, open_bronnen: Open
) -> None:
    def lead_astray(request: httpx.Request, body: bytes) -> bytes:
        if not request.url.path.endswith("/_zoek"):
            return body
        lijst = json.loads(body)
        if not lijst["results"]:
            return body
        lijst["results"][1]["status"] = "http://kwaad.test/zaken/api/v1/statussen/6b51e50d-92e0-4cfc-b0f6-fb8bd9792238"
        return json.dumps(lijst).encode()

    transport = Spoiled(httpx.ASGITransport(backoffice), answer=lead_astray)
    bronnen = await open_bronnen(transport)
    lijst = await bronnen.zaaksysteem.list(factories.burger(), ALLES)
    assert len(lijst.regels) == 7
    assert lijst.storingen == ("het zaaksysteem",)


async def test_a_server_with_smaller_pages_is_read_rightly(backoffice: FastAPI, open_bronnen: Open) -> None:
    """A server page of 7 where the standard says 100."""

    class Small(httpx.AsyncBaseTransport):
        inner = httpx.ASGITransport(backoffice)

        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            if not request.url.path.endswith("/_zoek"):
                return await self.inner.handle_async_request(request)
            number = int(request.url.params["page"])
            first = httpx.Request(
                "POST", request.url.copy_set_param("page", "1"), headers=request.headers, content=request.content
            )
            whole = json.loads(await (await self.inner.handle_async_request(first)).aread())
            part = whole["results"][(number - 1) * 7 : number * 7]
            if not part and number > 1:
                return httpx.Response(404, json={"code": "not_found"})
            more = number * 7 < whole["count"]
            page = {"count": whole["count"], "next": "http://x" if more else None, "previous": None, "results": part}
            return httpx.Response(200, json=page)

    piet = factories.burger(factories.PIET)
    assert await read_all(await open_bronnen(Small()), piet, 10) == await read_all(await open_bronnen(), piet, 10)
