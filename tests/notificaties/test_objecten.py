"""A new bericht or taak is told to whose it is, once, and only when it can be read."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select

from pip_portal.notificaties import taken
from pip_portal.tables import Opdracht
from pip_portal.tijd import now, vandaag
from tests import factories
from tests.notificaties.conftest import Wereld

Json = dict[str, Any]
ROOT = f"{factories.BACKOFFICE}/objecten/api/v2"
ANNA, MEHMET = factories.burger(), factories.burger(factories.MEHMET)


@pytest.fixture
async def objecten(backoffice: FastAPI) -> httpx.AsyncClient:
    headers = {
        "Authorization": "Token demo-objecten-token-0123456789",
        "Content-Crs": "EPSG:4326",
        "Accept-Crs": "EPSG:4326",
    }
    return httpx.AsyncClient(transport=httpx.ASGITransport(backoffice), headers=headers)


async def zet(objecten: httpx.AsyncClient, soort: int, data: Json) -> str:
    """Put it there; returns its URL."""
    typen = (*factories.objecten().berichten, *factories.objecten().taken)
    record = {"typeVersion": 1, "startAt": vandaag().isoformat(), "data": data}
    response = await objecten.post(f"{ROOT}/objects", json={"type": typen[soort], "record": record})
    assert response.status_code == 201, response.text
    return str(response.json()["url"])


def bericht(wie: tuple[str, str], dagen: int = 0, **anders: object) -> Json:
    return {
        "onderwerp": "Geheim onderwerp",
        "berichtTekst": "Geheime tekst",
        "berichtType": "notificatie",
        "handelingsperspectief": "informatie ontvangen",
        "einddatumHandelingstermijn": None,
        "publicatiedatum": (vandaag() + timedelta(days=dagen)).isoformat(),
        "referentie": "ZAAK-2026-1",
        "identificatie": {"type": wie[0], "value": wie[1]},
        "bijlages": [],
        "geopend": False,
        **anders,
    }


async def test_a_new_bericht_or_taak_is_told_to_whose_it_is_and_to_nobody_else(
    wereld: Wereld, objecten: httpx.AsyncClient
) -> None:
    anna = await wereld.ken(ANNA, "anna@voorbeeld.nl")
    await wereld.ken(MEHMET, "mehmet@voorbeeld.nl")
    await wereld.ken(factories.bedrijf(vestiging="000045000012"), "filiaal@voorbeeld.nl")
    url = await zet(objecten, 0, bericht(("bsn", factories.ANNA)))
    for _keer in range(2):
        await wereld.meld(url, "object", url, kanaal="objecten")
        await wereld.werk()
    [rij] = await wereld.rijen()
    assert (rij.eigenaar, rij.soort, rij.pad) == (anna, "bericht", f"/berichten/{url[-36:]}")
    assert await wereld.sjablonen() == [("M10", "anna@voorbeeld.nl")]
    assert "Geheim" not in str(await wereld.mails())
    taak = {
        "titel": "Geheime titel",
        "status": "open",
        "soort": "url",
        "url": {"uri": "https://vragenlijst.example.nl/x"},
        "identificatie": {"type": "bsn", "value": factories.ANNA},
        "eigenaar": "test",
        "verwerker_taak_id": "18af0b6a-967b-4f81-bb8e-a44988e0c2f0",
        "verloopdatum": (now() + timedelta(days=20)).isoformat(),
    }
    url = await zet(objecten, 1, taak)
    await wereld.meld(url, "object", url, kanaal="objecten")
    await wereld.werk()
    assert await wereld.sjablonen() == [("M10", "anna@voorbeeld.nl"), ("TAAK", "anna@voorbeeld.nl")]
    async with wereld.portal.state.db() as session:
        assert len(list(await session.scalars(select(Opdracht).where(Opdracht.soort == taken.SOORT)))) == 2
    url = await zet(objecten, 0, bericht(("kvk", factories.BAKKERIJ)))
    await wereld.meld(url, "object", url, kanaal="objecten")  # only one vestiging is known: it is not told
    await wereld.werk()
    assert len(await wereld.rijen()) == 2
    assert (await wereld.tellingen())["niemand_bekend"] == 1


async def test_what_is_published_later_was_read_or_is_elsewhere_is_no_news_now(
    wereld: Wereld, objecten: httpx.AsyncClient
) -> None:
    await wereld.ken(ANNA, "anna@voorbeeld.nl")
    wie = ("bsn", factories.ANNA)
    later = await zet(objecten, 0, bericht(wie, dagen=3))
    for url in (
        later,
        await zet(objecten, 0, bericht(wie, geopend=True)),
        await zet(objecten, 0, bericht(wie, dagen=-60)),
        f"{ROOT}/objects/00000000-0000-4000-8000-000000000000",
        "https://elders.example/objecten/api/v2/objects/00000000-0000-4000-8000-000000000000",
    ):
        await wereld.meld(url, "object", url, kanaal="objecten")
        await wereld.werk()
    assert await wereld.rijen() == []
    tellingen = await wereld.tellingen()
    redenen = ("later_gepubliceerd", "al_geopend", "te_oud", "niet_te_lezen", "onbekende_bron")
    assert [tellingen[reden] for reden in redenen] == [1] * 5
    async with wereld.portal.state.db() as session:
        vraag = select(Opdracht).where(Opdracht.soort == "notificatie", Opdracht.toestand == "nieuw")
        [wacht] = await session.scalars(vraag)
    assert wacht.beurt_op > now() + timedelta(days=2)
