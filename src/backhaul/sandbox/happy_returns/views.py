"""What the control API shows of the stand-in: plain values for JSON, named as Happy Returns names them."""

from typing import Any

from .model import Item, Return, Shipment
from .orders import Order
from .outbox import Delivery


def return_view(return_: Return) -> dict[str, Any]:
    """One return with its units."""
    return {
        "happyReturnsReturnID": return_.return_id,
        "happyReturnsExpressCode": return_.express_code,
        "startedAt": return_.started_at.isoformat(),
        "dropoffMethod": return_.dropoff_method,
        "orderNumbers": return_.orders(),
        "items": [_item_view(item) for item in return_.items],
    }


def _item_view(item: Item) -> dict[str, Any]:
    return {
        "happyReturnsItemID": item.item_id,
        "orderNumber": item.order.order_number,
        "orderLineItemID": item.line_item_id,
        "sku": item.line.sku,
        "state": item.state.value,
        "labelID": item.bag or None,
        "shipmentID": item.shipment_id or None,
        "condition": item.condition or None,
        "payouts": item.payouts,
        "contents": item.contents,
    }


def shipment_view(shipment: Shipment) -> dict[str, Any]:
    """One shipment without its rows."""
    return {
        "id": shipment.shipment_id,
        "tracking": shipment.tracking,
        "departedAt": shipment.departed_at.isoformat(),
        "units": len(shipment.rows),
    }


def delivery_view(delivery: Delivery) -> dict[str, Any]:
    """One webhook: its body as sent, the faults it suffered and the answers it got."""
    return {
        "number": delivery.number,
        "kind": delivery.kind,
        "dueAt": delivery.due_at.isoformat(),
        "faults": sorted(delivery.faults),
        "outcome": outcome_of(delivery),
        "answers": delivery.answers,
        "body": delivery.body.decode(),
    }


def outcome_of(delivery: Delivery) -> str:
    """One word for where a delivery stands."""
    if delivery.lost:
        return "lost"
    if delivery.delivered:
        return "delivered"
    return "given up" if delivery.given_up else "waiting"


def order_view(order: Order) -> dict[str, Any]:
    """One order in the shape the catalogue is read in."""
    return {
        "orderNumber": order.order_number,
        "orderID": order.order_id,
        "email": order.email,
        "lines": [
            {"orderLineItemID": line.order_line_item_id, "sku": line.sku, "quantity": line.quantity}
            for line in order.lines
        ],
    }
