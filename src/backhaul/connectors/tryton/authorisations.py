"""Return authorisations: a sale of negative quantities that names the sold order as its origin.

Our key is its ``reference``. Its invoice method is ``manual``, so that goods and money go their own ways.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from backhaul.connectors.tryton.adoption import adopted_authorisation
from backhaul.connectors.tryton.client import Record, Tryton
from backhaul.connectors.tryton.kits import explode_as_sold
from backhaul.connectors.tryton.tasks import (
    cancel_others,
    known,
    order_of,
    several,
    sold,
    take_over,
    the_one,
    with_key,
)
from backhaul.connectors.tryton.traces import from_before_a_restore, trace
from backhaul.connectors.tryton.values import id_of, reference, unit_price
from backhaul.domain.effects import DocumentLine, OpenReturnAuthorisation
from backhaul.domain.facts import AuthorisationNumbered
from backhaul.domain.orders import FrozenLine, FrozenOrder, component_lines
from backhaul.sdk.outcomes import Absent, Done, Found, Later, Outcome, Partial, Refused, Task

SALE = "sale.sale"
OPEN = ("processing", "done")
_NEXT = {"draft": "quote", "quotation": "confirm", "confirmed": "process"}
_LEADS_TO = {
    "quote": ("quotation", "confirmed", *OPEN),
    "confirm": ("confirmed", *OPEN),
    "process": OPEN,
}


def find_authorisation(task: Task, system: Tryton) -> Found:
    """The return sale with our key; for a return older than go-live the one made by hand."""
    found = _find(task, system)
    if not isinstance(found, Done):
        return found
    return _numbered(task, found, system.read(SALE, id_of(found.reference), "number"))


def _numbered(task: Task, done: Done, sale: Record) -> Done:
    """People know the sale by its number, and so does the warehouse."""
    number = sale.get("number")
    return replace(done, facts=(*done.facts, AuthorisationNumbered(task.key, str(number)))) if number else done


def _find(task: Task, system: Tryton) -> Found:
    found = with_key(system, SALE, task.key)
    if found:
        one = the_one(found)
        if one is None:
            return several(SALE, found)
        name, state = reference(SALE, one["id"]), str(one["state"])
        return Done(name) if state in OPEN else Partial(name, _NEXT.get(state, state))
    if task.adopt:
        return adopted_authorisation(task, system)
    return _found_by_unit(task, system) if task.recovered else Absent()


def _found_by_unit(task: Task, system: Tryton) -> Found:
    effect = task.effect_as(OpenReturnAuthorisation)
    order = order_of(task)
    if isinstance(order, Later):
        return Absent()
    others = _on_order(system, order.reference)
    return from_before_a_restore(task, SALE, others, {unit for line in effect.lines for unit in line.units}, OPEN)


def open_authorisation(task: Task, system: Tryton, found: Found) -> Outcome:
    """Create, quote, confirm: from where it stands. Refused where more would come back than was sold."""
    effect = task.effect_as(OpenReturnAuthorisation)
    order = order_of(task)
    if isinstance(order, Later):
        return order
    if isinstance(found, Partial):
        name, step = found.reference, found.step
        cancel_others(system, SALE, task.key, name)
    else:
        excess = _excess(effect, order, system)
        if excess:
            return Refused(excess, kind="over-return")
        name, step = reference(SALE, system.create(SALE, _values(task.key, effect, order, system))), "quote"
    if step not in _LEADS_TO:
        return Refused(f"{name} carries our key and is {step}: somebody took it back; {take_over(task.key)}")
    sale: Record = {}
    while step:
        if step == "confirm":
            explode_as_sold(id_of(name), order, system)
        sale = system.pressed(SALE, id_of(name), step, _LEADS_TO[step], "number")
        step = _NEXT.get(str(sale["state"]), "")
    return _numbered(task, Done(name), sale)


def _values(key: str, effect: OpenReturnAuthorisation, order: FrozenOrder, system: Tryton) -> Record:
    extra = order.extra
    values: Record = {
        "reference": key,
        "description": effect.label,
        "comment": trace(unit for line in effect.lines for unit in line.units),
        "origin": order.reference,
        "party": int(extra["customer"]),
        "invoice_method": "manual",
        "shipment_method": "order",
        "lines": [["create", [_line(line, order, effect.reasons, system) for line in effect.lines]]],
    }
    links = ("warehouse", "currency", "payment_term", "invoice_address", "shipment_address", "shipment_party")
    values.update({name: int(extra[name]) for name in links if extra.get(name)})
    if extra.get("party") != extra["customer"]:
        values["invoice_party"] = int(extra["party"])
    return values


def _line(line: DocumentLine, order: FrozenOrder, reasons: Mapping[str, str], system: Tryton) -> Record:
    extra = sold(order, line.order_line, system)
    values: Record = {
        "type": "line",
        "product": int(extra["product"]),
        "unit": int(extra["unit"]),
        "quantity": -line.quantity,
        "unit_price": unit_price(line.net_minor, line.quantity, order.currency),
        "taxes": [["add", [int(tax) for tax in extra["taxes"].split()]]],
    }
    # Not in the comment, by whose names of units a document is found again.
    told = Counter(reasons[unit] for unit in line.units if unit in reasons)
    if told:
        values["note"] = "\n".join(f"{count} x {reason}" for reason, count in sorted(told.items()))
    return values


def _excess(effect: OpenReturnAuthorisation, order: FrozenOrder, system: Tryton) -> str:
    """Tryton accepts returns of more than was sold, also made by hand beside ours; we do not."""
    kits = {int(line.extra["product"]): _contents(line, system) for line in order.lines if line.components}
    bought: Counter[int] = Counter()
    back: Counter[int] = Counter()
    for once in order.lines:
        bought += _with_components(int(once.extra["product"]), once.quantity, kits)
    for line in effect.lines:
        back += _with_components(int(sold(order, line.order_line, system)["product"]), line.quantity, kits)
    for other in _on_order(system, order.reference):
        for sold_line in other["lines"]:
            if sold_line["product"] and sold_line["quantity"] < 0:
                back += _with_components(sold_line["product"], -int(sold_line["quantity"]), kits)
    over = {product: count - bought[product] for product, count in back.items() if count > bought[product]}
    if not over:
        return ""
    # A kit that is too many makes its components too many, which is one thing to mend.
    units = sum(count for product, count in over.items() if product in kits) or sum(over.values())
    return (
        f"order {order.number} has {units} more unit(s) on return sales than were sold;"
        " see which of them are wrong, cancel those in Tryton, then retry"
    )


def _contents(kit: FrozenLine, system: Tryton) -> Counter[int]:
    """The products in one kit."""
    return Counter({int(known(part.extra, part.sku, system)["product"]): part.each for part in component_lines(kit)})


def _with_components(product: int, quantity: int, kits: Mapping[int, Counter[int]]) -> Counter[int]:
    """A kit counts as itself and as each of its components: neither may come back more often than it was sold."""
    total = Counter({product: quantity})
    for component, each in kits.get(product, Counter[int]()).items():
        total[component] += each * quantity
    return total


def _on_order(system: Tryton, origin: str) -> list[Record]:
    """The return sales of a sold one, without those withdrawn: nothing came back on them."""
    found = system.search(
        SALE,
        [["origin", "=", origin], ["state", "!=", "cancelled"]],
        ["reference", "comment", "state", "shipment_state", "lines.product", "lines.quantity"],
        order=[["id", "ASC"]],
    )
    return [sale for sale in found if (sale["state"], sale["shipment_state"]) != ("done", "none")]
