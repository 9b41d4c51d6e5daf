"""How orders and what can be returned of them are found."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from backhaul.sandbox.shopify.metafields import full_namespace
from backhaul.sandbox.shopify.moments import iso
from backhaul.sandbox.shopify.naming import number_of
from backhaul.sandbox.shopify.orders import Order
from backhaul.sandbox.shopify.parcels import Fulfilment
from backhaul.sandbox.shopify.refusals import BadCall, NotModelled
from backhaul.sandbox.shopify.standing import financial_standing, return_standing
from backhaul.sandbox.shopify.world import World

from .paging import Page, page
from .search import matcher
from .table import Ask, checked

Args = Mapping[str, Any]


_ORDER_KEYS: dict[str, Any] = {
    "ID": lambda o: number_of(o.gid),
    "CREATED_AT": lambda o: iso(o.created_at),
    "UPDATED_AT": lambda o: iso(o.updated_at),
    "PROCESSED_AT": lambda o: iso(o.processed_at),
    "ORDER_NUMBER": lambda o: o.number,
}


def _indexed(world: World, order: Order) -> Any:
    """When the search index believes that the order changed last; None while it has not seen the order."""
    limit = world.now() - timedelta(seconds=world.index_lag_seconds)
    seen = [each for each in (order.created_at, *order.touched) if each <= limit]
    return max(seen, default=None)


def _state(order: Order) -> list[str]:
    if order.cancelled_at:
        return ["cancelled", "not_open", "any"]
    return ["closed", "not_open", "any"] if order.closed_at else ["open", "not_closed", "any"]


def find_orders(_root: Any, ask: Ask, args: Args) -> Page:
    """orders."""
    world = ask.world
    fits = matcher(
        args.get("query"),
        {
            "id": lambda o: number_of(o.gid),
            "name": lambda o: [o.name, o.name.lstrip("#")],
            "tag": lambda o: o.tags,
            "email": lambda o: o.email,
            "sku": lambda o: [line.sku for line in o.lines],
            "source_identifier": lambda o: o.source_identifier,
            "created_at": lambda o: o.created_at,
            "updated_at": lambda o: _indexed(world, o),
            "processed_at": lambda o: o.processed_at,
            "status": _state,
            "financial_status": financial_standing,
            "return_status": return_standing,
        },
        "orders",
    )
    by = args.get("sortKey") or "PROCESSED_AT"
    if by not in _ORDER_KEYS:
        raise NotModelled(f"orders sorted by {by}")
    found = [order for order in world.orders if _indexed(world, order) and fits(order)]
    return page(found, args, lambda o: (_ORDER_KEYS[by](o), number_of(o.gid)))


def find_order_by_identifier(_root: Any, ask: Ask, args: Args) -> Any:
    """orderByIdentifier."""
    identifier = args["identifier"]
    if identifier.get("id"):
        return ask.world.find(Order, checked(identifier["id"]))
    wanted = identifier["customId"]
    namespace, key = full_namespace(wanted.get("namespace")), wanted["key"]
    unique = (
        each for each in ask.world.definitions if (each.namespace, each.key, each.unique) == (namespace, key, True)
    )
    if not any(each.owner_type == "ORDER" for each in unique):
        raise BadCall(f"Metafield definition of type 'id' is required for {namespace}.{key}", "NOT_FOUND")
    found = next(ask.world.metafields.with_value("Order", namespace, key, wanted["value"]), None)
    return found and ask.world.find(Order, found.owner)


def find_returnable(_root: Any, ask: Ask, args: Args) -> Page:
    """returnableFulfillments."""
    order = ask.world.find(Order, checked(args["orderId"]))
    parcels: list[Fulfilment] = order.fulfilments if order else []
    shown = [
        {"id": each.gid.replace("/Fulfillment/", "/ReturnableFulfillment/"), "fulfillment": each}
        for each in parcels
        if any(line.returnable for line in each.lines)
    ]
    return page(shown, args)
