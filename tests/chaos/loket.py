"""The portal, as itself, with one door more: send this concept now, without the pages before it.

Run by `uvicorn tests.chaos.loket:maak --factory`; what happens behind the door is what the check page does.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from pip_portal import logs
from pip_portal.app import create_app
from pip_portal.bestanden.opslag import Bestanden
from pip_portal.inzendingen.indienen import indienen
from pip_portal.inzendingen.inhoud import Bijlage, Inhoud
from pip_portal.settings import Settings
from pip_portal.werker import maak_werker
from tests.chaos.werker import TEMPO
from tests.inzendingen import maken


def maak() -> FastAPI:
    settings = Settings()
    logs.configure("WARNING")
    app = create_app(settings)
    as_ever = app.router.lifespan_context

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with as_ever(app):
            state = app.state
            state.werker = maak_werker(settings, state.db, state.sleutels, state.bronnen, state.bestanden, tempo=TEMPO)
            yield

    app.router.lifespan_context = lifespan

    @app.post("/chaos/{concept_id}")
    async def verstuur(request: Request, concept_id: str) -> JSONResponse:
        state = request.app.state
        ingediend = await indienen(
            state.db,
            state.sleutels,
            concept_id=concept_id,
            eigenaar_hash=maken.EIGENAAR,
            inhoud=await inhoud_van(state.bestanden, concept_id),
        )
        await state.werker.een(ingediend.opdracht)
        return JSONResponse({"nummer": ingediend.nummer})

    return app


async def inhoud_van(bestanden: Bestanden, concept_id: str) -> Inhoud:
    bijlagen = [
        Bijlage(
            id=info.id,
            veld=info.veld,
            naam=info.naam,
            soort=info.soort,
            grootte=info.grootte,
            sha256=info.sha256,
            informatieobjecttype="Bijlage",
        )
        for info in await bestanden.lijst(concept_id)
    ]
    return maken.inhoud(concept_id, bijlagen=bijlagen, zaak=maken.opdracht(eigenschappen=eigenschappen(concept_id)))


def eigenschappen(concept_id: str) -> dict[str, str]:
    """What this one zaak must carry, and no other does."""
    return {"kenteken": concept_id[:8], "ingangsdatum": "20261201", "vergunninggebied": concept_id[9:13]}
