"""Which page belongs to which error: mapped once, here. No route catches these."""

import logging
from collections.abc import Awaitable, Callable
from math import ceil
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.types import Scope

from pip_portal.errors import (
    BackofficeDefect,
    BackofficeUnavailable,
    BalieVerlopen,
    CsrfRefused,
    LevelTooLow,
    LoginRefused,
    NotFound,
    NotLoggedIn,
    TeVaak,
)
from pip_portal.inloggen.sessies import get_sessies
from pip_portal.logs import request_id
from pip_portal.machtigen.poort import MachtigingVoorbij, NietVoorGemachtigde
from pip_portal.taal import _
from pip_portal.tijd import now
from pip_portal.web import page, wants_fragment

log = logging.getLogger("pip_portal")

Handler = Callable[[Request, Exception], Awaitable[Response]]


def _error_page(request: Request, template: str, status_code: int, **context: object) -> Response:
    """The page; when htmx asked for a part, its content takes the place of all content, heading included."""
    response = page(request, template, fragment="hoofd", status_code=status_code, **context)
    if wants_fragment(request):
        response.headers.update({"HX-Retarget": "#inhoud", "HX-Reswap": "innerHTML"})
    return response


async def not_found(request: Request, _exc: Exception) -> Response:
    return _error_page(request, "errors/404.html", 404)


async def storing(request: Request, exc: Exception) -> Response:
    if not isinstance(exc, BackofficeUnavailable):
        raise TypeError
    log.warning("bron niet bereikbaar", extra={"storing": exc.bron, "reden": exc.reden})
    return _error_page(request, "errors/storing.html", 503, bron=_(exc.bron))


async def defect(request: Request, exc: Exception) -> Response:
    log.error("antwoord van de backoffice niet bruikbaar", exc_info=exc)
    return _error_page(request, "errors/500.html", 500, referentie=request_id.get())


def unexpected(scope: Scope, referentie: str) -> Response:
    return _error_page(Request(scope), "errors/500.html", 500, referentie=referentie)


async def database_down(request: Request, exc: Exception) -> Response:
    """Nobody can be recognised without the database: a page that says it is us, and a status that says try again.

    The log tells the code of the database (SQLITE_BUSY, 57P01), never its message: that may hold an answer.
    """
    orig = getattr(exc, "orig", None)
    reden = getattr(orig, "sqlite_errorname", None) or getattr(orig, "sqlstate", None) or type(orig or exc).__name__
    log.error("database niet bereikbaar", exc_info=exc, extra={"reden": reden})
    return _error_page(request, "errors/500.html", 503, referentie=request_id.get())


async def te_vaak(request: Request, exc: Exception) -> Response:
    """Too often: when it may be done again, in words and for machines."""
    if not isinstance(exc, TeVaak):
        raise TypeError
    response = _error_page(request, "errors/te_vaak.html", 429, tot=exc.tot)
    response.headers["Retry-After"] = str(max(1, ceil((exc.tot - now()).total_seconds())))
    return response


def plain(scope: Scope, status_code: int) -> Response:
    return _error_page(Request(scope), "errors/verzoek.html", status_code)


async def bad_request(request: Request, _exc: Exception) -> Response:
    return _error_page(request, "errors/verzoek.html", 400)


async def http_error(request: Request, exc: Exception) -> Response:
    if not isinstance(exc, HTTPException):
        raise TypeError
    if exc.status_code == 404:
        return await not_found(request, exc)
    response = _error_page(request, "errors/verzoek.html", exc.status_code)
    response.headers.update(exc.headers or {})
    return response


def _forget_session(request: Request, response: Response) -> None:
    """Take away the cookie of a session that is over."""
    sessies = get_sessies(request)
    if sessies.cookie in request.cookies:
        sessies.delete_cookie(response)


async def not_logged_in(request: Request, exc: Exception) -> Response:
    """To the login page, which brings the citizen back to the page that was asked for."""
    if not isinstance(exc, NotLoggedIn):
        raise TypeError
    if isinstance(exc, BalieVerlopen):
        balie = request.url_for("balie:start").path
        return Response(headers={"HX-Redirect": balie}) if wants_fragment(request) else RedirectResponse(balie, 303)
    terug = exc.terug or (request.url.path if request.method == "GET" else "/overzicht")
    query = f"?terug={quote(terug)}" + ("&verlopen=1" if exc.verlopen else "")
    inloggen = f"{request.url_for('inloggen:kies').path}{query}"
    response: Response = RedirectResponse(inloggen, status_code=303)
    if wants_fragment(request):
        response = Response(status_code=401, headers={"HX-Redirect": inloggen})
    _forget_session(request, response)
    return response


async def login_refused(request: Request, exc: Exception) -> Response:
    if not isinstance(exc, LoginRefused):
        raise TypeError
    middel = request.path_params.get("middel", "digid")
    log.warning("inloggen geweigerd", extra={"middel": middel, "soort": exc.soort, "reden": exc.reden})
    niveau = getattr(request.state, "gevraagd_niveau", None)
    response = page(request, "inloggen/geweigerd.html", status_code=403, soort=exc.soort, middel=middel, niveau=niveau)
    if request.state.sessie is None:
        _forget_session(request, response)
    return response


async def niet_voor_gemachtigde(request: Request, _exc: Exception) -> Response:
    """Friendly: what can be done instead. Fragments and forms get the same page."""
    return _error_page(request, "machtigen/niet.html", 403)


async def machtiging_voorbij(request: Request, exc: Exception) -> Response:
    """Nothing of the other stays on the screen, and the session is already of who logged in, or over."""
    if not isinstance(exc, MachtigingVoorbij):
        raise TypeError
    response: Response = page(request, "machtigen/voorbij.html", status_code=403, naam=exc.naam)
    if wants_fragment(request):  # the whole page anew: the bar changes too
        response = Response(status_code=403, headers={"HX-Redirect": request.url_for("machtigen:kies").path})
    if request.state.sessie is None:
        _forget_session(request, response)
    return response


async def level_too_low(request: Request, exc: Exception) -> Response:
    """A safer login of the same person leads back to the zaak that the document belongs to."""
    if not isinstance(exc, LevelTooLow):
        raise TypeError
    sessie = request.state.sessie
    return page(
        request,
        "errors/niveau.html",
        status_code=403,
        middel=sessie.middel,
        niveau=exc.niveau,
        terug=request.url.path.partition("/documenten/")[0],
    )


def install(app: FastAPI) -> None:
    handlers: dict[type[Exception], Handler] = {
        NotFound: not_found,
        BackofficeUnavailable: storing,
        BackofficeDefect: defect,
        NotLoggedIn: not_logged_in,
        LoginRefused: login_refused,
        LevelTooLow: level_too_low,
        NietVoorGemachtigde: niet_voor_gemachtigde,
        MachtigingVoorbij: machtiging_voorbij,
        CsrfRefused: bad_request,
        TeVaak: te_vaak,
        RequestValidationError: not_found,
        HTTPException: http_error,
        OperationalError: database_down,
        InterfaceError: database_down,
        PoolTimeout: database_down,
    }
    for kind, handler in handlers.items():
        app.add_exception_handler(kind, handler)
