"""Money goes back: checked against what was paid, over the payments it came from or as store credit."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from backhaul.sandbox.shopify.amounts import NoAmount, minor_of
from backhaul.sandbox.shopify.bodies import refund_body
from backhaul.sandbox.shopify.money import Bag
from backhaul.sandbox.shopify.orders import Order
from backhaul.sandbox.shopify.payments import PAID_IN, Payment, Refund, paid, paid_back
from backhaul.sandbox.shopify.refusals import Refused
from backhaul.sandbox.shopify.telling import tell
from backhaul.sandbox.shopify.world import World

Args = Mapping[str, Any]
STORE_CREDIT = "shopify_store_credit"


@dataclass(frozen=True, slots=True)
class Payout:
    """One sum to pay back, checked."""

    gateway: str
    amount: Bag
    parent: Payment | None


def presentment(order: Order, amount: Any, currency: str, code: str | None, *path: str | int) -> Bag:
    """A sum in the shopper's currency; raises Refused."""
    if currency != order.currencies.presentment:
        raise Refused(code, f"Currency must be the presentment currency {order.currencies.presentment}", *path)
    try:
        minor = minor_of(amount, currency)
    except NoAmount as no:
        raise Refused(code, str(no), *path) from None
    if minor < 0:
        raise Refused(code, "Amount can't be negative", *path)
    return order.currencies.bag_of_presentment(minor)


def from_payment(world: World, order: Order, gid: str, amount: Bag, code: str | None, *path: str | int) -> Payout:
    """A sum over the payment it came from; raises Refused when that is not a payment of this order."""
    parent = world.find(Payment, gid)
    if parent is None or parent.order is not order or parent.direction not in PAID_IN or parent.status != "SUCCESS":
        raise Refused(code, "Parent must be a successful sale or capture of this order", *path)
    return Payout(parent.gateway, amount, parent)


def store_credits(order: Order, methods: Iterable[Args], code: str | None, *path: str | int) -> list[Payout]:
    """Sums as store credit; raises Refused where nobody could have it."""
    found = []
    for place, each in enumerate(methods):
        given = each.get("storeCreditRefund")
        if not given:
            continue
        if order.customer is None:
            raise Refused(code, "Store credit needs a customer", *path, place)
        money = given["amount"]
        amount = presentment(order, money["amount"], money["currencyCode"], code, *path, place, "amount")
        found.append(Payout(STORE_CREDIT, amount, None))
    return found


def within_what_was_paid(order: Order, payouts: Iterable[Payout], code: str | None, *path: str | int) -> None:
    """Raises Refused where more would go back than came in, over one payment or over all."""
    given = list(payouts)
    none = order.currencies.bag(0)
    for parent in {each.parent for each in given if each.parent}:
        asked = sum((each.amount for each in given if each.parent is parent), none)
        if asked.presentment > parent.left.presentment:
            raise Refused(code, "Refund amount can't be greater than what is left of the payment", *path)
    total = sum((each.amount for each in given), none)
    left = paid(order) - paid_back(order, on_its_way=True)
    if total.presentment > left.presentment:
        raise Refused(code, "Refund amount can't be greater than the amount paid for the order", *path)


def pay_back(world: World, refund: Refund, payouts: Iterable[Payout]) -> None:
    """Makes the payments of a refund, each with the ending that is due, and tells of the refund."""
    order = refund.order
    for payout in payouts:
        payment = Payment(
            world.gid("OrderTransaction"),
            order,
            "REFUND",
            payout.gateway,
            payout.amount,
            world.now(),
            world.refund_ending(payout.gateway),
            payout.parent,
            world.now(),
        )
        if payout.gateway == STORE_CREDIT and order.customer and payment.status == "SUCCESS":
            order.customer.store_credit += payout.amount.shop
        order.payments.append(world.keep(payment))
        refund.payments.append(payment)
    order.financial = None
    order.refunds.append(world.keep(refund))
    world.touch(order)
    tell(world, "refunds/create", refund_body(refund))
