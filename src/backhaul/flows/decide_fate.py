"""A person decides what becomes of a unit that does not come: kept, lost, claimed, not returned, or awaited again."""

from __future__ import annotations

from backhaul.domain.decided import FATES, Fate
from backhaul.domain.facts import FateDecided
from backhaul.domain.fates import MEANINGS, why_not
from backhaul.domain.records import Records
from backhaul.domain.returns import fold
from backhaul.flows.decide import decide_returns, lock
from backhaul.flows.deployment import Deployment
from backhaul.flows.resolve import CannotResolve
from backhaul.store import returns
from backhaul.store.cases import load
from backhaul.store.outcomes import ToldFact, tell
from backhaul.store.sql import atomic


def decide_fate(
    deployment: Deployment,
    merchant_id: int,
    return_id: str,
    unit: str,
    fate: str,
    by: str,
    reason: str,
    claim: str = "",
) -> str:
    """Answers a sentence saying what happens now. A later decision of the same unit counts instead of this one.

    Raises CannotResolve where it is already known to be otherwise.
    """
    if not returns.belongs(return_id, merchant_id):
        raise CannotResolve(f"There is no return {return_id}.")
    if not reason.strip():
        raise CannotResolve("This needs a reason: it is what the auditor reads.")
    chosen = next((word for word in MEANINGS if word == fate), None)
    if chosen is None:
        raise CannotResolve(f"{fate!r} cannot be decided. Use one of {', '.join(FATES)}.")
    with atomic():
        lock([return_id])
        _check(deployment, merchant_id, return_id, unit, chosen, claim)
        decided = FateDecided(unit, chosen, by, reason, claim.strip(), deployment.now())
        tell([ToldFact(return_id, decided)], deployment.now())
        decide_returns(deployment, [return_id], locked=True)
    deployment.pulse("decide")
    deployment.wake("dispatch")
    return f"{unit} {MEANINGS[chosen]}."


def _check(deployment: Deployment, merchant_id: int, return_id: str, unit: str, fate: Fate, claim: str) -> None:
    case = load([return_id])[return_id]
    orders = {number: order.frozen for number, order in case.orders.items() if order.frozen is not None}
    state = fold(return_id, case.facts, orders=orders, policy=deployment.policies[merchant_id])
    found = state.names.resolve(unit)
    if found is None:
        raise CannotResolve(f"{return_id} has no unit {unit}; its units are {', '.join(sorted(state.units))}.")
    active = {key: record for key, record in case.records.items() if record.standing != "moot"}
    refusal = why_not(state, Records(active), found, fate, claim)
    if refusal:
        raise CannotResolve(refusal)
