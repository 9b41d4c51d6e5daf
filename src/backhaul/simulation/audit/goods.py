"""Whether each unit lies in the ERP where it belongs in truth, or somebody owns the difference."""

from __future__ import annotations

from collections import Counter

from backhaul.simulation.audit.owned import conflicting, owned
from backhaul.simulation.shop import Shop
from backhaul.simulation.truth import Trip, places
from backhaul.simulation.world import World
from backhaul.store.sql import rows

_ON_RECEIPT = {"IN": "STO"}


def audit_goods(world: World) -> None:
    """Per return and SKU: how many units are in which place."""
    for shop in world.shops:
        found = _places(shop)
        for trip in shop.trips:
            wanted = places(trip.goods)
            ids = ours(shop, trip)
            have = sum((found.get(name, Counter()) for name in ids), Counter())
            if wanted != have and not owned(shop, trip):
                world.story.wrong(f"{trip.label}: in truth {dict(wanted)}, in the ERP {dict(have)}")
            if len(ids) == 1 and not conflicting(ids[0]):
                _nothing_more(world, trip, have)


def _nothing_more(world: World, trip: Trip, have: Counter[tuple[str, str]]) -> None:
    """Units of a SKU in the ERP beyond those that arrived: nobody can own that."""
    arrived = Counter(one.sku for one in trip.goods if one.received)
    there: Counter[str] = Counter()
    for (sku, _), count in have.items():
        there[sku] += count
    for sku in there - arrived:
        world.story.wrong(f"{trip.label}: {there[sku]} {sku} in the ERP, {arrived[sku]} arrived")


def _places(shop: Shop) -> dict[str, Counter[tuple[str, str]]]:
    """Where the ERP's documents leave the units, per return of ours."""
    joined: dict[str, str] = dict(
        rows("SELECT id, coalesce(linked_to_id, id) FROM returns WHERE merchant_id = %s", (shop.merchant_id,))
    )
    found: dict[str, Counter[tuple[str, str]]] = {}
    for one in shop.books.documents.values():
        if one.kind not in ("receipt", "move") or one.state == "draft":
            continue
        for line in one.lines:
            name = one.head.get("return") or line["member"].split(":")[1]
            here = found.setdefault(joined.get(name, name), Counter())
            here[line["sku"], line["to"]] += line["quantity"]
            if line["from"] != "customer":
                here[line["sku"], line["from"]] -= line["quantity"]
    return {name: Counter({slot: count for slot, count in here.items() if count}) for name, here in found.items()}


def ours(shop: Shop, trip: Trip) -> list[str]:
    """Our ids of a return: one, unless nobody has found out yet that two are one."""
    return [
        id_
        for (id_,) in rows(
            """
            SELECT DISTINCT coalesce(r.linked_to_id, r.id) FROM identities i JOIN returns r ON r.id = i.return_id
            WHERE r.merchant_id = %s AND i.value = ANY(%s)
            """,
            (shop.merchant_id, [trip.label, trip.return_.return_id]),
        )
    ]
