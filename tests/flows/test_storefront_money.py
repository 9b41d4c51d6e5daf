"""Money at the storefront: two currencies, four at once, parts of a set, and what is left to pay."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from backhaul.connectors.shopify.client import Shopify
from backhaul.connectors.shopify.refunds import find_refund, issue_refund
from backhaul.domain import effects as e
from backhaul.sdk.outcomes import Absent, Done, Refused, Task
from backhaul.sdk.wire import Wire
from tests.support.high_street import HighStreet, high_street


@pytest.fixture
def street(db: object) -> Iterator[HighStreet]:
    with high_street(refund_owner="backhaul", stock_owners={"*": "backhaul"}) as street:
        yield street


def credited(street: HighStreet) -> list[tuple[int, str]]:
    return street.rows(
        "SELECT (payload->>'total_minor')::int, payload->>'currency' FROM effects "
        "WHERE verb = 'issue-credit-note' AND standing = 'done'"
    )


def test_a_shopper_who_paid_in_another_currency_gets_it_back_and_the_books_keep_theirs(street: HighStreet) -> None:
    sold = street.sell(("SHIRT-M", 2), presentment=("EUR", "0.9"))
    street.start(sold, ("SHIRT-M", 1))
    street.work()
    (refund,) = street.storefront.refunds(sold)
    assert (refund.total.shop, refund.total.presentment) == (2200, 1980)
    assert credited(street) == [(2200, "USD")]
    assert street.problems() == []


def test_four_at_once_at_one_refund_pay_once(street: HighStreet) -> None:
    sold = street.sell(("SHIRT-M", 3))
    number, line = sold.name.removeprefix("#"), sold.lines[0].gid.rsplit("/", 1)[-1]
    units = e.StorefrontLine("L1", "SHIRT-M", (f"{number}-{line}-0",), line)
    effect = e.IssueRefund("R1", number, "HR1", (units,), "USD", 2200, 0)
    task = Task(e.key(effect), effect)
    wires = [Wire(street.storefront.url) for _ in range(4)]

    def pay(wire: Wire) -> object:
        system = Shopify(street.link.settings, wire)
        found = find_refund(task, system)
        return issue_refund(task, system, found) if isinstance(found, Absent) else found

    with ThreadPoolExecutor(4) as pool:
        came = list(pool.map(pay, wires))
    for wire in wires:
        wire.close()
    assert street.storefront.refunded_minor(sold) == 2200
    assert any(isinstance(one, Done) for one in came)
    assert all(isinstance(one, Done | Refused) for one in came)


def test_a_part_of_a_set_is_refunded_for_its_share_and_restocked_as_what_it_is(street: HighStreet) -> None:
    street.storefront.add_bundle("SET", 7200, {"SHIRT-M": 1, "JEANS-32": 1})
    sold = street.sell(("SET", 1))
    before = street.storefront.available("SHIRT-M")
    street.start(sold, ("SHIRT-M", 1))
    street.work()
    shirt = sold.line("SHIRT-M")
    worth = shirt.discounted.shop + shirt.tax.shop
    assert street.storefront.refunded_minor(sold) == worth
    street.count("receipt", "SHIRT-M", sold, 1)
    street.count("inspection", "SHIRT-M", sold, 1, "sellable")
    street.work()
    street.flush()
    assert street.storefront.available("SHIRT-M") == before + 1
    assert street.closed() == [True], street.problems()


def test_what_an_order_has_not_left_is_not_paid_in_part(street: HighStreet) -> None:
    sold = street.sell(("SHIRT-M", 2))
    street.start(sold, ("SHIRT-M", 1), drop_off=False)
    street.work()
    street.storefront.refund_by_hand(sold, amount_minor=3000, note="a gesture")
    street.storefront.take_webhooks()
    street.storefront.lag_search(3600)
    street.platform.platform.drop_off(next(iter(street.platform.platform.returns)))
    street.work()
    assert street.storefront.refunded_minor(sold) == 3000
    ((kind, cause),) = street.problems()
    assert kind == "effect-refused"
    assert "less than 22.00 USD is left" in cause


def test_more_than_the_erps_order_comes_to_is_credited_by_nobody_until_somebody_looks(street: HighStreet) -> None:
    """Shipping that was paid back by hand, where the ERP's order has none."""
    sold = street.sell(("SHIRT-M", 1), shipping_minor=500)
    street.storefront.refund_by_hand(sold, [("SHIRT-M", 1)], amount_minor=2700)
    street.start(sold, ("SHIRT-M", 1))
    street.work()
    assert credited(street) == []
    assert [kind for kind, _ in street.problems()] == ["over-refund"]
