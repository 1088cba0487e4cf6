"""The cookies beside the session: how each is named and set, and which end with it.

A form that was begun without a login does not end with it: whoever logs in and out in between goes on with it.
"""

from datetime import timedelta
from typing import Final

from fastapi import Request
from starlette.responses import Response

PERSOONLIJK: Final = ("ondertekenen", "voorcheck")  # a link to sign, and the answers of a check


def lees(request: Request, naam: str) -> str:
    return request.cookies.get(_volledig(request, naam), "")


def zet(request: Request, response: Response, naam: str, waarde: str, geldig: timedelta | None = None) -> None:
    """geldig: None for a cookie that goes when the browser closes."""
    response.set_cookie(
        _volledig(request, naam),
        waarde,
        max_age=int(geldig.total_seconds()) if geldig else None,
        path="/",
        secure=_is_https(request),
        httponly=True,
        samesite="lax",
    )


def wis(request: Request, response: Response, naam: str) -> None:
    response.delete_cookie(_volledig(request, naam), path="/", secure=_is_https(request), httponly=True, samesite="lax")


def wis_als_gezet(request: Request, response: Response, naam: str) -> None:
    if _volledig(request, naam) in request.cookies:
        wis(request, response, naam)


def vergeet(request: Request, response: Response) -> None:
    """What leads to something of one person goes when they log out: the next one reads nothing of it."""
    for naam in PERSOONLIJK:
        wis_als_gezet(request, response, naam)


def _is_https(request: Request) -> bool:
    is_https: bool = request.app.state.settings.is_https
    return is_https


def _volledig(request: Request, naam: str) -> str:
    return f"__Host-{naam}" if _is_https(request) else naam
