"""Looks over the storefront's shoulder: what must never happen is seen when it does."""

from __future__ import annotations

import random
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

from backhaul.simulation.storefront.things import Paid, Raised, Swap
from backhaul.simulation.truth import Goods, Refund

if TYPE_CHECKING:
    from backhaul.simulation.shop import Shop
    from backhaul.simulation.world import World


def watch_front(world: World, shop: Shop, thing: Paid | Raised | Swap, dice: random.Random) -> None:
    """Looks over the storefront's shoulder: what must never happen is seen when it does."""
    match thing:
        case Paid():
            _note(world, shop, thing)
        case Raised():
            _look_at_stock(world, shop, thing)
        case Swap():
            _look_at_swap(world, shop, thing, dice)


def _note(world: World, shop: Shop, paid: Paid) -> None:
    """A refund belongs to a return from when it is made: what it pays for is what is credited."""
    world.story.tell(f"{shop.name}: the storefront has {paid.id} of {paid.minor} {paid.state} for {paid.note}")
    trip = next((one for one in shop.trips if paid.label in (one.label, one.return_.return_id)), None)
    if trip is None:
        world.story.wrong(f"{paid.id} is paid for {paid.label}, which nobody began")
        return
    refund = trip.refunds.get(paid.id)
    if refund is None:
        units = _some(trip.of(paid.order), paid.lines)
        refund = trip.refunds[paid.id] = Refund(paid.id, paid.order, paid.minor, units=tuple(units))
    refund.state = paid.state


def _some(goods: list[Goods], lines: Counter[str]) -> list[Goods]:
    left, answer = Counter(lines), []
    for one in goods:
        if left[one.line]:
            left[one.line] -= 1
            answer.append(one)
    return answer


def _look_at_stock(world: World, shop: Shop, raised: Raised) -> None:
    """Never more units of a SKU for sale than were found sellable; whichever way they are raised."""
    world.story.tell(f"{shop.name}: {raised.count} {raised.sku} more are for sale by {raised.by}")
    assert shop.front is not None
    if world.policies[shop.merchant_id].sellable_on == "receipt":
        return
    good = Counter(
        one.sku for trip in shop.trips for one in trip.goods if "sellable" in (one.said, one.decided) and one.received
    )
    total = sum(one.count for one in shop.front.raised if one.sku == raised.sku)
    if total > good[raised.sku]:
        world.story.wrong(f"{raised.by} brings {total} {raised.sku} up for sale, {good[raised.sku]} may be")


def _look_at_swap(world: World, shop: Shop, swap: Swap, dice: random.Random) -> None:
    world.story.tell(f"{shop.name}: {swap.id} for {swap.exchange} is {swap.state}")
    assert shop.front is not None
    if swap.state != "placed":
        return
    for one in shop.front.swaps.values():
        if one is not swap and one.exchange == swap.exchange and one.state in ("placed", "shipped"):
            world.story.wrong(f"{swap.id} is a second order for {swap.exchange} beside {one.id}")
    if dice.random() < 0.3:
        swap.ships_at = world.clock.now() + timedelta(hours=dice.uniform(2, 80))
