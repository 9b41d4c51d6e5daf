"""Withdrawing an exchange order: what has not left is cancelled, and what is being picked is left alone."""

from __future__ import annotations

from backhaul.connectors.tryton.client import Record, Tryton
from backhaul.connectors.tryton.endings import set_aside
from backhaul.connectors.tryton.tasks import document_of
from backhaul.connectors.tryton.values import id_of, reference
from backhaul.domain.effects import CancelExchangeOrder
from backhaul.sdk.outcomes import Absent, Done, Found, Later, Outcome, Partial, Refused, Task

SALE = "sale.sale"
SHIPMENT = "stock.shipment.out"
WAITING = ("draft", "waiting")
UNTOUCHED = (*WAITING, "assigned")


def find_exchange_withdrawn(task: Task, system: Tryton) -> Found:
    """Done when the sale ended and nothing was shipped for it."""
    name = document_of(task, task.effect_as(CancelExchangeOrder).exchange_order)
    if isinstance(name, Later):
        return Absent()
    state = str(system.read(SALE, id_of(name), "state")["state"])
    shipments = shipments_of(system, name)
    off = [one for one in shipments if one["state"] == "cancelled"]
    if state == "cancelled" or (state == "done" and len(off) == len(shipments)):
        return Done(name)
    return Partial(name, "withdraw") if off else Absent()


def cancel_exchange_order(task: Task, system: Tryton, _found: Found) -> Outcome:
    """Cancel its shipments and end it. Refused once the warehouse has begun to pick for it."""
    name = document_of(task, task.effect_as(CancelExchangeOrder).exchange_order)
    if isinstance(name, Later):
        return name
    begun = [one for one in shipments_of(system, name) if one["state"] not in (*UNTOUCHED, "cancelled")]
    if begun:
        states = ", ".join(f"{reference(SHIPMENT, one['id'])} is {one['state']}" for one in begun)
        return Refused(f"the replacement on {name} is on its way: {states}", kind="exchange-shipped")
    withdraw_exchange(system, name)
    return Done(name)


def withdraw_exchange(system: Tryton, name: str) -> None:
    """Cancel what has not left of an exchange order, and end it."""
    for shipment in shipments_of(system, name):
        if shipment["state"] in UNTOUCHED:
            system.press(SHIPMENT, shipment["id"], "cancel", ("cancelled",))
    now = system.read(SALE, id_of(name), "state", "shipment_state")
    if now["state"] in ("draft", "quotation"):
        system.press(SALE, id_of(name), "cancel", ("cancelled",))
    elif now["state"] != "cancelled":
        if now["shipment_state"] == "exception":
            set_aside(system, name, "shipment", "moves")
        system.press(SALE, id_of(name), "process", ("done",))


def shipments_of(system: Tryton, name: str) -> list[Record]:
    """The shipments of a sale with their states."""
    found: list[Record] = system.read(SALE, id_of(name), "shipments.state")["shipments"]
    return found


def any_is(states: tuple[str, ...], sale: Record) -> bool:
    """Whether a shipment of the sale is in one of these states."""
    return any(one["state"] in states for one in sale["shipments"])
