"""A clock of the stand-in's own: it tells the date, and the seconds by which rate limits and retention are counted."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta


def _wall() -> datetime:
    return datetime.now(UTC)


class Clock:
    """Stands still at `start` until driven; with `running` it also follows the wall clock from there."""

    def __init__(
        self, start: datetime | None = None, *, running: bool = False, wall: Callable[[], datetime] = _wall
    ) -> None:
        self._wall = wall
        self._began = wall()
        self._start = start or self._began.replace(microsecond=0)
        self._running = running
        self._driven = timedelta()

    def now(self) -> datetime:
        """The stand-in's time, UTC."""
        return self._start + timedelta(seconds=self.seconds())

    def seconds(self) -> float:
        """Seconds since it was made, which never go back."""
        followed = self._wall() - self._began if self._running else timedelta()
        return (self._driven + max(followed, timedelta())).total_seconds()

    def advance(self, seconds: float) -> None:
        """Drive the clock forward; time never goes back."""
        if seconds < 0:
            raise ValueError(f"the clock only moves forward, not by {seconds} s")
        self._driven += timedelta(seconds=seconds)


def iso(moment: datetime | None) -> str | None:
    """A moment as Shopify writes one: whole seconds, UTC, `Z`."""
    return None if moment is None else moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def moment_of(text: str) -> datetime:
    """A moment as a caller writes one; raises ValueError."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
