"""How goods, places and what is laid down for the shop are found."""

from collections.abc import Mapping
from typing import Any

from backhaul.sandbox.shopify.goods import ON_HAND, STATES
from backhaul.sandbox.shopify.metafields import full_namespace
from backhaul.sandbox.shopify.naming import number_of

from .paging import Page, page
from .search import matcher
from .table import Ask

Args = Mapping[str, Any]


def find_variants(_root: Any, ask: Ask, args: Args) -> Page:
    """productVariants."""
    known = {"sku": lambda v: v.sku, "id": lambda v: number_of(v.gid), "title": lambda v: v.title}
    return page(filter(matcher(args.get("query"), known, "variants"), ask.world.variants), args)


def find_items(_root: Any, ask: Ask, args: Args) -> Page:
    """inventoryItems."""
    known = {"sku": lambda i: i.sku, "id": lambda i: number_of(i.gid), "updated_at": lambda i: i.updated_at}
    items = [variant.item for variant in ask.world.variants]
    return page(filter(matcher(args.get("query"), known, "inventory items"), items), args)


def find_reasons(_root: Any, ask: Ask, args: Args) -> Page:
    """returnReasonDefinitions."""
    ids, handles = args.get("ids"), args.get("handles")
    found = [
        each
        for each in ask.world.reasons
        if (ids is None or each.gid in ids) and (handles is None or each.handle in handles)
    ]
    return page(found, args)


def find_locations(_root: Any, ask: Ask, args: Args) -> Page:
    """locations."""
    known = {"name": lambda place: place.name, "id": lambda place: number_of(place.gid)}
    return page(filter(matcher(args.get("query"), known, "locations"), ask.world.locations), args)


def find_subscriptions(_root: Any, ask: Ask, args: Args) -> Page:
    """webhookSubscriptions."""
    topics, uri = args.get("topics"), args.get("uri")
    found = [
        each
        for each in ask.world.subscriptions
        if (topics is None or each.topic in topics) and (uri is None or each.uri == uri)
    ]
    return page(found, args)


def find_definitions(_root: Any, ask: Ask, args: Args) -> Page:
    """metafieldDefinitions."""
    found = [
        each
        for each in ask.world.definitions
        if each.owner_type == args["ownerType"]
        and (not args.get("namespace") or each.namespace == full_namespace(args["namespace"]))
        and (not args.get("key") or each.key == args["key"])
    ]
    return page(found, args)


def find_properties(_root: Any, _ask: Ask, _args: Args) -> dict[str, Any]:
    """inventoryProperties."""
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


def find_shop(_root: Any, ask: Ask, _args: Args) -> dict[str, Any]:
    """shop."""
    facts = ask.world.facts
    return {
        "id": "gid://shopify/Shop/1",
        "name": facts.name,
        "currencyCode": facts.currency,
        "ianaTimezone": facts.timezone,
        "myshopifyDomain": facts.domain,
    }


def find_installation(_root: Any, ask: Ask, _args: Args) -> dict[str, Any]:
    """currentAppInstallation."""
    scopes = [{"handle": each, "description": each.replace("_", " ")} for each in ask.world.facts.scopes]
    return {"id": "gid://shopify/AppInstallation/1", "accessScopes": scopes}
