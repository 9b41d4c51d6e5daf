"""A line of several units with a discount comes back in parts and in several returns, on a real Tryton."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from backhaul.flows.decide_fate import decide_fate
from backhaul.flows.resolve import decide_disposition
from tests.support.back_office import BackOffice
from tests.support.clerk import Till
from tests.support.house import House
from tests.support.steps import at_rest, drop_off, start

pytestmark = pytest.mark.real

Build = Callable[..., House]


def count(house: House, order: str, return_id: str, kind: str, *lines: dict[str, Any]) -> None:
    """The warehouse counts, naming the return."""
    house.warehouse(kind, order, list(lines), return_ref={"kind": "return", "value": return_id})


def ours(house: House, order: str, label: str) -> str:
    """The id of that return of the order."""
    (found,) = [one["id"] for one in house.returns() if order in one["orders"] and one["label"] == label]
    return str(found)


def test_three_of_a_line_come_back_in_parts_and_in_two_returns(build: Build, office: BackOffice, till: Till) -> None:
    order, house = till.order(SHIRT_M=3, off=10), build()
    before = office.stock("SHIRT-M")
    first = start(house, order, SHIRT_M=2)
    drop_off(house, first)
    house.refund(order, 2 * 1944, return_ref={"kind": "return", "value": first})
    count(house, order, first, "receipt", {"sku": "SHIRT-M", "received_total": 1})
    count(house, order, first, "inspection", {"sku": "SHIRT-M", "disposition": "sellable", "inspected_total": 1})
    house.flush()
    assert office.moved("SHIRT-M", before) == {"CUS": -1, "STO": 1}
    second = start(house, order, SHIRT_M=1)
    drop_off(house, second)
    house.refund(order, 1944, return_ref={"kind": "return", "value": second})
    count(house, order, first, "receipt", {"sku": "SHIRT-M", "received_total": 2})
    count(house, order, second, "receipt", {"sku": "SHIRT-M", "received_total": 1})
    count(house, order, second, "inspection", {"sku": "SHIRT-M", "disposition": "sellable", "inspected_total": 1})
    count(house, order, first, "inspection", {"sku": "SHIRT-M", "disposition": "damaged", "inspected_total": 1})
    house.flush()
    notes = {note.label: (note.total, note.state) for note in office.credit_notes(order)}
    assert notes == {first: (Decimal("-38.88"), "paid"), second: (Decimal("-19.44"), "paid")}
    assert office.moved("SHIRT-M", before) == {"CUS": -3, "DAMAGED": 1, "STO": 2}
    shipments = {sale.label: sorted(one.state for one in sale.shipments) for sale in office.return_sales(order)}
    assert shipments == {first: ["done", "done"], second: ["done"]}
    assert at_rest(house, order)


def test_a_count_that_goes_down_is_settled_by_a_person(build: Build, office: BackOffice, till: Till) -> None:
    order, house = till.order(BELT_90=2), build()
    back = start(house, order, BELT_90=2)
    drop_off(house, back)
    house.refund(order, 2 * 1620)
    count(house, order, back, "receipt", {"sku": "BELT-90", "received_total": 2})
    count(house, order, back, "receipt", {"sku": "BELT-90", "received_total": 1})
    count(house, order, back, "inspection", {"sku": "BELT-90", "disposition": "sellable", "inspected_total": 1})
    house.flush()
    assert [kind for kind, _ in house.open_exceptions()] == ["quantity-went-down"]
    name = ours(house, order, back)
    other = f"{order}-{order}-BELT-90-1"
    decide_disposition(house.deployment, house.merchant_id, name, other, "missing", "wanda", "counted again")
    assert [kind for kind, _ in house.open_exceptions()] == ["missing-item"]
    decide_fate(house.deployment, house.merchant_id, name, other, "lost", "wanda", "nowhere to be found")
    house.work()
    house.flush()
    assert house.balances()["written-off", "BELT-90"] == 1
    assert at_rest(house, order)
