"""Exchanges at the storefront: its order first, then the ERP's by the same number, and both withdrawn together."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from backhaul.domain.orders import FrozenLine, FrozenOrder
from backhaul.sandbox.shopify import Fault, Order
from tests.support.high_street import HighStreet, high_street

BOTH = {"exchange_owner": "backhaul", "exchange_at": "both", "refund_owner": "backhaul"}


@pytest.fixture
def street(db: object) -> Iterator[HighStreet]:
    with high_street(**BOTH) as street:
        yield street


def exchanged(street: HighStreet, sold: Order, state: str = "confirmed", sku: str = "SHIRT-L") -> None:
    """The platform states that the first shirt is exchanged, or not any more."""
    line = sold.line("SHIRT-M").gid.rsplit("/", 1)[-1]
    street.messages += 1
    body = {
        "kind": "exchange", "message_id": f"x-{street.messages}", "occurred_at": street.shop.clock().isoformat(),
        "order_number": sold.name.removeprefix("#"), "exchange_id": "X1", "replacement_sku": sku, "state": state,
        "unit": {"line_ref": line, "sku": "SHIRT-M"},
    }  # fmt: skip
    street.shop.tell("money", body)


def made(street: HighStreet) -> list[Order]:
    return street.storefront.orders_with_tag("backhaul-exchange")


def test_the_erps_order_has_the_storefronts_number_and_nothing_is_refunded(street: HighStreet) -> None:
    sold = street.sell(("SHIRT-M", 1))
    before = street.storefront.available("SHIRT-L")
    street.start(sold, ("SHIRT-M", 1), drop_off=False)
    exchanged(street, sold)
    street.platform.platform.drop_off(next(iter(street.platform.platform.returns)))
    street.work()
    (order,) = made(street)
    assert [(line.sku, line.quantity, line.requires_shipping) for line in order.lines] == [("SHIRT-L", 1, True)]
    assert street.storefront.available("SHIRT-L") == before - 1, "its stock is claimed"
    assert street.rows("SELECT payload->>'number' FROM effects WHERE verb = 'create-exchange-order'") == [
        (order.name.removeprefix("#"),)
    ]
    assert street.storefront.refunded_minor(sold) == 0
    assert "return:exchanged" in street.storefront.order(sold.name).tags


def test_a_lost_answer_leaves_one_order(street: HighStreet) -> None:
    street.storefront.ask(Fault.CUT, operation="CreateOrder")
    sold = street.sell(("SHIRT-M", 1))
    street.start(sold, ("SHIRT-M", 1), drop_off=False)
    exchanged(street, sold)
    street.platform.platform.drop_off(next(iter(street.platform.platform.returns)))
    street.work()
    assert len(made(street)) == 1
    assert street.standing("create-exchange-order") == ["done"]


def test_what_is_out_of_stock_is_a_persons_and_leaves_nothing(street: HighStreet) -> None:
    street.storefront.add_variant("SHIRT-XL", 2000, {"Berlin": 0})
    sold = street.sell(("SHIRT-M", 1))
    street.start(sold, ("SHIRT-M", 1), drop_off=False)
    exchanged(street, sold, sku="SHIRT-XL")
    street.platform.platform.drop_off(next(iter(street.platform.platform.returns)))
    street.work()
    assert made(street) == []
    assert [kind for kind, _ in street.problems()] == ["exchange-out-of-stock"]
    exchanged(street, sold, "cancelled", sku="SHIRT-XL")
    street.work()
    assert street.storefront.refunded_minor(sold) == 2200
    assert street.problems() == []


def test_an_exchange_that_becomes_a_refund_is_withdrawn_in_both_first(street: HighStreet) -> None:
    sold = street.sell(("SHIRT-M", 1))
    before = street.storefront.available("SHIRT-L")
    street.start(sold, ("SHIRT-M", 1), drop_off=False)
    exchanged(street, sold)
    street.platform.platform.drop_off(next(iter(street.platform.platform.returns)))
    street.work()
    exchanged(street, sold, "cancelled")
    street.work()
    (order,) = made(street)
    assert order.cancelled_at is not None
    assert street.storefront.available("SHIRT-L") == before
    assert street.storefront.refunded_minor(sold) == 2200
    assert street.standing("issue-credit-note") == ["done"]


def test_one_that_was_sent_is_not_cancelled_and_nothing_is_refunded(street: HighStreet) -> None:
    sold = street.sell(("SHIRT-M", 1))
    street.start(sold, ("SHIRT-M", 1), drop_off=False)
    exchanged(street, sold)
    street.platform.platform.drop_off(next(iter(street.platform.platform.returns)))
    street.work()
    street.storefront.fulfill(made(street)[0], "Berlin")
    exchanged(street, sold, "cancelled")
    street.work()
    assert [kind for kind, _ in street.problems()] == ["exchange-shipped"]
    assert street.storefront.refunded_minor(sold) == 0


def test_a_replacement_that_comes_back_is_refunded_for_what_it_carries(street: HighStreet) -> None:
    """An order of price zero has nothing to refund in Shopify: a person is told how much the replacement is worth."""
    sold = street.sell(("SHIRT-M", 1))
    street.start(sold, ("SHIRT-M", 1), drop_off=False)
    exchanged(street, sold)
    street.platform.platform.drop_off(next(iter(street.platform.platform.returns)))
    street.work()
    (order,) = made(street)
    street.storefront.fulfill(order, "Berlin")
    number = order.name.removeprefix("#")
    ref = order.lines[0].gid.rsplit("/", 1)[-1]
    carried = FrozenLine("L1", "SHIRT-L", 1, 2000, 200, platform_refs=(ref,))
    street.shop.books.orders[number] = FrozenOrder(number, f"SO-{number}", "USD", (carried,), street.shop.clock())
    street.offer(order)
    street.start(order, ("SHIRT-L", 1))
    street.work()
    assert street.standing("open-storefront-return") == ["done", "done"]
    ((kind, cause),) = street.problems()
    assert kind == "effect-refused"
    assert "22.00 USD" in cause
    assert number in cause
