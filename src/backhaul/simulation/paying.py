"""People who pay and restock in a shop's storefront: whoever moves the money there, and staff now and then by hand."""

from __future__ import annotations

import random
from collections import Counter
from contextlib import suppress
from typing import TYPE_CHECKING

from backhaul.simulation.erp.books import Refusal
from backhaul.simulation.truth import Goods, Refund, Trip

if TYPE_CHECKING:
    from backhaul.simulation.people import People


def pay_there(people: People, trip: Trip, refund: Refund, state: str) -> None:
    """Who moves the money moves it through the storefront: once, then its state changes."""
    front = people.shop.front
    assert front is not None
    paid = front.refunds.get(refund.id)
    if paid is not None:
        front.settle(paid, state)
        return
    lines = Counter(one.line for one in refund.units)
    minor = min(refund.minor, front.order(refund.order).paid_minor - front.refunded_minor(refund.order))
    refund.minor = minor
    try:
        front.refund(refund.order, "by the platform", trip.label, "platform", minor, lines, refund.id, state)
    except Refusal as no:
        trip.refunds.pop(refund.id, None)
        people.story.tell(f"{trip.label}: {refund.id} cannot be paid: {no}")


def plan_by_hand(people: People, trip: Trip) -> None:
    """Where we pay, somebody else does now and then, or restocks what the warehouse found sellable."""
    front = people.shop.front
    if front is None or trip.beyond_sold or trip.called_off or trip.declined:
        return
    dice = random.Random(f"{people.shop.name}:{trip.label}:by-hand")
    for order in trip.return_.orders():
        goods = trip.of(order)
        some = goods[: dice.randint(1, len(goods))]
        chance, at, further = dice.random(), dice.uniform(1, 110), dice.uniform(30, 140)
        if people.shop.we_pay and chance < 0.2:
            people.agenda.put(at, lambda order=order, some=some: by_hand(people, trip, order, some))  # type: ignore[misc]
        elif people.shop.we_pay and chance < 0.25:
            people.agenda.put(at, lambda order=order: _gesture(people, trip, order))  # type: ignore[misc]
        if dice.random() < 0.15:
            people.agenda.put(further, lambda order=order: _restock(people, trip, order))  # type: ignore[misc]


def by_hand(people: People, trip: Trip, order: str, goods: list[Goods]) -> None:
    """Somebody refunds units in the admin, as far as nobody did."""
    assert people.shop.front is not None
    paid = [one for refund in trip.refunds.values() if refund.state != "failed" for one in refund.units]
    goods = [one for one in goods if one not in paid]
    lines = Counter(one.line for one in goods)
    minor = sum(people.shop.gross_minor(order, one.line) for one in goods)
    with suppress(Refusal):  # they are paid for, or are being
        people.shop.front.refund(order, "by hand", trip.label, "staff", minor, lines)


def _gesture(people: People, trip: Trip, order: str) -> None:
    """Somebody gives a little back, for no goods in particular."""
    assert people.shop.front is not None
    with suppress(Refusal):
        people.shop.front.refund(order, "a gesture", trip.label, "staff", 250, Counter())


def _restock(people: People, trip: Trip, order: str) -> None:
    """Where the storefront owns its stock, somebody takes a unit back there before we do."""
    front = people.shop.front
    assert front is not None
    others = [one for one in people.shop.trips if one is not trip and order in one.return_.orders()]
    if people.shop.stock_owners != ("storefront",) or others:
        return
    for opened in front.returns.values():
        if opened.order != order or opened.state != "open":
            continue
        for line, count in opened.lines.items():
            mine = [one for one in trip.of(order) if one.line == line]
            good = all(one.received and one.word == "sellable" for one in mine)
            if mine and good and opened.taken[line] < count:
                front.take(opened.id, line, 1, "STO")
                return
