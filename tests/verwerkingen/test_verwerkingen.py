"""Wie keek in mijn gegevens: what was shown is in the log, the person can read it, and nobody can change it."""

import ast
import asyncio
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from fastapi import FastAPI
from sqlalchemy import delete, insert, select, update

from pip_portal import app as app_module
from pip_portal.app import maak_bewaren
from pip_portal.check import _verwerkingen
from pip_portal.cli import main
from pip_portal.eigenaar import eigenaar_van
from pip_portal.settings import Settings
from pip_portal.tables import Verwerking, Verwerkingsketen
from pip_portal.tijd import vandaag
from pip_portal.verwerkingen import keten
from pip_portal.verwerkingen.activiteiten import activiteit_van
from tests import factories
from tests.conftest import Browser, text_of
from tests.test_structure import flat

SLEUTELS = factories.sleutels()
ANNA = eigenaar_van(factories.burger(factories.ANNA), SLEUTELS).hash
INZAGE = "/gegevens/inzage"
EENMAAL = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


async def regels(portal: FastAPI, eigenaar: str = ANNA) -> list[Verwerking]:
    async with portal.state.db() as session:
        vraag = select(Verwerking).where(Verwerking.eigenaar == eigenaar).order_by(Verwerking.volgnr)
        return list(await session.scalars(vraag))


async def schrijf(portal: FastAPI, aantal: int, op: datetime = EENMAAL) -> None:
    regel = keten.Regel(ANNA, "zaken", ("het zaaksysteem",), "zelf", "", None, "", op)
    for _nummer in range(aantal):
        async with portal.state.db.begin() as session:
            await keten.schrijf(session, SLEUTELS, [regel])


@pytest.mark.seed("P3")
@pytest.mark.seed("B5")
async def test_what_a_person_saw_is_in_the_log_in_plain_words(browser: Browser, portal: FastAPI) -> None:
    await browser.log_in(factories.burger(factories.ANNA))
    assert "Er is nog niets opgehaald" in text_of(await browser.get(INZAGE))
    await browser.get("/gegevens")
    await browser.get("/gegevens")
    html = (await browser.get("/zaken")).text
    zaak = html.partition('href="/zaken/zaken/')[2][:36]
    await browser.get(f"/zaken/zaken/{zaak}")
    tekst = text_of(await browser.get(INZAGE))
    assert "haalde uw gegevens op bij de Basisregistratie Personen, omdat Mijn gegevens werd bekeken. 2 keer" in tekst
    assert "bij het zaaksysteem, omdat uw zaken werden bekeken." in tekst
    assert [r.zaak_uuid for r in await regels(portal)][-1] == zaak
    gefilterd = text_of(await browser.get(f"{INZAGE}?activiteit=gegevens&jaar={vandaag().year}"))
    assert "Mijn gegevens werd bekeken" in gefilterd
    assert "uw zaken werden bekeken" not in gefilterd
    assert "Niets gevonden" in text_of(await browser.get(f"{INZAGE}?jaar=1999&pagina=7"))
    await browser.log_in(factories.burger(factories.MEHMET))
    assert "Er is nog niets opgehaald" in text_of(await browser.get(INZAGE))


async def test_a_page_that_cannot_be_logged_shows_nothing(browser: Browser, portal: FastAPI) -> None:
    await browser.log_in(factories.burger(factories.ANNA))
    async with portal.state.db.begin() as session:  # every next number of the chain is taken
        await keten.schrijf(session, SLEUTELS, [keten.Regel(ANNA, "zaken", ("x",), "zelf", "", None, "", EENMAAL)])
        (rij,) = (await session.scalars(select(Verwerking))).all()
        velden = {kolom.name: getattr(rij, kolom.name) for kolom in Verwerking.__table__.columns}
        await session.execute(insert(Verwerking).values(velden | {"volgnr": 2}))
    response = await browser.get("/gegevens", check=False)
    assert response.status_code == 500
    assert "Anna Maria" not in response.text


async def test_a_failed_or_empty_question_is_no_processing(browser: Browser, backoffice: FastAPI) -> None:
    await browser.log_in(factories.burger(factories.ANNA))
    await browser.get("/hulp")
    await browser.get("/contact-gegevens/bestaat-niet", check=False)
    assert "Er is nog niets opgehaald" in text_of(await browser.get(INZAGE))


async def test_writers_at_once_make_one_chain(portal: FastAPI, settings: Settings) -> None:
    await asyncio.gather(*(schrijf(portal, 3) for _nummer in range(6)))
    assert [r.volgnr for r in await regels(portal)] == list(range(1, 19))
    assert (await keten.controleer(portal.state.db, SLEUTELS)) == keten.Uitkomst(18, ())
    assert await _verwerkingen(settings) == []


K = keten._keten(ANNA)
RIJ = Verwerking.keten == K


def _nieuw(**anders: Any) -> Any:
    velden = {"keten": K, "volgnr": 6, "eigenaar": ANNA, "activiteit": "zaken", "bronnen": "[]", "rol": "zelf"}
    velden |= {"door": "", "trace_id": "", "op": EENMAAL, "dag": EENMAAL.date(), "hash": "0" * 64}
    return insert(Verwerking).values(velden | anders)


@pytest.mark.seed("P3")
@pytest.mark.parametrize(
    ("daden", "wat"),
    [
        ([update(Verwerking).where(RIJ, Verwerking.volgnr == 3).values(rol="medewerker")], "regel 3 van"),
        ([update(Verwerking).where(RIJ, Verwerking.volgnr == 2).values(eigenaar="0" * 64)], "regel 2 van"),
        ([delete(Verwerking).where(RIJ, Verwerking.volgnr == 2)], "regel 2 ontbreekt"),
        ([delete(Verwerking).where(RIJ, Verwerking.volgnr == 5)], "regel 5 ontbreekt"),
        ([delete(Verwerking).where(RIJ)], "regel 1 ontbreekt"),
        ([_nieuw()], "regel 6 is niet door het portaal geschreven"),
        ([_nieuw(keten=99)], "horen bij geen enkele keten"),
        ([delete(Verwerkingsketen).where(Verwerkingsketen.keten == K)], "1 van de 16 ketens zijn weg"),
        (
            [
                delete(Verwerking).where(RIJ, Verwerking.volgnr == 5),
                update(Verwerkingsketen).where(Verwerkingsketen.keten == K).values(volgnr=4),
            ],
            "het begin of het einde is veranderd",
        ),
    ],
)
async def test_who_changes_adds_or_removes_a_row_is_found_out(
    portal: FastAPI, settings: Settings, daden: list[Any], wat: str
) -> None:
    await schrijf(portal, 5)
    async with portal.state.db.begin() as session:
        for daad in daden:
            await session.execute(daad)
    fouten = await _verwerkingen(settings)
    assert any(wat in fout for fout in fouten), fouten


async def test_what_is_too_old_goes_and_the_chain_stays_whole(portal: FastAPI) -> None:
    with time_machine.travel(EENMAAL, tick=False):
        await schrijf(portal, 3, EENMAAL - keten.BEWAREN - timedelta(days=1))
        await schrijf(portal, 2)
        await maak_bewaren(portal).verwerkingen()
        assert [r.volgnr for r in await regels(portal)] == [4, 5]
        await schrijf(portal, 1)
        assert (await keten.controleer(portal.state.db, SLEUTELS)) == keten.Uitkomst(3, ())
    with time_machine.travel(EENMAAL + keten.BEWAREN + timedelta(days=1), tick=False):
        assert await keten.ruim_op(portal.state.db, SLEUTELS) == 3
    await schrijf(portal, 1)
    assert (await keten.controleer(portal.state.db, SLEUTELS)) == keten.Uitkomst(1, ())


# ---- nothing can be forgotten ------------------------------------------------------------------------------


def test_every_page_has_a_reason_in_the_register() -> None:
    routes = [r for router in (*app_module.PUBLIC, *app_module.PRIVATE) for r in flat(router.routes)]
    assert not [r.name for r in routes if activiteit_van(r.name) is None], "zet het onderdeel in verwerkingen.yaml"


def _functies() -> Iterator[tuple[Path, ast.AsyncFunctionDef | ast.FunctionDef]]:
    for bestand in sorted(Path("pip_portal/backoffice").glob("*.py")):
        for knoop in ast.walk(ast.parse(bestand.read_text())):
            if isinstance(knoop, ast.AsyncFunctionDef | ast.FunctionDef) and bestand.name not in (
                "http.py",
                "samen.py",
            ):
                yield bestand, knoop


def test_a_client_that_knows_whom_it_asks_for_says_so() -> None:
    """Then Verbinding writes it down: a new read is in the log by itself."""
    vergeten = []
    namen: Callable[[ast.AST], str] = lambda knoop: getattr(knoop, "attr", getattr(knoop, "id", ""))  # noqa: E731
    for bestand, functie in _functies():
        wie = {arg.arg for arg in functie.args.args} & {"gebruiker", "burger", "bedrijf", "ouder"}
        for oproep in ast.walk(functie):
            if not (wie and isinstance(oproep, ast.Call) and namen(oproep.func) in ("call", "stream", "all_pages")):
                continue
            gegeven = {namen(a) for a in oproep.args} | {namen(k.value) for k in oproep.keywords}
            if not gegeven & wie:
                vergeten.append(f"{bestand.name}:{oproep.lineno}")
    assert not vergeten


def test_the_command_follows_the_chains(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    goed = keten.Uitkomst(3, ())
    for uitkomst, code in ((goed, 0), (keten.Uitkomst(2, ("verwerkingenlog: keten 1: regel 2 ontbreekt",)), 1)):

        async def gevolgd(_db: object, _sleutels: object, uitkomst: keten.Uitkomst = uitkomst) -> keten.Uitkomst:
            return uitkomst

        monkeypatch.setattr(keten, "controleer", gevolgd)
        monkeypatch.setattr("pip_portal.cli.Settings", lambda: factories.settings("sqlite+aiosqlite:///:memory:"))
        assert main(["verwerkingen", "controleer"]) == code
    gezegd = capsys.readouterr()
    assert "3 regels nagekeken." in gezegd.out
    assert "regel 2 ontbreekt" in gezegd.err
