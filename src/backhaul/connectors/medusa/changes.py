"""The changes of an order, Medusa's own journal of it: what was received, added and removed, and whose change is open.

Notes on them carry our keys. They are right where the totals on returns and orders are not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from backhaul.connectors.medusa.client import Medusa, Node
from backhaul.connectors.medusa.tasks import token

_FIELDS = "id,status,change_type,internal_note,return_id,created_at,*actions"
_OPEN = ("pending", "requested")
GOOD, DAMAGED = "RECEIVE_RETURN_ITEM", "RECEIVE_DAMAGED_RETURN_ITEM"


def changes_of(system: Medusa, order: str) -> list[Node]:
    """All changes of an order, the first first."""
    found: list[Node] = system.get(f"/orders/{order}/changes", fields=_FIELDS)["order_changes"]
    return sorted(found, key=lambda one: one["created_at"])


def is_open(change: Node) -> bool:
    """Whether it keeps everybody else from changing the order."""
    return change["status"] in _OPEN


def is_ours(change: Node, key: str) -> bool:
    return token(key) in (change.get("internal_note") or "")


def rounds_of(changes: Iterable[Node], returns: Iterable[str]) -> list[Node]:
    """The confirmed rounds of receiving of these returns."""
    wanted = set(returns)
    return [
        one
        for one in changes
        if one["change_type"] == "return_receive" and one["status"] == "confirmed" and one["return_id"] in wanted
    ]


def received(rounds: Iterable[Node]) -> Counter[tuple[str, str, str]]:
    """How many units by return, order line and whether they were GOOD or DAMAGED."""
    found: Counter[tuple[str, str, str]] = Counter()
    for one in rounds:
        for action in one["actions"]:
            if action["action"] in (GOOD, DAMAGED):
                details = action["details"]
                found[one["return_id"], details["reference_id"], action["action"]] += int(details["quantity"])
    return found


def added(change: Node) -> list[str]:
    """The order lines that a confirmed edit added."""
    if change["status"] != "confirmed":
        return []
    return [one["details"]["reference_id"] for one in change["actions"] if one["action"] == "ITEM_ADD"]
