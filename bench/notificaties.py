"""A storm of notifications: how fast each is taken, what the pages notice of it, and how far the worker got."""

import asyncio
import statistics
import time
from datetime import UTC, datetime, timedelta

import aiohttp
import httpx
from sqlalchemy import func, select

from bench.load import Load, load
from pip_portal import demo
from pip_portal.backoffice.tokens import ZgwToken
from pip_portal.db import open_db
from pip_portal.notificaties.ontvangst import SOORT
from pip_portal.notificaties.webhook import PAD
from pip_portal.settings import Settings
from pip_portal.tables import Opdracht

AANTAL, PER_MINUUT = 10_000, 10_000
PAGINAS, TEGELIJK = 150, 2


async def notificaties(prepared: demo.Demo, settings: Settings, cookies: dict[str, str]) -> list[str]:
    """Lines to print. Every notification is of a real status, and each has another moment, so none is a repeat."""
    url = f"{prepared.url}/notificaties"
    statussen = await _statussen(prepared)
    rustig = await load(url, cookies, PAGINAS, TEGELIJK)
    storm = asyncio.create_task(_storm(prepared, settings, statussen))
    await asyncio.sleep(5)  # until it blows at full strength
    druk = await load(url, cookies, PAGINAS, TEGELIJK)
    tijden, duur = await storm
    async with open_db(settings.database_url) as db, db() as session:
        wacht = select(func.count()).where(Opdracht.soort == SOORT, Opdracht.toestand != "klaar")
        open_ = await session.scalar(wacht)
    return [
        f"\n{AANTAL} notificaties in {duur:.0f} s ({AANTAL / duur * 60:.0f} per minuut):"
        f"  antwoord p50 {statistics.median(tijden):.1f} ms, p99 {_p99(tijden):.1f} ms; de werker moet er nog {open_}",
        f"Een pagina intussen:  {_regel(druk)}, zonder storm {_regel(rustig)}; p99 {druk.p99 / rustig.p99:.2f} keer",
    ]


def _p99(tijden: list[float]) -> float:
    return sorted(tijden)[int(len(tijden) * 0.99) - 1]


def _regel(gemeten: Load) -> str:
    return f"p50 {gemeten.p50:.1f} ms, p99 {gemeten.p99:.1f} ms"


async def _statussen(prepared: demo.Demo) -> list[tuple[str, str]]:
    """(zaak, status) of what the backoffice has, as many as fit on one page."""
    api = demo.settings_of(prepared.portaal).backoffices[0].zaken
    headers = {"Authorization": ZgwToken(api.client_id, api.secret)(None), "Accept-Crs": "EPSG:4326"}
    async with httpx.AsyncClient(headers=headers, timeout=30, trust_env=False) as client:
        zaken = (await client.get(f"{api.root}/zaken")).raise_for_status().json()["results"]
    return [(zaak["url"], zaak["status"]) for zaak in zaken if zaak["status"]]


async def _storm(
    prepared: demo.Demo, settings: Settings, statussen: list[tuple[str, str]]
) -> tuple[list[float], float]:
    """Time of each answer in milliseconds, and how long all took; sent at an even pace, whatever the answers do."""
    tijden: list[float] = []
    geheim = settings.notificaties_geheim.get_secret_value()
    begin = datetime.now(UTC)

    async def stuur(session: aiohttp.ClientSession, nummer: int) -> None:
        zaak, status = statussen[nummer % len(statussen)]
        bericht = {
            "kanaal": "zaken",
            "hoofdObject": zaak,
            "resource": "status",
            "resourceUrl": status,
            "actie": "create",
            "aanmaakdatum": (begin + timedelta(microseconds=nummer)).isoformat(),
        }
        start = time.perf_counter()
        async with session.post(prepared.url + PAD, json=bericht) as response:
            await response.read()
            if response.status != 204:
                raise RuntimeError(f"{PAD}: {response.status}")
        tijden.append((time.perf_counter() - start) * 1000)

    start = time.perf_counter()
    async with (
        aiohttp.ClientSession(headers={"Authorization": f"Bearer {geheim}"}) as session,
        asyncio.TaskGroup() as g,
    ):
        for nummer in range(AANTAL):
            g.create_task(stuur(session, nummer))
            te_vroeg = start + nummer * 60 / PER_MINUUT - time.perf_counter()
            if te_vroeg > 0:
                await asyncio.sleep(te_vroeg)
    return tijden, time.perf_counter() - start
