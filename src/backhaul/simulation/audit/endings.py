"""Whether a return that ended otherwise left no more behind than it should: where we were told, nobody is excused."""

from __future__ import annotations

from backhaul.simulation.audit.goods import ours
from backhaul.simulation.erp import Document
from backhaul.simulation.shop import Shop
from backhaul.simulation.truth import Trip
from backhaul.simulation.world import World
from backhaul.store.sql import rows

_TOLD = """
    SELECT count(DISTINCT body->'unit') FROM facts
    WHERE kind = %s AND return_id IN (SELECT id FROM returns WHERE %s IN (id, linked_to_id))
"""


def audit_endings(world: World) -> None:
    """What was called off stands on no authorisation; what was declined is credited with nothing unless money went."""
    for shop in world.shops:
        for trip in shop.trips:
            names = ours(shop, trip)
            if len(names) == 1:
                _one(world, shop, trip, names[0])


def _one(world: World, shop: Shop, trip: Trip, name: str) -> None:
    mine = [
        one
        for one in shop.books.documents.values()
        if one.head.get("return") == name and one.state != "draft" and one.id not in shop.unsettled
    ]
    if trip.called_off and _all_told(trip, name, "ReturnCancelled"):
        for one in mine:
            if one.kind == "authorisation" and one.state == "posted":
                world.story.wrong(f"{trip.label} was called off and {one.id} still announces it")
    if trip.declined and not trip.refunds and _all_told(trip, name, "RefundDeclined"):
        credited = _credited(mine)
        if credited:
            world.story.wrong(f"{trip.label} was declined and is credited with {credited}")


def _all_told(trip: Trip, name: str, kind: str) -> bool:
    """Whether that was said of every unit of the return."""
    return bool(rows(_TOLD, (kind, name))[0][0] >= len(trip.goods))


def _credited(documents: list[Document]) -> int:
    return sum(line["minor"] for one in documents if one.kind == "credit" for line in one.lines)
