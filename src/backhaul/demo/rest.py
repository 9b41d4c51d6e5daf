"""Waits until Backhaul is at rest: nothing to read, nothing to send. Only for waiting; what is true, Tryton says."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from backhaul.demo.telling import Advance
from backhaul.store.sql import rows

PAPERS = (
    "open-return-authorisation",
    "issue-credit-note",
    "record-refund",
    "receive-return",
    "close-return-authorisation",
    "cancel-return-authorisation",
    "create-exchange-order",
)
_LOOK_EVERY_S = 0.4
_QUIET_LOOKS = 3
STALLED_AFTER_S = 120.0


@dataclass(frozen=True, slots=True)
class Pace:
    """How far Backhaul is: documents done by sort, refunds heard of, and what it still has in hand."""

    done: dict[str, int]
    refunds: int
    unread: int
    unsent: int

    @property
    def papers(self) -> int:
        """Documents of returns that are done."""
        return sum(self.done.get(verb, 0) for verb in PAPERS)


def pace() -> Pace:
    """As of now."""
    done: dict[str, int] = dict(rows("SELECT verb, count(*) FROM effects WHERE standing = 'done' GROUP BY verb"))
    refunds = rows("SELECT count(*) FROM messages WHERE kind = 'refund' AND state = 'read'")[0][0]
    unread = rows("SELECT count(*) FROM messages WHERE state = 'waiting'")[0][0]
    unsent = rows("SELECT count(*) FROM effects WHERE standing IN ('due', 'unsure')")[0][0]
    return Pace(done, refunds, unread, unsent)


def wait_for_rest(reached: Callable[[Pace], bool], advance: Advance, now: str, watch: Callable[[], None]) -> bool:
    """Wait until ``reached`` and nothing is in hand; False when nothing has moved for two minutes.

    ``watch`` is called at each look and raises where going on makes no sense.
    """
    last, moved_at, quiet = pace(), time.monotonic(), 0
    while quiet < _QUIET_LOOKS:
        watch()
        time.sleep(_LOOK_EVERY_S)
        seen = pace()
        advance(seen.papers, now)
        if seen != last:
            last, moved_at = seen, time.monotonic()
        quiet = quiet + 1 if reached(seen) and not seen.unread and not seen.unsent else 0
        if time.monotonic() - moved_at > STALLED_AFTER_S:
            return False
    return True
