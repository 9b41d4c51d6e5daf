"""Refunds that we issue: once, with our key in their note, after a look at what others paid."""

from __future__ import annotations

from collections import Counter

from backhaul.domain import effects as e
from backhaul.sdk.outcomes import Absent, Ambiguous, Done, Found, Outcome, Refused, Task
from backhaul.simulation.storefront.client import Shopfront
from backhaul.simulation.storefront.lines import meant, spread
from backhaul.simulation.storefront.statements import fact_of
from backhaul.simulation.storefront.things import Record


def find_refund(task: Task, system: Shopfront) -> Found:
    """The refund with our key; else one that nobody told us of and that somebody made for such units."""
    effect = task.effect_as(e.IssueRefund)
    order, refunds = system.order(effect.order), system.of_order("refunds", effect.order)
    ours = [one for one in refunds if one["note"] == task.key]
    if len(ours) > 1:
        return Ambiguous(tuple(one["id"] for one in ours))
    if ours:
        return Done(ours[0]["id"], facts=(fact_of(ours[0], order),))
    strange = [
        one
        for one in refunds
        if one["id"] not in task.known
        and one["id"] not in task.stated
        and one["id"] not in effect.besides
        and one["note"] not in task.others
        and one["state"] != "failed"
    ]
    touching = [one for one in strange if _shares(effect, one, order)]
    if len(touching) == 1 and _is_for(effect, touching[0], order):
        return Done(touching[0]["id"], facts=(fact_of(touching[0], order),), adopted=True)
    return Ambiguous(tuple(one["id"] for one in touching)) if touching else Absent()


def _is_for(effect: e.IssueRefund, one: Record, order: Record) -> bool:
    """Whether it is for just these units: of one for more, the rest may be another return's."""
    return spread(effect.lines, order["lines"], Counter(one["lines"])) == Counter(one["lines"])


def _shares(effect: e.IssueRefund, one: Record, order: Record) -> bool:
    return any(id_ in one["lines"] for line in effect.lines for id_ in meant(line, order["lines"]))


def _wanted(effect: e.IssueRefund, order: Record) -> Counter[str] | str:
    free = Counter({one["id"]: one["quantity"] - one["refunded"] for one in order["lines"]})
    return spread(effect.lines, order["lines"], free)


def issue_refund(task: Task, system: Shopfront, _found: Found) -> Outcome:
    """Pay, whole or not at all."""
    effect = task.effect_as(e.IssueRefund)
    order = system.order(effect.order)
    wanted = _wanted(effect, order)
    if isinstance(wanted, str):
        return Refused(f"order {effect.order}: {wanted}")
    if order["left_minor"] < effect.amount_minor:
        return Refused(f"{order['left_minor']} is left of order {effect.order}, {effect.amount_minor} are owed")
    body = {"note": task.key, "label": effect.label, "minor": effect.amount_minor, "lines": dict(wanted)}
    made = system.post(f"/orders/{effect.order}/refunds", body)
    return Done(made["id"], facts=(fact_of(made, order),))
