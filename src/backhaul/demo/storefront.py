"""The boutique's storefront: its orders sold in a stand-in of Shopify, and what must stand there in the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from backhaul.demo.compare import Finding
from backhaul.demo.expected import KITS, LIST_PRICES, Expected
from backhaul.demo.tales import Tale
from backhaul.sandbox.shopify import Fault, Shop

PLACE = "Main warehouse"
EXCHANGE_TAG = "backhaul-exchange"
TAX_RATE = Decimal("0.08")
"""The seeded shop's: what the storefront sold at, too."""
_PLENTY = 100
# Each is done, and its answer lost on the way.
_ANSWERS_CUT = ("CreateReturn", "CreateRefund", "CreateOrder", "AdjustStock", "ProcessReturn", "CloseReturn")


@dataclass(frozen=True, slots=True)
class Storefront:
    """The shop with the orders of these numbers sold, paid and sent; ``before`` is its sellable stock at that time."""

    shop: Shop
    before: Mapping[str, int]

    @classmethod
    def open(cls, shop: Shop, orders: Mapping[str, Any], numbers: Sequence[str], rate: Decimal) -> Storefront:
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
            shop.sell(number, wanted, tax_rate=rate)
        shop.take_webhooks()
        for operation in _ANSWERS_CUT:
            shop.ask(Fault.CUT, operation=operation)
        return cls(shop, {sku: shop.available(sku) for sku in dearest if sku not in KITS})

    @property
    def location(self) -> str:
        return self.shop.location(PLACE).gid

    def catalogue(self, numbers: Sequence[str]) -> list[dict[str, object]]:
        """The orders as the returns platform has them from the shop: with the shop's own ids of their lines."""
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
        """Somebody refunds the tale's units in the shop's admin before anything was handed in."""
        units = [(back.sku, back.quantity) for back in tale.back]
        self.shop.refund_by_hand(tale.order, units, amount_minor=amount_minor, note="asked for by phone")

    def documents(self) -> dict[str, int]:
        """How many documents of each kind stand in the shop."""
        orders = self.shop.orders()
        return {
            "storefront returns": sum(len(order.returns) for order in orders),
            "storefront refunds": sum(bool(one.payments) for order in orders for one in order.refunds),
            "storefront exchange orders": len(self.shop.orders_with_tag(EXCHANGE_TAG)),
        }


def _wanted(line: Mapping[str, Any], listed: Mapping[str, int]) -> tuple[str, int, int]:
    """A line as the storefront sells it: at the list price, less what the price paid is below it."""
    off = (listed[line["sku"]] - int(Decimal(line["unit_price"]) * 100)) * line["quantity"]
    return line["sku"], line["quantity"], off


def compare_storefront(wanted: Sequence[Expected], storefront: Storefront) -> tuple[Finding, ...]:
    """All that is not as it must be in the shop: none when it agrees with the ERP to the cent and to the unit."""
    own = [one for one in wanted if one.tale.merchant == "boutique"]
    found = [finding for one in own for finding in _of_one(one, storefront)]
    return (*found, *_levels(own, storefront))


def _of_one(one: Expected, storefront: Storefront) -> Iterator[Finding]:
    shop, about = storefront.shop, one.tale.order
    order = shop.order(about)
    returns = [each for each in order.returns if each.status != "CANCELED"]
    if one.tale.by_hand:
        if returns and returns[0].status != "CLOSED":
            yield Finding("wrong", "storefront return", about, f"{returns[0].name} is {returns[0].status}")
    elif len(returns) != 1:
        yield Finding("doubled" if returns else "missing", "storefront return", about, f"{len(returns)}, not 1")
    else:
        units = sum(line.quantity for line in returns[0].lines)
        if units != one.tale.units:
            yield Finding("wrong", "storefront return", about, f"is for {units} units, not {one.tale.units}")
        if returns[0].status != "CLOSED":
            yield Finding("wrong", "storefront return", about, f"{returns[0].name} is {returns[0].status}, not CLOSED")
    paid = [each for each in order.refunds if each.payments]
    if len(paid) != (1 if one.tale.paid_back else 0):
        yield Finding("doubled" if len(paid) > 1 else "missing", "storefront refund", about, f"{len(paid)} refunds")
    if shop.refunded_minor(order) != one.total_minor:
        yield Finding("wrong", "storefront refund", about, f"{shop.refunded_minor(order)}, not {one.total_minor}")
    marks = {tag for tag in order.tags if tag.startswith("return:")}
    must = {"return:inspected", "return:exchanged" if one.tale.swap is not None else "return:refunded"}
    if marks != must:
        yield Finding("wrong", "mark", about, f"{', '.join(sorted(marks))}, not {', '.join(sorted(must))}")


def _levels(own: Sequence[Expected], storefront: Storefront) -> Iterator[Finding]:
    must = Counter(storefront.before)
    for one in own:
        for (place, sku), count in one.placed.items():
            must[sku] += count if place == "STO" else 0
        if one.tale.swap is not None:
            must[one.tale.swap.sku] -= 1
    swaps = sum(one.tale.swap is not None for one in own)
    made = len(storefront.shop.orders_with_tag(EXCHANGE_TAG))
    if made != swaps:
        sort = "doubled" if made > swaps else "missing"
        yield Finding(sort, "storefront exchange order", "all", f"{made}, not {swaps}")  # type: ignore[arg-type]
    for sku in sorted(storefront.before):
        seen = storefront.shop.available(sku)
        if seen != must[sku]:
            yield Finding("wrong", "storefront stock", PLACE, f"{seen} {sku}, not {must[sku]}")
