"""Logs carry events, not people; and what is measured of the request under way."""

import json
import logging
import sys
import time
import traceback
from contextvars import ContextVar
from dataclasses import dataclass

request_id: ContextVar[str] = ContextVar("request_id", default="")
traceparent: ContextVar[str] = ContextVar("traceparent", default="")


@dataclass(slots=True)
class Meting:
    """What one request asked of the backoffice: number of calls, and seconds in which at least one was open."""

    oproepen: int = 0
    seconden: float = 0.0
    _open: int = 0
    _sinds: float = 0.0

    def begin(self) -> None:
        self.oproepen += 1
        if self._open == 0:
            self._sinds = time.perf_counter()
        self._open += 1

    def end(self) -> None:
        self._open -= 1
        if self._open == 0:
            self.seconden += time.perf_counter() - self._sinds


meting: ContextVar[Meting | None] = ContextVar("meting", default=None)


class JsonFormatter(logging.Formatter):
    """One line per event. Only fixed text and the fields in `extra`; an exception gives its type and places."""

    _standard = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName", "color_message"}

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "tijd": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "niveau": record.levelname,
            "bron": record.name,
            "tekst": record.getMessage(),
            "verzoek": request_id.get(),
        }
        line |= {k: v for k, v in record.__dict__.items() if k not in self._standard}
        if record.exc_info and record.exc_info[1] is not None:
            line |= describe(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False, default=str)


def describe(exc: BaseException) -> dict[str, object]:
    """Type and places of an exception; never its message, which may hold an answer of a person."""
    frames = traceback.extract_tb(exc.__traceback__)[-12:]
    return {
        "fout": type(exc).__name__,
        "plaatsen": [f"{f.filename.rsplit('/', 2)[-1]}:{f.lineno}:{f.name}" for f in frames],
    }


def configure(niveau: str) -> None:
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(level=niveau, handlers=[handler], force=True)
    for name in ("httpx", "httpcore", "aiohttp", "uvicorn.access", "sqlalchemy", "asyncio"):
        logging.getLogger(name).setLevel(logging.WARNING)  # INFO of httpx prints every URL with its query
    logging.getLogger("uvicorn.access").disabled = True  # prints query strings; our own line replaces it
