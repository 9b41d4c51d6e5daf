"""One order of a return as every rule looks at it, and which units its documents are about."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar, cast

from backhaul.domain import effects as e
from backhaul.domain.exchanges import owed_in_money
from backhaul.domain.orders import FrozenOrder, Share, share
from backhaul.domain.policy import Policy
from backhaul.domain.records import E, Owed, Record, Records
from backhaul.domain.returns import Return
from backhaul.domain.units import Unit

WithLines = TypeVar("WithLines", e.OpenReturnAuthorisation, e.ReceiveReturn, e.IssueCreditNote, e.TakeBackAtStorefront)
Line = e.DocumentLine | e.StorefrontLine | e.TakenBackLine
Attempted = Mapping[type, list[tuple[Record, e.Effect]]]
_WAIVED_AS = ("effect-refused", "effect-ambiguous")


@dataclass(frozen=True, slots=True)
class Scope:
    """An order of a return: its units that were given a sold unit, and its effects that were attempted."""

    return_: Return
    order: FrozenOrder
    policy: Policy
    records: Records
    units: tuple[Unit, ...]
    attempted: Attempted

    def frozen(self, kind: type[E]) -> list[tuple[Record, E]]:
        """The order's attempted effects of one sort, in the order of their keys."""
        return cast("list[tuple[Record, E]]", self.attempted.get(kind, []))

    def seen_to(self, key: str) -> bool:
        """Whether a person saw to an effect by hand, and waived it."""
        return is_seen_to(key, self.return_, self.records)

    def owe(self, effect: e.Effect, *after: str) -> Owed:
        """The effect as owed; with the payload it was first attempted with, once it was."""
        key = e.key(effect)
        record = self.records.by_key.get(key)
        return Owed(key, record.effect if record is not None and record.frozen else effect, after)


def is_seen_to(key: str, return_: Return, records: Records) -> bool:
    """Whether a person saw to an effect by hand, and waived it: nothing waits for it any more."""
    record = records.by_key.get(key)
    kinds = {*_WAIVED_AS, record.kind} if record is not None else _WAIVED_AS
    return any(f"{kind}:{return_.id}:{key}" in return_.waived for kind in kinds)


def scope_of(return_: Return, order: FrozenOrder, policy: Policy, records: Records) -> Scope:
    """What bears on one order of the return."""
    attempted: dict[type, list[tuple[Record, e.Effect]]] = {}
    for key in sorted(records.by_key):
        record = records.by_key[key]
        if record.frozen and getattr(record.effect, "order", None) == order.number:
            attempted.setdefault(type(record.effect), []).append((record, record.effect))
    units = tuple(unit for unit in return_.units_of(order.number) if unit.allocation is not None)
    return Scope(return_, order, policy, records, units, attempted)


def lines_of(units: Iterable[Unit], order: FrozenOrder) -> tuple[e.DocumentLine, ...]:
    """Units gathered by the sold line they were allocated to, with the money they stand for."""
    return _gathered(units, order, _paid)


def credit_lines_of(units: Iterable[Unit], order: FrozenOrder) -> tuple[e.DocumentLine, ...]:
    """The same with what is to be paid back for them: of an exchanged unit less what its replacement carries."""
    return _gathered(units, order, owed_in_money)


def _paid(unit: Unit, order: FrozenOrder) -> Share:
    line, index = unit.allocation or ("", 0)  # only those that were given a sold unit are gathered
    return share(order.line(line), index)


def _gathered(
    units: Iterable[Unit], order: FrozenOrder, worth: Callable[[Unit, FrozenOrder], Share]
) -> tuple[e.DocumentLine, ...]:
    by_line: dict[str, list[Unit]] = {}
    for unit in units:
        if unit.allocation is not None:
            by_line.setdefault(unit.allocation[0], []).append(unit)
    lines = []
    for ref in sorted(by_line):
        sold = order.line(ref)
        mine = sorted(by_line[ref], key=lambda unit: unit.ref)
        parts = [worth(unit, order) for unit in mine]
        net, tax = sum(part.net_minor for part in parts), sum(part.tax_minor for part in parts)
        lines.append(e.DocumentLine(ref, sold.sku, tuple(unit.ref for unit in mine), net, tax, sold.extra))
    return tuple(lines)


def covered(lines: Iterable[Line], return_: Return) -> set[str]:
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


def alike(one: Unit, other: Unit) -> bool:
    """Whether nobody can tell the two apart: of one order and one SKU."""
    return _kind(one) == _kind(other)


def _kind(unit: Unit) -> tuple[str, str | None]:
    return unit.order, unit.sku or unit.line


def lend(wanting: Iterable[Unit], covering: Mapping[str, str], return_: Return) -> dict[str, str]:
    """Who is served by which document when units of one SKU are taken as alike: unit to key.

    A count says how many of a line arrived, not which; when it turns out later that it was another one of the line, the
    document that was made out is that one's. ``covering`` maps units to the keys of the documents that name them.
    """
    asking = {unit.ref: unit for unit in wanting}
    answer = dict(covering)
    spare: dict[tuple[str, str | None], list[str]] = {}
    for ref in sorted(covering.keys() - asking.keys()):
        unit = return_.units.get(ref)
        if unit is not None:
            spare.setdefault(_kind(unit), []).append(ref)
    if spare:
        for ref in sorted(asking.keys() - covering.keys()):
            lenders = spare.get(_kind(asking[ref]))
            if lenders:
                answer[ref] = answer.pop(lenders.pop(0))
    return answer
