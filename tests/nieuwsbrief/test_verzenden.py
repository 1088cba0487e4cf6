"""Sending: everybody once, whatever happens in between, and nobody who stopped."""

import asyncio
import json
import os
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from lxml import html
from sqlalchemy import func, select, update

from pip_portal.app import maak_bewaren
from pip_portal.bewaren import Bewaren
from pip_portal.db import Sessionmaker, open_db
from pip_portal.nieuwsbrief import voorkeuren
from pip_portal.nieuwsbrief.ontvangers import Stand
from pip_portal.nieuwsbrief.verdelen import laatste_moment, plan_bundels
from pip_portal.nieuwsbrief.verzenden import MailserverWeg, Verzender
from pip_portal.post.bounces import verwerk
from pip_portal.post.onbestelbaar import adres_hash
from pip_portal.settings import Nieuwsbrief, Settings, Smtp
from pip_portal.tables import Abonnee, Inschrijving, Mail, Mailblokkade, Onbestelbaar, Ontvanger, Zending
from tests import factories
from tests.conftest import Browser
from tests.nieuwsbrief.conftest import START, link_in, smtp, tekst
from tests.nieuwsbrief.lezers import brief, geef_uit, maak_lezer, maak_lezers
from tests.post.smtp import Postbus, smtp_server

SLEUTELS = factories.sleutels()
SNEL = Nieuwsbrief(per_seconde=0, gelijktijdig=2)


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Sessionmaker]:
    async with open_db(database_url) as db:
        yield db


@pytest.fixture
async def poort(postbus: Postbus) -> AsyncIterator[int]:
    async with smtp_server(postbus) as poort:
        yield poort


def verzender(db: Sessionmaker, poort: int, hoe: Nieuwsbrief = SNEL, **kw: Any) -> Verzender:
    return Verzender(db, SLEUTELS, Smtp.model_validate(smtp(poort)), hoe, factories.PORTAAL, **kw)


async def verzend(db: Sessionmaker, poort: int, zending: str, **kw: Any) -> Stand:
    return await verzender(db, poort, **kw).verzend(zending, asyncio.Event())


async def toestanden(db: Sessionmaker) -> dict[str, int]:
    async with db() as session:
        rijen = await session.execute(select(Ontvanger.toestand, func.count()).group_by(Ontvanger.toestand))
        return dict(rijen.all())


def ontvangers(postbus: Postbus) -> Counter[str]:
    return Counter(str(mail["To"]) for mail in postbus.mails)


async def test_a_mail_holds_who_sends_it_why_and_how_to_stop(db: Sessionmaker, poort: int, postbus: Postbus) -> None:
    await maak_lezer(db, SLEUTELS, "a@voorbeeld.nl", [("stad", "direct")])
    await maak_lezer(db, SLEUTELS, "b@voorbeeld.nl", [("stad", "direct")], taal="en", html=False)
    hoe = Nieuwsbrief(per_seconde=0, afmeldadres="afmelden@deventer.example")
    await verzend(db, poort, await geef_uit(db), hoe=hoe)
    a, b = sorted(postbus.mails, key=lambda mail: str(mail["To"]))
    assert (a["Subject"], b["Subject"]) == ("De brug gaat dicht", "The bridge closes")
    assert a["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    afmelden = factories.PORTAAL + link_in(a, "afmelden")
    assert a["List-Unsubscribe"] == f"<{afmelden}>, <mailto:afmelden@deventer.example?subject=afmelden>"
    assert "Gemeente Deventer, Grote Kerkhof 1" in tekst(a)
    assert "the website" not in tekst(b)
    assert b.get_body(("html",)) is None
    assert "Unsubscribe" in tekst(b)
    deel = a.get_body(("html",))
    assert deel is not None
    pagina = html.document_fromstring(deel.get_content())
    assert pagina.get("lang") == "nl"
    assert [k.text for k in pagina.iter("h1", "h2")] == ["De brug gaat dicht", "Waarom"]
    assert not list(pagina.iter("table", "script"))
    assert {a.get("href") for a in pagina.iter("a")} >= {"https://deventer.nl", afmelden}
    assert a["Message-ID"] != b["Message-ID"]


async def test_only_who_confirmed_this_topic_and_wants_it_at_once_gets_it_now(
    db: Sessionmaker, poort: int, postbus: Postbus
) -> None:
    await maak_lezer(db, SLEUTELS, "ja@voorbeeld.nl", [("stad", "direct"), ("cultuur", "direct")])
    await maak_lezer(db, SLEUTELS, "week@voorbeeld.nl", [("stad", "wekelijks")])
    await maak_lezer(db, SLEUTELS, "anders@voorbeeld.nl", [("kern-lettele", "direct")])
    zending = await geef_uit(db, brief("Twee onderwerpen", "stad", "cultuur"))
    await maak_lezer(db, SLEUTELS, "later@voorbeeld.nl", [("stad", "direct")])
    stand = await verzend(db, poort, zending)
    assert ontvangers(postbus) == {"ja@voorbeeld.nl": 1}
    assert (stand.verzonden, stand.open, stand.niet) == (1, 0, 0)
    await verzend(db, poort, zending)
    assert ontvangers(postbus) == {"ja@voorbeeld.nl": 1}


async def test_who_stops_while_it_is_being_sent_gets_nothing_and_neither_does_who_takes_no_mail(
    db: Sessionmaker, poort: int, postbus: Postbus
) -> None:
    adressen = await maak_lezers(db, SLEUTELS, 5)
    zending = await geef_uit(db)
    gestopt = asyncio.Event()
    gestopt.set()
    assert (await verzender(db, poort).verzend(zending, gestopt)).open == 5
    await voorkeuren.meld_adres_af(db, SLEUTELS, adressen[0], bron="mail", reden="afgemeld")
    async with db.begin() as session:
        ander = select(Abonnee.id).where(Abonnee.adres_hash == adres_hash(SLEUTELS, adressen[1])).scalar_subquery()
        await session.execute(
            update(Inschrijving).where(Inschrijving.abonnee_id == ander).values(frequentie="maandelijks")
        )
        session.add(Onbestelbaar(adres_hash=adres_hash(SLEUTELS, adressen[2]), eigenaar="x", code="5.1.1", sinds=START))
    stand = await verzend(db, poort, zending)
    assert set(ontvangers(postbus)) == set(adressen[3:])
    assert (stand.verzonden, stand.niet, stand.open) == (2, 2, 0)


async def test_an_address_that_is_refused_gets_no_newsletter_any_more_and_a_busy_server_is_asked_again_later(
    db: Sessionmaker, poort: int, postbus: Postbus
) -> None:
    await maak_lezers(db, SLEUTELS, 1)
    postbus.antwoord = "451 4.7.1 later"
    zending = await geef_uit(db)
    stand = await verzend(db, poort, zending)
    assert stand.open == 1
    assert stand.weer_op is not None
    assert stand.weer_op > datetime.now(UTC) + timedelta(minutes=4)
    async with db.begin() as session:
        await session.execute(update(Ontvanger).values(vrij_op=START))
    postbus.antwoord = "550 5.1.1 onbekend"
    assert (await verzend(db, poort, zending)).niet == 1
    postbus.antwoord = "250 OK"
    await verzend(db, poort, await geef_uit(db))
    assert postbus.mails == []
    assert await toestanden(db) == {"geweigerd": 1, "overgeslagen": 1}


async def test_what_bounces_later_stops_the_next_newsletter(db: Sessionmaker, poort: int, postbus: Postbus) -> None:
    await maak_lezers(db, SLEUTELS, 1)
    await verzend(db, poort, await geef_uit(db))
    [mail] = postbus.mails
    bounce = (
        'Content-Type: multipart/report; report-type=delivery-status; boundary="g"\n\n--g\n'
        "Content-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\nAction: failed\nStatus: 5.1.1\n\n--g\n"
        f"Content-Type: text/rfc822-headers\n\nMessage-ID: {mail['Message-ID']}\n\n--g--\n"
    )
    assert await verwerk(db, bounce.encode()) == "onbestelbaar"
    await verzend(db, poort, await geef_uit(db))
    assert len(postbus.mails) == 1


async def test_when_the_mail_server_is_away_nothing_is_lost(db: Sessionmaker, postbus: Postbus) -> None:
    await maak_lezers(db, SLEUTELS, 3)
    zending = await geef_uit(db)
    async with smtp_server(postbus) as poort:
        pass
    with pytest.raises(MailserverWeg):
        await verzend(db, poort, zending, hoe=Nieuwsbrief(per_seconde=0, gelijktijdig=1))
    async with smtp_server(postbus) as poort:
        assert (await verzend(db, poort, zending)).verzonden == 3
    assert set(ontvangers(postbus).values()) == {1}


async def test_it_is_sent_no_faster_than_was_set_and_stops_politely(
    db: Sessionmaker, poort: int, postbus: Postbus
) -> None:
    await maak_lezers(db, SLEUTELS, 30)
    zending = await geef_uit(db)
    stop = asyncio.Event()
    asyncio.get_running_loop().call_later(0.5, stop.set)
    stand = await verzender(db, poort, Nieuwsbrief(per_seconde=10, gelijktijdig=3)).verzend(zending, stop)
    assert 1 <= stand.verzonden <= 8
    assert stand.verzonden + stand.open == 30
    verzonden = len(postbus.mails)
    assert (await verzend(db, poort, zending)).verzonden == 30
    assert (verzonden, len(postbus.mails)) == (stand.verzonden, 30)
    assert set(ontvangers(postbus).values()) == {1}


@dataclass
class Doder(Postbus):
    """Kills the sender while it gives its next mail after this many, before that mail is taken."""

    proces: asyncio.subprocess.Process | None = None
    na: int = 0

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.proces is not None and len(self.mails) >= self.na:
            os.kill(self.proces.pid, signal.SIGKILL)
            self.proces = None
            await asyncio.sleep(0.2)
            return "451 weg"
        return await super().handle_DATA(server, session, envelope)


async def begin(settings: Settings, poort: int, zending: str, **hoe: object) -> asyncio.subprocess.Process:
    omgeving = {k: v for k, v in os.environ.items() if not k.startswith("PIP_")} | {
        "PIP_OMGEVING": "test",
        "PIP_DATABASE_URL": settings.database_url,
        "PIP_SLEUTELS": json.dumps([factories.FERNET]),
        "PIP_PSEUDONIEM_SLEUTEL": factories.PSEUDONIEM,
        "PIP_SMTP": json.dumps(smtp(poort)),
        "PIP_NIEUWSBRIEF": json.dumps({"per_seconde": 0, "gelijktijdig": 1} | hoe),
    }
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.nieuwsbrief.verzender", zending, env=omgeving
    )


@pytest.mark.seed("P2")
async def test_a_sender_that_is_killed_halfway_is_followed_by_another_and_everybody_gets_one(
    database_url: str, db: Sessionmaker
) -> None:
    adressen = await maak_lezers(db, SLEUTELS, 80)
    zending = await geef_uit(db)
    postbus = Doder(na=60)
    settings = factories.settings(database_url)
    async with smtp_server(postbus) as poort:
        postbus.proces = eerste = await begin(settings, poort, zending)
        assert await eerste.wait() == -signal.SIGKILL
        assert len(postbus.mails) == 60
        assert await (await begin(settings, poort, zending)).wait() == 0
    assert ontvangers(postbus) == Counter(adressen)
    assert len({str(mail["Message-ID"]) for mail in postbus.mails}) == 80
    assert await toestanden(db) == {"verzonden": 80}
    async with db() as session:
        assert await session.scalar(select(func.count()).select_from(Zending).where(Zending.klaar_op.is_not(None)))


async def test_two_senders_at_once_share_the_work(database_url: str, poort: int, postbus: Postbus) -> None:
    async with open_db(database_url) as een, open_db(database_url) as ander:
        adressen = await maak_lezers(een, SLEUTELS, 120)
        zending = await geef_uit(een)
        await asyncio.gather(verzend(een, poort, zending), verzend(ander, poort, zending))
    assert ontvangers(postbus) == Counter(adressen)


# ---- of the week and the month -----------------------------------------------------------------------------


def test_the_moments_of_the_week_and_the_month_are_eight_in_the_morning_in_deventer() -> None:
    zomer = datetime(2026, 7, 13, 5, 59, tzinfo=UTC)  # a Monday, 7.59 in Deventer
    assert laatste_moment("wekelijks", zomer).isoformat() == "2026-07-06T08:00:00+02:00"
    assert laatste_moment("wekelijks", zomer + timedelta(minutes=1)).isoformat() == "2026-07-13T08:00:00+02:00"
    assert laatste_moment("maandelijks", datetime(2027, 1, 1, 6, 0, tzinfo=UTC)).isoformat() == (
        "2026-12-01T08:00:00+01:00"
    )


async def test_what_came_out_in_a_week_comes_in_one_mail_and_never_again(
    portal: FastAPI, postbus: Postbus, klok: Any
) -> None:
    """START is a Tuesday. Who has one topic at once and another per week, gets nothing twice."""
    db, sleutels = portal.state.db, portal.state.sleutels
    wensen = {
        "week@voorbeeld.nl": [("stad", "wekelijks"), ("kern-lettele", "wekelijks")],
        "maand@voorbeeld.nl": [("stad", "maandelijks")],
        "beide@voorbeeld.nl": [("stad", "direct"), ("kern-lettele", "wekelijks")],
        "traag@voorbeeld.nl": [("stad", "wekelijks"), ("kern-lettele", "maandelijks")],
    }
    lezers = [await maak_lezer(db, sleutels, adres, wat) for adres, wat in wensen.items()]
    for titel, codes in (("Eerste", ("stad",)), ("Tweede", ("stad", "kern-lettele")), ("Derde", ("cultuur",))):
        klok.shift(timedelta(hours=1))
        await geef_uit(db, brief(titel, *codes))
    bewaren = maak_bewaren(portal)

    async def ronde(dagen: int) -> dict[str, str]:
        postbus.mails.clear()
        klok.shift(timedelta(days=dagen))
        for _ in range(2):
            await bewaren.ronde()
            await portal.state.werker.alles()
        assert set(ontvangers(postbus).values()) <= {1}
        return {str(mail["To"]): tekst(mail) for mail in postbus.mails}

    assert await ronde(0) == {}
    mails = await ronde(6)  # Monday 30 November
    assert set(mails) == {"week@voorbeeld.nl", "traag@voorbeeld.nl"}
    assert postbus.mails[0]["Subject"] == "Nieuws van de gemeente Deventer: 2 berichten"
    week = mails["week@voorbeeld.nl"]
    assert week.index("Eerste") < week.index("* * *") < week.index("Tweede")
    assert "# " not in week
    assert "Derde" not in mails["week@voorbeeld.nl"]
    assert set(await ronde(1)) == {"maand@voorbeeld.nl"}
    for lezer in lezers:
        await voorkeuren.bewaar(db, sleutels, lezer, frequenties={"stad": "maandelijks", "kern-lettele": "maandelijks"})
    assert await ronde(31) == {}, "wie van week naar maand gaat, krijgt niets opnieuw"
    async with db() as session:
        assert await session.scalar(select(func.count()).select_from(Mail)) == 3
    assert await plan_bundels(db, sleutels) == ["wekelijks:2026-12-28", "maandelijks:2027-01-01"]


async def test_who_got_which_mail_is_forgotten_after_three_months(db: Sessionmaker, portal: FastAPI, klok: Any) -> None:
    await maak_lezers(portal.state.db, portal.state.sleutels, 2)
    zending = await geef_uit(portal.state.db)
    await verzend(portal.state.db, portal.state.settings.smtp.poort, zending)
    bewaren: Bewaren = maak_bewaren(portal)
    klok.shift(timedelta(days=89))
    await bewaren.ronde()
    assert await toestanden(db) == {"verzonden": 2}
    klok.shift(timedelta(days=2))
    await bewaren.ronde()
    assert await toestanden(db) == {}


async def test_the_links_in_a_mail_work_and_stop_it(
    portal: FastAPI, browser: Browser, postbus: Postbus, klok: Any
) -> None:
    await maak_lezers(portal.state.db, portal.state.sleutels, 1)
    await verzend(portal.state.db, portal.state.settings.smtp.poort, await geef_uit(portal.state.db))
    [mail] = postbus.mails
    assert (await browser.get(link_in(mail, "voorkeuren"))).status_code == 200
    een_klik = str(mail["List-Unsubscribe"]).split(">")[0].removeprefix(f"<{factories.PORTAAL}")
    antwoord = await browser.client.post(een_klik, data={"List-Unsubscribe": "One-Click"}, headers={})
    assert antwoord.status_code == 200
    async with portal.state.db() as session:
        assert list(await session.scalars(select(Mailblokkade.reden))) == ["afgemeld"]
