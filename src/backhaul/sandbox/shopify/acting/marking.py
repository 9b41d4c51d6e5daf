"""Orders and other things are marked: tags, notes and metafields, of which those of type id are unique."""

from collections.abc import Iterable, Mapping
from typing import Any

from backhaul.sandbox.shopify.drafts import Draft
from backhaul.sandbox.shopify.goods import Location, Product, Variant
from backhaul.sandbox.shopify.metafields import Definition, Metafield, full_namespace
from backhaul.sandbox.shopify.naming import kind_of
from backhaul.sandbox.shopify.orders import Customer, Order
from backhaul.sandbox.shopify.refusals import NotModelled, Refused
from backhaul.sandbox.shopify.world import World

Args = Mapping[str, Any]
_OWNERS = (Order, Draft, Variant, Product, Location, Customer)
_OWNER_TYPES = {"ORDER": "Order", "DRAFTORDER": "DraftOrder", "PRODUCTVARIANT": "ProductVariant"} | {
    each.upper(): each for each in ("Product", "Location", "Customer")
}
_MOST = 25
Wanted = tuple[str, str, str | None, str]


def wanted_metafields(inputs: Iterable[Args], *path: str | int) -> list[Wanted]:
    """Namespace, key, type and value of metafields as sent with their owner; raises Refused."""
    found = []
    for place, each in enumerate(inputs):
        if not each.get("key") or not each.get("value"):
            raise Refused("INVALID", "Metafields need a key and a value", *path, place)
        found.append((full_namespace(each.get("namespace")), each["key"], each.get("type"), each["value"]))
    return found


def claim_unique(world: World, wanted: Iterable[Wanted], code: str | None, kind: str, owner: str | None) -> None:
    """Raises Refused where a value that must be unique is another's already.

    OrderCreateUserErrorCode has no TAKEN, so orderCreate says INVALID and "has already been taken".
    """
    for place, (namespace, key, type_, value) in enumerate(wanted):
        laid_down = _definition(world, kind, namespace, key)
        if type_ == "id" and laid_down is None:
            raise Refused(code, "Metafields of type id need a definition", "metafields", place, "type")
        if laid_down and type_ not in (None, laid_down.type):
            raise Refused(code, f"Type must be {laid_down.type}, as defined", "metafields", place, "type")
        if laid_down and laid_down.unique:
            others = world.metafields.with_value(kind, namespace, key, value)
            if any(each.owner != owner for each in others):
                raise Refused(code, f"Value has already been taken: {value}", "metafields", place, "value")


def hang(world: World, owner: str, wanted: Iterable[Wanted]) -> list[Metafield]:
    """Sets metafields that were checked."""
    found = []
    for namespace, key, type_, value in wanted:
        fields = world.metafields.of(owner)
        known = fields.get((namespace, key))
        if known is None:
            laid_down = _definition(world, kind_of(owner) or "", namespace, key)
            kept = type_ or (laid_down.type if laid_down else "single_line_text_field")
            now = world.now()
            known = world.keep(Metafield(world.gid("Metafield"), owner, namespace, key, kept, value, now, now))
            fields[namespace, key] = known
        known.value, known.updated_at = value, world.now()
        found.append(known)
    return found


def set_metafields(world: World, args: Args) -> dict[str, Any]:
    """metafieldsSet: all or none; compareDigest null means that there must be none yet."""
    inputs = args["metafields"]
    if len(inputs) > _MOST:
        raise Refused("LESS_THAN_OR_EQUAL_TO", f"Exceeded the maximum metafields input limit of {_MOST}", "metafields")
    for place, each in enumerate(inputs):
        owner = _owner(world, each["ownerId"], "INVALID", "metafields", place, "ownerId")
        known = world.metafields.find(owner.gid, each.get("namespace"), each["key"])
        one: Wanted = (full_namespace(each.get("namespace")), each["key"], each.get("type"), each["value"])
        if not each["value"]:
            raise Refused("BLANK", "Value can't be blank", "metafields", place, "value")
        if known is None and not one[2] and _definition(world, owner.kind, one[0], one[1]) is None:
            raise Refused("INVALID_TYPE", "Type can't be blank", "metafields", place, "type")
        if known is not None and one[2] not in (None, known.type):
            raise Refused("INVALID_TYPE", f"Type must be {known.type}", "metafields", place, "type")
        if "compareDigest" in each and each["compareDigest"] != (known.digest if known else None):
            raise Refused("STALE_OBJECT", "The metafield has been modified since it was loaded.", "metafields", place)
        claim_unique(world, [one], "TAKEN", owner.kind, owner.gid)
    done: list[Metafield] = []
    for each in inputs:
        namespace = full_namespace(each.get("namespace"))
        done += hang(world, each["ownerId"], [(namespace, each["key"], each.get("type"), each["value"])])
    _touch(world, [each["ownerId"] for each in inputs])
    return {"metafields": done}


def define(world: World, args: Args) -> dict[str, Any]:
    """metafieldDefinitionCreate."""
    given = args["definition"]
    kind = _OWNER_TYPES.get(given["ownerType"])
    if kind is None:
        raise NotModelled(f"metafield definitions of {given['ownerType']}")
    namespace = full_namespace(given.get("namespace"))
    if _definition(world, kind, namespace, given["key"]):
        raise Refused("TAKEN", "Key is in use for Order metafields on the namespace", "definition", "key")
    unique = ((given.get("capabilities") or {}).get("uniqueValues") or {}).get("enabled", False)
    definition = Definition(
        world.gid("MetafieldDefinition"),
        given["name"],
        namespace,
        given["key"],
        given["type"],
        given["ownerType"],
        bool(unique) or given["type"] == "id",
    )
    world.definitions.append(world.keep(definition))
    return {"createdDefinition": definition}


def _definition(world: World, kind: str, namespace: str, key: str) -> Definition | None:
    for each in world.definitions:
        if (_OWNER_TYPES[each.owner_type], each.namespace, each.key) == (kind, namespace, key):
            return each
    return None


def _owner(world: World, gid: str, code: str | None, *path: str | int) -> Any:
    found = world.objects.get(gid)
    if not isinstance(found, _OWNERS):
        raise Refused(code, f"Owner does not exist: {gid}", *path)
    return found


def _touch(world: World, owners: Iterable[str]) -> None:
    for gid in dict.fromkeys(owners):
        order = world.find(Order, gid)
        if order is not None:
            world.touch(order)
