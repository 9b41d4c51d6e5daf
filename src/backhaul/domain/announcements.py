"""What a warehouse is told to expect, before it arrives: whole statements, each replacing the one it follows.

An announcement that was attempted is never changed. What turns out different afterwards makes a further one, and one
without lines takes all of it back. Once everything has arrived there is nothing left to announce.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from backhaul.domain import effects as e
from backhaul.domain.coverage import Scope
from backhaul.domain.policy import Policy
from backhaul.domain.records import Owed, Record, Records
from backhaul.domain.returns import Return
from backhaul.domain.units import Unit

KIND = "not-announced"
_NOT_WAITED_FOR = ("refused", "ambiguous")


def announcements(scope: Scope, stands_on: Mapping[str, str]) -> list[Owed]:
    """The next announcement of the order, if one is owed; ``stands_on`` gives the key of each unit's authorisation."""
    told = scope.frozen(e.AnnounceReturn)
    answer = [Owed(record.key, effect) for record, effect in told]
    if scope.policy.announce_on == "never":
        return answer
    expected = [unit for unit in scope.units if _is_expected(unit, scope, stands_on)]
    before = _newest(told)
    if before is None and not _to_come(expected):
        return answer
    effect = _statement(scope, expected, stands_on, before)
    if before is not None and not _is_news(effect, before[1], expected, scope.return_):
        return answer
    after = sorted({line.authorisation for line in effect.lines})
    # One that was refused or that nobody can find is not waited for: a later statement counts, whatever became of it.
    if before is not None and before[0].standing not in _NOT_WAITED_FOR:
        after.append(before[0].key)
    return [*answer, scope.owe(effect, *after)]


def is_obsolete(key: str, announced: e.AnnounceReturn, return_: Return, records: Records) -> bool:
    """Whether nobody needs that announcement any more: a later one was sent, or all it speaks of has arrived."""
    if any(later.follows == key for _, later in records.frozen(e.AnnounceReturn)):
        return True
    units = [return_.units[ref] for ref in _units(announced, return_) if ref in return_.units]
    return bool(announced.lines) and not _to_come(units)


def _is_expected(unit: Unit, scope: Scope, stands_on: Mapping[str, str]) -> bool:
    """Whether it should arrive, or has arrived: its authorisation stands, and it is as far along as the policy says."""
    if not scope.records.done(stands_on.get(unit.ref, "")):
        return False
    match scope.policy.announce_on:
        case "drop-off":
            return unit.past("dropped-off")
        case "shipment":
            return unit.past("shipped")
        case _:
            return True


def _to_come(units: Iterable[Unit]) -> set[str]:
    return {unit.ref for unit in units if not unit.past("received")}


def _newest(told: list[tuple[Record, e.AnnounceReturn]]) -> tuple[Record, e.AnnounceReturn] | None:
    followed = {effect.follows for _, effect in told}
    open_ = [pair for pair in told if pair[0].key not in followed]
    return max(open_, key=lambda pair: (pair[1].sequence, pair[0].key), default=None)


def _is_news(effect: e.AnnounceReturn, before: e.AnnounceReturn, expected: list[Unit], return_: Return) -> bool:
    """Whether the warehouse must hear of it: units that come on top or come no more; other things while some come."""
    announced, now, to_come = _units(before, return_), {unit.ref for unit in expected}, _to_come(expected)
    if announced - now or (now - announced) & to_come:
        return True
    return bool(to_come) and _said(effect) != _said(before)


def _units(announced: e.AnnounceReturn, return_: Return) -> set[str]:
    """The units it speaks of, by the names they go by today."""
    refs = (ref for line in announced.lines for ref in line.units)
    return {unit.ref if (unit := return_.names.resolve(ref)) is not None else ref for ref in refs}


def _said(effect: e.AnnounceReturn) -> tuple[object, ...]:
    """All that a warehouse reads in it; which unit is which it cannot tell."""
    lines = tuple(
        (line.order_line, line.sku, line.line_ref, line.authorisation, line.number, line.quantity)
        for line in effect.lines
    )
    return (
        effect.site, effect.label, effect.names, effect.shipments, effect.arrives_from, effect.arrives_to, lines,
    )  # fmt: skip


def _statement(
    scope: Scope,
    expected: list[Unit],
    stands_on: Mapping[str, str],
    before: tuple[Record, e.AnnounceReturn] | None,
) -> e.AnnounceReturn:
    return_, policy = scope.return_, scope.policy
    names = {*return_.called, *(("bag", bag) for bag in return_.bags)}
    return e.AnnounceReturn(
        return_.id,
        scope.order.number,
        policy.primary_site,
        return_.label,
        tuple(sorted(names)),
        tuple(sorted({shipment for unit in expected for shipment in unit.shipments})),
        _lines(scope, expected, stands_on),
        min((day for unit in expected if (day := _earliest(unit)) is not None), default=None),
        max((day for unit in expected if (day := _latest(unit, policy)) is not None), default=None),
        before[1].sequence + 1 if before is not None else 1,
        before[0].key if before is not None else "",
    )


def _lines(scope: Scope, expected: list[Unit], stands_on: Mapping[str, str]) -> tuple[e.AnnouncedLine, ...]:
    """Units gathered by what they are and by the authorisation they come back on."""
    groups: dict[tuple[str, str, str], list[str]] = {}
    for unit in expected:
        if unit.allocation is not None:
            groups.setdefault((unit.allocation[0], stands_on[unit.ref], unit.line or ""), []).append(unit.ref)
    return tuple(
        e.AnnouncedLine(
            order_line,
            scope.order.line(order_line).sku,
            tuple(sorted(refs)),
            line_ref,
            authorisation,
            scope.return_.numbers.get(authorisation, ""),
        )
        for (order_line, authorisation, line_ref), refs in sorted(groups.items())
    )


def _earliest(unit: Unit) -> date | None:
    return _day(unit.since.get("shipped") or unit.since.get("dropped-off") or unit.since.get("started"))


def _latest(unit: Unit, policy: Policy) -> date | None:
    begun = unit.since.get("dropped-off") or unit.since.get("shipped")
    if begun is not None:
        return _day(begun + policy.due.arrival)
    started = unit.since.get("started")
    return _day(started + policy.due.drop_off + policy.due.arrival) if started is not None else None


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment is not None else None
