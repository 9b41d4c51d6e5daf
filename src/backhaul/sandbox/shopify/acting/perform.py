"""Leads a mutation to the function that does it, once per idempotency key, and tells what came of it."""

from collections.abc import Callable, Mapping
from typing import Any

from graphql import GraphQLObjectType, GraphQLResolveInfo, get_named_type

from backhaul.sandbox.shopify.idempotency import key_of
from backhaul.sandbox.shopify.reading.table import Ask
from backhaul.sandbox.shopify.refusals import Refused
from backhaul.sandbox.shopify.telling import tell_changes
from backhaul.sandbox.shopify.world import World

from . import (
    bulking,
    cancelling,
    drafting,
    ending,
    hooking,
    marking,
    opening,
    ordering,
    processing,
    refunding,
    reverse,
    stocking,
    tagging,
)

Args = Mapping[str, Any]
MUTATIONS: dict[str, Callable[[World, Args], Mapping[str, Any]]] = {
    "returnCreate": opening.create,
    "returnRequest": opening.request,
    "returnApproveRequest": opening.approve,
    "returnDeclineRequest": opening.decline,
    "returnClose": ending.close,
    "returnCancel": ending.cancel,
    "returnReopen": ending.reopen,
    "removeFromReturn": ending.remove,
    "returnProcess": processing.process_return,
    "reverseFulfillmentOrderDispose": reverse.dispose,
    "reverseDeliveryCreateWithShipping": reverse.announce,
    "refundCreate": refunding.create,
    "inventoryAdjustQuantities": stocking.adjust,
    "inventoryMoveQuantities": stocking.move,
    "inventorySetQuantities": stocking.put,
    "inventoryActivate": stocking.activate,
    "orderCreate": ordering.create,
    "orderUpdate": tagging.update_order,
    "orderCancel": cancelling.cancel,
    "draftOrderCreate": drafting.create,
    "draftOrderComplete": drafting.complete,
    "bulkOperationRunQuery": bulking.run,
    "tagsAdd": tagging.add_tags,
    "tagsRemove": tagging.remove_tags,
    "metafieldsSet": marking.set_metafields,
    "metafieldDefinitionCreate": marking.define,
    "webhookSubscriptionCreate": hooking.create,
    "webhookSubscriptionDelete": hooking.delete,
}


def perform(ask: Ask, info: GraphQLResolveInfo[Any], args: Args) -> dict[str, Any]:
    """The payload of a mutation: what was done, or userErrors and nothing done."""
    world, name = ask.world, info.field_name
    payload = get_named_type(info.return_type)
    names = payload.fields if isinstance(payload, GraphQLObjectType) else {}
    answer: dict[str, Any] = {each: [] if each.lower().endswith("usererrors") else None for each in names}
    key = key_of(info)

    def do() -> Mapping[str, Any]:
        return MUTATIONS[name](world, args)

    planned = next((each for each in world.planned if each.mutation == name), None)
    if planned is not None:
        world.planned.remove(planned)
    try:
        if planned is not None and not planned.done:
            raise Refused(planned.code, f"refused as planned: {planned.code}")
        done = world.idempotency.once(key, name, args, do, running=ask.running) if key else do()
    except Refused as refused:
        error = {"field": refused.field or None, "message": refused.message, "code": refused.code}
        return answer | {each: [error] for each in answer if each.lower().endswith("usererrors")}
    tell_changes(world)
    if planned is not None:
        error = {"field": None, "message": f"refused as planned: {planned.code}", "code": planned.code}
        return answer | {each: [error] for each in answer if each.lower().endswith("usererrors")}
    return answer | dict(done)
