"""The storefront's things as its API shows them."""

from __future__ import annotations

from backhaul.simulation.storefront.front import Front
from backhaul.simulation.storefront.things import Opened, Paid, Record, Swap


def shown_order(front: Front, number: str) -> Record:
    order, back = front.order(number), front.refunded(number)
    lines = [
        {"id": one.id, "sku": one.sku, "quantity": one.quantity, "refunded": back[one.id]}
        for one in order.lines.values()
    ]
    return {"number": number, "lines": lines, "left_minor": order.paid_minor - front.refunded_minor(number),
            "marks": order.marks}  # fmt: skip


def shown_return(one: Opened) -> Record:
    return {
        "id": one.id, "note": one.note, "order": one.order, "state": one.state, "lines": dict(one.lines),
        "taken": dict(one.taken), "restocked": dict(one.restocked),
    }  # fmt: skip


def shown_refund(one: Paid) -> Record:
    return {
        "id": one.id, "note": one.note, "order": one.order, "state": one.state, "minor": one.minor,
        "lines": dict(one.lines), "sequence": one.sequence, "changed_at": one.changed_at.isoformat(),
    }  # fmt: skip


def shown_swap(one: Swap) -> Record:
    return {
        "id": one.id, "note": one.note, "order": one.order, "exchange": one.exchange, "sku": one.sku,
        "quantity": one.quantity, "state": one.state,
    }  # fmt: skip
