"""Payments, refunds and drafts, as the schema shows them."""

from backhaul.sandbox.shopify.amounts import decimal_text
from backhaul.sandbox.shopify.payments import PAID_IN, Payment, RefundLine

from .paging import page
from .table import fields


def _most(payment: Payment) -> dict[str, str] | None:
    if payment.direction not in PAID_IN:
        return None
    money = payment.left.currencies.presentment
    return {"amount": decimal_text(payment.left.presentment, money), "currencyCode": money}


def _restocked(line: RefundLine) -> bool:
    return line.restock_type in ("RETURN", "CANCEL") and line.location is not None


fields(
    "OrderTransaction",
    "id status gateway order createdAt processedAt",
    simple={
        "kind": lambda o: o.direction,
        "formattedGateway": lambda o: o.gateway.replace("_", " ").capitalize(),
        "amountSet": lambda o: o.amount,
        "parentTransaction": lambda o: o.parent,
        "maximumRefundableV2": _most,
        "totalUnsettledSet": lambda o: o.amount if o.status == "PENDING" else o.amount - o.amount,
        "errorCode": lambda o: "GENERIC_ERROR" if o.status in ("FAILURE", "ERROR") else None,
        "manualPaymentGateway": lambda o: o.gateway == "manual",
        "test": lambda _o: False,
    },
)
fields(
    "Refund",
    "id note order createdAt",
    simple={
        "processedAt": lambda o: o.created_at,
        "updatedAt": lambda o: o.created_at,
        "return": lambda o: o.return_,
        "totalRefundedSet": lambda o: o.total,
    },
    full={
        "refundLineItems": lambda o, _ask, args: page(o.lines, args),
        "transactions": lambda o, _ask, args: page(o.payments, args),
        "refundShippingLines": lambda o, _ask, args: page(
            [{"subtotalAmountSet": o.shipping, "taxAmountSet": o.shipping - o.shipping}] if o.shipping else [], args
        ),
    },
)
fields("RefundShippingLine", "subtotalAmountSet taxAmountSet")
fields(
    "RefundLineItem",
    "id quantity location restockType",
    simple={
        "lineItem": lambda o: o.line,
        "restocked": _restocked,
        "priceSet": lambda o: o.line.unit,
        "subtotalSet": lambda o: o.subtotal,
        "totalTaxSet": lambda o: o.tax,
    },
)
fields(
    "DraftOrder",
    "id name status order tags createdAt completedAt",
    simple={"note2": lambda o: o.note, "totalPriceSet": lambda o: o.total, "updatedAt": lambda o: o.created_at},
)
