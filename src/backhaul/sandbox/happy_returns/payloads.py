"""The documented shapes, field for field: what Happy Returns has published and nothing it has not."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from .model import Happening, Item, Return, Shipment

STATUS_UPDATED = "return_status_updated"
DROPOFF_METHOD_CREATED = "return_dropoff_method_created"


def asn_item(return_: Return, item: Item) -> dict[str, Any]:
    """One unit as `return.asn` and `POST /return` show it: the published fields, and what more is known or told."""
    line = item.line
    shown: dict[str, Any] = {
        "happyReturnsReturnID": return_.return_id,
        "purchasedAt": item.order.purchased_at,
        "email": item.order.email,
        "orderNumber": item.order.order_number,
        "externalRMAID": None,
        "orderID": item.order.order_id,
        "orderLineItemID": item.line_item_id,
        "sku": line.sku,
        "upc": line.upc or None,
        "productVariantID": None,
        "labelBarcode": line.upc or None,
        "productName": line.product_name or line.sku,
    }
    if item.reason:
        shown["returnReasonID"] = item.reason
    if return_.item_details:
        shown["happyReturnsItemID"] = item.item_id
        shown["approvedAt"] = _iso(item.approved_at)
    return shown


def return_asn(happenings: Sequence[Happening], order_number: str) -> dict[str, Any]:
    """One POST for one order number: the latest status change is the primary event, the rest newest first."""
    newest_first = list(reversed(happenings))
    primary = next((each for each in newest_first if each.kind == STATUS_UPDATED), newest_first[0])
    return {
        "event": primary.kind,
        "typeID": primary.type_id,
        "retailerID": primary.return_.retailer_id,
        "otherEvents": [{"event": each.kind, "typeID": each.type_id} for each in newest_first if each is not primary],
        "items": [asn_item(primary.return_, item) for item in primary.items if item.order.order_number == order_number],
    }


def label_update(return_: Return, bag: str) -> dict[str, Any]:
    """`return.label.update`: a bag barcode is tied to a return; typeID is empty, as published."""
    return {
        "event": "return_label_update",
        "typeID": "",
        "retailerID": return_.retailer_id,
        "webhookType": "return.label.update",
        "labelID": bag,
        "happyReturnsReturnID": return_.return_id,
        "happyReturnsExpressCode": return_.express_code,
    }


def outbound_rows(shipment: Shipment) -> list[dict[str, str | None]]:
    """`outbound_shipment.asn` v1: one row per unit with the published columns, each a string or null."""
    return [_outbound_row(shipment, return_, item) for return_, item in shipment.rows]


def _outbound_row(shipment: Shipment, return_: Return, item: Item) -> dict[str, str | None]:
    return {
        "purchasedDate": item.order.purchased_at,
        "orderNumber": item.order.order_number,
        "orderID": item.order.order_id,
        "orderLineItemID": item.line_item_id,
        "sku": item.line.sku,
        "upc": item.line.upc or None,
        "productVariantID": None,
        "labelBarcode": item.line.upc or None,
        "productName": item.line.product_name or item.line.sku,
        "returnReason": item.reason or None,
        "categoryID": None,
        "refundType": None,
        "oneClickExchange": None,
        "location": "Return Bar 12",
        "locationMetro": "Los Angeles",
        "country": "US",
        "startedDate": _iso(return_.started_at),
        "approvedDate": _iso(item.approved_at),
        "inspectionOutcome": None,
        "poNumber": None,
        "palletNumber": None,
        "shippingBoxBarcode": f"BOX{shipment.shipment_id}",
        "shippingBoxKind": "box",
        "tracking": shipment.tracking,
        "carrier": "ups",
        "departureDate": _iso(shipment.departed_at),
        "happyReturnsRetailerID": return_.retailer_id,
        "destinationAddressID": None,
        "happyReturnsExpressCode": return_.express_code,
        "happyReturnsItemID": item.item_id,
    }


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
