"""The rate limit: a bucket of points that fills again with time, and what was drawn from it by whom."""

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(slots=True)
class Used:
    """What the calls of one operation name came to."""

    calls: int = 0
    cost: int = 0
    throttled: int = 0


@dataclass(slots=True)
class Usage:
    """What all calls came to, and each operation by its name ("" for one without)."""

    calls: int = 0
    cost: int = 0
    throttled: int = 0
    by_operation: dict[str, Used] = field(default_factory=dict)

    def note(self, operation: str, cost: int, *, throttled: bool = False) -> None:
        """Count one call."""
        used = self.by_operation.setdefault(operation, Used())
        for each in (self, used):
            each.calls += 1
            each.cost += cost
            each.throttled += throttled


class Bucket:
    """Holds `maximum` points and regains `restore_rate` of them a second; Standard, 100/s, unless told otherwise."""

    def __init__(self, maximum: float, restore_rate: float, seconds: Callable[[], float]) -> None:
        self.maximum = maximum
        self.restore_rate = restore_rate
        self._seconds = seconds
        self._drawn = 0.0
        self._at = seconds()

    @property
    def available(self) -> float:
        """Points there now."""
        now = self._seconds()
        self._drawn = max(0.0, self._drawn - (now - self._at) * self.restore_rate)
        self._at = now
        return self.maximum - self._drawn

    def draw(self, points: float) -> bool:
        """Take points, if they are there."""
        enough = points <= self.available
        if enough:
            self._drawn += points
        return enough

    def give_back(self, points: float) -> None:
        """What was asked for and not used."""
        self._drawn = max(0.0, self._drawn - points)

    def standing(self) -> dict[str, float]:
        """throttleStatus."""
        available = max(0.0, self.available)
        return {
            "maximumAvailable": float(self.maximum),
            "currentlyAvailable": float(int(available)),
            "restoreRate": float(self.restore_rate),
        }
