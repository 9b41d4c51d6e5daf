"""Orders come to be: sold by a test, created over the API, or out of a draft, all by the same steps."""

from decimal import Decimal

from .amounts import rounded
from .goods import Location, Variant
from .lines import Group, Line, TaxLine
from .money import Bag, Currencies
from .orders import Customer, Order
from .parcels import Fulfilment, FulfilmentLine
from .payments import Payment
from .world import World

FIRST_NUMBER = 1001


def new_order(world: World, currencies: Currencies, name: str | None = None) -> Order:
    """An empty order with the next number."""
    number = FIRST_NUMBER + len(world.orders)
    now = world.now()
    return Order(world.gid("Order"), name or f"#{number}", number, currencies, now, now, None)


def enter(world: World, order: Order) -> Order:
    """The order is there from now on, and told of."""
    world.keep(order)
    for line in order.lines:
        world.keep(line)
    world.orders.append(order)
    world.touch(order, "orders/create")
    return order


def new_line(
    world: World,
    variant: Variant,
    quantity: int,
    unit: Bag,
    discount: Bag,
    *,
    rate: Decimal = Decimal(0),
    included: bool = False,
    group: Group | None = None,
) -> Line:
    """A line, taxed at one rate."""
    line = Line(world.gid("LineItem"), variant.sku, variant.title, quantity, unit, discount, variant, group=group)
    if rate:
        whole = line.discounted
        shop, presentment = (_tax(minor, rate, included=included) for minor in (whole.shop, whole.presentment))
        line.taxes = (TaxLine("Tax", rate, Bag(shop, presentment, unit.currencies)),)
    return line


def _tax(minor: int, rate: Decimal, *, included: bool) -> int:
    return rounded(minor * rate / (1 + rate) if included else minor * rate)


def pay(
    world: World, order: Order, gateway: str, amount: Bag, *, kind: str = "SALE", ending: str = "SUCCESS"
) -> Payment:
    """A payment of an order; a capture has an authorization before it."""
    parent = pay(world, order, gateway, amount, kind="AUTHORIZATION") if kind == "CAPTURE" else None
    now = world.now()
    payment = Payment(world.gid("OrderTransaction"), order, kind, gateway, amount, now, ending, parent, now)
    order.payments.append(world.keep(payment))
    return payment


def send(world: World, order: Order, location: Location, lines: list[tuple[Line, int]]) -> Fulfilment:
    """A parcel leaves with units of some lines."""
    name = f"{order.name}.{len(order.fulfilments) + 1}"
    parcel = Fulfilment(world.gid("Fulfillment"), name, order, location, world.now())
    world.keep(parcel)
    for line, quantity in lines:
        sent = world.keep(FulfilmentLine(world.gid("FulfillmentLineItem"), line, quantity, parcel))
        parcel.lines.append(sent)
        line.sent.append(sent)
    order.fulfilments.append(parcel)
    for waiting in order.fulfilment_orders:
        if all(not line.unfulfilled for line, _ in waiting.lines):
            waiting.status, waiting.held = "CLOSED", None
    return parcel


def customer(world: World, email: str) -> Customer:
    """The customer with this address, made if there is none."""
    found = next((each for each in world.customers if each.email == email), None)
    if found is None:
        found = world.keep(Customer(world.gid("Customer"), email))
        world.customers.append(found)
    return found
