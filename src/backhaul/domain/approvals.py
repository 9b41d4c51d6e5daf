"""When the platform is told to pay a shopper for a unit, who let it, and why not where it must not be.

It pays out and cannot be taken back. So nothing is told unless the policy says so: once per unit that is in hand, never
for one that is approved, paid for, declined, looked at or exchanged.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from backhaul.domain import effects as e
from backhaul.domain.coverage import Scope, covered
from backhaul.domain.facts import RefundPending
from backhaul.domain.placements import condition, destination, site_of
from backhaul.domain.policy import Policy
from backhaul.domain.records import Owed
from backhaul.domain.returns import Return
from backhaul.domain.settlements import Settled, gross_minor
from backhaul.domain.units import Unit

KIND = "not-approved"
RULE = "policy"
WITHDRAWN = "withdrawn"
"""The kind of an approval that was attempted, of which nothing was sent, and that must not be sent any more."""


@dataclass(frozen=True, slots=True)
class Leave:
    """Who let a unit be paid for, and why."""

    by: str
    why: str


def approvals(scope: Scope, paid: Collection[str], settled: Iterable[Settled]) -> list[Owed]:
    """The approvals of one order; ``paid`` are its units that a refund or a credit note pays for.

    One that was attempted and must not be any more is abandoned: if nothing of it was ever sent, nothing will be.
    Where we move the money ourselves the platform is told nothing new: it would pay once more.
    """
    held = any(one.held for one in settled)
    answer, told = [], set()
    for record, effect in scope.frozen(e.ApproveRefund):
        told.add(effect.item)
        unit = scope.return_.names.resolve(effect.unit)
        off = (
            unit is None
            or held
            or given_leave(unit, scope.policy) is None
            or bool(why_not(scope.return_, unit, paid) or unnamed(scope.return_, unit))
        )
        answer.append(Owed(record.key, effect, abandoned=off and record.standing != "done"))
    if scope.policy.refund_owner == "backhaul":
        return answer
    issued = [effect for record, effect in scope.frozen(e.IssueRefund) if record.standing != "refused"]
    ours = covered((line for effect in issued for line in effect.lines), scope.return_)
    for unit in scope.units:
        leave = given_leave(unit, scope.policy)
        if leave is None or unit.item in told or held or unit.ref in ours or why_not(scope.return_, unit, paid):
            continue
        if not unnamed(scope.return_, unit):
            answer.append(scope.owe(_approval(unit, leave, scope)))
    return answer


def given_leave(unit: Unit, policy: Policy) -> Leave | None:
    """Who lets the unit be paid for: a person, whose newest word counts, or the policy's rule; None while nobody."""
    if policy.approve_refunds == "never":
        return None
    if unit.approval is not None:
        return Leave(unit.approval.by, unit.approval.reason) if unit.approval.approved else None
    if policy.approve_refunds == "sellable":
        place = destination(unit, policy)
        if place is not None and place.account == "stock" and unit.past("inspected"):
            return Leave(RULE, f"inspected at {site_of(unit, policy)} and sellable")
    return None


def why_not(return_: Return, unit: Unit, paid: Collection[str]) -> str:
    """Why nobody may have the unit paid for, whatever the policy says; "" where somebody may."""
    what = unit.sku or unit.ref
    reasons = (
        (unit.money == "approved", f"{what} is approved already."),
        (unit.declined, f"The platform declined {what}."),
        (unit.held, f"The platform is still looking at {what}."),
        (unit.exchange is not None, f"{what} is exchanged: its money is in the replacement."),
        (unit.ref in paid or is_under_way(return_, unit), f"A refund for {what} is paid or under way."),
        (unit.allocation is None, f"{what} is not known to be sold, or all that were sold are in other returns."),
        (not unit.arrived, f"{what} is not in hand. Approve what nobody received on the platform itself."),
    )
    return next((says for so, says in reasons if so), "")


def unnamed(return_: Return, unit: Unit) -> str:
    """Which name the platform would need and did not give; "" where it gave all."""
    what = unit.sku or unit.ref
    if unit.item is None:
        return f"the platform gave {what} no item id"
    codes = express_codes(return_)
    if len(codes) != 1:
        return f"the return of {what} goes by {len(codes) or 'no'} express code{'' if len(codes) == 1 else 's'}"
    return ""


def express_codes(return_: Return) -> tuple[str, ...]:
    """The codes by which the platform is asked about the return."""
    return tuple(sorted({value for kind, value in return_.called if kind == "express"}))


def awaits_leave(return_: Return, unit: Unit, policy: Policy, paid: Collection[str]) -> bool:
    """Whether a person has to say if the unit is paid for."""
    if policy.approve_refunds == "never" or unit.approval is not None or not unit.past("inspected"):
        return False
    return given_leave(unit, policy) is None and not why_not(return_, unit, paid)


def is_under_way(return_: Return, unit: Unit) -> bool:
    """Whether a refund was asked for that may be for this unit."""
    asked = (refund.newest for refund in return_.refunds.values())
    return any(
        isinstance(fact, RefundPending)
        and fact.order == unit.order
        and (not fact.units or any(return_.names.get(name) is unit for name in fact.units))
        for fact in asked
    )


def _approval(unit: Unit, leave: Leave, scope: Scope) -> e.ApproveRefund:
    return e.ApproveRefund(
        scope.return_.id,
        scope.order.number,
        express_codes(scope.return_)[0],
        unit.item or "",
        unit.ref,
        condition(unit, scope.policy) or "",
        leave.by,
        leave.why,
        gross_minor([unit], scope.order),
        scope.order.currency,
    )
