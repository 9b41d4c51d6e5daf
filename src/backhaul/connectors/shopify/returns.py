"""Shopify's own returns: created before the goods come, closed or cancelled at the end. They book nothing.

A return has no field for our key: it stands in the reason note of its lines, and is looked for there. A second create
is refused by Shopify only when nothing is left to return.
"""

from __future__ import annotations

from collections import Counter

from backhaul.connectors.shopify.client import Node, Shopify
from backhaul.connectors.shopify.tasks import NO_RETURN, meant, note, order_id, token
from backhaul.domain.document_lines import StorefrontLine
from backhaul.domain.effects import OpenStorefrontReturn
from backhaul.sdk.outcomes import Absent, Ambiguous, Done, Found, Outcome, Refused, Task

_LIVE = ("OPEN", "REQUESTED", "CLOSED")


def find_return(task: Task, system: Shopify) -> Found:
    """The return whose lines carry our key; before go-live, or after a restore, one of the same units."""
    effect = task.effect_as(OpenStorefrontReturn)
    order = system.ask("ReturnsOfOrder", id=order_id(system, effect.order))["order"] or {}
    returns = order.get("returns", {}).get("nodes", [])
    ours = [one["id"] for one in returns if any(token(task.key) in text for text in _notes(one))]
    if not ours and (task.adopt or task.recovered):
        ours = [one["id"] for one in returns if _stands_for(one, effect, task)]
    if len(ours) > 1:
        return Ambiguous(tuple(ours))
    return Done(ours[0], adopted=task.adopt) if ours else Absent()


def _notes(found: Node) -> list[str]:
    return [line.get("returnReasonNote") or "" for line in found["returnLineItems"]["nodes"]]


def _stands_for(found: Node, effect: OpenStorefrontReturn, task: Task) -> bool:
    """Whether a return that nothing on record accounts for has just these units."""
    if found["status"] not in _LIVE or found["id"] in task.known:
        return False
    if any(token(other) in text for other in task.others for text in _notes(found)):
        return False
    lines = found["returnLineItems"]["nodes"]
    there: Counter[str] = Counter()
    for line in lines:
        item = (line.get("fulfillmentLineItem") or {}).get("lineItem") or {}
        there[item.get("sku") or ""] += line["quantity"]
    wanted: Counter[str] = Counter()
    for line in effect.lines:
        wanted[line.sku] += line.quantity
    return there == wanted


def open_return(task: Task, system: Shopify, _found: Found) -> Outcome:
    """Create it, approved, over what is returnable now. More than that is refused: somebody else returns it."""
    effect = task.effect_as(OpenStorefrontReturn)
    order = order_id(system, effect.order)
    left = _returnable(system, order)
    reasons = _reasons(system) if any(line.reason in system.settings.reasons for line in effect.lines) else {}
    lines: list[Node] = []
    for line in effect.lines:
        chosen = _choose(line, left, system)
        if chosen is None and _is_refunded(effect, order, system):
            return Done(NO_RETURN)
        if chosen is None:
            return Refused(_too_many(line, left, system, effect.order))
        reason = reasons.get(system.settings.reasons.get(line.reason, ""))
        for id_, quantity in chosen.items():
            given: Node = {"fulfillmentLineItemId": id_, "quantity": quantity}
            given["returnReasonNote"] = note(effect.label, task.key)
            lines.append({**given, "returnReasonDefinitionId": reason} if reason else given)
    wanted: Node = {"orderId": order, "returnLineItems": lines}
    if effect.initiated_at is not None:
        wanted["requestedAt"] = effect.initiated_at.isoformat()
    made = system.change("CreateReturn", "returnCreate", returnInput=wanted)
    return Done(made["return"]["id"])


def _returnable(system: Shopify, order: str) -> list[Node]:
    """What of the order is fulfilled and neither returned nor refunded, by fulfilment."""
    found: list[Node] = []
    after = None
    while True:
        page = system.ask("Returnable", order=order, after=after)["returnableFulfillments"]
        for fulfilment in page["nodes"]:
            found += fulfilment["returnableFulfillmentLineItems"]["nodes"]
        if not page["pageInfo"]["hasNextPage"]:
            return [{**one, "left": one["quantity"]} for one in found]
        after = page["pageInfo"]["endCursor"]


def _of(line: StorefrontLine, left: list[Node], system: Shopify) -> list[Node]:
    sold = {id(one["fulfillmentLineItem"]["lineItem"]): one for one in left}
    items = [one["fulfillmentLineItem"]["lineItem"] for one in left]
    return [sold[id(item)] for item in meant(line, items, system)]


def _choose(line: StorefrontLine, left: list[Node], system: Shopify) -> dict[str, int] | None:
    """Quantity by fulfilment line for a line's units, taken off what is left; None where there are not enough."""
    mine = _of(line, left, system)
    if sum(one["left"] for one in mine) < line.quantity:
        return None
    chosen: dict[str, int] = {}
    open_ = line.quantity
    for one in mine:
        part = min(open_, one["left"])
        if part:
            chosen[one["fulfillmentLineItem"]["id"]] = part
            one["left"] -= part
            open_ -= part
    return chosen


def _too_many(line: StorefrontLine, left: list[Node], system: Shopify, order: str) -> str:
    there = sum(one["left"] for one in _of(line, left, system))
    return (
        f"{line.quantity} {line.sku} are to come back and Shopify has {there} of order {order} that can: the others "
        "are not fulfilled, refunded, or in another return; mend that there, then retry, or waive this"
    )


def _is_refunded(effect: OpenStorefrontReturn, order: str, system: Shopify) -> bool:
    """Whether the units were refunded before: Shopify opens no return for them, and needs none."""
    items = system.ask("OrderToRefund", id=order)["order"]["lineItems"]["nodes"]
    wanted: Counter[str] = Counter()
    for line in effect.lines:
        wanted[line.sku] += line.quantity
    free: Counter[str] = Counter()
    for item in items:
        free[item["sku"] or ""] += item["refundableQuantity"]
    return any(free[sku] < count for sku, count in wanted.items())


def _reasons(system: Shopify) -> dict[str, str]:
    nodes = system.ask("ReturnReasons")["returnReasonDefinitions"]["nodes"]
    return {one["handle"]: one["id"] for one in nodes}
