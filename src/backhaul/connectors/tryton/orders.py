"""Looking up an order: the sale as Tryton holds it becomes a FrozenOrder, with all that later documents need of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from backhaul.connectors.tryton.carried import carried_by, origin_of
from backhaul.connectors.tryton.client import Record, Tryton
from backhaul.connectors.tryton.values import minor, reference
from backhaul.domain.effects import LookUpOrder
from backhaul.domain.facts import OrderFrozen
from backhaul.domain.money import divide
from backhaul.domain.orders import FrozenComponent, FrozenLine, FrozenOrder, component_ref
from backhaul.sdk.outcomes import Absent, Ambiguous, Done, Found, Outcome, Refused, Task

_SALE = (
    "number",
    "reference",
    "state",
    "description",
    "comment",
    "party",
    "invoice_party",
    "shipment_party",
    "invoice_address",
    "shipment_address",
    "payment_term",
    "warehouse",
    "currency.code",
    "sale_date",
    "tax_amount",
    "lines.type",
    "lines.quantity",
    "lines.unit",
    "lines.unit_price",
    "lines.amount",
    "lines.product.code",
    "lines.product.cost_price",
    "lines.taxes.rate",
    "lines.note",
    "lines.invoice_lines.account",
    "invoices.type",
    "invoices.account",
    "invoices.journal",
    "invoices.state",
)
_DISCOUNT = ("lines.base_price",)
_KIT = (
    "lines.components.product.code",
    "lines.components.product.list_price_used",
    "lines.components.product.cost_price",
    "lines.components.quantity",
    "lines.components.unit",
)


def find_order(task: Task, system: Tryton) -> Found:
    """The order is there or it is not; being read is all that is done to it."""
    effect = task.effect_as(LookUpOrder)
    found = [sale for sale in _sales(system, effect.order) if sale["state"] in ("confirmed", "processing", "done")]
    if not found:
        return Absent()
    if len(found) > 1:
        return Ambiguous(tuple(reference("sale.sale", sale["id"]) for sale in found))
    order = _with_accounts_of_its_origin(frozen(effect.order, found[0]), found[0], system)
    return Done(reference("sale.sale", found[0]["id"]), facts=(OrderFrozen(order),))


def look_up_order(task: Task, system: Tryton, _found: Found) -> Outcome:
    """Reads once more, for whoever did not look first."""
    now = find_order(task, system)
    if isinstance(now, Done):
        return now
    effect = task.effect_as(LookUpOrder)
    field = system.settings.order_field
    if isinstance(now, Ambiguous):
        return Refused(f"several sales have the {field} {effect.order}: {', '.join(now.references)}; keep one of them")
    return Refused(f"Tryton has no confirmed sale with the {field} {effect.order}; enter it, then retry")


def _sales(system: Tryton, number: str) -> list[Record]:
    fields = list(_SALE)
    if system.has_field("sale.line", "base_price"):
        fields += _DISCOUNT
    if system.has_field("sale.line", "components"):
        fields += _KIT
    found = system.search("sale.sale", [[system.settings.order_field, "=", number]], fields)
    return [sale for sale in found if any((line["quantity"] or 0) > 0 for line in sale["lines"])]


def frozen(number: str, sale: Record) -> FrozenOrder:
    """The sale as a value. Amounts are the sale's own; its tax is shared among the lines to the cent."""
    currency = sale["currency"]["code"]
    sold = [line for line in sale["lines"] if line["type"] == "line" and line["product"] and line["quantity"] > 0]
    values = _carried(sale, sold) or _priced(sale, sold)
    at = sale["sale_date"]
    return FrozenOrder(
        number,
        reference("sale.sale", sale["id"]),
        currency,
        tuple(_line(line, net, tax, currency) for line, (net, tax) in zip(sold, values, strict=True)),
        datetime(at["year"], at["month"], at["day"], tzinfo=UTC) if at else None,
        _extra(sale),
    )


def _priced(sale: Record, sold: list[Record]) -> list[tuple[int, int]]:
    """Net and tax of each line, minor units, as the sale says."""
    currency = sale["currency"]["code"]
    weights = [minor(_tax(line), currency) for line in sold]
    taxes = divide(minor(sale["tax_amount"], currency), weights) if sold else ()
    return [(minor(line["amount"], currency), tax) for line, tax in zip(sold, taxes, strict=True)]


def _carried(sale: Record, sold: list[Record]) -> list[tuple[int, int]]:
    """The same of an exchange order: what its replacements carry, whatever their price of zero says."""
    noted = [carried_by(line["note"]) for line in sold] if origin_of(sale) is not None else []
    currency = sale["currency"]["code"]
    found = [(minor(both[0], currency), minor(both[1], currency)) for both in noted if both is not None]
    return found if len(found) == len(sold) else []


def _line(line: Record, net: int, tax_minor: int, currency: str) -> FrozenLine:
    quantity = int(line["quantity"])
    base = line.get("base_price")
    listed = minor(base * quantity, currency) if base is not None else net
    components = tuple(_component(one, line, currency) for one in line.get("components") or ())
    return FrozenLine(
        ref=str(line["id"]),
        sku=line["product"]["code"] or "",
        quantity=quantity,
        net_minor=net,
        tax_minor=tax_minor,
        discount_minor=max(listed - net, 0),
        unit_cost_minor=minor(line["product"]["cost_price"] or Decimal(0), currency),
        components=components,
        extra={
            "line": str(line["id"]),
            "product": str(line["product"]["id"]),
            "unit": str(line["unit"]),
            "taxes": " ".join(str(tax["id"]) for tax in line["taxes"]),
            "account": _first(one["account"] for one in line["invoice_lines"]),
            "components": " ".join(f"{one.extra['product']}:{one.quantity}:{one.extra['unit']}" for one in components),
        },
    )


def _has_accounts(order: FrozenOrder) -> bool:
    return bool(order.extra.get("receivable")) and all(line.extra["account"] for line in order.lines)


def _with_accounts_of_its_origin(order: FrozenOrder, sale: Record, system: Tryton) -> FrozenOrder:
    """An exchange order that was not invoiced (yet) is credited on the accounts that the money was booked on."""
    origin = origin_of(sale)
    while origin is not None and not (
        order.extra.get("receivable") and all(one.extra["account"] for one in order.lines)
    ):
        before = system.read("sale.sale", origin, *_SALE)
        extra = _extra(before)
        account = _first(invoiced["account"] for line in before["lines"] for invoiced in line["invoice_lines"])
        lines = tuple(
            replace(one, extra={**one.extra, "account": one.extra["account"] or account}) for one in order.lines
        )
        given = {name: extra[name] for name in ("receivable", "journal") if extra.get(name)}
        order = replace(order, lines=lines, extra={**given, **order.extra})
        origin = origin_of(before)
    return order


def _component(one: Record, line: Record, currency: str) -> FrozenComponent:
    sku = one["product"]["code"] or ""
    return FrozenComponent(
        sku=sku,
        quantity=int(one["quantity"]) // int(line["quantity"]),
        stand_alone_minor=minor(one["product"]["list_price_used"] or Decimal(0), currency),
        extra={
            "line": component_ref(str(line["id"]), sku),
            "product": str(one["product"]["id"]),
            "unit": str(one["unit"]),
        },
        unit_cost_minor=minor(one["product"]["cost_price"] or Decimal(0), currency),
    )


def _extra(sale: Record) -> dict[str, str]:
    invoices = [one for one in sale["invoices"] if one["type"] == "out" and one["state"] in ("posted", "paid")]
    given = {
        "party": sale["invoice_party"] or sale["party"],
        "customer": sale["party"],
        "shipment_party": sale["shipment_party"],
        "invoice_address": sale["invoice_address"],
        "shipment_address": sale["shipment_address"],
        "payment_term": sale["payment_term"],
        "warehouse": sale["warehouse"],
        "currency": sale["currency"]["id"],
        "receivable": _first(one["account"] for one in invoices),
        "journal": _first(one["journal"] for one in invoices),
    }
    return {name: str(value) for name, value in given.items() if value not in (None, "")}


def _tax(line: Record) -> Decimal:
    """The line's tax before rounding; taxes of a fixed amount have no rate and weigh nothing."""
    rates: Decimal = sum((tax["rate"] or Decimal(0) for tax in line["taxes"]), Decimal(0))
    return Decimal(line["amount"]) * rates


def _first(values: Iterable[Any]) -> str:
    return next((str(value) for value in values if value), "")
