"""Orders, their lines and what was sent of them, as the schema shows them."""

from typing import Any

from backhaul.sandbox.shopify import standing
from backhaul.sandbox.shopify.money import Bag
from backhaul.sandbox.shopify.orders import Line, Order
from backhaul.sandbox.shopify.payments import paid, paid_back

from .paging import page
from .table import Ask, fields


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


def _unit(line: Line) -> Bag:
    return line.discounted.part(0, 1, line.quantity)


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
    "LineItem",
    "id sku title quantity variant taxable requiresShipping",
    simple={
        "name": lambda o: o.title,
        "product": lambda o: o.variant and o.variant.product,
        "currentQuantity": lambda o: o.left,
        "refundableQuantity": lambda o: o.left,
        "unfulfilledQuantity": lambda o: o.unfulfilled,
        "nonFulfillableQuantity": lambda o: o.quantity - o.unfulfilled,
        "lineItemGroup": lambda o: o.group,
        "originalUnitPriceSet": lambda o: o.unit,
        "originalTotalSet": lambda o: o.original,
        "discountedUnitPriceSet": _unit,
        "discountedUnitPriceAfterAllDiscountsSet": _unit,
        "discountedTotalSet": lambda o: o.discounted,
        "totalDiscountSet": lambda o: o.discount,
        "isGiftCard": lambda _o: False,
        "restockable": lambda o: o.variant is not None,
        "discountAllocations": lambda o: [{"allocatedAmountSet": o.discount}] if o.discount.presentment else [],
    },
    full={"taxLines": lambda o, _ask, args: list(o.taxes)[: args.get("first")]},
)
fields(
    "LineItemGroup",
    "id title quantity",
    simple={
        "variantId": lambda o: o.variant.gid,
        "variantSku": lambda o: o.variant.sku,
        "productId": lambda o: o.variant.product.gid,
    },
)
fields("DiscountAllocation", "allocatedAmountSet")


def _rate(tax: Any) -> float:
    return float(tax["rate"] if isinstance(tax, dict) else tax.rate)


fields(
    "TaxLine",
    "title",
    simple={
        "rate": _rate,
        "ratePercentage": lambda o: _rate(o) * 100,
        "priceSet": lambda o: o["amount"] if isinstance(o, dict) else o.amount,
        "channelLiable": lambda _o: False,
    },
)
fields(
    "ShippingLine",
    "id title code originalPriceSet discountedPriceSet currentDiscountedPriceSet taxLines discountAllocations "
    "isRemoved",
)


def _sent(fulfilment: Any, _ask: Ask, args: Any) -> Any:
    return page(fulfilment.lines, args)


fields(
    "Fulfillment",
    "id name order location createdAt",
    simple={
        "updatedAt": lambda o: o.created_at,
        "status": lambda _o: "SUCCESS",
        "displayStatus": lambda _o: "FULFILLED",
        "totalQuantity": lambda o: sum(line.quantity for line in o.lines),
    },
    full={"fulfillmentLineItems": _sent},
)
fields(
    "FulfillmentLineItem",
    "id quantity",
    simple={
        "lineItem": lambda o: o.line,
        "originalTotalSet": lambda o: o.line.original.part(0, o.quantity, o.line.quantity),
        "discountedTotalSet": lambda o: o.line.discounted.part(0, o.quantity, o.line.quantity),
    },
)
fields(
    "FulfillmentOrder",
    "id order createdAt status",
    simple={
        "orderId": lambda o: o.order.gid,
        "orderName": lambda o: o.order.name,
        "updatedAt": lambda o: o.created_at,
        "fulfillmentHolds": lambda o: (
            [{"reason": o.held, "displayReason": o.held.replace("_", " ").capitalize()}] if o.held else []
        ),
    },
    full={
        "lineItems": lambda o, _ask, args: page(
            (
                {
                    "id": line.gid.replace("/LineItem/", "/FulfillmentOrderLineItem/"),
                    "lineItem": line,
                    "quantity": units,
                }
                for line, units in o.lines
            ),
            args,
        )
    },
)
fields(
    "FulfillmentOrderLineItem",
    "id lineItem",
    simple={"totalQuantity": lambda o: o["quantity"], "sku": lambda o: o["lineItem"].sku},
)
fields("FulfillmentHold", "reason displayReason")
