"""refundCreate: money and units go back outside of a return. Its userErrors carry no code."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from backhaul.sandbox.shopify.goods import Location
from backhaul.sandbox.shopify.lines import Line
from backhaul.sandbox.shopify.money import Bag
from backhaul.sandbox.shopify.orders import Order
from backhaul.sandbox.shopify.payments import Refund, RefundLine
from backhaul.sandbox.shopify.refusals import NotModelled, Refused
from backhaul.sandbox.shopify.world import World

from .paying import Payout, from_payment, pay_back, presentment, store_credits, within_what_was_paid
from .stock import unclaim

Args = Mapping[str, Any]
_BY_HAND = frozenset({"manual", "cash", "Cash on Delivery (COD)"})


def create(world: World, args: Args) -> dict[str, Any]:
    """refundCreate."""
    given = args["input"]
    if given.get("refundDuties"):
        raise NotModelled("RefundInput.refundDuties")
    order = world.need(Order, given["orderId"], None, "orderId")
    currency = given.get("currency")
    if currency is None and not order.currencies.same:
        raise Refused(None, "Currency is required: the order has another presentment currency", "currency")
    if currency not in (None, order.currencies.presentment):
        raise Refused(None, f"Currency must be the presentment currency {order.currencies.presentment}", "currency")
    lines = _lines(world, order, given.get("refundLineItems") or [])
    shipping = _shipping(order, given.get("shipping") or {})
    payouts = _payouts(world, order, given.get("transactions") or [])
    payouts += store_credits(order, given.get("refundMethods") or [], None, "refundMethods")
    if not lines and not payouts and shipping is None:
        raise Refused(None, "Refund must have line items, shipping or transactions")
    if not given.get("allowOverRefunding"):
        within_what_was_paid(order, payouts, None, "transactions")
    refund = Refund(world.gid("Refund"), order, world.now(), given.get("note"), shipping=shipping)
    for line, quantity, restock, location in lines:
        refund.lines.append(reverse_units(world, line, quantity, restock, location))
    pay_back(world, refund, payouts)
    return {"refund": refund, "order": order}


def reverse_units(world: World, line: Line, quantity: int, restock: str, location: Location | None) -> RefundLine:
    """Units leave the order; RETURN and CANCEL put them on the shelf."""
    subtotal, tax = line.worth(line.discounted, quantity), line.worth(line.tax, quantity)
    line.gone += quantity
    unsent = min(quantity, line.unfulfilled) if restock == "CANCEL" else max(0, quantity - _returnable(line))
    line.cancelled += min(unsent, line.unfulfilled)
    left = quantity - unsent
    for sent in line.sent:
        part = min(left, sent.returnable)
        sent.refunded += part
        left -= part
    if location and line.variant and restock == "CANCEL":
        unclaim(world, line.variant, quantity, location)
    elif location and line.variant and restock == "RETURN":
        world.move(world.level(line.variant.item, location), "available", quantity)
    return RefundLine(world.gid("RefundLineItem"), line, quantity, restock, location, subtotal, tax)


def _returnable(line: Line) -> int:
    return sum(sent.returnable for sent in line.sent)


def _lines(world: World, order: Order, inputs: list[Args]) -> list[tuple[Line, int, str, Location | None]]:
    found = []
    taken: Counter[str] = Counter()
    for place, each in enumerate(inputs):
        path = ("refundLineItems", place)
        line = world.need(Line, each["lineItemId"], None, *path, "lineItemId")
        restock = each.get("restockType") or "NO_RESTOCK"
        taken[line.gid] += each["quantity"]
        if line not in order.lines:
            raise Refused(None, "Line item is of another order", *path, "lineItemId")
        most = {"CANCEL": line.unfulfilled, "RETURN": min(line.left, sum(each.quantity for each in line.sent))}
        if each["quantity"] <= 0 or taken[line.gid] > most.get(restock, line.left):
            raise Refused(None, "Quantity cannot refund more items than were purchased", *path, "quantity")
        if restock == "LEGACY_RESTOCK":
            raise Refused(None, "Restock type LEGACY_RESTOCK can't be used for new refunds", *path, "restockType")
        location = None
        if restock != "NO_RESTOCK":
            if not each.get("locationId"):
                raise Refused(None, "Location is required to restock", *path, "locationId")
            location = world.need(Location, each["locationId"], None, *path, "locationId")
        found.append((line, each["quantity"], restock, location))
    return found


def _shipping(order: Order, given: Args) -> Bag | None:
    if not given:
        return None
    back = (refund.shipping for refund in order.refunds if refund.shipping)
    left = (order.shipping or order.currencies.bag(0)) - sum(back, order.currencies.bag(0))
    if given.get("fullRefund"):
        return left
    amount = presentment(order, given.get("amount"), order.currencies.presentment, None, "shipping", "amount")
    if amount.presentment > left.presentment:
        raise Refused(None, "Shipping amount can't be greater than what is left of it", "shipping", "amount")
    return amount


def _payouts(world: World, order: Order, inputs: list[Args]) -> list[Payout]:
    found = []
    for place, each in enumerate(inputs):
        path = ("transactions", place)
        if each["kind"] != "REFUND":
            raise Refused(None, "Kind must be REFUND", *path, "kind")
        if each["orderId"] != order.gid:
            raise Refused(None, "Transaction is of another order", *path, "orderId")
        amount = presentment(order, each["amount"], order.currencies.presentment, None, *path, "amount")
        if each.get("parentId"):
            payout = from_payment(world, order, each["parentId"], amount, None, *path, "parentId")
            if payout.gateway != each["gateway"]:
                raise Refused(None, f"Gateway must be {payout.gateway}, as of the parent", *path, "gateway")
            found.append(payout)
        elif each["gateway"] in _BY_HAND:
            found.append(Payout(each["gateway"], amount, None))
        else:
            raise Refused(None, "Parent is required to refund over a gateway", *path, "parentId")
    return found
