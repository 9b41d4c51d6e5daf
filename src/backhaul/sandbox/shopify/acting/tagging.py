"""Orders are tagged, and their notes changed."""

from collections.abc import Mapping
from typing import Any

from backhaul.sandbox.shopify.acting.marking import claim_unique, hang, wanted_metafields
from backhaul.sandbox.shopify.naming import kind_of
from backhaul.sandbox.shopify.orders import Order
from backhaul.sandbox.shopify.refusals import NotModelled
from backhaul.sandbox.shopify.world import World

Args = Mapping[str, Any]


def update_order(world: World, args: Args) -> dict[str, Any]:
    """orderUpdate: note, tags (all of them), email and metafields."""
    given = args["input"]
    for name, value in given.items():
        if value and name not in ("id", "note", "tags", "email", "metafields"):
            raise NotModelled(f"OrderInput.{name}")
    order = world.need(Order, given["id"], None, "id")
    wanted = wanted_metafields(given.get("metafields") or [], "metafields")
    claim_unique(world, wanted, None, "Order", order.gid)
    if "note" in given:
        order.note = given["note"]
    if "email" in given:
        order.email = given["email"]
    if given.get("tags") is not None:
        order.tags = sorted(set(given["tags"]), key=str.lower)
    hang(world, order.gid, wanted)
    world.touch(order)
    return {"order": order}


def add_tags(world: World, args: Args) -> dict[str, Any]:
    """tagsAdd."""
    return _tagged(world, args, lambda tags, given: tags | given)


def remove_tags(world: World, args: Args) -> dict[str, Any]:
    """tagsRemove."""
    return _tagged(world, args, lambda tags, given: tags - given)


def _tagged(world: World, args: Args, change: Any) -> dict[str, Any]:
    if kind_of(args["id"]) != "Order":
        raise NotModelled(f"tags of {args['id']}")
    order = world.need(Order, args["id"], None, "id")
    tags = sorted(change(set(order.tags), {each.strip() for each in args["tags"]}), key=str.lower)
    if tags != order.tags:
        order.tags = tags
        world.touch(order)
    return {"node": order}
