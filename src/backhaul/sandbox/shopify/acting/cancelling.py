"""orderCancel: an order is called off as a whole, which only one can be of which nothing was sent."""

from collections.abc import Mapping
from typing import Any

from backhaul.sandbox.shopify.orders import Order
from backhaul.sandbox.shopify.outcome import spread
from backhaul.sandbox.shopify.payments import Refund
from backhaul.sandbox.shopify.refusals import NotModelled, Refused
from backhaul.sandbox.shopify.standing import order_total
from backhaul.sandbox.shopify.world import World

from .paying import STORE_CREDIT, Payout, pay_back
from .refunding import reverse_units

Args = Mapping[str, Any]


def cancel(world: World, args: Args) -> dict[str, Any]:
    """orderCancel; done at once, where the platform says only that a job was begun."""
    order = world.need(Order, args["orderId"], "NOT_FOUND", "orderId")
    if order.cancelled_at:
        raise Refused("INVALID", "Order has already been cancelled", "orderId")
    if any(each.status == "OPEN" for each in order.returns):
        raise Refused("INVALID", "Order has an active return", "orderId")
    if order.fulfilments:
        raise Refused("INVALID", "Order has outstanding fulfillments", "orderId")
    call_off(world, order, args["reason"], _payouts(order, args), restock=args["restock"])
    return {"job": {"id": world.gid("Job"), "done": True}}


def call_off(world: World, order: Order, reason: str, payouts: list[Payout], *, restock: bool) -> None:
    """Every unit leaves the order, and the money goes back."""
    order.cancelled_at, order.cancel_reason = world.now(), reason
    for waiting in order.fulfilment_orders:
        waiting.status, waiting.held = "CANCELLED", None
    refund = Refund(world.gid("Refund"), order, world.now())
    location = order.location if restock else None
    for line in order.lines:
        if line.left:
            kind = "CANCEL" if location else "NO_RESTOCK"
            refund.lines.append(reverse_units(world, line, line.left, kind, location))
    if payouts:
        refund.shipping = order.shipping
    if refund.lines or payouts:
        pay_back(world, refund, payouts)
    world.touch(order, "orders/cancelled")


def _payouts(order: Order, args: Args) -> list[Payout]:
    method = args.get("refundMethod") or {}
    if not args.get("refund") and not method:
        return []
    left = sum((each.left for each in order.payments), order.currencies.bag(0))
    if method.get("storeCreditRefund"):
        if order.customer is None:
            raise Refused("STORE_CREDIT_REFUND_MISSING_CUSTOMER", "Store credit needs a customer", "refundMethod")
        return [Payout(STORE_CREDIT, left, None)]
    if left.presentment > order_total(order).presentment:
        raise NotModelled("orderCancel of an order that was paid more than it comes to")
    return [Payout(payment.gateway, part, payment) for payment, part in spread(order, left)]
