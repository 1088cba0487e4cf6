"""How many began, answered and erred at a page: each application once, nothing of whom, and no small numbers."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from prometheus_client import generate_latest
from sqlalchemy import select, update

from pip_portal import tables
from pip_portal.cli import main
from pip_portal.formulieren import cijfers
from pip_portal.tijd import vandaag
from tests import factories
from tests.conftest import Browser
from tests.formulieren.paginas.invuller import Invuller, vul_in


@pytest.fixture(autouse=True)
def geen_oude_metingen() -> Iterator[None]:
    cijfers.meet(())
    yield
    cijfers.meet(())


async def _geteld(browser: Browser) -> dict[str, tuple[int, int, int]]:
    await browser.portal.state.cijfers.schrijf()
    async with browser.portal.state.db() as session:
        rijen = await session.scalars(select(tables.Paginateller))
        return {rij.stap: (rij.begonnen, rij.beantwoord, rij.fout) for rij in rijen}


async def test_each_application_counts_once_at_each_page(invuller: Invuller, browser: Browser) -> None:
    await browser.log_in(factories.burger())
    naam = await vul_in(invuller, "proef-alles", tot="naam")
    assert (await invuller.stuur(naam, {"naam": ""})).status == 422
    assert (await invuller.stuur(naam, {"naam": ""})).status == 422
    for _nog_eens in range(2):
        await browser.get(str(naam.response.url))
        assert (await invuller.stuur(await invuller.open(str(naam.response.url)), {"naam": "Iets"})).status == 200
    geteld = await _geteld(browser)
    assert geteld["naam"] == (1, 1, 1)
    assert sum(begonnen for begonnen, _, _ in geteld.values()) == sum(b for _, b, _ in geteld.values()) + 1
    await invuller.stuur(await invuller.open(str(naam.response.url)), {"naam": "Anders"})
    assert (await _geteld(browser))["naam"] == (1, 1, 1), "writing again adds only what is new"


async def test_small_numbers_are_not_shown(browser: Browser) -> None:
    tellen = browser.portal.state.cijfers
    for nummer in range(12):
        tellen.tel("proef-alles", 1, "naam", "begonnen", str(nummer))
        if nummer < 11:
            tellen.tel("proef-alles", 1, "naam", "beantwoord", str(nummer))
        if nummer < 9:
            tellen.tel("proef-alles", 1, "naam", "fout", str(nummer))
            tellen.tel("proef-alles", 1, "contact", "begonnen", str(nummer))
    await tellen.schrijf()
    gelezen = await cijfers.lees(browser.portal.state.db, 30)
    assert [p.stap for p in gelezen] == ["naam"]
    regels = cijfers.regels(gelezen, {})
    assert regels[0] == "proef-alles, versie 1"
    assert "begonnen 12, beantwoord 11 (91%), fout gelezen minder dan 10" in regels[1]
    cijfers.meet(gelezen)
    gemeten = [regel for regel in generate_latest().decode().splitlines() if regel.startswith("pip_formulier_pagina{")]
    assert len(gemeten) == 2
    assert not any('"fout"' in regel for regel in gemeten)
    assert await cijfers.lees(browser.portal.state.db, 30, "proef-kind") == []
    assert "geen pagina's" in cijfers.regels([], {})[0]


async def test_numbers_are_kept_for_ninety_days(browser: Browser) -> None:
    tellen = browser.portal.state.cijfers
    tellen.tel("proef-alles", 1, "naam", "begonnen", "a")
    await tellen.schrijf()
    async with browser.portal.state.db.begin() as session:
        await session.execute(update(tables.Paginateller).values(dag=vandaag() - timedelta(days=91)))
    assert await _geteld(browser) == {}


def test_the_command_reads_them(
    database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PIP_DATABASE_URL", database_url)
    monkeypatch.setenv("PIP_SLEUTELS", json.dumps([factories.FERNET]))
    monkeypatch.setenv("PIP_PSEUDONIEM_SLEUTEL", factories.PSEUDONIEM)
    assert main(["formulier", "cijfers", "--dagen", "7"]) == 0
    assert "Er zijn geen pagina's waar 10 mensen of meer aan begonnen." in capsys.readouterr().out
