"""Kits on a return sale come back as they were sold, whatever Tryton has made of the kit since.

Quoting a sale explodes its kits as they are defined today. The sale is not confirmed yet then and nothing is to be
moved, so the components can still be put right.
"""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

from backhaul.connectors.tryton.client import Record, Tryton
from backhaul.connectors.tryton.tasks import Product, pieces
from backhaul.connectors.tryton.values import decimal
from backhaul.domain.orders import FrozenLine, FrozenOrder, component_lines, share


def explode_as_sold(sale: int, order: FrozenOrder, system: Tryton) -> None:
    """Give each kit of a quoted return sale the components that it was sold with, where it has others."""
    kits = {int(line.extra["product"]): line for line in order.lines if line.extra["components"]}
    if not kits:
        return
    fields = ("components.product", "components.unit", "components.quantity")
    lines = system.read("sale.sale", sale, "lines.product", "lines.quantity", *(f"lines.{name}" for name in fields))
    for line in lines["lines"]:
        kit = kits.get(line["product"])
        if kit is None:
            continue
        today = Counter[Product]()
        for one in line["components"]:
            today[one["product"], one["unit"]] -= int(one["quantity"])
        if today != pieces(kit.extra, -int(line["quantity"])):
            replaced = [one["id"] for one in line["components"]]
            new = _components(kit, int(line["quantity"]))
            system.write("sale.line", line["id"], {"components": [["delete", replaced], ["create", new]]})


def _components(kit: FrozenLine, quantity: int) -> list[Record]:
    """The components of that many kits, each with its part of the kit's price as Tryton keeps it."""
    price = share(kit, 0).net_minor
    each = Decimal(1) / sum(part.each for part in component_lines(kit))
    return [
        {
            "product": int(part.extra["product"]),
            "unit": int(part.extra["unit"]),
            "quantity": quantity * part.each,
            "quantity_ratio": part.each,
            "price_ratio": decimal(Decimal(share(part, 0).net_minor) / price if price else each),
        }
        for part in component_lines(kit)
    ]
