"""Stock as Medusa keeps it: variants, the inventory items they consist of, and what is stocked of those where."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from backhaul.connectors.medusa.client import Medusa, Node

_PAGE = 100


def variants(system: Medusa, skus: Iterable[str], fields: str = "") -> dict[str, Node]:
    """The variants of these SKUs, those that exist once; asked for together."""
    wanted = sorted(set(skus))
    found: dict[str, list[Node]] = {}
    asked = f"id,sku,manage_inventory,*inventory_items{fields}"
    for start in range(0, len(wanted), _PAGE):
        for one in system.get("/product-variants", sku=wanted[start : start + _PAGE], fields=asked, limit=_PAGE * 2)[
            "variants"
        ]:
            found.setdefault(one["sku"] or "", []).append(one)
    return {sku: found[sku][0] for sku in wanted if len(found.get(sku, ())) == 1}


def stocked(system: Medusa, items: Iterable[str], places: Sequence[str]) -> dict[tuple[str, str], int]:
    """What is stocked of these inventory items at these locations; what is not kept there is left out."""
    wanted = sorted(set(items))
    answer = {}
    for start in range(0, len(wanted), _PAGE):
        found = system.get(
            "/inventory-items",
            id=wanted[start : start + _PAGE],
            fields="id,location_levels.location_id,location_levels.stocked_quantity",
            limit=_PAGE,
        )
        for one in found["inventory_items"]:
            for level in one["location_levels"] or ():
                if level["location_id"] in places:
                    answer[one["id"], level["location_id"]] = int(level["stocked_quantity"])
    return answer
