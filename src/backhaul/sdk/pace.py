"""Pacing: calls are spaced so that a system's quota is kept and used."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class Pace:
    """A token bucket of ``per_second`` calls holding at most ``burst``; ``wait`` blocks until one is free."""

    def __init__(
        self,
        per_second: float,
        burst: float = 1.0,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        if per_second <= 0:
            raise ValueError("a pace must be more than 0 calls per second")
        self._rate, self._burst, self._clock, self._sleep = per_second, max(burst, 1.0), clock, sleep
        self._free_at = clock() - self._burst / per_second
        self._lock = threading.Lock()

    def wait(self) -> float:
        """Take one call's turn; returns the seconds waited."""
        with self._lock:
            now = self._clock()
            self._free_at = max(self._free_at, now - self._burst / self._rate) + 1 / self._rate
            wait = self._free_at - now
        if wait > 0:
            self._sleep(wait)
        return max(wait, 0.0)
