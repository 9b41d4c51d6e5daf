"""The lines of a credit note: the units as they were sold, and money without goods."""

from __future__ import annotations

from backhaul.connectors.tryton.client import Record, Tryton
from backhaul.connectors.tryton.tasks import sold
from backhaul.connectors.tryton.values import amount, reference, unit_price
from backhaul.domain.effects import IssueCreditNote
from backhaul.domain.orders import FrozenOrder


def goods(effect: IssueCreditNote, order: FrozenOrder, system: Tryton, sale: int) -> list[Record]:
    """The units, each tied to its line of the return sale, so that Tryton sees what of it is credited."""
    returned: dict[int, list[int]] = {}
    for line in system.read("sale.sale", sale, "lines.product", "lines.quantity")["lines"]:
        returned.setdefault(line["product"], []).append(line["id"])
    lines = []
    for unit in effect.lines:
        extra = sold(order, unit.order_line, system)
        origins = returned.get(int(extra["product"]), [])
        values: Record = {
            **_line(system, int(order.extra["currency"])),
            "product": int(extra["product"]),
            "unit": int(extra["unit"]),
            "quantity": -unit.quantity,
            "unit_price": unit_price(unit.net_minor, unit.quantity, order.currency),
            "account": int(extra["account"]),
            "taxes": [["add", [int(tax) for tax in extra["taxes"].split()]]],
        }
        if origins:
            values["origin"] = reference("sale.line", origins.pop(0) if len(origins) > 1 else origins[0])
        lines.append(values)
    return lines


def money_line(system: Tryton, currency_id: int, currency: str, what: str, minor_units: int, account: str) -> Record:
    """A line of money without goods or tax; positive minor units lower what is credited."""
    return {
        **_line(system, currency_id),
        "description": what,
        "quantity": 1 if minor_units > 0 else -1,
        "unit_price": amount(abs(minor_units), currency),
        "account": system.id_named("account.account", "name", account),
    }


def _line(system: Tryton, currency_id: int) -> Record:
    return {"type": "line", "currency": currency_id, "company": system.settings.company}
