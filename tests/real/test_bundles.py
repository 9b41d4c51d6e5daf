"""Bundles on a real Tryton, through the whole of Backhaul: what of a set is sent back, and what is paid for it."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from backhaul.sandbox.happy_returns import Order, OrderLine
from tests.support.back_office import BackOffice
from tests.support.clerk import Till
from tests.support.house import House
from tests.support.steps import at_rest, drop_off, exceptions, inspect, receive, start

pytestmark = pytest.mark.real

Build = Callable[..., House]


def two_sets(till: Till, house: House) -> str:
    """An order of two sets, which the storefront shows to its shoppers as one set and what is in the other."""
    order = till.order(SET=2)
    shown = (("SET", 1), ("SHIRT-M", 1), ("SOCK", 2))
    lines = tuple(OrderLine(f"{order}-{sku}-shown", sku, count) for sku, count in shown)
    house.stand_in.act(lambda p: p.sell([Order(order, order, f"{order.lower()}@example.com", lines)]))
    return order


def come_back(house: House, order: str, amount_minor: int, **units: int) -> None:
    drop_off(house, start(house, order, **units))
    house.refund(order, amount_minor)
    receive(house, order, **units)
    for sku, count in units.items():
        inspect(house, order, sku.replace("_", "-"), {"sellable": count})
    house.flush()


def test_the_platform_pays_for_the_whole_set_and_one_pair_of_socks_comes_back(
    build: Build, office: BackOffice, till: Till
) -> None:
    house = build()
    order = two_sets(till, house)
    before = office.stock("SOCK"), office.stock("SHIRT-M")
    come_back(house, order, 2916, SOCK=1)
    (note,) = office.credit_notes(order)
    assert (note.state, note.total, note.paid) == ("paid", Decimal("-29.16"), Decimal("29.16"))
    assert note.line("SOCK").amount == Decimal("-4.50")
    assert note.line("Refund difference").amount == Decimal("-24.30")
    assert office.moved("SOCK", before[0]) == {"CUS": -1, "STO": 1}
    assert office.moved("SHIRT-M", before[1]) == {}
    assert list(exceptions(house).values()) == [("amount-differs", '[{"minor": 2430, "currency": "USD"}]')]


def test_a_set_and_one_of_its_components_in_one_return_are_each_credited_and_restocked_as_what_they_are(
    build: Build, office: BackOffice, till: Till
) -> None:
    house = build()
    order = two_sets(till, house)
    before = office.stock("SOCK"), office.stock("SHIRT-M")
    come_back(house, order, 2916 + 486, SET=1, SOCK=1)
    (note,) = office.credit_notes(order)
    assert note.total == Decimal("-34.02")
    assert (note.line("SET").amount, note.line("SOCK").amount) == (Decimal("-27.00"), Decimal("-4.50"))
    assert office.moved("SOCK", before[0]) == {"CUS": -3, "STO": 3}
    assert office.moved("SHIRT-M", before[1]) == {"CUS": -1, "STO": 1}
    assert at_rest(house, order)
