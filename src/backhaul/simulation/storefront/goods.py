"""Exchange orders, stock and marks at the storefront: found by key, repeatable for a day, told by sequence."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

from backhaul.domain import effects as e
from backhaul.domain.facts import ExchangeOrdered
from backhaul.sdk.outcomes import (
    Absent,
    Ambiguous,
    CannotLook,
    Done,
    Found,
    Later,
    Outcome,
    Partial,
    Refused,
    Rejected,
    Task,
)
from backhaul.simulation.storefront.client import Shopfront
from backhaul.simulation.storefront.front import Record

_REMEMBERED, _RETOLD = timedelta(hours=23), timedelta(days=2)


def find_exchange(task: Task, system: Shopfront) -> Found:
    """The order with our key, and how far it is."""
    effect = task.effect_as(e.OrderExchangeAtStorefront)
    orders = system.of_order("exchanges", effect.order)
    ours = [one for one in orders if one["note"] == task.key and one["state"] != "cancelled"]
    if len(ours) > 1:
        return Ambiguous(tuple(one["id"] for one in ours))
    if not ours:
        return Absent()
    if ours[0]["state"] in ("draft", "claimed"):
        return Partial(ours[0]["id"], ours[0]["state"])
    return _ordered(effect, ours[0]["id"])


def order_exchange(task: Task, system: Shopfront, found: Found) -> Outcome:
    """Draft, claim, place: from where it stands. Without stock nothing is left of it."""
    effect = task.effect_as(e.OrderExchangeAtStorefront)
    if isinstance(found, Partial):
        id_, state = found.reference, found.step
    else:
        body = {"note": task.key, "exchange": effect.exchange, "sku": effect.sku, "quantity": effect.quantity}
        id_, state = system.post(f"/orders/{effect.order}/exchanges", body)["id"], "draft"
    if state == "draft":
        try:
            system.post(f"/exchanges/{id_}/claimed")
        except Rejected as no:
            system.post(f"/exchanges/{id_}/cancelled")
            return Refused(f"{id_}: {no.text}", kind="exchange-out-of-stock")
    system.post(f"/exchanges/{id_}/placed")
    return _ordered(effect, id_)


def _ordered(effect: e.OrderExchangeAtStorefront, id_: str) -> Done:
    return Done(id_, facts=(ExchangeOrdered(effect.exchange, f"#{id_}"),))


def find_exchange_cancelled(task: Task, system: Shopfront) -> Found:
    """Its own state proves that it was withdrawn."""
    document = task.references.get(task.effect_as(e.CancelExchangeAtStorefront).exchange_order)
    if document is None:
        return Absent()
    return Done(document) if system.one("exchanges", document)["state"] == "cancelled" else Absent()


def cancel_exchange(task: Task, system: Shopfront, _found: Found) -> Outcome:
    """Withdraw it; one that is on its way is somebody's to stop."""
    effect = task.effect_as(e.CancelExchangeAtStorefront)
    document = task.references.get(effect.exchange_order)
    if document is None:
        return Later(f"{effect.exchange_order} has no document yet")
    if system.one("exchanges", document)["state"] == "shipped":
        return Refused(f"{document} is on its way", kind="exchange-shipped")
    return Done(system.post(f"/exchanges/{document}/cancelled")["id"])


def find_flushed(task: Task, system: Shopfront) -> Found:
    """Within a day the storefront knows the key by itself. Raises CannotLook for what is older or may be forgotten."""
    batch = task.effect_as(e.FlushStorefrontStock).batch
    gathered = datetime.strptime(batch.rsplit("-", 2)[-2], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
    forgotten = task.restored_at is not None and gathered < task.restored_at + _RETOLD
    if forgotten or system.now() - (task.tried_since or gathered) > _REMEMBERED:
        raise CannotLook(f"the storefront does not tell whether it has batch {batch}")
    return Absent()


def flush(task: Task, system: Shopfront, _found: Found) -> Outcome:
    """One delta per SKU and location, under our key."""
    effect = task.effect_as(e.FlushStorefrontStock)
    deltas = Counter((member.sku, member.location) for member in effect.members)
    told = [{"sku": sku, "location": location, "delta": count} for (sku, location), count in sorted(deltas.items())]
    return Done(system.post("/stock", {"key": task.key, "deltas": told})["id"])


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
