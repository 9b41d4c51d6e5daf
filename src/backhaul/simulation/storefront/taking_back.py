"""Goods that are looked at, taken back on the storefront's return: what proves it is how many of a line were."""

from __future__ import annotations

from backhaul.domain import effects as e
from backhaul.domain.document_lines import TakenBackLine
from backhaul.sdk.outcomes import Absent, Done, Found, Later, Outcome, Refused, Task
from backhaul.sdk.raising import COUNTED_ELSEWHERE, Counted, miscounted
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


def _miscounted(effect: e.TakeBackAtStorefront, opened: Record, order: Record) -> str:
    def counted(line: TakenBackLine) -> Counted:
        skus = {one["sku"] for one in order["lines"] if one["id"] in meant(line, order["lines"])}
        alike = [one["id"] for one in order["lines"] if one["sku"] in skus]
        return Counted(*(sum(opened[name].get(id_, 0) for id_ in alike) for name in ("taken", "restocked")))

    return miscounted(((line, _missing(line, opened, order)) for line in effect.lines), counted, "the storefront")


def _missing(line: TakenBackLine, opened: Record, order: Record) -> int:
    mine = [id_ for id_ in meant(line, order["lines"]) if id_ in opened["lines"]]
    told: int = sum(opened["taken"].get(id_, 0) for id_ in mine)
    before = line.before if mine == [line.line_ref] else line.before_alike
    return max(min(line.quantity, before + line.quantity - told), 0)


def take_back(task: Task, system: Shopfront, _found: Found) -> Outcome:
    """Take back what is not yet, line by line."""
    effect = task.effect_as(e.TakeBackAtStorefront)
    document = task.references.get(effect.opening)
    if document is None:
        return Later(f"{effect.opening} has no document yet")
    order = system.order(effect.order)
    if why := _miscounted(effect, system.one("returns", document), order):
        return Refused(why, kind=COUNTED_ELSEWHERE)
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
    return Done(document)
