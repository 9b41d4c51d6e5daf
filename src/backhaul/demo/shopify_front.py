"""The boutique's storefront as a stand-in that answers by Shopify's published schema."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from backhaul.demo.expected import KITS, LIST_PRICES
from backhaul.demo.storefront import TAX_RATE, Orders, Returned
from backhaul.demo.tales import Tale
from backhaul.sandbox.shopify import Fault, Shop

PLACE = "Main warehouse"
EXCHANGE_TAG = "backhaul-exchange"
_PLENTY = 100
# Each is done, and its answer lost on the way.
_ANSWERS_CUT = ("CreateReturn", "CreateRefund", "CreateOrder", "AdjustStock", "ProcessReturn", "CloseReturn")


@dataclass(frozen=True, slots=True)
class ShopifyFront:
    """The shop with the boutique's orders; ``secret`` signs its webhooks."""

    shop: Shop
    before: Mapping[str, int]
    secret: str = field(default="", repr=False)

    @classmethod
    def open(cls, shop: Shop, orders: Orders, numbers: Sequence[str], secret: str = "") -> ShopifyFront:
        """Stock it and sell; from then on some answers are lost."""
        shop.add_location(PLACE)
        lines = [line for number in numbers for line in orders[number]["lines"]]
        dearest: dict[str, int] = {}
        for line in lines:
            price = int(Decimal(line["unit_price"]) * 100)
            dearest[line["sku"]] = max(price, dearest.get(line["sku"], 0))
        for sku, listed in LIST_PRICES.items():
            dearest.setdefault(sku, int(listed * 100))
        dearest.setdefault("SHIRT-L", dearest["SHIRT-M"])
        for sku, minor in dearest.items():
            if sku not in KITS:
                shop.add_variant(sku, minor, {PLACE: _PLENTY})
        for sku in dearest.keys() & KITS.keys():
            shop.add_bundle(sku, dearest[sku], KITS[sku])
        for number in numbers:
            wanted = [_wanted(line, dearest) for line in orders[number]["lines"]]
            shop.sell(number, wanted, tax_rate=TAX_RATE)
        shop.take_webhooks()
        for operation in _ANSWERS_CUT:
            shop.ask(Fault.CUT, operation=operation)
        return cls(shop, {sku: shop.available(sku) for sku in dearest if sku not in KITS}, secret)

    def catalogue(self, numbers: Sequence[str]) -> list[dict[str, object]]:
        return [
            {
                "orderNumber": number,
                "orderID": self.shop.order(number).gid.rsplit("/", 1)[-1],
                "email": f"{number.lower()}@example.com",
                "lines": [
                    {"orderLineItemID": line.gid.rsplit("/", 1)[-1], "sku": line.sku, "quantity": line.quantity}
                    for line in self.shop.order(number).lines
                ],
            }
            for number in numbers
        ]

    def pay_by_hand(self, tale: Tale, amount_minor: int) -> None:
        units = [(back.sku, back.quantity) for back in tale.back]
        self.shop.refund_by_hand(tale.order, units, amount_minor=amount_minor, note="asked for by phone")

    def returns(self, number: str) -> list[Returned]:
        return [
            Returned(one.name, sum(line.quantity for line in one.lines), one.status, one.status == "CLOSED")
            for one in self.shop.order(number).returns
            if one.status != "CANCELED"
        ]

    def refunds(self, number: str) -> list[int]:
        return [
            sum(pay.amount.presentment for pay in one.payments if pay.status == "SUCCESS")
            for one in self.shop.order(number).refunds
            if one.payments
        ]

    def marks(self, number: str) -> set[str]:
        tags = self.shop.order(number).tags
        return {tag.removeprefix("return:") for tag in tags if tag.startswith("return:")}

    def exchange_orders(self) -> int:
        return len(self.shop.orders_with_tag(EXCHANGE_TAG))

    def stock(self, sku: str) -> int:
        return self.shop.available(sku)

    def settings(self) -> str:
        return _SETTINGS.format(shop=self.shop, secret=self.secret, place=self.shop.location(PLACE).gid)


_SETTINGS = """\
shop = "modern-retailer.myshopify.com"
base_url = "{shop.url}"
token = "{shop.token}"
client_secrets = ["{secret}"]
order_prefix = ""
locations = {{ STO = "{place}" }}
"""


def _wanted(line: Mapping[str, Any], listed: Mapping[str, int]) -> tuple[str, int, int]:
    """A line as the storefront sells it: at the list price, less what the price paid is below it."""
    off = (listed[line["sku"]] - int(Decimal(line["unit_price"]) * 100)) * line["quantity"]
    return line["sku"], line["quantity"], off
