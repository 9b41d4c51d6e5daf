"""What happened on a simulated day, line by line, so that a failing seed can be read like a diary."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(slots=True)
class Story:
    """Lines in the order they happened, each with the simulated time. ``wrongs`` are what must never happen."""

    now: Callable[[], datetime]
    lines: list[str] = field(default_factory=list)
    wrongs: list[str] = field(default_factory=list)

    def tell(self, what: str) -> None:
        self.lines.append(f"{self.now():%m-%d %H:%M:%S} {what}")

    def wrong(self, what: str) -> None:
        """Note what must never happen; not raised, because the code under test may catch what it likes."""
        self.tell(f"WRONG: {what}")
        self.wrongs.append(what)
