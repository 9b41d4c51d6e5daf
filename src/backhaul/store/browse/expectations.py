"""What is awaited of others, and what of it is overdue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from backhaul.domain.money import Money
from backhaul.store.browse import amounts
from backhaul.store.models import Expectation


@dataclass(frozen=True, slots=True)
class ExpectationRow:
    """One thing awaited: ``kind`` of it, ``about`` which unit, due when, worth how much."""

    key: str
    kind: str
    about: str
    due_at: datetime
    value: tuple[Money, ...]


def expectations_of(merchant_id: int, return_id: str) -> tuple[ExpectationRow, ...]:
    """What one return still waits for, the most urgent first."""
    rows = Expectation.objects.filter(merchant_id=merchant_id, return_ref=return_id).order_by("due_at", "key")
    return tuple(ExpectationRow(row.key, row.kind, row.about, row.due_at, amounts.read(row.value)) for row in rows)
