"""Cookies beside the session that lead to something of one person, and end with it: the next one reads nothing of it.

A form that was begun without a login is not among them: whoever logs in and out in between goes on with it.
"""

from typing import Final

from fastapi import Request
from starlette.responses import Response

PERSOONLIJK: Final = ("ondertekenen", "voorcheck")  # a link to sign, and the answers of a check


def vergeet(request: Request, response: Response) -> None:
    """Take them away, when someone logs out."""
    is_https: bool = request.app.state.settings.is_https
    for naam in PERSOONLIJK:
        volledig = f"__Host-{naam}" if is_https else naam
        if volledig in request.cookies:
            response.delete_cookie(volledig, path="/", secure=is_https, httponly=True, samesite="lax")
