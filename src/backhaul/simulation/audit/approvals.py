"""Whether the platform paid for just what it was to pay for, once, and was told just once how each unit was found."""

from __future__ import annotations

from collections import Counter

from backhaul.sandbox.happy_returns.model import State
from backhaul.simulation.shop import Shop
from backhaul.simulation.truth import Goods, Trip
from backhaul.simulation.world import World
from backhaul.store.sql import rows

_DONE = """
    SELECT payload->>'item' FROM effects WHERE verb = 'approve-refund' AND standing = 'done' AND merchant_id = %s
"""
_REPORTS = """
    SELECT payload->>'item', count(*) FROM effects WHERE verb = 'report-contents' AND merchant_id = %s GROUP BY 1
"""


def audit_approvals(world: World) -> None:
    """Nobody is paid twice, nor for what is not here; what is done on our records is done there."""
    for shop in world.shops:
        reports: dict[str, int] = dict(rows(_REPORTS, (shop.merchant_id,)))
        done = {item for (item,) in rows(_DONE, (shop.merchant_id,))}
        for trip in shop.trips:
            _not_for_what_is_missing(world, trip)
            for one in trip.goods:
                _payout(world, shop, trip, one)
                if one.item.item_id in done and one.item.state is not State.APPROVED:
                    world.story.wrong(f"{trip.label}: {one.item.item_id} is paid for on our records only")
                told = len(one.item.contents)
                if not world.restored and told > reports.get(one.item.item_id, 0):
                    world.story.wrong(f"{trip.label}: {one.item.item_id} was reported {told} times")


def _not_for_what_is_missing(world: World, trip: Trip) -> None:
    """Counted per SKU: which of two alike is missing nobody can see."""
    paid = Counter(one.sku for one in trip.goods if one.item.payouts)
    here = Counter(one.sku for one in trip.goods if one.received)
    for sku, count in (paid - here).items():
        world.story.wrong(f"{trip.label}: {count} {sku} were paid for and never arrived")


def _payout(world: World, shop: Shop, trip: Trip, one: Goods) -> None:
    name, payouts = f"{trip.label}: {one.item.item_id}", one.item.payouts
    if payouts > 1:
        world.story.wrong(f"{name} was paid {payouts} times")
    if payouts and world.policies[shop.merchant_id].approve_refunds == "never":
        world.story.wrong(f"{name} was paid for, and the policy lets nobody")
