"""Transports that stand between the portal and a backoffice, and spoil what passes."""

import json
from collections.abc import Callable

import httpx

Answer = Callable[[httpx.Request], httpx.Response]


class Spoiled(httpx.AsyncBaseTransport):
    """The reference backoffice, with the requests or the answers changed on their way.

    ask: changes a request before it is sent; answer: changes a body that comes back.
    """

    def __init__(
        self,
        inner: httpx.AsyncBaseTransport,
        ask: Callable[[httpx.Request], httpx.Request] = lambda request: request,
        answer: Callable[[httpx.Request, bytes], bytes] = lambda _request, body: body,
    ) -> None:
        self.inner, self.ask, self.answer = inner, ask, answer
        self.asked: list[str] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(f"{request.method} {request.url.path}")
        response = await self.inner.handle_async_request(self.ask(request))
        body = self.answer(request, await response.aread())
        headers = {"Content-Type": response.headers.get("Content-Type", "application/json")}
        return httpx.Response(response.status_code, content=body, headers=headers)


def without_person(request: httpx.Request) -> httpx.Request:
    """As a server that ignores the keys of a `_zoek` body it does not know."""
    if not request.url.path.endswith("/_zoek"):
        return request
    body = {key: value for key, value in json.loads(request.content).items() if not key.startswith("rol__")}
    headers = {key: value for key, value in request.headers.items() if key != "content-length"}
    return httpx.Request(request.method, request.url, headers=headers, json=body)
