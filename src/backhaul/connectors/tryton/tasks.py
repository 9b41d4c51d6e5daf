"""What every pair asks of its task: the effect in its type, the documents it builds on, units as products."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from backhaul.connectors.tryton.client import Record, Tryton
from backhaul.connectors.tryton.values import reference
from backhaul.domain.effects import DocumentLine
from backhaul.domain.orders import ComponentLine, FrozenOrder
from backhaul.sdk.outcomes import Ambiguous, Later, Task

Product = tuple[int, int]
"""A product's id and the id of the unit it is counted in."""


def order_of(task: Task) -> FrozenOrder | Later:
    """The frozen order the effect belongs to."""
    return task.order or Later(f"{task.key} needs its order, which is not looked up yet")


def document_of(task: Task, key: str) -> str | Later:
    """The document of an effect this one builds on."""
    return task.references.get(key) or Later(f"{key} has no document yet")


def take_over(key: str) -> str:
    """What a person does who has another document that stands for the effect, or wants none."""
    return f"write {key} into the reference of the document that stands for it and retry, or waive this"


def several(model: str, found: Iterable[Record]) -> Ambiguous:
    """More than one document carries the key."""
    return Ambiguous(tuple(reference(model, one["id"]) for one in found))


def with_key(system: Tryton, model: str, key: str, *fields: str, field: str = "reference") -> list[Record]:
    """The documents of which ``field`` is our key. Tryton has no unique constraint: there may be several."""
    return system.search(model, [[field, "=", key]], [field, "state", *fields], order=[["id", "ASC"]])


def the_one(found: list[Record]) -> Record | None:
    """Of documents with one key the one that counts; None where nobody can tell.

    A create that Tryton came to after we had given it up leaves a draft beside the document that we made instead. A
    draft is in no book; of several, one is as good as the other, once the others are cancelled.
    """
    begun = [one for one in found if one["state"] not in ("draft", "cancelled")]
    if len(begun) == 1 or len(found) == 1:
        return (begun or found)[0]
    return found[0] if not begun and all(one["state"] == "draft" for one in found) else None


def cancel_others(system: Tryton, model: str, key: str, kept: str, *, field: str = "reference") -> None:
    """Cancel the drafts with our key but one, before that one is brought on: a late call finds none to bring on."""
    for one in with_key(system, model, key, field=field):
        if one["state"] == "draft" and reference(model, one["id"]) != kept:
            system.press(model, one["id"], "cancel", ("cancelled",))


def known(extra: Mapping[str, str], sku: str, system: Tryton) -> Mapping[str, str]:
    """What was noted of a sold line, with product and unit; of what only the product master told, by its SKU."""
    if "product" in extra:
        return extra
    product, unit = system.product_named(sku)
    return {**extra, "product": str(product), "unit": str(unit)}


def sold(order: FrozenOrder, ref: str, system: Tryton) -> Mapping[str, str]:
    """What was noted of a sold line; a component has its own product and unit, and its bundle's taxes and account."""
    line = order.line(ref)
    if not isinstance(line, ComponentLine):
        return line.extra
    return {**line.bundle.extra, "components": "", **known(line.extra, line.sku, system)}


def products(lines: Iterable[DocumentLine], system: Tryton) -> Counter[Product]:
    """How many of each product those units are; a kit counts as its components, which is what lies on a shelf."""
    total: Counter[Product] = Counter()
    for line in lines:
        total += pieces(known(line.extra, line.sku, system), line.quantity)
    return total


def pieces(extra: Mapping[str, str], quantity: int) -> Counter[Product]:
    """``quantity`` units of one sold line, of which ``extra`` was noted when the order was looked up."""
    components = extra.get("components", "").split()
    if not components:
        return Counter({(int(extra["product"]), int(extra["unit"])): quantity})
    found: Counter[Product] = Counter()
    for component in components:
        product, each, unit = component.split(":")
        found[int(product), int(unit)] += int(each) * quantity
    return found
