"""Mail over a real SMTP server: both languages, text and HTML, nothing personal, refusals told apart."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from lxml import html
from pydantic import SecretStr
from sqlalchemy import func, select, update

from pip_portal.db import Sessionmaker, open_db
from pip_portal.opdrachten import Werker
from pip_portal.post.mail import SOORT, mailnummer, plaats_mail
from pip_portal.post.opmaken import adres_van, maak_bericht
from pip_portal.post.sjablonen import SJABLONEN, sjabloon_van
from pip_portal.post.teksten.zinnen import Zin
from pip_portal.post.versturen import Bezorger, Versturen, bereikbaar
from pip_portal.settings import Smtp
from pip_portal.tables import Bewijs, Opdracht
from tests import factories
from tests.post.smtp import Postbus, maak_certificaat, smtp_server

SLEUTELS = factories.sleutels()
AAN = "a.jansen@voorbeeld.nl"
M1 = {"datum": "24 november 2026", "tijd": "14.30 uur", "nummer": "P26-ABCDEFGHJK", "product": "Verhuizing doorgeven"}
ALLES = {
    "datum": "24 november 2026",
    "tijd": "14.30 uur",
    "nummer": "P26-ABCDEFGHJK",
    "product": "Verhuizing doorgeven",
    "voor": "8 december 2026",
    "code": "123456",
    "link": "/ondertekenen/code",
    "soort": "overdracht",
    "soortnaam": "melding",
}


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Sessionmaker]:
    async with open_db(database_url) as db:
        yield db


@pytest.fixture
def postbus() -> Postbus:
    return Postbus()


@pytest.fixture
async def poort(postbus: Postbus) -> AsyncIterator[int]:
    async with smtp_server(postbus) as poort:
        yield poort


def smtp(poort: int, **meer: object) -> Smtp:
    fields = {"host": "127.0.0.1", "poort": poort, "beveiliging": "geen", "afzender": "pip@deventer.example"}
    return Smtp.model_validate({**fields, "timeout": 5, **meer})


def bezorger(db: Sessionmaker, settings: Smtp) -> Werker:
    return Werker(db, SLEUTELS, {SOORT: Versturen(db, SLEUTELS, settings, factories.PORTAAL)})


async def zet(
    db: Sessionmaker, aan: str = AAN, taal: str = "nl", sjabloon: str = "M1", sleutel: str = "M1:1", **gegevens: str
) -> None:
    async with db.begin() as session:
        await plaats_mail(
            session,
            SLEUTELS,
            sjabloon=sjabloon,
            aan=aan,
            taal=taal,
            gegevens=gegevens or M1,
            sleutel=sleutel,
        )


async def opdracht(db: Sessionmaker) -> Opdracht:
    async with db() as session:
        return (await session.scalars(select(Opdracht))).one()


async def bewijzen(db: Sessionmaker) -> list[Bewijs]:
    async with db() as session:
        return list(await session.scalars(select(Bewijs)))


# ---- what arrives ------------------------------------------------------------------------------------------


@pytest.mark.seed("B7")
async def test_a_mail_arrives_as_text_and_html_with_proof_of_sending(
    db: Sessionmaker, postbus: Postbus, poort: int
) -> None:
    await zet(db)
    assert await bezorger(db, smtp(poort, terug="bounces@deventer.example")).alles() == 1
    [mail] = postbus.mails
    assert mail["To"] == AAN
    assert mail["From"] == "Gemeente Deventer <pip@deventer.example>"
    assert mail["Subject"] == "Wij hebben uw aanvraag ontvangen"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Content-Language"] == "nl"
    assert mail["Message-ID"] == f"<{mailnummer(SLEUTELS, 'M1:1')}@deventer.example>"
    assert postbus.afzenders == ["bounces@deventer.example"]
    tekst, html_deel = (mail.get_body(("plain",)), mail.get_body(("html",)))
    assert tekst is not None
    assert html_deel is not None
    for zin in ("op 24 november 2026 om 14.30 uur. Het gaat om: Verhuizing doorgeven.", "Uw nummer is P26-ABCDEFGHJK."):
        assert zin in tekst.get_content()
        assert zin in html_deel.get_content()
    document = html.document_fromstring(html_deel.get_content())
    assert document.get("lang") == "nl"
    assert [kop.text for kop in document.iter("h1")] == ["Wij hebben uw aanvraag ontvangen"]
    assert not list(document.iter("a", "img", "script", "link"))

    [bewijs] = await bewijzen(db)
    assert (bewijs.gebeurtenis, bewijs.versie, bewijs.kanaal) == ("mail_verzonden", "M1/nl", "email")
    assert bewijs.kenmerk == mailnummer(SLEUTELS, "M1:1")
    assert AAN not in f"{bewijs.wie}{bewijs.kenmerk}{bewijs.hash}"
    klaar = await opdracht(db)
    assert klaar.toestand == "klaar"
    assert SLEUTELS.decrypt(klaar.inhoud) == b"{}"


async def test_a_mail_in_english_and_without_the_product_when_that_tells_too_much(
    db: Sessionmaker, postbus: Postbus, poort: int
) -> None:
    await zet(db, taal="en", datum="24 November 2026", tijd="14:30", nummer="P26-ABCDEFGHJK", product="")
    await bezorger(db, smtp(poort)).alles()
    [mail] = postbus.mails
    body = mail.get_body(("plain",))
    assert body is not None
    assert mail["Subject"] == "We have received your application"
    assert "We received your application on 24 November 2026 at 14:30.\r\n" in body.get_content()
    assert "It is about" not in body.get_content()


@pytest.mark.seed("N10")
@pytest.mark.parametrize("taal", ["nl", "en"])
@pytest.mark.parametrize("naam", SJABLONEN)
def test_no_mail_holds_anything_personal_or_a_link_that_opens_something(naam: str, taal: str) -> None:
    sjabloon = SJABLONEN[naam]
    namen = sjabloon.nodig | sjabloon.mag
    assert not namen & {"naam", "email", "bsn", "adres", "telefoon", "kvk_nummer", "geboortedatum"}
    gegevens = {sleutel: ALLES[sleutel] for sleutel in namen}
    bericht = maak_bericht(
        smtp(25), factories.PORTAAL, sjabloon=naam, aan=AAN, taal=taal, gegevens=gegevens, nummer="n", moment=_nu()
    )
    for deel in ("plain", "html"):
        body = bericht.get_body((deel,))
        assert body is not None
        inhoud = body.get_content()
        assert AAN not in inhoud
        assert "{" not in inhoud
        assert not [feit for feit in factories.PERSOONLIJK if feit in inhoud]
        assert (factories.PORTAAL + ALLES["link"] in inhoud) == ("link" in namen)
        assert inhoud.replace(factories.PORTAAL + ALLES["link"], "").count("http") == ("{portaal}" in _velden(naam))
    assert not [regel for regel in bytes(bericht).split(b"\r\n") if len(regel) > 998]


@pytest.mark.parametrize("naam", SJABLONEN)
def test_every_sentence_has_both_languages_and_says_what_it_is_about(naam: str) -> None:
    sjabloon = SJABLONEN[naam]
    for zin in (sjabloon.onderwerp, *sjabloon.zinnen):
        assert zin.nl
        assert zin.en
        assert zin.nl != zin.en
    if naam == "VASTGELOPEN":
        return
    for keuze in (sjabloon.nodig, sjabloon.nodig | sjabloon.mag):
        zinnen = [zin.nl for zin in sjabloon.zinnen if zin.geldt({sleutel: ALLES[sleutel] for sleutel in keuze})]
        assert any("Het gaat om: " in zin and "{product}" not in zin for zin in zinnen)


@pytest.mark.seed("P6", "X1")
def test_a_mail_says_its_nature_whether_an_answer_is_expected_and_until_when() -> None:
    """Source: Awb art. 2:10(2), from 1 January 2027."""
    for naam, aard in (
        ("M2", "een verzoek om informatie. U moet reageren vóór 8 december 2026."),
        ("M5", "een vraag om uw zienswijze. U moet reageren vóór 8 december 2026."),
        ("M6", "een verzoek om te betalen. U moet reageren vóór 8 december 2026."),
        ("M7", "een besluit. U hoeft niet te reageren. Bent u het er niet mee eens? Laat ons dat dan weten vóór 8 "),
        ("M10", "een bericht met een vraag. U moet reageren vóór 8 december 2026."),
    ):
        assert f"Het gaat om: {aard}" in _tekst(naam, "nl", "voor", "nummer")
    assert "This is about: a request for information. You must respond before 8 dec" in _tekst(
        "M2", "en", "voor", "nummer"
    )
    assert "een bericht ter informatie. U hoeft niets te doen." in _tekst("M10", "nl")
    assert "In het besluit staat tot wanneer u dat kunt laten weten." in _tekst("M7", "nl", "nummer")
    assert {naam for naam, sjabloon in SJABLONEN.items() if sjabloon.formeel} >= {
        *("M1", "M1A", "M1I", "M2", "M4", "M5", "M6", "M7", "TEKENEN", "GEWEIGERD", "VERLOPEN")
    }


def _tekst(naam: str, taal: str, *sleutels: str) -> str:
    gegevens = {sleutel: ALLES[sleutel] for sleutel in sleutels}
    bericht = maak_bericht(
        smtp(25), factories.PORTAAL, sjabloon=naam, aan=AAN, taal=taal, gegevens=gegevens, nummer="n", moment=_nu()
    )
    body = bericht.get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def _velden(naam: str) -> str:
    return " ".join(zin.nl for zin in SJABLONEN[naam].zinnen)


def _nu() -> datetime:
    return datetime(2026, 11, 24, 13, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("naam", "gegevens", "zin"),
    [
        ("M99", {}, "sjabloon M99 bestaat niet"),
        ("M1", {"datum": "x", "tijd": "x"}, "mist \\['nummer'\\]"),
        ("CONCEPT", {"datum": "x", "product": "Bijstand"}, "kent \\['product'\\] niet"),
    ],
)
def test_a_template_gets_what_it_knows_and_nothing_else(naam: str, gegevens: dict[str, str], zin: str) -> None:
    with pytest.raises(ValueError, match=zin):
        sjabloon_van(naam, gegevens)


def test_a_sentence_can_depend_on_what_is_known() -> None:
    assert Zin("x", "x", als="a", zonder="b").geldt({"a": "1"})
    assert not Zin("x", "x", als="a").geldt({"a": ""})
    assert not Zin("x", "x", zonder="b").geldt({"b": "1"})


# ---- addresses ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tekst", "adres"),
    [(" Jan@Voorbeeld.NL ", "Jan@Voorbeeld.NL"), ("jan@café.example", "jan@xn--caf-dma.example")],
)
def test_an_address_is_written_as_a_mail_server_takes_it(tekst: str, adres: str) -> None:
    assert adres_van(tekst) == adres


@pytest.mark.parametrize(
    "tekst",
    [
        "",
        "jan",
        "jan@",
        "@voorbeeld.nl",
        "jan@localhost",
        "a@b.nl\r\nBcc: c@d.nl",
        "a@b.nl, c@d.nl",
        "a b@c.nl",
        "a@[10.0.0.1]",
    ],
)
async def test_what_is_no_address_is_never_tried(db: Sessionmaker, postbus: Postbus, poort: int, tekst: str) -> None:
    await zet(db, aan=tekst)
    await bezorger(db, smtp(poort)).alles()
    assert postbus.mails == []
    assert (await opdracht(db)).toestand == "dood"
    assert [b.gebeurtenis for b in await bewijzen(db)] == ["mail_geweigerd"]


# ---- refusals ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("bij", ["antwoord", "na_data"])
async def test_a_temporary_refusal_is_tried_again(db: Sessionmaker, postbus: Postbus, poort: int, bij: str) -> None:
    with time_machine.travel(_nu(), tick=False) as klok:
        await zet(db)
        setattr(postbus, bij, "451 greylisted, come back")
        await bezorger(db, smtp(poort)).alles()
        wacht = await opdracht(db)
        assert wacht.toestand == "nieuw"
        assert "451" in wacht.fout
        assert await bewijzen(db) == []
        setattr(postbus, bij, "250 OK")
        klok.shift(timedelta(minutes=1))
        await bezorger(db, smtp(poort)).alles()
    assert len(postbus.mails) == 1
    assert (await opdracht(db)).toestand == "klaar"


@pytest.mark.parametrize("bij", ["antwoord", "na_data"])
async def test_a_refusal_for_good_is_written_down_and_never_tried_again(
    db: Sessionmaker, postbus: Postbus, poort: int, bij: str
) -> None:
    await zet(db)
    setattr(postbus, bij, f"550 no such user {AAN}")
    await bezorger(db, smtp(poort)).alles()
    dood = await opdracht(db)
    assert (dood.toestand, dood.fout) == ("dood", "geweigerd door de mailserver (550)")
    assert SLEUTELS.decrypt(dood.inhoud) == b"{}"
    assert [b.gebeurtenis for b in await bewijzen(db)] == ["mail_geweigerd"]
    assert await bezorger(db, smtp(poort)).alles() == 0


async def test_a_server_that_is_away_or_refuses_us_is_no_bounce(db: Sessionmaker, postbus: Postbus) -> None:
    await zet(db)
    await bezorger(db, smtp(1)).alles()
    assert (await opdracht(db)).toestand == "nieuw"
    postbus.wachtwoord = "goed"
    async with db.begin() as session:
        await session.execute(update(Opdracht).values(beurt_op=_nu() - timedelta(days=1)))
    async with smtp_server(postbus) as poort:
        await bezorger(db, smtp(poort)).alles()
    wacht = await opdracht(db)
    assert wacht.toestand == "nieuw"
    assert "mailserver: " in wacht.fout
    assert await bewijzen(db) == []


# ---- once --------------------------------------------------------------------------------------------------


async def test_a_mail_that_was_sent_before_the_crash_is_not_sent_again(
    db: Sessionmaker, postbus: Postbus, poort: int
) -> None:
    await zet(db)
    await bezorger(db, smtp(poort)).alles()
    inhoud = {"sjabloon": "M1", "aan": AAN, "taal": "nl", "gegevens": M1, "nummer": mailnummer(SLEUTELS, "M1:1")}
    await Versturen(db, SLEUTELS, smtp(poort), factories.PORTAAL)(inhoud)  # as a worker that takes it over
    assert len(postbus.mails) == 1
    async with db() as session:
        assert await session.scalar(select(func.count()).select_from(Bewijs)) == 1


async def test_a_crash_between_the_server_and_the_proof_gives_the_same_mail_with_the_same_number(
    db: Sessionmaker, postbus: Postbus, poort: int
) -> None:
    class Valt(Bezorger):
        async def _verzonden(self, *_: object) -> None:
            raise asyncio.CancelledError

    await zet(db)
    versturen = Versturen(db, SLEUTELS, smtp(poort), factories.PORTAAL)
    versturen._bezorger = Valt(db, SLEUTELS, smtp(poort), factories.PORTAAL)
    await Werker(db, SLEUTELS, {SOORT: versturen}).alles()
    async with db.begin() as session:
        await session.execute(update(Opdracht).values(beurt_op=_nu() - timedelta(days=1)))
    await bezorger(db, smtp(poort)).alles()
    assert len(postbus.mails) == 2
    assert len({mail["Message-ID"] for mail in postbus.mails}) == 1
    assert sorted(b.gebeurtenis for b in await bewijzen(db)) == ["mail_mogelijk_dubbel", "mail_verzonden"]


# ---- encryption --------------------------------------------------------------------------------------------


async def test_mail_goes_encrypted_and_with_a_password(db: Sessionmaker, postbus: Postbus, tmp_path: Path) -> None:
    certificaat = maak_certificaat(tmp_path)
    postbus.wachtwoord = "geheim"
    async with smtp_server(postbus, certificaat) as poort:
        goed = smtp(
            poort, host="localhost", beveiliging="starttls", ca=certificaat, gebruiker="pip", wachtwoord="geheim"
        )
        await zet(db)
        await bezorger(db, goed).alles()
        assert len(postbus.mails) == 1
        assert await bereikbaar(goed, factories.PORTAAL) == ""
        vreemd = goed.model_copy(update={"ca": None})  # a certificate of somebody we do not know
        assert await bereikbaar(vreemd, factories.PORTAAL)
        geraden = goed.model_copy(update={"wachtwoord": SecretStr("geraden")})
        assert await bereikbaar(geraden, factories.PORTAAL) == "SMTPAuthenticationError (535)"
    assert await bereikbaar(goed, factories.PORTAAL) == "SMTPConnectError"
