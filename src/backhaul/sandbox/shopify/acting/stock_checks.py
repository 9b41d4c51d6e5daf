"""What every inventory mutation checks of a change before anything moves."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from backhaul.sandbox.shopify.goods import Item, Level
from backhaul.sandbox.shopify.refusals import BadCall, Refused
from backhaul.sandbox.shopify.world import World

_URI = re.compile(r"[a-zA-Z][\w+.-]*://?\S+")
REASONS = frozenset(
    [
        "correction",
        "cycle_count_available",
        "damaged",
        "movement_created",
        "movement_updated",
        "movement_received",
        "movement_canceled",
        "other",
        "promotion",
        "quality_control",
        "received",
        "reservation_created",
        "reservation_deleted",
        "reservation_updated",
        "restock",
        "safety_stock",
        "shrinkage",
    ]
)


@dataclass(frozen=True, slots=True)
class Change:
    """Units that come to a state, or leave it, checked."""

    level: Level
    name: str
    delta: int
    ledger: str | None


def level_of(world: World, item_id: str, location_id: str, *path: str | int) -> Level:
    """Where the item lies; raises Refused for a set, or where it is not stocked."""
    item = world.find(Item, item_id)
    if item is None:
        raise Refused(
            "INVALID_INVENTORY_ITEM", "The specified inventory item could not be found.", *path, "inventoryItemId"
        )
    if item.is_set:
        raise Refused(
            "NON_MUTABLE_INVENTORY_ITEM",
            "The specified inventory item is not allowed to be adjusted via API.",
            *path,
            "inventoryItemId",
        )
    if location_id not in {location.gid for location in world.locations}:
        raise Refused("INVALID_LOCATION", "The specified location could not be found.", *path, "locationId")
    level = item.levels.get(location_id)
    if level is None:
        raise Refused(
            "ITEM_NOT_STOCKED_AT_LOCATION", "The inventory item is not stocked at the location.", *path, "locationId"
        )
    return level


def documented(name: str, uri: str | None, *path: str | int) -> None:
    """A ledger document for every state but `available`, and none of Shopify's own."""
    at = (*path, "ledgerDocumentUri")
    if name == "available":
        if uri is not None:
            raise Refused(
                "INVALID_AVAILABLE_DOCUMENT", "A ledger document URI is not allowed when adjusting available.", *at
            )
        return
    if uri is None:
        raise Refused(
            "INVALID_QUANTITY_DOCUMENT", "A ledger document URI is required except when adjusting available.", *at
        )
    if uri.startswith("gid://shopify/"):
        raise Refused("INTERNAL_LEDGER_DOCUMENT", "Internal (gid://shopify/) ledger documents are not allowed.", *at)
    if not _URI.fullmatch(uri):
        raise Refused("INVALID_LEDGER_DOCUMENT", "The specified ledger document is invalid.", *at)


def reason_of(given: Mapping[str, Any], *, required: bool) -> None:
    """A known reason, and a reference that is a URI where there is one."""
    if given["reason"] not in REASONS:
        raise Refused("INVALID_REASON", "The specified reason is invalid.", "input", "reason")
    reference = given.get("referenceDocumentUri")
    if (reference is None and required) or (reference is not None and not _URI.fullmatch(reference)):
        raise Refused(
            "INVALID_REFERENCE_DOCUMENT",
            "The specified reference document is invalid.",
            "input",
            "referenceDocumentUri",
        )


def compared(given: Mapping[str, Any], found: int, *path: str | int) -> None:
    """Compare and swap: what the caller believes must be said, even where it is null; the schema does not mark it."""
    if "changeFromQuantity" not in given:
        raise BadCall(f"changeFromQuantity must be passed explicitly, even as null: {'.'.join(map(str, path))}")
    believed = given["changeFromQuantity"]
    if believed is not None and believed != found:
        raise Refused(
            "CHANGE_FROM_QUANTITY_STALE",
            "The changeFromQuantity argument no longer matches the persisted quantity.",
            *path,
            "changeFromQuantity",
        )


def within(quantity: int, most: int, *path: str | int) -> None:
    """Within what the platform can count."""
    if quantity > most:
        raise Refused("INVALID_QUANTITY_TOO_HIGH", f"The quantity can't be higher than {most:,}.", *path)
    if quantity < -most:
        raise Refused("INVALID_QUANTITY_TOO_LOW", f"The quantity can't be lower than {-most:,}.", *path)


def ledger_count(changes: Iterable[Change]) -> int:
    """Different ledger documents among changes."""
    return len({each.ledger for each in changes if each.ledger})
