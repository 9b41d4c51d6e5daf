"""Which paper each effect becomes in the simulated ERP: its kind, its head and its lines."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from backhaul.domain import effects as e
from backhaul.sdk.outcomes import Later, Task
from backhaul.simulation.erp.books import INSPECTION, Record


@dataclass(frozen=True, slots=True)
class Paper:
    """A document as it should be: created, given its lines one by one, then posted."""

    kind: str
    order: str
    head: Record
    lines: tuple[Record, ...]

    @property
    def trace(self) -> Record:
        """What the paper will be about, to be written on it when it is created: a draft may never get its lines."""
        about = [[unit, line.get("to", "")] for line in self.lines for unit in line.get("units", ())]
        return {"about": about, "minor": sum(line.get("minor", 0) for line in self.lines)}


def paper_of(task: Task) -> Paper | Later:
    """The paper of an effect; Later where a document it builds on is not there yet."""
    effect = task.effect
    match effect:
        case e.OpenReturnAuthorisation():
            head = {"label": effect.label, "return": effect.return_id}
            return Paper("authorisation", effect.order, head, tuple(_goods(effect.lines)))
        case e.ReceiveReturn():
            head = _under(task, effect.authorisation, effect.return_id)
            return Paper("receipt", effect.order, head, tuple(_moved(effect.lines, "customer", INSPECTION)))
        case e.PutAway():
            lines = _moved(effect.lines, effect.source or INSPECTION, effect.location)
            return Paper("move", effect.order, {"return": effect.return_id}, tuple(lines))
        case e.FlushStock():
            members = tuple(_member(one) for one in effect.members)
            return Paper("move", "", {"batch": effect.batch}, members)
        case e.CreateExchangeOrder():
            head = {"exchange": effect.exchange, "return": effect.return_id, "sku": effect.sku}
            worth = effect.net_minor + effect.tax_minor
            return Paper("exchange", effect.order, head | {"carries": worth}, tuple(_goods(effect.lines)))
        case e.IssueCreditNote() | e.CorrectCreditNote() | e.RecordRefund():
            return _money(task, effect)
        case _:
            raise TypeError(f"{task.key} is no paper")


def _money(task: Task, effect: e.IssueCreditNote | e.CorrectCreditNote | e.RecordRefund) -> Paper | Later:
    on = effect.authorisation if isinstance(effect, e.IssueCreditNote) else effect.credit_note
    if on not in task.references:
        return Later(f"{on} has no document yet")
    head = _under(task, on, effect.return_id) | {"refund": effect.refund, "currency": effect.currency}
    match effect:
        case e.IssueCreditNote():
            lines = list(_goods(effect.lines))
            extra = {"fee": -effect.fee_minor, "difference": effect.difference_minor}
            lines += [{"what": what, "minor": minor} for what, minor in extra.items() if minor]
            return Paper("credit", effect.order, head, tuple(lines))
        case e.CorrectCreditNote():
            return Paper("credit", effect.order, head, ({"what": "correction", "minor": effect.delta_minor},))
        case e.RecordRefund():
            line = {"what": effect.tender, "minor": effect.amount_minor}
            return Paper("payment", effect.order, head, (line,))


def _under(task: Task, key: str, return_id: str) -> Record:
    return {"on": task.references.get(key, ""), "return": return_id}


def _goods(lines: Iterable[e.DocumentLine]) -> Iterable[Record]:
    for line in lines:
        yield {
            "what": "goods", "line": line.order_line, "sku": line.sku, "units": list(line.units),
            "quantity": line.quantity, "minor": line.net_minor + line.tax_minor,
        }  # fmt: skip


def _moved(lines: Iterable[e.DocumentLine], source: str, target: str) -> Iterable[Record]:
    for line in _goods(lines):
        yield line | {"from": source, "to": target}


def _member(one: e.FlushMember) -> Record:
    return {
        "what": "goods", "sku": one.sku, "units": [one.unit], "quantity": 1, "member": one.key,
        "from": one.source or INSPECTION, "to": one.location,
    }  # fmt: skip
