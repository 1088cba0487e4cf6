"""The application: every API under its own root, one database, one set of switches."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from . import (
    autorisaties,
    bag,
    besluiten,
    brp,
    catalogi,
    catalogus,
    documenten,
    documenten_schrijven,
    kaart,
    kvk,
    mijnoverheid,
    openstaand,
    rdw,
    signalen,
    verwerkingen,
)
from .beheer import api as beheer_api
from .beheer import bezorging as beheer_bezorging
from .beheer import mijnoverheid as beheer_mijnoverheid
from .beheer import page as beheer_page
from .beheer import post as beheer_post
from .beheer import vragen as beheer_vragen
from .config import Config
from .faults import Beheer, FaultMiddleware
from .klantinteracties import api as klantinteracties
from .notificaties import api as notificaties
from .notificaties.bezorgen import Bezorger, Transport
from .objecten import api as objecten_api
from .objecten import objecttypen
from .problems import TITELS, Problem, problem_response
from .seed import seed_database
from .store import Store
from .web import Backoffice
from .zaken import objecten, reads, writes

MODULES = (
    reads,
    writes,
    objecten,
    catalogi,
    documenten,
    documenten_schrijven,
    besluiten,
    autorisaties,
    notificaties,
    objecten_api,
    objecttypen,
    brp,
    kvk,
    bag,
    rdw,
    openstaand,
    mijnoverheid,
    signalen,
    kaart,
    klantinteracties,
    verwerkingen,
    beheer_api,
    beheer_page,
    beheer_vragen,
    beheer_post,
    beheer_bezorging,
    beheer_mijnoverheid,
)


def create_backoffice(config: Config, transport: Transport | None = None) -> FastAPI:
    """The reference backoffice on a database that the lifespan fills when it is empty.

    Its switches are in `app.state.beheer`, those of the notifications in `app.state.bezorger`.
    transport: makes what notifications are delivered through, for a test with the subscriber in the same process.
    """
    store = Store(config.database_url)
    beheer = Beheer(config.latentie)
    bezorger = Bezorger(store, config.public_url, config.notificatie_factor, transport)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        seed_database(config.database_url, config.today())
        bezorger.start()
        yield
        await bezorger.stop()
        await store.close()

    app = FastAPI(
        title="Referentie-backoffice",
        lifespan=lifespan,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        routes=ROUTES,
    )
    app.state.backoffice = Backoffice(config, store, catalogus.build(), beheer, bezorger)
    app.state.beheer = beheer
    app.state.bezorger = bezorger
    app.add_middleware(FaultMiddleware, beheer=beheer)
    app.add_exception_handler(Problem, _on_problem)
    app.add_exception_handler(HTTPException, _on_http_exception)
    app.add_exception_handler(kvk.KvkFout, kvk.kvk_fout_response)
    app.add_exception_handler(bag.BagFout, bag.bag_fout_response)
    return app


async def healthy() -> Response:
    return JSONResponse({"status": "gezond"})


def _routes() -> list[BaseRoute]:
    router = APIRouter()
    for module in MODULES:
        router.include_router(module.router)
    router.add_api_route("/gezond", healthy, methods=["GET"])
    return router.routes


ROUTES = _routes()  # once for all apps of a process: FastAPI works out at the first request what each route needs


def _on_problem(request: Request, exc: Exception) -> Response:
    assert isinstance(exc, Problem)  # noqa: S101 - only registered for this type
    return problem_response(request, exc)


def _on_http_exception(request: Request, exc: Exception) -> Response:
    assert isinstance(exc, HTTPException)  # noqa: S101 - only registered for this type
    status = exc.status_code if exc.status_code in TITELS else 404
    return problem_response(request, Problem(status, {405: "method_not_allowed"}.get(status, "not_found")))
