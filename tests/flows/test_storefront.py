"""A return through platform, storefront and ERP: all of them agree in the end, and nothing is done twice anywhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest

from backhaul.flows.dispatch import dispatch
from backhaul.flows.flush_stock import flush_stock
from backhaul.sandbox.shopify import Fault
from tests.support.counted import PAGE
from tests.support.high_street import HighStreet, high_street

OURS = {"refund_owner": "backhaul", "stock_owners": {"*": "backhaul"}}


@pytest.fixture
def street(db: object) -> Iterator[HighStreet]:
    with high_street(**OURS) as street:
        yield street


def marks(street: HighStreet, name: str) -> set[str]:
    return {tag for tag in street.storefront.order(name).tags if tag.startswith("return:")}


def test_a_return_flows_through_all_and_all_agree(street: HighStreet) -> None:
    sold = street.sell(("SHIRT-M", 2))
    before = street.storefront.available("SHIRT-M")
    street.start(sold, ("SHIRT-M", 2))
    street.work()
    (opened,) = street.storefront.returns(sold)
    assert sum(line.quantity for line in opened.lines) == 2
    assert street.storefront.refunded_minor(sold) == 4400
    assert street.standing("issue-credit-note") == ["done"]
    assert marks(street, sold.name) == {"return:dropped-off", "return:refunded"}
    assert street.storefront.available("SHIRT-M") == before, "in transit nothing is for sale"
    street.count("receipt", "SHIRT-M", sold, 2)
    street.count("inspection", "SHIRT-M", sold, 1, "sellable")
    street.count("inspection", "SHIRT-M", sold, 1, "damaged", 2)
    street.work()
    street.flush()
    assert street.storefront.available("SHIRT-M") == before + 1
    assert opened.status == "CLOSED"
    assert marks(street, sold.name) == {"return:inspected", "return:refunded"}
    assert street.closed() == [True]
    assert street.problems() == []


@pytest.mark.parametrize("fault", [Fault.CUT, Fault.BAD_GATEWAY, Fault.UNAVAILABLE, Fault.THROTTLE])
def test_whatever_breaks_on_the_way_nothing_is_done_twice(street: HighStreet, fault: Fault) -> None:
    for operation in ("CreateReturn", "CreateRefund", "ProcessReturn", "MarkOrder", "AdjustStock", "CloseReturn"):
        street.storefront.ask(fault, operation=operation)
    sold = street.sell(("SHIRT-M", 1))
    before = street.storefront.available("SHIRT-M")
    street.start(sold, ("SHIRT-M", 1))
    street.work()
    street.count("receipt", "SHIRT-M", sold, 1)
    street.count("inspection", "SHIRT-M", sold, 1, "sellable")
    street.work()
    street.flush()
    assert [one.status for one in street.storefront.returns(sold)] == ["CLOSED"]
    assert street.storefront.refunded_minor(sold) == 2200
    assert street.storefront.available("SHIRT-M") == before + 1
    assert street.closed() == [True]


def test_a_refund_made_by_hand_is_recorded_and_not_paid_again(street: HighStreet) -> None:
    sold = street.sell(("SHIRT-M", 1))
    street.storefront.refund_by_hand(sold, [("SHIRT-M", 1)])
    street.start(sold, ("SHIRT-M", 1))
    street.work()
    assert street.storefront.refunded_minor(sold) == 2200
    assert street.standing("issue-refund") == []
    assert street.standing("issue-credit-note") == ["done"]


def test_a_refund_made_by_hand_that_no_message_told_is_seen_before_we_pay(street: HighStreet) -> None:
    sold = street.sell(("SHIRT-M", 1))
    street.start(sold, ("SHIRT-M", 1), drop_off=False)
    street.work()
    street.storefront.refund_by_hand(sold, [("SHIRT-M", 1)])
    street.storefront.take_webhooks()
    street.storefront.lag_search(3600)
    street.platform.platform.drop_off(next(iter(street.platform.platform.returns)))
    street.work()
    assert street.storefront.refunded_minor(sold) == 2200
    assert street.standing("issue-refund") == ["done"]
    assert street.standing("issue-credit-note") == ["done"]


def test_such_a_refund_is_seen_also_where_more_of_the_line_could_be_refunded(street: HighStreet) -> None:
    """Shopify would have paid once more: another unit of the line, that nobody returned, was left to refund."""
    sold = street.sell(("SHIRT-M", 2))
    street.start(sold, ("SHIRT-M", 1), drop_off=False)
    street.work()
    street.storefront.refund_by_hand(sold, [("SHIRT-M", 1)])
    street.storefront.take_webhooks()
    street.storefront.lag_search(3600)
    street.platform.platform.drop_off(next(iter(street.platform.platform.returns)))
    street.work()
    assert street.storefront.refunded_minor(sold) == 2200
    assert street.standing("issue-refund") == ["done"]
    assert street.standing("issue-credit-note") == ["done"]


def test_a_refund_made_by_hand_for_one_unit_does_not_stand_for_another(street: HighStreet) -> None:
    sold = street.sell(("SHIRT-M", 3))
    street.start(sold, ("SHIRT-M", 1))
    street.storefront.refund_by_hand(sold, [("SHIRT-M", 1)])
    street.work()
    street.start(sold, ("SHIRT-M", 1))
    street.work()
    assert street.storefront.refunded_minor(sold) == 4400
    assert street.standing("issue-refund") == ["done", "done"], "the first found the one made by hand"
    assert street.standing("issue-credit-note") == ["done", "done"]


def test_a_pending_refund_is_credited_when_it_succeeds(street: HighStreet) -> None:
    sold = street.sell(("SHIRT-M", 1))
    street.storefront.next_refund_status("PENDING")
    street.start(sold, ("SHIRT-M", 1))
    street.work()
    assert street.standing("issue-refund") == ["done"]
    assert street.standing("issue-credit-note") == []
    assert "return:pending" in marks(street, sold.name)
    (refund,) = street.storefront.refunds(sold)
    street.storefront.settle_refund(refund)
    street.work()
    assert street.standing("issue-credit-note") == ["done"]
    assert "return:refunded" in marks(street, sold.name)


def test_a_gift_card_gets_back_what_the_card_cannot_take(street: HighStreet) -> None:
    sold = street.sell(("SHIRT-M", 1), tenders=[("gift_card", 700), ("shopify_payments", 1500)])
    street.start(sold, ("SHIRT-M", 1))
    street.work()
    paid = {one.gateway: one.amount.shop for one in street.storefront.payments(sold) if one.direction == "REFUND"}
    assert paid == {"shopify_payments": 1500, "gift_card": 700}
    assert sum(effect_minor(street)) == 2200
    assert street.problems() == []


def effect_minor(street: HighStreet) -> list[int]:
    found = street.rows(
        "SELECT coalesce((payload->>'total_minor')::int, (payload->>'delta_minor')::int) FROM effects "
        "WHERE verb IN ('issue-credit-note', 'correct-credit-note') AND standing = 'done'"
    )
    return [minor for (minor,) in found]


def test_two_returns_on_one_order_at_once(street: HighStreet) -> None:
    sold = street.sell(("SHIRT-M", 2), ("JEANS-32", 1))
    one = street.start(sold, ("SHIRT-M", 1))
    two = street.start(sold, ("SHIRT-M", 1), ("JEANS-32", 1))
    street.work()
    assert [sum(line.quantity for line in one.lines) for one in street.storefront.returns(sold)] == [1, 2]
    assert street.storefront.refunded_minor(sold) == 11000
    for name, sku in ((one, "SHIRT-M"), (two, "SHIRT-M"), (two, "JEANS-32")):
        street.count("receipt", sku, sold, 1, return_id=name)
        street.count("inspection", sku, sold, 1, "sellable", return_id=name)
    street.work()
    street.flush()
    assert street.closed() == [True, True], street.problems()
    assert street.problems() == [], "a refund of ours that a poll tells again is known"


def test_a_refund_at_drop_off_whose_goods_fail_inspection(street: HighStreet) -> None:
    sold = street.sell(("SHIRT-M", 1))
    before = street.storefront.available("SHIRT-M")
    street.start(sold, ("SHIRT-M", 1))
    street.work()
    street.count("receipt", "SHIRT-M", sold, 1)
    street.count("inspection", "SHIRT-M", sold, 1, "damaged")
    street.work()
    street.flush()
    (opened,) = street.storefront.returns(sold)
    assert opened.status == "CLOSED"
    assert street.storefront.available("SHIRT-M") == before
    assert street.storefront.refunded_minor(sold) == 2200


def test_partial_receipts_of_one_line_keep_our_totals_right(street: HighStreet) -> None:
    sold = street.sell(("SHIRT-M", 3))
    before = street.storefront.available("SHIRT-M")
    street.start(sold, ("SHIRT-M", 3))
    street.work()
    for total in (1, 2, 3):
        street.count("receipt", "SHIRT-M", sold, total, sequence=total)
        street.count("inspection", "SHIRT-M", sold, total, "sellable", sequence=total)
        street.work()
        street.flush()
        assert street.storefront.available("SHIRT-M") == before + total
    assert street.closed() == [True], street.problems()


def test_a_refund_of_an_order_nobody_returned_is_shown_and_found_when_its_return_is_told(street: HighStreet) -> None:
    sold = street.sell(("SHIRT-M", 1))
    street.storefront.refund_by_hand(sold, [("SHIRT-M", 1)])
    street.hear()
    assert [kind for kind, _ in street.problems()] == ["refund-without-return"]
    street.start(sold, ("SHIRT-M", 1))
    street.work()
    assert street.problems() == []
    assert street.standing("issue-credit-note") == ["done"]


def test_an_order_that_was_edited_after_the_return_began(street: HighStreet) -> None:
    sold = street.sell(("SHIRT-M", 1), ("JEANS-32", 1))
    street.start(sold, ("SHIRT-M", 1))
    street.work()
    street.storefront.edit_order_by_hand(sold, add=[("SHIRT-L", 1)])
    street.count("receipt", "SHIRT-M", sold, 1)
    street.count("inspection", "SHIRT-M", sold, 1, "sellable")
    street.work()
    street.flush()
    assert street.storefront.refunded_minor(sold) == 2200
    assert street.closed() == [True], street.problems()


def test_a_return_that_never_comes_is_cancelled_at_the_storefront(street: HighStreet) -> None:
    sold = street.sell(("SHIRT-M", 1))
    name = street.start(sold, ("SHIRT-M", 1), drop_off=False)
    street.work()
    street.platform.platform.expire(name)
    street.work()
    assert [one.status for one in street.storefront.returns(sold)] == ["CANCELED"]
    assert marks(street, sold.name) == {"return:called-off"}


def test_where_the_storefront_owns_its_stock_it_raises_it_itself(db: object) -> None:
    with high_street(refund_owner="backhaul", stock_owners={"*": "storefront"}) as street:
        sold = street.sell(("SHIRT-M", 1))
        before = street.storefront.available("SHIRT-M")
        street.start(sold, ("SHIRT-M", 1))
        street.work()
        street.count("receipt", "SHIRT-M", sold, 1)
        street.count("inspection", "SHIRT-M", sold, 1, "sellable")
        street.work()
        street.flush()
        assert street.storefront.available("SHIRT-M") == before + 1
        assert street.standing("flush-storefront-stock") == []
        assert street.closed() == [True], street.problems()


def test_where_the_erp_owns_it_nothing_is_raised_at_the_storefront(db: object) -> None:
    with high_street(refund_owner="backhaul") as street:
        sold = street.sell(("SHIRT-M", 1))
        before = street.storefront.available("SHIRT-M")
        street.start(sold, ("SHIRT-M", 1))
        street.work()
        street.count("receipt", "SHIRT-M", sold, 1)
        street.count("inspection", "SHIRT-M", sold, 1, "sellable")
        street.work()
        street.flush()
        assert street.storefront.available("SHIRT-M") == before
        assert street.closed() == [True], street.problems()


def test_where_the_platform_pays_its_refund_is_observed_and_never_doubled(db: object) -> None:
    with high_street() as street:
        sold = street.sell(("SHIRT-M", 1))
        street.start(sold, ("SHIRT-M", 1))
        street.work()
        assert street.storefront.refunded_minor(sold) == 0
        street.storefront.refund_by_hand(sold, [("SHIRT-M", 1)], note="paid by the returns platform")
        street.work()
        assert street.storefront.refunded_minor(sold) == 2200
        assert street.standing("issue-credit-note") == ["done"]
        assert street.standing("issue-refund") == []


def test_store_credit_instead_of_money(db: object) -> None:
    with high_street(refund_owner="backhaul", refund_tender="store-credit") as street:
        sold = street.sell(("SHIRT-M", 1))
        street.start(sold, ("SHIRT-M", 1))
        street.work()
        assert street.storefront.store_credit() == 2200
        assert street.rows("SELECT payload->>'tender' FROM effects WHERE verb = 'record-refund'") == [("store-credit",)]


def test_a_batch_that_may_be_a_day_old_is_a_persons_to_look_up(street: HighStreet) -> None:
    sold = street.sell(("SHIRT-M", 1))
    street.start(sold, ("SHIRT-M", 1))
    street.work()
    street.count("receipt", "SHIRT-M", sold, 1)
    street.count("inspection", "SHIRT-M", sold, 1, "sellable")
    street.work()
    before = street.storefront.available("SHIRT-M")
    street.storefront.ask(Fault.CUT, operation="AdjustStock")
    flush_stock(street.shop.deployment, street.shop.merchant_id, now_already=True)
    street.work(1)
    flush_stock(street.shop.deployment, street.shop.merchant_id, now_already=True)
    dispatch(street.shop.deployment, street.link, "test", width=1)
    assert street.standing("flush-storefront-stock") == ["unsure"]
    street.shop.clock.at += timedelta(hours=25)
    street.storefront.clock.advance(25 * 3600)
    street.work()
    assert street.storefront.available("SHIRT-M") == before + 1
    assert street.standing("flush-storefront-stock") == ["refused"]
    assert [kind for kind, _ in street.problems()] == ["effect-ambiguous"]


def test_a_whole_return_takes_as_many_calls_as_the_page_of_calls_says(street: HighStreet) -> None:
    told = re.search(r"takes \*\*(\d+) calls\*\*", PAGE.read_text())
    sold = street.sell(("SHIRT-M", 1))
    street.start(sold, ("SHIRT-M", 1), drop_off=False)
    street.work()
    street.platform.platform.drop_off(next(iter(street.platform.platform.returns)))
    street.work()
    street.count("receipt", "SHIRT-M", sold, 1)
    street.work()
    street.count("inspection", "SHIRT-M", sold, 1, "sellable")
    street.work()
    used = {name: one.calls for name, one in street.storefront.usage.by_operation.items()}
    asked = sum(count for name, count in used.items() if name not in ("OrdersChanged", "RefundsStated"))
    assert told is not None
    assert asked == int(told[1]), used
