"""The code of the mail travels through the login in a cookie: it stands in no address, no log and no table."""

import re
from typing import Final

from fastapi import Request
from starlette.responses import Response

GELDIG: Final = 3_600  # seconds; long enough to log in and read
VORM: Final = re.compile(r"[A-Za-z0-9_-]{20,60}")


class Koekje:
    def __init__(self, request: Request) -> None:
        settings = request.app.state.settings
        self._veilig: bool = settings.is_https
        self._naam = "__Host-ondertekenen" if self._veilig else "ondertekenen"
        gevonden = request.cookies.get(self._naam, "")
        self.code = gevonden if VORM.fullmatch(gevonden) else ""

    def zet(self, response: Response, code: str) -> None:
        response.set_cookie(
            self._naam, code, max_age=GELDIG, path="/", secure=self._veilig, httponly=True, samesite="lax"
        )
