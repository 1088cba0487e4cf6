"""Starts the servers as separate processes, drives the pages, and prints a line per page and concurrency."""

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path

import httpx

from bench.inzendingen import inzendingen
from bench.load import Load, first_visit, load
from bench.nieuwsbrief import nieuwsbrief
from bench.notificaties import notificaties
from bench.record import Rounds, record, save
from bench.tijden import log_size, own_time
from bench.uploads import uploads
from pip_portal import demo
from pip_portal.db import open_db
from pip_portal.gebruiker import Burger
from pip_portal.inloggen.sessies import Sessies
from pip_portal.settings import Settings
from pip_portal.sleutels import Sleutels

PORTS = demo.Ports(portaal=18000, idp=18010, achterkanaal=18011, backoffice=18020, postbus=18030, smtp=18025)
BARE_PORT = 18040
BSN_60_ZAKEN = "999997051"
REQUESTS = {1: 60, 16: 320}


@dataclass(frozen=True)
class Page:
    name: str
    path: str
    cold: Rounds
    warm: Rounds


def main() -> None:
    if bezet := demo.taken(PORTS):
        sys.exit("\n".join(bezet))
    with tempfile.TemporaryDirectory() as folder:
        os.environ.pop("PIP_DATABASE_URL", None)
        prepared = demo.prepare(PORTS, Path(folder))
        backoffice = {**prepared.backoffice, "REFERENCE_BACKOFFICE_LATENTIE": "openzaak"}
        prepared = replace(prepared, backoffice=backoffice)
        processes = demo.start(prepared)
        try:
            if not demo.wait_until_ready(prepared, processes, {"now": False}):
                sys.exit(1)
            asyncio.run(measure(prepared))
        finally:
            demo.stop_all(processes)


async def measure(prepared: demo.Demo) -> None:
    settings = demo.settings_of(prepared.portaal).model_copy(update={"digid": None, "eherkenning": None})
    burger = Burger(BSN_60_ZAKEN, Sleutels(settings).keyed_hash("bsn", BSN_60_ZAKEN), 20)
    cookies = await log_in(settings, burger)
    async with httpx.AsyncClient(base_url=prepared.url, cookies=cookies, timeout=30) as client:
        listing = (await client.get("/zaken", params={"geduld": "1"})).text
    zaak = listing.split('href="/zaken/zaken/')[1].split('"')[0].split("?")[0]
    print_head()
    for name, path in (("Mijn zaken (60)", "/zaken"), ("Eén zaak", f"/zaken/zaken/{zaak}")):
        cold, warm, size = await record(settings, burger, path)
        await measure_page(prepared, Page(name, path, cold, warm), size, cookies)
    total, requests, again = await first_visit(f"{prepared.url}/", {})
    print(f"\nEerste bezoek startpagina: {total / 1000:.1f} kB in {requests} verzoeken; daarna {again / 1000:.1f} kB")
    total, requests, again = await first_visit(f"{prepared.url}/zaken", cookies)
    print(f"Eerste bezoek Mijn zaken:  {total / 1000:.1f} kB in {requests} verzoeken; daarna {again / 1000:.1f} kB")
    print(await uploads(dict(prepared.portaal)))
    print("\n".join(await inzendingen(prepared)))
    print("\n".join(await notificaties(prepared, settings, cookies)))
    print(await nieuwsbrief())


async def log_in(settings: Settings, burger: Burger) -> dict[str, str]:
    async with open_db(settings.database_url) as db:
        sessies = Sessies(db, settings, Sleutels(settings))
        sessie = await sessies.create(burger, "digid", weergavenaam="Bench", naam_id=None, session_index=None)
        return {sessies.cookie: sessie}


async def measure_page(prepared: demo.Demo, page: Page, size: int, cookies: dict[str, str]) -> None:
    print(
        f"\n{page.name}: {count(page.warm)} vragen in {len(page.warm)} rondes"
        f" (koude catalogus: {count(page.cold)} in {len(page.cold)}), {size / 1000:.1f} kB html"
    )
    plan = prepared.folder / "bare.json"
    save(page.warm, size, plan)
    bare = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "uvicorn",
            "bench.bare:make_app",
            "--factory",
            "--port",
            str(BARE_PORT),
            "--no-access-log",
            "--log-level",
            "error",
        ],
        env={**os.environ, "BENCH_CALLS": str(plan)},
    )
    try:
        wait_for(f"http://localhost:{BARE_PORT}/gezond")
        portal_url, bare_url = f"{prepared.url}{page.path}?geduld=1", f"http://localhost:{BARE_PORT}/"
        for url, jar in ((portal_url, cookies), (bare_url, {})):
            await load(url, jar, 10, 2)  # warm up
        for concurrency, requests in REQUESTS.items():
            before = log_size(prepared)
            ours = await load(portal_url, cookies, requests, concurrency)
            theirs = await load(bare_url, {}, requests, concurrency)
            print_line(concurrency, ours, theirs, own_time(prepared, before))
    finally:
        bare.terminate()
        bare.wait(10)


def count(rounds: Rounds) -> int:
    return sum(len(calls) for calls in rounds)


def wait_for(url: str) -> None:
    for _ in range(100):
        try:
            if httpx.get(url).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    sys.exit(f"{url} antwoordt niet")


def print_head() -> None:
    print(
        f"{'gelijktijdig':>12} {'req/s':>7} {'p50 ms':>8} {'p99 ms':>8} {'p99/p50':>8} {'wacht ms':>9} {'zelf ms':>8}"
        f" | {'kaal req/s':>10} {'p50':>7} {'p99':>7} | {'verhouding p50':>14} {'req/s':>6}"
    )


def print_line(concurrency: int, ours: Load, theirs: Load, times: tuple[float, float]) -> None:
    waiting, own = times
    print(
        f"{concurrency:>12} {ours.per_second:>7.1f} {ours.p50:>8.1f} {ours.p99:>8.1f} {ours.p99 / ours.p50:>8.1f}"
        f" {waiting:>9.1f} {own:>8.1f} | {theirs.per_second:>10.1f} {theirs.p50:>7.1f} {theirs.p99:>7.1f}"
        f" | {ours.p50 / theirs.p50:>14.2f} {theirs.per_second / ours.per_second:>6.2f}",
        flush=True,
    )


if __name__ == "__main__":
    main()
