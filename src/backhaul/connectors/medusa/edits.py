"""Edits of an order: begun, one step made, confirmed. Our key is in the note that stays in the order's journal."""

from __future__ import annotations

from collections.abc import Callable

from backhaul.connectors.medusa.changes import changes_of, is_open, is_ours
from backhaul.connectors.medusa.client import Medusa, Node
from backhaul.connectors.medusa.tasks import note
from backhaul.sdk.outcomes import Rejected


def edit(system: Medusa, order: str, label: str, key: str, step: Callable[[str], object]) -> None:
    """One edit whole. Raises Rejected, and Busy, where nothing of it was done; then nothing of it is left.

    ``step`` gets the path of the edit.
    """
    path = f"/order-edits/{order}"
    for one in changes_of(system, order):
        if is_open(one) and is_ours(one, key):
            system.drop(path)
    system.post("/order-edits", {"order_id": order, "internal_note": note(label, key)})
    try:
        step(path)
        system.post(f"{path}/request", {})
        system.post(f"{path}/confirm", {})
    except Rejected:
        # A refusal does not mean that nothing happened.
        if not _is_confirmed(changes_of(system, order), key):
            system.drop(path)
            raise


def _is_confirmed(changes: list[Node], key: str) -> bool:
    return any(one["status"] == "confirmed" and is_ours(one, key) and one["actions"] for one in changes)
