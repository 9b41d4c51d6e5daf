"""Returns that end without goods, or with fewer than announced, on a real Tryton."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal

import pytest

from backhaul.flows.decide_fate import decide_fate
from backhaul.sandbox.happy_returns.payloads import asn_item
from tests.support.back_office import BackOffice
from tests.support.clerk import Till
from tests.support.house import House
from tests.support.steps import at_rest, drop_off, inspect, receive, start

pytestmark = pytest.mark.real

Build = Callable[..., House]
WORDS = {"happy_returns": {"meanings": {"keep_it": "returnless", "called_off": "cancelled"}}}


def decide(house: House, order: str, sku: str, fate: str, claim: str = "") -> None:
    (ours,) = [one["id"] for one in house.returns() if order in one["orders"]]
    unit = f"{order}-{order}-{sku}-0"
    decide_fate(house.deployment, house.merchant_id, ours, unit, fate, "wanda", "looked everywhere", claim)
    house.work()


def say(house: House, order: str, word: str) -> None:
    """The platform says something of a return in a word of its own."""
    return_ = next(one for one in house.stand_in.platform.returns.values() if order in one.orders())
    body = {
        "event": "return_status_updated", "typeID": word, "retailerID": return_.retailer_id, "otherEvents": [],
        "items": [asn_item(return_, item) for item in return_.items],
    }  # fmt: skip
    house.post("happy-returns", json.dumps(body).encode())
    house.work()


def test_what_the_shopper_keeps_is_credited_and_its_authorisation_done_without_goods(
    build: Build, office: BackOffice, till: Till
) -> None:
    order, house = till.order(BELT_90=2), build(**WORDS)
    before = office.stock("BELT-90")
    start(house, order, BELT_90=1)
    say(house, order, "keep_it")
    house.refund(order, 1620)
    (note,) = office.credit_notes(order)
    assert (note.state, note.total) == ("paid", Decimal("-16.20"))
    (sale,) = office.return_sales(order)
    assert (sale.state, [one.state for one in sale.shipments]) == ("done", ["cancelled"])
    assert office.moved("BELT-90", before) == {}
    assert at_rest(house, order)


def test_a_cancelled_return_is_withdrawn_and_the_unit_comes_back_in_another_one(
    build: Build, office: BackOffice, till: Till
) -> None:
    order, house = till.order(MUG=1, SOCK=1), build(**WORDS)
    start(house, order, MUG=1)
    say(house, order, "called_off")
    (sale,) = office.return_sales(order)
    assert (sale.state, [one.state for one in sale.shipments]) == ("done", ["cancelled"])
    assert at_rest(house, order)


def test_of_two_units_one_never_arrives_and_is_claimed(build: Build, office: BackOffice, till: Till) -> None:
    order, house = till.order(BELT_90=2, SHIRT_M=1), build()
    return_id = start(house, order, BELT_90=1, SHIRT_M=1)
    drop_off(house, return_id)
    house.refund(order, 1620 + 2160)
    receive(house, order, SHIRT_M=1)
    inspect(house, order, "SHIRT-M", {"sellable": 1})
    house.flush()
    (sale,) = office.return_sales(order)
    assert sale.state == "processing"
    decide(house, order, "BELT-90", "claimed", "C-77")
    (sale,) = office.return_sales(order)
    assert sale.state == "done"
    assert sorted(one.state for one in sale.shipments) == ["cancelled", "done"]
    assert house.balances()["claimed", "BELT-90"] == 1
    assert at_rest(house, order)


def test_a_missing_unit_that_was_not_paid_was_not_returned(build: Build, office: BackOffice, till: Till) -> None:
    order, house = till.order(BELT_90=2, SHIRT_M=1), build()
    return_id = start(house, order, BELT_90=1, SHIRT_M=1)
    drop_off(house, return_id)
    house.refund(order, 2160, units=[{"sku": "SHIRT-M"}])
    receive(house, order, SHIRT_M=1)
    inspect(house, order, "SHIRT-M", {"sellable": 1})
    inspect(house, order, "BELT-90", {"missing": 1})
    house.flush()
    assert [kind for kind, _ in house.open_exceptions()] == ["missing-item"]
    decide(house, order, "BELT-90", "not-returned")
    (sale,) = office.return_sales(order)
    assert sale.state == "done"
    assert at_rest(house, order)
