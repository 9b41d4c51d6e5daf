"""Refunds: issued once, with our key in their note and a look at what others paid; read as facts by a poll."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import orjson

from backhaul.domain import effects as e
from backhaul.domain.facts import RefundConfirmed, RefundFailed, RefundPending, UnitName
from backhaul.domain.money import Money
from backhaul.sdk.connector import PollAnswer, Polled, PollRequest
from backhaul.sdk.messages import Message, Prompt, Reading, Told
from backhaul.sdk.outcomes import Absent, Ambiguous, Done, Found, Outcome, Refused, Task
from backhaul.simulation.storefront.client import FrontSettings, Shopfront
from backhaul.simulation.storefront.front import Record
from backhaul.simulation.storefront.lines import meant, spread

REFUND, NEWS = "refund", "news"
_LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
_OVERLAP = timedelta(minutes=5)
_FACTS: dict[str, type[RefundConfirmed | RefundFailed | RefundPending]] = {
    "succeeded": RefundConfirmed,
    "pending": RefundPending,
    "failed": RefundFailed,
}


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
    whole = [one for one in strange if _is_for(effect, one, order)]
    if len(whole) == 1:
        return Done(whole[0]["id"], facts=(fact_of(whole[0], order),), adopted=True)
    partly = [one for one in strange if _shares(effect, one, order)]
    return Ambiguous(tuple(one["id"] for one in whole or partly)) if whole or partly else Absent()


def _shares(effect: e.IssueRefund, one: Record, order: Record) -> bool:
    return any(id_ in one["lines"] for line in effect.lines for id_ in meant(line, order["lines"]))


def _is_for(effect: e.IssueRefund, one: Record, order: Record) -> bool:
    return not isinstance(spread(effect.lines, order["lines"], Counter(one["lines"])), str)


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


def fact_of(refund: Record, order: Record) -> RefundConfirmed | RefundFailed | RefundPending:
    """What it says of itself now; units by their lines, as several of one line are told apart by nobody."""
    skus = {one["id"]: one["sku"] for one in order["lines"]}
    return _fact({**refund, "skus": skus})


def _fact(refund: Record) -> RefundConfirmed | RefundFailed | RefundPending:
    units = tuple(
        UnitName(refund["order"], line, sku=refund["skus"][line])
        for line, count in sorted(refund["lines"].items())
        for _ in range(count)
    )
    at = datetime.fromisoformat(refund["changed_at"])
    amount = Money(refund["minor"], "USD")
    return _FACTS[refund["state"]](
        refund["id"], refund["order"], amount, units=units, sequence=refund["sequence"], at=at
    )


def poll_refunds(system: Shopfront, request: PollRequest) -> PollAnswer:
    """The refunds that were made or changed since the last look, and shortly before it."""
    since = datetime.fromisoformat(request.cursor) if request.cursor else _LONG_AGO
    messages, newest = [], since
    for one in system.changed(since - _OVERLAP):
        newest = max(newest, datetime.fromisoformat(one["changed_at"]))
        skus = {line["id"]: line["sku"] for line in system.order(one["order"])["lines"]}
        body = {**one, "skus": skus}
        messages.append(Polled(REFUND, orjson.dumps(body, option=orjson.OPT_SORT_KEYS)))
    return PollAnswer(tuple(messages), newest.isoformat())


def read_refund(message: Message, _settings: FrontSettings) -> Told:
    """A refund as the poll brought it."""
    refund = orjson.loads(message.body)
    return (Reading((), refund["order"], (_fact(refund),)),)


def read_news(_message: Message, _settings: FrontSettings) -> Told:
    """Something changed: the storefront is to be asked what."""
    return (Prompt("news of the storefront"),)
