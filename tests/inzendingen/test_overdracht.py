"""The hand-over: one complete zaak, whatever breaks off where."""

import asyncio
from collections.abc import Awaitable, Callable
from hashlib import sha256

import pytest
from fastapi import FastAPI
from sqlalchemy import select

from pip_portal.backoffice.inboeken import Inboeken
from pip_portal.backoffice.nieuw import NieuweZaak
from pip_portal.inzendingen.indienen import indienen
from pip_portal.inzendingen.inhoud import Aanvrager, Deelzaak, Inhoud, Rol
from pip_portal.inzendingen.lezen import Ingezonden, lees, van_zaak
from pip_portal.inzendingen.overdracht import Overdracht
from pip_portal.opdrachten import Onmogelijk, Uitstel
from pip_portal.tables import Bewijs
from pip_portal.tijd import vandaag
from tests import factories
from tests.inzendingen import maken
from tests.inzendingen.conftest import Gedood, Knip
from tests.inzendingen.maken import EIGENAAR, Kast, Werkplaats, Zaakmap

ALLES: dict[str, object] = {
    "rollen": (Rol(roltype="Belanghebbende", bsn=factories.MEHMET), Rol(roltype="Belanghebbende", naam="B. de Boer")),
    "objecten": (maken.adres(),),
}
PUNT: dict[str, object] = {"type": "Point", "coordinates": [6.1, 52.2]}

Verstuur = Callable[..., Awaitable[Inhoud]]


@pytest.fixture
def verstuur(werk: Werkplaats) -> Verstuur:
    """Send what Anna filled in, with a file; fields replace those of Inhoud."""

    async def verstuur(bijlagen: int = 1, **velden: object) -> Inhoud:
        concept_id = await werk.concept()
        mee = [await werk.bijlage(concept_id, f"bewijs {n}.pdf") for n in range(bijlagen)]
        inhoud = maken.inhoud(concept_id, bijlagen=mee, **velden)
        await indienen(werk.db, werk.sleutels, concept_id=concept_id, eigenaar_hash=EIGENAAR, inhoud=inhoud)
        werk.namen[inhoud.nummer] = concept_id.encode()
        return inhoud

    return verstuur


@pytest.fixture
def draag_over(werk: Werkplaats, overdracht: Overdracht) -> Callable[[Inhoud], Awaitable[None]]:
    async def draag_over(inhoud: Inhoud) -> None:
        await overdracht({"inzending": werk.namen[inhoud.nummer].decode()})

    return draag_over


Draag = Callable[[Inhoud], Awaitable[None]]


async def stand(werk: Werkplaats, inhoud: Inhoud) -> Ingezonden:
    return await lees(werk.db, werk.sleutels, EIGENAAR, werk.namen[inhoud.nummer].decode())


def expect_compleet(zaken: list[Zaakmap], inhoud: Inhoud, rollen: int = 3) -> Zaakmap:
    """Exactly one zaak, with each part exactly once."""
    assert inhoud.zaak is not None
    [zaak] = zaken
    assert len(zaak.rollen) == rollen
    assert zaak.eigenschappen == sorted(inhoud.zaak.eigenschappen.items())
    assert len(zaak.objecten) == len(inhoud.zaak.objecten)
    assert len(zaak.statussen) == 1
    assert len(zaak.documenten) == 1 + len(inhoud.bijlagen)
    (_, pdf), *bijlagen = zaak.documenten
    assert pdf.startswith(b"%PDF")
    for bijlage, (_, bytes_) in zip(inhoud.bijlagen, bijlagen, strict=True):
        assert sha256(bytes_).hexdigest() == bijlage.sha256
    return zaak


@pytest.mark.seed("P7")
async def test_the_zaak_carries_exactly_what_was_sent(
    verstuur: Verstuur, draag_over: Draag, kast: Kast, werk: Werkplaats
) -> None:
    inhoud = await verstuur(
        2,
        zaak=maken.opdracht(
            **ALLES, toelichting="Toelichting", geometrie={"type": "Point", "coordinates": [6.1, 52.2]}
        ),
        email="anna@example.nl",
        telefoon="+31570123456",
    )
    await draag_over(inhoud)
    zaak = expect_compleet(kast.zaken(inhoud.nummer), inhoud)
    dag = inhoud.ontvangen_op.astimezone(maken.AMSTERDAM).date().isoformat()
    velden = {
        "identificatie": inhoud.nummer,
        "omschrijving": "Parkeervergunning aanvragen",
        "toelichting": "Toelichting",
        "startdatum": dag,
        "registratiedatum": dag,
        "betalingsindicatie": "nog_niet",
        "bronorganisatie": factories.GEMEENTE_RSIN,
        "zaakgeometrie": PUNT,
        "kenmerken": [{"kenmerk": werk.namen[inhoud.nummer].decode(), "bron": "portaal"}],
    }
    assert {naam: zaak.zaak[naam] for naam in velden} == velden
    eerst = zaak.rollen[0]
    assert (eerst["omschrijvingGeneriek"], eerst["betrokkeneIdentificatie"]["inpBsn"]) == ("initiator", factories.ANNA)
    assert eerst["contactpersoonRol"]["emailadres"] == "anna@example.nl"
    anderen = [(r["omschrijving"], r["betrokkeneIdentificatie"]["inpBsn"]) for r in zaak.rollen[1:]]
    assert anderen == [("Belanghebbende", factories.MEHMET), ("Belanghebbende", "")]
    assert zaak.rollen[2]["betrokkeneIdentificatie"]["geslachtsnaam"] == "B. de Boer"
    assert zaak.objecten[0]["objectIdentificatie"]["gorOpenbareRuimteNaam"] == "Brink"
    meta = zaak.documenten[1][0]
    assert (meta["bestandsnaam"], meta["formaat"], meta["status"]) == ("bewijs 0.pdf", "application/pdf", "definitief")
    assert meta["indicatieGebruiksrecht"] is False
    assert meta["integriteit"]["waarde"] == inhoud.bijlagen[0].sha256
    klaar = await stand(werk, inhoud)
    assert klaar.is_verwerkt
    assert klaar.zaak_uuid == zaak.zaak["uuid"]
    assert [i.nummer for i in await van_zaak(werk.db, werk.sleutels, EIGENAAR, "zaken", klaar.zaak_uuid)] == [
        inhoud.nummer
    ]
    async with werk.db() as session:
        bewijzen = [b.gebeurtenis for b in await session.scalars(select(Bewijs).order_by(Bewijs.id))]
    assert bewijzen == ["ontvangen", "overgedragen"]


async def test_the_first_status_is_set_last_and_on_the_moment_of_receipt(
    verstuur: Verstuur, draag_over: Draag, kast: Kast, knip: Knip
) -> None:
    inhoud = await verstuur()
    await draag_over(inhoud)
    assert knip.geschreven[0] == "zaken"
    assert knip.geschreven[1] == "rollen"
    assert knip.geschreven[-1] == "statussen"
    [status] = kast.zaken(inhoud.nummer)[0].statussen
    assert status["datumStatusGezet"][:16] <= inhoud.ontvangen_op.isoformat()[:16]


async def test_killed_after_any_write_it_goes_on_where_it_was(
    verstuur: Verstuur, draag_over: Draag, kast: Kast, knip: Knip, werk: Werkplaats
) -> None:
    """The write was done, but its answer never came and nothing was noted: it must be found, not done again."""
    proef = await verstuur(zaak=maken.opdracht(**ALLES))
    await draag_over(proef)
    aantal = len(knip.geschreven)
    assert aantal == 12  # zaak, 3 rollen, 2 eigenschappen, object, 2 documents with their pairs, status
    for dood_na in range(1, aantal + 1):
        inhoud = await verstuur(zaak=maken.opdracht(**ALLES))
        knip.geschreven, knip.dood_na = [], dood_na
        with pytest.raises(Gedood):
            await draag_over(inhoud)
        knip.dood_na = None
        await draag_over(inhoud)
        expect_compleet(kast.zaken(inhoud.nummer), inhoud)
        assert (await stand(werk, inhoud)).is_verwerkt


HORECA: dict[str, object] = {
    "zaaktype": "horeca",
    "eigenschappen": {"soort": "nieuw"},
    "deelzaken": (
        Deelzaak(zaaktype="exploitatievergunning", omschrijving="Exploitatievergunning"),
        Deelzaak(zaaktype="alcoholvergunning", omschrijving="Alcoholvergunning"),
    ),
}


def expect_deelzaken(kast: Kast, inhoud: Inhoud) -> None:
    """Each once, under the zaak, of the same applicant and complete."""
    zaak = expect_compleet(kast.zaken(inhoud.nummer), inhoud, rollen=1)
    delen = [deel for plaats in (1, 2) for deel in kast.zaken(f"{inhoud.nummer}-{plaats}")]
    assert [deel.zaak["omschrijving"] for deel in delen] == ["Exploitatievergunning", "Alcoholvergunning"]
    assert set(zaak.zaak["deelzaken"]) == {deel.zaak["url"] for deel in delen}
    for deel in delen:
        assert deel.zaak["hoofdzaak"] == zaak.zaak["url"]
        assert [r["betrokkeneIdentificatie"]["inpBsn"] for r in deel.rollen] == [factories.ANNA]
        assert len(deel.statussen) == 1


async def test_two_permits_are_two_deelzaken_whatever_breaks_off(
    verstuur: Verstuur, draag_over: Draag, kast: Kast, knip: Knip
) -> None:
    proef = await verstuur(0, zaak=maken.opdracht(**HORECA))
    await draag_over(proef)
    expect_deelzaken(kast, proef)
    aantal = len(knip.geschreven)
    assert aantal == 12  # zaak, rol, eigenschap, PDF with its pair, twice zaak, rol and status, and the status
    assert knip.geschreven[-1] == "statussen"
    for dood_na in range(1, aantal + 1):
        inhoud = await verstuur(0, zaak=maken.opdracht(**HORECA))
        knip.geschreven, knip.dood_na = [], dood_na
        with pytest.raises(Gedood):
            await draag_over(inhoud)
        knip.dood_na = None
        await draag_over(inhoud)
        expect_deelzaken(kast, inhoud)


async def test_killed_after_every_write_in_turn_it_still_ends_in_one_zaak(
    verstuur: Verstuur, draag_over: Draag, kast: Kast, knip: Knip
) -> None:
    inhoud = await verstuur(zaak=maken.opdracht(**ALLES))
    for _ in range(20):
        knip.geschreven, knip.dood_na = [], 1
        try:
            await draag_over(inhoud)
        except Gedood:
            continue
        break
    else:
        pytest.fail("komt niet af")
    expect_compleet(kast.zaken(inhoud.nummer), inhoud)


@pytest.mark.parametrize("soort", ["antwoord_kwijt", "status", "te_druk"])
@pytest.mark.parametrize(
    ("api", "pad"),
    [
        ("zaken", "/zaken"),
        ("zaken", "/rollen"),
        ("zaken", "/statussen"),
        ("zaken", "/zaakinformatieobjecten"),
        ("documenten", "/enkelvoudiginformatieobjecten"),
    ],
)
async def test_an_answer_that_got_lost_or_was_refused_for_now_is_tried_again(
    verstuur: Verstuur,
    draag_over: Draag,
    kast: Kast,
    backoffice: FastAPI,
    werk: Werkplaats,
    soort: str,
    api: str,
    pad: str,
) -> None:
    inhoud = await verstuur()
    backoffice.state.beheer.storing(api=api, pad=pad, methode="POST", soort=soort, aantal=1)
    with pytest.raises(Uitstel):
        await draag_over(inhoud)
    assert not (await stand(werk, inhoud)).is_verwerkt
    await draag_over(inhoud)
    expect_compleet(kast.zaken(inhoud.nummer), inhoud, rollen=1)


async def test_what_fails_in_one_part_does_not_stop_the_other_parts(
    verstuur: Verstuur, draag_over: Draag, kast: Kast, backoffice: FastAPI
) -> None:
    inhoud = await verstuur(2, zaak=maken.opdracht(**ALLES))
    backoffice.state.beheer.storing(api="documenten", methode="POST", soort="status", status=503)
    with pytest.raises(Uitstel):
        await draag_over(inhoud)
    [zaak] = kast.zaken(inhoud.nummer)
    assert (len(zaak.rollen), len(zaak.eigenschappen), len(zaak.objecten)) == (3, 2, 1)
    assert zaak.statussen == []  # not complete, so not said to be
    backoffice.state.beheer.herstel()
    await draag_over(inhoud)
    expect_compleet(kast.zaken(inhoud.nummer), inhoud)


async def test_a_backoffice_that_is_down_is_waited_for(
    verstuur: Verstuur, draag_over: Draag, kast: Kast, backoffice: FastAPI, werk: Werkplaats
) -> None:
    inhoud = await verstuur()
    backoffice.state.beheer.storing(soort="status", status=500)
    with pytest.raises(Uitstel):
        await draag_over(inhoud)
    assert (await stand(werk, inhoud)).toestand == "ontvangen"
    assert kast.zaken(inhoud.nummer) == []
    backoffice.state.beheer.herstel()
    await draag_over(inhoud)
    expect_compleet(kast.zaken(inhoud.nummer), inhoud, rollen=1)


async def test_once_handed_over_nothing_is_asked_any_more(
    verstuur: Verstuur, draag_over: Draag, backoffice: FastAPI
) -> None:
    inhoud = await verstuur()
    await draag_over(inhoud)
    backoffice.state.beheer.wis_oproepen()
    await draag_over(inhoud)
    assert backoffice.state.beheer.oproepen == []


async def test_two_workers_on_the_same_inzending_make_one_zaak(
    verstuur: Verstuur, draag_over: Draag, kast: Kast, werk: Werkplaats
) -> None:
    """A lease can run out under a slow worker. A server that keeps what it must keep unique does the rest."""
    inhoud = await verstuur()
    await asyncio.gather(draag_over(inhoud), draag_over(inhoud), return_exceptions=True)
    await draag_over(inhoud)
    [zaak] = kast.zaken(inhoud.nummer)
    assert len(zaak.rollen) == len(zaak.statussen) == 1
    assert len(zaak.documenten) == 2
    assert (await stand(werk, inhoud)).is_verwerkt


@pytest.mark.parametrize(
    ("velden", "reden"),
    [
        ({"zaaktype": "bestaat-niet"}, "geen backoffice heeft zaaktype bestaat-niet"),
        ({"eigenschappen": {"kenteken": "AB123C", "onbekend": "1"}}, "eigenschap onbekend"),
        ({"rollen": (Rol(roltype="Onbekende rol", naam="X"),)}, "roltype Onbekende rol"),
        ({"samenvatting": "Onbekend papier"}, "informatieobjecttype Onbekend papier"),
    ],
)
async def test_what_cannot_heal_goes_to_a_person_with_its_reason(
    verstuur: Verstuur, draag_over: Draag, werk: Werkplaats, velden: dict[str, object], reden: str
) -> None:
    inhoud = await verstuur(zaak=maken.opdracht(**velden))
    with pytest.raises(Onmogelijk, match=reden):
        await draag_over(inhoud)
    vast = await stand(werk, inhoud)
    assert (vast.toestand, vast.duurt_lang) == ("vastgelopen", True)


async def test_a_number_that_another_zaak_has_is_never_replaced_but_told(
    verstuur: Verstuur,
    draag_over: Draag,
    kast: Kast,
    portal: FastAPI,
    werk: Werkplaats,
    caplog: pytest.LogCaptureFixture,
) -> None:
    inhoud = await verstuur()
    [bron] = portal.state.bronnen.zaaksysteem.bronnen
    boek = Inboeken(bron)
    soort = await boek.zaaktype("verhuizing", vandaag())
    await boek.maak_zaak(
        NieuweZaak(
            identificatie=inhoud.nummer,
            zaaktype=soort.url,
            ontvangen=vandaag(),
            kenmerk="van een ander",
            omschrijving="Van een ander",
        )
    )
    with pytest.raises(Onmogelijk):
        await draag_over(inhoud)
    assert (await stand(werk, inhoud)).toestand == "vastgelopen"
    assert len(kast.zaken(inhoud.nummer)) == 1
    assert any(r.levelname == "CRITICAL" and r.message == "zaaknummer is al van een ander" for r in caplog.records)


async def test_a_client_whose_rights_were_taken_waits_until_it_has_them_again(
    verstuur: Verstuur, draag_over: Draag, werk: Werkplaats, backoffice: FastAPI
) -> None:
    inhoud = await verstuur()
    backoffice.state.beheer.storing(api="zaken", methode="POST", soort="status", status=403)
    with pytest.raises(Uitstel):
        await draag_over(inhoud)
    assert (await stand(werk, inhoud)).toestand == "ontvangen"


async def test_for_a_child_both_the_child_and_the_parent_can_see_the_zaak(
    verstuur: Verstuur, draag_over: Draag, kast: Kast
) -> None:
    ouder = maken.ANNA.model_copy(update={"kind_bsn": factories.SANNE})
    inhoud = await verstuur(aanvrager=ouder)
    await draag_over(inhoud)
    zaak = expect_compleet(kast.zaken(inhoud.nummer), inhoud, rollen=2)
    wie = {r["omschrijvingGeneriek"]: r["betrokkeneIdentificatie"]["inpBsn"] for r in zaak.rollen}
    assert wie == {"initiator": factories.SANNE, "mede_initiator": factories.ANNA}


@pytest.mark.parametrize(
    ("vestiging", "soort", "nummers"),
    [
        ("", "niet_natuurlijk_persoon", {"innNnpId": factories.RSIN[factories.BAKKERIJ]}),
        ("000012345678", "vestiging", {"vestigingsNummer": "000012345678", "kvkNummer": factories.BAKKERIJ}),
    ],
)
async def test_a_company_is_filed_as_this_backoffice_finds_it(
    verstuur: Verstuur, draag_over: Draag, kast: Kast, vestiging: str, soort: str, nummers: dict[str, str]
) -> None:
    bakkerij = Aanvrager(
        soort="bedrijf",
        kvk_nummer=factories.BAKKERIJ,
        rsin=factories.RSIN[factories.BAKKERIJ],
        vestiging=vestiging,
        naam="Bakkerij",
    )
    inhoud = await verstuur(aanvrager=bakkerij)
    await draag_over(inhoud)
    [rol] = expect_compleet(kast.zaken(inhoud.nummer), inhoud, rollen=1).rollen
    assert rol["betrokkeneType"] == soort
    assert {naam: rol["betrokkeneIdentificatie"][naam] for naam in nummers} == nummers


async def test_who_did_not_log_in_has_no_rol(verstuur: Verstuur, draag_over: Draag, kast: Kast) -> None:
    inhoud = await verstuur(aanvrager=Aanvrager(soort="anoniem"), email="iemand@example.nl")
    await draag_over(inhoud)
    expect_compleet(kast.zaken(inhoud.nummer), inhoud, rollen=0)


async def test_a_status_that_the_behandelaar_set_already_will_do(
    verstuur: Verstuur, draag_over: Draag, kast: Kast, portal: FastAPI, knip: Knip
) -> None:
    inhoud = await verstuur()
    knip.dood_na = 2
    with pytest.raises(Gedood):
        await draag_over(inhoud)
    knip.dood_na = None
    boek = Inboeken(portal.state.bronnen.zaaksysteem.bronnen[0])
    zaak = await boek.vind_zaak(inhoud.nummer)
    assert zaak is not None
    soort = await boek.eerste_statustype(zaak.zaaktype)
    await boek.zet_status(zaak.url, soort.url, inhoud.ontvangen_op)
    await draag_over(inhoud)
    expect_compleet(kast.zaken(inhoud.nummer), inhoud, rollen=1)
