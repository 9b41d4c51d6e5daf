"""Messages on their way to us: late, twice, overtaken; a sender repeats until it is answered with a yes."""

from __future__ import annotations

import heapq
import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from backhaul.sandbox.clock import Clock


@dataclass(order=True, slots=True)
class Letter:
    """One delivery to be made. ``platform``: sent by the returns platform, which may give up."""

    due_at: datetime
    number: int
    connection: str = field(compare=False)
    body: bytes = field(compare=False)
    platform: bool = field(compare=False, default=False)


@dataclass(slots=True)
class Mail:
    """All that is under way, and all that ever was sent, for those who have to send it again after a restore."""

    clock: Clock
    dice: random.Random
    twice: float = 0.0
    late: float = 0.0
    sent: list[Letter] = field(default_factory=list)
    _way: list[Letter] = field(default_factory=list)
    _count: int = 0

    def send(self, connection: str, body: bytes, *, platform: bool = False) -> None:
        """Put it on its way; chance decides how long that is and whether it comes twice."""
        first = self._put(connection, body, self._delay(), platform)
        self.sent.append(first)
        if self.dice.random() < self.twice:
            self._put(connection, body, self._delay(), platform)

    def again(self, letter: Letter, after: timedelta) -> None:
        """The sender was not answered, or is asked to send it once more."""
        self._put(letter.connection, letter.body, after, letter.platform)

    def due(self) -> list[Letter]:
        """What arrives now, in the order it arrives."""
        now, arriving = self.clock.now(), []
        while self._way and self._way[0].due_at <= now:
            arriving.append(heapq.heappop(self._way))
        return arriving

    @property
    def next_at(self) -> datetime | None:
        """When the next one arrives; None when nothing is under way."""
        return self._way[0].due_at if self._way else None

    def _delay(self) -> timedelta:
        if self.dice.random() < self.late:
            return timedelta(minutes=self.dice.choice((5, 60, 600, 3000)))
        return timedelta(seconds=self.dice.choice((0, 2, 20)))

    def _put(self, connection: str, body: bytes, after: timedelta, platform: bool) -> Letter:
        self._count += 1
        letter = Letter(self.clock.now() + after, self._count, connection, body, platform)
        heapq.heappush(self._way, letter)
        return letter
