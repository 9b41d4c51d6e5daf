"""Weigh mappings before they are made: which units wait for them, where they would go, what they are worth at cost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from backhaul.domain.allocation import lines_for
from backhaul.domain.money import Money
from backhaul.domain.orders import FrozenOrder
from backhaul.domain.placements import condition, destination, is_missing, site_of
from backhaul.domain.policy import Policy
from backhaul.domain.returns import Return, fold
from backhaul.domain.units import Unit
from backhaul.domain.value import cost_minor
from backhaul.store.cases import Case, load

_BATCH = 200
MOST_WEIGHED = 2_000


@dataclass(slots=True)
class Weight:
    """Units that lead somewhere where they led nowhere, by where; ``elsewhere`` are those that led somewhere else.

    ``nowhere`` are units that led somewhere and would wait again.

    ``whole`` is false where there were more returns than are looked at before a mapping is made.
    """

    units: int = 0
    returns: int = 0
    elsewhere: int = 0
    nowhere: int = 0
    reasons: int = 0
    leads_to: Counter[str] = field(default_factory=Counter)
    worth: Counter[str] = field(default_factory=Counter)
    whole: bool = True

    @property
    def value(self) -> tuple[Money, ...]:
        return tuple(Money(minor, currency) for currency, minor in sorted(self.worth.items()) if minor)


def weigh(return_ids: Sequence[str], before: Policy, after: Policy) -> Weight:
    """What changes in these returns between the two policies. Nothing is written and nothing is locked."""
    weight = Weight(whole=len(return_ids) <= MOST_WEIGHED)
    wanted = list(return_ids[:MOST_WEIGHED])
    for start in range(0, len(wanted), _BATCH):
        for case in load(wanted[start : start + _BATCH]).values():
            _weigh_one(case, before, after, weight)
    return weight


def _weigh_one(case: Case, before: Policy, after: Policy, weight: Weight) -> None:
    orders = {number: order.frozen for number, order in case.orders.items() if order.frozen is not None}
    was, is_ = (fold(case.return_id, case.facts, orders=orders, policy=policy) for policy in (before, after))
    freed = 0
    for unit, now in _pairs(was, is_):
        led, leads = _leads(unit, before, orders), _leads(now, after, orders)
        order = orders.get(now.order)
        if led is None and leads is not None:
            freed += 1
            weight.leads_to[leads] += 1
            if order is not None:
                weight.worth[order.currency] += worth_minor(now, order, after)
        elif led is not None and leads is None:
            weight.nowhere += 1
        elif led != leads and led is not None:
            weight.elsewhere += 1
        if unit.reason is not None and before.reason(unit.reason) != after.reason(unit.reason):
            weight.reasons += 1
    weight.units += freed
    weight.returns += bool(freed)


def _pairs(was: Return, is_: Return) -> Iterator[tuple[Unit, Unit]]:
    return ((was.units[ref], is_.units[ref]) for ref in sorted(was.units.keys() & is_.units.keys()))


def _leads(unit: Unit, policy: Policy, orders: Mapping[str, FrozenOrder]) -> str | None:
    """Where the unit goes; "" where it does not go anywhere yet, None where it should and does not."""
    order = orders.get(unit.order)
    if order is not None and unit.allocation is None and not unit.never_left:
        sold = lines_for(unit, order, policy)
        return sold[0].sku if sold else None
    if condition(unit, policy) is None:
        return ""
    if is_missing(unit, policy):
        return "missing"
    place = destination(unit, policy)
    return f"{place.location} ({place.account}) at {site_of(unit, policy)}" if place is not None else None


def worth_minor(unit: Unit, order: FrozenOrder, policy: Policy) -> int:
    """What the unit cost, in minor units of its order's currency; that of the line it could be, while it has none."""
    sold = next((line.unit_cost_minor for line in lines_for(unit, order, policy)), 0)
    return cost_minor(unit, order) or sold
