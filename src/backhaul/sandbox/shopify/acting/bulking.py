"""bulkOperationRunQuery: taken if it is valid and no other runs; it is run before the next call is answered."""

from collections.abc import Mapping
from typing import Any

from graphql import GraphQLError, parse, validate

from backhaul.sandbox.shopify.bulks import Bulk
from backhaul.sandbox.shopify.published import published_schema
from backhaul.sandbox.shopify.refusals import NotModelled, Refused
from backhaul.sandbox.shopify.world import World

Args = Mapping[str, Any]


def run(world: World, args: Args) -> dict[str, Any]:
    """bulkOperationRunQuery."""
    if args.get("groupObjects") is True:
        raise NotModelled("bulk operations with grouped objects")
    if any(each.status == "CREATED" for each in world.bulks):
        raise Refused("OPERATION_IN_PROGRESS", "A bulk query operation for this app and shop is already in progress")
    try:
        errors = validate(published_schema(world.facts.version), parse(args["query"]))
    except GraphQLError as error:
        errors = [error]
    if errors:
        raise Refused("INVALID", f"Invalid bulk query: {errors[0].message}", "query")
    bulk = Bulk(world.gid("BulkOperation"), args["query"], world.now())
    world.bulks.append(world.keep(bulk))
    return {"bulkOperation": bulk}
