"""What customer care sees on the order: one entry of its metadata per return.

The entry says which statement it is of: an older one never overwrites a newer. Medusa has no tags of orders.
"""

from __future__ import annotations

from typing import Any

from backhaul.connectors.medusa.client import Medusa, Node
from backhaul.connectors.medusa.tasks import order_id
from backhaul.domain.effects import MarkOrder
from backhaul.sdk.outcomes import Absent, Done, Found, Outcome, Task


def find_mark(task: Task, system: Medusa) -> Found:
    """Whether the order says so, or something newer, already."""
    effect = task.effect_as(MarkOrder)
    order = system.just_read(task.key, _read(effect, system))
    return Done(order["id"]) if _is_told(task, effect, order) else Absent()


def mark(task: Task, system: Medusa, _found: Found) -> Outcome:
    """Write the statement; Medusa leaves the other entries as they are."""
    effect = task.effect_as(MarkOrder)
    order = system.just_read(task.key) or _read(effect, system)
    if _is_told(task, effect, order):
        return Done(order["id"])
    before = _said(order, effect) or {}
    sequence = max(effect.sequence, int(before.get("sequence", 0)) + (1 if task.recovered else 0))
    statement = {"return": effect.label, "goods": effect.goods, "money": effect.money, "sequence": sequence}
    system.post(f"/orders/{order['id']}", {"metadata": {_name(effect): statement}})
    return Done(order["id"])


def _read(effect: MarkOrder, system: Medusa) -> Node:
    found: Node = system.get(f"/orders/{order_id(system, effect.order)}", fields="id,metadata,-items")["order"]
    return found


def _name(effect: MarkOrder) -> str:
    return f"return-{effect.return_id}"


def _said(order: Node, effect: MarkOrder) -> dict[str, Any] | None:
    said = (order.get("metadata") or {}).get(_name(effect))
    return said if isinstance(said, dict) else None


def _is_told(task: Task, effect: MarkOrder, order: Node) -> bool:
    """Of a restored deployment the sequence may be one that was given before: then only what it says counts."""
    there = _said(order, effect)
    if there is None:
        return False
    same = (there.get("goods"), there.get("money")) == (effect.goods, effect.money)
    return same or (not task.recovered and int(there.get("sequence", 0)) > effect.sequence)
