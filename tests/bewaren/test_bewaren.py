"""Nothing personal outlives its term: every table is read and decrypted to look."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from fastapi import FastAPI
from sqlalchemy import func, select, update

from pip_portal import tables
from pip_portal.app import maak_bewaren
from pip_portal.bewaren import Bewaren
from pip_portal.eigenaar import eigenaar_van
from pip_portal.formulieren.concepten import Concepten, Voor
from pip_portal.inzendingen.indienen import indienen
from pip_portal.opdrachten import plaats
from pip_portal.settings import Settings
from pip_portal.tellers import Grens, tel_wie
from pip_portal.voorkeuren import voorkeuren
from tests import factories
from tests.inzendingen import maken
from tests.ondertekenen.test_ondertekenen import EMAIL, teken
from tests.post.smtp import Postbus, smtp_server

START = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
MAIL = "anna@voorbeeld.nl"
BESTAND = "zeldzaam attest.png"
PERSOONLIJK = (maken.GEHEIM, "Anna", factories.ANNA, MAIL, EMAIL, "zeldzaam", "Brink 45", "AB123C")


@pytest.fixture
def postbus() -> Postbus:
    return Postbus()


@pytest.fixture
async def settings(database_url: str, postbus: Postbus) -> AsyncIterator[Settings]:
    async with smtp_server(postbus) as poort:
        smtp = {"host": "127.0.0.1", "poort": poort, "beveiliging": "geen", "afzender": "pip@deventer.example"}
        yield factories.settings(database_url, smtp=smtp | {"beheer": "beheer@deventer.example"})


@pytest.fixture
def werk(portal: FastAPI) -> maken.Werkplaats:
    return maken.Werkplaats(portal.state.db, portal.state.sleutels, portal.state.bestanden)


@pytest.fixture
def bewaren(portal: FastAPI) -> Bewaren:
    return maak_bewaren(portal)


@pytest.fixture
def klok() -> Any:
    with time_machine.travel(START, tick=False) as klok:
        yield klok


async def gevonden(portal: FastAPI) -> set[str]:
    """Which facts about Anna anybody with the keys could read in the database."""
    teksten = []
    async with portal.state.db() as session:
        for tabel in tables.Base.metadata.sorted_tables:
            for rij in await session.execute(select(tabel)):
                teksten += [_leesbaar(portal, waarde) for waarde in rij]
    alles = "\n".join(teksten)
    return {feit for feit in PERSOONLIJK if feit in alles}


def _leesbaar(portal: FastAPI, waarde: object) -> str:
    if not isinstance(waarde, bytes):
        return str(waarde)
    try:
        return str(portal.state.sleutels.decrypt(waarde).decode(errors="replace"))
    except ValueError:
        return waarde.decode(errors="replace")


async def tel(portal: FastAPI, tabel: type[tables.Base]) -> int:
    async with portal.state.db() as session:
        return await session.scalar(select(func.count()).select_from(tabel)) or 0


async def zet(portal: FastAPI, tabel: type[tables.Base], **waarden: object) -> None:
    async with portal.state.db.begin() as session:
        await session.execute(update(tabel).values(**waarden))


async def verstuur(portal: FastAPI, werk: maken.Werkplaats, **velden: object) -> str:
    concept = await werk.concept()
    bijlage = await werk.bijlage(concept, BESTAND)
    await zet(portal, tables.Bestand, staat="schoon")
    inhoud = maken.inhoud(concept, email=MAIL, bijlagen=(bijlage,), **velden)
    await indienen(
        portal.state.db, portal.state.sleutels, concept_id=concept, eigenaar_hash=maken.EIGENAAR, inhoud=inhoud
    )
    return concept


# ---- what was not sent -------------------------------------------------------------------------------------


@pytest.mark.seed("N10")
async def test_a_concept_is_gone_with_its_answers_and_files_on_the_day_it_expires(
    portal: FastAPI, werk: maken.Werkplaats, bewaren: Bewaren, klok: Any
) -> None:
    concept = await werk.concept()
    bijlage = await werk.bijlage(concept, BESTAND)
    await zet(portal, tables.Concept, gegevens=werk.sleutels.encrypt(b'["Anna", "Brink 45"]'))
    klok.shift(timedelta(days=29, hours=23))
    await bewaren.ronde()
    assert await gevonden(portal) == {maken.GEHEIM, "Anna", "Brink 45", "zeldzaam"}
    klok.shift(timedelta(hours=1))
    await bewaren.ronde()
    assert await gevonden(portal) == set()
    assert [await tel(portal, tabel) for tabel in (tables.Concept, tables.ConceptStap, tables.Bestand)] == [0, 0, 0]
    assert await _is_weg(portal, bijlage.id)


async def _is_weg(portal: FastAPI, bestand_id: str) -> bool:
    try:
        return not [stuk async for stuk in portal.state.bestanden.objecten.lees(bestand_id)]
    except Exception:
        return True


async def test_a_visitor_without_a_login_is_forgotten_after_two_hours_and_late_input_after_its_half_hour(
    portal: FastAPI, werk: maken.Werkplaats, bewaren: Bewaren, klok: Any
) -> None:
    concept = await werk.concept()
    await zet(portal, tables.Concept, anoniem=True, verloopt_op=START + timedelta(hours=2))
    async with portal.state.db.begin() as session:
        session.add(
            tables.LateInvoer(
                id_hash="x",
                concept_id=concept,
                stap="reden",
                invoer=werk.sleutels.encrypt(b"Brink 45"),
                verloopt_op=START + timedelta(minutes=30),
            )
        )
    klok.shift(timedelta(minutes=30))
    await bewaren.ronde(alles=False)
    assert await gevonden(portal) == {maken.GEHEIM}
    klok.shift(timedelta(minutes=90))
    await bewaren.ronde(alles=False)
    assert await gevonden(portal) == set()


def met_adres(portal: FastAPI, *, gevoelig: bool = False, adres: str | None = MAIL) -> Bewaren:
    async def vind_adres(_concept: str) -> tuple[str, str] | None:
        return (adres, "nl") if adres else None

    state = portal.state
    return Bewaren(state.db, state.sleutels, state.bestanden, lambda *_: gevoelig, vind_adres)


async def test_who_gave_an_address_is_reminded_once_a_week_before_the_end(
    portal: FastAPI, werk: maken.Werkplaats, postbus: Postbus, klok: Any
) -> None:
    await werk.concept()
    klok.shift(timedelta(days=22, hours=23))
    assert await met_adres(portal).herinner() == 0
    klok.shift(timedelta(hours=1))
    assert await met_adres(portal, gevoelig=True).herinner() == 0
    assert await met_adres(portal, adres=None).herinner() == 0
    assert await met_adres(portal).herinner() == 1
    assert await met_adres(portal).herinner() == 0
    await portal.state.werker.alles()
    [mail] = postbus.mails
    body = mail.get_body(("plain",))
    assert body is not None
    assert "vóór 24 december 2026" in body.get_content()
    assert "arkeer" not in body.get_content()


@pytest.mark.parametrize(
    "waarden", [{"anoniem": True}, {"verzonden_op": START}, {"gewijzigd_op": START + timedelta(days=20)}]
)
async def test_nobody_is_reminded_of_what_was_sent_or_begun_just_now_or_by_nobody(
    portal: FastAPI, werk: maken.Werkplaats, klok: Any, waarden: dict[str, object]
) -> None:
    await werk.concept()
    await zet(portal, tables.Concept, **waarden)
    klok.shift(timedelta(days=24))
    assert await met_adres(portal).herinner() == 0


@pytest.mark.parametrize(
    ("formulier", "antwoorden", "mails"),
    [
        ("verhuizing-doorgeven", {"contact": {"email": MAIL}}, 1),
        ("verhuizing-doorgeven", {"hoofdbewoner": {"hoofdbewoner_email": MAIL}}, 0),
        ("verhuizing-doorgeven", {}, 0),
        ("gehandicaptenparkeerkaart", {"contact": {"email": MAIL}}, 0),
    ],
)
async def test_the_reminder_goes_to_the_address_of_the_applicant_and_never_for_what_is_sensitive(
    portal: FastAPI,
    bewaren: Bewaren,
    postbus: Postbus,
    klok: Any,
    formulier: str,
    antwoorden: dict[str, dict[str, str]],
    mails: int,
) -> None:
    eigenaar = eigenaar_van(factories.burger(), portal.state.sleutels)
    versie = portal.state.formulieren.get(formulier).versie
    await Concepten(portal.state.db, portal.state.sleutels).begin(
        eigenaar,
        formulier=formulier,
        versie=versie,
        taal="en",
        geldig=timedelta(days=30),
        voor=Voor(),
        meer=False,
        antwoorden=antwoorden,
    )
    klok.shift(timedelta(days=24))
    assert await bewaren.herinner() == mails
    await portal.state.werker.alles()
    assert [mail["To"] for mail in postbus.mails] == [MAIL] * mails


# ---- what was sent -----------------------------------------------------------------------------------------


@pytest.mark.seed("N10")
async def test_an_inzending_is_emptied_two_weeks_after_it_was_handed_over(
    portal: FastAPI, werk: maken.Werkplaats, bewaren: Bewaren, postbus: Postbus, klok: Any
) -> None:
    """With a file, a signer who never answered and all mails sent: nothing is left but the number and the proof."""
    inzending = await verstuur(portal, werk, tekenen=(teken(dagen=10),))
    await portal.state.werker.alles()
    assert {maken.GEHEIM, "Anna", factories.ANNA, MAIL, EMAIL, "zeldzaam"} <= await gevonden(portal)
    klok.shift(timedelta(days=13, hours=23))
    await bewaren.ronde()
    await portal.state.werker.alles()
    assert {maken.GEHEIM, MAIL, "zeldzaam"} <= await gevonden(portal)
    klok.shift(timedelta(hours=2))
    await bewaren.ronde()
    await portal.state.werker.alles()
    await bewaren.ronde()
    assert await gevonden(portal) == set()
    async with portal.state.db() as session:
        rij = await session.get(tables.Inzending, inzending)
    assert rij is not None
    assert (rij.toestand, rij.inhoud, rij.opgeruimd_op is not None) == ("overgedragen", b"", True)
    assert await tel(portal, tables.Bewijs) >= 2
    assert await tel(portal, tables.Concept) == 0
    assert len(postbus.mails) >= 3
    assert await _doods(portal) == []


async def _doods(portal: FastAPI) -> list[str]:
    async with portal.state.db() as session:
        return list(await session.scalars(select(tables.Opdracht.fout).where(tables.Opdracht.toestand == "dood")))


@pytest.mark.parametrize("toestand", ["ontvangen", "zaak_gemaakt", "vastgelopen", "wacht_op_ondertekening"])
async def test_what_is_not_handed_over_is_never_emptied(
    portal: FastAPI, werk: maken.Werkplaats, bewaren: Bewaren, klok: Any, toestand: str
) -> None:
    await verstuur(portal, werk)
    await zet(portal, tables.Inzending, toestand=toestand)
    klok.shift(timedelta(days=400))
    await bewaren.ronde()
    assert {maken.GEHEIM, "Anna", "zeldzaam"} <= await gevonden(portal)


async def test_what_was_broken_off_is_emptied_too_after_its_own_term(
    portal: FastAPI, werk: maken.Werkplaats, bewaren: Bewaren, klok: Any
) -> None:
    await verstuur(portal, werk, bewaren_dagen=5)
    afgebroken = {"afgebroken_op": (START + timedelta(days=3)).isoformat(), "reden": "geweigerd"}
    await zet(portal, tables.Inzending, toestand="afgebroken", voortgang=json.dumps(afgebroken))
    await portal.state.werker.alles()
    klok.shift(timedelta(days=7, hours=23))
    await bewaren.ronde()
    assert maken.GEHEIM in await gevonden(portal)
    klok.shift(timedelta(hours=2))
    await bewaren.ronde()
    assert await gevonden(portal) == set()


async def test_what_a_forgotten_key_could_still_open_is_not_thrown_away_at_once(
    portal: FastAPI, werk: maken.Werkplaats, bewaren: Bewaren, klok: Any
) -> None:
    await verstuur(portal, werk)
    await portal.state.werker.alles()
    await zet(portal, tables.Inzending, inhoud=b"van een andere sleutel")
    klok.shift(timedelta(days=60))
    assert await bewaren.inzendingen() == 0
    klok.shift(timedelta(days=31))
    assert await bewaren.inzendingen() == 1


# ---- the rest ----------------------------------------------------------------------------------------------


async def test_mail_that_cannot_be_sent_loses_its_address_after_two_weeks(
    portal: FastAPI, werk: maken.Werkplaats, bewaren: Bewaren, klok: Any
) -> None:
    await verstuur(portal, werk)
    await zet(portal, tables.Inzending, inhoud=b"")
    await zet(portal, tables.Bestand, naam=b"")
    klok.shift(timedelta(days=13))
    await bewaren.ronde()
    assert await gevonden(portal) == {MAIL}
    klok.shift(timedelta(days=1))
    await bewaren.ronde()
    assert await gevonden(portal) == set()
    klok.shift(timedelta(days=90))
    await bewaren.ronde()
    async with portal.state.db() as session:
        over = list(await session.scalars(select(tables.Opdracht.soort)))
    assert over == ["overdracht"]  # nobody handed it over yet, so that stays


async def test_work_that_is_done_is_forgotten_after_two_weeks(portal: FastAPI, bewaren: Bewaren, klok: Any) -> None:
    async with portal.state.db.begin() as session:
        for n in range(2):
            await plaats(session, portal.state.sleutels, "overdracht", f"overdracht:{n}", {"n": n})
    await zet(portal, tables.Opdracht, toestand="klaar", klaar_op=START)
    klok.shift(timedelta(days=13))
    await bewaren.ronde()
    assert await tel(portal, tables.Opdracht) == 2
    klok.shift(timedelta(days=1))
    await bewaren.ronde()
    assert await tel(portal, tables.Opdracht) == 0


async def test_proof_is_kept_for_five_years_and_windows_of_counters_until_they_end(
    portal: FastAPI, werk: maken.Werkplaats, bewaren: Bewaren, klok: Any
) -> None:
    await verstuur(portal, werk)
    await portal.state.werker.alles()
    await tel_wie(portal.state.db, portal.state.sleutels, "starten", "iemand", Grens(3, timedelta(hours=1)))
    klok.shift(timedelta(days=5 * 365))
    await bewaren.ronde()
    assert await tel(portal, tables.Bewijs) == 3
    assert await tel(portal, tables.Teller) == 0
    assert await tel(portal, tables.Inzending) == 1
    klok.shift(timedelta(days=3))
    await bewaren.ronde()
    assert [await tel(portal, tabel) for tabel in (tables.Bewijs, tables.Inzending)] == [0, 0]


async def test_the_beheerder_gets_one_mail_a_day_about_work_that_was_given_up(
    portal: FastAPI, bewaren: Bewaren, postbus: Postbus, klok: Any
) -> None:
    async with portal.state.db.begin() as session:
        await plaats(session, portal.state.sleutels, "overdracht", "overdracht:1", {"inzending": "weg"})
    await portal.state.werker.alles()
    for _ in range(2):
        await bewaren.meld_dood()
        await portal.state.werker.alles()
    [mail] = postbus.mails
    assert mail["To"] == "beheer@deventer.example"
    assert mail["Subject"] == "Portaal: werk is opgegeven"


async def test_a_part_that_fails_does_not_keep_the_rest_from_being_thrown_away(
    portal: FastAPI, werk: maken.Werkplaats, klok: Any
) -> None:
    async def valt(_eigenaar: str) -> None:
        raise RuntimeError

    await werk.concept()
    klok.shift(timedelta(days=24))
    state = portal.state
    bewaren = Bewaren(state.db, state.sleutels, state.bestanden, lambda *_: False, None, valt)
    async with state.db.begin() as session:
        session.add(tables.Teller(sleutel="x", aantal=1, tot_op=START))
    await bewaren.ronde()
    assert await tel(portal, tables.Teller) == 0


async def test_who_does_not_want_the_reminder_gets_none(portal: FastAPI, werk: maken.Werkplaats, klok: Any) -> None:
    await werk.concept()
    async with portal.state.db.begin() as session:
        await voorkeuren.bewaar(session, maken.EIGENAAR, voorkeuren.Voorkeuren(herinnering=False))
    klok.shift(timedelta(days=24))
    assert await met_adres(portal).herinner() == 0


async def test_an_address_that_nobody_proved_goes_after_a_month(portal: FastAPI, klok: Any) -> None:
    def adres(naam: str, **waarden: object) -> tables.Contactadres:
        vast = {"eigenaar": maken.EIGENAAR, "soort": "email", "adres": b"x", "adres_hash": naam, "aangemaakt_op": START}
        return tables.Contactadres(id=naam, **(vast | waarden))

    async with portal.state.db.begin() as session:
        session.add_all([adres("getypt"), adres("bewezen", geverifieerd_op=START), adres("nummer", standaard=True)])
    klok.shift(timedelta(days=29))
    await met_adres(portal).oud()
    async with portal.state.db() as session:
        assert len(list(await session.scalars(select(tables.Contactadres.id)))) == 3
    klok.shift(timedelta(days=2))
    await met_adres(portal).oud()
    async with portal.state.db() as session:
        assert set(await session.scalars(select(tables.Contactadres.id))) == {"bewezen", "nummer"}
