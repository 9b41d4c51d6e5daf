"""The boutique's storefront as a real Medusa, which loses some of its answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from backhaul.demo.storefront import Orders, Returned
from backhaul.demo.tales import Tale
from backhaul.sandbox.fault_proxy import Fault, FaultProxy, Rule
from backhaul.sandbox.medusa import Medusa, Sold

PLACE = "MAIN"
_NUMBER = "number"
# Each is done, and its answer lost on the way.
ANSWERS_CUT = (
    Rule(Fault.CUT, "POST", r"/admin/returns(\?|$)"),
    Rule(Fault.CUT, "POST", r"/admin/payments/[^/]+/refund(\?|$)"),
    Rule(Fault.CUT, "POST", r"/admin/returns/[^/]+/receive/confirm(\?|$)"),
    Rule(Fault.CUT, "POST", r"/admin/order-edits/[^/]+/confirm(\?|$)"),
    Rule(Fault.CUT, "POST", r"/location-levels/"),
)


@dataclass(frozen=True, slots=True)
class MedusaFront:
    """The shop with the boutique's orders, by their numbers; Backhaul reaches it at ``url``."""

    medusa: Medusa
    sold: Mapping[str, Sold]
    before: Mapping[str, int]
    url: str = ""
    secret: str = field(default="", repr=False)

    @classmethod
    def open(cls, medusa: Medusa, proxy: FaultProxy, orders: Orders, numbers: Sequence[str]) -> MedusaFront:
        """Sell; from then on some answers are lost on the way through ``proxy``."""
        counter = medusa.counter
        sold = {
            number: counter.sell(
                [(line["sku"], line["quantity"]) for line in orders[number]["lines"]], metadata={_NUMBER: number}
            )
            for number in numbers
        }
        before = {sku: counter.stock(sku) for sku in counter.shop.inventory_items}
        proxy.arrange(*ANSWERS_CUT)
        return cls(medusa, sold, before, proxy.url, medusa.secret)

    def catalogue(self, numbers: Sequence[str]) -> list[dict[str, object]]:
        return [
            {
                "orderNumber": number,
                "orderID": self.sold[number].id,
                "email": f"{number.lower()}@example.com",
                "lines": [
                    {"orderLineItemID": one["id"], "sku": one["variant_sku"], "quantity": one["quantity"]}
                    for one in self._order(number)["items"]
                ],
            }
            for number in numbers
        ]

    def pay_by_hand(self, tale: Tale, amount_minor: int) -> None:
        body = {"amount": amount_minor / 100, "note": "asked for by phone"}
        self.medusa.counter.client.admin("POST", f"/payments/{self.sold[tale.order].payment}/refund", body)

    def returns(self, number: str) -> list[Returned]:
        found = self.medusa.counter.returns(self.sold[number].id)
        return [
            Returned(
                f"return {one['display_id']}",
                sum(int(item["quantity"]) for item in one["items"]),
                one["status"],
                one["status"] in ("received", "partially_received"),
            )
            for one in found
            if one["status"] != "canceled"
        ]

    def refunds(self, number: str) -> list[int]:
        return [round(one["amount"] * 100) for one in self.medusa.counter.refunds(self.sold[number].id)]

    def marks(self, number: str) -> set[str]:
        told = [one for name, one in (self._order(number)["metadata"] or {}).items() if name.startswith("return-")]
        return {one[track] for one in told for track in ("goods", "money")}

    def exchange_orders(self) -> int:
        """Lines of price zero on the orders: what Backhaul has Medusa send instead."""
        return sum(item["unit_price"] == 0 for number in self.sold for item in self._order(number)["items"])

    def stock(self, sku: str) -> int:
        """What is there and not on its way to somebody."""
        level = self.medusa.counter.level(sku, PLACE)
        return int(level["stocked_quantity"]) - int(level["reserved_quantity"])

    def settings(self) -> str:
        shop = self.medusa.shop
        return _SETTINGS.format(shop=shop, url=self.url, secret=self.secret, place=shop.locations[PLACE])

    def _order(self, number: str) -> dict[str, Any]:
        return self.medusa.counter.order(self.sold[number].id)


_SETTINGS = """\
base_url = "{url}"
key = "{shop.key}"
signature_secrets = ["{secret}"]
order_field = "metadata.number"
return_location = "{place}"
locations = {{ STO = "{place}" }}
admin_url = "{shop.url}/app"
"""
