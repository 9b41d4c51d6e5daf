"""A shopper buys something: sets are sold as their parts, discounts and taxes fall on lines, tenders pay for it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from .acting.stock import claim, take
from .goods import Location, Variant
from .lines import Group, Line
from .making import customer, enter, new_line, new_order, pay, send
from .money import Bag, Currencies
from .orders import Order
from .standing import order_total
from .world import World

Sold = tuple[str, int] | tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class Basket:
    """What is bought and how; amounts in minor units: discounts and shipping of the shop, tenders of the shopper."""

    lines: Sequence[Sold]
    tenders: Sequence[tuple[str, int]] | None = None
    tax_rate: Decimal = Decimal(0)
    taxes_included: bool = False
    shipping: int = 0
    currencies: Currencies = field(default_factory=Currencies)
    captured: bool = False


def sell(world: World, basket: Basket, name: str | None, email: str, location: Location, *, fulfill: bool) -> Order:
    """An order, paid by its tenders (or by one card in full) and, unless told otherwise, sent."""
    order = new_order(world, basket.currencies, name)
    order.customer, order.email = customer(world, email), email
    order.taxes_included, order.location = basket.taxes_included, location
    order.shipping = basket.currencies.bag(basket.shipping) if basket.shipping else None
    order.address = {"firstName": "Sam", "lastName": "Shopper", "city": "Springfield", "countryCodeV2": "US"}
    for sold in basket.lines:
        order.lines += lines_of(world, basket, sold)
    for gateway, minor in basket.tenders if basket.tenders is not None else _one(order):
        kind = "CAPTURE" if basket.captured and gateway != "gift_card" else "SALE"
        amount = order_total(order) if basket.tenders is None else _tender(order, minor)
        pay(world, order, gateway, amount, kind=kind)
    enter(world, order)
    for line in order.lines:
        if line.variant:
            claim(world, line.variant, line.quantity, location)
    if fulfill:
        send_out(world, order, location, order.lines)
    return order


def send_out(world: World, order: Order, location: Location, lines: Iterable[Line]) -> None:
    """What is unfulfilled of these lines leaves in one parcel."""
    going = [(line, line.unfulfilled) for line in lines if line.unfulfilled]
    if not going:
        return
    for line, quantity in going:
        if line.variant:
            take(world, line.variant, quantity, location)
    send(world, order, location, going)
    world.touch(order)


def lines_of(world: World, basket: Basket, sold: Sold) -> list[Line]:
    """The lines that one thing in the basket becomes."""
    sku, quantity = sold[0], sold[1]
    discount = sold[2] if len(sold) == 3 else 0
    variant = variant_of(world, sku)
    if not variant.components:
        return [_line(world, basket, variant, quantity, variant.price * quantity - discount, variant.price)]
    group = Group(world.gid("LineItemGroup"), variant.title, quantity, variant)
    whole = variant.price * quantity - discount
    weights = [part.variant.price * part.quantity for part in variant.components]
    found, given, weighed = [], 0, 0
    for part, weight in zip(variant.components, weights, strict=True):
        weighed += weight
        upto = round(whole * weighed / (sum(weights) or 1))
        units = part.quantity * quantity
        unit = -(-(upto - given) // units)
        found.append(_line(world, basket, part.variant, units, upto - given, unit, group))
        given = upto
    return found


def variant_of(world: World, sku: str) -> Variant:
    """The variant of a SKU; raises LookupError."""
    found = next((each for each in world.variants if each.sku == sku), None)
    if found is None:
        raise LookupError(f"the shop has no variant {sku}")
    return found


def _line(
    world: World, basket: Basket, variant: Variant, quantity: int, total: int, unit: int, group: Group | None = None
) -> Line:
    currencies = basket.currencies
    price = currencies.bag(unit)
    off = currencies.bag(unit * quantity - total)
    return new_line(
        world,
        variant,
        quantity,
        price,
        off,
        rate=basket.tax_rate,
        included=basket.taxes_included,
        group=group,
    )


def _one(order: Order) -> list[tuple[str, int]]:
    return [("shopify_payments", 0)] if order_total(order).shop else []


def _tender(order: Order, minor: int) -> Bag:
    return order.currencies.bag_of_presentment(minor)
