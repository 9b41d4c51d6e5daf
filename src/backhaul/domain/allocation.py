"""Which sold unit each returned unit is: none is given twice, and what was not sold is not given at all."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from backhaul.domain.facts import UnitAllocated, UnitReleased
from backhaul.domain.orders import FrozenLine, FrozenOrder
from backhaul.domain.policy import Policy
from backhaul.domain.returns import Return
from backhaul.domain.units import Unit

Sold = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Allocations:
    """What changes: sold units newly taken, and those given back by units that never left the shopper."""

    taken: tuple[UnitAllocated, ...]
    released: tuple[UnitReleased, ...]


def allocate(return_: Return, order: FrozenOrder, taken: Collection[Sold], policy: Policy) -> Allocations:
    """Give each unit of the order a sold unit that nobody has. ``taken`` are all active (line, index) of the order."""
    busy = set(taken)
    released = []
    for unit in return_.units_of(order.number):
        for line, index in [*unit.spare, *([unit.allocation] if unit.allocation and unit.never_left else [])]:
            released.append(UnitReleased(unit.ref, order.number, line, index))
            busy.discard((line, index))
    given = []
    for unit in return_.units_of(order.number):
        if unit.allocation is None and not unit.never_left:
            free = next(
                (
                    (line.ref, index)
                    for line in lines_for(unit, order, policy)
                    for index in range(line.quantity)
                    if (line.ref, index) not in busy
                ),
                None,
            )
            if free is not None:
                busy.add(free)
                given.append(UnitAllocated(unit.ref, order.number, *free))
    return Allocations(tuple(given), tuple(released))


def lines_for(unit: Unit, order: FrozenOrder, policy: Policy) -> list[FrozenLine]:
    """The sold lines a unit may belong to: the one that carries its platform line id, else those of its SKU."""
    if unit.line is not None:
        named = [line for line in order.lines if unit.line in line.platform_refs]
        if named:
            return named
    sku = policy.sku_aliases.get(unit.sku or "", unit.sku)
    return [line for line in order.lines if sku is not None and line.sku == sku]
