"""The published rate limit: a leaky bucket that answers how long to wait, in a body that is not quite JSON."""

import math
from collections.abc import Callable


class LeakyBucket:
    """Holds `capacity` requests and leaks `rate` of them per second; one bucket per API key."""

    def __init__(self, rate: float, capacity: float, monotonic: Callable[[], float]) -> None:
        self.rate = rate
        self._capacity = capacity
        self._monotonic = monotonic
        self._levels: dict[str, tuple[float, float]] = {}

    def wait_seconds(self, key: str) -> int:
        """0 when the request is let in, else the whole seconds after which it will be."""
        now = self._monotonic()
        level, seen_at = self._levels.get(key, (0.0, now))
        level = max(0.0, level - (now - seen_at) * self.rate)
        let_in = level + 1 <= self._capacity
        self._levels[key] = (level + 1 if let_in else level, now)
        return 0 if let_in else math.ceil((level + 1 - self._capacity) / self.rate)


def too_many(rate: float, wait_seconds: int) -> bytes:
    """The 429 body as published, its key unquoted."""
    text = f"too many requests: limit {rate:.6f} requests/sec, leaky bucket size {wait_seconds}"
    return f'{{ ErrorMessage: "{text}" }}'.encode()
