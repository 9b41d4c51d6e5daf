"""Refund records: the pay wizard on a credit note, which books the refund to the clearing account of its tender.

There is no document of ours to find: the credit note being paid is the proof.
"""

from __future__ import annotations

from backhaul.connectors.tryton.client import Tryton
from backhaul.connectors.tryton.tasks import document_of
from backhaul.connectors.tryton.values import amount, id_of, minor
from backhaul.domain.effects import RecordRefund
from backhaul.sdk.outcomes import Absent, Done, Found, Later, Outcome, Refused, Task

INVOICE = "account.invoice"


def find_refund(task: Task, system: Tryton) -> Found:
    """Done when nothing of the credit note is left to pay."""
    note = document_of(task, task.effect_as(RecordRefund).credit_note)
    if isinstance(note, Later):
        return Absent()
    return Done(note) if _state(system, note) == "paid" else Absent()


def record_refund(task: Task, system: Tryton, _found: Found) -> Outcome:
    """Pay the whole credit note by the method of its tender. Refused where it is not the amount to pay."""
    effect = task.effect_as(RecordRefund)
    note = document_of(task, effect.credit_note)
    if isinstance(note, Later):
        return note
    read = system.read(INVOICE, id_of(note), "state", "amount_to_pay")
    if read["state"] == "paid":
        return Done(note)
    open_minor = -minor(read["amount_to_pay"], effect.currency)
    if open_minor != effect.amount_minor:
        return Refused(
            f"{note} has {open_minor} minor units of {effect.currency} to pay, the refund is {effect.amount_minor};"
            " see who paid a part of it in Tryton",
            kind="amount-differs",
        )
    methods = system.settings.payment_methods
    method = system.id_named("account.invoice.payment.method", "name", methods.get(effect.tender, methods["original"]))
    answer = {"payment_method": method, "amount": amount(-effect.amount_minor, effect.currency)}
    system.wizard("account.invoice.pay", note, "start", lambda _defaults: answer, "choice")
    if _state(system, note) != "paid":
        return Refused(f"{note} is not paid although the wizard booked a payment; look at its payment lines in Tryton")
    return Done(note)


def _state(system: Tryton, note: str) -> str:
    return str(system.read(INVOICE, id_of(note), "state")["state"])
