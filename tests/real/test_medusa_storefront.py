"""Returns through platform, a real Medusa and ERP: all of them agree in the end, and nothing is done twice anywhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

import httpx
import pytest
from django.db import connection

from backhaul.flows.decide_exchange import refund_instead
from backhaul.flows.dispatch import dispatch
from backhaul.sandbox.medusa import Medusa
from tests.support.medusa_desk import Desk
from tests.support.medusa_ear import Ear
from tests.support.medusa_street import OURS, MedusaStreet, medusa_street

pytestmark = pytest.mark.real
slow = pytest.mark.slow
Open = Callable[..., MedusaStreet]


@pytest.fixture
def open_street(db: object, medusa: Medusa, ear: Ear) -> Iterator[Open]:
    """`open_street(**policy)`: the shop as it was seeded, and a deployment for it."""
    with ExitStack() as stack:

        def make(transport: httpx.BaseTransport | None = None, **policy: Any) -> MedusaStreet:
            return stack.enter_context(medusa_street(medusa, ear, transport, **policy))

        yield make


def test_a_return_flows_through_all_and_all_agree(open_street: Open) -> None:
    street = open_street(**OURS)
    sold = street.seeded("SHOP-1001")
    shirt, _ = sold.lines
    before = street.counter.stock("SHIRT-M")
    street.start(sold, (shirt, 2))
    street.work()
    assert street.refunded(sold) == 4320
    assert street.standing("issue-credit-note") == ["done"]
    assert street.marks(sold) == {("dropped-off", "refunded")}
    assert street.counter.stock("SHIRT-M") == before, "in transit nothing is for sale"
    street.count("receipt", shirt, sold, 2)
    street.count("inspection", shirt, sold, 1, "sellable")
    street.count("inspection", shirt, sold, 1, "damaged", 2)
    street.settle()
    assert street.counter.stock("SHIRT-M") == before + 1
    assert [one["status"] for one in street.counter.returns(sold.id)] == ["received"]
    assert street.marks(sold) == {("inspected", "refunded")}
    assert street.closed() == [True], street.problems()
    assert street.problems() == []


def test_a_kit_and_its_own_component_come_back_to_the_storefronts_stock_whole(open_street: Open) -> None:
    street = open_street(refund_owner="backhaul", stock_owners={"*": "storefront"})
    sold = street.seeded("SHOP-1004")
    kit, shirt = sold.lines
    before = {sku: street.counter.stock(sku) for sku in ("SHIRT-M", "SOCK")}
    street.start(sold, (kit, 1), (shirt, 1))
    street.work()
    assert len(street.counter.returns(sold.id)) == 2, "in one return Medusa would raise the shirt once only"
    for line in (kit, shirt):
        street.arrive(line, sold, 1)
    street.settle()
    assert {sku: street.counter.stock(sku) - count for sku, count in before.items()} == {"SHIRT-M": 2, "SOCK": 2}
    assert {one["status"] for one in street.counter.returns(sold.id)} == {"received"}
    assert street.refunded(sold) == 2916 + 2160
    assert street.closed() == [True], street.problems()


@slow
def test_a_refund_at_drop_off_whose_goods_fail_inspection(open_street: Open) -> None:
    street = open_street(**OURS)
    sold = street.seeded("SHOP-1003")
    before = street.counter.stock("BELT-90")
    street.start(sold, (sold.lines[0], 1))
    street.work()
    street.arrive(sold.lines[0], sold, 1, "damaged")
    street.settle()
    assert street.counter.stock("BELT-90") == before
    assert street.refunded(sold) == 1458
    (item,) = street.counter.returns(sold.id)[0]["items"]
    assert (item["received_quantity"], item["damaged_quantity"]) == (1, 1)
    assert street.closed() == [True], street.problems()


@slow
def test_partial_receipts_of_one_line_keep_our_totals_right(open_street: Open) -> None:
    street = open_street(refund_owner="backhaul", stock_owners={"*": "storefront"})
    sold = street.seeded("SHOP-1005")
    before = street.counter.stock("SHIRT-M")
    for total in street.one_by_one(sold, 3):
        assert street.counter.stock("SHIRT-M") == before + total
    (back,) = street.counter.returns(sold.id)
    assert (back["status"], back["items"][0]["received_quantity"]) == ("partially_received", 1), "Medusa's own mistake"
    assert street.refunded(sold) == 6480
    assert street.standing("take-back-at-storefront") == ["done"] * 3
    assert street.closed() == [True], street.problems()
    assert street.problems() == []


@slow
def test_two_returns_on_one_order_at_once(open_street: Open) -> None:
    street = open_street(**OURS)
    sold = street.seeded("SHOP-1001")
    shirt, jeans = sold.lines
    one = street.start(sold, (shirt, 1))
    two = street.start(sold, (shirt, 1), (jeans, 1))
    street.work()
    assert [sum(item["quantity"] for item in back["items"]) for back in street.counter.returns(sold.id)] == [1, 2]
    assert street.refunded(sold) == 2160 + 2160 + 6480
    for name, line in ((one, shirt), (two, shirt), (two, jeans)):
        street.arrive(line, sold, 1, return_id=name)
    street.settle()
    assert street.closed() == [True, True], street.problems()
    assert street.problems() == []


@slow
def test_four_dispatchers_at_one_refund_pay_once(open_street: Open) -> None:
    street = open_street(**OURS)
    sold = street.seeded("SHOP-1005")
    street.start(sold, (sold.lines[0], 1))
    for _ in range(4):
        street.shop.clock.at += timedelta(minutes=2)
        dispatch(street.shop.deployment, street.shop.links["acme-erp"], "test", width=1)
        with ThreadPoolExecutor(4) as threads:
            list(threads.map(lambda name: dispatch_alone(street, name), "abcd"))
        street.hear()
    assert street.standing("issue-refund") == ["done"]
    assert [one["amount"] for one in street.counter.refunds(sold.id)] == [21.6]


def dispatch_alone(street: MedusaStreet, name: str) -> None:
    """In a thread of its own, with a connection to the database that ends with it."""
    try:
        dispatch(street.shop.deployment, street.link, name, width=4)
    finally:
        connection.close()


@slow
def test_a_refund_made_by_hand_is_recorded_and_not_paid_again(open_street: Open, desk: Desk) -> None:
    street = open_street(**OURS)
    sold = street.seeded("SHOP-1003")
    desk.refund(sold.payment, 1458, "for one belt")
    street.start(sold, (sold.lines[0], 1))
    street.work()
    assert street.refunded(sold) == 1458
    assert street.standing("issue-refund") == []
    assert street.standing("issue-credit-note") == ["done"]


@slow
def test_a_refund_made_by_hand_that_nobody_told_us_of_is_a_persons_to_judge(open_street: Open, desk: Desk) -> None:
    street = open_street(**OURS)
    sold = street.seeded("SHOP-1003")
    name = street.start(sold, (sold.lines[0], 1), drop_off=False)
    street.work()
    street.drop_off(name)
    dispatch(street.shop.deployment, street.shop.links["acme-erp"], "test", width=1)
    desk.refund(sold.payment, 1458, "for one belt")
    dispatch(street.shop.deployment, street.link, "test", width=1)
    assert street.refunded(sold) == 1458
    assert street.standing("issue-refund") == ["ambiguous"]
    assert "effect-ambiguous" in [kind for kind, _ in street.problems()]


@slow
def test_a_refund_that_settles_what_medusa_owes_is_found_though_its_order_is_not_stamped(
    open_street: Open, desk: Desk
) -> None:
    street = open_street()  # somebody else moves the money
    sold = street.seeded("SHOP-1003")
    street.start(sold, (sold.lines[0], 1))
    street.work()
    street.arrive(sold.lines[0], sold, 1)
    street.work()
    stamp = street.counter.order(sold.id, "id,updated_at")["updated_at"]
    desk.refund(sold.payment, 1458, "paid at the desk")
    assert street.counter.order(sold.id, "id,updated_at")["updated_at"] == stamp
    street.ear.wait_for("payment.refunded")
    street.settle()
    assert street.standing("issue-credit-note") == ["done"]
    assert street.closed() == [True], street.problems()


class Cutting(httpx.BaseTransport):
    """Passes everything on and loses the answer to every third change."""

    def __init__(self) -> None:
        self._inner, self._changes = httpx.HTTPTransport(), 0
        self.lost = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = self._inner.handle_request(request)
        self._changes += request.method != "GET"
        if request.method != "GET" and self._changes % 3 == 0:
            answer.read()
            answer.close()
            self.lost += 1
            raise httpx.RemoteProtocolError("the answer was cut off", request=request)
        return answer

    def close(self) -> None:
        self._inner.close()


@slow
def test_whatever_answers_are_lost_nothing_is_done_twice(open_street: Open) -> None:
    cutting = Cutting()
    street = open_street(cutting, **OURS)
    sold = street.seeded("SHOP-1001")
    shirt, jeans = sold.lines
    before = street.counter.stock("SHIRT-M"), street.counter.stock("JEANS-32")
    street.start(sold, (shirt, 2), (jeans, 1))
    street.work(30)
    street.arrive(shirt, sold, 2)
    street.arrive(jeans, sold, 1, "damaged")
    for _ in range(3):
        street.work(30)
        street.flush()
    assert cutting.lost > 3
    (back,) = street.counter.returns(sold.id)
    assert sorted(item["quantity"] for item in back["items"]) == [1, 2]
    assert [one["amount"] for one in street.counter.refunds(sold.id)] == [108]
    assert (street.counter.stock("SHIRT-M"), street.counter.stock("JEANS-32")) == (before[0] + 2, before[1])
    assert street.closed() == [True], street.problems()


@slow
def test_an_order_that_was_edited_after_the_return_began(open_street: Open, desk: Desk) -> None:
    street = open_street(**OURS)
    sold = street.seeded("SHOP-1005")
    (shirt,) = sold.lines
    street.start(sold, (shirt, 1))
    street.work()
    desk.edit(sold.id, "MUG")
    street.arrive(shirt, sold, 1)
    street.settle()
    assert street.refunded(sold) == 2160
    assert street.closed() == [True], street.problems()


@slow
def test_somebodys_open_draft_is_waited_for(open_street: Open, desk: Desk) -> None:
    street = open_street(**OURS)
    sold = street.seeded("SHOP-1005")
    (shirt,) = sold.lines
    about = {"order_id": sold.id, "location_id": street.counter.shop.locations["MAIN"]}
    draft = street.counter.client.admin("POST", "/returns", about)["return"]["id"]
    street.start(sold, (shirt, 1))
    street.work(3)
    assert (street.standing("open-storefront-return"), street.refunded(sold)) == (["unsure"], 0)
    street.counter.client.admin("DELETE", f"/returns/{draft}/request")
    street.work()
    assert street.standing("open-storefront-return") == ["done"]
    assert street.refunded(sold) == 2160


@slow
def test_an_exchanged_unit_comes_back_too_and_nothing_is_paid_for_it(open_street: Open, desk: Desk) -> None:
    street = open_street(**OURS)
    sold = street.counter.shop.orders["SHOP-1005"]
    desk.edit(sold.id, "JEANS-32", dollars=0)
    new = next(one for one in street.counter.order(sold.id)["items"] if one["variant_sku"] == "JEANS-32")["id"]
    street.counter.fulfil(sold.id, {new: 1})
    street.known(sold)
    before = street.counter.stock("JEANS-32")
    street.start(sold, (new, 1))
    street.work()
    street.arrive(new, sold, 1)
    street.settle()
    assert street.counter.stock("JEANS-32") == before + 1
    assert street.refunded(sold) == 0
    assert [one["status"] for one in street.counter.returns(sold.id)] == ["received"]


@slow
def test_a_return_that_never_comes_is_cancelled_at_the_storefront(open_street: Open) -> None:
    street = open_street(**OURS)
    sold = street.seeded("SHOP-1005")
    name = street.start(sold, (sold.lines[0], 1), drop_off=False)
    street.work()
    street.platform.platform.expire(name)
    street.work()
    assert [one["status"] for one in street.counter.returns(sold.id)] == ["canceled"]
    assert street.marks(sold) == {("called-off", "none")}


@slow
def test_an_exchange_is_a_line_more_at_the_storefront_and_an_order_of_the_erps_own_number(open_street: Open) -> None:
    street = open_street(**OURS, exchange_owner="backhaul", exchange_at="both")
    sold = street.seeded("SHOP-1005")
    (shirt,) = sold.lines
    name = street.start(sold, (shirt, 1))
    street.exchange(sold, name, shirt, "SHIRT-L")
    street.work()
    items = street.counter.order(sold.id)["items"]
    assert [(one["variant_sku"], one["unit_price"]) for one in items] == [("SHIRT-M", 20), ("SHIRT-L", 0)]
    assert street.counter.level("SHIRT-L")["reserved_quantity"] == 1
    assert street.standing("order-exchange-at-storefront") == ["done"]
    assert street.standing("create-exchange-order") == ["done"]
    assert street.exchange_numbers() == [""], "no number of the storefront's: the ERP gives its own"
    street.arrive(shirt, sold, 1)
    street.settle()
    assert street.refunded(sold) == 0
    assert street.marks(sold) == {("inspected", "exchanged")}
    assert street.closed() == [True], street.problems()


@slow
def test_an_exchange_that_became_a_refund_is_taken_off_and_paid(open_street: Open) -> None:
    street = open_street(**OURS, exchange_owner="backhaul", exchange_at="both")
    sold = street.seeded("SHOP-1005")
    (shirt,) = sold.lines
    name = street.start(sold, (shirt, 1))
    street.exchange(sold, name, shirt, "SHIRT-L")
    street.work()
    refund_instead(
        street.shop.deployment, street.shop.merchant_id, street.one_return(), "ex_1", "finance", "out of season"
    )
    street.work()
    assert [one["variant_sku"] for one in street.counter.order(sold.id)["items"]] == ["SHIRT-M"]
    assert street.counter.level("SHIRT-L")["reserved_quantity"] == 0
    assert street.refunded(sold) == 2160
    assert street.standing("cancel-exchange-at-storefront") == ["done"]
