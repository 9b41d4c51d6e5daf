"""How long a source may say nothing before that is worth a question."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from statistics import median
from zoneinfo import ZoneInfo

LEAST = timedelta(hours=2)
_TIMES = 4
_WEEKS = 8
_FEWEST = 2


def same_hours(now: datetime, zone: str) -> list[datetime]:
    """This weekday and time of day in the weeks before, as the merchant's clock shows it."""
    local = now.astimezone(ZoneInfo(zone))
    return [(local - timedelta(weeks=back)).astimezone(now.tzinfo) for back in range(1, _WEEKS + 1)]


def silent_after(gaps: Sequence[timedelta]) -> timedelta | None:
    """From when on a source is silent: four times the median gap, two hours at least. None while too few are known.

    ``gaps`` are those in which this weekday and hour of earlier weeks fell.
    """
    if len(gaps) < _FEWEST:
        return None
    return max(_TIMES * timedelta(seconds=median(gap.total_seconds() for gap in gaps)), LEAST)
