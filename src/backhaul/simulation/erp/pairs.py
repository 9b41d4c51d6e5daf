"""Find and do for every effect the simulated ERP can take; our key is each document's ``reference``."""

from __future__ import annotations

from datetime import datetime

from backhaul.domain import effects as e
from backhaul.domain.facts import OrderFrozen
from backhaul.domain.orders import FrozenComponent, FrozenLine, FrozenOrder
from backhaul.sdk.outcomes import Absent, Ambiguous, Done, Found, Later, Outcome, Partial, Refused, Rejected, Task
from backhaul.simulation.erp.books import Record
from backhaul.simulation.erp.client import Erp
from backhaul.simulation.erp.papers import Paper, paper_of
from backhaul.simulation.erp.recovery import found_by_nature, same


def find_order(_task: Task, _erp: Erp) -> Found:
    """Reading leaves nothing behind: it is done again."""
    return Absent()


def look_up_order(task: Task, erp: Erp, _found: Found) -> Outcome:
    """The order as it was sold."""
    assert isinstance(task.effect, e.LookUpOrder)
    try:
        sale = erp.sale(task.effect.order)
    except Rejected as error:
        return Refused(f"order {task.effect.order}: {error.text}")
    return Done(f"SALE-{sale['number']}", facts=(OrderFrozen(_frozen(sale)),))


def find_paper(task: Task, erp: Erp) -> Found:
    """The document with our key and how far it is; after a restore also one that is about the same."""
    paper = paper_of(task)
    if isinstance(paper, Later):
        return Absent()
    found = erp.search(paper.kind, reference=task.key)
    if len(found) > 1:
        return Ambiguous(tuple(one["id"] for one in found))
    if not found:
        return found_by_nature(task, paper, erp) if task.recovered or task.adopt else Absent()
    if task.recovered and paper.kind == "credit" and found[0]["state"] != "draft" and not same(found[0]["head"], paper):
        return Ambiguous((found[0]["id"],))
    return how_far(found[0], paper)


def how_far(document: Record, paper: Paper) -> Found:
    """Done, or the step that is missing."""
    if paper.kind == "exchange" and document["head"]["carries"] != paper.head["carries"]:
        return Partial(document["id"], "of another value")
    if document["state"] != "draft":
        return Done(document["id"])
    missing = len(document["lines"]) < len(paper.lines)
    return Partial(document["id"], "lines" if missing else "post")


def do_paper(task: Task, erp: Erp, found: Found) -> Outcome:
    """Create the document, give it its lines, post it: from where it stands."""
    paper = paper_of(task)
    if isinstance(paper, Later):
        return paper
    if isinstance(found, Partial) and found.step == "of another value":
        return Refused(f"{found.reference} carries our key and another value than is owed now")
    if isinstance(found, Partial):
        document = erp.document(found.reference)
    else:
        document = erp.create(paper.kind, task.key, paper.order, paper.head | paper.trace)
    for line in paper.lines[len(document["lines"]) :]:
        document = erp.step(document["id"], "lines", line)
    return Done(erp.step(document["id"], "post")["id"])


def find_ended(task: Task, erp: Erp) -> Found:
    """Its own state proves that an authorisation was closed or withdrawn, an exchange order withdrawn."""
    number, state = _ended(task)
    if not number:
        return Absent()
    return Done(number) if erp.document(number)["state"] == state else Absent()


def end(task: Task, erp: Erp, _found: Found) -> Outcome:
    """Close or withdraw."""
    number, state = _ended(task)
    if not number:
        return Later("what it ends has no document yet")
    return Done(erp.step(number, "close" if state == "closed" else "cancel")["id"])


def _ended(task: Task) -> tuple[str, str]:
    effect = task.effect
    if isinstance(effect, e.CancelExchangeOrder):
        return task.references.get(effect.exchange_order, ""), "cancelled"
    assert isinstance(effect, e.CloseReturnAuthorisation | e.CancelReturnAuthorisation)
    state = "closed" if isinstance(effect, e.CloseReturnAuthorisation) else "cancelled"
    return task.references.get(effect.authorisation, ""), state


def _frozen(sale: Record) -> FrozenOrder:
    lines = tuple(
        FrozenLine(
            line["id"], line["sku"], line["quantity"], line["net_minor"], line["tax_minor"],
            unit_cost_minor=line["cost_minor"], platform_refs=tuple(line["shown_as"]),
            components=tuple(
                FrozenComponent(part["sku"], part["quantity"], part["price_minor"], unit_cost_minor=part["cost_minor"])
                for part in line["parts"]
            ),
        )
        for line in sale["lines"]
    )  # fmt: skip
    sold_at = datetime.fromisoformat(sale["sold_at"])
    return FrozenOrder(sale["number"], f"SALE-{sale['number']}", sale["currency"], lines, sold_at)
