"""Returns, what is expected at the dock and what was made of it, as the schema shows them."""

from typing import Any

from backhaul.sandbox.shopify.money import Bag
from backhaul.sandbox.shopify.outcome import outcome_of
from backhaul.sandbox.shopify.payments import Payment
from backhaul.sandbox.shopify.returns import Return, ReturnLine

from .paging import page
from .table import Ask, fields


def _standing(lines: list[Any], wanted: str | None) -> list[Any]:
    if wanted == "PROCESSABLE":
        return [line for line in lines if line.processable]
    if wanted == "PROCESSED":
        return [line for line in lines if line.processed]
    return lines


def _payments(return_: Return) -> list[Payment]:
    return [each for refund in return_.order.refunds if refund.return_ is return_ for each in refund.payments]


def _worth(line: ReturnLine) -> Bag:
    return line.sent.line.discounted.part(0, line.quantity, line.sent.line.quantity)


def _fee(line: ReturnLine) -> dict[str, Any] | None:
    if line.fee_percentage is None:
        return None
    return {"id": line.gid.replace("/ReturnLineItem/", "/RestockingFee/"), "percentage": line.fee_percentage}


def _outcome(return_: Return, ask: Ask, args: Any) -> dict[str, Any]:
    return outcome_of(ask.world, return_, args["returnLineItems"], args["exchangeLineItems"])


fields(
    "Return",
    "id name status order createdAt closedAt decline",
    simple={
        "requestApprovedAt": lambda o: o.approved_at,
        "totalQuantity": lambda o: sum(line.quantity for line in o.lines),
        "returnShippingFees": lambda o: (
            [{"id": o.gid.replace("/Return/", "/ReturnShippingFee/"), "amountSet": o.shipping_fee}]
            if o.shipping_fee
            else []
        ),
    },
    full={
        "returnLineItems": lambda o, _ask, args: page(_standing(o.lines, args.get("processingStatus")), args),
        "exchangeLineItems": lambda o, _ask, args: page(_standing(o.exchanges, args.get("processingStatus")), args),
        "reverseFulfillmentOrders": lambda o, _ask, args: page(o.reverse_orders, args),
        "refunds": lambda o, _ask, args: page((each for each in o.order.refunds if each.return_ is o), args),
        "transactions": lambda o, _ask, args: page(_payments(o), args),
        "suggestedFinancialOutcome": _outcome,
    },
)
fields("ReturnDecline", "reason note")
fields("ReturnShippingFee", "id amountSet")
fields("RestockingFee", "id percentage")
fields(
    "ReturnLineItem",
    "id quantity customerNote",
    simple={
        "processableQuantity": lambda o: o.processable,
        "processedQuantity": lambda o: o.processed,
        "unprocessedQuantity": lambda o: o.unprocessed,
        "refundableQuantity": lambda o: o.unprocessed,
        "refundedQuantity": lambda o: o.processed,
        "returnReason": lambda _o: "OTHER",
        "returnReasonDefinition": lambda o: o.reason,
        "returnReasonNote": lambda o: o.note,
        "restockingFee": _fee,
        "fulfillmentLineItem": lambda o: o.sent,
        "withCodeDiscountedTotalPriceSet": _worth,
    },
)
fields(
    "ExchangeLineItem",
    "id quantity",
    simple={
        "processableQuantity": lambda o: o.processable,
        "processedQuantity": lambda o: o.processed,
        "unprocessedQuantity": lambda o: o.unprocessed,
        "lineItems": lambda o: o.lines,
        "variantId": lambda o: o.variant.gid,
        "variantSku": lambda o: o.variant.sku,
        "productId": lambda o: o.variant.product.gid,
        "title": lambda o: o.variant.title,
    },
)
fields("SuggestedReturnFinancialOutcome", "maximumRefundable discountedSubtotal totalTax financialTransfer")
fields("RefundReturnOutcome", "amount suggestedTransactions")
fields("InvoiceReturnOutcome", "amount")
fields("SuggestedOrderTransaction", "gateway kind parentTransaction amountSet maximumRefundableSet")
