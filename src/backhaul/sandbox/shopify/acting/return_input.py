"""What a new return is to hold, read into lines and exchanges, or refused."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from backhaul.sandbox.shopify.amounts import NoAmount, minor_of, rounded
from backhaul.sandbox.shopify.goods import Variant
from backhaul.sandbox.shopify.money import Bag
from backhaul.sandbox.shopify.orders import Order
from backhaul.sandbox.shopify.parcels import FulfilmentLine
from backhaul.sandbox.shopify.refusals import Refused
from backhaul.sandbox.shopify.returns import ExchangeLine, Reason, Return, ReturnLine
from backhaul.sandbox.shopify.world import World

Args = Mapping[str, Any]


_NOTE_MAX = 255


def read_line(world: World, return_: Return, each: Args, path: tuple[str | int, ...]) -> ReturnLine:
    """Units of one parcel; raises Refused."""
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


def read_exchange(world: World, return_: Return, each: Args, *path: str | int) -> ExchangeLine:
    """Units that go out instead, less their discount; raises Refused."""
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
        discount = read_amount(order, value["amount"], *path, "appliedDiscount")
    elif value.get("percentage") is not None:
        percentage = Decimal(str(value["percentage"]))
        shop, presentment = (rounded(minor * percentage / 100) for minor in (whole.shop, whole.presentment))
        discount = Bag(shop, presentment, order.currencies)
    if not 0 <= discount.presentment <= whole.presentment:
        raise Refused("INVALID", "Discount can't be more than the price", *path, "appliedDiscount")
    return ExchangeLine(world.gid("ExchangeLineItem"), return_, variant, each["quantity"], unit, discount)


def read_amount(order: Order, money: Args, *path: str | int) -> Bag:
    """Money in either currency of the order; raises Refused."""
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
