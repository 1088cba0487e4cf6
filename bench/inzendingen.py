"""Filling in and sending: one page of a form, from the button to the confirmation, and how fast a worker hands over."""

import asyncio
import statistics
import time
from itertools import islice

import httpx
from lxml import html
from sqlalchemy import func, select

from bench.tijden import log_size, own_time
from pip_portal import demo
from pip_portal.bestanden.opslag import Bestanden
from pip_portal.db import Sessionmaker, open_db
from pip_portal.inzendingen.indienen import indienen
from pip_portal.settings import Settings
from pip_portal.sleutels import Sleutels
from pip_portal.tables import Inzending
from tests.chaos.aanvragen import Gezeten, bsns, ingevuld
from tests.inzendingen import maken

BACKOFFICE_MS = 20.0
STAPPEN, VERSTUURD, OVERGEDRAGEN = 40, 30, 100


async def inzendingen(prepared: demo.Demo) -> list[str]:
    """A line for each of the three. The backoffice takes 20 ms for each call."""
    settings = demo.settings_of(prepared.portaal).model_copy(update={"digid": None, "eherkenning": None})
    sleutels = Sleutels(settings)
    latentie = {"profiel": "vast", "ms": BACKOFFICE_MS}
    async with (
        open_db(settings.database_url) as db,
        httpx.AsyncClient(base_url=prepared.url, timeout=30, trust_env=False) as client,
    ):
        url = f"http://localhost:{prepared.ports.backoffice}/beheer/api/latentie"
        (await client.post(url, json=latentie)).raise_for_status()
        mensen = [await ingevuld(db, settings, sleutels, bsn) for bsn in islice(bsns(), 1 + VERSTUURD)]
        return [
            await een_stap(prepared, client, *mensen[0]),
            await versturen(client, mensen[1:]),
            await werker(db, settings, sleutels),
        ]


async def een_stap(prepared: demo.Demo, client: httpx.AsyncClient, concept_id: str, wie: Gezeten) -> str:
    """The button "Volgende stap": validate, store encrypted, and on to the next page."""
    pad = f"/aanvragen/{concept_id}/documenten"
    tijden, voor = [], log_size(prepared)
    for _ in range(STAPPEN):
        pagina = html.document_fromstring((await client.get(pad, headers=wie.koppen)).text)
        form = next(f for f in pagina.xpath("//main//form") if f.xpath(".//*[@name='revisie']"))
        begin = time.perf_counter()
        data = {**dict(form.form_values()), "actie": "volgende"}
        response = await client.post(pad, headers=wie.koppen, data=data)
        tijden.append((time.perf_counter() - begin) * 1000)
        if response.status_code != 303:
            raise RuntimeError(f"{pad}: {response.status_code}")
    _wacht, zelf = own_time(prepared, voor)
    return f"\nEén stap van een formulier:  p50 {statistics.median(tijden):.1f} ms, zelf {zelf:.1f} ms"


async def versturen(client: httpx.AsyncClient, mensen: list[tuple[str, Gezeten]]) -> str:
    """Read the check page, send, and read the number; the zaak is complete by then."""
    tijden = []
    for concept_id, wie in mensen:
        begin = time.perf_counter()
        if not await wie.klik(client, concept_id):
            raise RuntimeError("geen bevestiging")
        tijden.append((time.perf_counter() - begin) * 1000)
    return (
        f"Controlepagina, versturen en bevestiging:  p50 {statistics.median(tijden):.0f} ms"
        f" (de zaak is dan af; de backoffice doet {BACKOFFICE_MS:.0f} ms over elke vraag)"
    )


async def werker(db: Sessionmaker, settings: Settings, sleutels: Sleutels) -> str:
    """A queue of inzendingen with a file each, done by the one `pip-portal worker` of the demo."""
    werk = maken.Werkplaats(db, sleutels, Bestanden(db, settings, sleutels))
    klaar = []
    for _ in range(OVERGEDRAGEN):
        concept_id = await werk.concept()
        klaar.append((concept_id, maken.inhoud(concept_id, bijlagen=[await werk.bijlage(concept_id)])))
    begin = time.perf_counter()
    for concept_id, inhoud in klaar:
        await indienen(db, sleutels, concept_id=concept_id, eigenaar_hash=maken.EIGENAAR, inhoud=inhoud)
    over = select(func.count()).select_from(Inzending).where(Inzending.eigenaar == maken.EIGENAAR)
    over = over.where(Inzending.toestand == "overgedragen")
    while True:
        async with db() as session:
            if await session.scalar(over) == OVERGEDRAGEN:
                break
        await asyncio.sleep(0.05)
    seconden = time.perf_counter() - begin
    return f"Overdragen door 1 werker:  {OVERGEDRAGEN / seconden:.1f} inzendingen/s, elk met een bijlage en een pdf"
