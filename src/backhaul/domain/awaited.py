"""Expectations: what we wait for from others, due when, worth how much."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from backhaul.domain.approvals import awaits_leave
from backhaul.domain.effects import CreateExchangeOrder
from backhaul.domain.money import Money
from backhaul.domain.orders import worth_minor
from backhaul.domain.owed import Plan
from backhaul.domain.placements import destination, is_missing
from backhaul.domain.policy import Policy
from backhaul.domain.returns import Return
from backhaul.domain.settlements import gross_minor
from backhaul.domain.units import Unit
from backhaul.domain.value import value_at_risk

OVERDUE: Mapping[str, str] = {
    "drop-off": "Ask the shopper, or wait for the platform to expire it; decide that it was not returned where that is "
    "known.",
    "arrival": "Ask the carrier and the hub where it is. Where nobody finds it, decide that it is lost, or claim it "
    "from whoever had it; what arrives later is taken in all the same.",
    "inspection": "Look at it and send the inspection.",
    "decision": "Decide what the unit in quarantine is.",
    "approval": "Approve its refund, or say that it is not to be paid for and why.",
    "refund": "Ask whoever pays the shopper why it is not paid. Where nothing is to be paid for what did not come, "
    "decide that it was not returned.",
}
"""What to do about each kind of expectation that is overdue."""


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
        for kind, step, within in _waits(return_, unit, policy, plan, rest):
            value: tuple[Money, ...] = ()
            if kind == "audit" and order is not None and unit.allocation is not None:
                value = (Money(worth_minor(order.line(unit.allocation[0]), unit.allocation[1]), order.currency),)
            elif kind in ("refund", "approval") and order is not None:
                value = (Money(rest, order.currency),)
            elif kind in ("arrival", "inspection"):
                value = value_at_risk((), (unit,), return_.orders)
            answer.append(Expectation(f"{kind}:{return_.id}:{ref}", kind, ref, unit.since.get(step), within, value))
    return tuple(answer)


def _waits(
    return_: Return, unit: Unit, policy: Policy, plan: Plan, rest_minor: int
) -> list[tuple[str, str, timedelta]]:
    """What is awaited of a unit, since which step, for how long; money of an exchanged one only where some is left."""
    if unit.never_left:
        return []
    waits = []
    if unit.absent:
        pass
    elif not unit.past("dropped-off"):
        waits.append(("drop-off", "started", policy.due.drop_off))
    elif not unit.past("received"):
        waits.append(("arrival", "dropped-off", policy.due.arrival))
    elif not unit.past("inspected") and policy.sellable_on == "inspection":
        waits.append(("inspection", "received", policy.due.inspection))
    place = destination(unit, policy)
    if place is not None and place.account == "quarantine" and unit.found_at is None:
        waits.append(("decision", "inspected", policy.due.decision))
    money = _money(return_, unit, policy, plan, rest_minor)
    return [*waits, money] if money is not None else waits


def _money(
    return_: Return, unit: Unit, policy: Policy, plan: Plan, rest_minor: int
) -> tuple[str, str, timedelta] | None:
    """What its money waits for, if for anything."""
    if unit.ref in plan.paid or unit.declined:
        return None
    if unit.held and not _is_replaced(return_, unit, plan):
        return "audit", "held", policy.due.audit
    if unit.exchange is not None and rest_minor <= 0:
        return None
    if unit.money == "approved":
        return ("refund", "approved", policy.due.refund) if policy.refund_confirmation == "money" else None
    if awaits_leave(return_, unit, policy, plan.paid):
        return "approval", "inspected", policy.due.approval
    if unit.past("received") and not is_missing(unit, policy):
        return "refund", "received", policy.due.refund
    return ("refund", unit.fate or "kept", policy.due.refund) if unit.absent else None


def _is_replaced(return_: Return, unit: Unit, plan: Plan) -> bool:
    """Whether an order for what it is exchanged for is owed, made, or told of: then no audit is in its way."""
    exchange = return_.exchanges.get(unit.exchange or "")
    if exchange is None:
        return False
    owed = (item.effect for item in plan.owed)
    return exchange.order is not None or any(
        isinstance(effect, CreateExchangeOrder) and effect.exchange == exchange.id for effect in owed
    )
