"""Whether each unit is for sale at the storefront where the policy says who raises it: once, after it was looked at."""

from __future__ import annotations

from collections import Counter

from backhaul.simulation.audit.goods import ours
from backhaul.simulation.audit.owned import conflicting, owned
from backhaul.simulation.shop import Shop
from backhaul.simulation.storefront import Front
from backhaul.simulation.truth import Trip
from backhaul.simulation.world import World
from backhaul.store.sql import rows

_SAID = """
    SELECT return_id, payload->'line'->>'sku', count(*) FROM effects
    WHERE verb = 'restock' AND standing = 'done' AND payload->>'raised_by' IN ('storefront', 'backhaul')
      AND merchant_id = %s GROUP BY 1, 2
"""
_FLUSHED = """
    SELECT f.key, m.payload->'line'->>'sku', m.return_id FROM effects m JOIN effects f ON f.id = m.flush_id
    WHERE m.verb = 'restock-at-storefront' AND f.standing = 'done' AND m.merchant_id = %s
"""


def audit_storefront_goods(world: World) -> None:
    """Per return and SKU: what is for sale is what lies in the ERP's sellable place, where somebody of us raises it."""
    for shop in world.shops:
        if shop.front is None:
            continue
        raised = _raised(shop, shop.front)
        said: dict[str, Counter[str]] = {}
        for name, sku, count in rows(_SAID, (shop.merchant_id,)):
            said.setdefault(name, Counter())[sku] += count
        _returns(world, shop, shop.front)
        for trip in shop.trips:
            names = ours(shop, trip)
            have = sum((raised.get(name, Counter()) for name in names), Counter[str]())
            told = sum((said.get(name, Counter()) for name in names), Counter[str]())
            if len(names) == 1 and not conflicting(names[0]):
                _one(world, shop, trip, have, told)


def _one(world: World, shop: Shop, trip: Trip, have: Counter[str], told: Counter[str]) -> None:
    good = Counter(one.sku for one in trip.goods if one.place == "STO")
    if not owned(shop, trip) and not world.restored:
        least = Counter[str]() if "erp" in shop.stock_owners else good
        most = Counter[str]() if shop.stock_owners == ("erp",) else good
        if least - have or have - most:
            world.story.wrong(
                f"{trip.label}: {dict(have)} are for sale at the storefront, {dict(good)} are sellable "
                f"and the stock is of {' then '.join(shop.stock_owners)}"
            )
        if have != told:
            world.story.wrong(
                f"{trip.label}: {dict(have)} are for sale at the storefront, {dict(told)} were put there "
                f"for somebody of us to raise"
            )
    arrived = Counter(one.sku for one in trip.goods if one.received)
    for sku in have - arrived:
        world.story.wrong(f"{trip.label}: {have[sku]} {sku} are for sale and {arrived[sku]} arrived")


def _raised(shop: Shop, front: Front) -> dict[str, Counter[str]]:
    """What is for sale by each return of ours: what the storefront took back, and what was flushed for it."""
    notes: dict[str, str] = dict(
        rows("SELECT reference, return_id FROM effects WHERE verb = 'open-storefront-return' AND merchant_id = %s "
             "AND reference IS NOT NULL", (shop.merchant_id,))
    )  # fmt: skip
    joined: dict[str, str] = dict(
        rows("SELECT id, coalesce(linked_to_id, id) FROM returns WHERE merchant_id = %s", (shop.merchant_id,))
    )
    answer: dict[str, Counter[str]] = {}
    for one in front.raised:
        name = notes.get(one.by)
        if name is not None:
            answer.setdefault(joined[name], Counter())[one.sku] += one.count
    times = Counter(one.by for one in front.raised)
    for key, sku, name in rows(_FLUSHED, (shop.merchant_id,)):
        answer.setdefault(joined[name], Counter())[sku] += 1 if times[key] else 0
    return answer


def _returns(world: World, shop: Shop, front: Front) -> None:
    """At rest none is open but where somebody looks after its return, and none has units that no return of ours has."""
    known = {
        reference: (return_id, standing)
        for reference, return_id, standing in rows(
            "SELECT reference, return_id, standing FROM effects WHERE verb = 'open-storefront-return' "
            "AND merchant_id = %s", (shop.merchant_id,)
        )
    }  # fmt: skip
    for opened in front.returns.values():
        if opened.state not in ("requested", "open") or world.restored:
            continue
        return_id = known.get(opened.id, ("", ""))[0]
        if not rows("SELECT 1 FROM exceptions WHERE closed_at IS NULL AND return_id = %s", (return_id,)):
            world.story.wrong(f"{opened.id} is {opened.state} at the storefront for {opened.note} and nobody knows why")
