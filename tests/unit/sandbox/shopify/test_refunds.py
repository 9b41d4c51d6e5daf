"""Refunds on the stand-in of Shopify: ceilings, currencies, tenders, endings, and one refund per idempotency key."""

from typing import Any

import pytest

from backhaul.sandbox.shopify import Fault, Order, Shop
from tests.unit.sandbox.shopify import operations as op
from tests.unit.sandbox.shopify.client import Client, little_shop


def asking(order: Order, amount: str, tender: int = 0, **more: Any) -> dict[str, Any]:
    parent = order.payments[tender]
    paying = {
        "orderId": order.gid,
        "gateway": parent.gateway,
        "kind": "REFUND",
        "parentId": parent.gid,
        "amount": amount,
    }
    return {"orderId": order.gid, "note": "HR:1", "transactions": [paying], **more}


def said(client: Client, asked: dict[str, Any]) -> str:
    errors = client.payload(op.REFUND_CREATE, input=asked, key=client.key())["userErrors"]
    return str(errors[0]["message"]) if errors else ""


@pytest.fixture
def world() -> tuple[Shop, Client, Order]:
    shop, client = little_shop()
    return shop, client, shop.sell(lines=[("SHIRT", 2)], tenders=[("gift_card", 1000), ("shopify_payments", 4000)])


def test_units_and_money_go_back_together(world: tuple[Shop, Client, Order]) -> None:
    shop, client, order = world
    line = {"lineItemId": order.line("SHIRT").gid, "quantity": 1, "restockType": "RETURN"}
    asked = asking(order, "25.00", 1, refundLineItems=[line | {"locationId": shop.location().gid}])
    refund = client.done(op.REFUND_CREATE, input=asked, key="k")["refund"]
    assert refund["totalRefundedSet"]["shopMoney"]["amount"] == "25.0"
    assert shop.available("SHIRT") == 9
    assert order.line("SHIRT").left == 1


def test_no_payment_gives_back_more_than_it_brought(world: tuple[Shop, Client, Order]) -> None:
    shop, client, order = world
    assert "left of the payment" in said(client, asking(order, "10.01", 0))
    assert said(client, asking(order, "10.00", 0)) == ""
    assert "left of the payment" in said(client, asking(order, "0.01", 0))
    assert shop.refunded_minor(order) == 1000


def test_more_than_was_paid_goes_back_only_where_it_is_allowed(world: tuple[Shop, Client, Order]) -> None:
    shop, client, order = world
    assert "left of the payment" in said(client, asking(order, "60.00", 1))
    assert said(client, asking(order, "60.00", 1, allowOverRefunding=True)) == ""
    assert shop.refunded_minor(order) == 6000


def test_more_units_than_are_left_are_refused(world: tuple[Shop, Client, Order]) -> None:
    _, client, order = world
    line = {"lineItemId": order.line("SHIRT").gid, "quantity": 3, "restockType": "NO_RESTOCK"}
    assert "more items" in said(client, {"orderId": order.gid, "refundLineItems": [line]})
    legacy = line | {"quantity": 1, "restockType": "LEGACY_RESTOCK"}
    assert "LEGACY_RESTOCK" in said(client, {"orderId": order.gid, "refundLineItems": [legacy]})


def test_a_refund_hangs_on_a_payment_of_the_same_order(world: tuple[Shop, Client, Order]) -> None:
    shop, client, order = world
    other = shop.sell(lines=[("MUG", 1)])
    asked = asking(order, "1.00")
    asked["transactions"][0]["parentId"] = other.payments[0].gid
    assert "of this order" in said(client, asked)
    authorized = shop.sell(lines=[("MUG", 1)], captured=True)
    assert [each.direction for each in authorized.payments] == ["AUTHORIZATION", "CAPTURE"]
    assert "sale or capture" in said(client, asking(authorized, "1.00", 0))
    assert said(client, asking(authorized, "1.00", 1)) == ""


def test_another_presentment_currency_must_be_named(world: tuple[Shop, Client, Order]) -> None:
    shop, client, _ = world
    order = shop.sell(lines=[("SHIRT", 1)], presentment=("EUR", "0.9"))
    assert "Currency is required" in said(client, asking(order, "10.00"))
    assert "presentment currency EUR" in said(client, asking(order, "10.00", currency="USD"))
    assert said(client, asking(order, "9.00", currency="EUR")) == ""
    assert shop.refunds(order)[0].total.shop == 1000


def test_a_refund_may_be_pending_and_settle_or_fail_later(world: tuple[Shop, Client, Order]) -> None:
    shop, client, order = world
    shop.next_refund_status("PENDING")
    refund = client.done(op.REFUND_CREATE, input=asking(order, "40.00", 1), key="k")["refund"]
    assert refund["transactions"]["nodes"][0]["status"] == "PENDING"
    assert shop.refunded_minor(order) == 0
    assert "left of the payment" in said(client, asking(order, "1.00", 1))
    shop.settle_refund(refund["id"], "FAILURE")
    assert said(client, asking(order, "1.00", 1)) == ""


def test_store_credit_goes_to_the_customer(world: tuple[Shop, Client, Order]) -> None:
    shop, client, order = world
    credit = {"storeCreditRefund": {"amount": {"amount": "12.00", "currencyCode": "USD"}}}
    assert said(client, {"orderId": order.gid, "refundMethods": [credit]}) == ""
    assert shop.store_credit() == 1200


def test_a_key_is_required_at_run_time_though_the_schema_does_not_say_so(world: tuple[Shop, Client, Order]) -> None:
    shop, client, order = world
    bare = op.REFUND_CREATE.replace("($input: RefundInput!, $key: String!)", "($input: RefundInput!)")
    answer = client.raw(bare.replace("@idempotent(key: $key)", ""), input=asking(order, "1.00"))
    assert "@idempotent" in answer["errors"][0]["message"]
    assert shop.refunds(order) == []


def test_the_same_key_refunds_once_for_a_day(world: tuple[Shop, Client, Order]) -> None:
    shop, client, order = world
    first, again = (client.done(op.REFUND_CREATE, input=asking(order, "5.00", 1), key="k") for _ in range(2))
    assert first == again
    assert len(shop.refunds(order)) == 1
    shop.clock.advance(24 * 3600)
    client.done(op.REFUND_CREATE, input=asking(order, "5.00", 1), key="k")
    assert len(shop.refunds(order)) == 2


def test_the_same_key_with_other_parameters_is_refused(world: tuple[Shop, Client, Order]) -> None:
    shop, client, order = world
    client.done(op.REFUND_CREATE, input=asking(order, "5.00", 1), key="k")
    errors = client.payload(op.REFUND_CREATE, input=asking(order, "6.00", 1), key="k")["userErrors"]
    assert "different operation parameters" in errors[0]["message"]
    assert len(shop.refunds(order)) == 1


def test_a_key_whose_attempt_was_refused_will_not_do_again(world: tuple[Shop, Client, Order]) -> None:
    _, client, order = world
    for text in ("left of the payment", "previous request with this idempotency key failed"):
        errors = client.payload(op.REFUND_CREATE, input=asking(order, "99.00", 1), key="k")["userErrors"]
        assert text in errors[0]["message"]


def test_a_key_in_progress_is_told_to_wait_and_nothing_is_done(world: tuple[Shop, Client, Order]) -> None:
    shop, client, order = world
    shop.ask(Fault.IN_PROGRESS)
    errors = client.payload(op.REFUND_CREATE, input=asking(order, "5.00", 1), key="k")["userErrors"]
    assert "in progress" in errors[0]["message"]
    assert shop.refunds(order) == []
    client.done(op.REFUND_CREATE, input=asking(order, "5.00", 1), key="k")


def test_a_refund_by_hand_spreads_over_what_was_paid(world: tuple[Shop, Client, Order]) -> None:
    shop, client, order = world
    shop.refund_by_hand(order, [("SHIRT", 1)], note="by hand")
    found = client.read(op.WHOLE, id=order.gid)["order"]
    assert found["refunds"][0]["note"] == "by hand"
    kinds = [(each["gateway"], each["amountSet"]["shopMoney"]["amount"]) for each in found["transactions"][2:]]
    assert kinds == [("gift_card", "10.0"), ("shopify_payments", "15.0")]
    assert found["displayFinancialStatus"] == "PARTIALLY_REFUNDED"


def test_a_refund_by_hand_goes_over_one_gateway_and_never_beyond_it(world: tuple[Shop, Client, Order]) -> None:
    shop, _, order = world
    with pytest.raises(ValueError, match="less left to pay back"):
        shop.refund_by_hand(order, [("SHIRT", 1)], gateway="gift_card")
    assert order.line("SHIRT").left == 2
    shop.refund_by_hand(order, amount_minor=700, gateway="gift_card")
    assert [each.gateway for each in shop.refunds(order)[0].payments] == ["gift_card"]


def test_both_currencies_add_up_to_the_cent() -> None:
    shop, client = little_shop()
    order = shop.sell(lines=[("SHIRT", 3, 100)], tax_rate="0.0825", presentment=("JPY", "151.37"))
    for _ in range(3):
        shop.refund_by_hand(order, [("SHIRT", 1)])
    found = client.read(op.WHOLE, id=order.gid)["order"]
    assert found["presentmentCurrencyCode"] == "JPY"
    assert found["totalRefundedSet"]["presentmentMoney"] == found["totalPriceSet"]["presentmentMoney"]
    assert found["displayFinancialStatus"] == "REFUNDED"
    assert found["currentTotalPriceSet"]["shopMoney"]["amount"] == "0.0"
