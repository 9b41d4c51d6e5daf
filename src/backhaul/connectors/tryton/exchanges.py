"""Exchange orders: a sale of price zero to where the sold one went, its goods assigned, its value noted on its line.

Our key is its ``description``: its ``reference`` is the number by which the replacement comes back in turn. What the
replacement carries is in the line's note and read from there when that order is looked up, see orders.
"""

from __future__ import annotations

from decimal import Decimal

from backhaul.connectors.tryton.carried import note_of_origin, note_of_value
from backhaul.connectors.tryton.client import Record, Tryton
from backhaul.connectors.tryton.exchange_endings import (
    SHIPMENT,
    UNTOUCHED,
    WAITING,
    any_is,
    shipments_of,
    withdraw_exchange,
)
from backhaul.connectors.tryton.tasks import (
    cancel_others,
    order_of,
    several,
    sold,
    the_one,
    with_key,
)
from backhaul.connectors.tryton.traces import trace
from backhaul.connectors.tryton.values import decimal, id_of, reference
from backhaul.domain.effects import CreateExchangeOrder
from backhaul.domain.money import Money
from backhaul.domain.orders import FrozenOrder
from backhaul.sdk.outcomes import Absent, Done, Found, Later, Outcome, Partial, Refused, Task

SALE = "sale.sale"
KEY = "description"
OUT_OF_STOCK = "exchange-out-of-stock"
_OPEN = ("processing", "done")
_OTHER_VALUE = "of another value"
_BUTTONS = {"quotation": "quote", "confirmed": "confirm"}
_NEXT = {"draft": "quotation", "quotation": "confirmed", "confirmed": "processing"}


def find_exchange_order(task: Task, system: Tryton) -> Found:
    """The sale with our key; done once it is in processing with all its goods assigned or on their way."""
    found = with_key(system, SALE, task.key, "shipments.state", "lines.note", field=KEY)
    if not found:
        return Absent()
    one = the_one(found)
    if one is None:
        return several(SALE, found)
    name = reference(SALE, one["id"])
    if one["state"] not in _OPEN:
        return Partial(name, one["state"])
    if note_of(task.effect_as(CreateExchangeOrder)) not in [line["note"] for line in one["lines"]]:
        return Partial(name, _OTHER_VALUE)
    return Partial(name, "assign") if any_is(WAITING, one) else Done(name)


def create_exchange_order(task: Task, system: Tryton, found: Found) -> Outcome:
    """Create it and have its goods assigned. Where there are not enough of them nothing is left of it."""
    effect = task.effect_as(CreateExchangeOrder)
    order = order_of(task)
    if isinstance(order, Later):
        return order
    if isinstance(found, Partial):
        name, step = found.reference, found.step
        cancel_others(system, SALE, task.key, name, field=KEY)
    else:
        other = with_key(system, SALE, _number(effect))
        if other:
            names = ", ".join(reference(SALE, one["id"]) for one in other)
            return Refused(
                f"{names} has the reference {_number(effect)} already; where it is the order for this exchange, write "
                f"{task.key} into its description, then retry"
            )
        short = _short_of(effect, order, system)
        if short:
            return Refused(short, kind=OUT_OF_STOCK)
        name, step = reference(SALE, system.create(SALE, _values(task.key, effect, order, system))), "draft"
    if step == _OTHER_VALUE:
        return Refused(
            f"{name} carries our key and another value; write {note_of(effect)!r} into the note of its line, then retry"
        )
    if step == "cancelled":
        return Refused(f"{name} carries our key and was cancelled; copy it without its description, then retry")
    while step in _NEXT:
        to = _NEXT[step]
        leads_to = (*list(_NEXT.values())[list(_NEXT.values()).index(to) :], *_OPEN)
        step = system.press(SALE, id_of(name), _BUTTONS.get(to, "process"), leads_to)
    return _assign(task, system, name, effect)


def note_of(effect: CreateExchangeOrder) -> str:
    """What the line of its order notes."""
    return note_of_value(Money(effect.net_minor, effect.currency), Money(effect.tax_minor, effect.currency))


def _number(effect: CreateExchangeOrder) -> str:
    return effect.number or f"{effect.order}-{effect.exchange}"


def _short_of(effect: CreateExchangeOrder, order: FrozenOrder, system: Tryton) -> str:
    """Why there is not enough of the replacement in the warehouse that the order was sold from; "" when there is."""
    product, _unit = system.product_named(effect.sku)
    warehouse = system.read("stock.location", int(order.extra["warehouse"]), "storage_location", "code")
    where = {"locations": [warehouse["storage_location"]], "with_childs": True, "stock_assign": True}
    free = system.read("product.product", product, "quantity", context=where)["quantity"] or 0
    if free >= effect.quantity:
        return ""
    return f"{int(max(free, 0))} {effect.sku} are free in warehouse {warehouse['code']}, {effect.quantity} are wanted"


def _values(key: str, effect: CreateExchangeOrder, order: FrozenOrder, system: Tryton) -> Record:
    extra = order.extra
    units = [unit for line in effect.lines for unit in line.units]
    values: Record = {
        "reference": _number(effect),
        KEY: key,
        "comment": f"{note_of_origin(order.reference)}\nReturn {effect.label}\n{trace(units)}",
        "party": int(extra["customer"]),
        "invoice_method": "fulfillment",
        "shipment_method": "order",
        "lines": [["create", [_line(effect, order, system)]]],
    }
    links = ("warehouse", "currency", "payment_term", "invoice_address", "shipment_address", "shipment_party")
    values.update({name: int(extra[name]) for name in links if extra.get(name)})
    if extra.get("party") != extra["customer"]:
        values["invoice_party"] = int(extra["party"])
    return values


def _line(effect: CreateExchangeOrder, order: FrozenOrder, system: Tryton) -> Record:
    product, unit = system.product_named(effect.sku)
    taxes = sold(order, effect.lines[0].order_line, system)["taxes"].split() if effect.lines else []
    return {
        "type": "line",
        "product": product,
        "unit": unit,
        "quantity": effect.quantity,
        "unit_price": decimal(Decimal(0)),
        "taxes": [["add", [int(tax_id) for tax_id in taxes]]],
        "note": note_of(effect),
    }


def _assign(task: Task, system: Tryton, name: str, effect: CreateExchangeOrder) -> Outcome:
    """Have the goods assigned; who was quicker has them, and the order is withdrawn."""
    for shipment in shipments_of(system, name):
        if shipment["state"] in WAITING:
            if shipment["state"] == "draft":
                system.press(SHIPMENT, shipment["id"], "wait", UNTOUCHED)
            system.press(SHIPMENT, shipment["id"], "assign_try", UNTOUCHED)
    if not any_is(WAITING, {"shipments": shipments_of(system, name)}):
        return Done(name)
    withdraw_exchange(system, name)
    return Refused(
        f"{effect.quantity} {effect.sku} were no longer free when they were to be assigned; {name} was withdrawn: "
        f"take {task.key} out of its description, then retry",
        kind=OUT_OF_STOCK,
    )
