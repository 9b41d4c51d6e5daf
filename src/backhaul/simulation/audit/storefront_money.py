"""Whether the storefront paid for just what it was to pay for: once over all who pay, and on record where we did."""

from __future__ import annotations

from collections import Counter

from backhaul.sandbox.happy_returns.model import State
from backhaul.simulation.audit.goods import ours
from backhaul.simulation.audit.owned import owned
from backhaul.simulation.shop import Shop
from backhaul.simulation.storefront import Front
from backhaul.simulation.truth import Trip
from backhaul.simulation.world import World
from backhaul.store.sql import rows

_ISSUED = "SELECT key, standing, reference FROM effects WHERE verb = 'issue-refund' AND merchant_id = %s"
_TOLD = """
    SELECT count(DISTINCT (body->'unit'->>'line', body->'unit'->>'offset')) FROM facts
    WHERE kind = 'RefundApproved' AND return_id = %s
"""
_LATE = """
    SELECT count(*) FROM exceptions x JOIN identities i ON x.return_id = i.return_id
    WHERE x.closed_at IS NULL AND x.merchant_id = %s AND i.value = ANY(%s) AND x.kind <> 'overdue'
"""


def audit_storefront_money(world: World) -> None:
    """Nobody is paid twice for a unit, whoever pays; what we paid is on record; who should be paid is."""
    for shop in world.shops:
        if shop.front is None:
            continue
        _ours(world, shop, shop.front)
        for trip in shop.trips:
            _once(world, shop, shop.front, trip)
            if shop.we_pay:
                _all(world, shop, shop.front, trip)


def _ours(world: World, shop: Shop, front: Front) -> None:
    """Each refund of ours has its one effect, each effect that is done its one refund."""
    issued = {key: (standing, reference) for key, standing, reference in rows(_ISSUED, (shop.merchant_id,))}
    made: dict[str, list[str]] = {}
    for paid in front.refunds.values():
        if paid.by == "backhaul":
            made.setdefault(paid.note, []).append(paid.id)
    for key, names in made.items():
        if len(names) > 1:
            world.story.wrong(f"{key} was paid {len(names)} times: {', '.join(names)}")
        if key not in issued and not world.restored:
            world.story.wrong(f"{names[0]} was paid for {key}, which is on no record")
    for key, (standing, reference) in issued.items():
        if standing == "done" and reference not in front.refunds:
            world.story.wrong(f"{key} is done and the storefront has no refund {reference}")


def _once(world: World, shop: Shop, front: Front, trip: Trip) -> None:
    """Per line: no more units are paid for than are in its returns (which, nobody can tell); never by two who pay."""
    for order in trip.return_.orders():
        there = Counter(one.line for each in shop.trips for one in each.of(order))
        for line, more in (front.refunded(order) - there).items():
            world.story.wrong(f"{trip.label}: {more} more of line {line} are refunded than came back")
    if shop.we_pay:
        for one in trip.goods:
            if one.item.payouts:
                world.story.wrong(f"{trip.label}: {one.item.item_id} was paid by the platform and by the storefront")


def _all(world: World, shop: Shop, front: Front, trip: Trip) -> None:
    """Where we pay, every unit that the platform approved and that nothing else holds is paid for at rest."""
    policy = world.policies[shop.merchant_id]
    if trip.declined or trip.exchanges or trip.beyond_sold or policy.refund_on != "approval" or policy.fees:
        return  # a fee that depends on how a parcel came is waited for as long as nobody says how
    if rows(_LATE, (shop.merchant_id, _names(trip)))[0][0] or not owned(shop, trip):
        return
    if not _all_told(shop, trip):
        return
    mine = [one for one in front.refunds.values() if one.label in _names(trip)]
    if any(one.state == "failed" or not one.lines for one in mine):
        return
    back = sum((one.lines for one in mine), Counter[str]())
    due = Counter(one.line for one in trip.goods if one.item.state is State.APPROVED)
    for line, count in (due - back).items():
        world.story.wrong(f"{trip.label}: {count} of line {line} are approved and nobody paid for them")


def _all_told(shop: Shop, trip: Trip) -> bool:
    """Whether the platform's word of every unit came through, and it looks at none of them any more."""
    names = ours(shop, trip)
    if rows("SELECT 1 FROM facts WHERE kind = 'RefundHeld' AND return_id = ANY(%s)", (names,)):
        return False
    return all(rows(_TOLD, (name,))[0][0] >= len(trip.goods) for name in names)


def _names(trip: Trip) -> list[str]:
    return [trip.label, trip.return_.return_id]
