"""What goes wrong at inspection, on a real Tryton: another item, damage after the refund, units on top."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from backhaul.flows.resolve import correct, decide_disposition, waive
from backhaul.store.sql import rows
from tests.support.back_office import BackOffice
from tests.support.clerk import Till
from tests.support.house import House
from tests.support.steps import at_rest, drop_off, exceptions, inspect, receive, start

pytestmark = pytest.mark.real

Build = Callable[..., House]
SHIRT_MINOR = 2160


def came_back(house: House, order: str) -> None:
    """One shirt, refunded by finance as R1 and counted by the warehouse."""
    drop_off(house, start(house, order, SHIRT_M=1))
    house.refund(order, SHIRT_MINOR, refund_id="R1", sequence=1)
    receive(house, order, SHIRT_M=1)


def test_another_item_than_was_sold_waits_in_inspection_until_a_person_decides(
    build: Build, office: BackOffice, till: Till
) -> None:
    order, house = till.order(SHIRT_M=1), build()
    before = office.stock("SHIRT-M")
    came_back(house, order)
    line = {"sku": "SHIRT-M", "disposition": "wrong-item", "inspected_total": 1, "found_sku": "MUG"}
    house.warehouse("inspection", order, [line])
    house.flush()
    assert office.moved("SHIRT-M", before) == {"CUS": -1, "INSP": 1}
    ((kind, value),) = exceptions(house).values()
    assert (kind, "2960" in value) == ("wrong-item", True), "what was paid, and the cost of the shirt that nobody has"
    ((return_id, unit),) = rows("SELECT return_id, about FROM exceptions WHERE closed_at IS NULL")
    decide_disposition(house.deployment, house.merchant_id, return_id, unit, "dispose", "carla", "no answer")
    house.work()
    assert office.moved("SHIRT-M", before) == {"CUS": -1, "SCRAP": 1}
    assert at_rest(house, order)


def test_of_what_came_back_damaged_half_is_claimed_back_and_the_credit_note_follows(
    build: Build, office: BackOffice, till: Till
) -> None:
    order, house = till.order(SHIRT_M=1), build({"damage_asked_over": {"USD": 1000}})
    came_back(house, order)
    inspect(house, order, "SHIRT-M", {"damaged": 1})
    assert [kind for kind, _ in house.open_exceptions()] == ["damaged-after-refund"]
    (ours,) = house.returns()
    house.refund(order, SHIRT_MINOR // 2, refund_id="R1", sequence=2)
    correct(house.deployment, house.merchant_id, ours["id"], "R1", "fiona", "the shopper bears half of it")
    house.work()
    for key, (kind, _) in exceptions(house).items():
        if kind == "damaged-after-refund":
            waive(house.deployment, house.merchant_id, key, "carla", "half is borne by us")
    house.work()
    notes = office.credit_notes(order)
    assert sorted(note.total for note in notes) == [Decimal("-21.60"), Decimal("10.80")]
    assert all(note.state == "paid" for note in notes)
    assert not [held for (account, _), held in house.balances().items() if account.startswith("clearing")]


def test_more_than_was_returned_is_an_exception_and_moves_nothing(build: Build, office: BackOffice, till: Till) -> None:
    order, house = till.order(SHIRT_M=1), build()
    before = office.stock("SHIRT-M")
    came_back(house, order)
    receive(house, order, SHIRT_M=2)
    inspect(house, order, "SHIRT-M", {"sellable": 2})
    house.flush()
    assert [kind for kind, _ in house.open_exceptions()] == ["received-more-than-returned"]
    assert office.moved("SHIRT-M", before) == {"CUS": -1, "STO": 1}
    receive(house, order, SHIRT_M=1)
    inspect(house, order, "SHIRT-M", {"sellable": 1})
    assert at_rest(house, order)
