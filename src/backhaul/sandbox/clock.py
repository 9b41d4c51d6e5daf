"""A stand-in's own clock, so that a test or a demo lives through three weeks in a second."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta


def _wall() -> datetime:
    return datetime.now(UTC)


class Clock:
    """Stands still at `start` until driven; with `running` it also follows the wall clock from there."""

    def __init__(
        self,
        start: datetime | None = None,
        *,
        running: bool = False,
        wall: Callable[[], datetime] = _wall,
    ) -> None:
        self._wall = wall
        self._began = wall()
        self._start = start or self._began
        self._running = running
        self._driven = timedelta()

    def now(self) -> datetime:
        """The stand-in's time, UTC."""
        return self._start + self._passed()

    def seconds(self) -> float:
        """Seconds since it was made, which never go back."""
        return self._passed().total_seconds()

    def _passed(self) -> timedelta:
        followed = self._wall() - self._began if self._running else timedelta()
        return self._driven + max(followed, timedelta())

    def advance(self, seconds: float) -> None:
        """Drive the clock forward; time never goes back."""
        if seconds < 0:
            raise ValueError(f"the clock only moves forward, not by {seconds} s")
        self._driven += timedelta(seconds=seconds)
