"""Keeps Shopify's quota and uses it: a bucket of points that calls of calculated cost take from and that refills."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

FIRST_GUESS = 100.0
"""What a call is taken to cost before Shopify has said so, in points."""


@dataclass(slots=True)
class Budget:
    """The points that are left, as the last answer said, refilled since. Shared by threads.

    What a call asks for is set aside before it is sent and corrected by its answer; nobody sends what there are no
    points for. ``waited_s`` is how long calls were held back in all.
    """

    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    maximum: float = 1000.0
    per_second: float = 100.0
    left: float = 1000.0
    waited_s: float = 0.0
    _at: float = field(default=0.0, init=False)
    _flying: int = field(default=0, init=False)
    _costs: dict[str, float] = field(default_factory=dict, init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)

    def __post_init__(self) -> None:
        self._at = self.clock()

    def take(self, name: str) -> float:
        """Wait until there are points for the call of that name; what was set aside for it."""
        with self._lock:
            self._refill()
            cost = min(self._costs.get(name, FIRST_GUESS), self.maximum)
            wait = max((cost - self.left) / self.per_second, 0.0)
            self.left -= cost
            self._flying += 1
            self.waited_s += wait
        if wait:
            self.sleep(wait)
        return cost

    def answered(self, name: str, taken: float, said: Mapping[str, Any] | None) -> None:
        """Learn from the ``cost`` of an answer; None where there was none."""
        status = (said or {}).get("throttleStatus") or {}
        with self._lock:
            self._flying -= 1
            self._refill()
            if said is None or not status:
                return
            asked = float(said.get("requestedQueryCost") or taken)
            used = said.get("actualQueryCost")
            self._costs[name] = asked
            self.maximum = float(status.get("maximumAvailable") or self.maximum)
            self.per_second = float(status.get("restoreRate") or self.per_second)
            now_left = float(status.get("currentlyAvailable") or 0.0)
            corrected = self.left + taken - float(used if used is not None else 0.0)
            # Of what others have in flight Shopify may not know yet; alone we are told exactly.
            self.left = now_left if not self._flying else min(corrected, now_left)

    def wait_for(self, said: Mapping[str, Any] | None) -> float:
        """Seconds until a call that was refused for want of points can be sent."""
        status = (said or {}).get("throttleStatus") or {}
        rate = float(status.get("restoreRate") or self.per_second)
        lacking = float((said or {}).get("requestedQueryCost") or FIRST_GUESS)
        return max((lacking - float(status.get("currentlyAvailable") or 0.0)) / rate, 0.5)

    def _refill(self) -> None:
        now = self.clock()
        self.left = min(self.left + (now - self._at) * self.per_second, self.maximum)
        self._at = now
