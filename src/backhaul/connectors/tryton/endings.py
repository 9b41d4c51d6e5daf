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
from backhaul.connectors.tryton.stock import SHIPMENT as TRANSFER
from backhaul.connectors.tryton.tasks import document_of, with_key
from backhaul.connectors.tryton.values import id_of, reference
from backhaul.domain.effects import CancelReturnAuthorisation, CloseReturnAuthorisation
from backhaul.sdk.outcomes import Absent, Done, Found, Later, Outcome, Partial, Refused, Task

SALE = "sale.sale"
_RECEIVED = ("received", "done")
_UNPAID = ("pending", "awaiting payment", "partially paid")
_UNSENT = ("waiting", "partially shipped")
_AGAIN_S = 2.0


def find_closed(task: Task, system: Tryton) -> Found:
    """Done when the return sale is."""
    sale = document_of(task, task.effect_as(CloseReturnAuthorisation).authorisation)
    if isinstance(sale, Later):
        return Absent()
    return Done(sale) if _sale(system, sale)["state"] == "done" else Absent()


def close_authorisation(task: Task, system: Tryton, _found: Found) -> Outcome:
    """Have Tryton look at the sale again; what keeps it open is said, not forced.

    On SQLite a call that was begun earlier (by a killed worker, say) may write what it saw then over what is true now.
    """
    effect = task.effect_as(CloseReturnAuthorisation)
    sale = document_of(task, effect.authorisation)
    if isinstance(sale, Later):
        return sale
    _cancel_strays(task, system, sale)
    if effect.absent:
        _give_up_arrivals(system, sale)
    if effect.uncredited:
        _set_the_uncredited_aside(system, sale, task.key)
    system.press(SALE, id_of(sale), "process", ("processing", "done"))
    now = _sale(system, sale)
    if now["state"] == "done":
        return Done(sale)
    if _overlooked(now):
        return Later(f"{sale} is not done although its documents are: Tryton is asked to look again", _AGAIN_S)
    return Refused(
        f"{sale} stays open in Tryton: its goods are {now['shipment_state']}, its credit is {now['invoice_state']}."
        f" {_what_is_open(system, now)} Then retry"
    )


def _what_is_open(system: Tryton, sale: Record) -> str:
    """Which documents keep a sale open, and what a person does with them in Tryton."""
    advice = []
    for shipment in sale["shipment_returns"]:
        if shipment["state"] in ("done", "cancelled"):
            continue
        moves = system.read(SHIPMENT, shipment["id"], "incoming_moves.product.code", "incoming_moves.quantity")
        goods = ", ".join(f"{int(one['quantity'])} x {one['product']['code']}" for one in moves["incoming_moves"])
        advice.append(
            f"{SHIPMENT},{shipment['id']} ({goods}) is {shipment['state']}: receive it there if the goods came; if they"
            " never will, cancel it and answer the sale's Handle Shipment Exception with Ignore."
        )
    advice += [
        f"{INVOICE},{note['id']} is {note['state']}: cancel it there if it is a draft of nobody's, else have it paid."
        for note in sale["invoices"]
        if note["state"] not in ("paid", "cancelled")
    ]
    return " ".join(advice) or "Finish or cancel what is left of it there."


def _cancel_strays(task: Task, system: Tryton, sale: str) -> None:
    """A create that Tryton came to long after we had given it up left a draft beside the document that we then made."""

    def stray(model: str, one: Record) -> bool:
        return task.references.get(one["reference"], "") not in ("", reference(model, one["id"]))

    for model in (SALE, INVOICE, TRANSFER):
        wanted = [["reference", "in", sorted(task.references)], ["state", "=", "draft"]]
        for one in system.search(model, wanted, ["reference"]):
            if stray(model, one):
                system.press(model, one["id"], "cancel", ("cancelled",))
    if (now := _sale(system, sale))["invoice_state"] == "exception":
        cancelled = [one for one in now["invoices"] if one["state"] == "cancelled"]
        if all(stray(INVOICE, one) for one in cancelled):
            set_aside(system, sale, "invoice", "invoices")


def _overlooked(sale: Record) -> bool:
    """Whether the sale's own summary of its goods or credit contradicts its documents."""
    credit = [one["state"] for one in sale["invoices"]]
    goods = [one["state"] for one in sale["shipment_returns"]]
    return (sale["invoice_state"] in _UNPAID and set(credit) == {"paid"}) or (
        sale["shipment_state"] in _UNSENT and set(goods) == {"done"}
    )


def find_withdrawn(task: Task, system: Tryton) -> Found:
    """Done when the return sale ended and nothing was ever received on it."""
    name = document_of(task, task.effect_as(CancelReturnAuthorisation).authorisation)
    if isinstance(name, Later):
        return Absent()
    sale = _sale(system, name)
    if sale["state"] == "cancelled" or (sale["state"] == "done" and not _received(sale)):
        return Done(name)
    begun = any(one["state"] == "cancelled" for one in sale["shipment_returns"])
    return Partial(name, "withdraw") if begun else Absent()


def withdraw_authorisation(task: Task, system: Tryton, _found: Found) -> Outcome:
    """Cancel its shipments, set them aside, set aside what is not credited. Refused once goods were received."""
    name = document_of(task, task.effect_as(CancelReturnAuthorisation).authorisation)
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
        set_aside(system, name, "shipment", "moves")
    _set_the_uncredited_aside(system, name, task.key)
    system.press(SALE, id_of(name), "process", ("done",))
    return Done(name)


def set_aside(system: Tryton, name: str, what: Literal["shipment", "invoice"], items: str) -> None:
    """Answer a sale's question about what was cancelled of it: all of it is given up."""

    def ignore_all(defaults: Record) -> Record:
        return {f"ignore_{items}": defaults[f"domain_{items}"], f"recreate_{items}": []}

    system.wizard(f"sale.handle.{what}.exception", name, "ask", ignore_all, "handle")


def _give_up_arrivals(system: Tryton, name: str) -> None:
    """Nothing more will come on it: what still waits for goods is cancelled and set aside."""
    for shipment in _sale(system, name)["shipment_returns"]:
        if shipment["state"] == "draft":
            system.press(SHIPMENT, shipment["id"], "cancel", ("cancelled",))
    if _sale(system, name)["shipment_state"] == "exception":
        set_aside(system, name, "shipment", "moves")


def _set_the_uncredited_aside(system: Tryton, name: str, key: str) -> None:
    """Nothing will be credited for what is not: it was exchanged, declined, or will never come."""
    _cancel_the_uncredited(system, name, key)
    if _sale(system, name)["invoice_state"] == "exception":
        set_aside(system, name, "invoice", "invoices")


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
    own = ("state", "shipment_state", "invoice_state", "to_invoice")
    theirs = ("shipment_returns.state", "invoices.state", "invoices.reference")
    return system.read(SALE, id_of(name), *own, *theirs)


def _received(sale: Record) -> bool:
    return any(one["state"] in _RECEIVED for one in sale["shipment_returns"])
