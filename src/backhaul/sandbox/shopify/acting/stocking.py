"""Inventory mutations: quantities adjusted, moved between states and set, each with its rules for documents."""

from collections.abc import Mapping
from typing import Any

from backhaul.sandbox.shopify.goods import ADJUSTABLE, Item, Level, Location
from backhaul.sandbox.shopify.refusals import Refused
from backhaul.sandbox.shopify.world import World

from .stock_checks import Change, compared, documented, ledger_count, level_of, reason_of, within

Args = Mapping[str, Any]
_ADJUST_MOST = 2_000_000_000
_SET_MOST = 1_000_000_000


def adjust(world: World, args: Args) -> dict[str, Any]:
    """inventoryAdjustQuantities."""
    given = args["input"]
    name = given["name"]
    if name not in ADJUSTABLE:
        raise Refused("INVALID_QUANTITY_NAME", "The specified quantity name is invalid.", "input", "name")
    reason_of(given, required=False)
    changes = []
    for place, each in enumerate(given["changes"]):
        path = ("input", "changes", place)
        level = level_of(world, each["inventoryItemId"], each["locationId"], *path)
        documented(name, each.get("ledgerDocumentUri"), *path)
        within(each["delta"], _ADJUST_MOST, *path, "delta")
        compared(each, level.quantity(name), *path)
        changes.append(Change(level, name, each["delta"], each.get("ledgerDocumentUri")))
    if ledger_count(changes) > 1:
        raise Refused(
            "MAX_ONE_LEDGER_DOCUMENT", "All changes must have the same ledger document URI", "input", "changes"
        )
    return _apply(world, given, changes)


def move(world: World, args: Args) -> dict[str, Any]:
    """inventoryMoveQuantities: between states of one location."""
    given = args["input"]
    reason_of(given, required=True)
    changes = []
    for place, each in enumerate(given["changes"]):
        path = ("input", "changes", place)
        source, target = each["from"], each["to"]
        if source["locationId"] != target["locationId"]:
            raise Refused(
                "DIFFERENT_LOCATIONS", "The quantities can't be moved between different locations.", *path, "to"
            )
        if source["name"] == target["name"]:
            raise Refused("SAME_QUANTITY_NAME", "The quantity names for each change can't be the same.", *path, "to")
        if each["quantity"] < 0:
            raise Refused("INVALID_QUANTITY_NEGATIVE", "The quantity can't be negative.", *path, "quantity")
        within(each["quantity"], _ADJUST_MOST, *path, "quantity")
        for end, sign in ((source, -1), (target, 1)):
            name, side = end["name"], "from" if sign < 0 else "to"
            if name not in ADJUSTABLE:
                raise Refused("INVALID_QUANTITY_NAME", "The specified quantity name is invalid.", *path, side, "name")
            level = level_of(world, each["inventoryItemId"], end["locationId"], *path)
            documented(name, end.get("ledgerDocumentUri"), *path, side)
            compared(end, level.quantity(name), *path, side)
            changes.append(Change(level, name, sign * each["quantity"], end.get("ledgerDocumentUri")))
    if ledger_count(changes) > 2:
        raise Refused(
            "MAXIMUM_LEDGER_DOCUMENT_URIS", "Only a maximum of 2 ledger document URIs is allowed.", "input", "changes"
        )
    return _apply(world, given, changes)


def put(world: World, args: Args) -> dict[str, Any]:
    """inventorySetQuantities: `available`, or `on_hand` by way of it."""
    given = args["input"]
    name = given["name"]
    if name not in ("available", "on_hand"):
        raise Refused("INVALID_NAME", "The quantity name must be either 'available' or 'on_hand'.", "input", "name")
    reason_of(given, required=False)
    changes: list[Change] = []
    for place, each in enumerate(given["quantities"]):
        path = ("input", "quantities", place)
        level = level_of(world, each["inventoryItemId"], each["locationId"], *path)
        if any(known.level is level for known in changes):
            raise Refused(
                "NO_DUPLICATE_INVENTORY_ITEM_ID_GROUP_ID_PAIR",
                "The combination of inventoryItemId and locationId must be unique.",
                *path,
            )
        within(each["quantity"], _SET_MOST, *path, "quantity")
        compared(each, level.quantity(name), *path)
        changes.append(Change(level, "available", each["quantity"] - level.quantity(name), None))
    return _apply(world, given, changes)


def activate(world: World, args: Args) -> dict[str, Any]:
    """inventoryActivate: from now on the item is stocked at the location."""
    item = world.need(Item, args["inventoryItemId"], None, "inventoryItemId")
    location = world.need(Location, args["locationId"], None, "locationId")
    stocked = location.gid in item.levels
    amount = args["available"] if args.get("available") is not None else args.get("onHand")
    if stocked and amount is not None:
        raise Refused(None, "Not allowed to set available quantity when the item is already active there", "available")
    level = world.level(item, location)
    if amount:
        world.move(level, "available", amount)
    return {"inventoryLevel": level}


def _apply(world: World, given: Args, changes: list[Change]) -> dict[str, Any]:
    shown = []
    for each in changes:
        world.move(each.level, each.name, each.delta)
        shown.append(_shown(each.level, each.name, each.delta, each.ledger))
        if each.name != "incoming":
            shown.append(_shown(each.level, "on_hand", each.delta, None))
    group = {
        "id": world.gid("InventoryAdjustmentGroup"),
        "createdAt": world.now(),
        "reason": given["reason"],
        "referenceDocumentUri": given.get("referenceDocumentUri"),
        "changes": shown,
    }
    return {"inventoryAdjustmentGroup": group}


def _shown(level: Level, name: str, delta: int, ledger: str | None) -> dict[str, Any]:
    return {
        "name": name,
        "delta": delta,
        "quantityAfterChange": level.quantity(name),
        "item": level.item,
        "location": level.location,
        "ledgerDocumentUri": ledger,
    }
