"""Which calls a page makes, in which rounds: recorded once by running the portal in this process."""

import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import httpx

from pip_portal.app import create_app
from pip_portal.gebruiker import Gebruiker
from pip_portal.settings import Settings

DROPPED_HEADERS = ("host", "content-length", "connection", "accept-encoding")


@dataclass(frozen=True)
class Call:
    method: str
    url: str
    headers: dict[str, str]
    body: str


Rounds = list[list[Call]]


class Recorder(httpx.AsyncBaseTransport):
    """Passes calls on and keeps them, with when they began and ended."""

    def __init__(self) -> None:
        self.inner = httpx.AsyncHTTPTransport()
        self.calls: list[tuple[float, float, Call]] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        headers = {k: v for k, v in request.headers.items() if k.lower() not in DROPPED_HEADERS}
        call = Call(request.method, str(request.url), headers, (await request.aread()).decode())
        start = time.monotonic()
        response = await self.inner.handle_async_request(request)
        self.calls.append((start, time.monotonic(), call))
        return response

    def rounds(self) -> Rounds:
        """Calls that began before any call of their round had ended, belong together."""
        rounds: Rounds = []
        ends = 0.0
        for start, end, call in sorted(self.calls, key=lambda item: item[0]):
            if not rounds or start >= ends:
                rounds.append([])
                ends = end
            ends = min(ends, end)
            rounds[-1].append(call)
        return rounds


async def record(settings: Settings, gebruiker: Gebruiker, path: str) -> tuple[Rounds, Rounds, int]:
    """(rounds with a cold catalogus, rounds with a warm one, size of the page in bytes)."""
    recorder = Recorder()
    settings = settings.model_copy(update={"catalogus_vooraf": False})
    app = create_app(settings, lambda _url: recorder)
    async with app.router.lifespan_context(app):
        recorder.calls.clear()
        cookie = await session_cookie(app, gebruiker)
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url=settings.public_url, cookies=cookie) as client:
            await client.get(path, params={"geduld": "1"})
            cold = recorder.rounds()
            recorder.calls.clear()
            page = await client.get(path, params={"geduld": "1"})
            page.raise_for_status()
            return cold, recorder.rounds(), len(page.content)


async def session_cookie(app: object, gebruiker: Gebruiker) -> dict[str, str]:
    sessies = app.state.sessies  # type: ignore[attr-defined]  # a FastAPI app
    middel = "eherkenning" if gebruiker.is_bedrijf else "digid"
    return {
        sessies.cookie: await sessies.create(gebruiker, middel, weergavenaam="Bench", naam_id=None, session_index=None)
    }


def save(rounds: Rounds, size: int, file: Path) -> None:
    file.write_text(json.dumps({"size": size, "rounds": [[asdict(call) for call in r] for r in rounds]}))
