"""Around every request: one id, one log line and one set of measurements per request, and a page when it goes wrong."""

import logging
import re
import secrets
import time

from prometheus_client import Counter, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pip_portal import error_pages
from pip_portal.logs import Meting, meting, request_id, traceparent

log = logging.getLogger("pip_portal")

TRACEPARENT = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}")
VERZOEKEN = Counter("pip_verzoeken", "Requests", ["route", "status"])
DUUR = Histogram("pip_duur_seconden", "Time of a request", ["route"])
OPROEPEN = Histogram(
    "pip_backoffice_oproepen", "Backoffice calls per request", ["route"], buckets=(0, 1, 2, 5, 10, 20, 40, 80)
)


class VerzoekMiddleware:
    """Request id, trace context, measurements, the request line, and a page for what went wrong."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        ontvangen = dict(scope["headers"]).get(b"traceparent", b"").decode("latin-1")
        match = TRACEPARENT.fullmatch(ontvangen)
        trace_id = match[1] if match else secrets.token_hex(16)
        request_id.set(trace_id[:16])
        traceparent.set(f"00-{trace_id}-{secrets.token_hex(8)}-01")
        meter = Meting()
        meting.set(meter)
        start = time.perf_counter()
        status = 500
        begonnen = False

        async def send_seen(message: Message) -> None:
            nonlocal status, begonnen
            if message["type"] == "http.response.start":
                status, begonnen = message["status"], True
                message["headers"] = [*message["headers"], (b"x-request-id", request_id.get().encode())]
            await send(message)

        try:
            await self.app(scope, receive, send_seen)
        except Exception:
            log.exception("onverwachte fout")
            if begonnen:
                raise RuntimeError("antwoord afgebroken") from None
            response = error_pages.unexpected(scope, request_id.get())
            await response(scope, receive, send_seen)
        finally:
            self._report(scope, status, time.perf_counter() - start, meter)
        return None

    @staticmethod
    def _report(scope: Scope, status: int, duur: float, meter: Meting) -> None:
        route = getattr(scope.get("route"), "path", "onbekend")
        VERZOEKEN.labels(route, status).inc()
        DUUR.labels(route).observe(duur)
        OPROEPEN.labels(route).observe(meter.oproepen)
        log.info(
            "verzoek",
            extra={
                "methode": scope["method"],
                "route": route,
                "status": status,
                "ms": round(duur * 1000, 1),
                "backoffice_oproepen": meter.oproepen,
                "backoffice_ms": round(meter.seconden * 1000, 1),
            },
        )
