"""Goods that are looked at, taken back on the storefront's return: what proves it is how many of a line were."""

from __future__ import annotations

from backhaul.domain import effects as e
from backhaul.domain.document_lines import TakenBackLine
from backhaul.sdk.outcomes import Absent, Done, Found, Later, Outcome, Refused, Task
from backhaul.sdk.raising import Meant, miscounted, takings
from backhaul.simulation.storefront.client import Shopfront
from backhaul.simulation.storefront.lines import meant
from backhaul.simulation.storefront.things import Record


def find_taken_back(task: Task, system: Shopfront) -> Found:
    """Done when as many units of each line are taken back as were told before and are told by this."""
    effect = task.effect_as(e.TakeBackAtStorefront)
    document = task.references.get(effect.opening)
    if document is None:
        return Absent()
    opened, order = system.one("returns", document), system.order(effect.order)
    if any(_missing(line, opened, order) for line in effect.lines) or _miscounted(effect, opened, order):
        return Absent()
    return Done(document)


def _miscounted(effect: e.TakeBackAtStorefront, opened: Record, order: Record) -> Refused | None:
    return miscounted(
        takings(effect.lines, lambda line: _meant(line, opened, order)),
        lambda line: _missing(line, opened, order),
        "the storefront",
    )


def _meant(line: TakenBackLine, opened: Record, order: Record) -> Meant:
    mine = [id_ for id_ in meant(line, order["lines"]) if id_ in opened["lines"]]
    back, raised = (sum(opened[name].get(id_, 0) for id_ in mine) for name in ("taken", "restocked"))
    return Meant(frozenset(mine), mine == [line.line_ref], back, raised)


def _missing(line: TakenBackLine, opened: Record, order: Record) -> int:
    found = _meant(line, opened, order)
    return max(min(line.quantity, found.before(line).told + line.quantity - found.back), 0)


def take_back(task: Task, system: Shopfront, _found: Found) -> Outcome:
    """Take back what is not yet, line by line."""
    effect = task.effect_as(e.TakeBackAtStorefront)
    document = task.references.get(effect.opening)
    if document is None:
        return Later(f"{effect.opening} has no document yet")
    order = system.order(effect.order)
    wrong = _miscounted(effect, system.one("returns", document), order)
    for line in effect.lines:
        opened = system.one("returns", document)
        open_ = _missing(line, opened, order)
        for id_ in meant(line, order["lines"]):
            part = min(open_, opened["lines"].get(id_, 0) - opened["taken"].get(id_, 0))
            if part > 0:
                location = line.location if line.restock else ""
                body = {"line": id_, "quantity": part, "location": location}
                system.post(f"/returns/{document}/take", body)
                open_ -= part
        if open_:
            return Refused(f"{open_} of {line.quantity} {line.sku} cannot be taken back on {document}")
    return wrong or Done(document)
