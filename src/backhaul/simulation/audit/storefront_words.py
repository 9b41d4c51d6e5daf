"""Whether the storefront has one order for each exchange that stands, and each order the mark that was owed last."""

from __future__ import annotations

from collections import Counter
from typing import Any

from backhaul.sandbox.happy_returns.model import State
from backhaul.simulation.audit.owned import owned
from backhaul.simulation.shop import Shop
from backhaul.simulation.storefront import Front
from backhaul.simulation.world import World
from backhaul.store.sql import rows

_AT_HOME = (State.STARTED, State.EXPIRED)
_MARKS = """
    SELECT DISTINCT ON (return_id, payload->>'order') return_id, payload->>'order', payload->>'goods',
           payload->>'money', standing, label
    FROM (SELECT e.*, r.label FROM effects e JOIN returns r ON r.id = e.return_id WHERE r.linked_to_id IS NULL) e
    WHERE verb = 'mark-order' AND standing <> 'moot' AND e.merchant_id = %s
    ORDER BY return_id, payload->>'order', (payload->>'sequence')::int DESC
"""
_OPEN = "SELECT count(*) FROM exceptions WHERE closed_at IS NULL AND return_id = %s"


def audit_storefront_words(world: World) -> None:
    """Compare what the storefront shows with what it should."""
    for shop in world.shops:
        if shop.front is not None:
            _marks(world, shop, shop.front)
            _exchanges(world, shop, shop.front)


def _marks(world: World, shop: Shop, front: Front) -> None:
    for return_id, order, goods, money, standing, label in rows(_MARKS, (shop.merchant_id,)):
        there: dict[str, Any] = front.order(order).marks.get(return_id, {})
        if standing == "done" and (there.get("goods"), there.get("money")) != (goods, money):
            world.story.wrong(f"order {order} shows {there} of {label} and should show {goods}, {money}")
        if standing != "done" and not rows(_OPEN, (return_id,))[0][0]:
            world.story.wrong(f"order {order} should show {goods}, {money} of {label}, which is {standing}")
    for trip in shop.trips:
        _mark_is_true(world, shop, front, trip)


def _mark_is_true(world: World, shop: Shop, front: Front, trip: Any) -> None:
    """Where nobody has to look after a return, its mark says what became of it in truth."""
    if world.policies[shop.merchant_id].mark_orders == "never" or owned(shop, trip) or world.restored:
        return
    for order in trip.return_.orders():
        goods = trip.of(order)
        marks = [mark for name, mark in front.order(order).marks.items() if name in _ids(trip)]
        here = all(one.received and one.said for one in goods)
        if len(marks) > 1 or (here and not marks):
            world.story.wrong(f"order {order} has {len(marks)} marks of {trip.label}")
        elif here and marks[0]["goods"] != "inspected":
            world.story.wrong(f"order {order} shows {marks[0]} of {trip.label}, whose goods are here")


def _ids(trip: Any) -> set[str]:
    return {
        id_
        for (id_,) in rows(
            "SELECT coalesce(r.linked_to_id, r.id) FROM identities i JOIN returns r ON r.id = i.return_id "
            "WHERE i.value = ANY(%s)", ([trip.label, trip.return_.return_id],)
        )
    }  # fmt: skip


def _exchanges(world: World, shop: Shop, front: Front) -> None:
    made = Counter(one.exchange for one in front.swaps.values() if one.state in ("claimed", "placed", "shipped"))
    both = world.policies[shop.merchant_id].exchange_at == "both"
    for trip in shop.trips:
        for exchange in trip.exchanges.values():
            wanted = int(both and not exchange.off and exchange.unit.item.state not in _AT_HOME)
            if made[exchange.id] != wanted and not owned(shop, trip, exchange.id):
                world.story.wrong(
                    f"{trip.label}: {exchange.id} should have {wanted} orders at the storefront "
                    f"and has {made[exchange.id]}"
                )
