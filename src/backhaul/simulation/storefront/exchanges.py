"""Exchange orders at the storefront: drafted, claimed, placed; found by our key, withdrawn by their state."""

from __future__ import annotations

from backhaul.domain import effects as e
from backhaul.domain.facts import ExchangeOrdered
from backhaul.sdk.outcomes import Absent, Ambiguous, Done, Found, Later, Outcome, Partial, Refused, Rejected, Task
from backhaul.simulation.storefront.client import Shopfront


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
