"""Scenario 6: a sold unit comes back once. What comes back beyond it is a person's to sort out, never credited."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import connection

from backhaul.flows.interpret import interpret
from backhaul.flows.sweep import sweep
from backhaul.sandbox.happy_returns import Wanted
from backhaul.store.sql import rows
from tests.support.back_office import BackOffice
from tests.support.clerk import Till
from tests.support.house import House
from tests.support.steps import at_rest, drop_off, exceptions, start, start_too_many

pytestmark = pytest.mark.real

Build = Callable[..., House]


def refund(house: House, order: str, return_id: str, minor: int) -> None:
    """Finance refunds one return of several of the order."""
    house.refund(order, minor, return_ref={"kind": "return", "value": return_id})


def over_returns(house: House) -> list[list[dict[str, object]]]:
    """The values at risk of the over-returns that are open."""
    return [json.loads(value) for kind, value in exceptions(house).values() if kind == "over-return"]


def test_the_second_return_of_one_unit_is_an_exception_with_its_value(
    build: Build, office: BackOffice, till: Till
) -> None:
    order, house = till.order(SHIRT_M=1, off=10), build()
    before = office.stock("SHIRT-M")
    first = start(house, order, SHIRT_M=1)
    second = start_too_many(house, order, SHIRT_M=1)
    assert [sale.label for sale in office.return_sales(order)] == [first]
    assert over_returns(house) == [[]]
    drop_off(house, second)
    # Nothing is paid yet: what is at stake is the shirt on its way, at its cost of 8.00.
    assert over_returns(house) == [[{"minor": 800, "currency": "USD"}]]

    drop_off(house, first)
    for return_id in (second, first):
        refund(house, order, return_id, 1944)
    (note,) = office.credit_notes(order)
    assert (note.label, note.total) == (first, Decimal("-19.44"))
    # The second refund of 18.00 and 1.44 tax went out and is credited nowhere.
    assert over_returns(house) == [[{"minor": 800 + 1944, "currency": "USD"}]]
    assert len(office.return_sales(order)) == 1
    assert office.moved("SHIRT-M", before) == {}
    house.decide_again()
    house.work()
    assert office.credit_notes(order) == [note]


def test_of_two_returns_of_two_units_each_the_one_too_many_waits_and_the_rest_goes_on(
    build: Build, office: BackOffice, till: Till
) -> None:
    order, house = till.order(BELT_90=3, off=10), build()
    first = start(house, order, BELT_90=2)
    second = start_too_many(house, order, BELT_90=2)
    assert {sale.label: sale.units for sale in office.return_sales(order)} == {
        first: {"BELT-90": 2}, second: {"BELT-90": 1},
    }  # fmt: skip
    assert len(over_returns(house)) == 1
    for return_id in (first, second):
        drop_off(house, return_id)
    refund(house, order, first, 2916)
    refund(house, order, second, 1458)
    assert [note.total for note in office.credit_notes(order)] == [Decimal("-29.16"), Decimal("-14.58")]
    refund(house, order, second, 1458)
    assert len(office.credit_notes(order)) == 2
    assert sum(note.total for note in office.credit_notes(order)) == Decimal("-43.74")


def test_an_expired_return_gives_its_unit_to_the_one_that_waits(build: Build, office: BackOffice, till: Till) -> None:
    order, house = till.order(SHIRT_M=1, off=10), build()
    before = office.stock("SHIRT-M")
    first = start(house, order, SHIRT_M=1)
    second = start_too_many(house, order, SHIRT_M=1)
    assert len(over_returns(house)) == 1
    house.stand_in.act(lambda p: p.expire(first))
    house.listen()
    sweep(house.deployment)
    house.work()
    assert over_returns(house) == []
    withdrawn, opened = office.return_sales(order)
    assert (withdrawn.label, withdrawn.state) == (first, "done")
    assert [shipment.state for shipment in withdrawn.shipments] == ["cancelled"]
    assert (opened.label, opened.state) == (second, "processing")

    drop_off(house, second)
    refund(house, order, second, 1944)
    ref = {"return_ref": {"kind": "return", "value": second}}
    house.warehouse("receipt", order, [{"sku": "SHIRT-M", "received_total": 1}], **ref)
    house.warehouse("inspection", order, [{"sku": "SHIRT-M", "disposition": "sellable", "inspected_total": 1}], **ref)
    house.flush()
    assert office.moved("SHIRT-M", before) == {"CUS": -1, "STO": 1}
    assert [(note.label, note.state) for note in office.credit_notes(order) if note.state != "cancelled"] == [
        (second, "paid")
    ]
    assert at_rest(house, order)


@pytest.mark.parametrize("attempt", range(3))
def test_two_interpreters_at_once_give_the_unit_to_one_return(
    build: Build, office: BackOffice, till: Till, attempt: int
) -> None:
    order, house = till.order(SHIRT_M=2, JEANS_32=1), build()
    # The order is looked up for another unit, so that both decide about the same one at the same moment.
    start(house, order, SHIRT_M=1)
    for _ in range(2):
        house.stand_in.act(lambda p: p.start([Wanted(order, "JEANS-32")], beyond_sold=True))
    for body in house.webhooks()[:: -1 if attempt % 2 else 1]:
        house.post("happy-returns", body)
    at_once = threading.Barrier(2)

    def read() -> None:
        try:
            at_once.wait(10)
            while interpret(house.deployment, 1):
                pass
        finally:
            connection.close()

    threads = [threading.Thread(target=read) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert rows("SELECT count(*) FROM messages WHERE state <> 'read'") == [(0,)]
    house.work()
    house.decide_again()
    house.work()
    assert sorted(str(sale.units) for sale in office.return_sales(order)) == ["{'JEANS-32': 1}", "{'SHIRT-M': 1}"]
    assert len(over_returns(house)) == 1
    assert rows("SELECT count(*) FROM allocations WHERE NOT released") == [(2,)]
