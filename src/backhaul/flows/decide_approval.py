"""A person decides whether the platform is told to pay the shopper for a unit, or holds it back."""

from __future__ import annotations

from dataclasses import replace

from backhaul.domain import effects as e
from backhaul.domain.approvals import WITHDRAWN, unnamed, why_not
from backhaul.domain.facts import ApprovalDecided
from backhaul.domain.owed import plan
from backhaul.domain.records import Records
from backhaul.domain.returns import fold
from backhaul.flows.decide import decide_returns, lock
from backhaul.flows.deployment import Deployment
from backhaul.flows.resolve import CannotResolve, own_return
from backhaul.store import registry
from backhaul.store.cases import load
from backhaul.store.outcomes import ToldFact, tell
from backhaul.store.sql import atomic

_BEGUN = ("done", "refused", "ambiguous")


def decide_approval(
    deployment: Deployment, merchant_id: int, return_id: str, unit: str, approved: bool, by: str, reason: str
) -> str:
    """Answers a sentence saying what happens now. Approving pays out and cannot be taken back once it is sent.

    Raises CannotResolve where the policy lets nobody approve, or where the unit must not be paid for.
    """
    own_return(merchant_id, return_id)
    if not reason.strip():
        raise CannotResolve("This needs a reason: it is what the auditor reads.")
    with atomic():
        lock([return_id])
        name, ours = _check(deployment, merchant_id, return_id, unit, approved)
        tell([ToldFact(return_id, ApprovalDecided(name, approved, by, reason, deployment.now()))], deployment.now())
        decide_returns(deployment, [return_id], locked=True)
    deployment.pulse("decide")
    deployment.wake("dispatch")
    if approved:
        if ours:
            return f"We pay for {name} as soon as nothing is in the way; the storefront says when it has."
        return f"The platform is told to pay for {name}; it says itself when it has."
    return f"{name} is held back: unless it was sent a moment ago, the platform is not told to pay for it."


def _check(deployment: Deployment, merchant_id: int, return_id: str, unit: str, approved: bool) -> tuple[str, bool]:
    """The unit's own name, and whether we move its money ourselves. Raises CannotResolve."""
    case = load([return_id])[return_id]
    policy = deployment.policy_of(merchant_id, case.first_seen_at)
    if policy.approve_refunds == "never":
        raise CannotResolve(
            "Nothing is approved from here: the policy's approve_refunds is never, or no connection of this merchant "
            "approves. Approve it on the platform itself."
        )
    orders = {number: order.frozen for number, order in case.orders.items() if order.frozen is not None}
    state = fold(return_id, case.facts, label=case.label, orders=orders, policy=policy)
    state = replace(state, called=tuple(registry.names_of([return_id]).get(return_id, ())))
    found = state.names.resolve(unit)
    if found is None:
        raise CannotResolve(f"{return_id} has no unit {unit}; its units are {', '.join(sorted(state.units))}.")
    active = {key: record for key, record in case.records.items() if record.standing != "moot"}
    sent = [
        record
        for record, effect in Records(active).frozen(e.ApproveRefund)
        if effect.item == found.item and record.kind != WITHDRAWN
    ]
    if sent and (approved or sent[0].standing in _BEGUN):
        raise CannotResolve(f"The platform was told to pay for {unit} already ({sent[0].standing}).")
    ours = policy.refund_owner == "backhaul"
    if approved:
        paid = plan(state, policy, Records(active)).paid
        missing = unnamed(state, found) if not ours else ""
        refusal = why_not(state, found, paid) or (missing and f"It cannot be approved from here: {missing}.")
        if refusal:
            raise CannotResolve(refusal)
    return found.ref, ours
