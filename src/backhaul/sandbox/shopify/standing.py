"""How an order stands: what it comes to, what is owed, and the words that sum it up."""

from .money import Bag
from .orders import Order
from .payments import PAID_IN, paid, paid_back


def subtotal(order: Order) -> Bag:
    """The lines as sold, after discounts."""
    return sum((line.discounted for line in order.lines), order.currencies.bag(0))


def tax_total(order: Order) -> Bag:
    """The taxes as sold."""
    return sum((line.tax for line in order.lines), order.currencies.bag(0))


def order_total(order: Order) -> Bag:
    """What the order came to: lines, shipping, and taxes that are not in the prices."""
    total = subtotal(order) + (order.shipping or order.currencies.bag(0))
    return total if order.taxes_included else total + tax_total(order)


def gone_subtotal(order: Order) -> Bag:
    """What was reversed or removed of the lines, without taxes that are not in the prices."""
    return sum((line.discounted.part(0, line.gone, line.quantity) for line in order.lines), order.currencies.bag(0))


def gone_tax(order: Order) -> Bag:
    """The taxes of what was reversed or removed."""
    return sum((line.tax.part(0, line.gone, line.quantity) for line in order.lines), order.currencies.bag(0))


def current_total(order: Order) -> Bag:
    """What the order comes to now."""
    gone = gone_subtotal(order) if order.taxes_included else gone_subtotal(order) + gone_tax(order)
    shipping_back = (refund.shipping for refund in order.refunds if refund.shipping)
    return order_total(order) - gone - sum(shipping_back, order.currencies.bag(0))


def owed(order: Order) -> Bag:
    """What the shopper has yet to pay; below nothing where the shop owes."""
    return current_total(order) - paid(order) + paid_back(order, on_its_way=True)


def financial_standing(order: Order) -> str:
    """OrderDisplayFinancialStatus."""
    if order.financial:
        return order.financial
    came, went = paid(order).shop, paid_back(order).shop
    if went:
        return "REFUNDED" if went >= came else "PARTIALLY_REFUNDED"
    if any(each.direction in PAID_IN for each in order.payments) or not order.payments:
        total = order_total(order).shop
        return "PAID" if came >= total else "PARTIALLY_PAID" if came else "PENDING"
    return "AUTHORIZED"


def fulfilment_standing(order: Order) -> str:
    """OrderDisplayFulfillmentStatus."""
    if any(each.held for each in order.fulfilment_orders):
        return "ON_HOLD"
    waiting = sum(line.unfulfilled for line in order.lines)
    if not waiting and order.fulfilments:
        return "FULFILLED"
    return "PARTIALLY_FULFILLED" if order.fulfilments else "UNFULFILLED"


def return_standing(order: Order) -> str:
    """OrderReturnStatus."""
    found = {each.status for each in order.returns}
    if "OPEN" in found:
        done = all(not line.unprocessed for each in order.returns if each.status == "OPEN" for line in each.lines)
        return "INSPECTION_COMPLETE" if done else "IN_PROGRESS"
    if "REQUESTED" in found:
        return "RETURN_REQUESTED"
    return "RETURNED" if "CLOSED" in found else "NO_RETURN"
