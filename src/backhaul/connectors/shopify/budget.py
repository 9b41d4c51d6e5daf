"""Keeps Shopify's quota and uses it: a bucket of points that calls of calculated cost take from and that refills."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

_MARGIN = 1.0  # what is left is told in whole points
_SHORTEST_S = 0.005
_LOOK_AGAIN_S = 0.25  # an answer of another call may give points back meanwhile
FIRST_GUESS = 100.0
"""What a call is taken to ask for before Shopify has said so, in points."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What was set aside for one call, when it was sent, and whether none other was in flight then."""

    name: str
    cost: float
    sent_at: float
    turn: int
    alone: bool


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
    _turn: int = field(default=0, init=False)
    _costs: dict[str, float] = field(default_factory=dict, init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)

    def __post_init__(self) -> None:
        self._at = self.clock()

    def take(self, name: str) -> Taken:
        """Wait until there are points for the call of that name; what was set aside for it."""
        while True:
            with self._lock:
                self._refill()
                cost = min(self._costs.get(name, FIRST_GUESS), self.maximum - _MARGIN)
                if self.left >= cost + _MARGIN:
                    return self._set_aside(name, cost)
                wait = min(max((cost + _MARGIN - self.left) / self.per_second, _SHORTEST_S), _LOOK_AGAIN_S)
                self.waited_s += wait
            self.sleep(wait)

    def _set_aside(self, name: str, cost: float) -> Taken:
        self.left -= cost
        self._turn += 1
        self._flying += 1
        return Taken(name, cost, self._at, self._turn, alone=self._flying == 1)

    def answered(self, taken: Taken, said: Mapping[str, Any] | None) -> None:
        """Learn from the ``cost`` of an answer; None where there was none.

        What Shopify says is left was so at some moment since the call was sent, and may not count what others have in
        flight: our own count stands as long as it lies between the two.
        """
        status = (said or {}).get("throttleStatus") or {}
        with self._lock:
            self._flying -= 1
            self._refill()
            if said is None or not status:
                return
            self._costs[taken.name] = float(said.get("requestedQueryCost") or taken.cost)
            self.maximum = float(status.get("maximumAvailable") or self.maximum)
            self.per_second = float(status.get("restoreRate") or self.per_second)
            now_left, used = float(status.get("currentlyAvailable") or 0.0), float(said.get("actualQueryCost") or 0.0)
            most = now_left + max(self._at - taken.sent_at, 0.0) * self.per_second
            count = min(self.left + taken.cost - used, most)
            alone = taken.alone and taken.turn == self._turn
            self.left = min(max(count, now_left) if alone else count, self.maximum)

    def wait_for(self, said: Mapping[str, Any] | None) -> float:
        """Seconds until a call that was refused for want of points can be sent."""
        status = (said or {}).get("throttleStatus") or {}
        rate = float(status.get("restoreRate") or self.per_second)
        lacking = float((said or {}).get("requestedQueryCost") or self.maximum)
        return max((lacking - float(status.get("currentlyAvailable") or 0.0)) / rate, 0.5)

    def _refill(self) -> None:
        now = self.clock()
        self.left = min(self.left + (now - self._at) * self.per_second, self.maximum)
        self._at = now
