"""Which sold unit each returned unit is: none is given twice, and what was not sold is not given at all."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from backhaul.domain import effects as e
from backhaul.domain.coverage import covered
from backhaul.domain.facts import UnitAllocated, UnitReleased
from backhaul.domain.orders import ComponentLine, FrozenLine, FrozenOrder, component_lines, sold_slots
from backhaul.domain.policy import Policy
from backhaul.domain.records import Record, Records
from backhaul.domain.returns import Return
from backhaul.domain.units import Unit

Sold = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Allocations:
    """What changes: sold units newly taken, and those given back by units that never left the shopper."""

    taken: tuple[UnitAllocated, ...]
    released: tuple[UnitReleased, ...]


def allocate(
    return_: Return, order: FrozenOrder, taken: Collection[Sold], policy: Policy, records: Records
) -> Allocations:
    """Give each unit of the order a sold unit that nobody has. ``taken`` are all active slots of the order.

    A whole bundle takes its copy and all component units in it, so neither is given away with the other. What was paid
    back, in money or with a replacement, keeps its sold unit although nothing comes: nobody is paid for it twice.
    """
    busy = set(taken)
    released = []
    paid = _paid(return_, records)
    for unit in return_.units_of(order.number):
        gone = unit.never_left and unit.ref not in paid
        for ref, index in [*unit.spare, *([unit.allocation] if unit.allocation and gone else [])]:
            released.append(UnitReleased(unit.ref, order.number, ref, index))
            busy.difference_update(sold_slots(order.line(ref), index))
    given = []
    for unit in return_.units_of(order.number):
        if unit.allocation is None and not unit.never_left:
            free = next(
                (
                    (line, index)
                    for line in lines_for(unit, order, policy)
                    for index in range(line.quantity)
                    if busy.isdisjoint(sold_slots(line, index))
                ),
                None,
            )
            if free is not None:
                line, index = free
                busy.update(sold_slots(line, index))
                given.append(UnitAllocated(unit.ref, order.number, line.ref, index))
    return Allocations(tuple(given), tuple(released))


def _paid(return_: Return, records: Records) -> set[str]:
    """The units whose credit note or exchange order may exist: attempted, neither refused nor withdrawn."""
    off = {one.exchange_order for record, one in records.frozen(e.CancelExchangeOrder) if record.standing == "done"}
    made: tuple[tuple[Record, e.IssueCreditNote | e.CreateExchangeOrder], ...]
    made = (*records.frozen(e.IssueCreditNote), *records.frozen(e.CreateExchangeOrder))
    lasting = [effect for record, effect in made if record.standing != "refused" and record.key not in off]
    return covered((line for effect in lasting for line in effect.lines), return_)


def lines_for(unit: Unit, order: FrozenOrder, policy: Policy) -> list[FrozenLine]:
    """The sold lines a unit may belong to: the one that carries its platform line id, else those of its SKU.

    Of a bundle it is the component where the unit has a component's SKU; lines that sold the SKU by itself go first.
    """
    sku = order.sku_of(unit.sku, policy.sku_aliases)
    if unit.line is not None:
        named = [line for line in order.lines if unit.line in line.platform_refs]
        if named:
            return [component_of(line, sku) or line for line in named]
    own = [line for line in order.lines if sku is not None and line.sku == sku]
    return own + [part for line in order.lines if (part := component_of(line, sku)) is not None]


def component_of(line: FrozenLine, sku: str | None) -> ComponentLine | None:
    """The component of that SKU, where the line is a bundle that has one."""
    return next((part for part in component_lines(line) if part.sku == sku), None)
