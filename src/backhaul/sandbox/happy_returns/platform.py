"""The returns platform itself, without a network: what shoppers, bars and hubs can do, and what is told of it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from backhaul.sandbox.clock import Clock

from .model import Happening, Item, NotPossible, Return, Shipment, State
from .naming import Names
from .orders import Order, OrderLine, by_number
from .outbox import Outbox
from .payloads import DROPOFF_METHOD_CREATED, STATUS_UPDATED, label_update, outbound_rows

AT_A_BAR = frozenset({"return-bar", "in-store"})
DROPOFF_METHODS = ("return-bar", "in-store", "mail", "mail-nolabel", "mail-nobox-nolabel")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Units of one order line that a shopper wants to return: the line by its id or its SKU."""

    order_number: str
    line: str
    quantity: int = 1
    reason: str = ""


class Platform:
    """Every action changes the units and tells the outbox; what cannot be done raises NotPossible.

    `spelling` overrides the typeIDs sent, because only `started` is published. With `item_details` units show their
    item id and when they were approved, as an account may that tells more than is published.
    """

    def __init__(
        self,
        clock: Clock,
        names: Names,
        outbox: Outbox,
        *,
        retailer_id: str = "modern-retailer",
        spelling: Mapping[str, str] | None = None,
        item_details: bool = False,
    ) -> None:
        self.clock = clock
        self.outbox = outbox
        self.retailer_id = retailer_id
        self.orders: dict[str, Order] = {}
        self.returns: dict[str, Return] = {}
        self.shipments: dict[str, Shipment] = {}
        self._names = names
        self._spelling = dict(spelling or {})
        self._item_details = item_details
        self._taken: Counter[tuple[str, str]] = Counter()
        self._units = 0
        self._bags = 0

    def sell(self, orders: Iterable[Order]) -> None:
        """Add orders that shoppers may return; one with a known number replaces it."""
        self.orders.update(by_number(orders))

    def start(self, wanted: Iterable[Wanted], *, dropoff: str = "return-bar", beyond_sold: bool = False) -> Return:
        """A shopper starts a return; `beyond_sold` lets through more units than the order has left."""
        number = len(self.returns) + 1
        return_ = Return(
            self._names.return_id(number),
            self._names.express_code(number),
            self.retailer_id,
            self.clock.now(),
            dropoff,
            item_details=self._item_details,
        )
        for want in wanted:
            return_.items += self._items(want, return_.items, beyond_sold=beyond_sold)
        if not return_.items:
            raise NotPossible("a return needs at least one unit")
        self._taken.update(_line_of(item) for item in return_.items)
        self.returns[return_.return_id] = return_
        self._tell(return_, return_.items, DROPOFF_METHOD_CREATED, dropoff)
        self._tell(return_, return_.items, STATUS_UPDATED, State.STARTED)
        return return_

    def choose_dropoff(self, return_id: str, method: str) -> None:
        """The shopper chooses another way to hand the goods over."""
        return_ = self.find(return_id)
        return_.dropoff_method = method
        self._tell(return_, return_.items, DROPOFF_METHOD_CREATED, method)

    def drop_off(self, return_id: str, item_ids: Iterable[str] | None = None) -> list[Item]:
        """Units are scanned; at a bar they are approved for a refund in the same moment, by mail they are not."""
        return_ = self.find(return_id)
        items = self._pick(return_, item_ids, State.STARTED)
        self._move(return_, items, State.DROPPED_OFF)
        if return_.dropoff_method in AT_A_BAR:
            self._move(return_, items, State.APPROVED)
        return items

    def approve(self, return_id: str, item_ids: Iterable[str] | None = None) -> list[Item]:
        """Units are approved for a refund in the dashboard or on inspection, dropped off or not."""
        return_ = self.find(return_id)
        items = self._pick(return_, item_ids, State.STARTED, State.DROPPED_OFF)
        self._move(return_, items, State.APPROVED)
        return items

    def approve_by_api(self, return_id: str, decided: Iterable[tuple[str, bool, str]]) -> None:
        """Items, whether they are approved, and their condition. Each approval pays, also a second one: nothing
        published says that it does not. All are known or none is touched."""
        return_ = self.find(return_id)
        known = {item.item_id: item for item in return_.items}
        chosen = []
        for item_id, approved, condition in decided:
            item = known.get(item_id)
            if item is None or (approved and item.state is State.EXPIRED):
                raise NotPossible(f"return {return_.express_code} has no item {item_id} that is not expired")
            chosen.append((item, approved, condition))
        paid = []
        for item, approved, condition in chosen:
            item.condition = condition or item.condition
            if approved:
                item.payouts += 1
                paid.append(item)
        fresh = [item for item in paid if item.state is not State.APPROVED]
        if fresh:
            self._move(return_, fresh, State.APPROVED)

    def say(self, return_id: str, word: str, item_ids: Iterable[str] | None = None) -> None:
        """Tell of units by a word that is not published, as merchants have agreed some; nothing else comes of it."""
        return_ = self.find(return_id)
        self._tell(return_, self._pick(return_, item_ids, *State), STATUS_UPDATED, word)

    def expire(self, return_id: str) -> None:
        """Nobody handed anything over in time."""
        return_ = self.find(return_id)
        if any(item.state is not State.STARTED for item in return_.items):
            raise NotPossible(f"return {return_.express_code} has units in another final state")
        self._move(return_, return_.items, State.EXPIRED)
        self._taken.subtract(_line_of(item) for item in return_.items)

    def bag(self, return_id: str, item_ids: Iterable[str] | None = None) -> str:
        """Handed-over units go into a polybag; answers its barcode, which is the label id."""
        return_ = self.find(return_id)
        items = [
            item
            for item in self._pick(return_, item_ids, State.DROPPED_OFF, State.APPROVED)
            if not item.bag and not item.shipment_id
        ]
        if not items:
            raise NotPossible(f"return {return_.express_code} has nothing to bag")
        self._bags += 1
        barcode = self._names.bag(self._bags)
        for item in items:
            item.bag = barcode
        self.outbox.put("return.label.update", label_update(return_, barcode))
        return barcode

    def ship(self, return_ids: Iterable[str] | None = None) -> Shipment:
        """The hub sends everything handed over (of these returns, or of all) to the merchant's warehouse."""
        chosen = list(self.returns.values()) if return_ids is None else [self.find(each) for each in return_ids]
        rows = [
            (return_, item)
            for return_ in chosen
            for item in return_.items
            if item.state in (State.DROPPED_OFF, State.APPROVED) and not item.shipment_id
        ]
        if not rows:
            raise NotPossible("nothing at the hub waits for a shipment")
        shipment_id = self._names.shipment_id(len(self.shipments) + 1)
        shipment = Shipment(shipment_id, f"1Z999AA1{shipment_id:0>10}", self.clock.now(), rows)
        for _, item in rows:
            item.shipment_id = shipment_id
        self.shipments[shipment_id] = shipment
        self.outbox.put("outbound_shipment.asn", outbound_rows(shipment))
        return shipment

    def find(self, return_id: str) -> Return:
        """A return by its id or its express code."""
        if found := self.returns.get(return_id):
            return found
        for return_ in self.returns.values():
            if return_.express_code == return_id:
                return return_
        raise NotPossible(f"there is no return {return_id}")

    def refundable(self, order: Order, line: OrderLine) -> int:
        """Units of a line that no return has taken yet; those of an expired return count again."""
        return line.quantity - self._taken[order.order_number, line.order_line_item_id]

    def _items(self, want: Wanted, already: list[Item], *, beyond_sold: bool) -> list[Item]:
        order = self.orders.get(want.order_number)
        if order is None:
            raise NotPossible(f"there is no order {want.order_number}")
        line = next((each for each in order.lines if want.line in (each.order_line_item_id, each.sku)), None)
        if line is None:
            raise NotPossible(f"order {want.order_number} has no line {want.line}")
        taken = sum(_line_of(item) == (order.order_number, line.order_line_item_id) for item in already)
        left = self.refundable(order, line)
        if want.quantity > left - taken and not beyond_sold:
            raise NotPossible(f"order {want.order_number} has {left - taken} of {line.sku} left to return")
        total = max(left, want.quantity + taken)
        return [self._unit(order, line, taken + place, total, want.reason) for place in range(want.quantity)]

    def _unit(self, order: Order, line: OrderLine, offset: int, refundable: int, reason: str) -> Item:
        self._units += 1
        # One line id stands for several units, so the platform tells them apart by place and refundable quantity.
        several = line.quantity > 1 or refundable > 1
        suffix = f"-{offset}-{refundable}" if several else ""
        return Item(self._names.item_id(self._units), order, line, line.order_line_item_id + suffix, reason)

    def _pick(self, return_: Return, item_ids: Iterable[str] | None, *states: State) -> list[Item]:
        wanted = None if item_ids is None else set(item_ids)
        items = [item for item in return_.items if item.state in states and (wanted is None or item.item_id in wanted)]
        if not items:
            raise NotPossible(f"return {return_.express_code} has no such unit that is {' or '.join(states)}")
        return items

    def _move(self, return_: Return, items: list[Item], state: State) -> None:
        for item in items:
            item.state = state
            if state is State.APPROVED:
                item.approved_at = self.clock.now()
        self._tell(return_, items, STATUS_UPDATED, state)

    def _tell(self, return_: Return, items: list[Item], kind: str, type_id: str) -> None:
        spelled = self._spelling.get(type_id, str(type_id))
        self.outbox.tell(Happening(kind, spelled, return_, tuple(items), self.clock.now()))


def _line_of(item: Item) -> tuple[str, str]:
    return item.order.order_number, item.line.order_line_item_id
