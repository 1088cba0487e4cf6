"""Dutch and English. Dutch is what stands in the code and templates; English comes from vertalingen/en.po."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from gettext import NullTranslations
from typing import Literal, cast

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Receive, Scope, Send

from pip_portal.paths import VERTALINGEN

Taal = Literal["nl", "en"]
TALEN: tuple[Taal, ...] = ("nl", "en")
COOKIE = "taal"

_huidige: ContextVar[Taal] = ContextVar("taal", default="nl")


def taal() -> Taal:
    """The language of the page that is being made."""
    return _huidige.get()


@contextmanager
def schrijf_in(code: Taal) -> Iterator[None]:
    """Everything inside is written in this language: a mail or a document has the language of its reader."""
    token = _huidige.set(code)
    try:
        yield
    finally:
        _huidige.reset(token)


@lru_cache
def translations(code: Taal) -> NullTranslations:
    if code == "nl":
        return NullTranslations()
    with (VERTALINGEN / f"{code}.po").open("rb") as file:
        catalog = read_po(file, locale=code)
    binary = io.BytesIO()
    write_mo(binary, catalog)
    binary.seek(0)
    return cast(NullTranslations, Translations(fp=binary))


def _(tekst: str) -> str:
    """This text in the language of the page."""
    return translations(taal()).gettext(tekst)


def N_(tekst: str) -> str:
    """Marks a text of a table for the translators; who shows it calls _()."""
    return tekst


def ngettext(enkel: str, meer: str, aantal: int) -> str:
    return translations(taal()).ngettext(enkel, meer, aantal)


class TaalMiddleware:
    """Takes the language from the cookie that the citizen set with the language switch; without it: Dutch."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        cookie = next((value for name, value in scope["headers"] if name == b"cookie"), b"")
        gekozen = cookie_parser(cookie.decode("latin-1")).get(COOKIE)
        token = _huidige.set("en" if gekozen == "en" else "nl")
        try:
            await self.app(scope, receive, send)
        finally:
            _huidige.reset(token)
        return None
