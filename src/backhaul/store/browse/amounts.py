"""Amounts of money out of JSON columns, and their sums per currency."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from backhaul.domain.money import Money


def read(value: Any) -> tuple[Money, ...]:
    """``[{"minor": 1200, "currency": "USD"}]`` as money."""
    return tuple(Money(int(part["minor"]), str(part["currency"])) for part in value or ())


def total(amounts: Iterable[Money]) -> tuple[Money, ...]:
    """One sum per currency, in the order of the currencies' names; sums of nothing are left out."""
    sums: Counter[str] = Counter()
    for money in amounts:
        sums[money.currency] += money.minor
    return tuple(Money(minor, currency) for currency, minor in sorted(sums.items()) if minor)
