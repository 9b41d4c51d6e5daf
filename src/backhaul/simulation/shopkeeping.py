"""People of a shop with a storefront: they refund and restock by hand, send replacements, change whose the stock is."""

from __future__ import annotations

import json
import random
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from backhaul.simulation.chances import OWNERS, with_storefront
from backhaul.simulation.erp.books import Refusal
from backhaul.simulation.storefront.front import Front, Paid, Raised, SoldLine, SoldOrder, Swap
from backhaul.simulation.truth import Goods, Refund, Trip
from backhaul.store import returns
from backhaul.store.sql import atomic, rows

if TYPE_CHECKING:
    from backhaul.simulation.people import People
    from backhaul.simulation.shop import Shop
    from backhaul.simulation.world import World

_LOST_NEWS = 0.2


def open_storefront(world: World, shop: Shop) -> None:
    """What was sold is in the storefront as the returns platform shows it, and the policy makes use of it."""
    dice = random.Random(f"{world.seed}:{shop.name}:storefront")
    policy = with_storefront(world.policies[shop.merchant_id], dice)
    world.set_policy(shop.merchant_id, policy)
    shop.we_pay = policy.refund_owner == "backhaul"
    shop.pays_at_front = not shop.we_pay and dice.random() < 0.6
    shop.stock_owners = (policy.stock_owner("STO"),)
    front = shop.front = Front(world.clock.now, world.story.wrong, world.chances.lag)
    for number, order in shop.platform.orders.items():
        lines = {one.order_line_item_id: SoldLine(one.order_line_item_id, one.sku, one.quantity) for one in order.lines}
        front.orders[number] = SoldOrder(number, shop.paid_minor[number], lines)
    front.levels["REPLACEMENT"] = dice.choice((0, 1, 50, 50, 50))
    front.fate = lambda paid: _fate(front, paid, dice)
    front.watch = lambda thing: _watch(world, shop, thing, dice)
    front.told = lambda paid: _news(world, shop, paid, dice)


def _fate(front: Front, paid: Paid, dice: random.Random) -> None:
    """What becomes of a refund; who pays by hand waits until it is through."""
    if paid.by == "platform":
        return
    kinds = ("succeeded",) * 14 + ("pending",) * 4 + (("failing", "failed") if paid.by == "backhaul" else ())
    kind = dice.choice(kinds)
    if kind in ("pending", "failing"):
        paid.state, paid.then = "pending", "succeeded" if kind == "pending" else "failed"
        paid.settles_at = front.now() + timedelta(hours=dice.uniform(0.1, 60))
    else:
        paid.state = kind


def _news(world: World, shop: Shop, paid: Paid, dice: random.Random) -> None:
    if dice.random() >= _LOST_NEWS:
        body = {"about": paid.id, "sequence": paid.sequence}
        world.mail.send(f"{shop.name}-storefront", json.dumps(body).encode())


def _watch(world: World, shop: Shop, thing: Paid | Raised | Swap, dice: random.Random) -> None:
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
    good = Counter(
        one.sku
        for trip in shop.trips
        for one in trip.goods
        if one.received
        and ("sellable" in (one.said, one.decided) or world.policies[shop.merchant_id].sellable_on == "receipt")
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


def pay_there(people: People, trip: Trip, refund: Refund, state: str) -> None:
    """Who moves the money moves it through the storefront: once, then its state changes."""
    front = people.shop.front
    assert front is not None
    paid = front.refunds.get(refund.id)
    if paid is not None:
        front.settle(paid, state)
        return
    lines = Counter(one.line for one in refund.units)
    minor = min(refund.minor, front.order(refund.order).paid_minor - front.refunded_minor(refund.order))
    refund.minor = minor
    try:
        front.refund(refund.order, "by the platform", trip.label, "platform", minor, lines, refund.id, state)
    except Refusal as no:
        trip.refunds.pop(refund.id, None)
        people.story.tell(f"{trip.label}: {refund.id} cannot be paid: {no}")


def plan_by_hand(people: People, trip: Trip) -> None:
    """Where we pay, somebody else does now and then, or restocks what the warehouse found sellable."""
    front = people.shop.front
    if front is None or trip.beyond_sold or trip.called_off or trip.declined:
        return
    dice = random.Random(f"{people.shop.name}:{trip.label}:by-hand")
    for order in trip.return_.orders():
        goods = trip.of(order)
        some = goods[: dice.randint(1, len(goods))]
        chance, at, further = dice.random(), dice.uniform(1, 110), dice.uniform(30, 140)
        if people.shop.we_pay and chance < 0.2:
            people.agenda.put(at, lambda order=order, some=some: by_hand(people, trip, order, some))  # type: ignore[misc]
        elif people.shop.we_pay and chance < 0.25:
            people.agenda.put(at, lambda order=order: _gesture(people, trip, order))  # type: ignore[misc]
        if dice.random() < 0.15:
            people.agenda.put(further, lambda order=order: _restock(people, trip, order))  # type: ignore[misc]


def by_hand(people: People, trip: Trip, order: str, goods: list[Goods]) -> None:
    """Somebody refunds units in the admin, as far as nobody did."""
    assert people.shop.front is not None
    paid = [one for refund in trip.refunds.values() if refund.state != "failed" for one in refund.units]
    goods = [one for one in goods if one not in paid]
    lines = Counter(one.line for one in goods)
    minor = sum(people.shop.gross_minor(order, one.line) for one in goods)
    with suppress(Refusal):  # they are paid for, or are being
        people.shop.front.refund(order, "by hand", trip.label, "staff", minor, lines)


def _gesture(people: People, trip: Trip, order: str) -> None:
    """Somebody gives a little back, for no goods in particular."""
    assert people.shop.front is not None
    with suppress(Refusal):
        people.shop.front.refund(order, "a gesture", trip.label, "staff", 250, Counter())


def _restock(people: People, trip: Trip, order: str) -> None:
    """Where the storefront owns its stock, somebody takes a unit back there before we do."""
    front = people.shop.front
    assert front is not None
    others = [one for one in people.shop.trips if one is not trip and order in one.return_.orders()]
    if people.shop.stock_owners != ("storefront",) or others:
        return
    for opened in front.returns.values():
        if opened.order != order or opened.state != "open":
            continue
        for line, count in opened.lines.items():
            mine = [one for one in trip.of(order) if one.line == line]
            good = all(one.received and one.word == "sellable" for one in mine)
            if mine and good and opened.taken[line] < count:
                front.take(opened.id, line, 1, "STO")
                return


def plan_another_owner(world: World, shop: Shop) -> None:
    """Some merchants give their stock another owner in the middle of it, for open returns, too."""
    dice = random.Random(f"{world.seed}:{shop.name}:owner")
    if shop.front is not None and dice.random() < 0.25:
        returns_there = world.policies[shop.merchant_id].storefront_returns != "never"
        able = [one for one in OWNERS if returns_there or one != "storefront"]
        owner = dice.choice([one for one in able if one not in shop.stock_owners])
        world.agenda.put(dice.uniform(20, 150), lambda: _change_owner(world, shop, owner))


def _change_owner(world: World, shop: Shop, owner: str) -> None:
    shop.stock_owners = (*shop.stock_owners, owner)
    policy = world.policies[shop.merchant_id]
    world.set_policy(
        shop.merchant_id,
        replace(policy, version=f"{policy.version}+{owner}", stock_owners={"*": owner}),  # type: ignore[dict-item]
    )
    world.story.tell(f"{shop.name}: the storefront's stock is {owner}'s from now on")
    with atomic():
        returns.leave_undecided(id_ for (id_,) in rows("SELECT id FROM returns WHERE NOT closed"))
