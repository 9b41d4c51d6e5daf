"""Shoppers who want another one instead of money: even, for less, for more, or the money after all."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from backhaul.simulation.shop import CURRENCY
from backhaul.simulation.truth import Exchange, Goods, Refund, Trip

if TYPE_CHECKING:
    from backhaul.simulation.people import People

_SHARE = 0.3


def plan_exchange(people: People, trip: Trip, order: str, at: float) -> Goods | None:
    """The unit of that order that is exchanged, where one is. Chance has its own dice, so that the rest of a day does
    not change by it."""
    dice = random.Random(f"{people.shop.name}:{trip.label}:{order}:exchange")
    goods = trip.of(order)
    if trip.beyond_sold or trip.declined or trip.paid_when_here or dice.random() > _SHARE:
        return None
    unit = dice.choice(goods)
    worth = people.shop.gross_minor(order, unit.line)
    minor = dice.choice((None, None, max(worth // 2, 1), worth + 500))
    exchange = Exchange(f"ex-{trip.label}-{order}", order, unit, minor)
    trip.exchanges[exchange.id] = exchange
    people.agenda.put(at + dice.uniform(-0.9, 0.9), lambda: _state(people, trip, exchange))
    if dice.random() < 0.3:
        people.agenda.put(at + dice.uniform(5, 60), lambda: _call_off(people, trip, exchange))
        _plan_money(people, trip, exchange, worth, at + dice.uniform(20, 90))
    elif minor is not None and minor < worth:
        _plan_money(people, trip, exchange, worth - minor, at + dice.uniform(2, 40))
    elif minor is not None and dice.random() < 0.7:
        people.agenda.put(at + dice.uniform(2, 40), lambda: _charge(people, trip, exchange, minor - worth))
    return unit


def _plan_money(people: People, trip: Trip, exchange: Exchange, minor: int, at: float) -> None:
    if people.shop.we_pay:
        return
    refund = Refund(f"re-{exchange.id}", exchange.order, minor, "", (exchange.unit,))
    trip.refunds[refund.id] = refund
    people.agenda.put(at, lambda: people.pay(trip, refund, "succeeded"))


def _state(people: People, trip: Trip, exchange: Exchange) -> None:
    worth = {} if exchange.minor is None else {"value": {"minor": exchange.minor, "currency": CURRENCY}}
    off = {"state": "cancelled"} if exchange.off else {}
    people.say(
        "money", trip, exchange.order, kind="exchange", exchange_id=exchange.id, replacement_sku="REPLACEMENT",
        unit={"item_ref": exchange.unit.item.item_id, "sku": exchange.unit.sku}, **worth, **off,
    )  # fmt: skip
    people.story.tell(f"{trip.label}: exchange {exchange.id} of {exchange.minor}{' is off' if exchange.off else ''}")


def _call_off(people: People, trip: Trip, exchange: Exchange) -> None:
    exchange.off = True
    _state(people, trip, exchange)


def _charge(people: People, trip: Trip, exchange: Exchange, minor: int) -> None:
    people.say(
        "money", trip, exchange.order, kind="charge", charge_id=f"ch-{exchange.id}", exchange_id=exchange.id,
        amount={"minor": minor, "currency": CURRENCY},
    )  # fmt: skip
    people.story.tell(f"{trip.label}: {minor} charged for {exchange.id}")
