"""What people do about open exceptions: decide conditions, map words, correct credits, retry what was refused."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from backhaul.flows import resolve
from backhaul.flows.decide_approval import decide_approval
from backhaul.flows.decide_fate import decide_fate
from backhaul.sandbox.happy_returns.model import NotPossible
from backhaul.simulation.shop import Shop
from backhaul.simulation.truth import Trip
from backhaul.simulation.world import World
from backhaul.store import returns
from backhaul.store.sql import atomic, rows

_UNMAPPED = "moth-eaten"
_OPEN = """
    SELECT e.key, e.kind, e.about, e.merchant_id, e.return_id, r.label FROM exceptions e
    JOIN returns r ON r.id = e.return_id WHERE e.closed_at IS NULL ORDER BY e.key
"""
_UNDECIDED = """
    SELECT x.key, x.kind, x.about, x.merchant_id, x.return_id, r.label FROM expectations x
    JOIN returns r ON r.id = x.return_id WHERE x.kind IN ('decision', 'approval') ORDER BY x.key
"""


def act(world: World, tried: set[str]) -> int:
    """Everybody looks at the list once; answers how much was done. What is in ``tried`` is not retried again."""
    done = 0
    for key, kind, about, merchant_id, return_id, label in rows(_OPEN) + rows(_UNDECIDED):
        trip = _trip(world.shop_of(merchant_id), label)
        doing: Callable[[], object] | None = None
        if trip is not None and kind in ("unmapped-disposition", "decision"):
            doing = _decide(world, trip, merchant_id, return_id, about, kind)
        elif trip is not None and kind == "approval" and key not in tried:
            doing = _let_pay(world, trip, merchant_id, return_id, about)
        elif kind == "credited-amount-changed" and key not in tried:
            doing = lambda m=merchant_id, r=return_id, a=about: resolve.correct(  # noqa: E731
                world.deployment, m, r, a, "finance", "the refund is what it is now"
            )
        elif kind == "missing-item" and key not in tried:
            doing = lambda m=merchant_id, r=return_id, a=about: decide_fate(  # noqa: E731
                world.deployment, m, r, a, "claimed", "the warehouse", "nobody finds it", "C-1"
            )
        elif kind.startswith("overdue:") and trip is not None and key not in tried:
            doing = _say_what_became(world, trip, merchant_id, return_id, about)
        elif kind in ("effect-refused", "effect-ambiguous") and key not in tried:
            doing = lambda m=merchant_id, k=key: resolve.retry(world.deployment, m, k, "operations")  # noqa: E731
        if doing is not None:
            tried.add(key)
            world.story.tell(f"somebody acts on {kind} of {label}: {about}")
            world.mortal.run("resolve", doing)
            done += 1
    return done


def map_the_unmapped(world: World) -> None:
    """Operations learn the warehouse's word: a new policy version, and everything is decided anew."""
    for shop in world.shops:
        policy = world.policies[shop.merchant_id]
        world.set_policy(shop.merchant_id, replace(policy, version="mapped", dispositions={_UNMAPPED: "damaged"}))
        for trip in shop.trips:
            for one in trip.goods:
                one.decided = one.decided or ("damaged" if one.said == _UNMAPPED else "")
        with atomic():
            returns.leave_undecided(id_ for (id_,) in rows("SELECT id FROM returns WHERE NOT closed"))


def _let_pay(world: World, trip: Trip, merchant_id: int, return_id: str, unit: str) -> Callable[[], object]:
    """Somebody looks at what came by mail and has it paid for; of some returns it is held back. Where it cannot be done
    from here, it is done in the platform's own dashboard."""
    approved = sum(map(ord, trip.label)) % 5 > 0

    def decide() -> None:
        try:
            decide_approval(world.deployment, merchant_id, return_id, unit, approved, "customer care", "looked at it")
        except resolve.CannotResolve as refusal:
            world.story.tell(f"{trip.label}: {refusal}")
            with suppress(NotPossible):  # approved by now
                world.shop_of(merchant_id).platform.approve(trip.label)

    return decide


def _say_what_became(
    world: World, trip: Trip, merchant_id: int, return_id: str, unit: str
) -> Callable[[], object] | None:
    """Customer care asks the shopper: it was kept, or called off. What may still come is waited for."""
    if not (trip.kept or trip.called_off):
        return None
    fate = "kept" if trip.kept else "not-returned"
    return lambda: decide_fate(
        world.deployment, merchant_id, return_id, unit, fate, "customer care", "the shopper says so"
    )


def _decide(
    world: World, trip: Trip, merchant_id: int, return_id: str, unit: str, kind: str
) -> Callable[[], object] | None:
    """One word for all units of a SKU in a return, so that after a restore the same is decided again."""
    said = _UNMAPPED if kind == "unmapped-disposition" else "quarantine"
    word = ("sellable", "damaged", "dispose")[sum(map(ord, trip.label)) % 3]
    sku = _sku(unit, trip)
    meant = [one for one in trip.goods if one.said == said and one.sku == sku]
    fresh = [one for one in meant if not one.decided] or meant
    if not fresh:
        return None
    fresh[0].decided = word
    return lambda: resolve.decide_disposition(
        world.deployment, merchant_id, return_id, unit, word, "the warehouse", "looked at it"
    )


def _sku(unit: str, trip: Trip) -> str:
    """A unit's ref is its item id, else names its order and line."""
    for one in trip.goods:
        if unit == one.item.item_id or unit.startswith((f"{one.order}-{one.line}-", f"{one.order}-{one.sku}")):
            return one.sku
    return ""


def _trip(shop: Shop, label: str) -> Trip | None:
    return next((trip for trip in shop.trips if label in (trip.label, trip.return_.return_id)), None)
