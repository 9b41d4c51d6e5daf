"""What orderCreate takes, read into lines, money and addresses, or refused."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from backhaul.sandbox.shopify.amounts import NoAmount, minor_of
from backhaul.sandbox.shopify.goods import Variant
from backhaul.sandbox.shopify.lines import Line, TaxLine
from backhaul.sandbox.shopify.moments import moment_of
from backhaul.sandbox.shopify.money import Bag, Currencies
from backhaul.sandbox.shopify.orders import Order
from backhaul.sandbox.shopify.refusals import NotModelled, Refused
from backhaul.sandbox.shopify.world import World

Args = Mapping[str, Any]


_LINE = frozenset(
    [
        "priceSet",
        "quantity",
        "requiresShipping",
        "sku",
        "taxLines",
        "taxable",
        "title",
        "variantId",
        "productId",
        "variantTitle",
    ]
)


def line_of(world: World, currencies: Currencies, each: Args, *path: str | int) -> Line:
    """A line as the API takes it; raises Refused."""
    known(each, _LINE, "OrderCreateLineItemInput")
    if each["quantity"] <= 0:
        raise Refused("INVALID", "Quantity must be greater than 0", *path, "quantity")
    variant = None
    if each.get("variantId"):
        variant = world.need(Variant, each["variantId"], "INVALID", *path, "variantId")
    unit = currencies.bag(variant.price if variant else 0)
    if each.get("priceSet"):
        unit = bag_of(currencies, each["priceSet"], *path, "priceSet")
    elif variant is None:
        raise Refused("INVALID", "Price can't be blank without a variant", *path, "priceSet")
    title = each.get("title") or (variant.title if variant else None)
    if not title:
        raise Refused("INVALID", "Title can't be blank", *path, "title")
    sku = each.get("sku") or (variant.sku if variant else "")
    none = currencies.bag(0)
    line = Line(world.gid("LineItem"), sku, title, each["quantity"], unit, none, variant)
    line.requires_shipping = bool(each.get("requiresShipping", False))
    line.taxable = bool(each.get("taxable", True))
    line.taxes = tuple(_tax(currencies, tax, *path, "taxLines") for tax in each.get("taxLines") or [])
    return line


def bag_of(currencies: Currencies, given: Args, *path: str | int) -> Bag:
    """Money of both kinds as sent; what the shopper pays follows from the rate where it is not said."""
    try:
        shop = currencies.bag(minor_of(given["shopMoney"]["amount"], currencies.shop))
        if not given.get("presentmentMoney"):
            return shop
        money = given["presentmentMoney"]
        return Bag(shop.shop, minor_of(money["amount"], money["currencyCode"]), currencies)
    except NoAmount as no:
        raise Refused("INVALID", str(no), *path) from None


def known(given: Args, names: frozenset[str], what: str) -> None:
    """Raises NotModelled where something was sent that the stand-in would not heed."""
    for name, value in given.items():
        if value and name not in names:
            raise NotModelled(f"{what}.{name}")


def fill_in(world: World, order: Order, given: Args) -> None:
    """What is said of an order beside its lines."""
    order.note, order.email = given.get("note"), given.get("email")
    order.tags = sorted(set(given.get("tags") or []), key=str.lower)
    order.source_identifier = given.get("sourceIdentifier")
    order.source_name = given.get("sourceName") or "app"
    order.taxes_included = bool(given.get("taxesIncluded"))
    order.test = bool(given.get("test"))
    order.financial = given.get("financialStatus")
    address = given.get("shippingAddress") or {}
    order.address = {"countryCodeV2" if name == "countryCode" else name: text for name, text in address.items()} or None
    if given.get("processedAt"):
        # The schema says so: from 2026-07 on, a moment to come is taken for now and no longer refused.
        order.processed_at = min(moment_of(given["processedAt"]), world.now())
    if given.get("closedAt"):
        order.closed_at = moment_of(given["closedAt"])
    shipping = [
        bag_of(order.currencies, each["priceSet"], "order", "shippingLines")
        for each in given.get("shippingLines") or []
    ]
    order.shipping = sum(shipping, order.currencies.bag(0)) if shipping else None


def _tax(currencies: Currencies, given: Args, *path: str | int) -> TaxLine:
    amount = bag_of(currencies, given["priceSet"], *path) if given.get("priceSet") else currencies.bag(0)
    return TaxLine(given["title"], Decimal(str(given["rate"])), amount)
