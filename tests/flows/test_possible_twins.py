"""A return known by two names that no message has connected yet: nothing of it is made twice while that is unknown."""

from __future__ import annotations

import pytest

from backhaul.flows.resolve import CannotResolve, join_returns, waive
from backhaul.flows.sweep import decide_undecided
from backhaul.store import kin
from backhaul.store.sql import rows, run
from tests.support.day import Parcel
from tests.support.shop import Shop, Town
from tests.support.twins import LINE, ORDER, by_id, parcel, refunded_by_code, shipped_by_code, sold, told_apart_by_name


@pytest.fixture
def shop(db: object) -> Shop:
    shop = Town().open("acme", "Acme")
    sold(shop)
    return shop


def tied(one: Parcel, return_id: str) -> None:
    """A label ties the express code to a return id."""
    body = {"event": "return_label_update", "typeID": "", "retailerID": one.shop.name, "labelID": "HR2BAG"}
    one.shop.tell("happy", body | {"happyReturnsReturnID": return_id, "happyReturnsExpressCode": one.express})


def made(shop: Shop, verb: str) -> list[str]:
    return [key for key in shop.books.made if key.startswith(verb)]


def open_kinds() -> list[str]:
    return [kind for (kind,) in rows("SELECT kind FROM exceptions WHERE closed_at IS NULL ORDER BY kind")]


@pytest.fixture
def twins(shop: Shop) -> Parcel:
    """The platform told of it by its id, finance and the hub by its code, and nobody by both."""
    return told_apart_by_name(shop)


def test_the_one_that_came_later_waits_with_an_exception(twins: Parcel) -> None:
    assert len(made(twins.shop, "open-return-authorisation")) == 1
    assert not made(twins.shop, "issue-credit-note")
    assert open_kinds() == ["possible-twin"]
    ((cause, owner),) = rows("SELECT cause, owner FROM exceptions WHERE closed_at IS NULL")
    assert twins.express in cause
    assert twins.name in cause
    assert owner == "operations"
    assert rows("SELECT count(*) FROM returns WHERE closed") == [(0,)], "both are still asked about"


@pytest.mark.parametrize(
    ("verb", "is_document"),
    [
        ("look-up-order", False),
        ("announce-return", False),
        ("report-contents", False),
        ("mark-order", False),
        ("open-return-authorisation", True),
        ("take-back-at-storefront", True),
    ],
)
def test_what_was_only_told_of_a_return_is_no_document_of_it(twins: Parcel, verb: str, is_document: bool) -> None:
    ((waiting,),) = rows("SELECT return_id FROM exceptions WHERE closed_at IS NULL")
    assert run("UPDATE effects SET verb = %s WHERE verb = 'look-up-order' AND return_id = %s", (verb, waiting))
    assert kin.known([waiting])[waiting].going is is_document


def test_a_message_with_both_names_makes_them_one(twins: Parcel) -> None:
    tied(twins, twins.name)
    twins.shop.work()
    assert len(rows("SELECT id FROM returns WHERE linked_to_id IS NULL")) == 1
    assert len(made(twins.shop, "open-return-authorisation")) == 1
    assert len(made(twins.shop, "issue-credit-note")) == 1
    assert open_kinds() == []


def test_a_message_that_tells_them_apart_lets_both_go_on(twins: Parcel) -> None:
    tied(twins, "another-return")
    decide_undecided(twins.shop.deployment)
    twins.shop.work()
    assert open_kinds() == []
    assert len(made(twins.shop, "open-return-authorisation")) == 2


def test_somebody_who_says_that_they_are_two_lets_both_go_on(twins: Parcel) -> None:
    ((key,),) = rows("SELECT key FROM exceptions WHERE closed_at IS NULL")
    waive(twins.shop.deployment, twins.shop.merchant_id, key, "olga", "the shopper sent two parcels")
    decide_undecided(twins.shop.deployment)
    twins.shop.work()
    assert open_kinds() == []
    assert len(made(twins.shop, "open-return-authorisation")) == 2
    assert len(made(twins.shop, "issue-credit-note")) == 1


def test_returns_with_goods_of_other_lines_are_two(shop: Shop) -> None:
    by_id(parcel(shop), "started")
    other = parcel(shop, (f"{ORDER}2", "SCARF-RED", 0))
    refunded_by_code(other)
    shipped_by_code(other)
    shop.work()
    assert "possible-twin" not in open_kinds()
    assert len(made(shop, "open-return-authorisation")) == 2


def test_returns_with_an_id_each_are_two(shop: Shop) -> None:
    by_id(parcel(shop), "started")
    by_id(Parcel(shop, ORDER, "another-return", "HRTWIN02", (LINE,)), "started")
    shop.work()
    assert open_kinds() == []
    assert len(made(shop, "open-return-authorisation")) == 2


def test_somebody_who_knows_that_they_are_one_joins_them(twins: Parcel) -> None:
    shop = twins.shop
    ((waiting, ahead),) = rows("SELECT return_id, about FROM exceptions WHERE closed_at IS NULL")
    join_returns(shop.deployment, shop.merchant_id, waiting, ahead, "olga", "the shopper showed me the receipt")
    shop.work()
    assert open_kinds() == []
    assert len(rows("SELECT id FROM returns WHERE linked_to_id IS NULL")) == 1
    assert (len(made(shop, "open-return-authorisation")), len(made(shop, "issue-credit-note"))) == (1, 1)
    with pytest.raises(CannotResolve, match="joined another return already"):
        join_returns(shop.deployment, shop.merchant_id, waiting, ahead, "olga", "once more")


def test_two_returns_with_documents_are_not_joined(twins: Parcel) -> None:
    shop = twins.shop
    ((key, waiting, ahead),) = rows("SELECT key, return_id, about FROM exceptions WHERE closed_at IS NULL")
    waive(shop.deployment, shop.merchant_id, key, "olga", "two parcels")
    shop.work()
    with pytest.raises(CannotResolve, match="cannot be joined"):
        join_returns(shop.deployment, shop.merchant_id, waiting, ahead, "olga", "one after all")
