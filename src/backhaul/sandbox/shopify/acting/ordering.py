"""orderCreate, with its traps: stock is not claimed and a line needs no shipping unless the caller says so."""

from collections.abc import Mapping
from typing import Any

from backhaul.sandbox.shopify.goods import Location
from backhaul.sandbox.shopify.making import customer, enter, new_order, pay, send
from backhaul.sandbox.shopify.money import Bag, Currencies
from backhaul.sandbox.shopify.orders import Customer, Order
from backhaul.sandbox.shopify.refusals import NotModelled, Refused
from backhaul.sandbox.shopify.world import World

from .marking import claim_unique, hang, wanted_metafields
from .order_input import bag_of, fill_in, known, line_of
from .stock import claim, short, take

Args = Mapping[str, Any]
_ORDER = frozenset(
    [
        "currency",
        "customer",
        "customerId",
        "email",
        "financialStatus",
        "fulfillment",
        "fulfillmentStatus",
        "lineItems",
        "metafields",
        "name",
        "note",
        "presentmentCurrency",
        "processedAt",
        "shippingAddress",
        "billingAddress",
        "shippingLines",
        "sourceIdentifier",
        "sourceName",
        "tags",
        "taxesIncluded",
        "test",
        "transactions",
        "closedAt",
        "phone",
        "sourceUrl",
    ]
)


def create(world: World, args: Args) -> dict[str, Any]:
    """orderCreate."""
    given = args["order"]
    known(given, _ORDER, "OrderCreateOrderInput")
    behaviour = (args.get("options") or {}).get("inventoryBehaviour") or "BYPASS"
    if not given.get("lineItems"):
        raise Refused("INVALID", "Line items can't be blank", "order", "lineItems")
    order = new_order(world, _currencies(world, given), given.get("name"))
    for place, each in enumerate(given["lineItems"]):
        order.lines.append(line_of(world, order.currencies, each, "order", "lineItems", place))
    order.customer = _customer(world, given)
    wanted = wanted_metafields(given.get("metafields") or [], "order", "metafields")
    claim_unique(world, wanted, "INVALID", "Order", None)
    fill_in(world, order, given)
    wants = [(line.variant, line.quantity) for line in order.lines if line.variant]
    if behaviour == "DECREMENT_OBEYING_POLICY" and any(short(variant, units) for variant, units in wants):
        raise Refused("INVENTORY_CLAIM_FAILED", "Inventory could not be claimed", "order", "lineItems")
    payments = [_payment(order, each, place) for place, each in enumerate(given.get("transactions") or [])]
    location = _location(world, given)
    enter(world, order)
    hang(world, order.gid, wanted)
    for gateway, amount, kind, ending in payments:
        pay(world, order, gateway, amount, kind=kind, ending=ending)
    if behaviour != "BYPASS":
        for variant, units in wants:
            order.location = claim(world, variant, units, location) or order.location
    if given.get("fulfillmentStatus") == "FULFILLED" and location:
        send(world, order, location, [(line, line.quantity) for line in order.lines])
        for variant, units in wants if behaviour != "BYPASS" else ():
            take(world, variant, units, location)
    return {"order": order}


def _currencies(world: World, given: Args) -> Currencies:
    shop = world.facts.currency
    wanted = given.get("presentmentCurrency") or given.get("currency") or shop
    if wanted != shop:
        raise NotModelled("orderCreate in another currency than the shop's")
    return Currencies(shop, shop)


def _customer(world: World, given: Args) -> Customer | None:
    asked = given.get("customer") or {}
    if (asked and given.get("customerId")) or len(asked) > 1:
        raise Refused("REDUNDANT_CUSTOMER_FIELDS", "Name the customer once", "order", "customer")
    one = asked.get("toAssociate") or asked.get("toUpsert") or {"id": given.get("customerId")}
    if one.get("id"):
        return world.need(Customer, one["id"], "INVALID", "order", "customer")
    return customer(world, one["email"]) if one.get("email") else None


def _payment(order: Order, each: Args, place: int) -> tuple[str, Bag, str, str]:
    amount = bag_of(order.currencies, each["amountSet"], "order", "transactions", place, "amountSet")
    return each.get("gateway") or "manual", amount, each.get("kind") or "SALE", each.get("status") or "SUCCESS"


def _location(world: World, given: Args) -> Location | None:
    if given.get("fulfillment"):
        return world.need(Location, given["fulfillment"]["locationId"], "INVALID", "order", "fulfillment", "locationId")
    return world.locations[0] if given.get("fulfillmentStatus") == "FULFILLED" and world.locations else None
