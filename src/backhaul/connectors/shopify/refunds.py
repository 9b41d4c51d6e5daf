"""Refunds that we issue: to the payments of the order, each at most what is left of it, or as store credit.

Our key is in the refund's note, and Shopify's own idempotency key is made of it. That one is forgotten after a day, so
the note is looked for before anything is paid, also the first time: somebody may have paid by hand.
"""

from __future__ import annotations

import uuid
from collections import Counter

from backhaul.connectors.shopify.amounts import converted, money_of, paid_in, text_of
from backhaul.connectors.shopify.client import Node, Refusal, Shopify
from backhaul.connectors.shopify.statements import FAILED, RefundFact, facts_of
from backhaul.connectors.shopify.tasks import legacy, meant, note, order_id, token
from backhaul.domain.effects import IssueRefund
from backhaul.domain.money import Money
from backhaul.sdk.outcomes import Absent, Ambiguous, Done, Found, Outcome, Refused, Rejected, Task

_SPACE = uuid.UUID("2f0d7a3e-52b1-4d1c-9a42-0c4f3a9b7a11")
_PAYMENTS = ("SALE", "CAPTURE")
_GIFT_CARD = "gift_card"
_MOST_KEYS = 5


def idempotency_key(key: str, turn: int = 0) -> str:
    """The same for the same effect, as a UUID; another for each turn after one that Shopify says has failed."""
    return str(uuid.uuid5(_SPACE, f"{key}#{turn}" if turn else key))


def find_refund(task: Task, system: Shopify) -> Found:
    """The refund with our key in its note; else those that were made by hand for just these units."""
    effect = task.effect_as(IssueRefund)
    order = _read(effect, system)
    ours = [one["id"] for one in order["refunds"] if token(task.key) in (one["note"] or "")]
    if len(ours) > 1:
        return Ambiguous(tuple(ours))
    if ours:
        return Done(ours[0], facts=_stated(ours, system))
    system.just_read(task.key, order)
    return _by_hand(task, effect, order, system)


def _by_hand(task: Task, effect: IssueRefund, order: Node, system: Shopify) -> Found:
    """A refund that nobody has told us of, for just such units: somebody has paid for them already.

    Also where enough others of a line are left that could be refunded. One for some of them, or for more, is a
    person's to look at: the rest may be another return's.
    """
    others = {token(key) for key in task.others}
    told = {name.partition(".")[0] for name in {*task.stated, *effect.besides}}
    strange = [
        one["id"]
        for one in order["refunds"]
        if one["id"] not in task.known
        and legacy(one["id"]) not in told
        and not any(other in (one["note"] or "") for other in others)
    ]
    if not strange:
        return Absent()
    wanted = Counter({line.sku: 0 for line in effect.lines})
    for line in effect.lines:
        wanted[line.sku] += line.quantity
    found = [one for one in _refunds(strange, system) if not _failed(one)]
    touching = [one for one in found if wanted & _units(one)]
    if len(touching) == 1 and _units(touching[0]) == wanted:
        return Done(touching[0]["id"], facts=facts_of(touching[0], system.settings), adopted=True)
    return Ambiguous(tuple(one["id"] for one in touching)) if touching else Absent()


def _failed(refund: Node) -> bool:
    paid = refund["transactions"]["nodes"]
    return bool(paid) and all(one["status"] in FAILED for one in paid)


def _units(refund: Node) -> Counter[str]:
    found: Counter[str] = Counter()
    for line in refund["refundLineItems"]["nodes"]:
        found[line["lineItem"]["sku"] or ""] += line["quantity"]
    return found


def issue_refund(task: Task, system: Shopify, _found: Found) -> Outcome:
    """Pay. What cannot be paid as it is owed is refused, nothing is paid in part."""
    effect = task.effect_as(IssueRefund)
    order = system.just_read(task.key) or _read(effect, system)
    books = order["currencyCode" if system.settings.money == "shop" else "presentmentCurrencyCode"]
    if books != effect.currency:
        return Refused(f"the refund is of {effect.currency} and order {effect.order} of {books}; set `money` right")
    if short := _short_of(effect, order, system):
        return Refused(short)
    parts = _divided(Money(effect.amount_minor, effect.currency), order, system)
    if effect.tender == "original" and parts is None:
        return Refused(
            f"less than {Money(effect.amount_minor, effect.currency)} is left of the payments of order {effect.order}; "
            "see what was refunded there already, then retry or waive this"
        )
    wanted = _wanted(task, effect, order, parts or [], system)
    return _pay(task, wanted, system)


def _pay(task: Task, wanted: Node, system: Shopify) -> Outcome:
    for turn in range(_MOST_KEYS):
        try:
            made = system.change("CreateRefund", "refundCreate", input=wanted, key=idempotency_key(task.key, turn))
        except Refusal as refusal:
            if "IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED" in f"{refusal.codes} {refusal.text}":
                continue  # that attempt paid nothing, and its key is spent
            return Refused(str(refusal))
        return Done(made["refund"]["id"], facts=facts_of(made["refund"], system.settings))
    return Refused(
        f"Shopify says of {_MOST_KEYS} attempts that they failed before; see the order's refunds, then retry"
    )


def _read(effect: IssueRefund, system: Shopify) -> Node:
    found: Node | None = system.ask("OrderToRefund", id=order_id(system, effect.order))["order"]
    if found is None:
        raise Rejected(f"Shopify has no order {effect.order} any more", 404, "")
    return found


def _short_of(effect: IssueRefund, order: Node, system: Shopify) -> str | None:
    """Why fewer units can be refunded than are to be; None where there are enough."""
    taken: Counter[str] = Counter()
    for line in effect.lines:
        mine = meant(line, order["lineItems"]["nodes"], system)
        free = sum(one["refundableQuantity"] - taken[one["id"]] for one in mine)
        if free < line.quantity:
            return (
                f"{line.quantity} {line.sku} are to be refunded and Shopify has {max(free, 0)} of order {effect.order} "
                "left that can be; see who refunded the others, then retry or waive this"
            )
        for one, part in _spread(line.quantity, mine, taken):
            taken[one["id"]] += part
    return None


def _spread(quantity: int, mine: list[Node], taken: Counter[str]) -> list[tuple[Node, int]]:
    """A line's units over the line items it may mean."""
    answer, open_ = [], quantity
    for one in mine:
        part = min(open_, one["refundableQuantity"] - taken[one["id"]])
        if part > 0:
            answer.append((one, part))
            open_ -= part
    return answer


def _divided(amount: Money, order: Node, system: Shopify) -> list[tuple[Node, Money]] | None:
    """The amount over the payments that are left, gift cards last; None where they are not enough."""
    paid = [one for one in order["transactions"] if one["kind"] in _PAYMENTS and one["status"] == "SUCCESS"]
    back: Counter[str] = Counter()
    for one in order["transactions"]:
        if one["kind"] == "REFUND" and one["status"] not in ("FAILURE", "ERROR") and one["parentTransaction"]:
            back[one["parentTransaction"]["id"]] += money_of(one["amountSet"], system.settings).minor
    parts, open_ = [], amount.minor
    for one in sorted(paid, key=lambda one: one["gateway"] == _GIFT_CARD):
        left = money_of(one["amountSet"], system.settings).minor - back[one["id"]]
        part = min(open_, left)
        if part > 0:
            parts.append((one, Money(part, amount.currency)))
            open_ -= part
    return parts if not open_ else None


def _wanted(task: Task, effect: IssueRefund, order: Node, parts: list[tuple[Node, Money]], system: Shopify) -> Node:
    taken: Counter[str] = Counter()
    lines = []
    for line in effect.lines:
        for one, part in _spread(line.quantity, meant(line, order["lineItems"]["nodes"], system), taken):
            taken[one["id"]] += part
            lines.append({"lineItemId": one["id"], "quantity": part, "restockType": "NO_RESTOCK"})
    wanted: Node = {
        "orderId": order["id"],
        "note": note(effect.label, task.key),
        "notify": False,
        "refundLineItems": lines,
    }
    if order["presentmentCurrencyCode"] != order["currencyCode"]:
        wanted["currency"] = order["presentmentCurrencyCode"]
    if effect.tender == "store-credit":
        amount = _as_paid(Money(effect.amount_minor, effect.currency), order, system)
        credit = {"amount": {"amount": text_of(amount), "currencyCode": amount.currency}}
        return {**wanted, "refundMethods": [{"storeCreditRefund": credit}], "transactions": []}
    wanted["transactions"] = [
        {
            "orderId": order["id"],
            "gateway": one["gateway"],
            "kind": "REFUND",
            "parentId": one["id"],
            "amount": text_of(converted(part, one["amountSet"], system.settings)),
        }
        for one, part in parts
    ]
    return wanted


def _as_paid(amount: Money, order: Node, system: Shopify) -> Money:
    """The amount in the shopper's currency, at the rate of the order's first payment."""
    paid = [one for one in order["transactions"] if one["kind"] in _PAYMENTS and paid_in(one["amountSet"]).minor]
    return converted(amount, paid[0]["amountSet"], system.settings) if paid else amount


def _refunds(ids: list[str], system: Shopify) -> list[Node]:
    return [one for one in system.ask("RefundsStated", ids=ids)["nodes"] if one]


def _stated(ids: list[str], system: Shopify) -> tuple[RefundFact, ...]:
    return tuple(fact for one in _refunds(ids, system) for fact in facts_of(one, system.settings))
