"""Tells the world by webhook what was done: once per call, in the order it happened, to all who asked for it."""

from typing import Any

from .bodies import order_body
from .naming import number_of
from .return_bodies import level_body
from .world import World


def tell(world: World, topic: str, content: Any) -> None:
    """One webhook to the target and to each subscription of the topic; collected where there is neither."""
    name = topic.upper().replace("/", "_")
    listening = [each for each in world.subscriptions if each.topic == name]
    uris = dict.fromkeys([world.target] if world.target else [])
    uris |= dict.fromkeys(each.uri for each in listening)
    for uri in uris or {"": None}:
        webhook_id = world.names.webhook_id(number_of(world.gid("Webhook")))
        headers = {"X-Shopify-Shop-Domain": world.facts.domain, "X-Shopify-API-Version": world.facts.version}
        world.outbox.put(webhook_id, topic, uri or "", content, headers)


def tell_changes(world: World) -> None:
    """Say which orders and which stock changed since this was last said."""
    levels, world.changed_levels = world.changed_levels, {}
    orders, world.changed_orders = world.changed_orders, {}
    for level in levels:
        tell(world, "inventory_levels/update", level_body(level))
    for order, topics in orders.items():
        special = [each for each in topics if each != "orders/updated"]
        for topic in ["orders/create"] if "orders/create" in topics else [*special, "orders/updated"]:
            tell(world, topic, order_body(order))
