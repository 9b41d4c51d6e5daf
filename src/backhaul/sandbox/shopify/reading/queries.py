"""The root fields of queries: how each finds what it answers with."""

from collections.abc import Mapping
from typing import Any

from backhaul.sandbox.shopify.bulks import Bulk
from backhaul.sandbox.shopify.dock import ReverseDelivery, ReverseOrder
from backhaul.sandbox.shopify.drafts import Draft
from backhaul.sandbox.shopify.goods import Item, Level, Location, Variant
from backhaul.sandbox.shopify.naming import kind_of
from backhaul.sandbox.shopify.orders import Customer, Order
from backhaul.sandbox.shopify.payments import Refund
from backhaul.sandbox.shopify.refusals import NotModelled
from backhaul.sandbox.shopify.returns import Return

from .goods_queries import (
    find_definitions,
    find_installation,
    find_items,
    find_locations,
    find_properties,
    find_reasons,
    find_shop,
    find_subscriptions,
    find_variants,
)
from .order_queries import find_order_by_identifier, find_orders, find_returnable
from .table import Ask, Reader, checked

Args = Mapping[str, Any]
_NODES = ("Order", "Return", "InventoryItem", "ProductVariant", "Location", "Refund", "Customer", "DraftOrder")


def _one(kind: type[Any]) -> Reader:
    return lambda _root, ask, args: ask.world.find(kind, checked(args["id"]))


def _node(ask: Ask, gid: str) -> Any:
    if kind_of(checked(gid)) not in _NODES:
        raise NotModelled(f"node of {gid}")
    return ask.world.objects.get(gid)


QUERIES: dict[str, Reader] = {
    "order": _one(Order),
    "orders": find_orders,
    "orderByIdentifier": find_order_by_identifier,
    "return": _one(Return),
    "refund": _one(Refund),
    "bulkOperation": _one(Bulk),
    "draftOrder": _one(Draft),
    "customer": _one(Customer),
    "returnableFulfillments": find_returnable,
    "returnReasonDefinitions": find_reasons,
    "reverseFulfillmentOrder": _one(ReverseOrder),
    "reverseDelivery": _one(ReverseDelivery),
    "productVariant": _one(Variant),
    "productVariants": find_variants,
    "inventoryItem": _one(Item),
    "inventoryItems": find_items,
    "inventoryLevel": lambda _root, ask, args: ask.world.find(Level, args["id"]),
    "inventoryProperties": find_properties,
    "location": _one(Location),
    "locations": find_locations,
    "metafieldDefinitions": find_definitions,
    "webhookSubscriptions": find_subscriptions,
    "shop": find_shop,
    "currentAppInstallation": find_installation,
    "node": lambda _root, ask, args: _node(ask, args["id"]),
    "nodes": lambda _root, ask, args: [_node(ask, each) for each in args["ids"]],
}
