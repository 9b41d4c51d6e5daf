"""What people do to the shop, for tests and the demo: stock it, sell, send, tag, archive, and settle refunds."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from .desk import Desk
from .goods import Component, Item, Location, Product, Variant
from .money import Currencies
from .orders import Order
from .payments import Payment, Refund
from .selling import Basket, Sold, sell, send_out, variant_of
from .telling import tell_changes


class Hands(Desk):
    """Acts on the world while nobody else does; what they change is told by webhook."""

    def add_location(self, name: str) -> Location:
        """A place to keep stock at."""
        with self.lock:
            location: Location = self.world.keep(Location(self.world.gid("Location"), name, self.world.now()))
            self.world.locations.append(location)
            return location

    def add_variant(
        self,
        sku: str,
        price_minor: int,
        stock: Mapping[Location | str, int] | None = None,
        *,
        title: str = "",
        cost_minor: int | None = None,
    ) -> Variant:
        """Something to sell, with what lies of it at each location (or its name)."""
        with self.lock:
            variant = self._variant(sku, price_minor, title)
            variant.item.cost = cost_minor
            for location, quantity in (stock or {}).items():
                level = self.world.level(variant.item, self.location(location))
                level.counts["available"] = quantity
            return variant

    def add_bundle(self, sku: str, price_minor: int, components: Mapping[str, int], *, title: str = "") -> Variant:
        """A set of so many of each SKU; it has no stock of its own."""
        with self.lock:
            variant = self._variant(sku, price_minor, title)
            variant.components = tuple(
                Component(self.world.gid("ProductVariantComponent"), variant_of(self.world, part), quantity)
                for part, quantity in components.items()
            )
            return variant

    def _variant(self, sku: str, price_minor: int, title: str) -> Variant:
        world = self.world
        product = world.keep(Product(world.gid("Product"), title or sku))
        item = world.keep(Item(world.gid("InventoryItem"), sku, world.now(), world.now()))
        variant: Variant = world.keep(
            Variant(world.gid("ProductVariant"), sku, title or sku, price_minor, product, item)
        )
        item.variant = variant
        product.variants.append(variant)
        world.variants.append(variant)
        return variant

    def sell(
        self,
        name: str | None = None,
        lines: Sequence[Sold] = (),
        *,
        tenders: Sequence[tuple[str, int]] | None = None,
        tax_rate: str | Decimal = "0",
        taxes_included: bool = False,
        shipping_minor: int = 0,
        presentment: tuple[str, str | Decimal] | None = None,
        fulfill: bool = True,
        captured: bool = False,
        location: Location | str | None = None,
        email: str = "shopper@example.com",
        tags: Iterable[str] = (),
    ) -> Order:
        """A shopper buys: each line is a SKU, a quantity and perhaps a discount of the whole line.

        Discounts and shipping are in minor units of the shop's currency, tenders in the shopper's; without tenders
        one card pays all. `presentment` is the shopper's currency and how much of it one unit of the shop's is.
        """
        with self.lock:
            shop = self.world.facts.currency
            currencies = (
                Currencies(shop, presentment[0], Decimal(presentment[1])) if presentment else Currencies(shop, shop)
            )
            rate = Decimal(tax_rate)
            basket = Basket(lines, tenders, rate, taxes_included, shipping_minor, currencies, captured)
            order = sell(self.world, basket, name, email, self.location(location), fulfill=fulfill)
            order.tags = sorted(tags)
            tell_changes(self.world)
            return order

    def fulfill(self, order: Order | str, location: Location | str | None = None) -> Order:
        """Whatever is unfulfilled leaves in one parcel."""
        with self.lock:
            found = self.order(order)
            send_out(self.world, found, self.location(location or found.location), found.lines)
            tell_changes(self.world)
            return found

    def tag(self, order: Order | str, *tags: str) -> Order:
        """Somebody tags an order."""
        with self.lock:
            found = self.order(order)
            found.tags = sorted({*found.tags, *tags})
            self.world.touch(found)
            tell_changes(self.world)
            return found

    def close(self, order: Order | str) -> Order:
        """An order is archived; a return will take it out again."""
        with self.lock:
            found = self.order(order)
            found.closed_at = self.world.now()
            self.world.touch(found)
            tell_changes(self.world)
            return found

    def next_refund_status(self, status: str, times: int = 1) -> None:
        """The next refunds' payments end so: SUCCESS, PENDING, FAILURE or ERROR. Gift cards always succeed."""
        with self.lock:
            self.world.refund_endings += [status] * times

    def settle_refund(self, refund: Refund | str, status: str = "SUCCESS") -> list[Payment]:
        """The payments of a refund that were pending have ended; answers those. No webhook tells of it."""
        with self.lock:
            found = refund if isinstance(refund, Refund) else self.world.find(Refund, refund)
            if found is None:
                raise LookupError(f"the shop has no refund {refund}")
            pending = [each for each in found.payments if each.status == "PENDING"]
            for payment in pending:
                payment.status, payment.processed_at = status, self.world.now()
            self.world.touch(found.order)
            tell_changes(self.world)
            return pending
