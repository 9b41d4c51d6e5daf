"""A believable fortnight at a shop: shoppers, the hub, the warehouse and finance, and what goes wrong for them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from tests.support.shop import Shop

CATALOGUE = (("SHIRT-M", 3490), ("JEANS-32", 8990), ("SNEAKER-42", 11990), ("MUG", 1290), ("SCARF-RED", 2450))
_NAMES = uuid.UUID("6f1d6d4e-0000-4000-8000-00000000b4c7")


@dataclass(frozen=True, slots=True)
class Parcel:
    """One return of one order: who it is at the platform and what is in it."""

    shop: Shop
    order: str
    name: str
    express: str
    units: tuple[tuple[str, str, int], ...]

    def items(self) -> list[dict[str, Any]]:
        return [
            {
                "happyReturnsReturnID": self.name, "happyReturnsExpressCode": self.express, "orderNumber": self.order,
                "orderLineItemID": f"{line}-{offset}-2", "sku": sku, "email": "shopper@example.com",
                "productName": sku.title(), "returnReasonID": "too-small",
            }
            for line, sku, offset in self.units
        ]  # fmt: skip

    def said(self, word: str) -> int:
        body = {"event": "return_status_updated", "typeID": word, "retailerID": self.shop.name, "otherEvents": []}
        return self.shop.tell("happy", {**body, "items": self.items()})

    def refunded(self, minor: int, refund: str = "", currency: str = "USD", **more: Any) -> int:
        body = {
            "message_id": f"m-{refund or self.order}-{minor}", "occurred_at": self.now(), "sequence": 1,
            "order_number": self.order, "return_ref": {"kind": "return", "value": self.name}, "kind": "refund",
            "refund_id": refund or f"re_{self.order}", "state": "succeeded",
            "amount": {"minor": minor, "currency": currency},
        }  # fmt: skip
        return self.shop.tell("money", {**body, **more})

    def received(self, site: str = "BER1") -> int:
        lines = [{"line_ref": line, "sku": sku, "received_total": 1} for line, sku, _ in self.units]
        return self.shop.tell("warehouse", {**self._count("receipt", site), "lines": lines})

    def inspected(self, condition: str, site: str = "BER1", **more: Any) -> int:
        lines = [
            {"line_ref": line, "sku": sku, "disposition": condition, "inspected_total": 1}
            for line, sku, _ in self.units
        ]
        return self.shop.tell("warehouse", {**self._count("inspection", site), "lines": lines, **more})

    def now(self) -> str:
        return self.shop.clock().isoformat().replace("+00:00", "Z")

    def _count(self, kind: str, site: str) -> dict[str, Any]:
        return {
            "message_id": f"w-{kind}-{self.order}", "occurred_at": self.now(), "sequence": 1, "warehouse": site,
            "return_ref": {"kind": "return", "value": self.name}, "order_number": self.order, "kind": kind,
        }  # fmt: skip


def parcel(shop: Shop, number: int, *skus: str) -> Parcel:
    """An order of these SKUs, one each, and a return of all of it that has not begun yet."""
    order = f"{shop.name.upper()}-{number}"
    prices = dict(CATALOGUE)
    shop.sold(order, *((sku, 1, prices.get(sku, 1990)) for sku in skus))
    name = str(uuid.uuid5(_NAMES, order))
    units = tuple((f"{order}{index + 1}", sku, 0) for index, sku in enumerate(skus))
    return Parcel(shop, order, name, f"HR{name[:6].upper()}", units)


def paid(skus: tuple[str, ...]) -> int:
    """What one of each costs, in minor units."""
    return sum(dict(CATALOGUE).get(sku, 1990) for sku in skus)


def play(shop: Shop, returns: int = 24) -> list[Parcel]:
    """A fortnight; afterwards some returns are squared, some are on their way, and some are in trouble."""
    parcels = []
    for index in range(returns):
        skus = tuple(CATALOGUE[(index + step) % len(CATALOGUE)][0] for step in range(1 + index % 2))
        one = parcel(shop, 1001 + index, *skus)
        if index in (4, 9, 14):
            shop.books.refuses["issue-credit-note", one.order] = "fiscal period 2026-10 is closed; open it, then retry"
        parcels.append(one)
        shop.clock.at += timedelta(hours=5, minutes=23)
        _go(one, index, paid(skus))
        shop.work()
    shop.flush()
    rubbish(shop, parcels[0])
    shop.look_at_the_clock()
    return parcels


def _go(one: Parcel, index: int, price: int) -> None:
    """How far this one gets depends on its number."""
    one.said("started")
    one.shop.work()
    if index % 8 == 7:
        return
    one.shop.clock.at += timedelta(minutes=40)
    one.said("dropped_off")
    one.said("approved")
    if index % 6 == 5:
        return
    one.refunded(price + _gesture(index), **_fee(index))
    one.shop.work()
    if index > 17:
        return
    one.shop.clock.at += timedelta(hours=3)
    one.received()
    one.inspected({3: "damaged", 8: "quarantine", 12: "dispose", 2: "moth-eaten", 16: "missing"}.get(index, "sellable"))


def _gesture(index: int) -> int:
    """What customer care gave or kept beyond what the policy computes, in minor units; a fee is kept, too."""
    return {6: 150, 13: -275}.get(index, 0) - (100 if index % 5 == 0 else 0)


def _fee(index: int) -> dict[str, Any]:
    return {"fee": {"minor": 100, "currency": "USD"}} if index % 5 == 0 else {}


def rubbish(shop: Shop, known: Parcel) -> None:
    """What no source should send and every source does: over-returns, unknown words, cut bodies, stray refunds."""
    again = Parcel(
        shop, known.order, str(uuid.uuid5(_NAMES, f"again {shop.name}")), f"HR{shop.name.upper()}AGAIN", known.units
    )
    again.said("started")
    again.said("dropped_off")
    shop.work()
    again.said("teleported")
    shop.tell("happy", None, raw=b'{"event": "return_status_updated", "items": [')
    stray = Parcel(shop, f"{shop.name.upper()}-9999", "unheard-of", "HRSTRAY1", ())
    stray.refunded(4200, return_ref=None)
