"""Mail that comes back: only what a mail server says of a mail that we really sent counts, once; a formal mail that did
not arrive becomes a letter, and the citizen reads it at the next login.
"""

import asyncio
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from fastapi import FastAPI
from pydantic import ValidationError
from sqlalchemy import select, update

from pip_portal.db import Sessionmaker, open_db
from pip_portal.eigenaar import eigenaar_van
from pip_portal.post import bouncebus, brieven, onbestelbaar, opdrachtregel
from pip_portal.post.bounces import verwerk
from pip_portal.post.mail import mailnummer, plaats_mail
from pip_portal.settings import Bounces, Settings
from pip_portal.tables import Bewijs, Brief, Mail, Onbestelbaar
from tests import factories
from tests.conftest import Browser, text_of
from tests.post import meldingen
from tests.post.imap import Mailbox, imap_server
from tests.post.smtp import Postbus, maak_certificaat, smtp_server
from tests.post.test_mail import AAN, M1, SLEUTELS, bezorger, smtp

NUMMER = mailnummer(SLEUTELS, "M1:1")
ID = f"<{NUMMER}@deventer.example>"
HARD = meldingen.postfix(ID, AAN)
ANNA = eigenaar_van(factories.burger(factories.ANNA), SLEUTELS).hash


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Sessionmaker]:
    async with open_db(database_url) as db:
        yield db


@pytest.fixture
async def verstuurd(db: Sessionmaker) -> Sessionmaker:
    """A confirmation of receipt that the mail server took."""
    await stuur(db)
    return db


async def stuur(db: Sessionmaker, sjabloon: str = "M1", postbus: Postbus | None = None) -> None:
    gegevens = M1 if sjabloon == "M1" else {"datum": "1 december 2026"}
    async with db.begin() as session:
        await plaats_mail(
            session,
            SLEUTELS,
            sjabloon=sjabloon,
            aan=AAN,
            taal="nl",
            gegevens=gegevens,
            sleutel="M1:1",
            eigenaar=ANNA,
        )
    async with smtp_server(postbus or Postbus()) as poort:
        await bezorger(db, smtp(poort)).alles()


async def gebeurtenissen(db: Sessionmaker) -> list[str]:
    async with db() as session:
        return list(await session.scalars(select(Bewijs.gebeurtenis).order_by(Bewijs.id)))


async def is_weg(db: Sessionmaker) -> bool:
    async with db() as session:
        return await onbestelbaar.is_onbestelbaar(session, SLEUTELS, f" {AAN.upper()}")


# ---- what a mail server says -------------------------------------------------------------------------------


@pytest.mark.seed("P6", "X1")
@pytest.mark.parametrize(
    "melding",
    [HARD, meldingen.exchange(ID, AAN), meldingen.gmail(ID, AAN), meldingen.alleen_enveloppe(NUMMER)],
    ids=["postfix", "exchange", "gmail", "enveloppe"],
)
async def test_a_hard_bounce_marks_the_address_and_asks_for_a_letter_once(
    verstuurd: Sessionmaker, melding: bytes
) -> None:
    with time_machine.travel(datetime(2026, 11, 27, 12, tzinfo=UTC)):  # a Friday
        assert await verwerk(verstuurd, melding) == "onbestelbaar"
        assert await verwerk(verstuurd, melding) == "al_bekend"
        assert await verwerk(verstuurd, HARD) == "al_bekend"
    assert await gebeurtenissen(verstuurd) == ["mail_verzonden", "mail_onbestelbaar"]
    assert await is_weg(verstuurd)
    [brief] = await brieven.brieven(verstuurd)
    assert (brief.kenmerk, brief.versie, brief.uiterlijk) == (M1["nummer"], "M1/nl", date(2026, 12, 1))
    async with verstuurd() as session:
        [rij] = await session.scalars(select(Onbestelbaar))
    assert AAN not in f"{rij.adres_hash}{rij.eigenaar}{rij.code}"


async def test_a_delay_is_noted_once_and_nothing_follows(verstuurd: Sessionmaker) -> None:
    traag = meldingen.postfix(ID, AAN, "delayed", "4.4.1")
    assert [await verwerk(verstuurd, traag) for _ in range(2)] == ["vertraagd", "al_bekend"]
    assert await gebeurtenissen(verstuurd) == ["mail_verzonden", "mail_vertraagd"]
    assert not await is_weg(verstuurd)
    assert not await brieven.brieven(verstuurd)
    assert await verwerk(verstuurd, HARD) == "onbestelbaar"  # it was given up after all


@pytest.mark.parametrize(("status", "uitkomst"), [("4.4.7", "niet_bezorgd"), ("5.7.1", "niet_bezorgd")])
async def test_a_server_that_gave_up_or_blocks_us_says_nothing_of_the_address_but_the_mail_did_not_arrive(
    verstuurd: Sessionmaker, status: str, uitkomst: str
) -> None:
    assert await verwerk(verstuurd, meldingen.postfix(ID, AAN, status=status)) == uitkomst
    assert not await is_weg(verstuurd)
    assert len(await brieven.brieven(verstuurd)) == 1


@pytest.mark.parametrize(
    ("bericht", "uitkomst"),
    [
        (meldingen.postfix(f"<{'0' * 32}@deventer.example>", AAN), "onbekend"),
        (meldingen.postfix("<iets@anders.example>", AAN), "geen_melding"),
        (HARD.replace(b"report-type=delivery-status", b"report-type=disposition-notification"), "geen_melding"),
        (HARD.replace(b"Action: failed", b"Action: relayed"), "geen_melding"),
        (HARD.replace(b"message/delivery-status", b"text/plain"), "geen_melding"),
        (HARD.replace(b"boundary=", b"rand="), "geen_melding"),
        (f"Subject: Re: mail\r\nMessage-ID: {ID}\r\n\r\nIk ben met vakantie. Status: 5.1.1".encode(), "geen_melding"),
        (b"\xff\x00\r\n" * 1000, "geen_melding"),
        (b"", "geen_melding"),
        (
            b"Content-Type: multipart/report; report-type*=x''%ff; boundary=a\r\n\r\n" + b"--a\r\n" * 5000,
            "geen_melding",
        ),
    ],
    ids=["forged", "other", "read", "relayed", "no-status", "no-boundary", "holiday", "noise", "empty", "hostile"],
)
async def test_what_is_no_notification_or_not_ours_does_nothing(
    verstuurd: Sessionmaker, bericht: bytes, uitkomst: str
) -> None:
    assert await verwerk(verstuurd, bericht) == uitkomst
    assert await gebeurtenissen(verstuurd) == ["mail_verzonden"]
    assert not await is_weg(verstuurd)


@pytest.mark.parametrize(
    "bericht",
    [
        b'Content-Type: multipart/report; a="' + b';\\"' * 85_000 + b"\r\n\r\nx",
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=a0\r\n\r\n"
        + b"".join(b"--a%d\r\nContent-Type: multipart/mixed; boundary=a%d\r\n\r\n" % (n, n + 1) for n in range(230))
        + b"x\n" * 120_000,
    ],
    ids=["quotes", "deep"],
)
async def test_a_message_made_to_keep_us_busy_does_not(db: Sessionmaker, bericht: bytes) -> None:
    begin = time.perf_counter()
    assert await verwerk(db, bericht) == "geen_melding"
    assert time.perf_counter() - begin < 1


async def test_a_number_that_the_server_cannot_have_is_not_believed(db: Sessionmaker) -> None:
    await stuur(db, postbus=Postbus(antwoord="451 later"))
    assert await verwerk(db, HARD) == "onbekend"
    async with db.begin() as session:
        await session.execute(update(Mail).values(begonnen_op=datetime.now(UTC)))  # the line broke in the middle
    assert await verwerk(db, HARD) == "onbestelbaar"


async def test_a_reminder_that_comes_back_is_no_letter(db: Sessionmaker) -> None:
    await stuur(db, "CONCEPT")
    assert await verwerk(db, HARD) == "onbestelbaar"
    assert await is_weg(db)
    assert not await brieven.brieven(db)


async def test_a_formal_mail_cannot_be_placed_when_nobody_could_write_the_letter(db: Sessionmaker) -> None:
    wie = {"sjabloon": "TEKENEN", "aan": AAN, "taal": "nl", "gegevens": {"datum": "x", "link": "/x"}, "sleutel": "x"}
    async with db.begin() as session:
        with pytest.raises(ValueError, match="mist een kenmerk"):
            await plaats_mail(session, SLEUTELS, **wie)  # type: ignore[arg-type]  # a mail by name
        await plaats_mail(session, SLEUTELS, kenmerk="P26-X", **wie)  # type: ignore[arg-type]


# ---- what a refusal at once comes to -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("antwoord", "weg"), [("550 no such user", True), ("550 5.1.1 unknown", True), ("554 5.7.1 blocked", False)]
)
async def test_a_refusal_at_once_has_the_same_consequences(db: Sessionmaker, antwoord: str, weg: bool) -> None:
    await stuur(db, postbus=Postbus(antwoord=antwoord))
    assert await gebeurtenissen(db) == ["mail_geweigerd"]
    assert await is_weg(db) == weg
    assert [brief.kenmerk for brief in await brieven.brieven(db)] == [M1["nummer"]]


async def test_the_number_goes_along_where_the_server_knows_how(db: Sessionmaker) -> None:
    postbus = Postbus(dsn=True)
    await stuur(db, postbus=postbus)
    assert postbus.opties == ["RET=HDRS", f"ENVID={NUMMER.upper()}", "NOTIFY=FAILURE,DELAY"]  # as the library reads it


# ---- the address afterwards --------------------------------------------------------------------------------


async def test_the_citizen_reads_it_at_the_next_login_until_an_address_works(browser: Browser, portal: FastAPI) -> None:
    db = portal.state.db
    await stuur(db)
    await verwerk(db, HARD)
    kop = "Wij konden u geen e-mail sturen"
    await browser.log_in(factories.burger(factories.YOUSSEF))
    assert kop not in text_of(await browser.get("/overzicht"))
    await browser.log_in(factories.burger(factories.ANNA))
    tekst = text_of(await browser.get("/overzicht"))
    assert kop in tekst
    assert AAN not in tekst
    async with db.begin() as session:
        await onbestelbaar.vergeet(session, SLEUTELS, AAN)
    assert kop not in text_of(await browser.get("/overzicht"))
    await verwerk(db, HARD)  # the same notification once more does not bring it back
    assert kop not in text_of(await browser.get("/overzicht"))


async def test_another_address_ends_what_there_was_to_tell(verstuurd: Sessionmaker) -> None:
    await verwerk(verstuurd, HARD)
    async with verstuurd.begin() as session:
        assert await onbestelbaar.heeft_onbestelbaar(session, ANNA)
        await onbestelbaar.vergeet_van(session, ANNA)
        assert not await onbestelbaar.heeft_onbestelbaar(session, ANNA)


# ---- letters -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dag", "uiterlijk"),
    [
        (date(2026, 11, 24), date(2026, 11, 26)),
        (date(2026, 11, 26), date(2026, 11, 30)),
        (date(2026, 11, 28), date(2026, 12, 1)),
        (date(2026, 12, 24), date(2026, 12, 29)),
    ],
)
def test_a_letter_goes_within_two_working_days(dag: date, uiterlijk: date) -> None:
    assert brieven.uiterlijk_op(dag) == uiterlijk


async def test_staff_see_which_letters_to_write_and_say_that_they_did(
    verstuurd: Sessionmaker, database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    settings = factories.settings(database_url)
    assert await opdrachtregel.lijst(settings, alle=False, als_csv=False) == [
        "Er hoeft geen brief te worden geschreven."
    ]
    with time_machine.travel(datetime(2026, 11, 24, 12, tzinfo=UTC)):
        await verwerk(verstuurd, HARD)
    [brief] = await brieven.brieven(verstuurd)
    assert "er moet een brief uit" in caplog.text
    kop, regel = await opdrachtregel.lijst(settings, alle=False, als_csv=False)
    assert kop.split() == ["brief", "zaaknummer", "sjabloon", "uiterlijk", "klaar"]
    assert regel.split() == [str(brief.id), M1["nummer"], "M1", "2026-11-26"]
    csv = await opdrachtregel.lijst(settings, alle=False, als_csv=True)
    assert csv == ["brief;zaaknummer;sjabloon;uiterlijk;klaar", f"{brief.id};{M1['nummer']};M1;2026-11-26;"]
    [tekst] = await opdrachtregel.brief(settings, brief.id, klaar=False)
    assert f"Uw nummer is {M1['nummer']}." in tekst
    assert factories.PORTAAL in tekst
    await brieven.toezicht(verstuurd)
    with time_machine.travel(datetime(2026, 11, 27, 12, tzinfo=UTC)):
        await brieven.toezicht(verstuurd)
    assert "brieven te laat" in caplog.text
    assert brieven.AANTAL.labels("te_laat")._value.get() == 1
    assert await opdrachtregel.brief(settings, brief.id, klaar=True) == [f"Brief {brief.id} is verstuurd."]
    assert await opdrachtregel.brief(settings, brief.id, klaar=True) == []
    assert await brieven.brieven(verstuurd) == []
    [klaar] = await brieven.brieven(verstuurd, alle=True)
    assert klaar.gedaan_op is not None
    await brieven.toezicht(verstuurd)
    assert brieven.AANTAL.labels("open")._value.get() == 0


# ---- where they come from ----------------------------------------------------------------------------------


def maildir(folder: Path, **berichten: bytes) -> Path:
    for naam in ("new", "cur", "tmp"):
        (folder / naam).mkdir(parents=True, exist_ok=True)
    for naam, inhoud in berichten.items():
        (folder / "new" / naam).write_bytes(inhoud)
    return folder


async def test_a_maildir_is_read_once_and_what_is_not_ours_is_left_alone(
    verstuurd: Sessionmaker, tmp_path: Path
) -> None:
    bus = Bounces(maildir=maildir(tmp_path / "bus", a=HARD, b=b"Subject: reclame\r\n\r\nKoop nu", c=HARD))
    assert await bouncebus.leeg(verstuurd, bus) == {"onbestelbaar": 1, "geen_melding": 1, "al_bekend": 1}
    assert await bouncebus.leeg(verstuurd, bus) == {}
    assert sorted(bestand.name for bestand in (tmp_path / "bus" / "cur").iterdir()) == ["a:2,S", "b:2,S", "c:2,S"]
    assert await bouncebus.bereikbaar(bus) == ""
    with pytest.raises(bouncebus.BusOnbereikbaar):
        await bouncebus.leeg(verstuurd, Bounces(maildir=tmp_path / "nergens"))
    assert await bouncebus.bereikbaar(Bounces(maildir=tmp_path / "nergens")) == "geen Maildir"


async def test_a_mailbox_is_read_over_tls_and_marked_as_seen_only_after_it_is_stored(
    verstuurd: Sessionmaker, tmp_path: Path
) -> None:
    mailbox = Mailbox(berichten={7: HARD, 8: b"Subject: iets anders\r\n\r\n"}, valt_om=True)
    certificaat = maak_certificaat(tmp_path)
    async with imap_server(mailbox, certificaat) as poort:
        bus = Bounces(host="localhost", poort=poort, gebruiker="pip", wachtwoord="geheim", ca=certificaat, elke=1)
        assert await bouncebus.bereikbaar(bus) == ""
        with pytest.raises(bouncebus.BusOnbereikbaar):
            await bouncebus.leeg(verstuurd, bus)
        assert mailbox.gezien == set()
        mailbox.valt_om = False
        taak = asyncio.create_task(bouncebus.blijf_legen(verstuurd, bus))
        async with asyncio.timeout(10):
            await mailbox.klaar.wait()
        taak.cancel()
        with suppress(asyncio.CancelledError):
            await taak
        assert await bouncebus.leeg(verstuurd, bus) == {}
        assert await bouncebus.bereikbaar(bus.model_copy(update={"ca": None}))  # the certificate of a stranger
        mailbox.wachtwoord = "anders"
        assert await bouncebus.bereikbaar(bus) == "error"
    assert await bouncebus.bereikbaar(bus) == "ConnectionRefusedError"
    assert await is_weg(verstuurd)


@pytest.mark.parametrize("velden", [{}, {"host": "imap.intern", "maildir": "/x"}, {"host": "x", "map": 'a"b'}])
def test_there_is_one_place_where_they_come_back(velden: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        Bounces.model_validate(velden)


async def test_a_mail_server_can_pipe_them_and_keeps_what_cannot_be_stored_now(
    verstuurd: Sessionmaker, database_url: str, tmp_path: Path
) -> None:
    def leest(settings: Settings) -> subprocess.CompletedProcess[bytes]:
        omgeving = {
            "PIP_OMGEVING": "test",
            "PIP_DATABASE_URL": settings.database_url,
            "PIP_SLEUTELS": f'["{factories.FERNET}"]',
            "PIP_PSEUDONIEM_SLEUTEL": factories.PSEUDONIEM,
        }
        opdracht = [sys.executable, "-m", "pip_portal", "post", "bounces", "-"]
        return subprocess.run(opdracht, input=HARD, env=omgeving, capture_output=True, timeout=60)

    gelezen = await asyncio.to_thread(leest, factories.settings(database_url))
    assert (gelezen.returncode, gelezen.stdout) == (0, b"adres neemt geen mail aan\n")
    zonder = await asyncio.to_thread(leest, factories.settings("postgresql://pip:geheim@127.0.0.1:1/pip"))
    assert zonder.returncode == 75
    assert b"geheim" not in zonder.stderr
    (tmp_path / "melding").write_bytes(HARD)
    settings = factories.settings(database_url)
    assert await opdrachtregel.bounces(settings, str(tmp_path / "melding"), None) == ["melding die al was verwerkt"]
    bus = maildir(tmp_path / "bus", a=HARD)
    assert await opdrachtregel.bounces(settings, "", bus) == ["1 × melding die al was verwerkt"]
    assert await opdrachtregel.bounces(settings, "", bus) == ["Er is niets nieuws."]


async def test_what_is_known_of_mails_and_addresses_ends(portal: FastAPI) -> None:
    from pip_portal.app import maak_bewaren

    db = portal.state.db
    await stuur(db)
    await verwerk(db, HARD)
    for dagen, over in ((89, (1, 1, 1)), (92, (0, 1, 1)), (366, (0, 0, 1)), (6 * 365, (0, 0, 1))):
        with time_machine.travel(datetime.now(UTC) + timedelta(days=dagen)):
            await maak_bewaren(portal).oud()
        async with db() as session:
            rijen = [len(list(await session.scalars(select(tabel)))) for tabel in (Mail, Onbestelbaar, Brief)]
        assert tuple(rijen) == over  # a letter that nobody wrote is never forgotten
