"""What speaks of an order before any return of it is known waits, and is read when one is."""

from __future__ import annotations

import pytest

from backhaul.store.browse.connections import connections
from backhaul.store.sql import rows
from tests.support.day import Parcel, paid, parcel
from tests.support.shop import Shop, Town


@pytest.fixture
def shop(db: object) -> Shop:
    return Town().open("acme", "Acme")


def states() -> list[str]:
    return [state for (state,) in rows("SELECT state FROM messages ORDER BY id")]


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


def test_a_connection_was_last_heard_of_when_its_last_message_came(shop: Shop) -> None:
    one = parcel(shop, 1001, "MUG")
    one.said("started")
    shop.work()
    shown = {row.name: row.last_message_at for row in connections(shop.merchant_id, shop.clock())}
    assert shown["acme-happy"] == shop.clock()
    assert shown["acme-money"] is None
