"""An order's lines as Medusa has them now, what they consist of in its stock, and the returns that stand on them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from backhaul.connectors.medusa.client import Medusa, Node
from backhaul.connectors.medusa.tasks import parted

_FIELDS = (
    "id,display_id,canceled_at,*items,*items.detail,*items.variant,*items.variant.inventory_items,"
    "*returns,*returns.items"
)
_GONE = ("return_requested_quantity", "return_received_quantity", "return_dismissed_quantity")


@dataclass(frozen=True, slots=True)
class Goods:
    """``lines`` of the order, ``returns`` of it with their items, the first first."""

    id: str
    lines: list[Node]
    returns: list[Node]

    @classmethod
    def read(cls, system: Medusa, order: str) -> Goods:
        """Raises Rejected (404) for an order that is not there."""
        found = system.get(f"/orders/{order}", fields=_FIELDS)["order"]
        returns = sorted(found.get("returns") or (), key=lambda one: int(one["display_id"]))
        return cls(order, list(found["items"]), returns)

    def of(self, document: str) -> list[Node]:
        """The returns that a reference of ours names."""
        wanted = parted(document)
        return [one for one in self.returns if one["id"] in wanted]

    def line(self, id_: str) -> Node | None:
        return next((one for one in self.lines if one["id"] == id_), None)

    def clash(self, ids: Iterable[str]) -> bool:
        """Whether those lines have an inventory item in common, or a kit is among them.

        Of a return that holds such lines Medusa may raise less stock than came back.
        """
        lines = [one for id_ in ids if (one := self.line(id_)) is not None]
        parts: Counter[str] = Counter(part for one in lines for part in pieces(one))
        return any(count > 1 for count in parts.values()) or any(is_kit(one) for one in lines)


def pieces(line: Node) -> dict[str, int]:
    """How many of which inventory items one unit of a line is; none where Medusa keeps no stock of it."""
    variant = line.get("variant") or {}
    if not variant.get("manage_inventory"):
        return {}
    return {one["inventory_item_id"]: int(one["required_quantity"]) for one in variant.get("inventory_items") or ()}


def is_kit(line: Node) -> bool:
    own = pieces(line)
    return len(own) > 1 or any(count > 1 for count in own.values())


def returnable(line: Node) -> int:
    """How many units of a line were sent and are in no return."""
    detail = line["detail"]
    return int(detail["fulfilled_quantity"]) - sum(int(detail[name]) for name in _GONE)


def wanted_of(found: Node) -> Counter[str]:
    """Units by order line of a return."""
    held: Counter[str] = Counter()
    for item in found.get("items") or ():
        held[item["item_id"]] += int(item["quantity"])
    return held
