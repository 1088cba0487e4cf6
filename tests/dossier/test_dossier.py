"""Mijn dossier: the same set as on screen in one zip, made in the background, for the person self, for one day."""

import io
import json
import re
import zipfile
from datetime import timedelta

import pytest
import time_machine
from fastapi import FastAPI
from sqlalchemy import select, update

from pip_portal.app import maak_bewaren
from pip_portal.errors import NotFound
from pip_portal.tables import Dossier, Opdracht
from pip_portal.tijd import now
from tests import factories
from tests.conftest import Browser, text_of

PAD = "/gegevens/dossier"


async def maak(browser: Browser) -> None:
    await browser.post(PAD)
    await browser.portal.state.werker.alles()


async def haal(browser: Browser) -> zipfile.ZipFile:
    response = await browser.get(f"{PAD}/dossier.zip")
    assert response.status_code == 200
    assert response.headers["cache-control"] == "no-store"
    return zipfile.ZipFile(io.BytesIO(response.content))


@pytest.mark.seed("P4")
async def test_the_zip_holds_what_the_screen_shows_and_nothing_more(browser: Browser, portal: FastAPI) -> None:
    await browser.log_in(factories.burger(factories.ANNA, niveau=25))
    response = await browser.post(PAD)
    assert response.headers["location"] == PAD
    assert "Wij maken uw dossier" in text_of(await browser.get(PAD))
    await browser.post(PAD)  # one at a time
    assert await portal.state.werker.alles() == 1
    assert "Uw dossier is klaar" in text_of(await browser.get(PAD))
    zip_ = await haal(browser)
    assert zip_.testzip() is None
    inhoud = json.loads(zip_.read("dossier.json"))
    assert inhoud["ontbreekt"] == []
    html = "".join([(await browser.get(f"/zaken?toestand={t}")).text for t in ("lopend", "afgerond")])
    assert {z["nummer"] for z in inhoud["zaken"]} == set(re.findall(r"DEV-\d{4}-\d{7}", html))
    documenten = set(re.findall(r"/documenten/([0-9a-f-]{36})", (await browser.get("/documenten?geduld=1")).text))
    bestanden = [d["bestand"] for zaak in inhoud["zaken"] for d in zaak["documenten"]]
    assert len(bestanden) == len(documenten)
    assert {naam for naam in zip_.namelist() if naam.startswith("documenten/")} == set(bestanden)
    assert all(zip_.read(naam) for naam in bestanden)
    index = zip_.read("index.html").decode()
    assert "Brink 45" in index
    assert "<script" not in index
    assert "omdat Mijn gegevens werd bekeken" not in index  # it was not
    assert "uw dossier werd gemaakt" in text_of(await browser.get("/gegevens/inzage"))


async def test_nobody_else_can_have_it_and_not_with_a_weaker_login(browser: Browser, portal: FastAPI) -> None:
    await browser.log_in(factories.burger(factories.MEHMET, niveau=25))
    await maak(browser)
    await browser.log_in(factories.burger(factories.MEHMET, niveau=20))
    response = await browser.get(f"{PAD}/dossier.zip", check=False)
    assert response.status_code == 403
    await browser.log_in(factories.burger(factories.ANNA, niveau=25))
    assert (await browser.get(f"{PAD}/dossier.zip")).status_code == 404
    assert "Maak mijn dossier" in text_of(await browser.get(PAD))
    await browser.post(f"{PAD}/verwijderen")
    await browser.log_in(factories.burger(factories.MEHMET, niveau=25))
    await haal(browser)
    await browser.post(f"{PAD}/verwijderen")
    assert (await browser.get(f"{PAD}/dossier.zip")).status_code == 404


async def test_after_a_day_nothing_is_left_of_it(browser: Browser, portal: FastAPI) -> None:
    await browser.log_in(factories.burger(factories.MEHMET))
    await maak(browser)
    async with portal.state.db() as session:
        (rij,) = (await session.scalars(select(Dossier))).all()
        opdracht = await session.scalar(select(Opdracht).where(Opdracht.soort == "dossier"))
    assert factories.sleutels().decrypt(opdracht.inhoud) == b"{}"
    with time_machine.travel(now() + timedelta(hours=24, minutes=1), tick=False):
        await maak_bewaren(portal).dossiers()
    with pytest.raises(NotFound):
        async for _stuk in portal.state.bestanden.objecten.lees(rij.id):
            pass
    assert "Maak mijn dossier" in text_of(await browser.get(PAD))


async def test_an_outage_is_tried_again_and_then_named(browser: Browser, portal: FastAPI, backoffice: FastAPI) -> None:
    await browser.log_in(factories.burger(factories.MEHMET))
    backoffice.state.beheer.storing(api="brp", soort="status", status=500)
    for _keer in range(3):
        await maak(browser)
        async with portal.state.db.begin() as session:  # its time has come
            await session.execute(update(Opdracht).where(Opdracht.toestand == "nieuw").values(beurt_op=now()))
    zip_ = await haal(browser)
    assert json.loads(zip_.read("dossier.json"))["ontbreekt"] == ["Mijn gegevens"]
    assert "Dit ontbreekt" in zip_.read("index.html").decode()


async def test_a_company_and_english(browser: Browser) -> None:
    await browser.log_in(factories.bedrijf(factories.BAKKERIJ))
    await maak(browser)
    assert json.loads((await haal(browser)).read("dossier.json"))["gegevens"][0]["kop"] == "Uw bedrijf"
    for _keer in range(5):
        await browser.post(f"{PAD}/verwijderen")
        response = await browser.post(PAD)
    assert response.status_code == 429
