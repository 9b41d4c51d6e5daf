"""What a test or the demo looks at to see what became of the shop."""

import threading

from .goods import Location, Variant
from .metafields import Metafield
from .orders import Order
from .payments import Payment, Refund, paid, paid_back
from .returns import Return
from .selling import variant_of
from .world import World


class Eyes:
    """Reads the world while nobody changes it; orders go by their name, SKUs and locations by theirs."""

    world: World
    lock: threading.RLock

    def order(self, name: Order | str) -> Order:
        """An order by its name or its id; raises LookupError."""
        if isinstance(name, Order):
            return name
        with self.lock:
            found = next((each for each in self.world.orders if name in (each.name, each.gid)), None)
        if found is None:
            raise LookupError(f"the shop has no order {name}")
        return found

    def orders(self) -> list[Order]:
        """All orders, in the order they came."""
        with self.lock:
            return list(self.world.orders)

    def orders_with_tag(self, tag: str) -> list[Order]:
        """The orders that carry a tag."""
        return [order for order in self.orders() if tag in order.tags]

    def location(self, named: Location | str | None = None) -> Location:
        """A location by its name or its id, or the first; raises LookupError."""
        if isinstance(named, Location):
            return named
        with self.lock:
            wanted = (each for each in self.world.locations if named in (None, each.name, each.gid))
            found = next(wanted, None)
        if found is None:
            raise LookupError(f"the shop has no location {named or 'at all: add_location first'}")
        return found

    def variant(self, sku: str) -> Variant:
        """A variant; raises LookupError."""
        with self.lock:
            return variant_of(self.world, sku)

    def quantity(self, sku: str, location: Location | str | None = None, state: str = "available") -> int:
        """Units in a state at a location (the first, unless told), 0 where it is not stocked."""
        with self.lock:
            level = self.variant(sku).item.levels.get(self.location(location).gid)
            return level.quantity(state) if level else 0

    def available(self, sku: str, location: Location | str | None = None) -> int:
        """Units for sale at a location."""
        return self.quantity(sku, location)

    def refunds(self, order: Order | str) -> list[Refund]:
        """The refunds of an order."""
        return list(self.order(order).refunds)

    def returns(self, order: Order | str) -> list[Return]:
        """The returns of an order, in whatever status."""
        return list(self.order(order).returns)

    def payments(self, order: Order | str) -> list[Payment]:
        """Every movement of money of an order."""
        return list(self.order(order).payments)

    def paid_minor(self, order: Order | str) -> int:
        """What came in, in minor units of the shopper's currency."""
        return paid(self.order(order)).presentment

    def refunded_minor(self, order: Order | str, *, on_its_way: bool = False) -> int:
        """What went back, in minor units of the shopper's currency; perhaps with what is pending."""
        return paid_back(self.order(order), on_its_way=on_its_way).presentment

    def store_credit(self, email: str = "shopper@example.com") -> int:
        """A customer's store credit in minor units of the shop's currency."""
        with self.lock:
            return sum(each.store_credit for each in self.world.customers if each.email == email)

    def metafields(self, order: Order | str) -> list[Metafield]:
        """What apps hung on an order."""
        with self.lock:
            return list(self.world.metafields.of(self.order(order).gid).values())
