"""What the dock expects and what it made of it, as the schema shows it."""

from .paging import page
from .table import fields

fields(
    "ReverseFulfillmentOrder",
    "id status",
    simple={"order": lambda o: o.return_.order},
    full={
        "lineItems": lambda o, _ask, args: page(o.lines, args),
        "reverseDeliveries": lambda o, _ask, args: page(o.deliveries, args),
    },
)


fields(
    "ReverseFulfillmentOrderLineItem",
    "id dispositions",
    simple={"totalQuantity": lambda o: o.total, "fulfillmentLineItem": lambda o: o.return_line.sent},
)


fields("ReverseFulfillmentOrderDisposition", "id quantity location createdAt", simple={"type": lambda o: o.outcome})


fields(
    "ReverseDelivery",
    "id",
    simple={
        "reverseFulfillmentOrder": lambda o: o.reverse,
        "deliverable": lambda o: {
            "__typename": "ReverseDeliveryShippingDeliverable",
            "tracking": o.tracking,
            "label": o.label,
        },
    },
    full={
        "reverseDeliveryLineItems": lambda o, _ask, args: page(
            ({"id": gid, "line": line, "quantity": units} for gid, line, units in o.lines), args
        )
    },
)


fields("ReverseDeliveryShippingDeliverable", "tracking label")


fields("ReverseDeliveryTrackingV2", "number url")


fields("ReverseDeliveryLabelV2", simple={"publicFileUrl": lambda o: o["fileUrl"]})


fields("ReverseDeliveryLineItem", "id quantity", simple={"reverseFulfillmentOrderLineItem": lambda o: o["line"]})


fields(
    "ReturnableFulfillment",
    "id fulfillment",
    full={
        "returnableFulfillmentLineItems": lambda o, _ask, args: page(
            (
                {"quantity": line.returnable, "fulfillmentLineItem": line}
                for line in o["fulfillment"].lines
                if line.returnable
            ),
            args,
        )
    },
)


fields("ReturnableFulfillmentLineItem", "quantity fulfillmentLineItem")
