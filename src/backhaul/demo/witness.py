"""What was seen at a moment of the day that Tryton's books cannot tell afterwards."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Witness:
    """``what`` had to be so and was or was not; ``but`` says what was seen instead."""

    what: str
    so: bool
    but: str = ""
