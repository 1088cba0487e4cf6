"""Circuit breaker: stop asking a source that keeps failing, and try again after a while."""

import time
from dataclasses import dataclass


@dataclass(slots=True)
class CircuitBreaker:
    """Opens after `threshold` failures in a row; after `recovery` seconds calls go out again until one fails.

    All of them, not one: a page asks several things at once, and when only its first question may go out the others
    fail the page, which breaks off that first one, so that the source would never be found to be well again.
    recovery: seconds.
    """

    threshold: int = 5
    recovery: float = 5.0
    _failures: int = 0
    _open_until: float = 0.0

    @property
    def is_open(self) -> bool:
        return self._failures >= self.threshold

    def allow(self) -> bool:
        """May a call go out now?"""
        return not self.is_open or time.monotonic() >= self._open_until

    def success(self) -> None:
        self._failures = 0

    def failure(self) -> None:
        self._failures += 1
        if self.is_open:
            self._open_until = time.monotonic() + self.recovery
