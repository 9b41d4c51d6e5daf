"""Exchange orders at the shop: the replacement as one more line of the same order, of price zero, its stock claimed.

Medusa's own exchanges need the goods to come back by themselves, so they cannot stand beside a return. The line has no
number of its own: the ERP's order is known by the ERP's.
"""

from __future__ import annotations

from backhaul.connectors.medusa.changes import added, changes_of, is_ours
from backhaul.connectors.medusa.client import Medusa, Node
from backhaul.connectors.medusa.edits import edit
from backhaul.connectors.medusa.levels import variants
from backhaul.connectors.medusa.tasks import document_of, in_turn, order_id
from backhaul.domain.effects import CancelExchangeAtStorefront, OrderExchangeAtStorefront
from backhaul.sdk.outcomes import Absent, Ambiguous, Done, Found, Later, Outcome, Refused, Rejected, Task

KEY = "backhaul_exchange"
OUT_OF_STOCK, SHIPPED = "exchange-out-of-stock", "exchange-shipped"
_NOT_ENOUGH = ("required inventory", "Not enough stock")


def find_exchange(task: Task, system: Medusa) -> Found:
    """The line that a confirmed edit with our key in its note has added, whatever became of it since."""
    order = order_id(system, task.effect_as(OrderExchangeAtStorefront).order)
    lines = [line for one in changes_of(system, order) if is_ours(one, task.key) for line in added(one)]
    if len(lines) > 1:
        return Ambiguous(tuple(lines))
    return Done(lines[0]) if lines else Absent()


@in_turn
def order_exchange(task: Task, system: Medusa, _found: Found) -> Outcome:
    """Add the line; where there is not enough of the replacement nothing is left of it."""
    effect = task.effect_as(OrderExchangeAtStorefront)
    wanted = variants(system, [effect.sku]).get(effect.sku)
    if wanted is None:
        return Refused(f"Medusa has no variant, or several, with the SKU {effect.sku}; add it or map it, then retry")
    item = {
        "variant_id": wanted["id"],
        "quantity": effect.quantity,
        "unit_price": 0,
        "metadata": {KEY: task.key, "exchange": effect.exchange},
    }
    try:
        edit(
            system,
            order_id(system, effect.order),
            effect.label,
            task.key,
            lambda path: system.post(f"{path}/items", {"items": [item]}),
        )
    except Rejected as rejected:
        if any(words in rejected.text for words in _NOT_ENOUGH):
            return Refused(str(rejected), kind=OUT_OF_STOCK)
        raise
    found = find_exchange(task, system)
    return found if isinstance(found, Done) else Later("Medusa does not show the line of the exchange yet", 5.0)


def find_exchange_cancelled(task: Task, system: Medusa) -> Found:
    """Whether the line is off the order by now, by whomever."""
    effect = task.effect_as(CancelExchangeAtStorefront)
    document = task.references.get(effect.exchange_order)
    if document is None:
        return Absent()
    return Absent() if _line(system, order_id(system, effect.order), document) is not None else Done(document)


@in_turn
def cancel_exchange(task: Task, system: Medusa, _found: Found) -> Outcome:
    """Take the line off the order and have its stock back; one that is packed is somebody's to stop."""
    effect = task.effect_as(CancelExchangeAtStorefront)
    document = document_of(task, effect.exchange_order)
    if isinstance(document, Later):
        return document
    order = order_id(system, effect.order)
    line = _line(system, order, document)
    if line is None:
        return Done(document)
    if int(line["detail"]["fulfilled_quantity"]):
        return Refused(f"the replacement {line['variant_sku']} of order {effect.order} is packed already", kind=SHIPPED)
    edit(
        system,
        order,
        effect.exchange,
        task.key,
        lambda path: system.post(f"{path}/items/item/{document}", {"quantity": 0}),
    )
    return Done(document)


def _line(system: Medusa, order: str, id_: str) -> Node | None:
    """The order's line of that id, where some of it is left."""
    lines = system.get(f"/orders/{order}", fields="id,*items,*items.detail")["order"]["items"]
    return next((one for one in lines if one["id"] == id_ and int(one["quantity"])), None)
