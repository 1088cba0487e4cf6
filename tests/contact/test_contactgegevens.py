"""Contactgegevens: adding, proving with a code, choosing and removing, as a citizen does it."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from fastapi import FastAPI
from sqlalchemy import func, select

from pip_portal.contact.adressen import email_van
from pip_portal.eigenaar import eigenaar_van
from pip_portal.gebruiker import Bedrijf, Gebruiker
from pip_portal.post.onbestelbaar import adres_hash
from pip_portal.settings import Settings
from pip_portal.tables import Contactadres, Onbestelbaar, Opdracht
from tests import factories
from tests.conftest import Browser, text_of
from tests.contact.conftest import SLEUTELS, Wachtrij, laatste_code

YOUSSEF, SANNE = factories.burger(factories.YOUSSEF), factories.burger(factories.SANNE)
PAD = "/contact-gegevens"
VoegToe = Callable[..., Awaitable[str]]


async def gebruikt(portal: FastAPI, gebruiker: Gebruiker) -> str | None:
    async with portal.state.db() as session:
        return await email_van(session, SLEUTELS, eigenaar_van(gebruiker, SLEUTELS).hash)


async def test_an_address_is_used_only_after_its_code(
    portal: FastAPI, browser: Browser, wachtrij: Wachtrij, caplog: pytest.LogCaptureFixture
) -> None:
    await browser.log_in(YOUSSEF)
    pagina = await browser.get(PAD)
    assert pagina.headers["cache-control"] == "no-store"
    leeg = text_of(pagina)
    assert "Wij hebben geen e-mailadres van u" in leeg
    assert "Wij hebben geen telefoonnummer van u. U hoeft het niet te geven." in leeg
    response = await browser.post(PAD, {"soort": "email", "adres": " Youssef@Voorbeeld.NL "})
    pad = response.headers["location"]
    assert "youssef" not in pad.lower()
    assert "Youssef@voorbeeld.nl" in text_of(await browser.get(pad))
    assert await gebruikt(portal, YOUSSEF) is None
    assert "Niet bevestigd" in text_of(await browser.get(PAD))
    (mail,) = await wachtrij("mail")
    assert (mail["sjabloon"], mail["aan"]) == ("M12", "Youssef@voorbeeld.nl")
    code = mail["gegevens"]["code"]
    assert len(code) == 6
    async with portal.state.db() as session:
        rij = await session.scalar(select(Contactadres))
        assert code not in rij.code_hash
        assert b"oussef" not in rij.adres
    fout = await browser.post(pad, {"code": "000000" if code != "000000" else "111111"})
    assert fout.status_code == 422
    assert "Deze code klopt niet" in text_of(fout)
    goed = await browser.post(pad, {"code": f"{code[:3]} {code[3:]}"})
    klaar = text_of(await browser.get(goed.headers["location"]))
    assert "Uw adres is bevestigd" in klaar
    assert "Dit gebruiken wij" in klaar
    assert await gebruikt(portal, YOUSSEF) == "Youssef@voorbeeld.nl"
    assert (await browser.post(pad, {"code": code})).status_code == 303  # the second tab, or a double click
    assert "oussef" not in caplog.text
    assert code not in caplog.text


async def test_who_guesses_gets_five_tries_and_then_needs_a_new_code(browser: Browser, wachtrij: Wachtrij) -> None:
    await browser.log_in(YOUSSEF)
    pad = (await browser.post(PAD, {"soort": "email", "adres": "y@voorbeeld.nl"})).headers["location"]
    code = await laatste_code(wachtrij)
    anders = [c for c in ("000001", "000002", "000003", "000004", "000005", "000006") if c != code][:5]
    for poging in anders:
        assert "Deze code klopt niet" in text_of(await browser.post(pad, {"code": poging}))
    te_vaak = await browser.post(pad, {"code": code})
    assert te_vaak.status_code == 422
    assert "U vulde te vaak een verkeerde code in" in text_of(te_vaak)
    opnieuw = await browser.post(pad.replace("/bevestigen", "/code"))
    assert "Wij stuurden een nieuwe code" in text_of(await browser.get(opnieuw.headers["location"]))
    assert (await browser.post(pad, {"code": await laatste_code(wachtrij)})).status_code == 303


async def test_a_code_ends_after_a_quarter_and_an_older_one_at_once(browser: Browser, wachtrij: Wachtrij) -> None:
    with time_machine.travel(datetime(2026, 11, 24, 9, 0, tzinfo=UTC), tick=False) as klok:
        await browser.log_in(YOUSSEF)
        pad = (await browser.post(PAD, {"soort": "email", "adres": "y@voorbeeld.nl"})).headers["location"]
        oud = await laatste_code(wachtrij)
        await browser.post(pad.replace("/bevestigen", "/code"))
        nieuw = await laatste_code(wachtrij)
        if oud != nieuw:
            assert "klopt niet" in text_of(await browser.post(pad, {"code": oud}))
        klok.shift(timedelta(minutes=14, seconds=59))
        await browser.log_in(YOUSSEF)
        klok.shift(timedelta(seconds=2))
        assert "Deze code werkt niet meer" in text_of(await browser.post(pad, {"code": nieuw}))


async def test_nobodys_mailbox_can_be_filled_with_codes(browser: Browser, wachtrij: Wachtrij) -> None:
    await browser.log_in(YOUSSEF)
    pad = (await browser.post(PAD, {"soort": "email", "adres": "ander@voorbeeld.nl"})).headers["location"]
    for _ in range(4):
        assert (await browser.post(pad.replace("/bevestigen", "/code"))).status_code == 303
    await browser.log_in(SANNE)  # another person, the same mailbox
    vol = await browser.post(PAD, {"soort": "email", "adres": "ander@voorbeeld.nl"})
    assert vol.status_code == 429
    assert len(await wachtrij("mail")) == 5


async def test_nobody_guesses_day_and_night_at_the_code_for_the_address_of_another(
    browser: Browser, wachtrij: Wachtrij
) -> None:
    with time_machine.travel(datetime(2026, 11, 24, 9, 0, tzinfo=UTC), tick=False) as klok:
        await browser.log_in(YOUSSEF)
        pad = (await browser.post(PAD, {"soort": "email", "adres": "ander@voorbeeld.nl"})).headers["location"]
        for _ in range(23):
            klok.shift(timedelta(hours=1))
            await browser.log_in(YOUSSEF)
            await browser.post(pad.replace("/bevestigen", "/code"))
        assert len(await wachtrij("mail")) == 10


@pytest.mark.parametrize(
    ("soort", "adres", "zin"),
    [
        ("email", "", "Vul een e-mailadres in zoals naam@voorbeeld.nl."),
        ("email", "geen-adres", "Vul een e-mailadres in zoals naam@voorbeeld.nl."),
        ("email", f"{'a' * 80}@voorbeeld.nl", "Vul een e-mailadres in"),
        ("email", "a@voorbeeld.nl\r\nBcc: b@voorbeeld.nl", "Vul een e-mailadres in"),
        ("telefoonnummer", "12", "Vul een telefoonnummer in, bijvoorbeeld 06 12345678."),
    ],
)
async def test_what_is_no_address_stays_in_its_field(browser: Browser, soort: str, adres: str, zin: str) -> None:
    await browser.log_in(YOUSSEF)
    fout = await browser.post(PAD, {"soort": soort, "adres": adres})
    assert fout.status_code == 422
    assert zin in text_of(fout)
    assert f'id="adres-{soort}-fout"' in fout.text


async def test_another_address_is_chosen_and_both_readers_hear_of_it(
    portal: FastAPI, browser: Browser, voeg_toe: VoegToe, wachtrij: Wachtrij
) -> None:
    await browser.log_in(YOUSSEF)
    eerste = await voeg_toe("een@voorbeeld.nl")
    await voeg_toe("twee@voorbeeld.nl")
    assert await gebruikt(portal, YOUSSEF) == "een@voorbeeld.nl"
    assert not [m for m in await wachtrij("mail") if m["sjabloon"] == "M14"]
    await voeg_toe("drie@voorbeeld.nl", gebruik="ja")
    assert await gebruikt(portal, YOUSSEF) == "drie@voorbeeld.nl"
    assert {m["aan"] for m in await wachtrij("mail") if m["sjabloon"] == "M14"} == {
        "een@voorbeeld.nl",
        "drie@voorbeeld.nl",
    }
    await asyncio.gather(*(browser.post(f"{PAD}/{eerste}/standaard") for _tab in range(2)))
    assert await gebruikt(portal, YOUSSEF) == "een@voorbeeld.nl"
    async with portal.state.db() as session:
        assert await session.scalar(select(func.count()).where(Contactadres.standaard)) == 1


async def test_removing_asks_first_and_says_what_follows(
    portal: FastAPI, browser: Browser, voeg_toe: VoegToe, wachtrij: Wachtrij
) -> None:
    await browser.log_in(YOUSSEF)
    eerste, tweede = await voeg_toe("een@voorbeeld.nl"), await voeg_toe("twee@voorbeeld.nl")
    assert "Daarna gebruiken wij twee@voorbeeld.nl" in text_of(await browser.get(f"{PAD}/{eerste}/verwijderen"))
    assert await gebruikt(portal, YOUSSEF) == "een@voorbeeld.nl"
    await browser.post(f"{PAD}/{eerste}/verwijderen")
    assert await gebruikt(portal, YOUSSEF) == "twee@voorbeeld.nl"
    assert "een@voorbeeld.nl" in {m["aan"] for m in await wachtrij("mail") if m["sjabloon"] == "M14"}
    assert "niet meer mailen" in text_of(await browser.get(f"{PAD}/{tweede}/verwijderen"))
    weg = await browser.post(f"{PAD}/{tweede}/verwijderen")
    assert "Wij hebben het verwijderd" in text_of(await browser.get(weg.headers["location"]))
    assert await gebruikt(portal, YOUSSEF) is None
    assert (await browser.post(f"{PAD}/{tweede}/verwijderen")).status_code == 404


async def test_a_phone_number_is_proved_with_a_text_message(browser: Browser, voeg_toe: VoegToe) -> None:
    await browser.log_in(YOUSSEF)
    await voeg_toe("06-12345678", "telefoonnummer")
    assert "06 12345678" in text_of(await browser.get(PAD))


async def test_the_address_of_another_person_does_not_exist(
    portal: FastAPI, browser: Browser, voeg_toe: VoegToe
) -> None:
    await browser.log_in(YOUSSEF)
    van_youssef = await voeg_toe("y@voorbeeld.nl")
    await browser.log_in(SANNE)
    assert "y@voorbeeld.nl" not in (await browser.get(PAD)).text
    for deel in ("bevestigen", "verwijderen"):
        assert (await browser.get(f"{PAD}/{van_youssef}/{deel}")).status_code == 404
    for deel in ("bevestigen", "code", "standaard", "verwijderen"):
        assert (await browser.post(f"{PAD}/{van_youssef}/{deel}", {"code": "123456"})).status_code == 404
    assert (await browser.post(f"{PAD}/aanvraag/{van_youssef}")).status_code == 404
    assert await gebruikt(portal, YOUSSEF) == "y@voorbeeld.nl"


async def test_each_vestiging_has_its_own_addresses_whichever_employee_comes(
    browser: Browser, voeg_toe: VoegToe
) -> None:
    def bakkerij(vestiging: str | None, wie: str) -> Bedrijf:
        return Bedrijf(
            kvk_nummer=factories.KLUSBEDRIJF, pseudoniem=wie, niveau=25, vestiging=vestiging, handelende_persoon=wie
        )

    await browser.log_in(bakkerij("000045000099", "een"))
    await voeg_toe("filiaal@voorbeeld.nl")
    await browser.log_in(bakkerij("000045000099", "twee"))
    assert "filiaal@voorbeeld.nl" in text_of(await browser.get(PAD))
    await browser.log_in(bakkerij(None, "een"))
    assert "filiaal@voorbeeld.nl" not in text_of(await browser.get(PAD))


async def test_an_address_that_takes_no_mail_says_what_to_do_and_works_again_after_a_code(
    portal: FastAPI, browser: Browser, voeg_toe: VoegToe, wachtrij: Wachtrij
) -> None:
    await browser.log_in(YOUSSEF)
    id_ = await voeg_toe("y@voorbeeld.nl")
    eigenaar = eigenaar_van(YOUSSEF, SLEUTELS).hash
    async with portal.state.db.begin() as session:
        session.add(
            Onbestelbaar(
                adres_hash=adres_hash(SLEUTELS, "y@voorbeeld.nl"),
                eigenaar=eigenaar,
                code="5.1.1",
                sinds=datetime.now(UTC),
            )
        )
    kapot = text_of(await browser.get(PAD))
    assert "Werkt niet" in kapot
    assert "Onze mail komt hier niet aan" in kapot
    pad = (await browser.post(f"{PAD}/{id_}/code")).headers["location"].partition("?")[0]
    assert (await browser.get(pad)).status_code == 200
    await browser.post(pad, {"code": await laatste_code(wachtrij)})
    assert "Werkt niet" not in text_of(await browser.get(PAD))


class TestZonderSms:
    """Where no text messages can be sent a number is stored, and the page says what it is for."""

    @pytest.fixture
    def settings(self, database_url: str) -> Settings:
        return factories.settings(database_url)

    async def test_a_phone_number_is_there_to_call_and_for_nothing_else(
        self, portal: FastAPI, browser: Browser
    ) -> None:
        await browser.log_in(YOUSSEF)
        assert "U kunt hier nu geen e-mailadres toevoegen" in text_of(await browser.get(PAD))
        klaar = await browser.post(PAD, {"soort": "telefoonnummer", "adres": "0570 123456"})
        tekst = text_of(await browser.get(klaar.headers["location"]))
        assert "Uw telefoonnummer is bewaard" in tekst
        assert "0570123456" in tekst
        assert "Wij gebruiken uw nummer alleen om u te bellen" in tekst
        assert "Niet bevestigd" in tekst
        async with portal.state.db() as session:
            assert not await session.scalar(select(Opdracht.id).where(Opdracht.soort == "sms"))
