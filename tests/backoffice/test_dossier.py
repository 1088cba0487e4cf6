"""One zaak: who may see it, what is in it, and what happens when a part is missing."""

import json
from dataclasses import replace
from datetime import date
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from pip_portal.backoffice.bronnen import Bronnen
from pip_portal.backoffice.regels import Zaakregel, Zakenvraag
from pip_portal.backoffice.toegang import geeft_toegang, is_binnen
from pip_portal.backoffice.zaken import Rol
from pip_portal.errors import BackofficeDefect, BackofficeUnavailable, NotFound
from pip_portal.gebruiker import Gebruiker
from tests import factories
from tests.backoffice.conftest import Open
from tests.backoffice.doubles import Spoiled

ALLES = Zakenvraag("alle", per_pagina=100)
VANDAAG = date(2026, 11, 24)


async def rows(bronnen: Bronnen, gebruiker: Gebruiker) -> tuple[Zaakregel, ...]:
    return (await bronnen.zaaksysteem.list(gebruiker, ALLES)).regels


@pytest.fixture
async def met_besluit(bronnen: Bronnen) -> Zaakregel:
    """Anna's closed zaak with documents and a besluit."""
    for regel in await rows(bronnen, factories.burger()):
        dossier = await bronnen.zaaksysteem.get(factories.burger(), regel.bron, regel.uuid)
        if dossier.besluiten and dossier.documenten:
            return regel
    raise AssertionError("no such zaak")


async def test_a_dossier_holds_what_the_citizen_may_see(bronnen: Bronnen, met_besluit: Zaakregel) -> None:
    dossier = await bronnen.zaaksysteem.get(factories.burger(), met_besluit.bron, met_besluit.uuid)
    assert dossier.is_afgerond
    assert dossier.resultaat is not None
    assert dossier.resultaattype is not None
    volgnummers = [statustype.volgnummer for statustype in dossier.statustypen]
    assert volgnummers == sorted(volgnummers)
    momenten = [regel.status.datum_status_gezet for regel in dossier.statussen]
    assert momenten == sorted(momenten)
    assert dossier.statussen[-1].status == dossier.status
    assert dossier.behandelaar
    assert dossier.besluiten[0].naam
    assert {stuk.uuid for stuk in dossier.besluiten[0].documenten} <= {stuk.uuid for stuk in dossier.documenten}
    assert dossier.storingen == ()


async def test_no_other_person_is_in_a_dossier(bronnen: Bronnen) -> None:
    for regel in await rows(bronnen, factories.burger(factories.MEHMET)):
        dossier = await bronnen.zaaksysteem.get(factories.burger(factories.MEHMET), regel.bron, regel.uuid)
        for rol in dossier.rollen:
            wie = rol.betrokkene_identificatie
            assert wie is not None
            assert wie.inp_bsn in ("", factories.MEHMET)
            assert rol.betrokkene_type in ("natuurlijk_persoon", "organisatorische_eenheid")


async def test_a_zaak_takes_two_rounds_after_the_zaak_itself(
    backoffice: FastAPI, bronnen: Bronnen, met_besluit: Zaakregel
) -> None:
    backoffice.state.beheer.wis_oproepen()
    backoffice.state.beheer.latentie("vast", 250.0)
    dossier = await bronnen.zaaksysteem.get(factories.burger(), met_besluit.bron, met_besluit.uuid)
    assert backoffice.state.beheer.rondes() <= 3
    koppelingen = 1 + len(dossier.besluiten)
    verwacht = 1 + 6 + len(dossier.besluiten)
    assert len(backoffice.state.beheer.oproepen) <= verwacht + len(dossier.documenten) + koppelingen


async def test_nothing_of_a_document_is_asked_before_the_rollen_gave_access(
    backoffice: FastAPI, bronnen: Bronnen, met_besluit: Zaakregel
) -> None:
    backoffice.state.beheer.wis_oproepen()
    with pytest.raises(NotFound):
        await bronnen.zaaksysteem.get(factories.burger(factories.PIET), met_besluit.bron, met_besluit.uuid)
    assert not any(oproep.api == "documenten" for oproep in backoffice.state.beheer.oproepen)


@pytest.mark.parametrize("bron", ["zaken", "bestaat-niet", ""])
async def test_what_does_not_exist_is_not_found(bronnen: Bronnen, bron: str) -> None:
    with pytest.raises(NotFound):
        await bronnen.zaaksysteem.get(factories.burger(), bron, uuid4())


async def test_somebody_elses_zaak_documents_and_download_do_not_exist(
    bronnen: Bronnen, met_besluit: Zaakregel
) -> None:
    stuk = (await bronnen.zaaksysteem.documents(factories.burger(), met_besluit.bron, met_besluit.uuid))[0]
    vreemden: list[Gebruiker] = [factories.burger(factories.PIET), factories.bedrijf(), factories.burger("")]
    for vreemde in vreemden:
        with pytest.raises(NotFound):
            await bronnen.zaaksysteem.get(vreemde, met_besluit.bron, met_besluit.uuid)
        with pytest.raises(NotFound):
            await bronnen.zaaksysteem.documents(vreemde, met_besluit.bron, met_besluit.uuid)
        with pytest.raises(NotFound):
            await bronnen.zaaksysteem.download(vreemde, met_besluit.bron, met_besluit.uuid, stuk.uuid)


async def test_a_zaak_our_client_may_not_read_does_not_exist(open_bronnen: Open, met_besluit: Zaakregel) -> None:
    zaken = factories.backoffice().zaken.model_copy(update={"client_id": "pip-streng"})
    streng = await open_bronnen(backoffices=(factories.backoffice(zaken=zaken),))
    with pytest.raises(NotFound):
        await streng.zaaksysteem.get(factories.burger(), met_besluit.bron, met_besluit.uuid)


async def test_a_wrong_secret_is_a_defect_and_not_a_zaak_that_does_not_exist(
    open_bronnen: Open, met_besluit: Zaakregel
) -> None:
    zaken = factories.backoffice().zaken.model_copy(update={"secret": SecretStr("x" * 40)})
    fout = await open_bronnen(backoffices=(factories.backoffice(zaken=zaken),))
    with pytest.raises(BackofficeDefect):
        await fout.zaaksysteem.get(factories.burger(), met_besluit.bron, met_besluit.uuid)


async def test_a_server_that_ignores_the_zaak_filter_on_rollen_gives_nobody_access(
    backoffice: FastAPI, open_bronnen: Open, met_besluit: Zaakregel
) -> None:
    """Piet's own rol in another zaak must not open Anna's."""
    piets = (await rows(await open_bronnen(), factories.burger(factories.PIET)))[0]

    def other_zaak(request: httpx.Request) -> httpx.Request:
        if not request.url.path.endswith("/rollen"):
            return request
        url = request.url.copy_set_param("zaak", piets.zaak.url)
        return httpx.Request(request.method, url, headers=request.headers)

    bronnen = await open_bronnen(Spoiled(httpx.ASGITransport(backoffice), ask=other_zaak))
    with pytest.raises(NotFound):
        await bronnen.zaaksysteem.get(factories.burger(factories.PIET), met_besluit.bron, met_besluit.uuid)


@pytest.mark.parametrize("api", ["documenten", "besluiten"])
@pytest.mark.parametrize("soort", ["status", "onzin"])
async def test_documents_or_besluiten_may_fail_on_their_own(
    backoffice: FastAPI, bronnen: Bronnen, met_besluit: Zaakregel, api: str, soort: str
) -> None:
    backoffice.state.beheer.storing(api=api, soort=soort)
    dossier = await bronnen.zaaksysteem.get(factories.burger(), met_besluit.bron, met_besluit.uuid)
    assert dossier.storingen == (api,)
    assert dossier.statussen
    backoffice.state.beheer.herstel()
    for verbinding in bronnen.zaaksysteem.bronnen[0].verbindingen:
        verbinding.breaker.success()  # as after its pause
    heel = await bronnen.zaaksysteem.get(factories.burger(), met_besluit.bron, met_besluit.uuid)
    assert (heel.storingen, bool(heel.documenten), bool(heel.besluiten)) == ((), True, True)


@pytest.mark.parametrize("pad", ["/zaken/", "/rollen"])
async def test_without_zaak_or_rollen_there_is_nothing_to_show(
    backoffice: FastAPI, bronnen: Bronnen, met_besluit: Zaakregel, pad: str
) -> None:
    backoffice.state.beheer.storing(api="zaken", pad=pad, soort="status")
    with pytest.raises(BackofficeUnavailable):
        await bronnen.zaaksysteem.get(factories.burger(), met_besluit.bron, met_besluit.uuid)


async def test_only_documents_under_the_ceiling_and_final_are_shown_and_can_be_downloaded(
    backoffice: FastAPI, open_bronnen: Open, met_besluit: Zaakregel
) -> None:
    changes: dict[str, object] = {}

    def change(request: httpx.Request, body: bytes) -> bytes:
        if "/enkelvoudiginformatieobjecten/" in request.url.path and body[:1] == b"{":
            return json.dumps(json.loads(body) | changes).encode()
        return body

    bronnen = await open_bronnen(Spoiled(httpx.ASGITransport(backoffice), answer=change))
    zaaksysteem, wie, bron, uuid = bronnen.zaaksysteem, factories.burger(), met_besluit.bron, met_besluit.uuid
    stuk = (await zaaksysteem.documents(wie, bron, uuid))[0]
    hidden: list[dict[str, object]] = [
        {"vertrouwelijkheidaanduiding": "zaakvertrouwelijk"},
        {"vertrouwelijkheidaanduiding": "onbekend"},
        {"status": "in_bewerking"},
        {"status": "ter_vaststelling", "ontvangstdatum": "2026-11-01"},
        {"status": "", "ontvangstdatum": None, "informatieobjecttype": "http://x/1"},
        {"bestandsdelen": [{"voltooid": False}]},
        {"inhoud": None, "bestandsomvang": None},
    ]
    for fields in hidden:
        changes = fields
        assert await zaaksysteem.documents(wie, bron, uuid) == ()
        with pytest.raises(NotFound):
            await zaaksysteem.download(wie, bron, uuid, stuk.uuid)
    changes = {"status": "", "ontvangstdatum": "2026-11-01"}
    assert all(s.ingestuurd for s in await zaaksysteem.documents(wie, bron, uuid))


async def test_a_hidden_kind_of_document_is_in_neither_list_nor_download(
    bronnen: Bronnen, open_bronnen: Open, met_besluit: Zaakregel
) -> None:
    wie, bron, uuid = factories.burger(), met_besluit.bron, met_besluit.uuid
    alle = await bronnen.zaaksysteem.documents(wie, bron, uuid)
    soort = alle[0].soort
    dicht = await open_bronnen(backoffices=(factories.backoffice(verborgen_documenttypen=(soort.upper(),)),))
    over = await dicht.zaaksysteem.documents(wie, bron, uuid)
    assert [stuk.uuid for stuk in over] == [stuk.uuid for stuk in alle if stuk.soort != soort]
    with pytest.raises(NotFound):
        await dicht.zaaksysteem.download(wie, bron, uuid, alle[0].uuid)


async def test_properties_are_only_shown_and_asked_for_where_the_gemeente_named_them(
    backoffice: FastAPI, bronnen: Bronnen, open_bronnen: Open, met_besluit: Zaakregel
) -> None:
    wie, bron, uuid = factories.burger(), met_besluit.bron, met_besluit.uuid
    genoemd = await bronnen.zaaksysteem.get(wie, bron, uuid)
    assert {e.zaakeigenschap.naam for e in genoemd.eigenschappen} == {"kenteken", "einddatum"}
    dicht = await open_bronnen(backoffices=(factories.backoffice(eigenschappen={}),))
    backoffice.state.beheer.wis_oproepen()
    assert (await dicht.zaaksysteem.get(wie, bron, uuid)).eigenschappen == ()
    assert not [o for o in backoffice.state.beheer.oproepen if "eigenschappen" in o.pad]


async def test_a_document_outside_the_root_is_not_followed(
    backoffice: FastAPI, open_bronnen: Open, met_besluit: Zaakregel
) -> None:
    def lead_astray(request: httpx.Request, body: bytes) -> bytes:
        return (
            body.replace(b"/documenten/api/v1", b".kwaad.test/documenten/api/v1")
            if request.url.path.endswith("/zaakinformatieobjecten")
            else body
        )

    transport = Spoiled(httpx.ASGITransport(backoffice), answer=lead_astray)
    bronnen = await open_bronnen(transport)
    dossier = await bronnen.zaaksysteem.get(factories.burger(), met_besluit.bron, met_besluit.uuid)
    assert dossier.documenten == ()
    assert not any("/documenten/" in asked for asked in transport.asked)


async def test_a_download_has_safe_headers_and_the_bytes(bronnen: Bronnen, met_besluit: Zaakregel) -> None:
    stuk = (await bronnen.zaaksysteem.documents(factories.burger(), met_besluit.bron, met_besluit.uuid))[0]
    download = await bronnen.zaaksysteem.download(factories.burger(), met_besluit.bron, met_besluit.uuid, stuk.uuid)
    inhoud = b"".join([deel async for deel in download.inhoud])
    assert len(inhoud) == stuk.omvang
    assert download.headers["X-Content-Type-Options"] == "nosniff"
    assert download.headers["Content-Disposition"].startswith("attachment; filename*=UTF-8''")


async def test_a_document_of_another_own_zaak_cannot_be_downloaded_through_this_one(
    bronnen: Bronnen, met_besluit: Zaakregel
) -> None:
    anna = factories.burger()
    stuk = (await bronnen.zaaksysteem.documents(anna, met_besluit.bron, met_besluit.uuid))[0]
    andere = next(regel for regel in await rows(bronnen, anna) if regel.uuid != met_besluit.uuid)
    with pytest.raises(NotFound):
        await bronnen.zaaksysteem.download(anna, andere.bron, andere.uuid, stuk.uuid)


async def test_a_deelzaak_shows_its_hoofdzaak_and_the_other_way_round(bronnen: Bronnen) -> None:
    mehmet = factories.burger(factories.MEHMET)
    dossiers = [await bronnen.zaaksysteem.get(mehmet, r.bron, r.uuid) for r in await rows(bronnen, mehmet)]
    hoofd = next(dossier for dossier in dossiers if dossier.deelzaken)
    deel = next(dossier for dossier in dossiers if dossier.hoofdzaak)
    assert deel.hoofdzaak is not None
    assert deel.hoofdzaak.uuid == hoofd.zaak.uuid
    assert hoofd.deelzaken[0].uuid == deel.zaak.uuid


def rol(**fields: object) -> Rol:
    basis: dict[str, object] = {
        "url": "http://x/rollen/1",
        "uuid": str(UUID(int=1)),
        "betrokkeneType": "natuurlijk_persoon",
        "omschrijvingGeneriek": "initiator",
        "betrokkeneIdentificatie": {"inpBsn": factories.ANNA},
    }
    return Rol.model_validate(basis | fields)


BAKKERIJ = factories.bedrijf(vestigingen=("000045000011", "000045000012"))
VESTIGING = replace(BAKKERIJ, vestiging="000045000012")
ZONDER_RSIN = factories.bedrijf(factories.KLUSBEDRIJF, vestigingen=("000045000022",))


def nnp(**wie: str) -> Rol:
    return rol(betrokkeneType="niet_natuurlijk_persoon", betrokkeneIdentificatie=wie)


def vestiging(**wie: str) -> Rol:
    return rol(betrokkeneType="vestiging", betrokkeneIdentificatie=wie)


@pytest.mark.parametrize(
    ("wie", "welke", "mag"),
    [
        (factories.burger(), rol(), True),
        (factories.burger(), rol(omschrijvingGeneriek="mede_initiator"), True),
        (factories.burger(), rol(omschrijvingGeneriek="belanghebbende"), False),
        (factories.burger(), rol(omschrijvingGeneriek="adviseur"), False),
        (factories.burger(), rol(omschrijvingGeneriek="behandelaar"), False),
        (factories.burger(), rol(betrokkeneIdentificatie={"inpBsn": factories.PIET}), False),
        (factories.burger(), rol(betrokkeneIdentificatie=None), False),
        (factories.burger(), rol(betrokkeneType="medewerker"), False),
        (factories.burger(""), rol(betrokkeneIdentificatie={"inpBsn": ""}), False),
        (factories.burger(), rol(eindeGeldigheid="2026-11-24"), True),
        (factories.burger(), rol(eindeGeldigheid="2026-11-23"), False),
        (factories.burger(), rol(beginGeldigheid="2026-11-25"), False),
        (BAKKERIJ, nnp(innNnpId="859100017"), True),
        (BAKKERIJ, nnp(innNnpId="90000110"), True),
        (BAKKERIJ, nnp(innNnpId="862400211"), False),
        (BAKKERIJ, nnp(innNnpId="", kvkNummer="90000110"), False),
        (BAKKERIJ, vestiging(vestigingsNummer="000045000012"), True),
        (BAKKERIJ, vestiging(vestigingsNummer="000045000012", kvkNummer="90000344"), False),
        (BAKKERIJ, vestiging(vestigingsNummer="000045000033"), False),
        (BAKKERIJ, vestiging(vestigingsNummer=""), False),
        (VESTIGING, vestiging(vestigingsNummer="000045000012"), True),
        (VESTIGING, vestiging(vestigingsNummer="000045000011"), False),
        (VESTIGING, nnp(innNnpId="859100017"), False),
        (VESTIGING, nnp(innNnpId="859100017", vestigingsNummer="000045000012"), True),
        (ZONDER_RSIN, nnp(innNnpId=""), False),
        (ZONDER_RSIN, nnp(innNnpId="90000227"), True),
    ],
)
def test_only_a_rol_of_ones_own_gives_access(wie: Gebruiker, welke: Rol, mag: bool) -> None:
    assert geeft_toegang(wie, welke, factories.backoffice(), VANDAAG) is mag


def test_the_kvk_number_counts_where_it_is_configured() -> None:
    met = factories.backoffice(bedrijf_identificaties=("kvkNummer",))
    assert geeft_toegang(BAKKERIJ, nnp(kvkNummer="90000110"), met, VANDAAG)
    assert not geeft_toegang(VESTIGING, nnp(kvkNummer="90000110"), met, VANDAAG)


def test_vertrouwelijkheid_is_compared_by_position_and_the_unknown_is_the_highest() -> None:
    assert is_binnen("beperkt_openbaar", "intern")
    assert not is_binnen("zaakvertrouwelijk", "intern")
    assert not is_binnen("geheim", "vertrouwelijk")
    assert not is_binnen("", "geheim")
    assert not is_binnen("topgeheim", "geheim")
