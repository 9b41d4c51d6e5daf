"""Two names turn out to be one return: nothing is done twice, and what was said is said once."""

from __future__ import annotations

from typing import Any

import pytest

from backhaul.flows.interpret import interpret
from backhaul.flows.replay import replay_messages
from backhaul.store.sql import rows
from tests.support.day import Parcel, parcel
from tests.support.shop import Shop, Town


@pytest.fixture
def shop(db: object) -> Shop:
    return Town().open("acme", "Acme")


def by_id(one: Parcel, word: str) -> None:
    """The platform speaks of the return by its id alone."""
    items = [{k: v for k, v in item.items() if k != "happyReturnsExpressCode"} for item in one.items()]
    body = {"event": "return_status_updated", "typeID": word, "retailerID": one.shop.name, "items": items}
    one.shop.tell("happy", body)


def by_code(one: Parcel) -> None:
    """The hub speaks of it by its express code alone."""
    row: dict[str, Any] = {"happyReturnsRetailerID": one.shop.name, "happyReturnsExpressCode": one.express}
    ((line, sku, _),) = one.units
    one.shop.tell("happy", [row | {"orderNumber": one.order, "orderLineItemID": line, "sku": sku}])


def by_both(one: Parcel) -> None:
    """A label ties the two names."""
    body = {"event": "return_label_update", "typeID": "", "retailerID": one.shop.name}
    names = {"happyReturnsReturnID": one.name, "happyReturnsExpressCode": one.express, "labelID": "HR2BAG"}
    one.shop.tell("happy", body | names)


@pytest.fixture
def joined(shop: Shop) -> Parcel:
    one = parcel(shop, 1001, "MUG")
    by_id(one, "started")
    shop.work()
    by_code(one)
    by_both(one)
    shop.work()
    return one


def test_a_return_that_is_joined_by_another_is_not_authorised_again(joined: Parcel) -> None:
    assert len(rows("SELECT id FROM returns WHERE linked_to_id IS NULL")) == 1
    authorisations = [key for key in joined.shop.books.made if key.startswith("open-return-authorisation")]
    assert len(authorisations) == 1
    assert rows("SELECT count(*) FROM allocations WHERE NOT released") == [(1,)]


def test_a_return_that_is_joined_keeps_its_sold_unit_from_one_that_waits_for_it(shop: Shop) -> None:
    one = parcel(shop, 1001, "MUG")
    by_id(one, "started")
    shop.work()
    rival = Parcel(shop, one.order, "another-return", "HRRIVAL1", one.units)
    by_id(rival, "started")
    by_code(Parcel(shop, one.order, one.name, one.express, (("unheard-of", "MUG", 0),)))
    by_both(one)
    shop.work()
    held = rows("SELECT DISTINCT r.label FROM allocations a JOIN returns r ON r.id = a.return_id WHERE NOT a.released")
    assert held == [(one.name,)]
    assert len([key for key in shop.books.made if key.startswith("open-return-authorisation")]) == 1


def test_reading_the_messages_of_a_joined_return_again_adds_no_fact(joined: Parcel) -> None:
    before = rows("SELECT id, kind FROM facts ORDER BY id")
    messages = [id_ for (id_,) in rows("SELECT id FROM messages")]
    replay_messages(joined.shop.deployment, joined.shop.merchant_id, messages)
    while interpret(joined.shop.deployment):
        pass
    assert rows("SELECT id, kind FROM facts ORDER BY id") == before
    assert rows("SELECT DISTINCT state FROM messages") == [("read",)]
