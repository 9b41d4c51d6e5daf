"""The dock: parcels announced on their way back, and what is made of each unit, once."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from backhaul.sandbox.shopify.dock import Disposition, ReverseDelivery, ReverseLine, ReverseOrder
from backhaul.sandbox.shopify.goods import Location
from backhaul.sandbox.shopify.refusals import Refused
from backhaul.sandbox.shopify.return_bodies import disposal_body
from backhaul.sandbox.shopify.telling import tell
from backhaul.sandbox.shopify.world import World

Args = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Disposal:
    """What is to be made of some units, checked."""

    line: ReverseLine
    outcome: str
    quantity: int
    location: Location | None


def disposals(world: World, inputs: Iterable[Args], *path: str | int) -> list[Disposal]:
    """Checks dispositions; raises Refused. One unit is disposed of once, and restocked only at a location."""
    found: list[Disposal] = []
    taken: Counter[str] = Counter()
    for place, each in enumerate(inputs):
        at = (*path, place)
        name = "reverseFulfillmentOrderLineItemId"
        line = world.need(ReverseLine, each[name], "NOT_FOUND", *at, name)
        if line.reverse.status == "CANCELED":
            raise Refused("INVALID_STATE", "Reverse fulfillment order is CANCELED", *at, name)
        taken[line.gid] += each["quantity"]
        if each["quantity"] <= 0 or taken[line.gid] > line.open:
            raise Refused("INVALID", f"Quantity can't be greater than the undisposed {line.open}", *at, "quantity")
        location = None
        if each.get("locationId"):
            location = world.need(Location, each["locationId"], "NOT_FOUND", *at, "locationId")
        elif each["dispositionType"] == "RESTOCKED":
            raise Refused("BLANK", "Location can't be blank when restocking", *at, "locationId")
        found.append(Disposal(line, each["dispositionType"], each["quantity"], location))
    return found


def make(world: World, given: Iterable[Disposal]) -> None:
    """Does what was checked: RESTOCKED units are for sale again at the location, the others are not."""
    made: dict[ReverseLine, list[Disposition]] = {}
    for each in given:
        gid = world.gid("ReverseFulfillmentOrderDisposition")
        disposition = world.keep(Disposition(gid, each.outcome, each.quantity, each.location, world.now()))
        each.line.dispositions.append(disposition)
        made.setdefault(each.line, []).append(disposition)
        variant = each.line.return_line.sent.line.variant
        if each.outcome == "RESTOCKED" and each.location and variant:
            world.move(world.level(variant.item, each.location), "available", each.quantity)
        if not any(line.open for line in each.line.reverse.lines):
            each.line.reverse.status = "CLOSED"
    for line, dispositions in made.items():
        tell(world, "reverse_fulfillment_orders/dispose", disposal_body(line, dispositions))


def dispose(world: World, args: Args) -> dict[str, Any]:
    """reverseFulfillmentOrderDispose."""
    given = disposals(world, args["dispositionInputs"], "dispositionInputs")
    make(world, given)
    for order in dict.fromkeys(each.line.reverse.return_.order for each in given):
        world.touch(order)
    return {"reverseFulfillmentOrderLineItems": list(dict.fromkeys(each.line for each in given))}


def announce(world: World, args: Args) -> dict[str, Any]:
    """reverseDeliveryCreateWithShipping; without lines, all of the order's."""
    reverse = world.need(ReverseOrder, args["reverseFulfillmentOrderId"], "NOT_FOUND", "reverseFulfillmentOrderId")
    if reverse.status != "OPEN":
        raise Refused("INVALID_STATE", f"Reverse fulfillment order is {reverse.status}", "reverseFulfillmentOrderId")
    lines = []
    for place, each in enumerate(args["reverseDeliveryLineItems"]):
        path = ("reverseDeliveryLineItems", place)
        line = world.need(ReverseLine, each["reverseFulfillmentOrderLineItemId"], "NOT_FOUND", *path)
        if line.reverse is not reverse or not 0 < each["quantity"] <= line.total:
            raise Refused("INVALID", f"Quantity can't be greater than {line.total}", *path, "quantity")
        lines.append((world.gid("ReverseDeliveryLineItem"), line, each["quantity"]))
    lines = lines or [(world.gid("ReverseDeliveryLineItem"), line, line.total) for line in reverse.lines]
    tracking, label = args.get("trackingInput") or {}, args.get("labelInput") or {}
    delivery = world.keep(
        ReverseDelivery(
            world.gid("ReverseDelivery"),
            reverse,
            lines,
            {"number": tracking.get("number"), "url": tracking.get("url")},
            {"fileUrl": label.get("fileUrl")},
        )
    )
    reverse.deliveries.append(delivery)
    world.touch(reverse.return_.order)
    return {"reverseDelivery": delivery}
