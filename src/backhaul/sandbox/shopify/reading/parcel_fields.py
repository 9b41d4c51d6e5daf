"""What was sent of an order and what waits to be sent, as the schema shows it."""

from typing import Any

from .paging import page
from .table import Ask, fields


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
