"""What the storefront is owed of one order's return: its own record of it, the goods, the refund, its stock, the mark.

No unit is counted twice in the storefront's sellable stock: each location has one owner (policy), and what the
storefront raised itself is never flushed, nor the other way round, whatever the policy says by then.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from backhaul.domain import effects as e
from backhaul.domain.coverage import Scope, covered, having, keys_by_unit, lend
from backhaul.domain.credits import Moneys
from backhaul.domain.document_lines import Earlier
from backhaul.domain.marks import mark
from backhaul.domain.openings import Openings
from backhaul.domain.placements import destination, is_missing, site_of
from backhaul.domain.policy import Place
from backhaul.domain.raising import COUNTED_ELSEWHERE, Raising
from backhaul.domain.records import Owed
from backhaul.domain.refunding import refunding
from backhaul.domain.units import Unit

_REF, _SKU = "ref:", "sku:"
_NOTHING = Earlier()


def at_storefront(
    scope: Scope,
    placed: Iterable[Owed],
    money: Moneys,
    paid: Collection[str],
    through: Collection[str],
    withdrawn: Mapping[str, str],
) -> list[Owed]:
    """All that is owed the storefront; ``through`` are the units whose goods and money are settled.

    ``withdrawn`` gives for a unit the key of what withdraws the order for its replacement.
    """
    chain = _Chain.of(scope)
    refunds = refunding(scope, money, paid, (chain.stands_on, withdrawn))
    answer = chain.openings + _tracking(scope, chain) + chain.taken + refunds
    answer += _endings(scope, chain, refunds, through)
    return answer + _restocks(scope, placed) + mark(scope, paid)


@dataclass(frozen=True, slots=True)
class _Chain:
    """The storefront's returns of the order, on which each unit stands, and by which effect each was taken back."""

    openings: list[Owed]
    stands_on: Mapping[str, str]
    taken: list[Owed]
    taken_back: Mapping[str, str]

    @classmethod
    def of(cls, scope: Scope) -> _Chain:
        opened = Openings(scope, e.OpenStorefrontReturn, e.CancelStorefrontReturn, lambda u, t: _opening(scope, u, t))
        openings = _openings(scope, opened)
        stands_on = opened.stands_on(openings)
        taken, taken_back = _taken_back(scope, stands_on)
        return cls(openings, stands_on, taken, taken_back)


def _openings(scope: Scope, opened: Openings[e.OpenStorefrontReturn]) -> list[Owed]:
    if scope.policy.storefront_returns == "never":
        return [Owed(record.key, effect) for record, effect in scope.frozen(e.OpenStorefrontReturn)]
    return opened.owed()


def _tracking(scope: Scope, chain: _Chain) -> list[Owed]:
    """The tracking numbers of the return's parcels, each told once of every return that something is to come on."""
    answer = [Owed(record.key, effect, (effect.opening,)) for record, effect in scope.frozen(e.TrackStorefrontReturn)]
    if scope.policy.track_returns == "never":
        return answer
    known = {item.key for item in answer}
    coming = {
        chain.stands_on[unit.ref]
        for unit in scope.units
        if unit.ref in chain.stands_on and not (unit.never_left or unit.past("received"))
    }
    for number in sorted({value for kind, value in scope.return_.called if kind == "label"}):
        for opening in sorted(coming):
            effect = e.TrackStorefrontReturn(scope.return_.id, scope.order.number, opening, number)
            if e.key(effect) not in known:
                answer.append(scope.owe(effect, opening))
    return answer


def _opening(scope: Scope, units: list[Unit], turn: int) -> e.OpenStorefrontReturn:
    groups: dict[tuple[str, str, str], list[str]] = {}
    for unit in units:
        line = unit.allocation[0] if unit.allocation else ""
        groups.setdefault((line, unit.line or "", unit.reason or ""), []).append(unit.ref)
    lines = tuple(
        e.StorefrontLine(line, scope.order.line(line).sku, tuple(sorted(refs)), line_ref, reason)
        for (line, line_ref, reason), refs in sorted(groups.items())
    )
    return_ = scope.return_
    return e.OpenStorefrontReturn(return_.id, scope.order.number, return_.label, lines, return_.initiated_at, turn)


def _taken_back(scope: Scope, stands_on: Mapping[str, str]) -> tuple[list[Owed], dict[str, str]]:
    """The goods of each storefront's return that are here and looked at, each told once."""
    attempted = [(record.key, effect) for record, effect in scope.frozen(e.TakeBackAtStorefront)]
    answer = [Owed(key, effect, (effect.opening,)) for key, effect in attempted]
    here = [unit for unit in scope.units if _is_looked_at(unit, scope) and unit.ref in stands_on]
    taken = lend(here, keys_by_unit(answer, e.TakeBackAtStorefront, scope.return_), scope.return_)
    groups: dict[tuple[str, str], list[Unit]] = {}
    for unit in here:
        if unit.ref not in taken:
            groups.setdefault((stands_on[unit.ref], site_of(unit, scope.policy)), []).append(unit)
    telling = _Telling.of(scope, here)
    before: dict[tuple[str, str], Earlier] = {}
    earlier: dict[str, list[str]] = {}
    for key, effect in attempted:
        waived = scope.seen_to(key)
        if not waived:
            earlier.setdefault(effect.opening, []).append(key)
        for line in effect.lines:
            for slot in ((effect.opening, _REF + line.line_ref), (effect.opening, _SKU + line.sku)):
                said = before.get(slot, _NOTHING)
                before[slot] = said.plus(line.quantity, restock=line.restock, waived=waived)
    for (opening, site), units in sorted(groups.items()):
        lines = _taken_lines(scope, units, opening, before, telling)
        told = e.TakeBackAtStorefront(scope.return_.id, scope.order.number, opening, site, lines)
        owed = scope.owe(told, opening, *earlier.get(opening, ()))
        earlier.setdefault(opening, []).append(owed.key)
        answer.append(owed)
        taken.update(dict.fromkeys((unit.ref for unit in units), owed.key))
    return answer, taken


@dataclass(frozen=True, slots=True)
class _Telling:
    """As what each unit is taken back, when units of one sold line are taken as alike.

    ``left`` are the places of a line's units of which the storefront has not been told: which of two alike units is the
    damaged one may have turned out otherwise since one of them was told.
    """

    scope: Scope
    left: Mapping[str, Counter[Place]]
    raising: Raising

    @classmethod
    def of(cls, scope: Scope, here: Iterable[Unit]) -> _Telling:
        left: dict[str, Counter[Place]] = {}
        for unit in here:
            place = destination(unit, scope.policy)
            if place is not None and unit.allocation is not None:
                left.setdefault(unit.allocation[0], Counter())[place] += 1
        for _, effect in scope.frozen(e.TakeBackAtStorefront):
            for line in effect.lines:
                told = next((one for one in left.get(line.order_line, ()) if one.location == line.location), None)
                if told is not None:
                    left[line.order_line][told] -= line.quantity
        return cls(scope, left, Raising(scope))

    def place_of(self, unit: Unit, line: str) -> Place:
        """Its own place, unless that was told of another of its line: then one that was not told."""
        own, left = destination(unit, self.scope.policy) or Place("quarantine", ""), self.left.get(line, Counter())
        open_ = sorted((one for one in left if left[one] > 0), key=lambda one: (one != own, one.location))
        chosen = open_[0] if open_ else own
        left[chosen] -= 1
        return chosen


def _is_looked_at(unit: Unit, scope: Scope) -> bool:
    policy = scope.policy
    return unit.past("received") and destination(unit, policy) is not None and not is_missing(unit, policy)


def _taken_lines(
    scope: Scope, units: list[Unit], opening: str, before: dict[tuple[str, str], Earlier], telling: _Telling
) -> tuple[e.TakenBackLine, ...]:
    groups: dict[tuple[str, str, bool, str], list[str]] = {}
    for unit in sorted(units, key=lambda one: one.ref):
        line = unit.allocation[0] if unit.allocation else ""
        place = telling.place_of(unit, line)
        restock = place.account == "stock" and telling.raising.restocks(line, place.location)
        groups.setdefault((line, unit.line or "", restock, place.location), []).append(unit.ref)
    answer = []
    for (line, line_ref, restock, location), refs in sorted(groups.items()):
        sku = scope.order.line(line).sku
        done, alike = (before.get((opening, name), _NOTHING) for name in (_REF + line_ref, _SKU + sku))
        for name, said in ((_REF + line_ref, done), (_SKU + sku, alike)):
            before[opening, name] = said.plus(len(refs), restock=restock)
        answer.append(e.TakenBackLine(line, sku, tuple(refs), line_ref, done, alike, restock, location))
    return tuple(answer)


def _endings(scope: Scope, chain: _Chain, refunds: list[Owed], through: Collection[str]) -> list[Owed]:
    """The storefront's returns that are through are closed, those of which nothing comes are withdrawn."""
    return_, number = scope.return_, scope.order.number
    answer = []
    for key, opened in having(chain.openings, e.OpenStorefrontReturn):
        units = covered(opened.lines, return_) & return_.units.keys()
        coming = [unit for unit in scope.units if chain.stands_on.get(unit.ref) == key and not unit.never_left]
        told = [item.key for item in chain.taken if getattr(item.effect, "opening", "") == key]
        if units and not coming and not told:
            answer.append(scope.owe(e.CancelStorefrontReturn(return_.id, number, key), key))
        elif (coming or told) and all(unit.ref in through and _is_told(unit, scope, chain) for unit in coming):
            refs = {unit.ref for unit in coming}
            paid = [refund for refund, one in having(refunds, e.IssueRefund) if refs & covered(one.lines, return_)]
            waits = [one for one in told if not _is_told_and_counted(one, scope)]
            answer.append(scope.owe(e.CloseStorefrontReturn(return_.id, number, key), key, *waits, *paid))
    return answer


def _is_told_and_counted(key: str, scope: Scope) -> bool:
    """Whether all of a taking back was told, and a person has corrected the storefront's stock for it."""
    record = scope.records.by_key.get(key)
    return record is not None and record.kind == COUNTED_ELSEWHERE and scope.seen_to(key)


def _is_told(unit: Unit, scope: Scope, chain: _Chain) -> bool:
    return unit.ref in chain.taken_back or not unit.past("received") or is_missing(unit, scope.policy)


def _restocks(scope: Scope, placed: Iterable[Owed]) -> list[Owed]:
    """For what the ERP puts into sellable stock, the same at the storefront where we own its stock of that place."""
    attempted = list(scope.frozen(e.RestockAtStorefront))
    answer = [Owed(record.key, effect) for record, effect in attempted]
    known = {record.key for record, _ in attempted}
    for key, restock in having(placed, e.Restock):
        if (restock.raised_by or scope.policy.stock_owner(restock.location)) != "backhaul":
            continue
        further = e.RestockAtStorefront(
            restock.return_id, restock.order, restock.site, restock.location, restock.line, restock.source
        )
        if e.key(further) not in known:
            answer.append(scope.owe(further, key))
    return answer
