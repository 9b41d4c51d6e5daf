"""What the storefront says of its refunds: by a poll, as facts; its news only say that there is something to ask."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import orjson

from backhaul.domain.facts import RefundConfirmed, RefundFailed, RefundPending, UnitName
from backhaul.domain.money import Money
from backhaul.sdk.connector import PollAnswer, Polled, PollRequest
from backhaul.sdk.messages import Message, Prompt, Reading, Told
from backhaul.simulation.storefront.client import FrontSettings, Shopfront
from backhaul.simulation.storefront.things import Record

REFUND, NEWS = "refund", "news"
_LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
_OVERLAP = timedelta(minutes=5)
_FACTS: dict[str, type[RefundConfirmed | RefundFailed | RefundPending]] = {
    "succeeded": RefundConfirmed,
    "pending": RefundPending,
    "failed": RefundFailed,
}


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
