"""Variants, sets and stock, as the schema shows them."""

from typing import Any

from backhaul.sandbox.shopify.amounts import decimal_text
from backhaul.sandbox.shopify.goods import Level

from .paging import page
from .table import Ask, fields


def _quantities(level: Level, _ask: Ask, args: Any) -> list[dict[str, Any]]:
    return [
        {
            "id": f"{level.gid}&name={name}",
            "name": name,
            "quantity": level.quantity(name),
            "updatedAt": level.updated_at,
        }
        for name in args["names"]
    ]


def _cost(item: Any, ask: Ask, _args: Any) -> dict[str, str] | None:
    currency = ask.world.facts.currency
    return None if item.cost is None else {"amount": decimal_text(item.cost, currency), "currencyCode": currency}


def _level_at(item: Any, _ask: Ask, args: Any) -> Level | None:
    found: Level | None = item.levels.get(args["locationId"])
    return found


fields(
    "ProductVariant",
    "id sku title",
    simple={
        "displayName": lambda o: o.title,
        "inventoryItem": lambda o: o.item,
        "product": lambda o: o.product,
        "requiresComponents": lambda o: bool(o.components),
        "inventoryPolicy": lambda o: "CONTINUE" if o.item.sells_on else "DENY",
        "inventoryQuantity": lambda o: sum(level.quantity("available") for level in o.item.levels.values()),
    },
    full={
        "price": lambda o, ask, _args: decimal_text(o.price, ask.world.facts.currency),
        "productVariantComponents": lambda o, _ask, args: page(o.components, args),
    },
)
fields("ProductVariantComponent", "id quantity", simple={"productVariant": lambda o: o.variant})
fields(
    "Product",
    "id title",
    full={
        "bundleComponents": lambda o, _ask, args: page((c for v in o.variants for c in v.components), args),
        "variants": lambda o, _ask, args: page(o.variants, args),
    },
)
fields("ProductBundleComponent", "quantity", simple={"componentProduct": lambda o: o.variant.product})
fields(
    "InventoryItem",
    "id sku tracked createdAt updatedAt",
    simple={"variant": lambda o: o.variant, "requiresShipping": lambda _o: True},
    full={
        "unitCost": _cost,
        "inventoryLevels": lambda o, _ask, args: page(o.levels.values(), args),
        "inventoryLevel": _level_at,
        "variants": lambda o, _ask, args: page([o.variant] if o.variant else [], args),
    },
)
fields(
    "InventoryLevel",
    "id item location createdAt updatedAt",
    simple={"isActive": lambda _o: True},
    full={"quantities": _quantities},
)
fields("InventoryQuantity", "id name quantity updatedAt")
fields("InventoryAdjustmentGroup", "id createdAt reason referenceDocumentUri changes")
fields("InventoryChange", "name delta quantityAfterChange item location ledgerDocumentUri")
fields("InventoryProperties", "quantityNames")
fields("InventoryQuantityName", "name displayName isInUse belongsTo comprises")
