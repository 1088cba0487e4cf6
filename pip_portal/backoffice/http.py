"""The one way out: a connection to one remote API, with its limits, its errors and its measurements."""

import asyncio
import json
import logging
import random
import re
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any, Final, TypeVar
from uuid import UUID

import aiohttp
import httpx
from prometheus_client import Counter, Histogram
from pydantic import TypeAdapter, ValidationError

from pip_portal.backoffice.breaker import CircuitBreaker
from pip_portal.backoffice.stroom import VERWERKEN, Lading, Stroom
from pip_portal.backoffice.transport import aiohttp_transport
from pip_portal.errors import BackofficeDefect, BackofficeUnavailable, NotFound
from pip_portal.gebruiker import Gebruiker
from pip_portal.logs import meting, traceparent
from pip_portal.settings import Api
from pip_portal.verwerkingen.gelezen import noteer

log = logging.getLogger(__name__)

T = TypeVar("T")
Authorization = Callable[[Gebruiker | None], str]

RETRY_STATUS: Final = frozenset({429, 502, 503, 504})
RETRY_WAIT: Final = (0.1, 0.3)
LONGEST_RETRY_AFTER: Final = 1.0
TRANSPORT_ERRORS: Final = (httpx.HTTPError, aiohttp.ClientError, TimeoutError, OSError)

DUUR = Histogram("pip_backoffice_seconden", "Time of one call to a backoffice", ["api"])
FOUTEN = Counter("pip_backoffice_fouten", "Calls to a backoffice that failed", ["api", "soort"])


class Refused(BackofficeDefect):
    """The source answered 4xx (not 404 or 429): something in our question or our rights is wrong.

    fouten: the fields at fault with the code of each, as problem+json names them; never what was in them.
    """

    def __init__(self, naam: str, status: int, code: str, fouten: tuple[tuple[str, str], ...] = ()) -> None:
        waar = ", ".join(f"{veld}: {fout}" for veld, fout in fouten[:3])
        super().__init__(f"{naam}: {status} {code} {f'({waar})' if waar else ''}".rstrip())
        self.naam = naam
        self.status = status
        self.code = code
        self.fouten = fouten

    def has(self, code: str, veld: str = "") -> bool:
        """Is this what is wrong? Codes are part of the standard, sentences are translated."""
        return any(fout == code and veld in ("", naam) for naam, fout in self.fouten)

    @property
    def is_hidden(self) -> bool:
        """The thing may exist, but not for our client; its token itself was accepted."""
        return self.status == 403 and self.code == "permission_denied"


class ForeignReference(BackofficeDefect):
    """An answer refers to something outside the configured root; it is never followed."""


class _Retry(Exception):
    """This attempt failed in a way that may pass; `wait` in seconds, None when it is no use waiting."""

    def __init__(self, reden: str, wait: float | None = 0.0, *, counts: bool = True) -> None:
        super().__init__(reden)
        self.reden = reden
        self.wait = wait
        self.counts = counts


class Verbinding:
    """Calls to one API. Every call ends in an answer, or in one of the errors of `errors.py`.

    auth: gives the Authorization header for the gebruiker a call is made for.
    transport: for tests; else aiohttp's connections, with the client certificate and CA of `api`.
    """

    def __init__(
        self,
        api: Api,
        naam: str,
        *,
        auth: Authorization | None = None,
        headers: Mapping[str, str] | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.naam = naam
        self.root = api.root
        self.breaker = CircuitBreaker()
        self.api_version = ""
        self._auth = auth
        self._deadline = api.connect_timeout + api.read_timeout
        self._slots = asyncio.Semaphore(api.max_connections)
        self._download_slots = asyncio.Semaphore(api.max_connections)
        self._duur = DUUR.labels(naam)
        self._client = httpx.AsyncClient(
            transport=transport or aiohttp_transport(api),
            timeout=httpx.Timeout(api.read_timeout, connect=api.connect_timeout, pool=None),
            headers={
                "Accept": "application/json",
                "Accept-Encoding": "identity",
                "User-Agent": "pip-portal",
                **(headers or {}),
                **{name: value.get_secret_value() for name, value in api.headers.items()},
            },
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),  # what one citizen is given, no other may send
            trust_env=False,
            follow_redirects=False,
        )

    async def close(self) -> None:
        await self._client.aclose()

    def path_of(self, url: str, collectie: str) -> str:
        """Path of a resource of this API that another answer refers to, rebuilt from its uuid.

        Raises: ForeignReference when it points anywhere else.
        """
        kop, _, staart = url.rpartition("/")
        if kop == f"{self.root}/{collectie}":
            try:
                return f"/{collectie}/{UUID(staart)}"
            except ValueError:
                pass
        raise ForeignReference(f"{self.naam}: verwijzing buiten de root, of zonder uuid: {collectie}")

    async def call(
        self,
        methode: str,
        pad: str,
        antwoord: TypeAdapter[T],
        *,
        gebruiker: Gebruiker | None = None,
        params: Mapping[str, str] | None = None,
        body: Mapping[str, object] | None = None,
        leest: bool = False,
        headers: Mapping[str, str] | None = None,
    ) -> T:
        """One call, its answer validated.

        leest: a POST that only reads, so that it may be repeated like a GET; any other is sent once and never again.
        Raises: BackofficeUnavailable (timeout, refused, 5xx, 429, open breaker); NotFound (404);
        Refused (other 4xx); BackofficeDefect (an answer that does not fit).
        """
        request = self._request(methode, pad, gebruiker, params, body)
        request.headers.update(headers or {})
        response = await self._measured(request, retries=len(RETRY_WAIT) if methode == "GET" or leest else 0)
        inhoud = self._valid(response, antwoord)
        noteer(gebruiker, self.naam)
        return inhoud

    async def upload(
        self,
        methode: str,
        pad: str,
        antwoord: TypeAdapter[T],
        lading: Lading,
        *,
        headers: Mapping[str, str] | None = None,
    ) -> T:
        """One call whose body is made while it is sent. Sent once and never again.

        The time limit holds between two pieces of the body, and `VERWERKEN` for the answer after the last one.
        Raises: as `call`; and what reading the file raises.
        """
        if not self.breaker.allow():
            raise BackofficeUnavailable(self.naam, "zekering open")
        stroom: Stroom | None = None
        try:
            async with asyncio.timeout(self._deadline) as limiet, self._slots:
                stroom = Stroom(lading.inhoud, lading.lengte, limiet, self._deadline)
                request = self._request(methode, pad, None, None, stroom)
                request.headers.pop("Transfer-Encoding", None)
                request.headers.update(
                    {"Content-Type": lading.soort, "Content-Length": str(lading.lengte), **(headers or {})}
                )
                request.extensions["timeout"]["read"] = VERWERKEN
                response = await self._client.send(request)
            self._check(response)
        except _Retry as exc:
            raise self._unavailable(exc.reden, counts=exc.counts) from None
        except TRANSPORT_ERRORS as exc:
            if stroom is not None and isinstance(stroom.fout, Exception):
                raise stroom.fout from None
            raise self._unavailable(type(exc).__name__) from None
        except (NotFound, BackofficeDefect):
            self.breaker.success()
            raise
        self.breaker.success()
        return self._valid(response, antwoord)

    def _valid(self, response: httpx.Response, antwoord: TypeAdapter[T]) -> T:
        try:
            return antwoord.validate_json(response.content or b"null")
        except ValidationError as exc:
            FOUTEN.labels(self.naam, "antwoord").inc()
            raise BackofficeDefect(f"{self.naam}: antwoord past niet: {_places(exc)}") from None

    @asynccontextmanager
    async def stream(self, pad: str, *, gebruiker: Gebruiker | None = None) -> AsyncIterator[httpx.Response]:
        """A download: the time limit holds per chunk, not for the whole.

        Raises: as `call`, also while reading.
        """
        if not self.breaker.allow():
            raise BackofficeUnavailable(self.naam, "zekering open")
        request = self._request("GET", pad, gebruiker, None, None)
        request.headers["Accept"] = "*/*"
        try:
            async with asyncio.timeout(self._deadline):
                await self._download_slots.acquire()
            try:
                response = await self._client.send(request, stream=True)
                try:
                    if response.status_code != 200:
                        await response.aread()
                    self._check(response)
                    self.breaker.success()
                    noteer(gebruiker, self.naam)
                    yield response
                finally:
                    await response.aclose()
            finally:
                self._download_slots.release()
        except _Retry as exc:
            raise self._unavailable(exc.reden, counts=exc.counts) from None
        except TRANSPORT_ERRORS as exc:
            raise self._unavailable(type(exc).__name__) from None
        except (NotFound, BackofficeDefect):
            self.breaker.success()
            raise

    def _request(
        self,
        methode: str,
        pad: str,
        gebruiker: Gebruiker | None,
        params: Mapping[str, str] | None,
        body: Mapping[str, object] | Stroom | None,
    ) -> httpx.Request:
        headers = {}
        if self._auth is not None:
            headers["Authorization"] = self._auth(gebruiker)
        if trace := traceparent.get():
            headers["traceparent"] = trace
        content: bytes | Stroom | None = None
        if isinstance(body, Stroom):
            content = body
        elif body is not None:
            headers["Content-Type"] = "application/json; charset=utf-8"
            content = json.dumps(body, separators=(",", ":")).encode()
        return self._client.build_request(methode, self.root + pad, headers=headers, params=params, content=content)

    async def _measured(self, request: httpx.Request, retries: int) -> httpx.Response:
        meter = meting.get()
        if meter is not None:
            meter.begin()
        start = time.perf_counter()
        try:
            return await self._guarded(request, retries)
        finally:
            self._duur.observe(time.perf_counter() - start)
            if meter is not None:
                meter.end()

    async def _guarded(self, request: httpx.Request, retries: int) -> httpx.Response:
        """One call with its repeats counts once for the breaker, and has one time limit."""
        if not self.breaker.allow():
            raise BackofficeUnavailable(self.naam, "zekering open")
        try:
            async with asyncio.timeout(self._deadline):
                response = await self._attempts(request, retries)
        except _Retry as exc:
            raise self._unavailable(exc.reden, counts=exc.counts) from None
        except TimeoutError:
            raise self._unavailable("te laat") from None
        except (NotFound, BackofficeDefect):
            self.breaker.success()
            raise
        self.breaker.success()
        return response

    async def _attempts(self, request: httpx.Request, retries: int) -> httpx.Response:
        for pause in RETRY_WAIT[:retries]:
            try:
                return await self._send(request)
            except _Retry as exc:
                if exc.wait is None:
                    raise
                await asyncio.sleep(max(exc.wait, pause * random.uniform(0.5, 1.0)))  # noqa: S311 - no secret
        return await self._send(request)

    async def _send(self, request: httpx.Request) -> httpx.Response:
        try:
            async with self._slots:
                response = await self._client.send(request)
        except (httpx.ConnectError, httpx.ConnectTimeout) as exc:
            raise _Retry(type(exc).__name__) from None
        except TRANSPORT_ERRORS as exc:
            raise _Retry(type(exc).__name__, wait=None) from None
        self._check(response)
        return response

    def _check(self, response: httpx.Response) -> None:
        """Turns every status but 200, 201 and 204 into an error."""
        status = response.status_code
        if status in (200, 201, 204):
            if not self.api_version:
                self.api_version = response.headers.get("API-version", "")
            return
        if status in RETRY_STATUS:
            raise _Retry(str(status), _retry_after(response), counts=status != 429)
        if status >= 500:
            raise _Retry(str(status), wait=None)
        if status == 404:
            raise NotFound(self.naam)
        FOUTEN.labels(self.naam, "geweigerd").inc()
        refused = Refused(self.naam, status, _code(response), _fouten(response))
        extra = {"api": self.naam, "status": status, "code": refused.code, "fouten": refused.fouten}
        log.error("backoffice weigert", extra=extra)
        raise refused

    def _unavailable(self, reden: str, *, counts: bool = True) -> BackofficeUnavailable:
        FOUTEN.labels(self.naam, "onbereikbaar").inc()
        was_open = self.breaker.is_open
        if counts:
            self.breaker.failure()
        if self.breaker.is_open and not was_open:
            log.error("zekering open", extra={"api": self.naam, "reden": reden})
        return BackofficeUnavailable(self.naam, reden)


def _retry_after(response: httpx.Response) -> float | None:
    """Seconds to wait before the next try; None when the source asks for longer than a citizen can wait."""
    value = response.headers.get("Retry-After", "")
    if not value:
        return 0.0
    seconds = float(value) if value.isascii() and value.isdigit() else LONGEST_RETRY_AFTER + 1
    return seconds if seconds <= LONGEST_RETRY_AFTER else None


def _problem(response: httpx.Response) -> Any:
    try:
        return json.loads(response.content)
    except ValueError:
        return None


def _code(response: httpx.Response) -> str:
    """The code of a problem+json answer (ZGW, BRP) or of a KVK answer; words for people are not kept."""
    problem = _problem(response)
    try:
        code = problem.get("code") or problem["fout"][0]["code"]
    except (LookupError, TypeError, AttributeError):
        return ""
    return _woord(code)


def _fouten(response: httpx.Response) -> tuple[tuple[str, str], ...]:
    """Field and code of each fault in a problem+json answer; its reason may repeat what was sent, so is not kept."""
    try:
        return tuple((_woord(fout["name"]), _woord(fout["code"])) for fout in _problem(response)["invalidParams"][:20])
    except (LookupError, TypeError):
        return ()


def _woord(value: object) -> str:
    """A name or code as the standard has them, else nothing."""
    is_woord = isinstance(value, str) and all(deel.isalnum() for deel in re.split(r"[-_.]", value) if deel)
    return str(value)[:60] if is_woord else ""


def _places(exc: ValidationError) -> str:
    """Where an answer does not fit, by field name; never what it held."""
    errors = exc.errors(include_url=False, include_context=False, include_input=False)
    return ", ".join(f"{'.'.join(str(deel) for deel in e['loc'])} ({e['type']})" for e in errors[:3])
