"""The answers of the check before login, taken along: sealed, so that only we can read or change them, for 30 minutes.

They travel in a hidden field, and in a cookie while someone logs in; nothing of them is stored by us (forms §3.9).
"""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from fastapi import Request
from starlette.responses import Response

from pip_portal import koekjes
from pip_portal.sleutels import Sleutels
from pip_portal.tijd import now

GELDIG = timedelta(minutes=30)
COOKIE = "voorcheck"
MAX_COOKIE = 3_500  # characters; browsers keep 4,096 bytes with the name


def sluit(sleutels: Sleutels, slug: str, antwoorden: Mapping[str, Any]) -> str:
    """The answers in one sealed text."""
    if not antwoorden:
        return ""
    tot = (now() + GELDIG).isoformat()
    return sleutels.encrypt(json.dumps([slug, tot, dict(antwoorden)], ensure_ascii=False).encode()).decode()


def open_(sleutels: Sleutels, slug: str, gesloten: str) -> dict[str, Any]:
    """The answers; none when it is too old, of another form, or not sealed by us."""
    if not gesloten:
        return {}
    try:
        van, tot, antwoorden = json.loads(sleutels.decrypt(gesloten.encode()))
    except ValueError:
        return {}
    if van != slug or datetime.fromisoformat(tot) < now():
        return {}
    gelezen: dict[str, Any] = antwoorden
    return gelezen


def uit_cookie(request: Request) -> str:
    return koekjes.lees(request, COOKIE)


def zet_cookie(request: Request, response: Response, gesloten: str) -> None:
    if gesloten and len(gesloten) <= MAX_COOKIE:
        koekjes.zet(request, response, COOKIE, gesloten, GELDIG)


def wis_cookie(request: Request, response: Response) -> None:
    koekjes.wis_als_gezet(request, response, COOKIE)
