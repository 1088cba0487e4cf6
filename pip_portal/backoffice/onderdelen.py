"""Parts of a page that may fail on their own."""

import logging
from collections.abc import Coroutine
from typing import Any, TypeVar

from pip_portal.backoffice.http import ForeignReference
from pip_portal.errors import BackofficeDefect, BackofficeUnavailable, NotFound

log = logging.getLogger(__name__)

T = TypeVar("T")


class Onderdelen:
    """Remembers which parts could not be fetched, so that their emptiness is not taken for an answer."""

    def __init__(self, bron: str) -> None:
        self._bron = bron
        self._storingen: dict[str, None] = {}

    @property
    def storingen(self) -> tuple[str, ...]:
        return tuple(self._storingen)

    async def part(self, naam: str, call: Coroutine[Any, Any, T], leeg: T) -> T:
        """The answer of a call, or `leeg` when it fails; what does not exist is simply empty."""
        try:
            return await call
        except NotFound:
            return leeg
        except ForeignReference:
            log.error("verwijzing buiten de root", extra={"bron": self._bron, "onderdeel": naam})
            return leeg
        except (BackofficeUnavailable, BackofficeDefect) as exc:
            log.warning(
                "onderdeel uitgevallen",
                extra={"bron": self._bron, "onderdeel": naam, "soort": type(exc).__name__},
            )
            self._storingen[naam] = None
            return leeg
