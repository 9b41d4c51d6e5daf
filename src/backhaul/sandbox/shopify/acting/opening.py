"""Returns are opened: made outright, or requested and then approved or declined. Nothing is booked by that."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from backhaul.sandbox.shopify.acting.return_input import read_amount, read_exchange, read_line
from backhaul.sandbox.shopify.dock import ReverseLine, ReverseOrder
from backhaul.sandbox.shopify.orders import Order
from backhaul.sandbox.shopify.refusals import Refused
from backhaul.sandbox.shopify.return_bodies import return_body
from backhaul.sandbox.shopify.returns import Return
from backhaul.sandbox.shopify.telling import tell
from backhaul.sandbox.shopify.world import World

Args = Mapping[str, Any]


def create(world: World, args: Args) -> dict[str, Any]:
    """returnCreate."""
    given = args["returnInput"]
    return_ = _made(world, given, "returnInput", "OPEN")
    for place, each in enumerate(given.get("exchangeLineItems") or []):
        return_.exchanges.append(read_exchange(world, return_, each, "returnInput", "exchangeLineItems", place))
    _take(world, return_)
    open_(world, return_)
    return {"return": return_}


def request(world: World, args: Args) -> dict[str, Any]:
    """returnRequest."""
    return_ = _made(world, args["input"], "input", "REQUESTED")
    _take(world, return_)
    tell(world, "returns/request", return_body(return_))
    return {"return": return_}


def approve(world: World, args: Args) -> dict[str, Any]:
    """returnApproveRequest."""
    return_ = _requested(world, args)
    return_.status = "OPEN"
    open_(world, return_)
    return {"return": return_}


def decline(world: World, args: Args) -> dict[str, Any]:
    """returnDeclineRequest: the units can be returned again."""
    return_ = _requested(world, args)
    given = args["input"]
    return_.status = "DECLINED"
    return_.decline = {"reason": given["declineReason"], "note": given.get("declineNote")}
    free(return_)
    world.touch(return_.order)
    tell(world, "returns/decline", return_body(return_))
    return {"return": return_}


def open_(world: World, return_: Return) -> None:
    """What is expected is told to the dock, one order per parcel."""
    return_.approved_at = world.now()
    for parcel in dict.fromkeys(line.sent.fulfilment for line in return_.lines):
        reverse = world.keep(ReverseOrder(world.gid("ReverseFulfillmentOrder"), return_))
        for line in return_.lines:
            if line.sent.fulfilment is parcel:
                gid = world.gid("ReverseFulfillmentOrderLineItem")
                reverse.lines.append(world.keep(ReverseLine(gid, line, reverse)))
        return_.reverse_orders.append(reverse)
    world.touch(return_.order)
    tell(world, "returns/approve", return_body(return_))


def free(return_: Return) -> None:
    """Units that were not processed can be returned again."""
    for line in return_.lines:
        line.sent.returned -= line.unprocessed


def _requested(world: World, args: Args) -> Return:
    return_ = world.need(Return, args["input"]["id"], "NOT_FOUND", "input", "id")
    if return_.status != "REQUESTED":
        raise Refused("INVALID_STATE", f"Return is {return_.status} and not REQUESTED", "input", "id")
    return return_


def _made(world: World, given: Args, root: str, status: str) -> Return:
    order = world.need(Order, given["orderId"], "NOT_FOUND", root, "orderId")
    inputs = given["returnLineItems"]
    if not inputs:
        raise Refused("BLANK", "Return line items can't be blank", root, "returnLineItems")
    name = f"{order.name}-R{len(order.returns) + 1}"
    return_ = Return(world.gid("Return"), name, order, world.now(), status)
    taken: Counter[str] = Counter()
    for place, each in enumerate(inputs):
        line = read_line(world, return_, each, (root, "returnLineItems", place))
        taken[line.sent.gid] += line.quantity
        if taken[line.sent.gid] > line.sent.returnable:
            raise Refused(
                "INVALID",
                f"Quantity can't be greater than the returnable {line.sent.returnable}",
                *(root, "returnLineItems", place, "quantity"),
            )
        return_.lines.append(line)
    if given.get("returnShippingFee"):
        return_.shipping_fee = read_amount(
            order, given["returnShippingFee"]["amount"], root, "returnShippingFee", "amount"
        )
    return return_


def _take(world: World, return_: Return) -> None:
    for line in return_.lines:
        line.sent.returned += line.quantity
        world.keep(line)
    for each in return_.exchanges:
        world.keep(each)
    world.keep(return_)
    return_.order.returns.append(return_)
    return_.order.closed_at = None
    world.touch(return_.order)
