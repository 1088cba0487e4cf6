"""A part of a page that may be late or down on its own, without taking the page with it."""

import logging
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from fastapi import Request

from pip_portal.errors import BackofficeDefect, BackofficeUnavailable
from pip_portal.web import binnen_budget

T = TypeVar("T")

log = logging.getLogger("pip_portal")


@dataclass(frozen=True)
class Paneel(Generic[T]):
    """inhoud: what the source gave. storing: name of the source when it failed. Neither: it is late."""

    inhoud: T | None = None
    storing: str = ""

    @property
    def is_laat(self) -> bool:
        return self.inhoud is None and not self.storing


async def paneel(request: Request, bron: str, werk: Coroutine[Any, Any, T]) -> Paneel[T]:
    """The outcome of this work within the page budget; bron: how the citizen knows the source.

    Also an answer that makes no sense is an outage of this part only: the rest of the page still helps.
    """
    try:
        return Paneel(await binnen_budget(request, werk))
    except BackofficeUnavailable as exc:
        log.warning("bron niet bereikbaar", extra={"storing": exc.bron, "reden": exc.reden})
        return Paneel(storing=bron)
    except BackofficeDefect as exc:
        log.error("antwoord van de backoffice niet bruikbaar", exc_info=exc)
        return Paneel(storing=bron)
