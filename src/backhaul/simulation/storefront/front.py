"""The simulated storefront's own books: orders, returns, refunds, exchange orders, stock, marks.

Strict about amounts, counts and states; blind to repetition, but for keys of stock changes, which it keeps for a day.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from backhaul.simulation.erp.books import Refusal
from backhaul.simulation.storefront.things import LIVE, Opened, Paid, Raised, Record, SoldLine, SoldOrder, Swap

_KEYS_KEPT = timedelta(hours=24)


@dataclass(slots=True)
class Front:
    """Everything the storefront knows. ``lag``: how long what is new stays out of searches.

    ``fate`` says of a new refund what becomes of it; ``watch`` sees each refund, raise and exchange order when it is
    made, ``wrong`` hears of what nobody may do.
    """

    now: Callable[[], datetime]
    wrong: Callable[[str], None]
    lag: timedelta = timedelta()
    orders: dict[str, SoldOrder] = field(default_factory=dict)
    returns: dict[str, Opened] = field(default_factory=dict)
    refunds: dict[str, Paid] = field(default_factory=dict)
    swaps: dict[str, Swap] = field(default_factory=dict)
    levels: Counter[str] = field(default_factory=Counter)
    raised: list[Raised] = field(default_factory=list)
    changes: dict[str, datetime] = field(default_factory=dict)
    fate: Callable[[Paid], None] = lambda _paid: None
    watch: Callable[[Paid | Raised | Swap], None] = lambda _thing: None
    told: Callable[[Paid], None] = lambda _paid: None

    def order(self, number: str) -> SoldOrder:
        if number not in self.orders:
            raise Refusal(404, f"there is no order {number}")
        return self.orders[number]

    # -- returns -----------------------------------------------------------

    def open_return(self, number: str, note: str) -> Opened:
        """A new return of nothing yet."""
        self.order(number)
        opened = Opened(f"R{len(self.returns) + 1:03}", note, number, self.now())
        self.returns[opened.id] = opened
        return opened

    def add(self, id_: str, line: str, quantity: int) -> Opened:
        """Units of a line come back on it. No unit is in two returns."""
        opened = self._return(id_, "requested")
        sold = self._line(opened.order, line)
        there = sum(one.lines[line] for one in self.returns.values() if one.order == opened.order and one.state in LIVE)
        if there + quantity > sold.quantity:
            raise Refusal(422, f"{there} of {sold.quantity} {sold.sku} come back already, {quantity} more cannot")
        opened.lines[line] += quantity
        return opened

    def step(self, id_: str, state: str) -> Opened:
        """Begin it, close it, or withdraw it; nothing that is here is withdrawn."""
        opened = self._return(id_, *({"open": ("requested",)}.get(state, ("requested", "open"))))
        if state == "open" and not opened.lines:
            raise Refusal(422, f"{id_} is a return of nothing")
        if state == "cancelled" and opened.taken.total():
            raise Refusal(409, f"{opened.taken.total()} units of {id_} are here")
        opened.state = state
        return opened

    def take(self, id_: str, line: str, quantity: int, location: str) -> Opened:
        """Units of it are looked at; raised in sellable stock where ``location`` is none of "" ."""
        opened = self._return(id_, "open")
        if opened.taken[line] + quantity > opened.lines[line]:
            raise Refusal(422, f"{opened.taken[line]} of {opened.lines[line]} of {line} in {id_} are taken back")
        opened.taken[line] += quantity
        if location:
            opened.restocked[line] += quantity
            self._raise(Raised(self._line(opened.order, line).sku, location, quantity, id_))
        return opened

    # -- money -------------------------------------------------------------

    def refund(
        self, number: str, note: str, label: str, by: str, minor: int, lines: Counter[str], id_: str = "",
        state: str = "succeeded",
    ) -> Paid:  # fmt: skip
        """Pay back; no unit twice and no more than was paid for the order."""
        order = self.order(number)
        back = self.refunded(number)
        for line, quantity in lines.items():
            sold = self._line(number, line)
            if back[line] + quantity > sold.quantity:
                raise Refusal(422, f"{back[line]} of {sold.quantity} {sold.sku} of {number} are refunded already")
        left = order.paid_minor - self.refunded_minor(number)
        if not 0 < minor <= left:
            raise Refusal(422, f"{left} is left of order {number}, {minor} cannot be refunded")
        id_ = id_ or f"F{len(self.refunds) + 1:03}"
        paid = Paid(id_, note, number, label, by, minor, lines, state, self.now())
        self.refunds[paid.id] = paid
        self.fate(paid)
        self.watch(paid)
        self.told(paid)
        return paid

    def settle(self, paid: Paid, state: str) -> None:
        """What became of the money."""
        paid.state, paid.changed_at, paid.settles_at = state, self.now(), None
        paid.sequence += 1
        self.watch(paid)
        self.told(paid)

    def settle_due(self) -> None:
        """Time has passed: what was pending is settled, what was placed is sent."""
        for paid in self.refunds.values():
            if paid.settles_at is not None and paid.settles_at <= self.now():
                self.settle(paid, paid.then)
        for swap in self.swaps.values():
            if swap.ships_at is not None and swap.ships_at <= self.now() and swap.state == "placed":
                swap.state = "shipped"

    @property
    def pending(self) -> bool:
        """Whether time alone will change something yet."""
        return any(paid.settles_at is not None for paid in self.refunds.values())

    def refunded(self, number: str) -> Counter[str]:
        """Units of each line that are paid back or may still be."""
        mine = [one for one in self.refunds.values() if one.order == number and one.state != "failed"]
        return sum((one.lines for one in mine), Counter[str]())

    def refunded_minor(self, number: str) -> int:
        return sum(one.minor for one in self.refunds.values() if one.order == number and one.state != "failed")

    # -- exchanges, stock, marks -------------------------------------------

    def swap(self, number: str, note: str, exchange: str, sku: str, quantity: int) -> Swap:
        """A draft for a replacement."""
        self.order(number)
        made = Swap(f"X{len(self.swaps) + 1:03}", note, number, exchange, sku, quantity, self.now())
        self.swaps[made.id] = made
        return made

    def advance(self, id_: str, state: str) -> Swap:
        """``claimed`` takes its stock, ``placed`` makes it count, ``cancelled`` gives the stock back."""
        if id_ not in self.swaps:
            raise Refusal(404, f"there is no exchange order {id_}")
        made = self.swaps[id_]
        before = {"claimed": ("draft",), "placed": ("claimed",), "cancelled": ("draft", "claimed", "placed")}
        if made.state not in before.get(state, ("placed",)):
            raise Refusal(409, f"{id_} is {made.state} and cannot become {state}")
        if state == "claimed":
            if self.levels[made.sku] < made.quantity:
                raise Refusal(422, f"there are {self.levels[made.sku]} of {made.sku}")
            self.levels[made.sku] -= made.quantity
        elif state == "cancelled" and made.state != "draft":
            self.levels[made.sku] += made.quantity
        made.state = state
        self.watch(made)
        return made

    def change(self, key: str, deltas: list[Record]) -> Record:
        """Raise sellable stock by deltas; the same key within a day does the same once only."""
        made_at = self.changes.get(key)
        if made_at is None or self.now() - made_at > _KEYS_KEPT:
            self.changes[key] = self.now()
            for one in deltas:
                self._raise(Raised(one["sku"], one["location"], one["delta"], key))
        return {"id": f"CHANGE-{key}"}

    def mark(self, number: str, name: str, statement: Record) -> Record:
        """What the order shows of a return; an older statement must not take the place of a newer one."""
        order = self.order(number)
        before = order.marks.get(name)
        if before is not None and before["sequence"] >= statement["sequence"] and before != statement:
            self.wrong(f"order {number} shows {statement} now, and showed the newer {before}")
        order.marks[name] = statement
        return statement

    # -- what people of the shop do ----------------------------------------

    def restock_by_hand(self, opened: Opened, line: str, location: str) -> None:
        """Somebody takes a unit back in the admin, into sellable stock."""
        self.take(opened.id, line, 1, location)

    def visible(self, made_at: datetime) -> bool:
        """Whether a search finds what was made then."""
        return made_at <= self.now() - self.lag

    def _raise(self, raised: Raised) -> None:
        self.levels[raised.sku] += raised.count
        self.raised.append(raised)
        self.watch(raised)

    def _line(self, number: str, line: str) -> SoldLine:
        lines = self.order(number).lines
        if line not in lines:
            raise Refusal(422, f"order {number} has no line {line}")
        return lines[line]

    def _return(self, id_: str, *states: str) -> Opened:
        if id_ not in self.returns:
            raise Refusal(404, f"there is no return {id_}")
        opened = self.returns[id_]
        if opened.state not in states:
            raise Refusal(409, f"{id_} is {opened.state}")
        return opened
