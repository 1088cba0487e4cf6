"""The writes of the hand-over, on the reference backoffice; every body is valid by the official specifications."""

import base64
import dataclasses
import hashlib
import json
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta

import httpx
import pytest
from fastapi import FastAPI

from pip_portal.backoffice.bron import Bron
from pip_portal.backoffice.http import ForeignReference, Refused
from pip_portal.backoffice.inboeken import Inboeken
from pip_portal.backoffice.nieuw import NieuwAdres, NieuwDocument, NieuweZaak, bedrijf, burger, contact, persoon
from pip_portal.backoffice.weigeringen import BestaatAl, NogNietTeSluiten, NummerBezet, ZaakGesloten
from pip_portal.errors import BackofficeDefect, BackofficeUnavailable, NotFound
from tests import contract_schema as contract
from tests import factories
from tests.backoffice.conftest import Open

VANDAAG = date.today()  # noqa: DTZ011 - the reference backoffice counts in the same zone
KENMERK = "7b0c2c0a-2f8a-4f5b-9a4e-0d6f3c1b2a10"
ZAAKTYPE = "verhuizing"
RSIN = factories.RSIN[factories.BAKKERIJ]


class Opname(httpx.AsyncBaseTransport):
    """Between the portal and the backoffice: keeps what was sent, and holds each JSON body to its specification."""

    def __init__(self, app: FastAPI) -> None:
        self.inner = httpx.ASGITransport(app)
        self.sent: list[httpx.Request] = []
        self.kwijt = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        self.sent.append(request)
        if request.method in ("POST", "PUT") and "json" in request.headers.get("content-type", ""):
            api, _, pad = request.url.path.lstrip("/").partition("/api/v1")
            spec = f"{api}/openapi.yaml"
            schema = contract.find_operation(spec, request.method, pad)["requestBody"]["content"]["application/json"]
            contract.validate(spec, schema["schema"], json.loads(request.content))
        return await self.inner.handle_async_request(
            httpx.Request(request.method, request.url, headers=request.headers, content=request.content)
        )

    def last(self, staart: str) -> dict[str, object]:
        request = next(r for r in reversed(self.sent) if r.method == "POST" and r.url.path.endswith(staart))
        body: dict[str, object] = json.loads(request.content)
        return body


@pytest.fixture
def opname(backoffice: FastAPI) -> Opname:
    contract.require_specs()
    return Opname(backoffice)


@pytest.fixture
async def bron(open_bronnen: Open, opname: Opname) -> Bron:
    return (await open_bronnen(opname)).zaaksysteem.bronnen[0]


@pytest.fixture
def inboeken(bron: Bron) -> Inboeken:
    return Inboeken(bron)


async def nieuwe_zaak(inboeken: Inboeken, nummer: str = "P26-ABCDEFGHIJ", **velden: object) -> str:
    zaaktype = await inboeken.zaaktype(str(velden.pop("soort", ZAAKTYPE)), VANDAAG)
    zaak = NieuweZaak(
        identificatie=nummer,
        zaaktype=zaaktype.url,
        ontvangen=VANDAAG,
        kenmerk=KENMERK,
        omschrijving="Verhuizing doorgeven",
        **velden,  # type: ignore[arg-type]  # fields of NieuweZaak
    )
    return (await inboeken.maak_zaak(zaak)).url


async def bytes_of(inhoud: bytes, stuk: int = 7) -> AsyncIterator[bytes]:
    for plek in range(0, len(inhoud), stuk):
        yield inhoud[plek : plek + stuk]


async def document(inboeken: Inboeken, zaak: str, inhoud: bytes, nummer: str = "P26-ABCDEFGHIJ-1") -> NieuwDocument:
    zaaktype = (await inboeken.lees_zaak(zaak)).zaaktype
    soort = await inboeken.informatieobjecttype(zaaktype, "Bijlage")
    return NieuwDocument(
        identificatie=nummer,
        informatieobjecttype=soort.url,
        titel="Huurcontract",
        bestandsnaam="huurcontract.pdf",
        formaat="application/pdf",
        grootte=len(inhoud),
        ontvangen=VANDAAG,
        auteur="A. Aanvrager",
        sha256=hashlib.sha256(inhoud).hexdigest(),
    )


# ---- zaak -------------------------------------------------------------------------------------------------------


async def test_a_zaak_is_made_with_our_number_and_found_again(inboeken: Inboeken, opname: Opname) -> None:
    assert await inboeken.vind_zaak("P26-ABCDEFGHIJ") is None
    url = await nieuwe_zaak(inboeken)
    gevonden = await inboeken.vind_zaak("P26-ABCDEFGHIJ")
    assert gevonden is not None
    assert gevonden.url == url
    assert gevonden.is_van(KENMERK)
    assert not gevonden.is_van("van-een-ander")
    assert opname.last("/zaken")["startdatum"] == VANDAAG.isoformat()
    sent = next(r for r in opname.sent if r.method == "POST")
    assert sent.headers["Content-Crs"] == sent.headers["Accept-Crs"] == "EPSG:4326"
    assert sent.headers["X-Audit-Toelichting"]


async def test_all_that_a_zaak_can_hold_is_valid(inboeken: Inboeken, opname: Opname) -> None:
    punt = {"type": "Point", "coordinates": [6.156, 52.253]}
    url = await nieuwe_zaak(
        inboeken,
        toelichting="x" * 1200,
        vertrouwelijkheid="zaakvertrouwelijk",
        betalingsindicatie="nog_niet",
        geometrie=punt,
        kanaal="internet",
    )
    zaak = await inboeken.lees_zaak(url)
    assert len(zaak.toelichting) == 1000
    assert opname.last("/zaken")["zaakgeometrie"] == punt
    assert "communicatiekanaalNaam" not in opname.last("/zaken")


async def test_a_kanaal_goes_along_as_the_backoffice_knows_it(open_bronnen: Open, opname: Opname) -> None:
    for velden, sleutel in (
        ({"kanaal_naam": True}, "communicatiekanaalNaam"),
        ({"kanalen": {"internet": "https://referentielijsten.example.nl/kanalen/1"}}, "communicatiekanaal"),
    ):
        bronnen = await open_bronnen(opname, backoffices=(factories.backoffice(**velden),))
        await nieuwe_zaak(Inboeken(bronnen.zaaksysteem.bronnen[0]), f"P26-{sleutel}"[:40], kanaal="internet")
        assert sleutel in opname.last("/zaken")


async def test_a_number_that_is_taken_is_told_by_its_code(inboeken: Inboeken) -> None:
    await nieuwe_zaak(inboeken)
    with pytest.raises(NummerBezet):
        await nieuwe_zaak(inboeken)


async def test_a_zaak_whose_answer_got_lost_is_found(inboeken: Inboeken, backoffice: FastAPI) -> None:
    backoffice.state.beheer.storing(api="zaken", pad="/zaken", methode="POST", soort="antwoord_kwijt", aantal=1)
    with pytest.raises(BackofficeUnavailable):
        await nieuwe_zaak(inboeken)
    assert sum(o.methode == "POST" for o in backoffice.state.beheer.oproepen) == 1  # never repeated by itself
    assert await inboeken.vind_zaak("P26-ABCDEFGHIJ") is not None


async def test_a_zaak_of_a_type_that_does_not_exist(inboeken: Inboeken) -> None:
    with pytest.raises(NotFound):
        await inboeken.zaaktype("bestaat-niet", VANDAAG)


async def test_the_version_of_the_day_is_taken(inboeken: Inboeken) -> None:
    nu = await inboeken.zaaktype("parkeervergunning-bewoner", VANDAAG)
    toen = await inboeken.zaaktype("parkeervergunning-bewoner", date(2025, 6, 1))
    assert nu.url != toen.url
    with pytest.raises(NotFound):
        await inboeken.zaaktype("parkeervergunning-bewoner", date(2001, 1, 1))


async def test_a_url_of_another_kind_is_not_sent(inboeken: Inboeken, opname: Opname) -> None:
    url = await nieuwe_zaak(inboeken)
    zaaktype = (await inboeken.lees_zaak(url)).zaaktype
    opname.sent.clear()
    with pytest.raises(ForeignReference):
        await inboeken.zet_status(url, zaaktype, datetime.now(UTC))
    with pytest.raises(ForeignReference):
        await inboeken.zet_eigenschap(f"{url}x", zaaktype, "1")
    with pytest.raises(ForeignReference):
        await inboeken.koppel_document(url, url)
    assert not opname.sent


async def test_without_the_rsin_of_the_gemeente_nothing_is_written(open_bronnen: Open) -> None:
    bronnen = await open_bronnen(backoffices=(factories.backoffice(rsin=""),))
    with pytest.raises(BackofficeDefect):
        Inboeken(bronnen.zaaksysteem.bronnen[0])


# ---- rollen, eigenschappen, objecten ----------------------------------------------------------------------------


async def test_a_second_initiator_is_told_by_its_code(inboeken: Inboeken) -> None:
    url = await nieuwe_zaak(inboeken)
    roltype = await inboeken.roltype((await inboeken.lees_zaak(url)).zaaktype, "initiator")
    rol = burger(roltype.url, factories.ANNA, "A. Jansen", contact("A. Jansen", "anna@example.nl", "0612345678"))
    await inboeken.maak_rol(url, rol)
    with pytest.raises(BestaatAl):
        await inboeken.maak_rol(url, rol)
    [gevonden] = await inboeken.rollen(url)
    assert gevonden.betrokkene_identificatie is not None
    assert gevonden.betrokkene_identificatie.inp_bsn == factories.ANNA


async def test_the_zaak_of_a_bedrijf_is_found_by_that_bedrijf(inboeken: Inboeken, bron: Bron) -> None:
    for nummer, velden, soort in (
        (
            "A",
            {"kvk_nummer": factories.BAKKERIJ, "rsin": factories.RSIN[factories.BAKKERIJ]},
            "niet_natuurlijk_persoon",
        ),
        ("B", {"kvk_nummer": factories.KLUSBEDRIJF}, "niet_natuurlijk_persoon"),
        ("C", {"kvk_nummer": factories.BAKKERIJ, "vestiging": "000090000110"}, "vestiging"),
    ):
        url = await nieuwe_zaak(inboeken, f"P26-{nummer}")
        roltype = await inboeken.roltype((await inboeken.lees_zaak(url)).zaaktype, "initiator")
        rol = bedrijf(roltype.url, bron.backoffice, naam="Bedrijf", contact=contact("E. Medewerker"), **velden)
        await inboeken.maak_rol(url, rol)
        [gevonden] = await inboeken.rollen(url)
        wie = factories.bedrijf(velden["kvk_nummer"], rsin=velden.get("rsin"), vestiging=velden.get("vestiging"))
        assert gevonden.betrokkene_type == soort
        assert bron.is_van(wie, (gevonden,), VANDAAG)


async def test_who_is_only_known_by_name(inboeken: Inboeken) -> None:
    url = await nieuwe_zaak(inboeken)
    roltype = await inboeken.roltype((await inboeken.lees_zaak(url)).zaaktype, "Belanghebbende")
    assert (await inboeken.maak_rol(url, persoon(roltype.url, "P. Partner"))).naam == "P. Partner"


async def test_eigenschappen_are_set_by_name(inboeken: Inboeken) -> None:
    url = await nieuwe_zaak(inboeken, soort="parkeervergunning-bewoner")
    zaaktype = (await inboeken.lees_zaak(url)).zaaktype
    eigenschap = await inboeken.eigenschap(zaaktype, "kenteken")
    await inboeken.zet_eigenschap(url, eigenschap.url, "AB-123-C")
    assert [(e.naam, e.waarde) for e in await inboeken.eigenschappen(url)] == [("kenteken", "AB-123-C")]
    with pytest.raises(NotFound):
        await inboeken.eigenschap(zaaktype, "schoenmaat")


async def test_an_address_is_joined_to_the_zaak(inboeken: Inboeken) -> None:
    url = await nieuwe_zaak(inboeken)
    adres = NieuwAdres("Brink", 45, "Deventer", "7411 BR", "A", "2", "0150200000123456")
    assert not await inboeken.zaakobjecten(url)
    await inboeken.maak_zaakobject(url, adres)
    [gevonden] = await inboeken.zaakobjecten(url)
    assert gevonden.is_adres(adres)
    assert not gevonden.is_adres(NieuwAdres("Brink", 46, "Deventer"))


# ---- status and resultaat ---------------------------------------------------------------------------------------


async def test_the_same_status_is_not_set_twice(inboeken: Inboeken, opname: Opname) -> None:
    url = await nieuwe_zaak(inboeken)
    statustype = await inboeken.eerste_statustype((await inboeken.lees_zaak(url)).zaaktype)
    moment = datetime.now(UTC) - timedelta(minutes=1)
    await inboeken.zet_status(url, statustype.url, moment, "Ontvangen via het portaal.")
    with pytest.raises(BestaatAl):
        await inboeken.zet_status(url, statustype.url, moment)
    assert len(await inboeken.statussen(url)) == 1
    assert str(opname.last("/statussen")["datumStatusGezet"])[-6:] in ("+01:00", "+02:00")


async def test_closing_needs_a_resultaat_and_a_closed_zaak_takes_nothing_more(inboeken: Inboeken) -> None:
    url = await nieuwe_zaak(inboeken, soort="parkeervergunning-bewoner")
    zaaktype = (await inboeken.lees_zaak(url)).zaaktype
    einde = await inboeken.eindstatustype(zaaktype)
    with pytest.raises(NogNietTeSluiten):
        await inboeken.zet_status(url, einde.url, datetime.now(UTC))
    resultaattype = await inboeken.resultaattype(zaaktype, "Ingetrokken")
    await inboeken.zet_resultaat(url, resultaattype.url, "Ingetrokken door de aanvrager.")
    with pytest.raises(BestaatAl):
        await inboeken.zet_resultaat(url, resultaattype.url)
    resultaat = await inboeken.lees_resultaat(url)
    assert resultaat is not None
    assert resultaat.resultaattype == resultaattype.url
    await inboeken.zet_status(url, einde.url, datetime.now(UTC))
    assert (await inboeken.lees_zaak(url)).is_afgerond
    with pytest.raises(ZaakGesloten):
        await inboeken.maak_zaakobject(url, NieuwAdres("Brink", 45, "Deventer"))


async def test_a_right_that_lacks_is_not_a_closed_zaak(inboeken: Inboeken, backoffice: FastAPI) -> None:
    url = await nieuwe_zaak(inboeken)
    backoffice.state.beheer.storing(api="zaken", methode="POST", soort="status", status=403, aantal=1)
    with pytest.raises(Refused) as refused:
        await inboeken.maak_zaakobject(url, NieuwAdres("Brink", 45, "Deventer"))
    assert not isinstance(refused.value, ZaakGesloten)


# ---- documents --------------------------------------------------------------------------------------------------


async def content_of(inboeken: Inboeken, url: str) -> bytes:
    pad = inboeken.documenten.path_of(url, "enkelvoudiginformatieobjecten")
    async with inboeken.documenten.stream(f"{pad}/download") as response:
        return await response.aread()


@pytest.mark.parametrize("grootte", [0, 1, 2, 3, 1000, 100_001])
async def test_a_small_file_arrives_byte_for_byte(inboeken: Inboeken, opname: Opname, grootte: int) -> None:
    inhoud = bytes(i % 251 for i in range(grootte))
    url = await nieuwe_zaak(inboeken)
    stuk = await inboeken.maak_document(await document(inboeken, url, inhoud), bytes_of(inhoud))
    assert stuk.is_volledig
    sent = opname.last("/enkelvoudiginformatieobjecten")
    assert base64.b64decode(str(sent["inhoud"])) == inhoud
    assert sent["ontvangstdatum"] == VANDAAG.isoformat()
    assert await content_of(inboeken, stuk.url) == inhoud
    koppeling = await inboeken.koppel_document(url, stuk.url, "Huurcontract")
    assert await inboeken.koppel_document(url, stuk.url, "Huurcontract") == koppeling
    assert await inboeken.vind_koppeling(url, stuk.url) == koppeling


async def test_a_document_whose_answer_got_lost_is_found(inboeken: Inboeken, backoffice: FastAPI) -> None:
    url = await nieuwe_zaak(inboeken)
    nieuw = await document(inboeken, url, b"%PDF-1.7")
    assert await inboeken.vind_document(nieuw.identificatie) is None
    backoffice.state.beheer.storing(api="documenten", methode="POST", soort="antwoord_kwijt", aantal=1)
    with pytest.raises(BackofficeUnavailable):
        await inboeken.maak_document(nieuw, bytes_of(b"%PDF-1.7"))
    gevonden = await inboeken.vind_document(nieuw.identificatie)
    assert gevonden is not None
    assert gevonden.is_volledig
    with pytest.raises(NummerBezet):
        await inboeken.maak_document(nieuw, bytes_of(b"%PDF-1.7"))


async def test_a_file_that_is_not_as_long_as_said_is_our_fault(inboeken: Inboeken) -> None:
    url = await nieuwe_zaak(inboeken)
    nieuw = await document(inboeken, url, b"x" * 100)
    for inhoud in (b"x" * 50, b"x" * 200):
        with pytest.raises(BackofficeDefect):
            await inboeken.maak_document(nieuw, bytes_of(inhoud))
    assert await inboeken.vind_document(nieuw.identificatie) is None


async def test_a_file_that_cannot_be_read_says_so(inboeken: Inboeken) -> None:
    url = await nieuwe_zaak(inboeken)

    async def kapot() -> AsyncIterator[bytes]:
        yield b"x"
        raise NotFound("het bestand is weg")

    with pytest.raises(NotFound):
        await inboeken.maak_document(await document(inboeken, url, b"x" * 100), kapot())


@pytest.fixture
async def in_delen(open_bronnen: Open, opname: Opname, backoffice: FastAPI) -> Inboeken:
    """Files from 1 kB go in parts of 400 bytes."""
    state = backoffice.state.backoffice
    backoffice.state.backoffice = dataclasses.replace(
        state, config=state.config.model_copy(update={"bestandsdeel_omvang": 400})
    )
    gezet = factories.backoffice(bestandsdelen_vanaf=1000)
    return Inboeken((await open_bronnen(opname, backoffices=(gezet,))).zaaksysteem.bronnen[0])


async def test_a_large_file_goes_in_the_parts_that_the_server_wants(in_delen: Inboeken, opname: Opname) -> None:
    inhoud = bytes(i % 251 for i in range(1001))
    url = await nieuwe_zaak(in_delen)
    sloten: list[tuple[str, str]] = []

    async def bewaar(document_url: str, slot: str) -> None:
        sloten.append((document_url, slot))

    stuk = await in_delen.maak_document(await document(in_delen, url, inhoud), bytes_of(inhoud, 333), bewaar)
    assert stuk.is_volledig
    assert await content_of(in_delen, stuk.url) == inhoud
    assert sloten[0][0] == stuk.url
    assert sloten[0][1]
    assert sum(r.method == "PUT" for r in opname.sent) == 3


async def test_a_broken_off_upload_is_finished_with_its_lock(in_delen: Inboeken, backoffice: FastAPI) -> None:
    inhoud = bytes(i % 251 for i in range(1001))
    url = await nieuwe_zaak(in_delen)
    nieuw = await document(in_delen, url, inhoud)
    backoffice.state.beheer.storing(
        api="documenten", pad="/bestandsdelen", methode="PUT", soort="status", status=500, aantal=1
    )
    sloten: dict[str, str] = {}

    async def bewaar(document_url: str, slot: str) -> None:
        sloten[document_url] = slot

    with pytest.raises(BackofficeUnavailable):
        await in_delen.maak_document(nieuw, bytes_of(inhoud), bewaar)
    half = await in_delen.vind_document(nieuw.identificatie)
    assert half is not None
    assert not half.is_volledig
    stuk = await in_delen.voltooi_document(half, bytes_of(inhoud), sloten[half.url])
    assert stuk.is_volledig
    assert await content_of(in_delen, stuk.url) == inhoud


async def test_a_half_document_without_lock_needs_a_person(in_delen: Inboeken) -> None:
    inhoud = b"x" * 1001
    url = await nieuwe_zaak(in_delen)
    stuk = await in_delen.maak_document(await document(in_delen, url, inhoud), bytes_of(inhoud))
    with pytest.raises(BackofficeDefect):
        await in_delen.voltooi_document(stuk, bytes_of(inhoud))
