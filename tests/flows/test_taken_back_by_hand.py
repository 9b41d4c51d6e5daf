"""Goods that somebody took back in the storefront's admin before us: its stock is neither raised twice nor never."""

from __future__ import annotations

from backhaul.flows.resolve import retry, waive
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


def arrive(street: HighStreet, sold: ShopOrder, total: int, condition: str = "sellable") -> None:
    street.count("receipt", "SHIRT-M", sold, total, sequence=total)
    street.count("inspection", "SHIRT-M", sold, total, condition, total)
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
        assert "1 more than they are to be" in told(street)[1]


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
        assert "2 SHIRT-M were taken back in Shopify by hand without being put" in cause
        assert street.storefront.available("SHIRT-M") == before, "nothing is guessed"
        street.storefront.count_by_hand("SHIRT-M", 2)
        waive(street.shop.deployment, street.shop.merchant_id, key, "warehouse", "added two by a correction")
        street.work()
        assert street.problems() == []
        assert street.closed() == [True]


def test_a_damaged_one_that_was_restocked_is_told(db: object) -> None:
    with high_street(**ITS_OWN) as street:
        sold, found = opened(street)
        street.take_back_by_hand(found, restock=True)
        arrive(street, sold, 1, "damaged")
        assert "1 SHIRT-M were put into Shopify's sellable stock" in told(street)[1]


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
        assert "process 1 there by hand and retry" in cause
        street.take_back_by_hand(found, restock=False, count=1)
        street.storefront.ask(Fault.CUT, operation="ProcessReturn")
        retry(street.shop.deployment, street.shop.merchant_id, key, "warehouse")
        street.work()
        assert street.storefront.available("SHIRT-M") == before + 1
        assert street.problems() == []
        assert street.closed() == [True]
