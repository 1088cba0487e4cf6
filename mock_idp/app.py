"""The stand-in as an ASGI app: pages for the browser, and the back channel as an app of its own."""

from pathlib import Path

import httpx
from fastapi import FastAPI, Request, Response
from fastapi.staticfiles import StaticFiles

from mock_idp import admin, backchannel, login, logout, medewerkers
from mock_idp.config import Config
from mock_idp.idp_metadata import metadata
from mock_idp.keys import KeyStore
from mock_idp.pages import page, refused
from mock_idp.profiles import PROFILES
from mock_idp.sp_metadata import ServiceProviders
from mock_idp.state import Idp


def create_idp(
    config: Config, *, keys: KeyStore | None = None, sp_transport: httpx.AsyncBaseTransport | None = None
) -> FastAPI:
    """The app for browsers; with config.backchannel_plain_http it also answers resolve_artifact.

    keys: an opened key store, to spare tests making keys. sp_transport: see state.Idp.
    Raises: NotDevelopment when config.development is not set.
    """
    config.require_development()
    app = _app(Idp(config, keys or KeyStore(config.dir), ServiceProviders(config.sp_metadata_dir), sp_transport))
    app.mount("/static", StaticFiles(directory=Path(__file__).parent / "static"), name="static")
    app.add_api_route("/", _index, name="index", include_in_schema=False)
    app.add_api_route("/{code}/metadata", _metadata, name="metadata")
    for module in (admin, medewerkers, login, logout):
        app.include_router(module.router)
    if config.backchannel_plain_http:
        app.include_router(backchannel.router)
    return app


def create_backchannel(app: FastAPI) -> FastAPI:
    """The app behind mutual TLS, sharing what the browser app remembers."""
    behind = _app(app.state.idp)
    behind.include_router(backchannel.router)
    return behind


def _app(idp: Idp) -> FastAPI:
    app = FastAPI(title="TESTOMGEVING: nagemaakte inlogdienst", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.idp = idp
    return app


async def _index(request: Request) -> Response:
    idp: Idp = request.app.state.idp
    return page(
        request,
        "index.html",
        profielen=list(PROFILES.values()),
        dienstverleners=sorted(sp.entity_id for sp in idp.service_providers.all()),
        uitkomsten=list(reversed(idp.outcomes)),
    )


async def _metadata(request: Request, code: str) -> Response:
    idp: Idp = request.app.state.idp
    if code not in PROFILES:
        return refused(request, "deze koppeling bestaat niet")
    content = metadata(idp.config, idp.keys, PROFILES[code])
    return Response(content, media_type="application/samlmetadata+xml")
