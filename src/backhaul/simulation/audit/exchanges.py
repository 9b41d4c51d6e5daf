"""Whether each exchange has just the order that it should have, or somebody owns the difference."""

from __future__ import annotations

from collections import Counter

from backhaul.sandbox.happy_returns.model import State
from backhaul.simulation.audit.owned import owned
from backhaul.simulation.shop import CURRENCY, Shop
from backhaul.simulation.world import World
from backhaul.store.sql import rows

_AT_HOME = (State.STARTED, State.EXPIRED)


def audit_exchanges(world: World) -> None:
    """One order for each that stands and whose goods were handed in, none for one that was called off."""
    for shop in world.shops:
        standing = [one for one in shop.books.documents.values() if one.kind == "exchange" and one.state == "posted"]
        made = Counter(str(one.head["exchange"]) for one in standing)
        for trip in shop.trips:
            for exchange in trip.exchanges.values():
                wanted = int(not exchange.off and exchange.unit.item.state not in _AT_HOME)
                if made[exchange.id] != wanted and not owned(shop, trip, exchange.id):
                    world.story.wrong(
                        f"{trip.label}: {exchange.id} should have {wanted} orders and has {made[exchange.id]}"
                    )
        _ledger(world, shop, sum(one.head["carries"] for one in standing if one.id not in shop.unsettled))


def _ledger(world: World, shop: Shop, carried: int) -> None:
    ((ours,),) = rows(
        """
        SELECT coalesce(sum(CASE WHEN destination = 'exchange-value' THEN quantity ELSE -quantity END), 0) FROM entries
        WHERE merchant_id = %s AND commodity = %s AND 'exchange-value' IN (source, destination)
        """,
        (shop.merchant_id, CURRENCY),
    )
    if ours != carried:
        world.story.wrong(f"{shop.name}: the ledger has given {ours} in exchange, the ERP {carried}")
