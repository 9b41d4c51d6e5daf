"""Expectations: what we wait for from others, due when, worth how much."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from backhaul.domain.money import Money
from backhaul.domain.owed import Plan
from backhaul.domain.placements import destination, is_missing
from backhaul.domain.policy import Policy
from backhaul.domain.returns import Return
from backhaul.domain.settlements import gross_minor
from backhaul.domain.units import Unit
from backhaul.domain.value import value_at_risk


@dataclass(frozen=True, slots=True)
class Expectation:
    """``kind`` of thing awaited for ``about`` (a unit's ref). ``since`` is None when no source told a time."""

    key: str
    kind: str
    about: str
    since: datetime | None
    within: timedelta
    value: tuple[Money, ...] = ()

    def due(self, told_at: datetime) -> datetime:
        """When it is overdue, counted from the source's time or else from when we were told."""
        return (self.since or told_at) + self.within


def awaited(return_: Return, policy: Policy, plan: Plan) -> tuple[Expectation, ...]:
    """Everything this return still waits for."""
    answer = []
    for ref in sorted(return_.units):
        unit = return_.units[ref]
        order = return_.orders.get(unit.order)
        rest = gross_minor([unit], order) if order is not None else 0
        for kind, step, within in _waits(unit, policy, plan, rest):
            value: tuple[Money, ...] = ()
            if kind in ("refund", "audit") and order is not None:
                value = (Money(rest, order.currency),)
            elif kind in ("arrival", "inspection"):
                value = value_at_risk((), (unit,), return_.orders)
            answer.append(Expectation(f"{kind}:{return_.id}:{ref}", kind, ref, unit.since.get(step), within, value))
    return tuple(answer)


def _waits(unit: Unit, policy: Policy, plan: Plan, rest_minor: int) -> list[tuple[str, str, timedelta]]:
    """What is awaited of a unit, since which step, for how long; money of an exchanged one only where some is left."""
    if unit.never_left:
        return []
    waits = []
    if not unit.past("dropped-off"):
        waits.append(("drop-off", "started", policy.due.drop_off))
    elif not unit.past("received"):
        waits.append(("arrival", "dropped-off", policy.due.arrival))
    elif not unit.past("inspected") and policy.sellable_on == "inspection":
        waits.append(("inspection", "received", policy.due.inspection))
    place = destination(unit, policy)
    if place is not None and place.account == "quarantine" and unit.found_at is None:
        waits.append(("decision", "inspected", policy.due.decision))
    if unit.ref not in plan.paid and (unit.exchange is None or rest_minor > 0):
        if unit.declined:
            return waits
        if unit.held:
            waits.append(("audit", "held", policy.due.audit))
        elif unit.money == "approved":
            if policy.refund_confirmation == "money":
                waits.append(("refund", "approved", policy.due.refund))
        elif unit.past("received") and not is_missing(unit, policy):
            waits.append(("refund", "received", policy.due.refund))
    return waits
