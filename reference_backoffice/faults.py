"""What a tester can do to the backoffice: faults, latency, and a record of calls. And the middleware that obeys."""

import asyncio
import time
from collections import deque
from typing import Literal

import httpx
from pydantic import BaseModel, ConfigDict, Field
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .latency import Latency, Profiel, template_of

ROOTS = {
    "zaken": "/zaken/api/v1",
    "catalogi": "/catalogi/api/v1",
    "documenten": "/documenten/api/v1",
    "besluiten": "/besluiten/api/v1",
    "autorisaties": "/autorisaties/api/v1",
    "notificaties": "/notificaties/api/v1",
    "objecten": "/objecten/api/v2",
    "objecttypen": "/objecttypen/api/v2",
    "brp": "/haalcentraal/api/brp",
    "kvk": "/kvk/api",
    "bag": "/lvbag/individuelebevragingen/v2",
    "rdw": "/rdw/resource",
    "openstaand": "/openstaand/api/v1",
    "mijnoverheid": "/mijnoverheid/api/v1",
    "signalen": "/signals/v1/public",
    "kaart": "/kaart",
    "klantinteracties": "/klantinteracties/api/v1",
    "verwerkingen": "/verwerkingen/api/v1",
}
Soort = Literal["vertraging", "status", "antwoord_kwijt", "fout_na_vastleggen", "te_druk", "onzin", "hangt"]
Naam = Literal[
    "",
    "zaken",
    "catalogi",
    "documenten",
    "besluiten",
    "autorisaties",
    "notificaties",
    "objecten",
    "objecttypen",
    "brp",
    "kvk",
    "bag",
    "rdw",
    "openstaand",
    "mijnoverheid",
    "signalen",
    "kaart",
    "klantinteracties",
    "verwerkingen",
]
MAX_OPROEPEN = 20_000


class Storing(BaseModel):
    """A fault.

    api: one of the names in ROOTS; "" for all.
    pad: what the path below the root of the API starts with; methode: "" for all.
    vertraging: the answer is `seconden` late. status: error `status` without doing anything. antwoord_kwijt: done and
    committed, but the connection breaks before the answer. fout_na_vastleggen: done and committed, but the answer is
    error `status`. te_druk: 429 with Retry-After. onzin: status 200 with
    `inhoud`. hangt: no answer for `seconden`.
    aantal: how many calls it hits; without it, until it is reset.
    """

    model_config = ConfigDict(extra="forbid")

    api: Naam = ""
    pad: str = ""
    methode: str = ""
    soort: Soort
    seconden: float = Field(default=2.0, ge=0, le=3600)
    status: int = Field(default=503, ge=400, le=599)
    inhoud: str = "<!doctype html><title>Storing</title>"
    aantal: int | None = Field(default=None, ge=1)

    def hits(self, api: str, path: str, method: str) -> bool:
        return self.api in ("", api) and path.startswith(self.pad) and self.methode.upper() in ("", method.upper())


class Oproep(BaseModel):
    """One call: template of the path and monotonic times. Nothing of its query or body."""

    model_config = ConfigDict(frozen=True)

    api: str
    methode: str
    pad: str
    begin: float
    einde: float
    status: int | None


class Beheer:
    """The switches of one running backoffice, also to be used directly by tests in the same process."""

    def __init__(self, profiel: Profiel) -> None:
        self.storingen: list[Storing] = []
        self.latency = Latency(profiel)
        self.patch_vervangt = False  # as an older Objecten API: PATCH puts the new data in the place of the old
        self._oproepen: deque[Oproep] = deque(maxlen=MAX_OPROEPEN)

    def storing(self, **fields: object) -> Storing:
        """Switch on a fault; the fields are those of Storing."""
        storing = Storing.model_validate(fields)
        self.storingen.append(storing)
        return storing

    def herstel(self) -> None:
        """No faults any more."""
        self.storingen.clear()

    def latentie(self, profiel: Profiel, ms: float = 20.0) -> None:
        """ms: time per call under profile `vast`."""
        self.latency.profiel = profiel
        self.latency.vast_ms = ms

    @property
    def oproepen(self) -> list[Oproep]:
        return list(self._oproepen)

    def wis_oproepen(self) -> None:
        self._oproepen.clear()

    def rondes(self) -> int:
        """The longest chain of calls that each began after the one before had ended.

        With latency `vast` on, this is the number of rounds that a page needed.
        """
        count, free_from = 0, float("-inf")
        for oproep in sorted(self._oproepen, key=lambda oproep: oproep.einde):
            if oproep.begin >= free_from:
                count, free_from = count + 1, oproep.einde
        return count

    def take(self, api: str, path: str, method: str) -> Storing | None:
        """The fault that hits this call, counted down."""
        for storing in self.storingen:
            if storing.hits(api, path, method):
                if storing.aantal is not None:
                    storing.aantal -= 1
                    if storing.aantal == 0:
                        self.storingen.remove(storing)
                return storing
        return None

    def record(self, oproep: Oproep) -> None:
        self._oproepen.append(oproep)


def api_of(path: str) -> tuple[str, str] | None:
    """The name of the API and the path below its root."""
    for api, root in ROOTS.items():
        if path.startswith(root):
            return api, path[len(root) :]
    return None


class FaultMiddleware:
    def __init__(self, app: ASGIApp, beheer: Beheer) -> None:
        self.app, self.beheer = app, beheer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        target = api_of(scope["path"]) if scope["type"] == "http" else None
        if target is None:
            await self.app(scope, receive, send)
            return
        await Call(self, scope, receive, send, *target).run()


class Call:
    """One call on its way through the faults."""

    def __init__(
        self, middleware: FaultMiddleware, scope: Scope, receive: Receive, send: Send, api: str, path: str
    ) -> None:
        self.app, self.beheer = middleware.app, middleware.beheer
        self.scope, self.receive, self.outer_send = scope, receive, send
        self.api, self.path, self.method = api, path, str(scope["method"])
        self.status: int | None = None
        self.begin = time.monotonic()

    async def run(self) -> None:
        storing = self.beheer.take(self.api, self.path, self.method)
        try:
            async with self.beheer.latency.worker(self.api):
                await (self._faulty(storing) if storing else self.app(self.scope, self.receive, self._send))
        finally:
            self.beheer.record(
                Oproep(
                    api=self.api,
                    methode=self.method,
                    pad=template_of(self.path),
                    begin=self.begin,
                    einde=time.monotonic(),
                    status=self.status,
                )
            )

    async def _send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            state = self.scope.get("state", {})
            cost = self.beheer.latency.cost(
                self.api, self.method, self.path, state.get("rijen", 0), state.get("uitgebreid", 0)
            )
            if (rest := cost - (time.monotonic() - self.begin)) > 0:
                await asyncio.sleep(rest)
        await self.outer_send(message)

    async def _faulty(self, storing: Storing) -> None:
        match storing.soort:
            case "vertraging":
                await asyncio.sleep(storing.seconden)
                await self.app(self.scope, self.receive, self._send)
            case "status":
                await self._answer(storing.status, b'{"title": "Storing", "code": "error"}', "application/json")
            case "te_druk":
                await self._answer(429, b'{"title": "Te veel verzoeken.", "code": "throttled"}', "application/json")
            case "onzin":
                content_type = "application/json" if storing.inhoud[:1] in "{[" else "text/html"
                await self._answer(200, storing.inhoud.encode(), content_type)
            case "hangt":
                await asyncio.sleep(storing.seconden)
                await self._break_off()
            case "fout_na_vastleggen":
                await self.app(self.scope, self.receive, self._swallow)
                await self._answer(storing.status, b'{"title": "Storing", "code": "error"}', "application/json")
            case "antwoord_kwijt":
                await self.app(self.scope, self.receive, self._swallow)
                await self._break_off()

    async def _answer(self, status: int, body: bytes, content_type: str) -> None:
        self.status = status
        headers = [(b"content-type", content_type.encode()), (b"content-length", str(len(body)).encode())]
        if status == 429:
            headers.append((b"retry-after", b"1"))
        await self.outer_send({"type": "http.response.start", "status": status, "headers": headers})
        await self.outer_send({"type": "http.response.body", "body": body})

    async def _swallow(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]

    async def _break_off(self) -> None:
        """Break the connection. A real server closes the socket on an answer that stops half way; a client in the
        same process has no socket, and gets the error that it would have seen."""
        if "spec_version" not in self.scope.get("asgi", {}):
            raise httpx.ReadError("verbinding verbroken")
        headers = [(b"content-type", b"application/json"), (b"content-length", b"100000")]
        await self.outer_send({"type": "http.response.start", "status": 200, "headers": headers})
        await self.outer_send({"type": "http.response.body", "body": b"{", "more_body": True})
