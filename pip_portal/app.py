"""The application: what is public, what is private, what wraps every request, and what lives as long as it does."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager

import httpx
from fastapi import APIRouter, Depends, FastAPI
from starlette.middleware import Middleware
from starlette.routing import BaseRoute

from pip_portal import beheer, error_pages
from pip_portal.backoffice.bronnen import open_backoffices
from pip_portal.balie import routes as balie
from pip_portal.balie.oidc import Inlogdienst
from pip_portal.balie.sessies import load_balie
from pip_portal.berichten import routes as berichten
from pip_portal.bestanden.opslag import Bestanden
from pip_portal.bewaard import routes as bewaard
from pip_portal.bewaren import Bewaren
from pip_portal.burgerstatus import Burgerstatussen
from pip_portal.contact import routes as contact
from pip_portal.db import open_db
from pip_portal.documenten import routes as documenten
from pip_portal.dossier import routes as dossier
from pip_portal.errors import NotFound
from pip_portal.formulieren import fouten as formulierfouten
from pip_portal.formulieren import routes as formulieren
from pip_portal.formulieren import routes_aanvragen, routes_versturen
from pip_portal.formulieren.cijfers import Cijfers
from pip_portal.formulieren.concepten import Concepten
from pip_portal.formulieren.laden import Formulieren
from pip_portal.gebruiker import require_gebruiker
from pip_portal.gegevens import routes as gegevens
from pip_portal.inloggen import afmelden, vestiging
from pip_portal.inloggen import routes as inloggen
from pip_portal.inloggen.saml.provider import Dienstverlener
from pip_portal.inloggen.sessies import Sessies, load_sessie
from pip_portal.machtigen import routes as machtigen
from pip_portal.machtigen.poort import bewaak_machtiging
from pip_portal.meldingen import routes as meldingen
from pip_portal.nieuwsbrief import routes as nieuwsbrief
from pip_portal.notificaties import routes as notificaties
from pip_portal.notificaties import webhook
from pip_portal.notificaties.ontvangst import Ontvangst
from pip_portal.notificaties.toezicht import blijf_toezien
from pip_portal.onderhoud import onderhoud, warm_catalogus
from pip_portal.ondertekenen import routes as ondertekenen
from pip_portal.opdrachten import blijf_meten
from pip_portal.openbaar import routes as openbaar
from pip_portal.overzicht import routes as overzicht
from pip_portal.paths import DATA, STATIC
from pip_portal.post.bouncebus import blijf_legen
from pip_portal.producten import routes as producten
from pip_portal.security import LimitMiddleware, SecurityMiddleware, require_same_origin
from pip_portal.settings import Settings
from pip_portal.sleutels import Sleutels
from pip_portal.statisch import StaticAssets
from pip_portal.taal import TaalMiddleware
from pip_portal.taken import routes as taakroutes
from pip_portal.verwerkingen import routes as verwerkingen
from pip_portal.verwerkingen.schrijven import VerwerkingMiddleware
from pip_portal.verzoeken import VerzoekMiddleware
from pip_portal.voorkeuren import routes as voorkeuren
from pip_portal.vragen import publiek as vragen_zonder_login
from pip_portal.vragen import routes as vragen
from pip_portal.vragen import stellen as vragen_stellen
from pip_portal.werker import maak_werker
from pip_portal.zaken import aanvullen, intrekken
from pip_portal.zaken import routes as zaken

log = logging.getLogger("pip_portal")

# Every page is closed unless its router stands in PUBLIC.
PUBLIC: tuple[APIRouter, ...] = (
    openbaar.router,
    producten.router,
    meldingen.router,
    inloggen.public,
    afmelden.public,
    ondertekenen.public,
    formulieren.router,  # asks for a login itself, unless the form is for everybody
    routes_versturen.router,  # only for the eigenaar of what it shows
    routes_aanvragen.router,
    balie.router,  # for employees, with a session of their own; not there unless it is configured
    nieuwsbrief.public,
    vragen_zonder_login.router,
)
PRIVATE: tuple[APIRouter, ...] = (
    overzicht.router,
    zaken.router,
    aanvullen.router,
    intrekken.router,
    documenten.router,
    bewaard.router,
    dossier.router,
    gegevens.router,
    verwerkingen.router,
    contact.router,
    voorkeuren.router,
    inloggen.private,
    vestiging.router,
    machtigen.router,
    ondertekenen.private,
    notificaties.router,
    berichten.router,
    taakroutes.router,
    nieuwsbrief.private,
    vragen_stellen.router,  # before the next: /vragen/nieuw is no vraag
    vragen.router,
)
# No session and no page: probes, metrics, and what is not sent by a browser of ours but proves itself: messages of the
# identity provider (signed), and mail programs that stop a newsletter (a link of ours).
MACHINE: tuple[APIRouter, ...] = (beheer.router, webhook.machine, afmelden.machine, nieuwsbrief.machine)


def _routes() -> list[BaseRoute]:
    router = APIRouter()
    # Who acts for another may open only what poort.py lists, of the public pages too.
    browser = [Depends(load_sessie), Depends(load_balie), Depends(require_same_origin), Depends(bewaak_machtiging)]
    for public in PUBLIC:
        router.include_router(public, dependencies=browser)
    for private in PRIVATE:
        router.include_router(private, dependencies=[*browser, Depends(require_gebruiker)])
    for machine in MACHINE:
        router.include_router(machine)
    return router.routes


ROUTES = _routes()  # once for all apps of a process: FastAPI works out at the first request what each route needs
Transports = Callable[[str], httpx.AsyncBaseTransport | None]


async def _stop(taken: list[asyncio.Task[None]]) -> None:
    """End what runs beside the requests, and wait until it has: its connections are closed after this."""
    for taak in taken:
        taak.cancel()
    await asyncio.gather(*taken, return_exceptions=True)


def maak_bewaren(app: FastAPI) -> Bewaren:
    """The job that throws away what has ended, with what it must know of the forms."""
    state = app.state

    def is_gevoelig(formulier: str, versie: int) -> bool:
        try:
            gevoelig: bool = state.formulieren.versie(formulier, versie).gevoelig
        except NotFound:
            return True
        return gevoelig

    mailadres = Concepten(state.db, state.sleutels).mailadres
    return Bewaren(state.db, state.sleutels, state.bestanden, is_gevoelig, mailadres, state.settings.smtp)


def create_app(settings: Settings, transport_for: Transports = lambda _url: None) -> FastAPI:
    """The portal. transport_for gives tests another way to reach a remote URL than the network."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            app.state.db = await stack.enter_async_context(open_db(settings.database_url))
            app.state.sleutels = Sleutels(settings)
            app.state.formulieren = Formulieren.lees(settings.formulieren or DATA)
            await app.state.formulieren.bewaar_versies(app.state.db)
            app.state.cijfers = Cijfers(app.state.db)
            stack.push_async_callback(app.state.cijfers.stop)
            app.state.bestanden = Bestanden(app.state.db, settings, app.state.sleutels)
            app.state.ontvangst = Ontvangst(app.state.db, app.state.sleutels)
            app.state.sessies = Sessies(app.state.db, settings, app.state.sleutels)
            app.state.bronnen = await open_backoffices(settings, transport_for, app.state.formulieren.niveaus())
            stack.push_async_callback(app.state.bronnen.aclose)
            if settings.medewerkers is not None:
                app.state.inlogdienst = Inlogdienst(
                    settings.medewerkers,
                    settings.public_url,
                    app.state.sleutels,
                    transport_for(settings.medewerkers.issuer),
                )
                stack.push_async_callback(app.state.inlogdienst.aclose)
            app.state.dienstverleners = {}
            for middel, koppeling in (("digid", settings.digid), ("eherkenning", settings.eherkenning)):
                if koppeling is None:
                    continue
                app.state.dienstverleners[middel] = dienstverlener = await Dienstverlener.open(
                    koppeling,
                    public_url=settings.public_url,
                    middel=middel,
                    http_transport=transport_for(koppeling.idp_entity_id),
                )
                stack.push_async_callback(dienstverlener.close)
            app.state.werker = maak_werker(
                settings, app.state.db, app.state.sleutels, app.state.bronnen, app.state.bestanden
            )
            stack.push_async_callback(app.state.werker.stop)
            taken = [asyncio.create_task(blijf_meten(app.state.db))]
            taken.append(asyncio.create_task(app.state.cijfers.blijf_schrijven()))
            if settings.werker_in_portaal:
                taken.append(asyncio.create_task(app.state.werker.draai()))
                if settings.bounces is not None:
                    taken.append(asyncio.create_task(blijf_legen(app.state.db, settings.bounces)))
            taken += [asyncio.create_task(onderhoud(app.state.db, app.state.dienstverleners, maak_bewaren(app)))]
            verwacht = settings.notificaties is not None
            taken += [asyncio.create_task(blijf_toezien(app.state.db, app.state.sleutels, verwacht=verwacht))]
            if settings.catalogus_vooraf:
                taken.append(asyncio.create_task(warm_catalogus(app.state.bronnen.zaaksysteem)))
            stack.push_async_callback(_stop, taken)
            yield

    app = FastAPI(
        lifespan=lifespan,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        routes=ROUTES,
        middleware=[
            Middleware(SecurityMiddleware, settings=settings),
            Middleware(TaalMiddleware),
            Middleware(VerzoekMiddleware),
            Middleware(VerwerkingMiddleware),
            Middleware(LimitMiddleware),
        ],
    )
    app.state.settings = settings
    app.state.burgerstatussen = Burgerstatussen.read(settings.burgerstatussen)
    error_pages.install(app)
    formulierfouten.install(app)
    app.mount("/static", StaticAssets(directory=STATIC), name="static")
    return app
