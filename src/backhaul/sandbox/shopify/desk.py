"""What people do at a desk in the admin of the shop: refund, edit and cancel orders by hand."""

from collections.abc import Mapping, Sequence

from .acting.cancelling import call_off
from .acting.paying import Payout, pay_back
from .acting.refunding import reverse_units
from .acting.stock import claim, unclaim
from .eyes import Eyes
from .goods import Location
from .lines import Line
from .making import pay
from .orders import Order
from .outcome import spread
from .payments import Refund
from .selling import Basket, Sold, lines_of
from .standing import owed
from .telling import tell_changes


class Desk(Eyes):
    """Acts on orders as a member of staff would; what changes is told by webhook."""

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
            none = worth = found.currencies.bag(0)
            for sku, quantity in lines:
                line = found.line(sku)
                if quantity > line.left:
                    raise ValueError(f"order {found.name} has {line.left} of {sku} left to refund")
                worth += line.worth(line.discounted, quantity)
                worth += none if found.taxes_included else line.worth(line.tax, quantity)
            amount = worth if amount_minor is None else found.currencies.bag_of_presentment(amount_minor)
            payouts = [Payout(each.gateway, part, each) for each, part in spread(found, amount, gateway)]
            if sum(each.amount.presentment for each in payouts) != amount.presentment:
                raise ValueError(f"order {found.name} has less left to pay back than {amount.presentment} minor units")
            for sku, quantity in lines:
                restocking = "RETURN" if place else "NO_RESTOCK"
                refund.lines.append(reverse_units(world, found.line(sku), quantity, restocking, place))
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

    def pay_owed(self, order: Order | str, gateway: str = "shopify_payments") -> Order:
        """The shopper pays what is owed, and what was held for it may go out."""
        with self.lock:
            found = self.order(order)
            due = owed(found)
            if due.presentment > 0:
                pay(self.world, found, gateway, due)
            for waiting in found.fulfilment_orders:
                if waiting.held == "AWAITING_PAYMENT":
                    waiting.status, waiting.held = "OPEN", None
            self.world.touch(found)
            tell_changes(self.world)
            return found

    def count_by_hand(
        self, sku: str, delta: int, location: Location | str | None = None, state: str = "available"
    ) -> int:
        """Somebody else corrects stock; answers what there is now."""
        with self.lock:
            level = self.world.level(self.variant(sku).item, self.location(location))
            self.world.move(level, state, delta)
            tell_changes(self.world)
            return level.quantity(state)
