"""Orders, their lines and what was sent of them, as the schema shows them."""

from typing import Any

from backhaul.sandbox.shopify import standing
from backhaul.sandbox.shopify.money import Bag
from backhaul.sandbox.shopify.orders import Order
from backhaul.sandbox.shopify.payments import paid, paid_back

from .paging import page
from .table import fields


def _shipping(order: Order) -> list[dict[str, Any]]:
    if order.shipping is None:
        return []
    shown = {"id": order.gid.replace("/Order/", "/ShippingLine/"), "title": "Standard", "code": "standard"}
    money = dict.fromkeys(("originalPriceSet", "discountedPriceSet", "currentDiscountedPriceSet"), order.shipping)
    return [{**shown, **money, "taxLines": [], "discountAllocations": [], "isRemoved": False}]


def _shipping_back(order: Order) -> Bag:
    given = (refund.shipping for refund in order.refunds if refund.shipping)
    return sum(given, order.currencies.bag(0))


def _discount(order: Order) -> Bag:
    return sum((line.discount for line in order.lines), order.currencies.bag(0))


def _taxes(order: Order, *, current: bool) -> list[dict[str, Any]]:
    total = standing.tax_total(order) - (standing.gone_tax(order) if current else order.currencies.bag(0))
    rates = {(tax.title, tax.rate) for line in order.lines for tax in line.taxes}
    return [{"title": title, "rate": rate, "amount": total} for title, rate in rates if len(rates) == 1]


def _address(order: Order) -> dict[str, Any] | None:
    return order.address and {"id": order.gid.replace("/Order/", "/MailingAddress/"), **order.address}


fields(
    "Order",
    "id name number tags note email customer createdAt updatedAt processedAt cancelledAt cancelReason closedAt "
    "taxesIncluded sourceIdentifier sourceName edited test refunds",
    simple={
        "currencyCode": lambda o: o.currencies.shop,
        "presentmentCurrencyCode": lambda o: o.currencies.presentment,
        "closed": lambda o: o.closed_at is not None,
        "confirmed": lambda _o: True,
        "shippingAddress": _address,
        "billingAddress": _address,
        "displayFinancialStatus": standing.financial_standing,
        "displayFulfillmentStatus": standing.fulfilment_standing,
        "returnStatus": standing.return_standing,
        "fullyPaid": lambda o: standing.owed(o).shop <= 0,
        "unpaid": lambda o: not paid(o).shop,
        "paymentGatewayNames": lambda o: list(dict.fromkeys(each.gateway for each in o.payments)),
        "taxLines": lambda o: _taxes(o, current=False),
        "currentTaxLines": lambda o: _taxes(o, current=True),
        "subtotalPriceSet": standing.subtotal,
        "totalTaxSet": standing.tax_total,
        "totalPriceSet": standing.order_total,
        "originalTotalPriceSet": standing.order_total,
        "totalDiscountsSet": _discount,
        "totalShippingPriceSet": lambda o: o.shipping or o.currencies.bag(0),
        "currentShippingPriceSet": lambda o: (o.shipping or o.currencies.bag(0)) - _shipping_back(o),
        "totalRefundedShippingSet": _shipping_back,
        "currentSubtotalPriceSet": lambda o: standing.subtotal(o) - standing.gone_subtotal(o),
        "currentTotalTaxSet": lambda o: standing.tax_total(o) - standing.gone_tax(o),
        "currentTotalPriceSet": standing.current_total,
        "totalReceivedSet": paid,
        "totalRefundedSet": paid_back,
        "netPaymentSet": lambda o: paid(o) - paid_back(o),
        "totalOutstandingSet": standing.owed,
        "subtotalLineItemsQuantity": lambda o: sum(line.quantity for line in o.lines),
        "currentSubtotalLineItemsQuantity": lambda o: sum(line.left for line in o.lines),
        "shippingLine": lambda o: next(iter(_shipping(o)), None),
    },
    full={
        "lineItems": lambda o, _ask, args: page(o.lines, args),
        "shippingLines": lambda o, _ask, args: page(_shipping(o), args),
        "fulfillments": lambda o, _ask, args: o.fulfilments[: args.get("first")],
        "fulfillmentOrders": lambda o, _ask, args: page(o.fulfilment_orders, args),
        "returns": lambda o, _ask, args: page(o.returns, args),
        "refunds": lambda o, _ask, args: o.refunds[: args.get("first")],
        "transactions": lambda o, _ask, args: o.payments[: args.get("first")],
    },
)


fields(
    "ShippingLine",
    "id title code originalPriceSet discountedPriceSet currentDiscountedPriceSet taxLines discountAllocations "
    "isRemoved",
)
