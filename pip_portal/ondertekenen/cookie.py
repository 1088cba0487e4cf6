"""The code of the mail travels through the login in a cookie: it stands in no address, no log and no table."""

import re
from datetime import timedelta
from typing import Final

from fastapi import Request
from starlette.responses import Response

from pip_portal import koekjes

NAAM: Final = "ondertekenen"
GELDIG: Final = timedelta(hours=1)  # long enough to log in and read
VORM: Final = re.compile(r"[A-Za-z0-9_-]{20,60}")


class Koekje:
    def __init__(self, request: Request) -> None:
        self._request = request
        gevonden = koekjes.lees(request, NAAM)
        self.code = gevonden if VORM.fullmatch(gevonden) else ""

    def zet(self, response: Response, code: str) -> None:
        koekjes.zet(self._request, response, NAAM, code, GELDIG)
