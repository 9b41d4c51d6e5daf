"""Refunds that we issue: of our own figure, to the payments of the order, each at most what is left of it.

Medusa pays again whatever is asked twice, and may have paid what it refused: the notes on the payments' refunds are
read before, and after every refusal. What Medusa says is owed (its pending difference) is never paid by.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal

from backhaul.connectors.medusa.amounts import exact, rounded, sent
from backhaul.connectors.medusa.changes import changes_of, is_open
from backhaul.connectors.medusa.client import Busy, Medusa, Node
from backhaul.connectors.medusa.statements import (
    FIELDS,
    OURS,
    facts_of,
    payments_of,
    refund_note,
    refunds_of,
    statement,
)
from backhaul.connectors.medusa.tasks import order_id, token
from backhaul.domain.effects import IssueRefund
from backhaul.domain.money import Money
from backhaul.sdk.outcomes import Absent, Ambiguous, Done, Found, Later, Outcome, Partial, Refused, Rejected, Task

_NOT_HEARD_YET = timedelta(minutes=10)
_BUSY_WAIT_S = 30.0
Pair = tuple[Node, Node]


def find_refund(task: Task, system: Medusa) -> Found:
    """The refunds with our key in their note. Raises nothing of its own.

    Ambiguous where they are more than is owed, and where there is a refund by hand that may be for the same: Medusa
    does not say what one is for. Such a one is of the same amount, or so new that we may not have been told of it.
    Before go-live the only one of the same amount is adopted.
    """
    effect = task.effect_as(IssueRefund)
    order = _read(effect, system)
    pairs = refunds_of(order)
    ours = _ours(pairs, task.key)
    paid = _sum_minor(ours, effect)
    if paid > effect.amount_minor:
        return Ambiguous(tuple(one["id"] for _, one in ours))
    if ours and paid == effect.amount_minor:
        return _done(order, ours, system)
    if strange := _strange(task, effect, pairs, system):
        if task.adopt and len(strange) == 1 and _sum_minor(strange, effect) == effect.amount_minor:
            return _done(order, strange, system, adopted=True)
        return Ambiguous(tuple(one["id"] for _, one in strange))
    system.just_read(task.key, order)
    return Partial(ours[0][1]["id"], "pay the rest") if ours else Absent()


def _ours(pairs: Iterable[Pair], key: str) -> list[Pair]:
    return [pair for pair in pairs if token(key) in (pair[1].get("note") or "")]


def _strange(task: Task, effect: IssueRefund, pairs: Iterable[Pair], system: Medusa) -> list[Pair]:
    """Refunds that may be for the same goods: by hand, or after a restore by an effect that nobody remembers."""
    found = []
    for payment, one in pairs:
        text = one.get("note") or ""
        if one["id"] in task.known or token(task.key) in text or any(token(other) in text for other in task.others):
            continue
        if OURS in text:
            same = task.recovered
        else:
            new = system.now() - datetime.fromisoformat(one["created_at"]) < _NOT_HEARD_YET
            same = new or rounded(one["amount"], payment["currency_code"]).minor == effect.amount_minor
        if same:
            found.append((payment, one))
    return found


def _done(order: Node, ours: list[Pair], system: Medusa, *, adopted: bool = False) -> Done:
    facts = tuple(fact for pair in ours for fact in facts_of(statement(system, order, *pair), system.settings))
    return Done(ours[0][1]["id"], facts=facts, adopted=adopted)


def _sum_minor(pairs: Iterable[Pair], effect: IssueRefund) -> int:
    return sum(rounded(one["amount"], effect.currency).minor for _, one in pairs)


def issue_refund(task: Task, system: Medusa, _found: Found) -> Outcome:
    """Pay what is not paid yet. What cannot be paid as it is owed is refused; nothing is paid in part."""
    effect = task.effect_as(IssueRefund)
    order = system.just_read(task.key) or _read(effect, system)
    books = str(order["currency_code"]).upper()
    if books != effect.currency:
        return Refused(f"the refund is of {effect.currency} and order {effect.order} of {books}; pay it by hand")
    if effect.tender != "original":
        return Refused(
            f"Medusa pays no {effect.tender}: set `refund_tender` to original, or give it by hand, with a note in the "
            "order, then waive this"
        )
    rest = effect.amount_minor - _sum_minor(_ours(refunds_of(order), task.key), effect)
    parts = _divided(Money(rest, effect.currency), order)
    if parts is None:
        return Refused(
            f"less than {Money(rest, effect.currency)} is left of the payments of order {effect.order}; "
            "see what was refunded or captured there, then retry or waive this"
        )
    if any(is_open(one) for one in changes_of(system, order["id"])):
        # Medusa would pay and say that it did not, and its sums would be wrong for good.
        return Later(f"a change of order {effect.order} is open in Medusa: confirm or cancel it there", _BUSY_WAIT_S)
    said = refund_note(effect.label, task.key, effect.lines)
    for payment, part, left in parts:
        if outcome := _pay(task, effect, payment, {"amount": sent(part, left), "note": said}, system):
            return outcome
    found = find_refund(task, system)
    if isinstance(found, Done):
        return found
    return Later(f"Medusa does not show the refund of order {effect.order} yet", 5.0)


def _pay(task: Task, effect: IssueRefund, payment: Node, body: Node, system: Medusa) -> Outcome | None:
    """One refund on one payment; None where it was made. Refused by Medusa, it is looked for."""
    known = {one["id"] for one in payment.get("refunds") or ()}
    try:
        system.post(f"/payments/{payment['id']}/refund", body)
    except Rejected as rejected:
        made = [
            one
            for of, one in _ours(refunds_of(_read(effect, system)), task.key)
            if of["id"] == payment["id"] and one["id"] not in known
        ]
        if made:
            return None
        if isinstance(rejected, Busy):
            return Later(f"a change of order {effect.order} is open in Medusa ({rejected})", _BUSY_WAIT_S)
        return Refused(str(rejected))
    return None


def _read(effect: IssueRefund, system: Medusa) -> Node:
    found: Node = system.get(f"/orders/{order_id(system, effect.order)}", fields=FIELDS)["order"]
    return found


def left_of(payment: Node) -> Decimal:
    """What was captured of a payment and is not refunded, in major units."""
    captured = sum((exact(one["amount"]) for one in payment.get("captures") or ()), Decimal())
    return captured - sum((exact(one["amount"]) for one in payment.get("refunds") or ()), Decimal())


def _divided(amount: Money, order: Node) -> list[tuple[Node, Money, Decimal]] | None:
    """The amount over the payments that are left: one that can take it whole, else the oldest first; None where all
    together cannot."""
    free = []
    for one in payments_of(order):
        left = left_of(one)
        whole = rounded(max(left, Decimal()), amount.currency)
        if whole.minor > 0 and not one.get("canceled_at"):
            free.append((one, whole, left))
    for one, whole, left in free:
        if whole.minor >= amount.minor:
            return [(one, amount, left)]
    parts, open_ = [], amount.minor
    for one, whole, left in free:
        part = min(open_, whole.minor)
        if part:
            parts.append((one, Money(part, amount.currency), left))
            open_ -= part
    return parts if not open_ else None
