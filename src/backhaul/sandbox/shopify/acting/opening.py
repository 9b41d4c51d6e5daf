"""Returns are opened: made outright, or requested and then approved or declined. Nothing is booked by that."""

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from backhaul.sandbox.shopify.dock import ReverseLine, ReverseOrder
from backhaul.sandbox.shopify.goods import Variant
from backhaul.sandbox.shopify.money import Bag, NoAmount, minor_of, rounded
from backhaul.sandbox.shopify.orders import Order
from backhaul.sandbox.shopify.parcels import FulfilmentLine
from backhaul.sandbox.shopify.refusals import Refused
from backhaul.sandbox.shopify.return_bodies import return_body
from backhaul.sandbox.shopify.returns import ExchangeLine, Reason, Return, ReturnLine
from backhaul.sandbox.shopify.telling import tell
from backhaul.sandbox.shopify.world import World

Args = Mapping[str, Any]
_NOTE_MAX = 255


def create(world: World, args: Args) -> dict[str, Any]:
    """returnCreate."""
    given = args["returnInput"]
    return_ = _made(world, given, "returnInput", "OPEN")
    for place, each in enumerate(given.get("exchangeLineItems") or []):
        return_.exchanges.append(_exchange(world, return_, each, "returnInput", "exchangeLineItems", place))
    _take(world, return_)
    open_(world, return_)
    return {"return": return_}


def request(world: World, args: Args) -> dict[str, Any]:
    """returnRequest."""
    return_ = _made(world, args["input"], "input", "REQUESTED")
    _take(world, return_)
    tell(world, "returns/request", return_body(return_))
    return {"return": return_}


def approve(world: World, args: Args) -> dict[str, Any]:
    """returnApproveRequest."""
    return_ = _requested(world, args)
    return_.status = "OPEN"
    open_(world, return_)
    return {"return": return_}


def decline(world: World, args: Args) -> dict[str, Any]:
    """returnDeclineRequest: the units can be returned again."""
    return_ = _requested(world, args)
    given = args["input"]
    return_.status = "DECLINED"
    return_.decline = {"reason": given["declineReason"], "note": given.get("declineNote")}
    free(return_)
    world.touch(return_.order)
    tell(world, "returns/decline", return_body(return_))
    return {"return": return_}


def open_(world: World, return_: Return) -> None:
    """What is expected is told to the dock, one order per parcel."""
    return_.approved_at = world.now()
    for parcel in dict.fromkeys(line.sent.fulfilment for line in return_.lines):
        reverse = world.keep(ReverseOrder(world.gid("ReverseFulfillmentOrder"), return_))
        for line in return_.lines:
            if line.sent.fulfilment is parcel:
                gid = world.gid("ReverseFulfillmentOrderLineItem")
                reverse.lines.append(world.keep(ReverseLine(gid, line, reverse)))
        return_.reverse_orders.append(reverse)
    world.touch(return_.order)
    tell(world, "returns/approve", return_body(return_))


def free(return_: Return) -> None:
    """Units that were not processed can be returned again."""
    for line in return_.lines:
        line.sent.returned -= line.unprocessed


def _requested(world: World, args: Args) -> Return:
    return_ = world.need(Return, args["input"]["id"], "NOT_FOUND", "input", "id")
    if return_.status != "REQUESTED":
        raise Refused("INVALID_STATE", f"Return is {return_.status} and not REQUESTED", "input", "id")
    return return_


def _made(world: World, given: Args, root: str, status: str) -> Return:
    order = world.need(Order, given["orderId"], "NOT_FOUND", root, "orderId")
    inputs = given["returnLineItems"]
    if not inputs:
        raise Refused("BLANK", "Return line items can't be blank", root, "returnLineItems")
    name = f"{order.name}-R{len(order.returns) + 1}"
    return_ = Return(world.gid("Return"), name, order, world.now(), status)
    taken: Counter[str] = Counter()
    for place, each in enumerate(inputs):
        line = _line(world, return_, each, (root, "returnLineItems", place))
        taken[line.sent.gid] += line.quantity
        if taken[line.sent.gid] > line.sent.returnable:
            raise Refused(
                "INVALID",
                f"Quantity can't be greater than the returnable {line.sent.returnable}",
                *(root, "returnLineItems", place, "quantity"),
            )
        return_.lines.append(line)
    if given.get("returnShippingFee"):
        return_.shipping_fee = _amount(order, given["returnShippingFee"]["amount"], root, "returnShippingFee", "amount")
    return return_


def _line(world: World, return_: Return, each: Args, path: tuple[str | int, ...]) -> ReturnLine:
    sent = world.need(FulfilmentLine, each["fulfillmentLineItemId"], "NOT_FOUND", *path, "fulfillmentLineItemId")
    if sent.fulfilment.order is not return_.order:
        raise Refused("NOT_FOUND", "Fulfillment line item is of another order", *path, "fulfillmentLineItemId")
    if each["quantity"] <= 0:
        raise Refused("GREATER_THAN", "Quantity must be greater than 0", *path, "quantity")
    note, told = each.get("returnReasonNote") or "", each.get("customerNote")
    for name, text in (("returnReasonNote", note), ("customerNote", told or "")):
        if len(text) > _NOTE_MAX:
            raise Refused("TOO_LONG", f"{name} is too long (maximum is {_NOTE_MAX} characters)", *path, name)
    wanted = each.get("returnReasonDefinitionId")
    reason = world.need(Reason, wanted, "NOT_FOUND", *path, "returnReasonDefinitionId") if wanted else None
    line = ReturnLine(world.gid("ReturnLineItem"), return_, sent, each["quantity"], reason, note, told)
    if each.get("restockingFee"):
        line.fee_percentage = float(each["restockingFee"]["percentage"])
    return line


def _exchange(world: World, return_: Return, each: Args, *path: str | int) -> ExchangeLine:
    if not each.get("variantId"):
        raise Refused("BLANK", "Variant can't be blank", *path, "variantId")
    variant = world.need(Variant, each["variantId"], "NOT_FOUND", *path, "variantId")
    if each["quantity"] <= 0:
        raise Refused("GREATER_THAN", "Quantity must be greater than 0", *path, "quantity")
    order = return_.order
    unit = order.currencies.bag(variant.price)
    whole = Bag(unit.shop * each["quantity"], unit.presentment * each["quantity"], order.currencies)
    discount = order.currencies.bag(0)
    value = (each.get("appliedDiscount") or {}).get("value") or {}
    if value.get("amount"):
        discount = _amount(order, value["amount"], *path, "appliedDiscount")
    elif value.get("percentage") is not None:
        percentage = Decimal(str(value["percentage"]))
        shop, presentment = (rounded(minor * percentage / 100) for minor in (whole.shop, whole.presentment))
        discount = Bag(shop, presentment, order.currencies)
    if not 0 <= discount.presentment <= whole.presentment:
        raise Refused("INVALID", "Discount can't be more than the price", *path, "appliedDiscount")
    return ExchangeLine(world.gid("ExchangeLineItem"), return_, variant, each["quantity"], unit, discount)


def _amount(order: Order, money: Args, *path: str | int) -> Bag:
    currencies = order.currencies
    try:
        minor = minor_of(money["amount"], money["currencyCode"])
    except NoAmount as no:
        raise Refused("INVALID", str(no), *path) from None
    if money["currencyCode"] == currencies.presentment:
        return currencies.bag_of_presentment(minor)
    if money["currencyCode"] == currencies.shop:
        return currencies.bag(minor)
    raise Refused("INVALID", f"Currency must be {currencies.presentment}", *path)


def _take(world: World, return_: Return) -> None:
    for line in return_.lines:
        line.sent.returned += line.quantity
        world.keep(line)
    for each in return_.exchanges:
        world.keep(each)
    world.keep(return_)
    return_.order.returns.append(return_)
    return_.order.closed_at = None
    world.touch(return_.order)
