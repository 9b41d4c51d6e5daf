"""The people of the shop: a shopper who orders, a clerk who captures and ships, and somebody who looks things up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .client import Client
from .shop import MedusaShop, Sold

ADDRESS = {
    "first_name": "Jane",
    "last_name": "Shopper",
    "address_1": "1 Main St",
    "city": "Reno",
    "postal_code": "89501",
    "country_code": "us",
}
WHOLE = "id,display_id,status,metadata,*items,*items.detail,*summary"
SOLD = "id,display_id,total,*items,*payment_collections.payments"
RETURNED = "id,display_id,status,order_id,exchange_id,claim_id,location_id,metadata,created_at,received_at,*items"
EXCHANGED = (
    "id,display_id,order_id,return_id,difference_due,canceled_at,metadata,"
    "*additional_items,*additional_items.item,*return,*return.items"
)


class Counter:
    """Works on the shop over its API. ``client`` is for calls that have no method here."""

    def __init__(self, shop: MedusaShop) -> None:
        self.shop = shop
        self.client = Client(shop.url, key=shop.key, publishable=shop.publishable_key)

    def close(self) -> None:
        self.client.close()

    def sell(
        self,
        lines: Sequence[tuple[str, int]],
        *,
        metadata: Mapping[str, object] | None = None,
        discount: bool = False,
        capture: bool = True,
        fulfil: bool = True,
        email: str = "jane@example.com",
    ) -> Sold:
        """An order of ``lines`` (SKU, quantity), paid and delivered. ``discount`` takes 10% off the goods."""
        placed = self._place(lines, metadata or {}, discount, email)
        order = self.order(placed, SOLD)
        payment = order["payment_collections"][0]["payments"][0]["id"]
        by_sku = {item["variant_sku"]: item["id"] for item in order["items"]}
        if capture:
            self.client.admin("POST", f"/payments/{payment}/capture", {})
        if fulfil:
            self.fulfil(placed, {item["id"]: item["quantity"] for item in order["items"]})
        cents = round(order["total"] * 100)
        return Sold(placed, order["display_id"], payment, cents, tuple(by_sku[sku] for sku, _ in lines))

    def fulfil(self, order: str, quantities: Mapping[str, int]) -> None:
        """Packs, ships and delivers these quantities by line id, from the warehouse."""
        items = [{"id": line, "quantity": quantity} for line, quantity in quantities.items()]
        path = f"/orders/{order}/fulfillments"
        known = self._parcels(order)
        self.client.admin("POST", path, {"location_id": self.shop.locations["MAIN"], "items": items})
        (parcel,) = self._parcels(order) - known
        self.client.admin("POST", f"{path}/{parcel}/shipments", {"items": items})
        self.client.admin("POST", f"{path}/{parcel}/mark-as-delivered", {})

    def stock(self, sku: str, location: str = "MAIN") -> int:
        """What is stocked of an inventory item at one of the shop's ``locations``."""
        return int(self.level(sku, location)["stocked_quantity"])

    def level(self, sku: str, location: str = "MAIN") -> dict[str, Any]:
        """The inventory level: stocked_quantity, reserved_quantity, available_quantity, incoming_quantity."""
        item, place = self.shop.inventory_items[sku], self.shop.locations[location]
        levels = self.client.admin("GET", f"/inventory-items/{item}/location-levels")["inventory_levels"]
        found: dict[str, Any] = next(level for level in levels if level["location_id"] == place)
        return found

    def order(self, order: str, fields: str = WHOLE) -> dict[str, Any]:
        """The order as Medusa has it now."""
        found: dict[str, Any] = self.client.admin("GET", f"/orders/{order}", fields=fields)["order"]
        return found

    def owed(self, order: str) -> int:
        """What the shop owes the shopper, in cents; negative where the shopper owes the shop."""
        difference = self.order(order, "id,*summary")["summary"]["pending_difference"]
        return -round(float(difference) * 100)

    def returns(self, order: str) -> list[dict[str, Any]]:
        """The order's returns, the first first, with their items."""
        return self._of_order("returns", order, RETURNED)

    def refunds(self, order: str) -> list[dict[str, Any]]:
        """The refunds on the order's payments, the first first."""
        path = "payment_collections.payments.refunds"
        found = self.order(order, f"id,*{path}")
        payments = (payment for collection in found["payment_collections"] for payment in collection["payments"])
        return sorted((one for payment in payments for one in payment["refunds"]), key=lambda one: one["created_at"])

    def exchanges(self, order: str) -> list[dict[str, Any]]:
        """The order's exchanges, the first first, with what goes out and what comes back."""
        return self._of_order("exchanges", order, EXCHANGED)

    def _of_order(self, what: str, order: str, fields: str) -> list[dict[str, Any]]:
        found = self.client.admin("GET", f"/{what}", order_id=order, fields=fields, limit="1000")
        return sorted(found[what], key=lambda one: one["display_id"])

    def _parcels(self, order: str) -> set[str]:
        return {one["id"] for one in self.order(order, "id,*fulfillments")["fulfillments"]}

    def _place(
        self, lines: Sequence[tuple[str, int]], metadata: Mapping[str, object], discount: bool, email: str
    ) -> str:
        about = {
            "region_id": self.shop.region,
            "sales_channel_id": self.shop.sales_channel,
            "email": email,
            "shipping_address": ADDRESS,
            "billing_address": ADDRESS,
            "metadata": dict(metadata),
            "items": [{"variant_id": self.shop.variants[sku], "quantity": quantity} for sku, quantity in lines],
            "promo_codes": [self.shop.promotion] if discount else [],
        }
        store = self.client.store
        cart = store("POST", "/carts", about)["cart"]["id"]
        store("POST", f"/carts/{cart}/shipping-methods", {"option_id": self.shop.shipping_options["standard"]})
        collection = store("POST", "/payment-collections", {"cart_id": cart})["payment_collection"]["id"]
        store("POST", f"/payment-collections/{collection}/payment-sessions", {"provider_id": "pp_system_default"})
        return str(store("POST", f"/carts/{cart}/complete", {})["order"]["id"])
