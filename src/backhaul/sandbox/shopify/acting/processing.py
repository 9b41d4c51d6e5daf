"""A return is processed: the sale of its units is reversed, they are disposed of, exchanges go out, money goes back.

Taken as true here, though nothing published says so: processing makes a refund record even where no money moves, its
lines say NO_RESTOCK (stock follows dispositions alone), and a return stays open until somebody closes it.
"""

from collections.abc import Mapping
from typing import Any

from backhaul.sandbox.shopify.lines import Line
from backhaul.sandbox.shopify.money import Bag
from backhaul.sandbox.shopify.orders import Order
from backhaul.sandbox.shopify.outcome import Chosen, Swapped, chosen_lines, swapped_lines
from backhaul.sandbox.shopify.parcels import FulfilmentOrder
from backhaul.sandbox.shopify.payments import Refund, RefundLine
from backhaul.sandbox.shopify.refusals import NotModelled, Refused
from backhaul.sandbox.shopify.return_bodies import return_body
from backhaul.sandbox.shopify.returns import Return
from backhaul.sandbox.shopify.standing import owed
from backhaul.sandbox.shopify.telling import tell
from backhaul.sandbox.shopify.world import World

from .paying import Payout, from_payment, pay_back, presentment, store_credits, within_what_was_paid
from .reverse import Disposal, disposals, make
from .stock import claim

Args = Mapping[str, Any]


def process_return(world: World, args: Args) -> dict[str, Any]:
    """returnProcess."""
    given = args["input"]
    for name in ("refundDuties", "tipLineId", "refundShipping"):
        if given.get(name):
            raise NotModelled(f"ReturnProcessInput.{name}")
    return_ = world.need(Return, given["returnId"], "NOT_FOUND", "input", "returnId")
    if return_.status != "OPEN":
        raise Refused("INVALID_STATE", f"Return is {return_.status} and not OPEN", "input", "returnId")
    inputs = given.get("returnLineItems") or []
    chosen = chosen_lines(world, return_, inputs)
    swapped = swapped_lines(world, return_, given.get("exchangeLineItems") or [])
    if not chosen and not swapped:
        raise Refused("BLANK", "Name at least one line to process", "input", "returnLineItems")
    outcomes = _disposals(world, chosen, inputs)
    payouts = _payouts(world, return_.order, given.get("financialTransfer") or {})
    _reverse(world, return_, chosen, payouts, given.get("note"))
    make(world, outcomes)
    for each, quantity in swapped:
        each.processed += quantity
    _send_out(world, return_, swapped)
    world.touch(return_.order)
    tell(world, "returns/process", return_body(return_))
    return {"return": return_}


def _disposals(world: World, chosen: list[Chosen], inputs: list[Args]) -> list[Disposal]:
    flat: list[Args] = []
    for (line, quantity), each in zip(chosen, inputs, strict=True):
        given = each.get("dispositions") or []
        path = ("input", "returnLineItems", "dispositions")
        for found in disposals(world, given, *path):
            if found.line.return_line is not line:
                raise Refused("INVALID", "Disposition is of another return line item", *path)
        if sum(one["quantity"] for one in given) > quantity:
            raise Refused("INVALID", f"Dispositions are of more than the {quantity} to process", *path)
        flat += given
    return disposals(world, flat, "input", "returnLineItems", "dispositions")


def _payouts(world: World, order: Order, transfer: Args) -> list[Payout]:
    issue = transfer.get("issueRefund")
    if not issue:
        return []
    path = ("input", "financialTransfer", "issueRefund")
    payouts = []
    for place, each in enumerate(issue["orderTransactions"]):
        at = (*path, "orderTransactions", place)
        money = each["transactionAmount"]
        amount = presentment(order, money["amount"], money["currencyCode"], "INVALID", *at, "transactionAmount")
        payouts.append(from_payment(world, order, each["parentId"], amount, "INVALID", *at, "parentId"))
    payouts += store_credits(order, issue.get("refundMethods") or [], "INVALID", *path, "refundMethods")
    if not issue.get("allowOverRefunding"):
        within_what_was_paid(order, payouts, "INVALID", *path)
    return payouts


def _reverse(world: World, return_: Return, chosen: list[Chosen], payouts: list[Payout], note: str | None) -> None:
    order = return_.order
    if not chosen and not payouts:
        return
    refund = Refund(world.gid("Refund"), order, world.now(), note, return_=return_)
    for each, quantity in chosen:
        line = each.sent.line
        subtotal, tax = line.worth(line.discounted, quantity), line.worth(line.tax, quantity)
        gid = world.gid("RefundLineItem")
        refund.lines.append(RefundLine(gid, line, quantity, "NO_RESTOCK", None, subtotal, tax))
        each.processed += quantity
        line.gone += quantity
    pay_back(world, refund, payouts)


def _send_out(world: World, return_: Return, swapped: list[Swapped]) -> None:
    order = return_.order
    if not swapped:
        return
    sent: list[tuple[Line, int]] = []
    for each, quantity in swapped:
        discount: Bag = each.discount.part(each.processed - quantity, quantity, each.quantity)
        variant = each.variant
        line = world.keep(
            Line(world.gid("LineItem"), variant.sku, variant.title, quantity, each.unit, discount, variant)
        )
        each.lines.append(line)
        order.lines.append(line)
        sent.append((line, quantity))
        claim(world, variant, quantity, order.location)
    waits = world.keep(FulfilmentOrder(world.gid("FulfillmentOrder"), order, sent, world.now()))
    if owed(order).presentment > 0:
        waits.status, waits.held = "ON_HOLD", "AWAITING_PAYMENT"
    order.fulfilment_orders.append(waits)
