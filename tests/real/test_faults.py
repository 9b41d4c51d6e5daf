"""Scenario 4: Tryton is down, slow, failing, or its answer is cut off after it committed: one of each remains."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest

from backhaul.flows.deployment import Times
from backhaul.sandbox.fault_proxy import Fault, FaultProxy, Rule
from backhaul.sandbox.tryton import TrytonShop
from tests.support.back_office import BackOffice
from tests.support.calm import EachOnce, Nth, before, calm, has_one_of_each, tell_two_belts
from tests.support.clerk import Till
from tests.support.house import House, tryton_table
from tests.support.steps import at_rest, drop_off, start

pytestmark = pytest.mark.real

# Every change that a whole return makes in Tryton, plus some that do not happen any more.
CHANGES = 40
CHANGES_AT_LEAST = 20


@pytest.fixture(scope="module")
def proxy(market: TrytonShop) -> Iterator[FaultProxy]:
    with FaultProxy(market.url) as proxy:
        yield proxy


@pytest.fixture
def build_through(db: object, market: TrytonShop, till: Till, proxy: FaultProxy) -> Iterator[Callable[..., House]]:
    """`build_through(policy)`: a deployment that reaches that shop through the proxy only."""
    built: list[House] = []

    def make(policy: dict[str, Any] | None = None, *, deadline_s: float = 20.0) -> House:
        table = tryton_table(market, proxy.url, deadline_s=deadline_s)
        house = House.build(table, till.orders, policy=policy, times=Times())
        built.append(house)
        return house

    yield make
    proxy.arrange()
    for house in built:
        house.deployment.links["erp"].system.close()


@pytest.mark.parametrize(
    "fault", [Fault.CUT, *(pytest.param(one, marks=pytest.mark.slow) for one in (Fault.ERROR, Fault.REFUSE))]
)
def test_when_every_change_fails_at_first_there_is_one_of_each(
    fault: Fault, build_through: Callable[..., House], office: BackOffice, till: Till, proxy: FaultProxy
) -> None:
    told = before(office, till.order(BELT_90=2))
    house = build_through()
    disturbed = EachOnce(fault)
    proxy.arrange(disturbed)
    tell_two_belts(house, told)
    assert disturbed.struck > CHANGES_AT_LEAST
    has_one_of_each(office, told)
    assert at_rest(house, told.order)


@pytest.mark.slow
@pytest.mark.parametrize("nth", range(CHANGES))
@pytest.mark.parametrize("fault", [Fault.CUT, Fault.ERROR, Fault.SLOW])
def test_whichever_change_fails_there_is_one_of_each(
    fault: Fault, nth: int, build_through: Callable[..., House], office: BackOffice, till: Till, proxy: FaultProxy
) -> None:
    told = before(office, till.order(BELT_90=2))
    slow = fault is Fault.SLOW
    house = build_through(deadline_s=2.0 if slow else 20.0)
    disturbed = Nth(fault, nth=nth, seconds=2.6)
    proxy.arrange(disturbed)
    tell_two_belts(house, told, at_once=not slow)
    has_one_of_each(office, told)
    assert at_rest(house, told.order)
    assert disturbed.struck == 1 or nth > CHANGES_AT_LEAST


def test_what_was_sent_and_not_answered_in_time_is_not_sent_again_while_it_may_still_be_under_way(
    build_through: Callable[..., House], office: BackOffice, till: Till, proxy: FaultProxy
) -> None:
    told = before(office, till.order(BELT_90=2))
    house = build_through(deadline_s=2.0)
    makes = r"/rest/model/(sale\.sale|account\.invoice|stock\.shipment\.internal)$"
    late = Rule(Fault.SLOW, method="POST", path=makes, times=None, seconds=2.6)
    proxy.arrange(late)
    tell_two_belts(house, told, at_once=False)
    assert late.struck == 4
    has_one_of_each(office, told)
    assert at_rest(house, told.order)


def test_while_tryton_is_down_work_waits_and_then_goes_on(
    build_through: Callable[..., House], office: BackOffice, till: Till, proxy: FaultProxy
) -> None:
    told = before(office, till.order(BELT_90=2))
    house = build_through()
    return_id = start(house, told.order, BELT_90=2)
    proxy.take_down()
    try:
        drop_off(house, return_id)
        house.refund(told.order, told.minor, fee={"minor": 100, "currency": "USD"})
        assert house.open_exceptions() == []
        for _ in range(5):
            house.clock.forward(minutes=1)
            house.work()
        assert [kind for kind, _ in house.open_exceptions()] == ["connection-failing"]
        assert office.credit_notes(told.order) == []
    finally:
        proxy.start()
    house.clock.forward(minutes=10)
    calm(house)
    (note,) = office.credit_notes(told.order)
    assert (note.state, note.total) == ("paid", Decimal("-31.40"))
    assert house.open_exceptions() == []


def test_an_expired_return_is_withdrawn_once_although_answers_are_lost(
    build_through: Callable[..., House], office: BackOffice, till: Till, proxy: FaultProxy
) -> None:
    order = till.order(BELT_90=2)
    house = build_through()
    proxy.arrange(EachOnce(Fault.CUT))
    return_id = start(house, order, BELT_90=2)
    calm(house)
    house.stand_in.act(lambda p: p.expire(return_id))
    house.listen()
    calm(house)
    (sale,) = office.return_sales(order)
    assert (sale.state, [shipment.state for shipment in sale.shipments]) == ("done", ["cancelled"])
    assert [note.state for note in office.credit_notes(order)] == ["cancelled"]
    assert house.open_exceptions() == []


def test_a_credit_is_corrected_once_although_answers_are_lost(
    build_through: Callable[..., House], office: BackOffice, till: Till, proxy: FaultProxy
) -> None:
    order = till.order(BELT_90=2)
    house = build_through({"refund_confirmation": "approval"})
    proxy.arrange(EachOnce(Fault.CUT))
    return_id = start(house, order, BELT_90=1)
    drop_off(house, return_id)
    calm(house)
    house.refund(order, 1400)
    calm(house)
    notes = office.credit_notes(order)
    assert sum(note.total for note in notes) == Decimal("-14.00")
    assert len(notes) == 2
    assert {note.state for note in notes} == {"paid"}


def test_a_wrong_key_is_one_exception_for_the_connection_and_none_for_each_return(
    db: object, market: TrytonShop, office: BackOffice, till: Till
) -> None:
    order = till.order(BELT_90=2)
    table = tryton_table(market)
    table["settings"]["key"] = "revoked"
    house = House.build(table, till.orders, times=Times())
    start(house, order, BELT_90=1)
    house.clock.forward(minutes=5)
    house.work()
    assert [kind for kind, _ in house.open_exceptions()] == ["connection-failing"]
    assert set(house.standings().values()) <= {"unsure", "waiting"}
    house.reconfigure(tryton_table(market))
    house.clock.forward(minutes=10)
    calm(house)
    assert len(office.return_sales(order)) == 1
    assert house.open_exceptions() == []
