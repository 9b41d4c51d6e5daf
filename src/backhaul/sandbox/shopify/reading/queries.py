"""The root fields of queries: how each finds what it answers with."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from backhaul.sandbox.shopify.clock import iso
from backhaul.sandbox.shopify.drafts import Draft
from backhaul.sandbox.shopify.goods import ON_HAND, STATES, Item, Level, Location, Variant
from backhaul.sandbox.shopify.metafields import full_namespace
from backhaul.sandbox.shopify.naming import kind_of, number_of
from backhaul.sandbox.shopify.orders import Customer, Order
from backhaul.sandbox.shopify.parcels import Fulfilment
from backhaul.sandbox.shopify.payments import Refund
from backhaul.sandbox.shopify.refusals import BadCall, NotModelled
from backhaul.sandbox.shopify.returns import Return, ReverseDelivery, ReverseOrder
from backhaul.sandbox.shopify.standing import financial_standing, return_standing
from backhaul.sandbox.shopify.world import World

from .paging import Page, page
from .search import matcher
from .table import Ask, Reader

Args = Mapping[str, Any]
_NODES = ("Order", "Return", "InventoryItem", "ProductVariant", "Location", "Refund", "Customer", "DraftOrder")
_ORDER_KEYS: dict[str, Any] = {
    "ID": lambda o: number_of(o.gid),
    "CREATED_AT": lambda o: iso(o.created_at),
    "UPDATED_AT": lambda o: iso(o.updated_at),
    "PROCESSED_AT": lambda o: iso(o.processed_at),
    "ORDER_NUMBER": lambda o: o.number,
}


def checked(gid: str) -> str:
    """An id as sent; raises BadCall when it is none."""
    if kind_of(gid) is None:
        raise BadCall(f"Invalid global id '{gid}'", "INVALID_ID")
    return gid


def _one(kind: type[Any]) -> Reader:
    return lambda _root, ask, args: ask.world.find(kind, checked(args["id"]))


def _node(ask: Ask, gid: str) -> Any:
    if kind_of(checked(gid)) not in _NODES:
        raise NotModelled(f"node of {gid}")
    return ask.world.objects.get(gid)


def _indexed(world: World, order: Order) -> Any:
    """When the search index believes that the order changed last; None while it has not seen the order."""
    limit = world.now() - timedelta(seconds=world.index_lag_seconds)
    seen = [each for each in (order.created_at, *order.touched) if each <= limit]
    return max(seen, default=None)


def _state(order: Order) -> list[str]:
    if order.cancelled_at:
        return ["cancelled", "not_open", "any"]
    return ["closed", "not_open", "any"] if order.closed_at else ["open", "not_closed", "any"]


def _orders(_root: Any, ask: Ask, args: Args) -> Page:
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


def _order_by_identifier(_root: Any, ask: Ask, args: Args) -> Any:
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


def _returnable(_root: Any, ask: Ask, args: Args) -> Page:
    order = ask.world.find(Order, checked(args["orderId"]))
    parcels: list[Fulfilment] = order.fulfilments if order else []
    shown = [
        {"id": each.gid.replace("/Fulfillment/", "/ReturnableFulfillment/"), "fulfillment": each}
        for each in parcels
        if any(line.returnable for line in each.lines)
    ]
    return page(shown, args)


def _variants(_root: Any, ask: Ask, args: Args) -> Page:
    known = {"sku": lambda v: v.sku, "id": lambda v: number_of(v.gid), "title": lambda v: v.title}
    return page(filter(matcher(args.get("query"), known, "variants"), ask.world.variants), args)


def _items(_root: Any, ask: Ask, args: Args) -> Page:
    known = {"sku": lambda i: i.sku, "id": lambda i: number_of(i.gid), "updated_at": lambda i: i.updated_at}
    items = [variant.item for variant in ask.world.variants]
    return page(filter(matcher(args.get("query"), known, "inventory items"), items), args)


def _reasons(_root: Any, ask: Ask, args: Args) -> Page:
    ids, handles = args.get("ids"), args.get("handles")
    found = [
        each
        for each in ask.world.reasons
        if (ids is None or each.gid in ids) and (handles is None or each.handle in handles)
    ]
    return page(found, args)


def _locations(_root: Any, ask: Ask, args: Args) -> Page:
    known = {"name": lambda place: place.name, "id": lambda place: number_of(place.gid)}
    return page(filter(matcher(args.get("query"), known, "locations"), ask.world.locations), args)


def _subscriptions(_root: Any, ask: Ask, args: Args) -> Page:
    topics, uri = args.get("topics"), args.get("uri")
    found = [
        each
        for each in ask.world.subscriptions
        if (topics is None or each.topic in topics) and (uri is None or each.uri == uri)
    ]
    return page(found, args)


def _definitions(_root: Any, ask: Ask, args: Args) -> Page:
    found = [
        each
        for each in ask.world.definitions
        if each.owner_type == args["ownerType"]
        and (not args.get("namespace") or each.namespace == full_namespace(args["namespace"]))
        and (not args.get("key") or each.key == args["key"])
    ]
    return page(found, args)


def _properties(_root: Any, _ask: Ask, _args: Args) -> dict[str, Any]:
    names = [
        {
            "name": name,
            "displayName": name.replace("_", " ").capitalize(),
            "isInUse": True,
            "belongsTo": ["on_hand"] if name in ON_HAND else [],
            "comprises": list(ON_HAND) if name == "on_hand" else [],
        }
        for name in (*STATES, "on_hand")
    ]
    return {"quantityNames": names}


def _shop(_root: Any, ask: Ask, _args: Args) -> dict[str, Any]:
    facts = ask.world.facts
    return {
        "id": "gid://shopify/Shop/1",
        "name": facts.name,
        "currencyCode": facts.currency,
        "ianaTimezone": facts.timezone,
        "myshopifyDomain": facts.domain,
    }


def _installation(_root: Any, ask: Ask, _args: Args) -> dict[str, Any]:
    scopes = [{"handle": each, "description": each.replace("_", " ")} for each in ask.world.facts.scopes]
    return {"id": "gid://shopify/AppInstallation/1", "accessScopes": scopes}


QUERIES: dict[str, Reader] = {
    "order": _one(Order),
    "orders": _orders,
    "orderByIdentifier": _order_by_identifier,
    "return": _one(Return),
    "refund": _one(Refund),
    "draftOrder": _one(Draft),
    "customer": _one(Customer),
    "returnableFulfillments": _returnable,
    "returnReasonDefinitions": _reasons,
    "reverseFulfillmentOrder": _one(ReverseOrder),
    "reverseDelivery": _one(ReverseDelivery),
    "productVariant": _one(Variant),
    "productVariants": _variants,
    "inventoryItem": _one(Item),
    "inventoryItems": _items,
    "inventoryLevel": lambda _root, ask, args: ask.world.find(Level, args["id"]),
    "inventoryProperties": _properties,
    "location": _one(Location),
    "locations": _locations,
    "metafieldDefinitions": _definitions,
    "webhookSubscriptions": _subscriptions,
    "shop": _shop,
    "currentAppInstallation": _installation,
    "node": lambda _root, ask, args: _node(ask, args["id"]),
    "nodes": lambda _root, ask, args: [_node(ask, each) for each in args["ids"]],
}
