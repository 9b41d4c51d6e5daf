"""Somebody at the returns desk of a Medusa shop, who clicks what Medusa's own dashboard would offer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from backhaul.sandbox.medusa import Counter

Quantities = Sequence[tuple[str, int]]


class Desk:
    """Opens, receives, exchanges and refunds by line id; answers Medusa's ids."""

    def __init__(self, counter: Counter) -> None:
        self.counter = counter
        self._shop = counter.shop

    def open_return(self, order: str, lines: Quantities, external_id: str = "", location: str = "HUB") -> str:
        """A requested return."""
        place = self._shop.locations[location]
        about = {"order_id": order, "location_id": place, "metadata": {"external_id": external_id}}
        made: str = self._post("/returns", about)["return"]["id"]
        reason = self._shop.return_reasons["other"]
        items = [{**item, "reason_id": reason} for item in _items(lines)]
        self._post(f"/returns/{made}/request-items", {"items": items})
        self._post(f"/returns/{made}/request", {})
        return made

    def receive(self, return_id: str, good: Quantities = (), damaged: Quantities = (), note: str = "") -> None:
        """One round of receiving, confirmed."""
        self._post(f"/returns/{return_id}/receive", {"internal_note": note} if note else {})
        if good:
            self._post(f"/returns/{return_id}/receive-items", {"items": _items(good)})
        if damaged:
            self._post(f"/returns/{return_id}/dismiss-items", {"items": _items(damaged)})
        self._post(f"/returns/{return_id}/receive/confirm", {})

    def refund(self, payment: str, cents: int, note: str) -> None:
        self._post(f"/payments/{payment}/refund", {"amount": cents / 100, "note": note})

    def exchange(self, order: str, line: str, sku: str, dollars: int | None = None) -> str:
        """One of a line for one of another variant, at ``dollars`` a piece instead of its own price."""
        made: str = self._post("/exchanges", {"order_id": order, "metadata": {"external_id": "ex"}})["exchange"]["id"]
        item = {"id": line, "quantity": 1, "reason_id": self._shop.return_reasons["too_small"]}
        inbound = {"items": [item], "location_id": self._shop.locations["HUB"]}
        self._post(f"/exchanges/{made}/inbound/items", inbound)
        price = {} if dollars is None else {"unit_price": dollars}
        out = {"variant_id": self._shop.variants[sku], "quantity": 1, **price}
        self._post(f"/exchanges/{made}/outbound/items", {"items": [out]})
        # Without one nothing is reserved, and what is not reserved cannot be packed.
        free = {"shipping_option_id": self._shop.shipping_options["standard"], "custom_amount": 0}
        self._post(f"/exchanges/{made}/outbound/shipping-method", free)
        self._post(f"/exchanges/{made}/request", {})
        return made

    def edit(self, order: str, sku: str, dollars: int = 0) -> None:
        """One of a variant more on the order, at ``dollars``."""
        self._post("/order-edits", {"order_id": order})
        item = {"variant_id": self._shop.variants[sku], "quantity": 1, "unit_price": dollars}
        self._post(f"/order-edits/{order}/items", {"items": [item]})
        self._post(f"/order-edits/{order}/request", {})
        self._post(f"/order-edits/{order}/confirm", {})

    def received_rounds(self, order: str) -> list[tuple[str, dict[str, int]]]:
        """The confirmed rounds of receiving: their note, and what was good by line."""
        changes = self.counter.client.admin("GET", f"/orders/{order}/changes", change_type="return_receive")
        return [
            (
                change["internal_note"],
                {
                    action["details"]["reference_id"]: action["details"]["quantity"]
                    for action in change["actions"]
                    if action["action"] == "RECEIVE_RETURN_ITEM"
                },
            )
            for change in changes["order_changes"]
            if change["status"] == "confirmed"
        ]

    def _post(self, path: str, body: object) -> Any:
        return self.counter.client.admin("POST", path, body)


def _items(lines: Quantities) -> list[dict[str, object]]:
    return [{"id": line, "quantity": quantity} for line, quantity in lines]
