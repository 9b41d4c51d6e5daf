"""What goes wrong on the way: webhooks doubled, lost, late or overtaken, and calls refused as too many."""

import random
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    """One thing that befalls one webhook (or, for THROTTLE, one call of the partner API)."""

    DUPLICATE = "duplicate"
    LOSE = "lose"
    DELAY = "delay"
    REORDER = "reorder"
    THROTTLE = "throttle"


@dataclass(frozen=True, slots=True)
class Faults:
    """How often each fault strikes by itself: a share from 0 to 1; `delay_seconds` on the stand-in's clock."""

    duplicate: float = 0.0
    lose: float = 0.0
    delay: float = 0.0
    reorder: float = 0.0
    throttle: float = 0.0
    delay_seconds: float = 1800.0

    def share(self, fault: Fault) -> float:
        """The share of webhooks or calls that suffer `fault`."""
        shares: dict[str, float] = {
            Fault.DUPLICATE: self.duplicate,
            Fault.LOSE: self.lose,
            Fault.DELAY: self.delay,
            Fault.REORDER: self.reorder,
            Fault.THROTTLE: self.throttle,
        }
        return shares[fault]


class Dice:
    """Decides which faults strike; the n-th webhook of a seed always suffers the same ones."""

    def __init__(self, seed: int, faults: Faults) -> None:
        self.faults = faults
        self._seed = seed
        self._calls = 0
        self._asked_for: deque[Fault] = deque()

    def ask(self, faults: Iterable[Fault]) -> None:
        """Let the next webhooks (or calls, for THROTTLE) suffer these, one each, in this order."""
        self._asked_for.extend(faults)

    def for_webhook(self, number: int) -> frozenset[Fault]:
        """The faults of the webhook with this number."""
        asked = next((fault for fault in self._asked_for if fault is not Fault.THROTTLE), None)
        if asked is not None:
            self._asked_for.remove(asked)
            return frozenset({asked})
        rng = random.Random(f"{self._seed}:webhook:{number}")
        kinds = (Fault.DUPLICATE, Fault.LOSE, Fault.DELAY, Fault.REORDER)
        struck = [kind for kind in kinds if rng.random() < self.faults.share(kind)]
        return frozenset(struck)

    def throttles_this_call(self) -> bool:
        """Whether the partner API answers this call with 429 for no reason of the caller's."""
        self._calls += 1
        if Fault.THROTTLE in self._asked_for:
            self._asked_for.remove(Fault.THROTTLE)
            return True
        rng = random.Random(f"{self._seed}:call:{self._calls}")
        return rng.random() < self.faults.throttle
