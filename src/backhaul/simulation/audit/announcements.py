"""Whether the warehouse heard what we believe that it heard, and of nothing that does not exist."""

from __future__ import annotations

from collections import Counter
from typing import Any

from backhaul.simulation.shop import Shop
from backhaul.simulation.world import World
from backhaul.store.sql import rows

_DONE = "SELECT key FROM effects WHERE verb = 'announce-return' AND standing = 'done' AND merchant_id = %s"
_KNOWN = "SELECT key FROM effects WHERE verb = 'announce-return' AND standing <> 'moot' AND merchant_id = %s"


def audit_announcements(world: World) -> None:
    """What is done was taken; what was taken is on record; of a return no more is announced than is in it."""
    for shop in world.shops:
        for (key,) in rows(_DONE, (shop.merchant_id,)):
            if key not in shop.yard.bodies:
                world.story.wrong(f"{key} is done and the warehouse never heard of it")
        known = {key for (key,) in rows(_KNOWN, (shop.merchant_id,))}
        for name, body in shop.yard.bodies.items():
            if name not in known and not world.restored:
                world.story.wrong(f"{name} was announced and is on no record")
            _no_more_than_there_is(world, shop, name, body)


def _no_more_than_there_is(world: World, shop: Shop, name: str, body: dict[str, Any]) -> None:
    names = {ref["value"] for ref in body["names"]}
    trips = [trip for trip in shop.trips if {trip.label, trip.return_.return_id} & names]
    there = Counter(one.sku for trip in trips for one in trip.of(body["order_number"]))
    for line in body["lines"]:
        there[line["sku"]] -= line["expected_total"]
    for sku, left in there.items():
        if left < 0:
            world.story.wrong(f"{name} announces {-left} {sku} more than are in {', '.join(sorted(names))}")
