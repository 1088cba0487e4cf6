"""Memory of the portal while sixteen people each send 40 MB: it must stay flat.

The portal runs as a process of its own with one route more, which takes a file as the pages do.
"""

import asyncio
import os
import random
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.responses import PlainTextResponse

from pip_portal.app import create_app
from pip_portal.bestanden.multipart import lees_multipart
from pip_portal.bestanden.opslag import BestandenDep, Eisen
from pip_portal.inloggen.sessies import load_sessie
from pip_portal.security import grote_upload, require_same_origin
from pip_portal.settings import Settings

POORT = 18040
AANTAL, GROOTTE = 16, 40_000_000
EISEN = Eisen(("pdf",), max_bytes=50_000_000)
router = APIRouter()


@router.post("/bench/bestand")
@grote_upload
async def neem_bestand(request: Request, bestanden: BestandenDep) -> PlainTextResponse:
    async def neem(veld: str, naam: str, stroom: AsyncIterator[bytes]) -> None:
        await bestanden.voeg_toe("bench", None, veld, naam, stroom, EISEN)

    await lees_multipart(request, neem)
    return PlainTextResponse("ok")


def app() -> FastAPI:
    portal = create_app(Settings())
    portal.include_router(router, dependencies=[Depends(load_sessie), Depends(require_same_origin)])
    return portal


def groot_bestand() -> bytes:
    """A pdf of 40 MB that no compression makes smaller, as a scan is."""
    scan = random.Random(1).randbytes(GROOTTE)  # noqa: S311  # not a secret
    delen = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>"]
    delen += [b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R>>"]
    delen += [b"<</Length %d>>stream\n" % len(scan) + scan + b"\nendstream"]
    return (
        b"%PDF-1.7\n"
        + b"".join(b"%d 0 obj\n%s\nendobj\n" % (n, d) for n, d in enumerate(delen, 1))
        + (b"trailer\n<</Root 1 0 R/Size 5>>\n%%EOF")
    )


async def uploads(omgeving: dict[str, str]) -> str:
    """A line with memory before, at most and after, and how long it took."""
    opdracht = [
        sys.executable,
        "-m",
        "uvicorn",
        "--factory",
        "bench.uploads:app",
        "--port",
        str(POORT),
        "--no-access-log",
    ]
    met = {**os.environ, **omgeving, "PIP_PUBLIC_URL": f"http://localhost:{POORT}", "PIP_LOG_NIVEAU": "ERROR"}
    met = {naam: waarde for naam, waarde in met.items() if naam not in ("PIP_DIGID", "PIP_EHERKENNING")}
    proces = subprocess.Popen(
        opdracht, env=met, cwd=Path(__file__).parent.parent, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        return await _meet(proces.pid)
    finally:
        proces.terminate()
        proces.wait(10)


async def _meet(pid: int) -> str:
    inhoud = groot_bestand()
    url = f"http://localhost:{POORT}"
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(300)) as session:
        await _wacht_op(session, url)
        await _stuur(session, url, inhoud)  # what is loaded once is not counted
        voor = _geheugen(pid)
        pieken = [voor]

        async def kijk() -> None:
            while True:
                pieken.append(_geheugen(pid))
                await asyncio.sleep(0.05)

        kijker, begin = asyncio.create_task(kijk()), time.perf_counter()
        await asyncio.gather(*(_stuur(session, url, inhoud) for _ in range(AANTAL)))
        duur = time.perf_counter() - begin
        kijker.cancel()
    erbij = (max(pieken) - voor) / 1e6
    wat = f"Geheugen bij {AANTAL} × 40 MB tegelijk"
    return f"{wat}: {voor / 1e6:.0f} MB vooraf, hoogstens {erbij:.0f} MB erbij, {duur:.1f} s"


def _geheugen(pid: int) -> int:
    """Bytes of real memory, as Linux counts them."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


async def _wacht_op(session: aiohttp.ClientSession, url: str) -> None:
    for _ in range(150):
        try:
            async with session.get(f"{url}/gezond"):
                return
        except aiohttp.ClientError:
            await asyncio.sleep(0.1)
    raise RuntimeError("de portal van de bench start niet")


async def _stuur(session: aiohttp.ClientSession, url: str, inhoud: bytes) -> None:
    kop = b'--g\r\nContent-Disposition: form-data; name="b"; filename="scan.pdf"\r\n\r\n'

    async def body() -> AsyncIterator[bytes]:
        yield kop
        for begin in range(0, len(inhoud), 65_536):
            yield inhoud[begin : begin + 65_536]
        yield b"\r\n--g--\r\n"

    headers = {"Sec-Fetch-Site": "same-origin", "Content-Type": "multipart/form-data; boundary=g"}
    async with session.post(f"{url}/bench/bestand", data=body(), headers=headers) as antwoord:
        if await antwoord.text() != "ok":
            raise RuntimeError(f"bestand geweigerd: {antwoord.status}")
