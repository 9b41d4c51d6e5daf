"""Draft orders: made, and completed into an order that claims its stock. Their userErrors carry no code."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from backhaul.sandbox.shopify.amounts import NoAmount, minor_of, rounded
from backhaul.sandbox.shopify.drafts import Draft
from backhaul.sandbox.shopify.goods import Variant
from backhaul.sandbox.shopify.lines import Line
from backhaul.sandbox.shopify.making import enter, new_order, pay
from backhaul.sandbox.shopify.money import Currencies
from backhaul.sandbox.shopify.refusals import NotModelled, Refused
from backhaul.sandbox.shopify.standing import order_total
from backhaul.sandbox.shopify.world import World

from .stock import claim

Args = Mapping[str, Any]
_LINE = frozenset(
    ["variantId", "quantity", "appliedDiscount", "priceOverride", "components", "requiresShipping", "taxable", "uuid"]
)


def create(world: World, args: Args) -> dict[str, Any]:
    """draftOrderCreate."""
    given = args["input"]
    for name, value in given.items():
        if value and name not in ("lineItems", "note", "tags", "email"):
            raise NotModelled(f"DraftOrderInput.{name}")
    currencies = Currencies(world.facts.currency, world.facts.currency)
    lines = [_line(world, currencies, each, place) for place, each in enumerate(given.get("lineItems") or [])]
    if not lines:
        raise Refused(None, "Add at least 1 product", "lineItems")
    total = sum((line.discounted for line in lines), currencies.bag(0))
    gid = world.gid("DraftOrder")
    tags = sorted(set(given.get("tags") or []), key=str.lower)
    draft = Draft(gid, f"#D{gid[-3:]}", world.now(), total, given["lineItems"], tags, given.get("note"))
    return {"draftOrder": world.keep(draft)}


def complete(world: World, args: Args) -> dict[str, Any]:
    """draftOrderComplete: paid by hand, unless the payment is pending."""
    draft = world.need(Draft, args["id"], None, "id")
    if draft.order is not None:
        raise Refused(None, "This order has been paid", "id")
    order = new_order(world, Currencies(world.facts.currency, world.facts.currency))
    order.lines = [_line(world, order.currencies, each, place) for place, each in enumerate(draft.lines)]
    order.tags, order.note, order.source_name = list(draft.tags), draft.note, "shopify_draft_order"
    enter(world, order)
    for line in order.lines:
        if line.variant:
            order.location = claim(world, line.variant, line.quantity) or order.location
    total = order_total(order)
    if total.shop and not args.get("paymentPending"):
        pay(world, order, "manual", total)
    elif total.shop:
        pay(world, order, "manual", total, ending="PENDING")
    draft.order, draft.status, draft.completed_at = order, "COMPLETED", world.now()
    return {"draftOrder": draft}


def _line(world: World, currencies: Currencies, each: Args, place: int) -> Line:
    path = ("lineItems", place)
    for name, value in each.items():
        if value and name not in _LINE:
            raise NotModelled(f"DraftOrderLineItemInput.{name}")
    if not each.get("variantId"):
        raise NotModelled("draft lines without a variant")
    if each.get("components"):
        raise NotModelled("draft lines with components")
    variant = world.need(Variant, each["variantId"], None, *path, "variantId")
    if each["quantity"] <= 0:
        raise Refused(None, "Quantity must be greater than or equal to 1", *path, "quantity")
    price = variant.price
    try:
        if each.get("priceOverride"):
            price = minor_of(each["priceOverride"]["amount"], currencies.shop)
        whole = price * each["quantity"]
        discount = _discount(each.get("appliedDiscount") or {}, whole, currencies)
    except NoAmount as no:
        raise Refused(None, str(no), *path) from None
    unit, bag = currencies.bag(price), currencies.bag(min(whole, discount))
    line = Line(world.gid("LineItem"), variant.sku, variant.title, each["quantity"], unit, bag, variant)
    line.requires_shipping = bool(each.get("requiresShipping", True))
    return line


def _discount(given: Args, whole: int, currencies: Currencies) -> int:
    if not given:
        return 0
    if given["valueType"] == "PERCENTAGE":
        return rounded(whole * Decimal(str(given["value"])) / 100)
    return minor_of(given["value"], currencies.shop)
