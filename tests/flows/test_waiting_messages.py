"""What speaks of an order before any return of it is known waits, and is read when one is."""

from __future__ import annotations

import threading
import time

import pytest
from django.db import connection

from backhaul.flows.interpret import interpret
from backhaul.flows.resolve import join_returns
from backhaul.store.browse.connections import connections
from backhaul.store.sql import atomic, rows
from tests.support.day import Parcel, paid, parcel
from tests.support.shop import Shop, Town
from tests.support.twins import sold, told_apart_by_name


@pytest.fixture
def shop(db: object) -> Shop:
    return Town().open("acme", "Acme")


def states() -> list[str]:
    return [state for (state,) in rows("SELECT state FROM messages ORDER BY id")]


def with_order(shop: Shop) -> Shop:
    sold(shop)
    return shop


def inspected_by_order(one: Parcel) -> None:
    """The warehouse knows the order and nothing else."""
    one.inspected("sellable", return_ref=None)


def refunded_by_order(one: Parcel) -> None:
    """Finance knows the order and nothing else."""
    one.refunded(paid(("MUG",)), return_ref=None)


def test_a_refund_of_an_order_waits_for_the_return(shop: Shop) -> None:
    one = parcel(shop, 1001, "MUG")
    refunded_by_order(one)
    assert states() == ["unplaced"]
    assert rows("SELECT kind FROM exceptions WHERE closed_at IS NULL") == [("refund-without-return",)]
    one.said("started")
    shop.work()
    assert states() == ["read", "read"]
    assert rows("SELECT count(*) FROM exceptions WHERE closed_at IS NULL") == [(0,)]
    assert [key for key in shop.books.made if key.startswith("issue-credit-note")]


def test_a_refund_is_read_when_a_return_known_before_turns_out_to_be_of_its_order(shop: Shop) -> None:
    one = parcel(shop, 1001, "MUG")
    ((line, sku, _),) = one.units
    bag = {"kind": "express", "value": one.express}
    receipt = {"kind": "receipt", "message_id": "w-1", "occurred_at": one.now(), "sequence": 1, "warehouse": "BER1"}
    shop.tell("warehouse", {**receipt, "return_ref": bag, "lines": [{"sku": sku, "received_total": 1}]})
    refunded_by_order(one)
    assert states() == ["read", "unplaced"]
    row = {"happyReturnsRetailerID": shop.name, "happyReturnsExpressCode": one.express, "orderNumber": one.order}
    shop.tell("happy", [row | {"orderLineItemID": line, "sku": sku}])
    shop.work()
    assert states() == ["read", "read", "read"]
    assert [key for key in shop.books.made if key.startswith("issue-credit-note")]


def test_a_refund_that_is_read_with_the_return_it_waits_for_does_not_wait_on(shop: Shop) -> None:
    one = parcel(shop, 1001, "MUG")
    shop.reads_later = True
    refunded_by_order(one)
    one.said("started")
    shop.read()
    assert states() == ["read", "read"]
    assert rows("SELECT kind FROM exceptions") == []


def test_a_refund_does_not_wait_on_for_a_return_that_another_interpreter_just_reads(shop: Shop) -> None:
    """Neither sees what the other has not committed; one of them must look again."""
    one = parcel(shop, 1001, "MUG")
    shop.reads_later = True
    one.said("started")
    refunded_by_order(one)
    has_read, others = threading.Event(), []

    def another() -> None:
        with atomic():
            others.append(interpret(shop.deployment, 1))
            has_read.set()
            time.sleep(1.0)
        connection.close()

    beside = threading.Thread(target=another)
    beside.start()
    assert has_read.wait(30)
    shop.read()
    beside.join()
    assert others == [1]
    assert states() == ["read", "read"]


def test_what_could_have_meant_either_of_two_returns_is_read_once_a_message_says_that_they_are_one(shop: Shop) -> None:
    one = told_apart_by_name(with_order(shop))
    inspected_by_order(one)
    assert states()[-1] == "unplaced"
    one.said("dropped_off")
    shop.work()
    assert set(states()) == {"read"}
    assert rows("SELECT kind FROM facts WHERE kind = 'ItemInspected'") == [("ItemInspected",)]


def test_what_could_have_meant_either_of_two_returns_is_read_once_somebody_says_that_they_are_one(shop: Shop) -> None:
    inspected_by_order(told_apart_by_name(with_order(shop)))
    ((waiting, ahead),) = rows("SELECT return_id, about FROM exceptions WHERE kind = 'possible-twin'")
    join_returns(shop.deployment, shop.merchant_id, waiting, ahead, "olga", "the shopper showed me the receipt")
    shop.read()
    assert set(states()) == {"read"}


def test_a_connection_was_last_heard_of_when_its_last_message_came(shop: Shop) -> None:
    one = parcel(shop, 1001, "MUG")
    one.said("started")
    shop.work()
    shown = {row.name: row.last_message_at for row in connections(shop.merchant_id, shop.clock())}
    assert shown["acme-happy"] == shop.clock()
    assert shown["acme-money"] is None
