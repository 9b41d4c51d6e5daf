"""Goods that somebody took back in the storefront's admin before us: its stock is neither raised twice nor never."""

from __future__ import annotations

import pytest

from backhaul.flows.resolve import CannotResolve, retry, waive
from backhaul.sandbox.shopify import Fault
from backhaul.sandbox.shopify import Order as ShopOrder
from backhaul.sandbox.shopify import Return as ShopReturn
from tests.support.high_street import HighStreet, high_street

ITS_OWN = {"refund_owner": "backhaul", "stock_owners": {"*": "storefront"}}


def opened(street: HighStreet, count: int = 1) -> tuple[ShopOrder, ShopReturn]:
    """That many shirts on their way, and the storefront's return of them."""
    sold = street.sell(("SHIRT-M", count))
    street.start(sold, ("SHIRT-M", count))
    street.work()
    (found,) = street.storefront.returns(sold)
    return sold, found


def arrive(street: HighStreet, sold: ShopOrder, total: int, condition: str = "sellable", sku: str = "SHIRT-M") -> None:
    street.count("receipt", sku, sold, total, sequence=total)
    street.count("inspection", sku, sold, total, condition, total)
    street.work()
    street.flush()


def told(street: HighStreet) -> tuple[str, str]:
    """The key and cause of the one thing that a person is asked about."""
    ((key, cause),) = street.rows("SELECT key, cause FROM exceptions WHERE kind = 'counted-elsewhere'")
    return key, cause


def test_restocked_where_the_stock_is_ours_is_told_and_not_counted_twice(db: object) -> None:
    with high_street(refund_owner="backhaul", stock_owners={"*": "backhaul"}) as street:
        sold, found = opened(street)
        street.take_back_by_hand(found, restock=True)
        arrive(street, sold, 1)
        assert "1 SHIRT-M too many are for sale: take 1 out" in told(street)[1]


def test_restocked_where_the_storefront_owns_it_is_not_restocked_again(db: object) -> None:
    with high_street(**ITS_OWN) as street:
        sold, found = opened(street)
        before = street.storefront.available("SHIRT-M")
        street.take_back_by_hand(found, restock=True)
        arrive(street, sold, 1)
        assert street.storefront.available("SHIRT-M") == before + 1
        assert street.problems() == []
        assert street.closed() == [True]


def test_what_was_taken_back_and_not_restocked_is_told_and_put_right(db: object) -> None:
    with high_street(**ITS_OWN) as street:
        sold, found = opened(street, 2)
        before = street.storefront.available("SHIRT-M")
        street.take_back_by_hand(found, restock=False)
        arrive(street, sold, 2)
        key, cause = told(street)
        assert "2 SHIRT-M are not for sale at STO: add 2" in cause
        assert street.storefront.available("SHIRT-M") == before, "nothing is guessed"
        street.storefront.count_by_hand("SHIRT-M", 2)
        waive(street.shop.deployment, street.shop.merchant_id, key, "warehouse", "added two by a correction")
        with pytest.raises(CannotResolve, match="warehouse waived it"):
            retry(street.shop.deployment, street.shop.merchant_id, key, "somebody else")
        street.work()
        assert street.problems() == []
        assert street.closed() == [True]


def test_a_damaged_one_that_was_restocked_is_told(db: object) -> None:
    with high_street(**ITS_OWN) as street:
        sold, found = opened(street)
        street.take_back_by_hand(found, restock=True)
        arrive(street, sold, 1, "damaged")
        assert "1 SHIRT-M too many are for sale" in told(street)[1]


def test_what_was_not_touched_is_told_and_each_correction_is_asked_for_once(db: object) -> None:
    """One shirt was taken back by hand and not restocked; it comes with another shirt, and jeans after."""
    with high_street(**ITS_OWN) as street:
        sold = street.sell(("SHIRT-M", 2), ("JEANS-32", 1))
        street.start(sold, ("SHIRT-M", 2), ("JEANS-32", 1))
        street.work()
        (found,) = street.storefront.returns(sold)
        shirts, jeans = (street.storefront.available(sku) for sku in ("SHIRT-M", "JEANS-32"))
        street.take_back_by_hand(found, restock=False, count=1)
        arrive(street, sold, 2)
        key, cause = told(street)
        assert "1 SHIRT-M are not for sale at STO: add 1" in cause
        assert street.storefront.available("SHIRT-M") == shirts + 1, "the other one"
        street.storefront.count_by_hand("SHIRT-M", 1)
        waive(street.shop.deployment, street.shop.merchant_id, key, "warehouse", "added one by a correction")
        street.storefront.ask(Fault.CUT, operation="DisposeOf")
        arrive(street, sold, 1, sku="JEANS-32")
        assert street.storefront.available("SHIRT-M") == shirts + 2
        assert street.storefront.available("JEANS-32") == jeans + 1
        assert street.problems() == []
        assert street.closed() == [True]
        assert [one.status for one in street.storefront.returns(sold)] == ["CLOSED"]


def test_of_two_that_come_one_after_the_other_each_is_corrected_once(db: object) -> None:
    with high_street(**ITS_OWN) as street:
        sold, found = opened(street, 2)
        before = street.storefront.available("SHIRT-M")
        street.take_back_by_hand(found, restock=False)
        for total in (1, 2):
            arrive(street, sold, total)
            ((key, cause),) = street.rows("SELECT key, cause FROM exceptions WHERE closed_at IS NULL")
            assert "add 1 by a correction" in cause
            street.storefront.count_by_hand("SHIRT-M", 1)
            waive(street.shop.deployment, street.shop.merchant_id, key, "warehouse", "added one by a correction")
        street.work()
        assert street.storefront.available("SHIRT-M") == before + 2
        assert street.closed() == [True]


def test_restocked_by_hand_where_nobody_sells_from_is_not_for_sale(db: object) -> None:
    with high_street(**ITS_OWN) as street:
        street.storefront.add_location("Defects")
        sold, found = opened(street)
        street.take_back_by_hand(found, restock=True, place="Defects")
        arrive(street, sold, 1)
        assert "1 SHIRT-M are not for sale at STO" in told(street)[1]


def test_after_one_that_was_waived_and_never_processed_nothing_is_processed_twice(db: object) -> None:
    """The count proves nothing until that one is processed there: after a lost answer ours would be taken for it."""
    with high_street(**ITS_OWN) as street:
        sold, found = opened(street, 2)
        before = street.storefront.available("SHIRT-M")
        known = street.link.settings
        street.use(known.model_copy(update={"locations": {}}))
        arrive(street, sold, 1)
        ((key, cause),) = street.rows("SELECT key, cause FROM exceptions WHERE kind = 'effect-refused'")
        assert "`locations`" in cause
        waive(street.shop.deployment, street.shop.merchant_id, key, "warehouse", "added one by a correction")
        street.use(known)
        arrive(street, sold, 2)
        assert street.storefront.available("SHIRT-M") == before
        ((key, cause),) = street.rows("SELECT key, cause FROM exceptions WHERE closed_at IS NULL")
        assert "process them there by hand" in cause
        street.take_back_by_hand(found, restock=False, count=1)
        street.storefront.ask(Fault.CUT, operation="DisposeOf")
        retry(street.shop.deployment, street.shop.merchant_id, key, "warehouse")
        street.work()
        assert street.storefront.available("SHIRT-M") == before + 1
        assert street.problems() == []
        assert street.closed() == [True]
