"""Where inspected units belong and what brings them there: the sellable by the next flush, all others at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from backhaul.domain import effects as e
from backhaul.domain.coverage import Scope, covered, lines_of
from backhaul.domain.policy import Place, Policy
from backhaul.domain.records import Owed, Record
from backhaul.domain.units import Unit

V = TypeVar("V")


def condition(unit: Unit, policy: Policy) -> str | None:
    """The policy's word for the unit's condition; None while nobody has told it."""
    said = unit.decided_disposition or unit.said_disposition
    if said is None and policy.sellable_on == "receipt" and unit.past("received"):
        said = "sellable"
    return policy.disposition(said) if said is not None else None


def destination(unit: Unit, policy: Policy) -> Place | None:
    """Where the unit belongs by its condition; None while that is unknown or the policy has a gap."""
    word = condition(unit, policy)
    return policy.place(word, unit.site or policy.primary_site) if word is not None else None


def is_missing(unit: Unit, policy: Policy) -> bool:
    """Whether the warehouse looked and did not find it: nothing of it is received or placed."""
    place = destination(unit, policy)
    return condition(unit, policy) == "missing" or (place is not None and place.account == "missing")


@dataclass(slots=True)
class _Placed:
    """Where each unit rests by the attempted placements, and the key that put it there."""

    at: dict[str, Place] = field(default_factory=dict)
    by: dict[str, str] = field(default_factory=dict)
    kept: list[Owed] = field(default_factory=list)


def placements(scope: Scope, receipts: Mapping[str, str]) -> list[Owed]:
    """Every inspected unit to its place. ``receipts`` gives the key of each received unit's receipt."""
    placed = _placed(scope, receipts)
    wanted: dict[str, tuple[Unit, Place]] = {}
    for unit in scope.units:
        place = destination(unit, scope.policy)
        if place is not None and unit.ref in receipts and unit.found_at is None and not is_missing(unit, scope.policy):
            wanted[unit.ref] = (unit, place)
    _lend(wanted, placed, scope)
    groups: dict[tuple[str, Place, str | None], list[Unit]] = {}
    for ref, (unit, place) in wanted.items():
        now = placed.at.get(ref)
        # What rests anywhere but in quarantine stays there: what was decided for it is not undone by itself.
        if now is None or (now.account == "quarantine" and place.account != "quarantine"):
            slot = (unit.site or scope.policy.primary_site, place, now.location if now else None)
            groups.setdefault(slot, []).append(unit)
    answer = placed.kept
    for (site, place, source), units in groups.items():
        after = {unit.ref: placed.by.get(unit.ref, receipts[unit.ref]) for unit in units}
        if place.account == "stock":
            for unit in units:
                (line,) = lines_of([unit], scope.order)
                restock = e.Restock(
                    scope.return_.id, scope.order.number, site, place.location, line, source
                )  # fmt: skip
                answer.append(scope.owe(restock, after[unit.ref]))
        else:
            lines = lines_of(units, scope.order)
            put_away = e.PutAway(
                scope.return_.id, scope.order.number, site, place.account, place.location, lines, source
            )
            answer.append(scope.owe(put_away, *sorted(set(after.values()))))
    return answer


def _lend(wanted: Mapping[str, tuple[Unit, Place]], placed: _Placed, scope: Scope) -> None:
    """Units of one sold line are alike: who is where is settled so that as few as possible have to be moved."""
    spare: dict[tuple[str, Place], list[str]] = {}
    for ref, place in placed.at.items():
        unit = scope.return_.units.get(ref)
        if unit is not None and unit.allocation and (ref not in wanted or wanted[ref][1] != place):
            spare.setdefault((unit.allocation[0], place), []).append(ref)
    if not spare:
        return
    for ref, (unit, place) in wanted.items():
        others = spare.get((unit.allocation[0], place)) if unit.allocation else None
        if others and placed.at.get(ref) != place:
            other = others.pop(0)
            _swap(placed.at, ref, other)
            _swap(placed.by, ref, other)


def _swap(table: dict[str, V], one: str, other: str) -> None:
    mine, theirs = table.pop(one, None), table.pop(other, None)
    if theirs is not None:
        table[one] = theirs
    if mine is not None:
        table[other] = mine


def _placed(scope: Scope, receipts: Mapping[str, str]) -> _Placed:
    """The attempted placements in their order: from inspection first, then out of quarantine."""
    answer = _Placed()
    moves: list[tuple[Record, e.PutAway | e.Restock]] = [*scope.frozen(e.PutAway), *scope.frozen(e.Restock)]
    for record, effect in sorted(moves, key=lambda pair: pair[1].source is not None):
        lines = effect.lines if isinstance(effect, e.PutAway) else (effect.line,)
        account = effect.account if isinstance(effect, e.PutAway) else "stock"
        refs = sorted(covered(lines, scope.return_))
        after = sorted({answer.by.get(ref, receipts.get(ref, "")) for ref in refs} - {""})
        answer.kept.append(Owed(record.key, record.effect, tuple(after)))
        place = Place(account, effect.location)  # type: ignore[arg-type]
        answer.at.update(dict.fromkeys(refs, place))
        answer.by.update(dict.fromkeys(refs, record.key))
    return answer
