"""What webhooks carry: bodies in the shape of the older REST interface, with ids as numbers."""

from typing import Any

from .amounts import rest_text
from .bulks import Bulk
from .lines import Line
from .moments import iso
from .money import Bag
from .naming import number_of
from .orders import Order
from .payments import Payment, Refund, RefundLine
from .standing import financial_standing, fulfilment_standing, order_total


def named(thing: Any) -> dict[str, Any]:
    """A thing by both of its ids."""
    return {"id": number_of(thing.gid), "admin_graphql_api_id": thing.gid}


def _text(bag: Bag) -> str:
    return rest_text(bag.shop, bag.currencies.shop)


def line_body(line: Line) -> dict[str, Any]:
    """A line of an order."""
    return named(line) | {
        "variant_id": number_of(line.variant.gid) if line.variant else None,
        "sku": line.sku,
        "title": line.title,
        "quantity": line.quantity,
        "current_quantity": line.left,
        "price": _text(line.unit),
        "total_discount": _text(line.discount),
        "requires_shipping": line.requires_shipping,
        "tax_lines": [
            {"title": each.title, "rate": float(each.rate), "price": _text(each.amount)} for each in line.taxes
        ],
    }


def payment_body(payment: Payment) -> dict[str, Any]:
    """A movement of money, in the shopper's currency."""
    money = payment.amount.currencies.presentment
    return named(payment) | {
        "order_id": number_of(payment.order.gid),
        "kind": payment.direction.lower(),
        "status": payment.status.lower(),
        "gateway": payment.gateway,
        "amount": rest_text(payment.amount.presentment, money),
        "currency": money,
        "parent_id": number_of(payment.parent.gid) if payment.parent else None,
        "created_at": iso(payment.created_at),
        "processed_at": iso(payment.processed_at),
    }


def _refund_line(line: RefundLine) -> dict[str, Any]:
    return {
        "id": number_of(line.gid),
        "line_item_id": number_of(line.line.gid),
        "quantity": line.quantity,
        "restock_type": line.restock_type.lower(),
        "location_id": number_of(line.location.gid) if line.location else None,
        "subtotal": float(_text(line.subtotal)),
        "total_tax": float(_text(line.tax)),
        "line_item": line_body(line.line),
    }


def refund_body(refund: Refund) -> dict[str, Any]:
    """refunds/create."""
    return named(refund) | {
        "order_id": number_of(refund.order.gid),
        "created_at": iso(refund.created_at),
        "processed_at": iso(refund.created_at),
        "note": refund.note,
        "return": named(refund.return_) if refund.return_ else None,
        "refund_line_items": [_refund_line(line) for line in refund.lines],
        "transactions": [payment_body(payment) for payment in refund.payments],
    }


def bulk_body(bulk: Bulk) -> dict[str, Any]:
    """bulk_operations/finish."""
    return {
        "admin_graphql_api_id": bulk.gid,
        "created_at": iso(bulk.created_at),
        "completed_at": iso(bulk.completed_at),
        "error_code": bulk.error_code,
        "status": bulk.status.lower(),
        "type": "query",
    }


def order_body(order: Order) -> dict[str, Any]:
    """orders/create, orders/updated, orders/cancelled, orders/edited."""
    return named(order) | {
        "name": order.name,
        "order_number": order.number,
        "created_at": iso(order.created_at),
        "updated_at": iso(order.updated_at),
        "cancelled_at": iso(order.cancelled_at),
        "closed_at": iso(order.closed_at),
        "currency": order.currencies.shop,
        "presentment_currency": order.currencies.presentment,
        "total_price": _text(order_total(order)),
        "financial_status": financial_standing(order).lower(),
        "fulfillment_status": {"FULFILLED": "fulfilled", "PARTIALLY_FULFILLED": "partial"}.get(
            fulfilment_standing(order)
        ),
        "customer": named(order.customer) if order.customer else None,
        "source_name": order.source_name,
        "source_identifier": order.source_identifier,
        "tags": ", ".join(order.tags),
        "note": order.note,
        "line_items": [line_body(line) for line in order.lines],
        "refunds": [refund_body(refund) for refund in order.refunds],
    }
