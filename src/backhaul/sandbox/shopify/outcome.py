"""What processing part of a return would come to: money back to the shopper, or money the shopper then owes."""

from collections.abc import Iterable, Mapping
from typing import Any

from .money import Bag
from .orders import Order
from .payments import Payment
from .refusals import Refused
from .returns import ExchangeLine, Return, ReturnLine
from .standing import owed
from .world import World

Chosen = tuple[ReturnLine, int]
Swapped = tuple[ExchangeLine, int]


def chosen_lines(world: World, return_: Return, inputs: Iterable[Mapping[str, Any]]) -> list[Chosen]:
    """Return lines with quantities that can be processed; raises Refused."""
    found = []
    for place, each in enumerate(inputs):
        path = ("returnLineItems", place)
        line = world.need(ReturnLine, each["id"], "NOT_FOUND", *path, "id")
        if line.return_ is not return_:
            raise Refused("NOT_FOUND", f"Return line item {line.gid} is of another return", *path, "id")
        if not 0 < each["quantity"] <= line.processable:
            raise Refused(
                "INVALID", f"Quantity can't be greater than the processable {line.processable}", *path, "quantity"
            )
        found.append((line, each["quantity"]))
    if len({line.gid for line, _ in found}) < len(found):
        raise Refused("INVALID", "A return line item is named twice", "returnLineItems")
    return found


def swapped_lines(world: World, return_: Return, inputs: Iterable[Mapping[str, Any]]) -> list[Swapped]:
    """Exchange lines with quantities that can be processed; raises Refused."""
    found = []
    for place, each in enumerate(inputs):
        path = ("exchangeLineItems", place)
        line = world.need(ExchangeLine, each["id"], "NOT_FOUND", *path, "id")
        if line.return_ is not return_ or not 0 < each["quantity"] <= line.processable:
            raise Refused(
                "INVALID", f"Quantity can't be greater than the processable {line.processable}", *path, "quantity"
            )
        found.append((line, each["quantity"]))
    return found


def worth_of(order: Order, chosen: Iterable[Chosen]) -> tuple[Bag, Bag]:
    """Subtotal and tax of units about to be reversed, less restocking fees."""
    none = order.currencies.bag(0)
    subtotal = tax = none
    ahead: dict[str, int] = {}
    for each, quantity in chosen:
        line = each.sent.line
        done = line.gone + ahead.get(line.gid, 0)
        ahead[line.gid] = ahead.get(line.gid, 0) + quantity
        part = line.discounted.part(done, quantity, line.quantity)
        if each.fee_percentage:
            kept = round(100 * each.fee_percentage)
            part -= part.part(0, kept, 10_000)
        subtotal += part
        tax += line.tax.part(done, quantity, line.quantity)
    return subtotal, tax


def exchange_worth(order: Order, swapped: Iterable[Swapped]) -> Bag:
    """What the units that go out in exchange cost."""
    total = order.currencies.bag(0)
    for line, quantity in swapped:
        whole = Bag(line.unit.shop * line.quantity, line.unit.presentment * line.quantity, order.currencies)
        total += (whole - line.discount).part(line.processed, quantity, line.quantity)
    return total


def outcome_of(world: World, return_: Return, lines: Any, exchanges: Any) -> dict[str, Any]:
    """SuggestedReturnFinancialOutcome."""
    order = return_.order
    chosen = chosen_lines(world, return_, lines)
    subtotal, tax = worth_of(order, chosen)
    back = subtotal if order.taxes_included else subtotal + tax
    net = back - exchange_worth(order, swapped_lines(world, return_, exchanges)) - owed(order)
    if return_.shipping_fee and not any(line.processed for line in return_.lines):
        net -= return_.shipping_fee
    left = sum((each.left for each in order.payments), order.currencies.bag(0))
    amount = net if net.presentment <= left.presentment else left
    transfer: dict[str, Any] | None = None
    if net.presentment < 0:
        transfer = {"__typename": "InvoiceReturnOutcome", "amount": order.currencies.bag(0) - net}
    elif amount.presentment > 0:
        suggested = [
            {
                "gateway": payment.gateway,
                "kind": "SUGGESTED_REFUND",
                "parentTransaction": payment,
                "amountSet": part,
                "maximumRefundableSet": payment.left,
            }
            for payment, part in spread(order, amount)
        ]
        transfer = {"__typename": "RefundReturnOutcome", "amount": amount, "suggestedTransactions": suggested}
    return {"maximumRefundable": left, "discountedSubtotal": subtotal, "totalTax": tax, "financialTransfer": transfer}


def spread(order: Order, amount: Bag, gateway: str | None = None) -> list[tuple[Payment, Bag]]:
    """An amount over the payments (of one gateway) that have something left, in the order they were made."""
    found = []
    for payment in order.payments:
        if gateway not in (None, payment.gateway):
            continue
        part = payment.left if payment.left.presentment <= amount.presentment else amount
        if part.presentment > 0:
            found.append((payment, part))
            amount -= part
    return found
