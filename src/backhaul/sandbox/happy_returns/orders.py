"""The orders shoppers may return: given by the caller, so that returns name goods somebody really sold."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_PURCHASED_AT = "2026-01-05T16:26:05-05:00"


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One line of an order; `quantity` is the number of units sold."""

    order_line_item_id: str
    sku: str
    quantity: int
    product_name: str = ""
    upc: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """One order as the shop passed it to Happy Returns; `purchased_at` is ISO 8601 with an offset."""

    order_number: str
    order_id: str
    email: str
    lines: tuple[OrderLine, ...]
    purchased_at: str = _PURCHASED_AT


class UnreadableCatalogue(ValueError):
    """The catalogue is a list of {orderNumber, orderID, email, lines: [{orderLineItemID, sku, quantity}]}."""


def orders_from_json(content: Any) -> tuple[Order, ...]:
    """Read a decoded catalogue; raises UnreadableCatalogue naming the order that is wrong."""
    if not isinstance(content, list):
        raise UnreadableCatalogue(f"expected a list of orders, got {type(content).__name__}")
    return tuple(_order(place, entry) for place, entry in enumerate(content))


def orders_from_file(path: Path) -> tuple[Order, ...]:
    """Read a catalogue file in JSON."""
    return orders_from_json(json.loads(path.read_text(encoding="utf-8")))


def by_number(orders: Iterable[Order]) -> dict[str, Order]:
    """Orders keyed by order number; the last one of a number counts."""
    return {order.order_number: order for order in orders}


def _order(place: int, entry: Any) -> Order:
    try:
        return Order(
            order_number=str(entry["orderNumber"]),
            order_id=str(entry["orderID"]),
            email=str(entry["email"]),
            lines=tuple(_line(line) for line in entry["lines"]),
            purchased_at=str(entry.get("purchasedAt", _PURCHASED_AT)),
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise UnreadableCatalogue(f"order {place} of the catalogue: {error!r}") from error


def _line(entry: Mapping[str, Any]) -> OrderLine:
    quantity = int(entry["quantity"])
    if quantity < 1:
        raise ValueError(f"quantity {quantity} of {entry['sku']}")
    return OrderLine(
        order_line_item_id=str(entry["orderLineItemID"]),
        sku=str(entry["sku"]),
        quantity=quantity,
        product_name=str(entry.get("productName", "")),
        upc=str(entry.get("upc", "")),
    )
