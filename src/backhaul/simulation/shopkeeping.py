"""Opens a shop's storefront, says what becomes of money paid there, and gives its stock another owner."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from backhaul.simulation.chances import OWNERS, with_storefront
from backhaul.simulation.overlooking import watch_front
from backhaul.simulation.storefront import Front
from backhaul.simulation.storefront.things import Paid, SoldLine, SoldOrder
from backhaul.store import returns
from backhaul.store.sql import atomic, rows

if TYPE_CHECKING:
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
    front.watch = lambda thing: watch_front(world, shop, thing, dice)
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
