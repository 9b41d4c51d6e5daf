"""Which refunds we issue ourselves, where the policy makes us the one who moves the money.

What anybody else has paid, or asked for, is not paid by us: native refunds are observed and recorded, never doubled.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from backhaul.domain import effects as e
from backhaul.domain.approvals import given_leave, is_under_way
from backhaul.domain.coverage import Scope, covered
from backhaul.domain.credits import Moneys
from backhaul.domain.placements import destination
from backhaul.domain.policy import Policy
from backhaul.domain.records import Owed
from backhaul.domain.settlements import fee_unknown, gross_minor, order_paid_minor, policy_fee_minor
from backhaul.domain.units import Unit


def refunding(scope: Scope, money: Moneys, paid: Collection[str], chains: Sequence[Mapping[str, str]]) -> list[Owed]:
    """The refunds of one order that we issue; those that were attempted first. ``paid`` are units paid for by anybody.

    ``chains`` give for a unit the keys of what must be done before: the storefront's return, for it takes none of what
    is refunded; and the withdrawal of a replacement's order, for nobody gets both.
    Nothing is paid while another refund of the order is held back: it may be for these units. A fee is kept once.
    """
    attempted = [(record.key, effect) for record, effect in scope.frozen(e.IssueRefund)]
    answer = [Owed(key, effect) for key, effect in attempted]
    if scope.policy.refund_owner != "backhaul" or any(one.held for one in money.settled):
        return answer
    gone = covered((line for _, effect in attempted for line in effect.lines), scope.return_) | set(paid)
    gone |= _left_to_the_platform(scope)
    units = [unit for unit in scope.units if unit.ref not in gone and _is_owed(unit, scope)]
    currency = scope.order.currency
    charged = any(one.fee_minor for one in money.settled) or any(effect.fee_minor for _, effect in attempted)
    if not units or (not charged and fee_unknown(units, scope.policy, currency)):
        return answer
    fee = 0 if charged else policy_fee_minor(units, scope.policy, currency)
    amount = gross_minor(units, scope.order) - fee
    if amount <= 0 or amount > _room_minor(scope, money, paid):
        return answer
    effect = e.IssueRefund(
        scope.return_.id,
        scope.order.number,
        scope.return_.label,
        _lines(units, scope),
        currency,
        amount,
        fee,
        scope.policy.refund_tender,
        tuple(sorted(one.refund for one in money.settled)),
    )
    waits = sorted({chain[unit.ref] for chain in chains for unit in units if unit.ref in chain})
    return [*answer, scope.owe(effect, *waits)]


def _is_owed(unit: Unit, scope: Scope) -> bool:
    """Whether money is due for it now, and nobody holds it back or has asked for it already."""
    if unit.never_left or unit.declined or unit.held or gross_minor([unit], scope.order) <= 0:
        return False
    return not is_under_way(scope.return_, unit) and _is_time(unit, scope.policy)


def _left_to_the_platform(scope: Scope) -> set[str]:
    """Units that the platform was told to pay for before we moved the money: it may have done so."""
    asked = [effect.unit for record, effect in scope.frozen(e.ApproveRefund) if record.standing != "refused"]
    return {unit.ref for name in asked if (unit := scope.return_.names.resolve(name)) is not None}


def _is_time(unit: Unit, policy: Policy) -> bool:
    """The platform's word, or a person's, and the goods as far as the policy wants them; what does not come is absent.

    After inspection only what is sellable is paid for by itself; a person says so of anything else.
    """
    if unit.approval is not None:
        return unit.approval.approved
    if given_leave(unit, policy) is not None:
        return True
    if unit.absent:
        return True
    if not unit.vouched:
        return False
    match policy.refund_on:
        case "approval":
            return True
        case "receipt":
            return unit.arrived
        case "inspection":
            place = destination(unit, policy)
            return unit.past("inspected") and place is not None and place.account == "stock"


def _room_minor(scope: Scope, money: Moneys, paid: Collection[str]) -> int:
    """How much of what was paid for the order is not refunded or credited yet."""
    refunded = sum(one.amount_minor for one in money.settled)
    under_way = sum(
        effect.amount_minor
        for record, effect in scope.frozen(e.IssueRefund)
        if record.standing != "refused" and not covered(effect.lines, scope.return_) <= set(paid)
    )
    elsewhere = scope.records.credited_elsewhere.get(scope.order.number, 0)
    return order_paid_minor(scope.order) - elsewhere - refunded - under_way


def _lines(units: list[Unit], scope: Scope) -> tuple[e.StorefrontLine, ...]:
    groups: dict[tuple[str, str], list[str]] = {}
    for unit in units:
        groups.setdefault((unit.allocation[0] if unit.allocation else "", unit.line or ""), []).append(unit.ref)
    return tuple(
        e.StorefrontLine(line, scope.order.line(line).sku, tuple(sorted(refs)), line_ref)
        for (line, line_ref), refs in sorted(groups.items())
    )
