"""Compare policies: decide the same returns with both of them, write nothing, and tell what would differ."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from backhaul.domain.decision import Decision
from backhaul.domain.differences import Difference, Totals, difference
from backhaul.domain.mappings import lay_over
from backhaul.domain.policy import Policy
from backhaul.domain.records import Records
from backhaul.flows.decide import beside_others, conclude, state_of
from backhaul.flows.deployment import Deployment
from backhaul.store import returns
from backhaul.store.cases import Case, OrderCase, load
from backhaul.store.sql import looking

_BATCH = 100


@dataclass(frozen=True, slots=True)
class ReturnDifference:
    """One return that would be decided otherwise."""

    return_id: str
    label: str
    difference: Difference


@dataclass(frozen=True, slots=True)
class Comparison:
    """The totals over all returns that were looked at, and each that differs."""

    totals: Totals
    returns: tuple[ReturnDifference, ...]


def compare_policies(
    deployment: Deployment,
    merchant_id: int,
    chosen: Policy,
    since: datetime | None = None,
    progress: Callable[[int, int], None] = lambda _done, _of: None,
) -> Comparison:
    """What ``chosen`` would make of the merchant's open returns, or of all that began ``since``, closed ones too.

    What was mapped is laid over it as it is over the policy of now. ``progress`` is told how many returns of how many
    were compared.
    """
    totals, found = Totals(), []
    wanted = returns.to_compare(merchant_id, since)
    for start in range(0, len(wanted), _BATCH):
        with looking():
            deployment.renew()
            after = deployment.policy(merchant_id, lay_over(chosen, deployment.effective.mapped(merchant_id)))
            found += _compare(deployment, wanted[start : start + _BATCH], after, totals)
        progress(min(start + _BATCH, len(wanted)), len(wanted))
    return Comparison(totals, tuple(found))


def _compare(
    deployment: Deployment, return_ids: Sequence[str], after: Policy, totals: Totals
) -> list[ReturnDifference]:
    cases = load(return_ids)
    now = deployment.now()
    was = _decided(cases, lambda case: deployment.policy_of(case.merchant_id, case.first_seen_at), now)
    becomes = _decided(cases, lambda _: after, now)
    found = []
    for name in return_ids:
        if name not in was:
            continue  # it became part of another since they were listed
        (before, records, waived), (later, _, _) = was[name], becomes[name]
        differs = difference(before, later, records, waived)
        totals.add(before, later, differs)
        if differs:
            found.append(ReturnDifference(name, cases[name].label, differs))
    return found


def _decided(
    cases: dict[str, Case], policy_of: Callable[[Case], Policy], now: datetime
) -> dict[str, tuple[Decision, Records, frozenset[str]]]:
    """Each case as it would be decided, with copies of all that deciding changes; what is told is thrown away."""
    orders: dict[int, OrderCase] = {}

    def own(order: OrderCase) -> OrderCase:
        return orders.setdefault(order.id, replace(order, taken=set(order.taken), credited=dict(order.credited)))

    copies = [
        replace(case, facts=list(case.facts), orders={number: own(order) for number, order in case.orders.items()})
        for case in cases.values()
    ]
    states = [(case, state_of(case, policy := policy_of(case), now, [], []), policy) for case in copies]
    answer = {}
    for case, state, policy in beside_others(states):
        decision, records = conclude(case, state, policy)
        answer[case.return_id] = decision, records, frozenset(state.waived)
    return answer
