"""What customer care and the shopper see on the order: one metafield per return, and tags that can be searched for.

The metafield says which statement it is of: an older one never overwrites a newer.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from backhaul.connectors.shopify.client import Node, Shopify, refuse
from backhaul.connectors.shopify.tasks import order_id
from backhaul.domain.effects import MarkOrder
from backhaul.sdk.outcomes import Absent, Done, Found, Outcome, Task

NAMESPACE = "$app:backhaul"
_KEY_MAX = 64


def find_mark(task: Task, system: Shopify) -> Found:
    """Whether the order says so, or something newer, already."""
    effect = task.effect_as(MarkOrder)
    order = _read(effect, system)
    system.just_read(task.key, order)
    return Done(order["id"]) if _is_told(task, effect, order) else Absent()


def mark(task: Task, system: Shopify, _found: Found) -> Outcome:
    """Write the statement and bring the tags in line with those of all returns of the order; in one call."""
    effect = task.effect_as(MarkOrder)
    order = system.just_read(task.key) or _read(effect, system)
    if _is_told(task, effect, order):
        return Done(order["id"])
    said = _said(order)
    before = said.get(_name(effect), {})
    sequence = max(effect.sequence, int(before.get("sequence", 0)) + (1 if task.recovered else 0))
    statement = {"return": effect.label, "goods": effect.goods, "money": effect.money, "sequence": sequence}
    said[_name(effect)] = statement
    wanted = _tags(said.values(), system)
    present = [tag for tag in order["tags"] if tag.startswith(f"{system.settings.mark_prefix}:")]
    payload = system.ask(
        "MarkOrder",
        id=order["id"],
        metafields=[
            {
                "ownerId": order["id"],
                "namespace": NAMESPACE,
                "key": _name(effect),
                "type": "json",
                "value": json.dumps(statement, sort_keys=True),
            }
        ],
        added=sorted(wanted),
        removed=sorted(set(present) - wanted),
    )
    for field in ("metafieldsSet", "tagsAdd", "tagsRemove"):
        refuse(field, (payload.get(field) or {}).get("userErrors") or ())
    return Done(order["id"])


def _read(effect: MarkOrder, system: Shopify) -> Node:
    return dict(system.ask("OrderMarks", id=order_id(system, effect.order))["order"])


def _name(effect: MarkOrder) -> str:
    return f"return-{effect.return_id}"[:_KEY_MAX]


def _said(order: Node) -> dict[str, dict[str, Any]]:
    """The statements of all returns of the order, by their names."""
    found = {}
    for one in order["metafields"]["nodes"]:
        if one["key"].startswith("return-"):
            found[one["key"]] = dict(json.loads(one["value"]))
    return found


def _is_told(task: Task, effect: MarkOrder, order: Node) -> bool:
    """Of a restored deployment the sequence may be one that was given before: then only what it says counts."""
    there = _said(order).get(_name(effect))
    if there is None:
        return False
    same = (there.get("goods"), there.get("money")) == (effect.goods, effect.money)
    return same or (not task.recovered and int(there.get("sequence", 0)) > effect.sequence)


def _tags(said: Iterable[dict[str, Any]], system: Shopify) -> set[str]:
    prefix = system.settings.mark_prefix
    return {f"{prefix}:{one[what]}" for one in said for what in ("goods", "money") if one.get(what, "none") != "none"}
