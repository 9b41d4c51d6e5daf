"""Who else is told of a return, and who asks: the warehouse, the platform, customer care, and a policy to come."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from backhaul.flows.compare_policies import compare_policies
from backhaul.flows.decide_approval import decide_approval
from backhaul.flows.find_refund import find_refund
from backhaul.sandbox.happy_returns import StandIn, Wanted
from tests.support.back_office import BackOffice
from tests.support.clerk import Till
from tests.support.exchange import announced, folders
from tests.support.house import SECRET, House
from tests.support.steps import at_rest, drop_off, inspect, receive, start

pytestmark = pytest.mark.real

Build = Callable[..., House]
BELT_MINOR = 1620


@pytest.fixture
def platform(till: Till) -> Iterator[StandIn]:
    """A platform that can be told things over HTTP."""
    stand_in = StandIn(secret=SECRET, orders=till.orders, requests_per_second=1000, item_details=True).start()
    yield stand_in
    stand_in.stop()


def test_a_warehouse_in_files_is_told_by_tryton_s_own_number_and_what_it_counts_is_received(
    build: Build, office: BackOffice, till: Till, tmp_path: Path
) -> None:
    order = till.order(BELT_90=2)
    parcels = {"connector": "warehouse-files", "settings": {"folder": str(folders(tmp_path))}}
    house = build({"announce_on": "drop-off"}, connections={"parcels": parcels})
    before = office.stock("BELT-90")
    return_id = start(house, order, BELT_90=1)
    assert announced(tmp_path) == []
    drop_off(house, return_id)
    (sale,) = office.return_sales(order)
    ((row,),) = announced(tmp_path)
    assert (row["order_number"], row["sku"], row["expected_total"]) == (order, "BELT-90", "1")
    assert row["authorisation"] == office.read("sale.sale", sale.id, "number")["number"]
    with (tmp_path / "inbox" / "counted.csv").open("w", newline="") as file:
        counted = {"warehouse": "MAIN", "order_number": order, "sku": "BELT-90", "received_total": "1"}
        counted |= {name: row[name] for name in ("return_ref_kind", "return_ref", "line_ref")}
        counted |= {"disposition": "sellable", "inspected_total": "1"}
        csv.writer(file).writerows([counted.keys(), counted.values()])
    for _ in range(3):
        house.poll("parcels")
    house.refund(order, BELT_MINOR)
    house.flush()
    assert office.moved("BELT-90", before) == {"CUS": -1, "STO": 1}
    assert len(announced(tmp_path)) == 1, "what has arrived is announced no more"
    assert at_rest(house, order)


def test_what_came_by_mail_is_paid_for_when_a_person_lets_it_and_credited_when_the_money_is_stated(
    build: Build, office: BackOffice, till: Till, platform: StandIn
) -> None:
    order = till.order(BELT_90=2)
    platform.act(lambda p: p.sell(till.orders))
    settings = {"api_key": "sandbox-key", "base_url": platform.url, "requests_per_second": 100}
    settings |= {"contents_dispositions": {"sellable": "like-new"}, "mapping": {"approved_at": "/approvedAt"}}
    house = build(
        {"approve_refunds": "person", "report_contents": "inspection"}, happy_returns=settings, stand_in=platform
    )
    begun = platform.act(lambda p: p.start([Wanted(order, "BELT-90")], dropoff="mail"))
    house.listen()
    drop_off(house, begun.return_id)
    platform.act(lambda p: p.bag(begun.return_id))
    house.listen()
    receive(house, order, BELT_90=1)
    inspect(house, order, "BELT-90", {"sellable": 1})
    (item,) = begun.items
    assert (item.payouts, [one["disposition"] for one in item.contents]) == (0, ["like-new"])
    assert not office.credit_notes(order)
    (ours,) = house.returns()
    unit = f"{order}-{order}-BELT-90-0"
    decide_approval(
        house.deployment, house.merchant_id, ours["id"], unit, approved=True, by="carla", reason="as good as new"
    )
    house.work()
    house.listen()
    assert item.payouts == 1
    house.refund(order, BELT_MINOR)
    house.flush()
    (note,) = office.credit_notes(order)
    assert (note.state, note.total) == ("paid", Decimal("-16.20"))
    assert at_rest(house, order)


def test_who_asks_where_a_refund_is_hears_of_the_documents_in_tryton(
    build: Build, office: BackOffice, till: Till
) -> None:
    order, house = till.order(BELT_90=2), build()
    return_id = start(house, order, BELT_90=1)
    assert "No refund is confirmed yet" in find_refund(house.deployment, house.merchant_id, order).says
    drop_off(house, return_id)
    house.refund(order, BELT_MINOR)
    answer = find_refund(house.deployment, house.merchant_id, order)
    (told,) = answer.returns
    (note,) = office.credit_notes(order)
    assert note.paid == Decimal("16.20")
    assert [money.minor for money in (*told.telling.credited, *told.telling.recorded)] == [BELT_MINOR, BELT_MINOR]
    assert any("16.20 USD" in line for line in told.telling.money), told.telling.money


def test_what_another_policy_would_make_of_a_return_is_told_and_tryton_is_not_touched(
    build: Build, office: BackOffice, till: Till
) -> None:
    order, house = till.order(BELT_90=2), build()
    drop_off(house, start(house, order, BELT_90=1))
    before = (office.return_sales(order), office.credit_notes(order), house.standings())
    policy = replace(house.deployment.policies[house.merchant_id], version="other", refund_confirmation="approval")
    found = compare_policies(house.deployment, house.merchant_id, policy)
    assert dict(found.totals.documents["more"]) == {"issue-credit-note": 1, "record-refund": 1}
    assert (found.totals.before_minor["USD"], found.totals.after_minor["USD"]) == (0, BELT_MINOR)
    assert (office.return_sales(order), office.credit_notes(order), house.standings()) == before
