"""Value at risk: money confirmed but not credited, and units not located at their frozen cost, per currency."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from backhaul.domain.money import Money
from backhaul.domain.orders import FrozenOrder, component_lines, share
from backhaul.domain.units import Unit


def value_at_risk(
    uncredited: Iterable[Money], unlocated: Iterable[Unit], orders: Mapping[str, FrozenOrder]
) -> tuple[Money, ...]:
    """The one formula: ``uncredited`` confirmed money plus the frozen unit cost of ``unlocated`` units."""
    sums: defaultdict[str, int] = defaultdict(int)
    for money in uncredited:
        sums[money.currency] += money.minor
    for unit in unlocated:
        order = orders.get(unit.order)
        if order is not None and unit.past("dropped-off"):
            sums[order.currency] += cost_minor(unit, order)
    return tuple(Money(minor, currency) for currency, minor in sorted(sums.items()) if minor)


def cost_minor(unit: Unit, order: FrozenOrder) -> int:
    """The cost of the sold unit it is; of one that was given none, that of the line it says it is from."""
    if unit.allocation is not None:
        return share(order.line(unit.allocation[0]), unit.allocation[1]).cost_minor
    parts = (part for line in order.lines for part in component_lines(line))
    alike = (line for line in (*order.lines, *parts) if unit.line in line.platform_refs or line.sku == unit.sku)
    return next((share(line, 0).cost_minor for line in alike), 0)


def located(unit: Unit) -> bool:
    """Whether somebody has the unit in hand: received somewhere, or never away from the shopper."""
    return unit.arrived or not unit.past("dropped-off")
