"""Returns end, begin again, or shrink, as far as nothing was processed that this would undo."""

from collections.abc import Mapping
from typing import Any

from backhaul.sandbox.shopify.refusals import Refused
from backhaul.sandbox.shopify.return_bodies import return_body
from backhaul.sandbox.shopify.returns import ExchangeLine, Return, ReturnLine
from backhaul.sandbox.shopify.telling import tell
from backhaul.sandbox.shopify.world import World

from .opening import free

Args = Mapping[str, Any]


def _standing(world: World, gid: str, *allowed: str, field: str = "id") -> Return:
    return_ = world.need(Return, gid, "NOT_FOUND", field)
    if return_.status not in allowed:
        raise Refused("INVALID_STATE", f"Return is {return_.status} and not {' or '.join(allowed)}", field)
    return return_


def _told(world: World, return_: Return, topic: str) -> dict[str, Any]:
    world.touch(return_.order)
    tell(world, topic, return_body(return_))
    return {"return": return_}


def close(world: World, args: Args) -> dict[str, Any]:
    """returnClose; one that is closed stays so and is answered without an error."""
    return_ = _standing(world, args["id"], "OPEN", "CLOSED")
    if return_.status == "CLOSED":
        return {"return": return_}
    return_.status, return_.closed_at = "CLOSED", world.now()
    return _told(world, return_, "returns/close")


def cancel(world: World, args: Args) -> dict[str, Any]:
    """returnCancel: only before any work was done on it; its units can be returned again."""
    return_ = _standing(world, args["id"], "OPEN", "REQUESTED")
    disposed = any(line.dispositions for each in return_.reverse_orders for line in each.lines)
    if disposed or any(line.processed for line in return_.lines) or any(each.processed for each in return_.exchanges):
        raise Refused("INVALID_STATE", "Return has been inspected or refunded and can't be canceled", "id")
    return_.status = "CANCELED"
    free(return_)
    for each in return_.reverse_orders:
        each.status = "CANCELED"
    return _told(world, return_, "returns/cancel")


def reopen(world: World, args: Args) -> dict[str, Any]:
    """returnReopen; one that is open stays so and is answered without an error."""
    return_ = _standing(world, args["id"], "CLOSED", "OPEN")
    if return_.status == "OPEN":
        return {"return": return_}
    return_.status, return_.closed_at = "OPEN", None
    return _told(world, return_, "returns/reopen")


def remove(world: World, args: Args) -> dict[str, Any]:
    """removeFromReturn: units that were not processed are no longer to come back, or to go out."""
    return_ = _standing(world, args["returnId"], "OPEN", "REQUESTED", field="returnId")
    lines = _removed(world, return_, ReturnLine, args.get("returnLineItems"), "returnLineItems", "returnLineItemId")
    swaps = _removed(
        world, return_, ExchangeLine, args.get("exchangeLineItems"), "exchangeLineItems", "exchangeLineItemId"
    )
    if not lines and not swaps:
        raise Refused("BLANK", "Name at least one line to remove", "returnLineItems")
    for line, quantity in lines:
        line.quantity -= quantity
        line.sent.returned -= quantity
    for swap, quantity in swaps:
        swap.quantity -= quantity
    return_.lines = [line for line in return_.lines if line.quantity]
    return_.exchanges = [line for line in return_.exchanges if line.quantity]
    return _told(world, return_, "returns/update")


def _removed(world: World, return_: Return, kind: type[Any], given: Any, root: str, name: str) -> list[tuple[Any, int]]:
    found = []
    for place, each in enumerate(given or []):
        line = world.need(kind, each[name], "NOT_FOUND", root, place, name)
        disposed = [one for order in return_.reverse_orders for one in order.lines if one.return_line is line]
        most = min([line.unprocessed, *(one.open for one in disposed)])
        if line.return_ is not return_ or not 0 < each["quantity"] <= most:
            raise Refused("INVALID", f"Quantity can't be greater than the removable {most}", root, place, "quantity")
        found.append((line, each["quantity"]))
    return found
