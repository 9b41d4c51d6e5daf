"""Shoppers, hubs, warehouses and finance on a bad day: what they do with one return, and what they say of it."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from backhaul.sandbox.happy_returns.model import NotPossible, State
from backhaul.sandbox.happy_returns.platform import AT_A_BAR, DROPOFF_METHODS, Wanted
from backhaul.simulation.agenda import Agenda
from backhaul.simulation.ending import plan_ending
from backhaul.simulation.exchanging import plan_exchange
from backhaul.simulation.mail import Mail
from backhaul.simulation.paying import pay_there, plan_by_hand
from backhaul.simulation.shop import CURRENCY, Shop
from backhaul.simulation.story import Story
from backhaul.simulation.truth import Goods, Refund, Trip

WORDS = ("sellable",) * 10 + (
    "damaged",
    "damaged",
    "dispose",
    "quarantine",
    "quarantine",
    "moth-eaten",
    "missing",
    "wrong-item",
)
STATES = (("succeeded",),) * 5 + (("pending", "succeeded"), ("failed", "succeeded"), ("failed",))
SITE = "MAIN"


@dataclass
class People:
    """Everybody around one shop. They know nothing of Backhaul but where to send their messages."""

    shop: Shop
    agenda: Agenda
    mail: Mail
    dice: random.Random
    story: Story

    def plan_returns(self, count: int, over: float) -> None:
        """So many returns over the coming days; a share of ``over`` returns what somebody else already did."""
        for _ in range(count):
            self.agenda.put(self.dice.uniform(0, 60), lambda: self._start(beyond_sold=self.dice.random() < over))

    def _start(self, *, beyond_sold: bool) -> None:
        orders = self.dice.sample(sorted(self.shop.books.sales), self.dice.choice((1, 1, 1, 2)))
        wanted = [self._want(order, beyond_sold) for order in orders]
        method = self.dice.choice(("return-bar",) * 4 + DROPOFF_METHODS)
        try:
            return_ = self.shop.platform.start(
                [one for one in wanted if one is not None], dropoff=method, beyond_sold=beyond_sold
            )
        except NotPossible as no:
            self.story.tell(f"{self.shop.name}: nobody can return that: {no}")
            return
        trip = Trip(return_, [Goods(item) for item in return_.items], beyond_sold=beyond_sold)
        self.shop.trips.append(trip)
        what = ", ".join(f"{one.sku} of {one.order}" for one in trip.goods)
        beyond = " beyond what was sold" if beyond_sold else ""
        self.story.tell(f"{self.shop.name}: {trip.label} begins{beyond}: {what}")
        if self.dice.random() < 0.12:
            self.agenda.put(self.dice.uniform(24, 400), lambda: self._expire(trip))
        elif not plan_ending(self, trip):
            self._plan(trip)
        plan_by_hand(self, trip)

    def _want(self, order: str, beyond_sold: bool) -> Wanted | None:
        lines = self.shop.platform.orders[order].lines
        line = self.dice.choice(lines)
        left = line.quantity if beyond_sold else self.shop.platform.refundable(self.shop.platform.orders[order], line)
        if left < 1:
            return None
        return Wanted(order, line.order_line_item_id, self.dice.randint(1, left), self.dice.choice(("", "too-small")))

    def _plan(self, trip: Trip) -> None:
        """Hand over, ship, pay, receive, inspect: mostly in this order, told in whichever."""
        trip.paid_when_here = self.shop.pays_when_here and trip.return_.dropoff_method not in AT_A_BAR
        at = self.dice.uniform(1, 50)
        some = trip.goods[: self.dice.randint(1, len(trip.goods))]
        self.agenda.put(at, lambda: self._hand_over(trip, some))
        if len(some) < len(trip.goods):
            self.agenda.put(at + self.dice.uniform(1, 90), lambda: self._hand_over(trip, trip.goods))
        for step, first, last in ((self._bag, 0.1, 10), (self._ship, 20, 80), (self._ship, 100, 120)):
            self.agenda.put(at + self.dice.uniform(first, last), self._bind(step, trip))
        for order in trip.return_.orders():
            swapped = plan_exchange(self, trip, order, at)
            self.plan_refund(trip, order, at, [one for one in trip.of(order) if one is not swapped])
            arrives = at + self.dice.uniform(10, 110)
            parts = self._parts(trip.of(order))
            for number in range(1, len(parts) + 1):
                known = [one for part in parts[:number] for one in part]
                self.agenda.put(arrives + 10 * number, self._bind(self._receive, trip, order, known))
                self.agenda.put(
                    arrives + 10 * number + self.dice.uniform(-3, 30), self._bind(self._inspect, trip, order, known)
                )

    def _bind(self, act: Callable[..., None], *arguments: Any) -> Callable[[], None]:
        return lambda: act(*arguments)

    def _parts(self, goods: Sequence[Goods]) -> list[Sequence[Goods]]:
        """Sometimes a return arrives in two boxes."""
        cut = self.dice.randint(1, len(goods))
        return [part for part in (goods[:cut], goods[cut:]) if part]

    # -- the shopper and the hub -------------------------------------------

    def _expire(self, trip: Trip) -> None:
        with suppress(NotPossible):  # somebody handed a unit in after all
            self.shop.platform.expire(trip.return_.return_id)
            self.story.tell(f"{trip.label} expires")

    def _hand_over(self, trip: Trip, goods: Sequence[Goods]) -> None:
        ids = [one.item.item_id for one in goods if one.item.state is State.STARTED]
        with suppress(NotPossible):  # all of it was handed over before
            self.shop.platform.drop_off(trip.return_.return_id, ids)
            self.story.tell(f"{trip.label}: {len(ids)} handed over")
            if trip.return_.dropoff_method not in AT_A_BAR and not trip.paid_when_here:
                self.agenda.put(self.dice.uniform(1, 60), lambda: self._approve(trip))

    def _approve(self, trip: Trip) -> None:
        with suppress(NotPossible):  # approved before
            self.shop.platform.approve(trip.return_.return_id)

    def _bag(self, trip: Trip) -> None:
        if self.dice.random() < 0.5:
            with suppress(NotPossible):  # nothing was handed over yet
                self.shop.platform.bag(trip.return_.return_id)

    def _ship(self, trip: Trip) -> None:
        with suppress(NotPossible):  # nothing waits at the hub
            self.shop.platform.ship([trip.return_.return_id])
            self.story.tell(f"{trip.label} leaves the hub")

    # -- finance -----------------------------------------------------------

    def plan_refund(self, trip: Trip, order: str, at: float, goods: list[Goods]) -> None:
        """What is paid back for units of an order, if anything is: in one refund or in two."""
        if not goods or self.dice.random() < 0.1 or trip.declined or trip.paid_when_here or self.shop.we_pay:
            return
        parts = self._parts(goods) if self.dice.random() < 0.3 else [goods]
        for number, part in enumerate(parts):
            worth = sum(self.shop.gross_minor(order, one.line) for one in part)
            gesture = self.dice.choice((0,) * 9 + (-150, 199))
            refund = Refund(f"re-{trip.label}-{order}-{number}", order, max(1, worth + gesture), "", tuple(part))
            trip.refunds[refund.id] = refund
            for step, state in enumerate(self.dice.choice(STATES)):
                hours = at + 2 + step * 20 + self.dice.uniform(0, 15)
                self.agenda.put(hours, self._bind(self.pay, trip, refund, state))

    def follow_payouts(self) -> None:
        """What the platform has paid for since the last look goes through the books, and finance tells of it."""
        for trip in self.shop.trips if not self.shop.we_pay else ():
            told = {one.item.item_id for refund in trip.refunds.values() for one in refund.units}
            for one in trip.goods:
                paid = one.item.payouts or (trip.paid_when_here and one.item.state is State.APPROVED)
                if paid and one.item.item_id not in told:
                    name, worth = f"re-{one.item.item_id}", self.shop.gross_minor(one.order, one.line)
                    refund = trip.refunds[name] = Refund(name, one.order, worth, "", (one,))
                    self.pay(trip, refund, "succeeded")

    def pay(self, trip: Trip, refund: Refund, state: str) -> None:
        if self.shop.pays_at_front:
            pay_there(self, trip, refund, state)
            return
        refund.state = state
        number = trip.number()
        named: dict[str, Any] = {}
        if self.dice.random() < 0.5 or len(trip.refunds) > len(trip.return_.orders()) or trip.exchanges:
            named["units"] = [{"item_ref": one.item.item_id, "sku": one.sku} for one in refund.units]
        fee = {"fee": {"minor": 0, "currency": CURRENCY}} if self.dice.random() < 0.5 else {}
        self.say(
            "money", trip, refund.order, kind="refund", message_id=f"m-{refund.id}-{number}", sequence=number,
            refund_id=refund.id, state=state, amount={"minor": refund.minor, "currency": CURRENCY}, **named, **fee,
        )  # fmt: skip
        self.story.tell(f"{trip.label}: refund {refund.id} of {refund.minor} {state}")

    # -- the warehouse -----------------------------------------------------

    def _receive(self, trip: Trip, order: str, goods: Sequence[Goods]) -> None:
        here = [one for one in goods if one.item.state is not State.EXPIRED]
        for one in here:
            one.said = one.said or self.dice.choice(WORDS)
            one.received = one.said != "missing"
        there = Counter((one.line, one.sku) for one in here if one.received)
        lines = [{"line_ref": line, "sku": sku, "received_total": count} for (line, sku), count in there.items()]
        if lines:
            self.say("warehouse", trip, order, kind="receipt", warehouse=SITE, lines=lines)
            self.story.tell(f"{trip.label}: {sum(there.values())} received of {order}")

    def _inspect(self, trip: Trip, order: str, goods: Sequence[Goods]) -> None:
        """Sometimes before the receipt is told: what was looked at is there."""
        self._receive_silently(goods)
        found = Counter((one.line, one.sku, one.said) for one in goods)
        lines = [
            {"line_ref": line, "sku": sku, "disposition": said, "inspected_total": count}
            for (line, sku, said), count in found.items()
        ]
        self.say("warehouse", trip, order, kind="inspection", warehouse=SITE, lines=lines)
        self.story.tell(f"{trip.label}: inspected of {order}: {', '.join(one.said for one in goods)}")

    def _receive_silently(self, goods: Iterable[Goods]) -> None:
        for one in goods:
            one.said = one.said or self.dice.choice(WORDS)
            one.received = one.said != "missing"

    # -- messages ----------------------------------------------------------

    def say(self, connection: str, trip: Trip, order: str, **what: Any) -> None:
        number = trip.number()
        body: dict[str, Any] = {
            "message_id": f"{trip.label}-{number}", "occurred_at": self.agenda.clock.now().isoformat(),
            "sequence": number, "order_number": order, **what,
        }  # fmt: skip
        if (name := self._name(trip, order)) is not None:
            body["return_ref"] = name
        self.mail.send(f"{self.shop.name}-{connection}", json.dumps(body).encode())

    def _name(self, trip: Trip, order: str) -> dict[str, str] | None:
        """One of the return's names; only the order where that says enough."""
        names = [("return", trip.return_.return_id), ("express", trip.label)]
        names += [("bag", item.bag) for item in trip.return_.items if item.bag][:1]
        alone = sum(order in other.return_.orders() for other in self.shop.trips) == 1
        if alone and self.dice.random() < 0.3:
            return None
        kind, value = self.dice.choice(names)
        return {"kind": kind, "value": value}
