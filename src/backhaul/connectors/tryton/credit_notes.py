"""Credit notes: one invoice of negative quantities, created whole and posted for exactly the confirmed money.

Our key is its ``reference``. It is created in one call with all its lines instead of by the sale's own button:
that drafts everything not yet credited, without our key, and again at every press.
"""

from __future__ import annotations

from dataclasses import replace

from backhaul.connectors.tryton.adoption import adopted_credit_note
from backhaul.connectors.tryton.client import Record, Tryton
from backhaul.connectors.tryton.credit_lines import goods, money_line
from backhaul.connectors.tryton.orders import find_order
from backhaul.connectors.tryton.tasks import (
    cancel_others,
    document_of,
    order_of,
    several,
    take_over,
    the_one,
    with_key,
)
from backhaul.connectors.tryton.traces import from_before_a_restore, trace
from backhaul.connectors.tryton.values import id_of, minor, reference
from backhaul.domain.effects import CorrectCreditNote, IssueCreditNote, LookUpOrder
from backhaul.domain.facts import OrderFrozen
from backhaul.domain.orders import FrozenOrder
from backhaul.sdk.outcomes import Absent, Ambiguous, Done, Found, Later, Outcome, Partial, Refused, Rejected, Task

INVOICE = "account.invoice"
POSTED = ("posted", "paid")
_NOT_INVOICED_S = 3600.0


def find_credit_note(task: Task, system: Tryton) -> Found:
    """The invoice with our key; for a return older than go-live the one made by hand.

    After a restore the refund may be meant for other units than before: a note that says so is for a person to settle.
    """
    found = _find_invoice(task, system)
    if isinstance(found, Done) and task.recovered and _says_otherwise(task, system, found.reference):
        return Ambiguous((found.reference,))
    if not isinstance(found, Absent):
        return found
    if task.adopt:
        return adopted_credit_note(task, system)
    return _found_by_unit(task, system) if task.recovered else found


def _says_otherwise(task: Task, system: Tryton, name: str) -> bool:
    """Whether it credits another number of units than the effect, or another amount."""
    effect = task.effect_as(IssueCreditNote)
    note = system.read(INVOICE, id_of(name), "comment", "total_amount")
    units = (note["comment"] or "").count("[")
    off = minor(note["total_amount"], effect.currency) + effect.total_minor
    return (units > 0 and units != sum(line.quantity for line in effect.lines)) or abs(off) > _tolerance(effect)


def _tolerance(effect: IssueCreditNote) -> int:
    """Tryton rounds the tax of the document, the effect the share of each line: a cent per further line may differ."""
    return effect.tolerance_minor + max(len(effect.lines) - 1, 0)


def _found_by_unit(task: Task, system: Tryton) -> Found:
    effect = task.effect_as(IssueCreditNote)
    sale = document_of(task, effect.authorisation)
    if isinstance(sale, Later):
        return Absent()
    fields = ("invoices.reference", "invoices.state", "invoices.comment", "invoices.total_amount")
    notes = system.read("sale.sale", id_of(sale), *fields)["invoices"]
    found = from_before_a_restore(task, INVOICE, notes, {unit for line in effect.lines for unit in line.units}, POSTED)
    for note in notes:
        if found == Done(reference(INVOICE, note["id"]), adopted=True):
            same = minor(note["total_amount"], effect.currency) == -effect.total_minor
            return found if same else Ambiguous((reference(INVOICE, note["id"]),))
    return found


def _find_invoice(task: Task, system: Tryton) -> Found:
    found = with_key(system, INVOICE, task.key)
    if not found:
        return Absent()
    one = the_one(found)
    if one is None:
        return several(INVOICE, found)
    name, state = reference(INVOICE, one["id"]), str(one["state"])
    return Done(name) if state in POSTED else Partial(name, "post" if state in ("draft", "validated") else state)


find_correction = _find_invoice


def issue_credit_note(task: Task, system: Tryton, found: Found) -> Outcome:
    """Create it with the units, the fee and the difference, see that it is the confirmed money, post it."""
    effect = task.effect_as(IssueCreditNote)
    tolerance = _tolerance(effect)
    if isinstance(found, Partial):
        cancel_others(system, INVOICE, task.key, found.reference)
        return _post(system, task.key, found, -effect.total_minor, tolerance, effect.currency)
    authorisation = document_of(task, effect.authorisation)
    order = _invoiced(task, system)
    if isinstance(authorisation, Later):
        return authorisation
    if isinstance(order, Later):
        return order
    lines = goods(effect, order, system, id_of(authorisation))
    given = system.settings
    for what, minor_units, account in (
        ("Return fee", effect.fee_minor, given.fee_account),
        ("Refund difference", -effect.difference_minor, given.difference_account),
    ):
        if minor_units:
            lines.append(_money(system, order, what, minor_units, account))
    units = trace(unit for line in effect.lines for unit in line.units)
    name = _create(system, task.key, effect.label, order, lines, units)
    return _post(system, task.key, Partial(name, "post"), -effect.total_minor, tolerance, effect.currency)


def correct_credit_note(task: Task, system: Tryton, found: Found) -> Outcome:
    """A document of its own for the difference: a posted credit note is never edited."""
    effect = task.effect_as(CorrectCreditNote)
    if not isinstance(found, Partial):
        order = _invoiced(task, system)
        if isinstance(order, Later):
            return order
        account = system.settings.difference_account
        line = _money(system, order, f"Correction of refund {effect.refund}", -effect.delta_minor, account)
        found = Partial(_create(system, task.key, effect.label, order, [line], ""), "post")
    else:
        cancel_others(system, INVOICE, task.key, found.reference)
    return _post(system, task.key, found, -effect.delta_minor, 0, effect.currency)


def _invoiced(task: Task, system: Tryton) -> FrozenOrder | Later:
    """The frozen order with the accounts of its invoice, read anew where it was not invoiced when it was frozen."""
    order = order_of(task)
    if isinstance(order, Later):
        return order
    for _ in range(2):
        if order.extra.get("receivable") and all(line.extra["account"] for line in order.lines):
            return order
        now = find_order(Task(task.key, LookUpOrder("", order.number)), system)
        if isinstance(now, Done) and isinstance(now.facts[0], OrderFrozen):
            order = _with_accounts(order, now.facts[0].order)
    return Later(f"order {order.number} is not invoiced in Tryton yet, so there is nothing to credit", _NOT_INVOICED_S)


def _with_accounts(order: FrozenOrder, now: FrozenOrder) -> FrozenOrder:
    """The order as it was frozen, with the accounts that it has been invoiced to since."""
    noted = {line.ref: line.extra for line in now.lines}
    lines = tuple(replace(line, extra=noted.get(line.ref, line.extra)) for line in order.lines)
    return replace(order, lines=lines, extra=now.extra)


def _create(system: Tryton, key: str, label: str, order: FrozenOrder, lines: list[Record], comment: str) -> str:
    extra = order.extra
    values: Record = {
        "type": "out",
        "company": system.settings.company,
        "reference": key,
        "description": label,
        "comment": comment,
        "party": int(extra["party"]),
        "account": int(extra["receivable"]),
        "lines": [["create", lines]],
    }
    links = ("currency", "journal", "invoice_address", "payment_term")
    values.update({name: int(extra[name]) for name in links if extra.get(name)})
    return reference(INVOICE, system.create(INVOICE, values))


def _money(system: Tryton, order: FrozenOrder, what: str, minor_units: int, account: str) -> Record:
    return money_line(system, int(order.extra["currency"]), order.currency, what, minor_units, account)


def _post(system: Tryton, key: str, found: Partial, total_minor: int, tolerance_minor: int, currency: str) -> Outcome:
    """Post the draft when it is exactly ``total_minor``, with a rounding line for what taxes round differently."""
    if found.step != "post":
        return Refused(f"{found.reference} carries our key and is {found.step}; {take_over(key)}")
    id_ = id_of(found.reference)
    draft = system.read(INVOICE, id_, "total_amount", "currency")
    off = total_minor - minor(draft["total_amount"], currency)
    if off and abs(off) <= tolerance_minor:
        account = system.settings.difference_account
        rounding = money_line(system, draft["currency"], currency, "Rounding", off, account)
        system.write(INVOICE, id_, {"lines": [["create", [rounding]]]})
        off = total_minor - minor(system.read(INVOICE, id_, "total_amount")["total_amount"], currency)
    if off:
        return Refused(
            f"the draft {found.reference} is {abs(off)} minor units of {currency} off the confirmed money;"
            " correct its lines or taxes in Tryton, then retry",
            kind="amount-differs",
        )
    try:
        system.press(INVOICE, id_, "post", POSTED)
    except Rejected:
        # Tryton asks when taxes are not the product's own, as on every order that a shop taxes by destination. They
        # are those of the sold line, and the total is the confirmed money: the answer is yes. Other refusals stand.
        system.press_past(INVOICE, id_, "post", "invoice_taxes")
        if str(system.read(INVOICE, id_, "state")["state"]) not in POSTED:
            raise
    return Done(found.reference)
