"""What goes wrong on the way: answers cut off, late or refused, webhooks doubled, lost, late or overtaken."""

import random
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    """One thing that befalls one call, or one webhook."""

    CUT = "cut"  # done, then the connection ends without an answer
    BAD_GATEWAY = "bad_gateway"  # 502 and nothing done
    UNAVAILABLE = "unavailable"  # 503 and nothing done
    THROTTLE = "throttle"
    SLOW = "slow"
    IN_PROGRESS = "in_progress"  # an idempotent mutation is told that its twin still runs
    DUPLICATE = "duplicate"
    LOSE = "lose"
    DELAY = "delay"
    REORDER = "reorder"


OF_CALLS = (Fault.CUT, Fault.BAD_GATEWAY, Fault.UNAVAILABLE, Fault.THROTTLE, Fault.SLOW, Fault.IN_PROGRESS)
OF_WEBHOOKS = (Fault.DUPLICATE, Fault.LOSE, Fault.DELAY, Fault.REORDER)


@dataclass(frozen=True, slots=True)
class Faults:
    """How often each fault strikes by itself: a share from 0 to 1, named as in Fault.

    `delay_seconds` are on the stand-in's clock, `slow_seconds` are real.
    """

    cut: float = 0.0
    bad_gateway: float = 0.0
    unavailable: float = 0.0
    throttle: float = 0.0
    slow: float = 0.0
    in_progress: float = 0.0
    duplicate: float = 0.0
    lose: float = 0.0
    delay: float = 0.0
    reorder: float = 0.0
    delay_seconds: float = 1800.0
    slow_seconds: float = 1.0


@dataclass(slots=True)
class _Asked:
    fault: Fault
    left: int
    operation: str | None


class Dice:
    """Decides which faults strike; the n-th call and the n-th webhook of a seed always suffer the same ones."""

    def __init__(self, seed: int, faults: Faults) -> None:
        self.faults = faults
        self._seed = seed
        self._calls = 0
        self._asked: list[_Asked] = []

    def ask(self, fault: Fault, times: int = 1, operation: str | None = None) -> None:
        """Let the next calls (only of this operation or mutation name, if given), or webhooks, suffer it."""
        self._asked.append(_Asked(fault, times, operation))

    def for_call(self, names: Iterable[str]) -> frozenset[Fault]:
        """The faults of the next call, which goes by these names."""
        self._calls += 1
        return self._strike(OF_CALLS, f"call:{self._calls}", frozenset(names))

    def for_webhook(self, number: int) -> frozenset[Fault]:
        """The faults of the webhook with this number."""
        return self._strike(OF_WEBHOOKS, f"webhook:{number}", frozenset())

    def _strike(self, kinds: tuple[Fault, ...], what: str, names: frozenset[str]) -> frozenset[Fault]:
        rng = random.Random(f"{self._seed}:{what}")
        struck = {kind for kind in kinds if rng.random() < getattr(self.faults, kind.value)}
        for asked in self._asked:
            if asked.fault in kinds and asked.left and (asked.operation is None or asked.operation in names):
                asked.left -= 1
                struck.add(asked.fault)
                break
        self._asked = [asked for asked in self._asked if asked.left]
        return frozenset(struck)
