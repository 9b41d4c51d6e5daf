"""What people have on for the coming days, in the order of time."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from backhaul.sandbox.clock import Clock


@dataclass(order=True, slots=True)
class _Item:
    at: datetime
    number: int
    act: Callable[[], None] = field(compare=False)


@dataclass(slots=True)
class Agenda:
    """Acts with their times; ``next`` moves the clock to the first of them and does it."""

    clock: Clock
    _items: list[_Item] = field(default_factory=list)
    _count: int = 0

    def put(self, hours: float, act: Callable[[], None]) -> None:
        """Have this done so many hours from now."""
        self._count += 1
        heapq.heappush(self._items, _Item(self.clock.now() + timedelta(hours=hours), self._count, act))

    def next(self) -> bool:
        """Do what comes first; False when nothing is left."""
        if not self._items:
            return False
        item = heapq.heappop(self._items)
        self.until(item.at)
        item.act()
        return True

    def until(self, moment: datetime) -> None:
        """Let time pass until then; it never goes back."""
        self.clock.advance(max(0.0, (moment - self.clock.now()).total_seconds()))
