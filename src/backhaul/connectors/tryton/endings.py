"""Endings of an authorisation: closed when all of it came and is credited, withdrawn when nothing of it will come.

Tryton ends a sale by itself when everything on it is moved and paid or was set aside by a person. Withdrawing does
that person's clicks: the return shipment is cancelled, and a cancelled draft stands for what is not credited.
The proof of both is the sale's own state.
"""

from __future__ import annotations

from typing import Literal

from backhaul.connectors.tryton.client import Record, Tryton
from backhaul.connectors.tryton.credit_notes import INVOICE
from backhaul.connectors.tryton.receipts import SHIPMENT
from backhaul.connectors.tryton.tasks import document_of, effect_of, with_key
from backhaul.connectors.tryton.values import id_of
from backhaul.domain.effects import CancelReturnAuthorisation, CloseReturnAuthorisation
from backhaul.sdk.outcomes import Absent, Done, Found, Later, Outcome, Partial, Refused, Task

SALE = "sale.sale"
_RECEIVED = ("received", "done")


def find_closed(task: Task, system: Tryton) -> Found:
    """Done when the return sale is."""
    sale = document_of(task, effect_of(task, CloseReturnAuthorisation).authorisation)
    if isinstance(sale, Later):
        return Absent()
    return Done(sale) if _sale(system, sale)["state"] == "done" else Absent()


def close_authorisation(task: Task, system: Tryton, _found: Found) -> Outcome:
    """Have Tryton look at the sale again; what keeps it open is said, not forced."""
    sale = document_of(task, effect_of(task, CloseReturnAuthorisation).authorisation)
    if isinstance(sale, Later):
        return sale
    system.press(SALE, id_of(sale), "process", ("processing", "done"))
    now = _sale(system, sale)
    if now["state"] == "done":
        return Done(sale)
    return Refused(
        f"{sale} stays open in Tryton: its goods are {now['shipment_state']}, its credit is {now['invoice_state']};"
        " finish or cancel what is left of it there, then retry"
    )


def find_withdrawn(task: Task, system: Tryton) -> Found:
    """Done when the return sale ended and nothing was ever received on it."""
    name = document_of(task, effect_of(task, CancelReturnAuthorisation).authorisation)
    if isinstance(name, Later):
        return Absent()
    sale = _sale(system, name)
    if sale["state"] == "cancelled" or (sale["state"] == "done" and not _received(sale)):
        return Done(name)
    begun = any(one["state"] == "cancelled" for one in sale["shipment_returns"])
    return Partial(name, "withdraw") if begun else Absent()


def withdraw_authorisation(task: Task, system: Tryton, _found: Found) -> Outcome:
    """Cancel its shipments, set them aside, set aside what is not credited. Refused once goods were received."""
    name = document_of(task, effect_of(task, CancelReturnAuthorisation).authorisation)
    if isinstance(name, Later):
        return name
    sale = _sale(system, name)
    if _received(sale):
        return Refused(f"goods were received on {name}: it cannot be withdrawn; credit them or send them back")
    if any(one["state"] in ("posted", "paid") for one in sale["invoices"]):
        return Refused(f"{name} is credited already: it cannot be withdrawn; reverse the credit note first")
    for shipment in sale["shipment_returns"]:
        if shipment["state"] != "cancelled":
            system.press(SHIPMENT, shipment["id"], "cancel", ("cancelled",))
    if _sale(system, name)["shipment_state"] == "exception":
        _set_aside(system, name, "shipment", "moves")
    _cancel_the_uncredited(system, name, task.key)
    if _sale(system, name)["invoice_state"] == "exception":
        _set_aside(system, name, "invoice", "invoices")
    system.press(SALE, id_of(name), "process", ("done",))
    return Done(name)


def _set_aside(system: Tryton, name: str, what: Literal["shipment", "invoice"], items: str) -> None:
    def ignore_all(defaults: Record) -> Record:
        return {f"ignore_{items}": defaults[f"domain_{items}"], f"recreate_{items}": []}

    system.wizard(f"sale.handle.{what}.exception", name, "ask", ignore_all, "handle")


def _cancel_the_uncredited(system: Tryton, name: str, key: str) -> None:
    """A draft credit note of what was never credited, with our key, and cancelled at once."""
    drafts = with_key(system, INVOICE, key)
    if not drafts:
        if _sale(system, name)["to_invoice"]:
            system.press(SALE, id_of(name), "manual_invoice", ("processing", "done"))
        made = [one["id"] for one in _sale(system, name)["invoices"] if one["state"] == "draft"]
        drafts = [{"id": id_, "state": "draft"} for id_ in made]
    for draft in drafts:
        if draft["state"] == "draft":
            system.write(INVOICE, draft["id"], {"reference": key})
            system.press(INVOICE, draft["id"], "cancel", ("cancelled",))


def _sale(system: Tryton, name: str) -> Record:
    fields = ("state", "shipment_state", "invoice_state", "shipment_returns.state", "invoices.state", "to_invoice")
    return system.read(SALE, id_of(name), *fields)


def _received(sale: Record) -> bool:
    return any(one["state"] in _RECEIVED for one in sale["shipment_returns"])
