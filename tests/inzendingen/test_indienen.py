"""Sending is one transaction: all of it or nothing, once however often the button is pressed."""

import asyncio
import json
from datetime import UTC, datetime
from functools import partial
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text, update

from pip_portal.errors import NotFound
from pip_portal.inzendingen.indienen import Ingediend, Veranderd, hash_van, indienen
from pip_portal.inzendingen.inhoud import Aanvrager, Inhoud, TeTekenen
from pip_portal.inzendingen.lezen import lees
from pip_portal.inzendingen.nummer import document_nummer, maak_nummer
from pip_portal.inzendingen.toestand import geef_vrij
from pip_portal.post.opmaken import als_tekst
from pip_portal.post.teksten.zinnen import VOET
from pip_portal.tables import Bestand, Bewijs, Concept, ConceptStap, Inzending, Ondertekening, Opdracht
from tests import factories
from tests.inzendingen import maken
from tests.inzendingen.maken import ANDER, EIGENAAR, GEHEIM, Werkplaats


async def dien_in(werk: Werkplaats, concept_id: str, inhoud: Inhoud | None = None, van: str = EIGENAAR) -> Ingediend:
    return await indienen(
        werk.db,
        werk.sleutels,
        concept_id=concept_id,
        eigenaar_hash=van,
        inhoud=inhoud or maken.inhoud(concept_id),
    )


async def tel(werk: Werkplaats, tabel: type) -> int:
    async with werk.db() as session:
        return await session.scalar(select(func.count()).select_from(tabel)) or 0


@pytest.mark.seed("P7")
async def test_sending_stores_all_of_it_at_once(werk: Werkplaats) -> None:
    concept_id = await werk.concept()
    mee, verborgen = await werk.bijlage(concept_id), await werk.bijlage(concept_id, "verborgen.pdf")
    inhoud = maken.inhoud(concept_id, bijlagen=(mee,), email="anna@example.nl")
    ingediend = await dien_in(werk, concept_id, inhoud)
    assert ingediend == Ingediend(concept_id, inhoud.nummer, True, f"overdracht:{concept_id}")
    async with werk.db() as session:
        rij = await session.get(Inzending, concept_id)
        concept = await session.get(Concept, concept_id)
        bestanden = {b.id: b for b in await session.scalars(select(Bestand))}
        opdrachten = {o.sleutel: o for o in await session.scalars(select(Opdracht))}
        stappen = await session.scalar(select(func.count()).select_from(ConceptStap))
    assert rij is not None
    assert (rij.toestand, rij.nummer, rij.eigenaar) == ("ontvangen", inhoud.nummer, EIGENAAR)
    assert concept is not None
    assert concept.verzonden_op == inhoud.ontvangen_op
    assert concept.uniek is None  # another can be started
    assert json.loads(werk.sleutels.decrypt(concept.gegevens)) == {}
    assert stappen == 0
    assert (bestanden[mee.id].inzending_id, bestanden[mee.id].concept_id) == (concept_id, None)
    assert (bestanden[verborgen.id].inzending_id, bestanden[verborgen.id].concept_id) == (None, None)
    assert set(opdrachten) == {f"overdracht:{concept_id}", f"mail:M1:{concept_id}"}


async def test_the_mail_names_what_was_sent_and_who_cannot_log_in_is_not_asked_to(werk: Werkplaats) -> None:
    for wie, taal, soortnaam, onderwerp, wel, niet in (
        ("burger", "nl", "bezwaar", "Wij hebben uw bezwaar ontvangen", "hoe het met uw bezwaar gaat", "aanvraag"),
        ("anoniem", "nl", "melding", "Wij hebben uw melding ontvangen", "Bel 14 0570 en noem uw nummer.", "log in"),
        ("anoniem", "en", "report", "We have received your report", "give your number.", "log in"),
        ("burger", "nl", "", "Wij hebben uw aanvraag ontvangen", "Ga zelf naar", "soortnaam"),
    ):
        concept_id = await werk.concept()
        inhoud = maken.inhoud(concept_id, email="a@example.nl", taal=taal, aanvrager=Aanvrager(soort=wie))
        await indienen(
            werk.db,
            werk.sleutels,
            concept_id=concept_id,
            eigenaar_hash=EIGENAAR,
            inhoud=inhoud,
            soortnaam=soortnaam,
        )
        async with werk.db() as session:
            rij = await session.scalar(select(Opdracht).where(Opdracht.sleutel == f"mail:M1:{concept_id}"))
        assert rij is not None
        mail = json.loads(werk.sleutels.decrypt(rij.inhoud))
        kop, tekst = als_tekst(
            "https://mijn.example", sjabloon=mail["sjabloon"], taal=taal, gegevens=mail["gegevens"], voet=VOET
        )
        assert (kop, wel in tekst, niet in tekst) == (onderwerp, True, False)


@pytest.mark.seed("X1")
async def test_what_was_received_is_proven_by_its_hash_and_nothing_else_of_it_is_kept_there(werk: Werkplaats) -> None:
    concept_id = await werk.concept()
    inhoud = maken.inhoud(concept_id, bijlagen=(await werk.bijlage(concept_id),))
    await dien_in(werk, concept_id, inhoud)
    async with werk.db() as session:
        [bewijs] = await session.scalars(select(Bewijs))
    assert (bewijs.gebeurtenis, bewijs.kenmerk, bewijs.wie) == ("ontvangen", inhoud.nummer, EIGENAAR)
    assert (bewijs.op, bewijs.versie) == (inhoud.ontvangen_op, "parkeervergunning-bewoner/3")
    gelezen = await lees(werk.db, werk.sleutels, EIGENAAR, concept_id)
    assert gelezen.inhoud is not None
    assert hash_van(gelezen.inhoud) == bewijs.hash == gelezen.hash


@pytest.mark.seed("B7")
def test_one_letter_or_one_byte_of_a_file_more_is_another_hash() -> None:
    concept_id = str(uuid4())
    blok = maken.Blok(kop=maken.tekst("Uw auto"), antwoorden=(maken.antwoord("reden", "Waarom?", GEHEIM + "!"),))
    inhoud = maken.inhoud(concept_id)
    assert hash_van(inhoud) == hash_van(Inhoud.model_validate_json(inhoud.model_dump_json()))
    assert hash_van(inhoud) != hash_van(inhoud.model_copy(update={"blokken": (blok,)}))
    bijlage = maken.Bijlage(
        id="1", veld="b", naam="a.png", soort="image/png", grootte=1, sha256="a" * 64, informatieobjecttype="Bijlage"
    )
    ander = bijlage.model_copy(update={"sha256": "b" * 64})
    assert hash_van(inhoud.model_copy(update={"bijlagen": (bijlage,)})) != hash_van(
        inhoud.model_copy(update={"bijlagen": (ander,)})
    )


async def test_a_second_click_gives_the_same_inzending(werk: Werkplaats) -> None:
    concept_id = await werk.concept()
    inhoud = maken.inhoud(concept_id, email="anna@example.nl", bijlagen=(await werk.bijlage(concept_id),))
    eerste = await dien_in(werk, concept_id, inhoud)
    tweede = await dien_in(werk, concept_id, inhoud.model_copy(update={"nummer": "P27-ANDERJAAR2"}))
    assert (eerste.nieuw, tweede.nieuw) == (True, False)
    assert (tweede.id, tweede.nummer, tweede.opdracht) == (eerste.id, eerste.nummer, eerste.opdracht)
    assert [await tel(werk, t) for t in (Inzending, Bewijs)] == [1, 1]
    assert await tel(werk, Opdracht) == 2  # hand-over and one mail


async def test_eight_clicks_at_the_same_moment_are_one_inzending(werk: Werkplaats) -> None:
    concept_id = await werk.concept()
    inhoud = maken.inhoud(concept_id, email="anna@example.nl")
    uitkomsten = await asyncio.gather(*(dien_in(werk, concept_id, inhoud) for _ in range(8)))
    assert sorted(u.nieuw for u in uitkomsten) == [False] * 7 + [True]
    assert {u.nummer for u in uitkomsten} == {inhoud.nummer}
    assert [await tel(werk, t) for t in (Inzending, Bewijs, Opdracht)] == [1, 1, 2]


async def test_nobody_can_send_the_concept_of_another_before_or_after(werk: Werkplaats) -> None:
    concept_id = await werk.concept()
    with pytest.raises(NotFound):
        await dien_in(werk, concept_id, van=ANDER)
    assert [await tel(werk, t) for t in (Inzending, Bewijs, Opdracht)] == [0, 0, 0]
    await dien_in(werk, concept_id)
    with pytest.raises(NotFound):
        await dien_in(werk, concept_id, van=ANDER)
    with pytest.raises(NotFound):
        await dien_in(werk, str(uuid4()))


async def test_a_file_that_is_gone_or_not_clean_stops_all_of_it(werk: Werkplaats) -> None:
    concept_id = await werk.concept()
    bijlage = await werk.bijlage(concept_id)
    inhoud = maken.inhoud(concept_id, bijlagen=(bijlage,))
    async with werk.db.begin() as session:
        await session.execute(text("UPDATE bestanden SET staat = 'in_quarantaine'"))
    with pytest.raises(Veranderd):
        await dien_in(werk, concept_id, inhoud)
    await werk.bestanden.verwijder(concept_id, bijlage.id)
    with pytest.raises(Veranderd):
        await dien_in(werk, concept_id, inhoud)
    assert [await tel(werk, t) for t in (Inzending, Bewijs, Opdracht)] == [0, 0, 0]
    assert await tel(werk, ConceptStap) == 1  # the answers are still there
    await dien_in(werk, concept_id)


async def test_an_answer_that_another_tab_saved_meanwhile_is_not_lost(werk: Werkplaats) -> None:
    concept_id = await werk.concept()
    async with werk.db.begin() as session:
        gelezen = await session.scalar(select(Concept.gewijzigd_op))
        await session.execute(update(Concept).values(gewijzigd_op=Concept.verloopt_op))
    inhoud = maken.inhoud(concept_id)
    indien = partial(indienen, werk.db, werk.sleutels, concept_id=concept_id, eigenaar_hash=EIGENAAR, inhoud=inhoud)
    with pytest.raises(Veranderd):
        await indien(gewijzigd_op=gelezen)
    assert [await tel(werk, t) for t in (Inzending, ConceptStap)] == [0, 1]
    async with werk.db() as session:
        nu = await session.scalar(select(Concept.gewijzigd_op))
    assert (await indien(gewijzigd_op=nu)).nieuw


async def test_the_mail_is_written_in_the_language_of_the_form(werk: Werkplaats) -> None:
    concept_id = await werk.concept()
    moment = datetime(2026, 11, 24, 13, 5, tzinfo=UTC)
    inhoud = maken.inhoud(concept_id, email="anna@example.nl", taal="en", ontvangen_op=moment)
    await dien_in(werk, concept_id, inhoud)
    async with werk.db() as session:
        mail = await session.scalar(select(Opdracht).where(Opdracht.soort == "mail"))
    assert mail is not None
    gegevens = json.loads(werk.sleutels.decrypt(mail.inhoud))["gegevens"]
    assert (gegevens["datum"], gegevens["tijd"]) == ("24 November 2026", "14:05")


@pytest.mark.seed("X1")
@pytest.mark.parametrize(("soort", "sjabloon"), [("aanvulling", "M1A"), ("intrekking", "M1I")])
async def test_what_is_added_or_withdrawn_is_confirmed_by_mail_too(werk: Werkplaats, soort: str, sjabloon: str) -> None:
    inzending_id = str(uuid4())
    inhoud = maken.inhoud(inzending_id, soort=soort, email="anna@example.nl", doel_bron="zaken", doel_zaak="z")
    await dien_in(werk, inzending_id, inhoud.model_copy(update={"gevoelig": True}))
    async with werk.db() as session:
        mail = await session.scalar(select(Opdracht).where(Opdracht.soort == "mail"))
    assert mail is not None
    gelezen = json.loads(werk.sleutels.decrypt(mail.inhoud))
    assert gelezen["sjabloon"] == sjabloon
    assert "product" not in gelezen["gegevens"]


async def test_a_file_of_another_concept_does_not_travel_along(werk: Werkplaats) -> None:
    concept_id, ander = await werk.concept(), await werk.concept()
    with pytest.raises(Veranderd):
        await dien_in(werk, concept_id, maken.inhoud(concept_id, bijlagen=(await werk.bijlage(ander),)))


async def test_an_aanvulling_has_no_concept_and_is_sent_once_too(werk: Werkplaats) -> None:
    eigen_id = str(uuid4())
    inhoud = maken.inhoud(eigen_id, soort="aanvulling", doel_bron="zaken", doel_zaak=str(uuid4()), zaak=None)
    assert (await dien_in(werk, eigen_id, inhoud)).opdracht == f"aanvulling:{eigen_id}"
    assert not (await dien_in(werk, eigen_id, inhoud)).nieuw


async def test_nothing_of_a_person_lies_open_in_the_database(werk: Werkplaats) -> None:
    concept_id = await werk.concept()
    inhoud = maken.inhoud(concept_id, email="anna@example.nl", bijlagen=(await werk.bijlage(concept_id),))
    await dien_in(werk, concept_id, inhoud)
    async with werk.db() as session:
        rijen = [
            str(rij)
            for tabel in ("inzendingen", "opdrachten", "bewijzen", "concepten", "bestanden")
            for rij in await session.execute(text(f"SELECT * FROM {tabel}"))  # noqa: S608 - fixed names
        ]
    alles = " ".join(rijen)
    for feit in (factories.ANNA, GEHEIM, "anna@example.nl", "bewijs.pdf"):
        assert feit not in alles


async def test_what_must_be_signed_first_waits_and_then_goes_once(werk: Werkplaats) -> None:
    concept_id = await werk.concept()
    tekenaar = TeTekenen(
        rol="hoofdbewoner",
        naam=maken.tekst("hoofdbewoner", "main occupant"),
        email="mehmet@example.nl",
        niveau=20,
        vraag=maken.tekst("Gaat u akkoord?"),
        ziet=(),
        roltype="Belanghebbende",
        dagen=14,
    )
    inhoud = maken.inhoud(concept_id, eerst_tekenen=True, tekenen=(tekenaar,))
    await dien_in(werk, concept_id, inhoud)
    assert (await lees(werk.db, werk.sleutels, EIGENAAR, concept_id)).toestand == "wacht_op_ondertekening"
    assert await tel(werk, Ondertekening) == 1
    async with werk.db() as session:
        assert await session.scalar(select(Opdracht).where(Opdracht.soort == "overdracht")) is None
    async with werk.db.begin() as session:
        assert await geef_vrij(session, werk.sleutels, concept_id)
    async with werk.db.begin() as session:
        assert not await geef_vrij(session, werk.sleutels, concept_id)
    async with werk.db() as session:
        assert len(list(await session.scalars(select(Opdracht).where(Opdracht.soort == "overdracht")))) == 1
    assert (await lees(werk.db, werk.sleutels, EIGENAAR, concept_id)).toestand == "ontvangen"


def test_a_number_follows_from_the_id_and_does_not_tell_it() -> None:
    nummers = {maak_nummer(uuid4()) for _ in range(2000)}
    assert len(nummers) == 2000
    assert all(len(n) == 14 and n[0] == "P" and n[3] == "-" for n in nummers)
    eigen = uuid4()
    assert maak_nummer(eigen) == maak_nummer(eigen)
    assert maak_nummer(eigen)[4:].lower() not in eigen.hex
    assert len(document_nummer(eigen, 999)) <= 40
