"""Circuit breaker: stop asking a source that keeps failing, and try again after a while."""

import time
from dataclasses import dataclass


@dataclass(slots=True)
class CircuitBreaker:
    """Opens after `threshold` failures in a row; after `recovery` seconds one call may try, the rest wait.

    recovery: seconds.
    """

    threshold: int = 5
    recovery: float = 5.0
    _failures: int = 0
    _open_until: float = 0.0
    _trying: bool = False

    @property
    def is_open(self) -> bool:
        return self._failures >= self.threshold

    def allow(self) -> bool:
        """May a call go out now? When half open, the first to ask is the one that tries."""
        if not self.is_open:
            return True
        if self._trying or time.monotonic() < self._open_until:
            return False
        self._trying = True
        return True

    def success(self) -> None:
        self._failures = 0
        self._trying = False

    def failure(self) -> None:
        self._failures += 1
        self._trying = False
        if self.is_open:
            self._open_until = time.monotonic() + self.recovery

    def abandon(self) -> None:
        """The call was broken off by ourselves, which says nothing about the source."""
        self._trying = False
