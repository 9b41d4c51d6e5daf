"""What people do to the shop, for tests and the demo: stock it, sell, send, refund by hand, edit and archive."""

import threading
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from .acting.cancelling import call_off
from .acting.paying import Payout, pay_back
from .acting.refunding import reverse_units
from .acting.stock import claim, unclaim
from .eyes import Eyes
from .goods import Component, Item, Location, Product, Variant
from .lines import Line
from .money import Currencies
from .orders import Order
from .outcome import spread
from .payments import Payment, Refund
from .selling import Basket, Sold, lines_of, sell, send_out, variant_of
from .telling import tell_changes
from .world import World


class Hands(Eyes):
    """Acts on the world while nobody else does; what they change is told by webhook."""

    world: World
    lock: threading.RLock

    def add_location(self, name: str) -> Location:
        """A place to keep stock at."""
        with self.lock:
            location: Location = self.world.keep(Location(self.world.gid("Location"), name, self.world.now()))
            self.world.locations.append(location)
            return location

    def add_variant(
        self, sku: str, price_minor: int, stock: Mapping[Location | str, int] | None = None, *, title: str = ""
    ) -> Variant:
        """Something to sell, with what lies of it at each location (or its name)."""
        with self.lock:
            variant = self._variant(sku, price_minor, title)
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

    def refund_by_hand(
        self,
        order: Order | str,
        lines: Sequence[tuple[str, int]] = (),
        *,
        amount_minor: int | None = None,
        restock: Location | str | None = None,
        note: str | None = None,
        gateway: str | None = None,
    ) -> Refund:
        """Somebody refunds in the shop's admin: units, money in minor units of the shopper's currency, or both.

        Without an amount the value of the units goes back; `gateway` narrows the payments it goes back over.
        """
        with self.lock:
            world, found = self.world, self.order(order)
            refund = Refund(world.gid("Refund"), found, world.now(), note)
            place = self.location(restock) if restock else None
            for sku, quantity in lines:
                line = found.line(sku)
                if quantity > line.left:
                    raise ValueError(f"order {found.name} has {line.left} of {sku} left to refund")
                refund.lines.append(reverse_units(world, line, quantity, "RETURN" if place else "NO_RESTOCK", place))
            none = found.currencies.bag(0)
            worth = sum(
                (each.subtotal if found.taxes_included else each.subtotal + each.tax for each in refund.lines), none
            )
            amount = worth if amount_minor is None else found.currencies.bag_of_presentment(amount_minor)
            payouts = [
                Payout(payment.gateway, part, payment)
                for payment, part in spread(found, amount)
                if gateway in (None, payment.gateway)
            ]
            pay_back(world, refund, payouts)
            tell_changes(world)
            return refund

    def edit_order_by_hand(
        self, order: Order | str, *, remove: Mapping[str, int] | None = None, add: Sequence[Sold] = ()
    ) -> Order:
        """Somebody edits an order in the shop's admin: units not sent leave it, others come to it, unpaid."""
        with self.lock:
            world, found = self.world, self.order(order)
            for sku, quantity in (remove or {}).items():
                line = found.line(sku)
                if quantity > line.unfulfilled:
                    raise ValueError(f"order {found.name} has {line.unfulfilled} of {sku} that were not sent")
                line.gone += quantity
                line.cancelled += quantity
                if line.variant and found.location:
                    unclaim(world, line.variant, quantity, found.location)
            basket = Basket((), currencies=found.currencies, taxes_included=found.taxes_included)
            for sold in add:
                self._add(found, lines_of(world, basket, sold))
            found.edited = True
            world.touch(found, "orders/edited")
            tell_changes(world)
            return found

    def _add(self, order: Order, lines: list[Line]) -> None:
        for line in lines:
            order.lines.append(self.world.keep(line))
            if line.variant:
                claim(self.world, line.variant, line.quantity, order.location)

    def cancel_by_hand(self, order: Order | str, *, refund: bool = True, restock: bool = True) -> Order:
        """Somebody cancels an order in the shop's admin."""
        with self.lock:
            found = self.order(order)
            left = (
                sum((each.left for each in found.payments), found.currencies.bag(0))
                if refund
                else found.currencies.bag(0)
            )
            payouts = [Payout(payment.gateway, part, payment) for payment, part in spread(found, left)]
            call_off(self.world, found, "STAFF", payouts, restock=restock)
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
