"""Marks on the storefront's orders: whole statements by sequence, the newest counts."""

from __future__ import annotations

from backhaul.domain import effects as e
from backhaul.sdk.outcomes import Absent, Done, Found, Outcome, Task
from backhaul.simulation.storefront.client import Shopfront
from backhaul.simulation.storefront.things import Record


def find_mark(task: Task, system: Shopfront) -> Found:
    """Whether the order says so, or something newer, already."""
    effect = task.effect_as(e.MarkOrder)
    return Done(effect.order) if _is_told(task, effect, _there(effect, system)) else Absent()


def mark(task: Task, system: Shopfront, _found: Found) -> Outcome:
    """Say it, unless something newer is said; of a restored deployment the newest is what it says now."""
    effect = task.effect_as(e.MarkOrder)
    there = _there(effect, system)
    if not _is_told(task, effect, there):
        sequence = effect.sequence
        if there is not None and task.recovered:
            sequence = max(sequence, there["sequence"] + 1)
        statement = {"goods": effect.goods, "money": effect.money, "sequence": sequence}
        system.post(f"/orders/{effect.order}/marks/{effect.return_id}", statement)
    return Done(effect.order)


def _there(effect: e.MarkOrder, system: Shopfront) -> Record | None:
    marks: dict[str, Record] = system.order(effect.order)["marks"]
    return marks.get(effect.return_id)


def _is_told(task: Task, effect: e.MarkOrder, there: Record | None) -> bool:
    if there is None:
        return False
    same = (there["goods"], there["money"]) == (effect.goods, effect.money)
    return same or (not task.recovered and there["sequence"] > effect.sequence)
