"""What webhooks carry of returns and of stock, in the shape of the older REST interface."""

from typing import Any

from .bodies import named
from .dock import Disposition, ReverseLine
from .goods import Level
from .moments import iso
from .naming import number_of
from .returns import Return


def return_body(return_: Return) -> dict[str, Any]:
    """returns/…"""
    return named(return_) | {
        "name": return_.name,
        "status": return_.status.lower(),
        "order": named(return_.order),
        "total_return_line_items": sum(line.quantity for line in return_.lines),
        "return_line_items": [
            named(line)
            | {
                "quantity": line.quantity,
                "return_reason_note": line.note,
                "fulfillment_line_item": named(line.sent) | {"line_item": named(line.sent.line)},
            }
            for line in return_.lines
        ],
    }


def disposal_body(line: ReverseLine, made: list[Disposition]) -> dict[str, Any]:
    """reverse_fulfillment_orders/dispose."""
    return {
        "admin_graphql_api_id": line.reverse.gid,
        "return": named(line.reverse.return_),
        "dispositions": [
            named(each)
            | {
                "reverse_fulfillment_order_line_item_id": line.gid,
                "type": each.outcome.lower(),
                "quantity": each.quantity,
                "location_id": number_of(each.location.gid) if each.location else None,
            }
            for each in made
        ],
    }


def level_body(level: Level) -> dict[str, Any]:
    """inventory_levels/update."""
    return {
        "inventory_item_id": number_of(level.item.gid),
        "location_id": number_of(level.location.gid),
        "available": level.quantity("available"),
        "updated_at": iso(level.updated_at),
        "admin_graphql_api_id": level.gid,
    }
