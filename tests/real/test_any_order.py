"""Scenario 3: doubled, merged, overtaken, by another name or not at all: the same messages make the same books."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

import pytest

from backhaul.flows.sweep import sweep
from backhaul.sandbox.happy_returns import StandIn, Wanted
from backhaul.store.sql import rows
from tests.support.back_office import BackOffice
from tests.support.clerk import Till
from tests.support.house import SECRET, START, House
from tests.support.steps import at_rest

pytestmark = pytest.mark.real

Build = Callable[..., House]
Posts = list[tuple[str, bytes]]


def picture(office: BackOffice, order: str, before: Mapping[str, int]) -> dict[str, Any]:
    """What Tryton holds of the order's returns, without ids and times."""
    sales = office.return_sales(order)
    return {
        "authorisations": [(sale.state, sale.units) for sale in sales],
        "receipts": sorted((one.state, sum(one.units.values())) for sale in sales for one in sale.shipments),
        "credit notes": [(note.state, note.total, note.tax) for note in office.credit_notes(order)],
        "stock": office.moved("BELT-90", before),
    }


# Two belts of 15.00 less 10 % with 8 % tax, less a fee of 1.00.
AS_IT_SHOULD_BE = {
    "authorisations": [("done", {"BELT-90": 2})],
    "receipts": [("done", 2)],
    "credit notes": [("paid", Decimal("-28.16"), Decimal("-2.16"))],
    "stock": {"CUS": -2, "STO": 2},
}


def told_by_the_platform(house: House, order: str, *, merged: bool = False) -> tuple[Posts, str]:
    """Every webhook of a whole return, and its express code. Merged is what happens within 60 seconds."""
    bodies: list[bytes] = []
    return_ = house.stand_in.act(lambda p: p.start([Wanted(order, "BELT-90", 2)]))
    if not merged:
        bodies += house.webhooks()
    house.stand_in.act(lambda p: p.drop_off(return_.return_id))
    bodies += house.webhooks()
    house.stand_in.act(lambda p: p.bag(return_.return_id))
    house.stand_in.act(lambda p: p.ship([return_.return_id]))
    bodies += house.webhooks()
    return [("happy-returns", body) for body in bodies], return_.express_code


def told_by_finance(order: str) -> tuple[str, bytes]:
    """The refund, which finance knows by the order number only."""
    message = {
        "kind": "refund", "message_id": f"m-{order}", "occurred_at": START.isoformat(), "order_number": order,
        "refund_id": f"re-{order}", "state": "succeeded", "amount": {"minor": 2816, "currency": "USD"},
        "fee": {"minor": 100, "currency": "USD"},
    }  # fmt: skip
    return "money", json.dumps(message).encode()


def told_by_the_warehouse(names: Mapping[str, Any]) -> Posts:
    """Receipt and inspection, by an express code or an order number."""
    told = {"occurred_at": START.isoformat(), "warehouse": "MAIN", **names}
    receipt = {"kind": "receipt", "lines": [{"sku": "BELT-90", "received_total": 2}]}
    inspection = {"kind": "inspection", "lines": [{"sku": "BELT-90", "disposition": "sellable", "inspected_total": 2}]}
    return [
        ("warehouse", json.dumps({"message_id": f"w-{number}", "sequence": number, **told, **one}).encode())
        for number, one in enumerate((receipt, inspection))
    ]


def by_express(code: str) -> dict[str, Any]:
    return {"return_ref": {"kind": "express", "value": code}}


def deliver(house: House, posts: Posts) -> None:
    """Each message by itself, all work done in between; then the schedule comes round."""
    for connection, body in posts:
        assert isinstance(house.post(connection, body), int)
        house.work()
    sweep(house.deployment)
    house.work()
    house.flush()


def check(house: House, office: BackOffice, order: str, before: Mapping[str, int]) -> None:
    assert picture(office, order, before) == AS_IT_SHOULD_BE
    assert at_rest(house, order)
    assert house.open_exceptions() == []
    assert len(house.returns()) == 1
    done = house.verbs()
    house.decide_again()
    house.work()
    assert house.verbs() == done


def test_everything_doubled(build: Build, office: BackOffice, till: Till) -> None:
    order, house = till.order(BELT_90=2, off=10), build()
    before = office.stock("BELT-90")
    told, express = told_by_the_platform(house, order)
    posts = [*told, told_by_finance(order), *told_by_the_warehouse(by_express(express))]
    deliver(house, [each for each in posts for _ in range(2)] + posts)
    check(house, office, order, before)
    assert rows("SELECT min(seen), max(seen) FROM messages") == [(3, 3)]


def test_merged_events(build: Build, office: BackOffice, till: Till) -> None:
    order, house = till.order(BELT_90=2, off=10), build()
    before = office.stock("BELT-90")
    told, express = told_by_the_platform(house, order, merged=True)
    assert json.loads(told[0][1])["otherEvents"], "started, dropped off and approved came in one POST"
    deliver(house, [*told, told_by_finance(order), *told_by_the_warehouse(by_express(express))])
    check(house, office, order, before)


@pytest.mark.parametrize(
    "shuffled", ["backwards", "goods first", 1, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (2, 3))]
)
def test_overtaken_messages(build: Build, office: BackOffice, till: Till, shuffled: str | int) -> None:
    order, house = till.order(BELT_90=2, off=10), build()
    before = office.stock("BELT-90")
    told, express = told_by_the_platform(house, order)
    goods = told_by_the_warehouse(by_express(express))
    posts = [*told, told_by_finance(order), *goods]
    if shuffled == "backwards":
        posts.reverse()
    elif shuffled == "goods first":
        posts = [*goods, told_by_finance(order), *told]
    else:
        random.Random(shuffled).shuffle(posts)
    deliver(house, posts)
    check(house, office, order, before)


def test_by_order_number_only(build: Build, office: BackOffice, till: Till) -> None:
    order, house = till.order(BELT_90=2, off=10), build()
    before = office.stock("BELT-90")
    told, _ = told_by_the_platform(house, order)
    goods = told_by_the_warehouse({"order_number": order})
    deliver(house, [goods[0], told_by_finance(order), *told, goods[1]])
    check(house, office, order, before)


@pytest.fixture
def reachable(build: Build, till: Till) -> Iterator[Callable[[], House]]:
    """A deployment that can ask the platform, which answers as quickly as it is asked."""
    started: list[StandIn] = []

    def make() -> House:
        stand_in = StandIn(secret=SECRET, orders=till.orders, requests_per_second=1000, burst=1000).start()
        started.append(stand_in)
        asked = {"base_url": stand_in.url, "api_key": "sandbox-key", "requests_per_second": 100}
        return build(happy_returns=asked, stand_in=stand_in)

    yield make
    for stand_in in started:
        stand_in.stop()


def test_lost_webhooks_are_made_up_for_by_the_rows_of_a_shipment(
    reachable: Callable[[], House], office: BackOffice, till: Till
) -> None:
    order = till.order(BELT_90=2, off=10)
    house, before = reachable(), office.stock("BELT-90")
    told, _ = told_by_the_platform(house, order)
    deliver(house, told[-1:])
    assert [(sale.state, sale.units) for sale in office.return_sales(order)] == [("processing", {"BELT-90": 2})]
    house.poll("happy-returns")
    deliver(house, [told_by_finance(order), *told_by_the_warehouse({"order_number": order})])
    check(house, office, order, before)


def test_lost_webhooks_are_made_up_for_by_asking_for_the_shipments(
    reachable: Callable[[], House], office: BackOffice, till: Till
) -> None:
    order = till.order(BELT_90=2, off=10)
    house, before = reachable(), office.stock("BELT-90")
    told_by_the_platform(house, order)
    house.clock.moment = house.stand_in.clock.now()
    house.poll("happy-returns")
    assert [(sale.state, sale.units) for sale in office.return_sales(order)] == [("processing", {"BELT-90": 2})]
    deliver(house, [told_by_finance(order), *told_by_the_warehouse({"order_number": order})])
    check(house, office, order, before)


def test_a_return_nobody_told_of_is_discovered_by_its_refund(
    reachable: Callable[[], House], office: BackOffice, till: Till
) -> None:
    order = till.order(BELT_90=2, off=10)
    house, before = reachable(), office.stock("BELT-90")
    return_ = house.stand_in.act(lambda p: p.start([Wanted(order, "BELT-90", 2)]))
    house.stand_in.act(lambda p: p.drop_off(return_.return_id))
    deliver(house, [told_by_finance(order)])
    assert [kind for kind, _ in house.open_exceptions()] == ["refund-without-return"]
    assert office.return_sales(order) == []
    house.poll("happy-returns")
    assert house.open_exceptions() == []
    assert [sale.label for sale in office.return_sales(order)] == [return_.return_id]
    assert [note.total for note in office.credit_notes(order)] == [Decimal("-28.16")]
    house.stand_in.act(lambda p: p.ship([return_.return_id]))
    deliver(house, told_by_the_warehouse({"order_number": order}))
    check(house, office, order, before)


def test_a_parcel_by_an_express_code_nobody_told_yet_waits_for_the_platform_to_say_whose_it_is(
    reachable: Callable[[], House], office: BackOffice, till: Till
) -> None:
    order = till.order(BELT_90=2, off=10)
    house, before = reachable(), office.stock("BELT-90")
    told, express = told_by_the_platform(house, order)
    dropped_off = told[1]
    goods = told_by_the_warehouse({"order_number": order, **by_express(express)})
    deliver(house, [dropped_off, told_by_finance(order), *goods])
    assert office.moved("BELT-90", before) == {}, "it could be another return of the same order"
    assert house.open_exceptions()
    house.poll("happy-returns")
    deliver(house, [])
    check(house, office, order, before)
