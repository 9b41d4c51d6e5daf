"""The shop itself, its app, places, people and subscriptions, and money as every type shows it."""

from backhaul.sandbox.shopify.amounts import decimal_text
from backhaul.sandbox.shopify.metafields import Metafield, full_namespace
from backhaul.sandbox.shopify.money import Bag
from backhaul.sandbox.shopify.naming import number_of

from .paging import page
from .table import Ask, fields


def _of(gid: str, ask: Ask, args: dict[str, object]) -> list[Metafield]:
    found = list(ask.world.metafields.of(gid).values())
    if args.get("namespace"):
        found = [each for each in found if each.namespace == full_namespace(str(args["namespace"]))]
    keys = args.get("keys")
    if isinstance(keys, list):
        found = [each for each in found if each.key in keys or f"{each.namespace}.{each.key}" in keys]
    return found


def _money(bag: Bag, *, shop: bool) -> dict[str, str]:
    currency = bag.currencies.shop if shop else bag.currencies.presentment
    return {"amount": decimal_text(bag.shop if shop else bag.presentment, currency), "currencyCode": currency}


for owner in ("Order", "Customer", "Location", "ProductVariant", "Product"):
    fields(
        owner,
        full={
            "metafield": lambda o, ask, args: ask.world.metafields.find(o.gid, args.get("namespace"), args["key"]),
            "metafields": lambda o, ask, args: page(_of(o.gid, ask, dict(args)), args),
        },
    )
for numbered in (
    "Order",
    "Customer",
    "Location",
    "ProductVariant",
    "Product",
    "InventoryItem",
    "Refund",
    "Fulfillment",
):
    fields(numbered, simple={"legacyResourceId": lambda o: str(number_of(o.gid))})

fields(
    "MoneyBag",
    simple={
        "shopMoney": lambda bag: _money(bag, shop=True),
        "presentmentMoney": lambda bag: _money(bag, shop=False),
    },
)
fields("MoneyV2", "amount currencyCode")
fields("PageInfo", "hasNextPage hasPreviousPage startCursor endCursor")
fields("Location", "id name isActive createdAt")
fields(
    "Customer",
    "id email firstName lastName",
    simple={"displayName": lambda o: f"{o.first_name} {o.last_name}".strip(), "tags": lambda _o: []},
)
fields("Shop", "id name currencyCode ianaTimezone myshopifyDomain")
fields("AppInstallation", "id accessScopes")
fields("AccessScope", "handle description")
fields("ApiVersion", "handle displayName supported")
fields(
    "WebhookSubscription",
    "id topic uri createdAt includeFields filter",
    simple={
        "format": lambda o: o.form,
        "legacyResourceId": lambda o: str(number_of(o.gid)),
        "apiVersion": lambda o: {"handle": o.version, "displayName": o.version, "supported": True},
    },
)
fields(
    "Metafield",
    "id namespace key type value createdAt updatedAt",
    simple={"compareDigest": lambda o: o.digest, "legacyResourceId": lambda o: str(number_of(o.gid))},
)
fields(
    "MetafieldDefinition",
    "id name namespace key ownerType",
    simple={
        "type": lambda o: {"name": o.type},
        "capabilities": lambda o: {"uniqueValues": {"enabled": o.unique, "eligible": True}},
    },
)
fields("MetafieldDefinitionType", "name")
fields("MetafieldCapabilities", "uniqueValues")
fields("MetafieldCapabilityUniqueValues", "enabled eligible")
fields("ReturnReasonDefinition", "id handle name", simple={"deleted": lambda _o: False})
fields("Job", "id done")
fields(
    "BulkOperation",
    "id status errorCode query url createdAt completedAt",
    simple={
        "type": lambda _o: "QUERY",
        "partialDataUrl": lambda _o: None,
        "objectCount": lambda o: str(len(o.lines)),
        "rootObjectCount": lambda o: str(o.roots),
        "fileSize": lambda o: str(len(o.file)),
    },
)
fields(
    "MailingAddress", "id address1 address2 city company countryCodeV2 firstName lastName name phone provinceCode zip"
)
