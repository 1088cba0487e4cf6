"""What guards every answer and every request: headers, CSP, size limits, same origin and a token on POST."""

import hmac
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from fastapi import Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pip_portal import error_pages
from pip_portal.errors import CsrfRefused
from pip_portal.settings import Settings
from pip_portal.web import form_fields

MAX_QUERY = 8_000  # bytes; the longest honest one is a search with filters
MAX_BODY = 64_000  # bytes; no form of the portal needs more
MAX_UPLOAD = 105_000_000  # bytes; a form with files, on the routes that are marked for it (forms §3.8: 100 MB of files)

Endpoint = TypeVar("Endpoint", bound=Callable[..., object])

# CSP of every page; the hand-over page to an identity provider adds its hosts to form-action.
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def csp_with_images(address: str) -> str:
    """The CSP of a page that shows pictures from the host of this address: the tiles of a map."""
    parts = urlsplit(address)
    return CSP.replace("img-src 'self'", f"img-src 'self' {parts.scheme}://{parts.netloc}")


def csp_with_form_action(hosts: tuple[str, ...]) -> str:
    """The CSP of a page whose form goes to these origins (and on from there by redirect)."""
    return CSP.replace("form-action 'self'", " ".join(("form-action 'self'", *hosts)))


class SecurityMiddleware:
    """Outermost: security headers on every answer, and one host name whatever the request calls us.

    An address that is made from the Host header (the redirect of "/zaken/" to "/zaken") would lead wherever a
    request says; so the configured host takes its place before anything reads it.
    Source: DigiD ICT-beveiligingsassessment U/PW.02, U/WA.03, U/WA.04; NCSC guideline for web applications.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.headers = {
            "Content-Security-Policy": CSP,
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "Referrer-Policy": "same-origin",
            "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Cache-Control": "no-store",
            "X-Robots-Tag": "noindex",
        }
        own = urlsplit(settings.public_url)
        self.scheme, self.host = own.scheme, own.netloc.encode()
        if settings.is_https:
            self.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)

        scope["scheme"] = self.scheme
        scope["headers"] = [(b"host", self.host), *((k, v) for k, v in scope["headers"] if k != b"host")]

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    headers.setdefault(name, value)
                if headers["Cache-Control"] == "no-store":
                    headers.add_vary_header("HX-Request")
                    headers.add_vary_header("Cookie")
            await send(message)

        await self.app(scope, receive, send_with_headers)
        return None


def grote_upload(endpoint: Endpoint) -> Endpoint:
    """Marks a route that takes files: it reads its body itself, as a stream, with bestanden/multipart.py."""
    endpoint.grote_upload = True  # type: ignore[attr-defined]  # a mark, read back by neemt_bestanden
    return endpoint


def neemt_bestanden(scope: Scope) -> bool:
    """Whether this is a form with files, on its way to a route that is marked for that."""
    return getattr(scope.get("endpoint"), "grote_upload", False) and _is_multipart(scope)


def _is_multipart(scope: Scope) -> bool:
    return Headers(scope=scope).get("content-type", "").startswith("multipart/form-data")


class LimitMiddleware:
    """Refuses what is too large: by what it says before anything reads it, and by what really comes in.

    Which route it is for is known once something reads the body; a form with files is judged then.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        read = 0
        declared = _declared_length(scope)

        async def receive_limited() -> Message:
            nonlocal read
            limit = MAX_UPLOAD if neemt_bestanden(scope) else MAX_BODY
            if declared > limit:
                raise HTTPException(413)
            message = await receive()
            read += len(message.get("body", b""))
            if read > limit:
                raise HTTPException(413)
            return message

        app: ASGIApp = self.app
        if len(scope.get("query_string", b"")) + len(scope["path"]) > MAX_QUERY:
            app = error_pages.plain(scope, 414)
        elif declared > (MAX_UPLOAD if _is_multipart(scope) else MAX_BODY):
            app = error_pages.plain(scope, 413)
        await app(scope, receive_limited, send)
        return None


def _declared_length(scope: Scope) -> int:
    length = Headers(scope=scope).get("content-length", "0")
    return int(length) if len(length) < 10 and length.isascii() and length.isdigit() else MAX_UPLOAD + 1


async def require_same_origin(request: Request) -> None:
    """Refuse a POST from another site, or, when there is a session, without the token of that session.

    Browsers say where a request comes from (Sec-Fetch-Site, Origin); a POST that says neither is refused.
    Source: DigiD ICT-beveiligingsassessment U/WA.03; OWASP CSRF prevention (fetch metadata and synchronizer token).
    """
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    own = urlsplit(request.app.state.settings.public_url)
    same = site == "same-origin" if site else origin == f"{own.scheme}://{own.netloc}"
    if not same:
        raise CsrfRefused
    # A form with files is not read here: lees_multipart asks for the token, before it takes a file.
    if _houder(request) is not None and not neemt_bestanden(request.scope):
        require_token(request, (await form_fields(request)).get("csrf", ""))


def require_token(request: Request, token: str) -> None:
    """Refuse a form that does not carry the token of the session it comes with."""
    houder = _houder(request)
    if houder is not None and not hmac.compare_digest(token.encode(), houder.csrf.encode()):
        raise CsrfRefused


def _houder(request: Request) -> Any:
    """The session of a citizen or else of an employee, each with a token of its own."""
    return getattr(request.state, "sessie", None) or getattr(request.state, "medewerker", None)
