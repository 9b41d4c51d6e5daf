"""What people do by hand in Tryton: sell, pick for an order, receive and put away what came back."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from backhaul.sandbox.happy_returns import Order, OrderLine
from tests.support.back_office import BackOffice

PRICES = {"SHIRT-M": 2000, "SHIRT-L": 2000, "SOCK": 500, "JEANS-32": 6000, "BELT-90": 1500, "MUG": 1200, "SET": 2700}

RETURN_SHIPMENT = "stock.shipment.out.return"
OUT_SHIPMENT = "stock.shipment.out"


@dataclass
class Till:
    """Gives each test orders of its own. ``orders`` are those given so far, as the returns platform knows them."""

    office: BackOffice
    orders: list[Order] = field(default_factory=list)
    sold: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def order(self, *, off: int = 0, **units: int) -> str:
        """The number of an order with at least these units: ``order(BELT_90=2, off=10)`` has two belts at 10 % off.

        It is delivered and invoiced: one of the seeded orders as long as there are, then one sold now.
        """
        wanted = {sku.replace("_", "-"): count for sku, count in units.items()}
        given = {order.order_number for order in self.orders}
        for number, seeded in sorted(self.office.shop.orders.items()):
            has = {line["sku"]: line["quantity"] for line in seeded["lines"] if _is_at(line, off)}
            if number not in given and all(has.get(sku, 0) >= count for sku, count in wanted.items()):
                return self._give(number, {line["sku"]: line["quantity"] for line in seeded["lines"]})
        return self._give(self._sell(wanted, off), wanted)

    def _give(self, number: str, units: Mapping[str, int]) -> str:
        lines = tuple(OrderLine(f"{number}-{sku}", sku, count) for sku, count in units.items())
        self.orders.append(Order(number, number, f"{number.lower()}@example.com", lines))
        return number

    def _sell(self, units: Mapping[str, int], off: int) -> str:
        return self.sell_as(f"TILL-{next(self.sold):04}", units, off)

    def sell_as(self, number: str, units: Mapping[str, int], off: int = 0) -> str:
        """Sold under that number, delivered and invoiced, as a storefront's order comes into the ERP."""
        sale = _sale(self.office, units, off, reference=number, invoice_method="order")
        read = self.office.read("sale.sale", sale, "shipments", "invoices")
        for shipment in read["shipments"]:
            self.office.press(OUT_SHIPMENT, shipment, "assign_try", "pick", "pack", "do")
        for invoice in read["invoices"]:
            self.office.press("account.invoice", invoice, "post")
        return number


def _is_at(line: Mapping[str, Any], off: int) -> bool:
    return Decimal(line["unit_price"]) * 100 == PRICES[line["sku"]] * (100 - off) // 100


def _sale(office: BackOffice, units: Mapping[str, int], off: int = 0, **more: Any) -> int:
    shop = office.shop
    code = min(shop.customers)
    address = shop.addresses[code]
    lines = [
        {
            "type": "line", "product": shop.products[sku], "unit": shop.unit, "quantity": count,
            "base_price": _price(PRICES[sku]), "unit_price": _price(PRICES[sku] * (100 - off) // 100),
            "taxes": [["add", [shop.tax]]],
        }
        for sku, count in units.items()
    ]  # fmt: skip
    sale = office.create(
        "sale.sale", party=shop.customers[code], invoice_address=address, shipment_address=address,
        shipment_method="order", payment_term=shop.payment_term, lines=[["create", lines]], **more,
    )  # fmt: skip
    office.press("sale.sale", sale, "quote", "confirm")
    return sale


def _price(cents: int) -> dict[str, str]:
    return {"__class__": "Decimal", "decimal": f"{cents // 100}.{cents % 100:02}00"}


def receive_by_hand(office: BackOffice, shipment: int, arrived: Mapping[str, Mapping[str, int]]) -> None:
    """The warehouse receives these units, {SKU: {place: units}}, and puts them there; the rest is still to come."""
    moves = office.read(RETURN_SHIPMENT, shipment, "incoming_moves.product.code", "incoming_moves.quantity")
    commands: list[list[object]] = []
    for move in moves["incoming_moves"]:
        count = sum(arrived.get(move["product"]["code"], {}).values())
        commands.append(["write", [move["id"]], {"quantity": count}] if count else ["delete", [move["id"]]])
    office.write(RETURN_SHIPMENT, shipment, incoming_moves=commands)
    office.press(RETURN_SHIPMENT, shipment, "receive")
    put_away_by_hand(office, shipment, arrived)


def put_away_by_hand(office: BackOffice, shipment: int, arrived: Mapping[str, Mapping[str, int]]) -> None:
    """The received units are put where ``arrived`` says; several places of one SKU split its move."""
    moves = office.read(
        RETURN_SHIPMENT, shipment, "inventory_moves.product.code", "inventory_moves.product", "inventory_moves.quantity"
    )
    for move in moves["inventory_moves"]:
        (first, count), *others = arrived[move["product"]["code"]].items()
        assert not others, "one place per SKU: receive in two shipments for more"
        assert count == move["quantity"]
        office.write(
            RETURN_SHIPMENT, shipment, inventory_moves=[["write", [move["id"]], {"to_location": place(office, first)}]]
        )
    office.press(RETURN_SHIPMENT, shipment, "do")


def place(office: BackOffice, code: str) -> int:
    (found,) = office.find("stock.location", [["code", "=", code]])
    return int(found["id"])


@contextmanager
def picked_for_a_sale(office: BackOffice, sku: str, quantity: int) -> Iterator[Counter[str]]:
    """Sell that many and let Tryton pick for it: units assigned by the place they lie in. Undone in the end."""
    sale = _sale(office, {sku: quantity}, invoice_method="manual")
    (shipment,) = office.read("sale.sale", sale, "shipments")["shipments"]
    office.press(OUT_SHIPMENT, shipment, "assign_try")
    try:
        yield _picked(office, shipment)
    finally:
        office.press(OUT_SHIPMENT, shipment, "cancel")


def _picked(office: BackOffice, shipment: int) -> Counter[str]:
    fields = ("inventory_moves.state", "inventory_moves.quantity", "inventory_moves.from_location.code")
    picked: Counter[str] = Counter()
    for move in office.read(OUT_SHIPMENT, shipment, *fields)["inventory_moves"]:
        if move["state"] == "assigned":
            picked[move["from_location"]["code"]] += int(move["quantity"])
    return picked
