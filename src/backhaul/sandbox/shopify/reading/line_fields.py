"""Lines of orders, as the schema shows them."""

from typing import Any

from backhaul.sandbox.shopify.lines import Line
from backhaul.sandbox.shopify.money import Bag

from .table import fields


def _unit(line: Line) -> Bag:
    return line.discounted.part(0, 1, line.quantity)


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
