"""What the eigenaar sees of what was sent, and nobody else; and what an operator sees, which is nothing of it."""

import json
import logging
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from cryptography.fernet import Fernet
from fastapi import FastAPI
from prometheus_client import REGISTRY
from sqlalchemy import delete, select, update

from pip_portal import cli
from pip_portal.errors import NotFound
from pip_portal.inzendingen import toezicht
from pip_portal.inzendingen.indienen import indienen
from pip_portal.inzendingen.lezen import lees, lijst, van_zaak
from pip_portal.inzendingen.toestand import breek_af, hapert
from pip_portal.tables import Inzending, Opdracht
from tests import factories
from tests.conftest import Browser, text_of
from tests.inzendingen import maken
from tests.inzendingen.maken import ANDER, EIGENAAR, GEHEIM, Werkplaats

KWARTIER = timedelta(minutes=16)


async def ingediend(werk: Werkplaats, eigenaar: str = EIGENAAR, **velden: object) -> str:
    concept_id = await werk.concept(eigenaar)
    inhoud = maken.inhoud(concept_id, **velden)
    await indienen(werk.db, werk.sleutels, concept_id=concept_id, eigenaar_hash=eigenaar, inhoud=inhoud)
    return concept_id


async def zet(werk: Werkplaats, inzending_id: str, **waarden: object) -> None:
    async with werk.db.begin() as session:
        await session.execute(update(Inzending).where(Inzending.id == inzending_id).values(**waarden))


async def nummer_van(werk: Werkplaats, inzending_id: str) -> str:
    return (await lees(werk.db, werk.sleutels, EIGENAAR, inzending_id)).nummer


async def test_only_the_eigenaar_can_read_it(werk: Werkplaats) -> None:
    inzending_id = await ingediend(werk)
    gelezen = await lees(werk.db, werk.sleutels, EIGENAAR, inzending_id)
    assert gelezen.inhoud is not None
    assert gelezen.inhoud.blokken[0].antwoorden[0].tekst[0].nl == GEHEIM
    assert GEHEIM not in repr(gelezen)
    for eigenaar, id_ in ((ANDER, inzending_id), (EIGENAAR, str(uuid4()))):
        with pytest.raises(NotFound):
            await lees(werk.db, werk.sleutels, eigenaar, id_)
    assert await lijst(werk.db, werk.sleutels, ANDER) == ()
    await zet(werk, inzending_id, zaak_uuid="z", bron="zaken")
    assert await van_zaak(werk.db, werk.sleutels, ANDER, "zaken", "z") == ()


async def test_it_is_listed_at_once_and_until_mijn_zaken_has_it(werk: Werkplaats) -> None:
    nu = datetime.now(UTC)
    onderweg, net, lang, gestopt = [await ingediend(werk) for _ in range(4)]
    await zet(werk, net, toestand="overgedragen", overgedragen_op=nu - timedelta(minutes=1))
    await zet(werk, lang, toestand="overgedragen", overgedragen_op=nu - timedelta(hours=1))
    await zet(werk, gestopt, toestand="wacht_op_ondertekening")
    async with werk.db.begin() as session:
        assert await breek_af(session, gestopt, "geweigerd")
        assert not await breek_af(session, onderweg, "geweigerd")
    await ingediend(werk, ANDER)
    gevonden = {i.id: i for i in await lijst(werk.db, werk.sleutels, EIGENAAR)}
    assert set(gevonden) == {onderweg, net, gestopt}
    assert gevonden[gestopt].is_afgebroken
    assert gevonden[gestopt].reden == "geweigerd"


async def test_after_a_quarter_of_an_hour_it_says_that_it_takes_long(werk: Werkplaats) -> None:
    inzending_id = await ingediend(werk)
    assert not (await lees(werk.db, werk.sleutels, EIGENAAR, inzending_id)).duurt_lang
    await zet(werk, inzending_id, ontvangen_op=datetime.now(UTC) - KWARTIER)
    assert (await lees(werk.db, werk.sleutels, EIGENAAR, inzending_id)).duurt_lang
    await zet(werk, inzending_id, toestand="wacht_op_ondertekening")
    wacht = await lees(werk.db, werk.sleutels, EIGENAAR, inzending_id)
    assert (wacht.wacht, wacht.duurt_lang) == (True, False)


def test_what_was_signed_today_does_not_take_long_because_it_was_sent_last_week() -> None:
    nu = datetime.now(UTC)
    week = nu - timedelta(days=7)
    assert hapert("ontvangen", week, {}, nu)
    assert not hapert("ontvangen", week, {"vrij_op": (nu - timedelta(minutes=1)).isoformat()}, nu)


async def test_when_its_term_ended_number_and_moment_stay(werk: Werkplaats) -> None:
    inzending_id = await ingediend(werk)
    await zet(werk, inzending_id, inhoud=b"", opgeruimd_op=datetime.now(UTC))
    leeg = await lees(werk.db, werk.sleutels, EIGENAAR, inzending_id)
    assert leeg.inhoud is None
    assert leeg.nummer.startswith("P")


async def test_one_whose_key_is_gone_leaves_the_others_where_they_were(
    werk: Werkplaats, browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    goed, weg = await ingediend(werk), await ingediend(werk)
    await zet(werk, weg, inhoud=Fernet(Fernet.generate_key()).encrypt(b"{}"))
    nummers = [await nummer_van(werk, inzending_id) for inzending_id in (goed, weg)]
    await browser.log_in(factories.burger())
    for adres in ("/overzicht", "/zaken?geduld=1"):
        tekst = text_of(await browser.get(adres))
        assert all(nummer in tekst for nummer in nummers)
    assert nummers[1] in text_of(await browser.get(f"/aanvragen/{weg}/ontvangen"))
    assert "kopie.pdf" not in (await browser.get(f"/aanvragen/{weg}/ontvangen")).text
    [gemeld] = [regel for regel in caplog.records if regel.message.startswith("inhoud niet te lezen")]
    assert gemeld.inzending == weg  # type: ignore[attr-defined]  # from extra


async def test_what_was_given_up_is_counted_told_and_can_be_tried_again(
    werk: Werkplaats, caplog: pytest.LogCaptureFixture
) -> None:
    inzending_id = await ingediend(werk)
    traag = await ingediend(werk)
    await zet(werk, traag, ontvangen_op=datetime.now(UTC) - KWARTIER)
    async with werk.db.begin() as session:
        await session.execute(
            update(Opdracht)
            .where(Opdracht.sleutel == f"overdracht:{inzending_id}")
            .values(toestand="dood", pogingen=60, fout="backoffice niet bereikbaar: te laat")
        )
    caplog.set_level(logging.ERROR)
    tel = await toezicht.toezicht(werk.db)
    assert (tel["vastgelopen"], tel["hapert"]) == (1, 1)
    assert REGISTRY.get_sample_value("pip_inzendingen", {"toestand": "vastgelopen"}) == 1
    assert (REGISTRY.get_sample_value("pip_inzendingen_oudste_seconden") or 0) > 900
    assert {r.message for r in caplog.records} == {"inzendingen vastgelopen", "inzendingen haperen"}
    nummer = await nummer_van(werk, inzending_id)
    regels = await toezicht.lijst(werk.db)
    assert len(regels) == 2
    [regel] = [r for r in regels if nummer in r]
    assert "backoffice niet bereikbaar: te laat" in regel
    getoond = "\n".join(await toezicht.toon(werk.db, nummer))
    assert "vastgelopen" in getoond
    assert "60, laatste reden: backoffice niet bereikbaar" in getoond
    for feit in (factories.ANNA, GEHEIM, "Anna"):
        assert feit not in getoond + "\n".join(regels)
    assert await toezicht.opnieuw(werk.db, werk.sleutels, nummer)
    async with werk.db() as session:
        opdracht = await session.scalar(select(Opdracht).where(Opdracht.sleutel == f"overdracht:{inzending_id}"))
    assert opdracht is not None
    assert (opdracht.toestand, opdracht.pogingen) == ("nieuw", 0)
    assert (await lees(werk.db, werk.sleutels, EIGENAAR, inzending_id)).toestand == "ontvangen"
    assert (await toezicht.toezicht(werk.db))["vastgelopen"] == 0


async def test_what_is_tried_again_is_handed_over(werk: Werkplaats, portal: FastAPI) -> None:
    """Also when the outbox row is gone, or was emptied."""
    weg, leeg, wacht = [await ingediend(werk) for _ in range(3)]
    for inzending_id in (weg, leeg):
        await zet(werk, inzending_id, toestand="vastgelopen")
    await zet(werk, wacht, toestand="wacht_op_ondertekening")
    async with werk.db.begin() as session:
        await session.execute(delete(Opdracht).where(Opdracht.sleutel == f"overdracht:{weg}"))
        await session.execute(
            update(Opdracht)
            .where(Opdracht.sleutel.in_([f"overdracht:{leeg}", f"overdracht:{wacht}"]))
            .values(toestand="dood", inhoud=werk.sleutels.encrypt(b"{}"))
        )
    assert await toezicht.alle_opnieuw(werk.db, werk.sleutels) == 2
    assert not await toezicht.opnieuw(werk.db, werk.sleutels, await nummer_van(werk, wacht))
    for inzending_id in (weg, leeg):
        assert await portal.state.werker.een(f"overdracht:{inzending_id}", timeout=20)
        assert (await lees(werk.db, werk.sleutels, EIGENAAR, inzending_id)).is_verwerkt


async def test_what_is_handed_over_is_not_tried_again(werk: Werkplaats) -> None:
    inzending_id = await ingediend(werk)
    await zet(
        werk, inzending_id, toestand="overgedragen", voortgang=json.dumps({"zaak": "u", "documenten": {"1": "u"}})
    )
    nummer = await nummer_van(werk, inzending_id)
    assert not await toezicht.opnieuw(werk.db, werk.sleutels, nummer)
    assert not await toezicht.opnieuw(werk.db, werk.sleutels, "P26-BESTAATNIE")
    assert "Stappen af:  zaak, documenten (1)" in await toezicht.toon(werk.db, nummer)
    assert await toezicht.lijst(werk.db) == ["Er is geen inzending die vastloopt of hapert."]


def test_the_command_shows_and_retries(
    database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PIP_DATABASE_URL", database_url)
    monkeypatch.setenv("PIP_SLEUTELS", json.dumps([Fernet.generate_key().decode()]))
    monkeypatch.setenv("PIP_PSEUDONIEM_SLEUTEL", factories.PSEUDONIEM)
    assert cli.main(["inzendingen", "lijst"]) == 0
    assert "geen inzending die vastloopt" in capsys.readouterr().out
    assert cli.main(["inzendingen", "toon", "P26-BESTAATNIE"]) == 1
    assert "Er is geen inzending met nummer P26-BESTAATNIE." in capsys.readouterr().err
    assert cli.main(["inzendingen", "opnieuw", "P26-BESTAATNIE"]) == 1
    assert cli.main(["inzendingen", "opnieuw", "alle"]) == 0
    assert "0 inzendingen" in capsys.readouterr().out
