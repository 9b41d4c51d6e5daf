"""What was sold, as the sale document itself says it, frozen once and then relied on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from backhaul.domain.money import Money, divide


@dataclass(frozen=True, slots=True)
class FrozenComponent:
    """One component of a bundle line, ``quantity`` units per unit of the bundle, as the sale exploded it."""

    sku: str
    quantity: int
    stand_alone_minor: int = 0
    extra: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FrozenLine:
    """One sold line. ``net_minor`` and ``tax_minor`` are of all its units together, after discount."""

    ref: str
    sku: str
    quantity: int
    net_minor: int
    tax_minor: int
    discount_minor: int = 0
    unit_cost_minor: int = 0
    platform_refs: tuple[str, ...] = ()
    components: tuple[FrozenComponent, ...] = ()
    extra: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FrozenOrder:
    """An order at the moment it was read; ``extra`` is for the connector that read it and nobody else."""

    number: str
    reference: str
    currency: str
    lines: tuple[FrozenLine, ...]
    sold_at: datetime | None = None
    extra: Mapping[str, str] = field(default_factory=dict)

    def line(self, ref: str) -> FrozenLine:
        """The line of that reference. Raises KeyError where there is none."""
        for line in self.lines:
            if line.ref == ref:
                return line
        raise KeyError(f"order {self.number} has no line {ref}")


@dataclass(frozen=True, slots=True)
class Share:
    """What one sold unit stands for in minor units: price paid, tax and cost."""

    net_minor: int
    tax_minor: int
    cost_minor: int


def share(line: FrozenLine, index: int) -> Share:
    """What the sold unit of that index (from 0) stands for: an equal part, the odd cents with the first ones."""
    net, tax = _parts(line.net_minor, line.tax_minor, line.quantity)[index]
    return Share(net, tax, line.unit_cost_minor)


def shares(line: FrozenLine) -> tuple[Share, ...]:
    """What each of a line's units stands for; together exactly the line."""
    return tuple(share(line, index) for index in range(line.quantity))


def worth_minor(line: FrozenLine, index: int) -> int:
    """Price paid and tax of the sold unit of that index."""
    return sum(_parts(line.net_minor, line.tax_minor, line.quantity)[index])


@lru_cache(maxsize=4096)
def _parts(net: int, tax: int, quantity: int) -> tuple[tuple[int, int], ...]:
    weights = [1] * quantity
    return tuple(zip(divide(net, weights), divide(tax, weights), strict=True))


def share_money(share: Share, currency: str) -> Money:
    """Price paid and tax of one unit together."""
    return Money(share.net_minor + share.tax_minor, currency)
