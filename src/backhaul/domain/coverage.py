"""Which units a document is about, and the lines that a document of some units has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from backhaul.domain import effects as e
from backhaul.domain.orders import FrozenOrder, shares
from backhaul.domain.records import E, Owed
from backhaul.domain.returns import Return
from backhaul.domain.units import Unit

WithLines = TypeVar("WithLines", e.OpenReturnAuthorisation, e.ReceiveReturn, e.IssueCreditNote)


def lines_of(units: Iterable[Unit], order: FrozenOrder) -> tuple[e.DocumentLine, ...]:
    """Units gathered by the sold line they were allocated to, with the money they stand for."""
    by_line: dict[str, list[Unit]] = {}
    for unit in units:
        if unit.allocation is not None:
            by_line.setdefault(unit.allocation[0], []).append(unit)
    lines = []
    for ref in sorted(by_line):
        sold = order.line(ref)
        worth = shares(sold)
        mine = sorted(by_line[ref], key=lambda unit: unit.ref)
        parts = [worth[unit.allocation[1]] for unit in mine if unit.allocation is not None]
        lines.append(
            e.DocumentLine(
                ref,
                sold.sku,
                tuple(unit.ref for unit in mine),
                sum(part.net_minor for part in parts),
                sum(part.tax_minor for part in parts),
                sold.extra,
            )
        )
    return tuple(lines)


def covered(lines: Iterable[e.DocumentLine], return_: Return) -> set[str]:
    """The units those document lines are about, by the names they go by today."""
    refs = set()
    for line in lines:
        for ref in line.units:
            unit = return_.names.resolve(ref)
            refs.add(unit.ref if unit is not None else ref)
    return refs


def having(items: Iterable[Owed], kind: type[E]) -> Iterator[tuple[str, E]]:
    """The owed effects of one sort with their keys."""
    for item in items:
        if isinstance(item.effect, kind):
            yield item.key, item.effect


def keys_by_unit(items: Iterable[Owed], kind: type[WithLines], return_: Return) -> dict[str, str]:
    """For each unit the key of the effect of that sort that covers it."""
    found: dict[str, str] = {}
    for key, effect in having(items, kind):
        found.update(dict.fromkeys(covered(effect.lines, return_), key))
    return found
