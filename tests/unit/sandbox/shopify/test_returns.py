"""Returns on the stand-in of Shopify: what may come back, what is made of it, and what is booked when."""

from typing import Any

import pytest

from backhaul.sandbox.shopify import Order, Shop
from tests.unit.sandbox.shopify import operations as op
from tests.unit.sandbox.shopify.client import Client, little_shop


def opened(client: Client, order: Order, sku: str = "SHIRT", quantity: int = 1, **more: Any) -> Any:
    line = order.line(sku).sent[0].gid
    lines = [{"fulfillmentLineItemId": line, "quantity": quantity, "returnReasonNote": "HR:1:1"}]
    return client.done(op.RETURN_CREATE, returnInput={"orderId": order.gid, "returnLineItems": lines, **more})["return"]


def disposing(return_: Any, quantity: int, outcome: str, location: str | None = None) -> dict[str, Any]:
    line = return_["reverseFulfillmentOrders"]["nodes"][0]["lineItems"]["nodes"][0]["id"]
    found = {"reverseFulfillmentOrderLineItemId": line, "quantity": quantity, "dispositionType": outcome}
    return found | ({"locationId": location} if location else {})


def processing(return_: Any, quantity: int, *dispositions: Any, **more: Any) -> dict[str, Any]:
    line = return_["returnLineItems"]["nodes"][0]["id"]
    lines = [{"id": line, "quantity": quantity, "dispositions": list(dispositions)}]
    return {"returnId": return_["id"], "returnLineItems": lines, **more}


@pytest.fixture
def world() -> tuple[Shop, Client, Order]:
    shop, client = little_shop()
    return shop, client, shop.sell(lines=[("SHIRT", 3)], tax_rate="0.10")


def test_opening_a_return_books_nothing(world: tuple[Shop, Client, Order]) -> None:
    shop, client, order = world
    return_ = opened(client, order)
    assert return_["status"] == "OPEN"
    assert return_["name"] == "#1001-R1"
    assert shop.refunds(order) == []
    assert shop.available("SHIRT") == 7


def test_no_more_can_be_returned_than_was_sent_and_is_left(world: tuple[Shop, Client, Order]) -> None:
    _, client, order = world
    opened(client, order, quantity=2)
    line = order.line("SHIRT").sent[0].gid
    asked = {"orderId": order.gid, "returnLineItems": [{"fulfillmentLineItemId": line, "quantity": 2}]}
    assert client.codes(op.RETURN_CREATE, returnInput=asked) == ["INVALID"]
    found = client.read(op.RETURNABLE, orderId=order.gid)["returnableFulfillments"]["nodes"]
    assert [each["quantity"] for each in found[0]["returnableFulfillmentLineItems"]["nodes"]] == [1]
    assert len(order.returns) == 1


def test_the_same_line_named_twice_does_not_get_around_the_ceiling(world: tuple[Shop, Client, Order]) -> None:
    _, client, order = world
    line = {"fulfillmentLineItemId": order.line("SHIRT").sent[0].gid, "quantity": 2}
    asked = {"orderId": order.gid, "returnLineItems": [line, line]}
    assert client.codes(op.RETURN_CREATE, returnInput=asked) == ["INVALID"]


def test_units_that_were_refunded_cannot_be_returned(world: tuple[Shop, Client, Order]) -> None:
    shop, client, order = world
    shop.refund_by_hand(order, [("SHIRT", 3)])
    assert client.read(op.RETURNABLE, orderId=order.gid)["returnableFulfillments"]["nodes"] == []


def test_a_note_longer_than_255_characters_is_refused(world: tuple[Shop, Client, Order]) -> None:
    _, client, order = world
    line = {"fulfillmentLineItemId": order.line("SHIRT").sent[0].gid, "quantity": 1, "returnReasonNote": "x" * 256}
    assert client.codes(op.RETURN_CREATE, returnInput={"orderId": order.gid, "returnLineItems": [line]}) == ["TOO_LONG"]


def test_a_return_takes_an_order_out_of_the_archive(world: tuple[Shop, Client, Order]) -> None:
    shop, client, order = world
    shop.close(order)
    opened(client, order)
    assert order.closed_at is None


def test_a_request_waits_for_approval_before_the_dock_hears_of_it(world: tuple[Shop, Client, Order]) -> None:
    _, client, order = world
    line = {"fulfillmentLineItemId": order.line("SHIRT").sent[0].gid, "quantity": 1}
    asked = client.done(op.RETURN_REQUEST, input={"orderId": order.gid, "returnLineItems": [line]})["return"]
    assert asked["status"] == "REQUESTED"
    assert order.returns[0].reverse_orders == []
    assert client.done(op.RETURN_APPROVE, input={"id": asked["id"]})["return"]["status"] == "OPEN"
    assert len(order.returns[0].reverse_orders) == 1
    assert client.codes(op.RETURN_APPROVE, input={"id": asked["id"]}) == ["INVALID_STATE"]


def test_restocked_units_are_for_sale_again_and_the_others_are_not(world: tuple[Shop, Client, Order]) -> None:
    shop, client, order = world
    return_ = opened(client, order, quantity=3)
    made = [
        disposing(return_, 1, "RESTOCKED", shop.location("Store").gid),
        disposing(return_, 1, "NOT_RESTOCKED"),
        disposing(return_, 1, "MISSING"),
    ]
    client.done(op.RETURN_PROCESS, input=processing(return_, 3, *made))
    assert shop.available("SHIRT", "Store") == 1
    assert shop.quantity("SHIRT", "Store", "on_hand") == 1
    assert shop.available("SHIRT") == 7


def test_restocking_needs_a_location(world: tuple[Shop, Client, Order]) -> None:
    shop, client, order = world
    return_ = opened(client, order)
    asked = processing(return_, 1, disposing(return_, 1, "RESTOCKED"))
    assert client.codes(op.RETURN_PROCESS, input=asked) == ["BLANK"]
    assert shop.refunds(order) == []


def test_processing_reverses_the_sale_to_the_cent(world: tuple[Shop, Client, Order]) -> None:
    shop, client = little_shop()
    order = shop.sell(lines=[("SHIRT", 3, 1001)], tax_rate="0.0825")
    return_ = opened(client, order, quantity=3)
    for _ in range(3):
        client.done(op.RETURN_PROCESS, input=processing(return_, 1))
    lines = [line for refund in shop.refunds(order) for line in refund.lines]
    assert sum(line.subtotal.shop for line in lines) == 7500 - 1001
    assert sum(line.tax.shop for line in lines) == order.line("SHIRT").tax.shop
    assert {line.restock_type for line in lines} == {"NO_RESTOCK"}


def test_no_unit_is_processed_twice(world: tuple[Shop, Client, Order]) -> None:
    _, client, order = world
    return_ = opened(client, order, quantity=2)
    processed = client.done(op.RETURN_PROCESS, input=processing(return_, 1))["return"]
    assert processed["returnLineItems"]["nodes"][0]["processedQuantity"] == 1
    assert client.codes(op.RETURN_PROCESS, input=processing(return_, 2)) == ["INVALID"]


def test_no_unit_is_disposed_of_twice(world: tuple[Shop, Client, Order]) -> None:
    shop, client, order = world
    return_ = opened(client, order)
    client.done(op.DISPOSE, inputs=[disposing(return_, 1, "PROCESSING_REQUIRED")])
    again = [disposing(return_, 1, "RESTOCKED", shop.location().gid)]
    assert client.codes(op.DISPOSE, inputs=again) == ["INVALID"]
    assert shop.available("SHIRT") == 7


def test_processing_pays_back_over_the_payment_and_to_store_credit(world: tuple[Shop, Client, Order]) -> None:
    shop, client, order = world
    return_ = opened(client, order)
    money = {"amount": "20.00", "currencyCode": "USD"}
    issue = {
        "orderTransactions": [{"parentId": order.payments[0].gid, "transactionAmount": money}],
        "refundMethods": [{"storeCreditRefund": {"amount": {"amount": "7.50", "currencyCode": "USD"}}}],
    }
    client.done(op.RETURN_PROCESS, input=processing(return_, 1, financialTransfer={"issueRefund": issue}))
    assert shop.refunded_minor(order) == 2750
    assert shop.store_credit() == 750


def test_processing_pays_back_no_more_than_was_paid(world: tuple[Shop, Client, Order]) -> None:
    shop, client, order = world
    return_ = opened(client, order)
    money = {"amount": "82.51", "currencyCode": "USD"}
    issue = {"orderTransactions": [{"parentId": order.payments[0].gid, "transactionAmount": money}]}
    asked = processing(return_, 1, financialTransfer={"issueRefund": issue})
    assert client.codes(op.RETURN_PROCESS, input=asked) == ["INVALID"]
    assert shop.refunded_minor(order) == 0
    issue["allowOverRefunding"] = True  # type: ignore[assignment]
    client.done(op.RETURN_PROCESS, input=asked)
    assert shop.refunded_minor(order) == 8251


def test_the_suggested_outcome_is_what_the_units_cost_with_tax(world: tuple[Shop, Client, Order]) -> None:
    _, client, order = world
    return_ = opened(client, order)
    lines = [{"id": return_["returnLineItems"]["nodes"][0]["id"], "quantity": 1}]
    outcome = client.read(op.SUGGESTED, id=return_["id"], lines=lines, ex=[])["return"]["suggestedFinancialOutcome"]
    assert outcome["financialTransfer"]["amount"]["presentmentMoney"] == {"amount": "27.5", "currencyCode": "USD"}
    assert outcome["financialTransfer"]["suggestedTransactions"][0]["parentTransaction"]["id"] == order.payments[0].gid


def test_a_return_closes_and_opens_again_and_is_cancelled_only_untouched(world: tuple[Shop, Client, Order]) -> None:
    _, client, order = world
    return_ = opened(client, order, quantity=2)
    assert client.done(op.RETURN_CLOSE, id=return_["id"])["return"]["status"] == "CLOSED"
    assert client.codes(op.RETURN_PROCESS, input=processing(return_, 1)) == ["INVALID_STATE"]
    assert client.done(op.RETURN_REOPEN, id=return_["id"])["return"]["status"] == "OPEN"
    client.done(op.RETURN_PROCESS, input=processing(return_, 1))
    assert client.codes(op.RETURN_CANCEL, id=return_["id"]) == ["INVALID_STATE"]


def test_a_cancelled_return_frees_its_units(world: tuple[Shop, Client, Order]) -> None:
    _, client, order = world
    return_ = opened(client, order, quantity=3)
    client.done(op.RETURN_CANCEL, id=return_["id"])
    assert opened(client, order, quantity=3)["name"] == "#1001-R2"
    assert client.codes(op.RETURN_CLOSE, id=return_["id"]) == ["INVALID_STATE"]


def test_units_are_taken_off_a_return_while_unprocessed(world: tuple[Shop, Client, Order]) -> None:
    _, client, order = world
    return_ = opened(client, order, quantity=3)
    line = return_["returnLineItems"]["nodes"][0]["id"]
    client.done(op.RETURN_PROCESS, input=processing(return_, 1))
    over = [{"returnLineItemId": line, "quantity": 3}]
    assert client.codes(op.REMOVE, id=return_["id"], lines=over, ex=None) == ["INVALID"]
    client.done(op.REMOVE, id=return_["id"], lines=[{"returnLineItemId": line, "quantity": 2}], ex=None)
    assert order.line("SHIRT").sent[0].returnable == 2


def test_an_even_exchange_adds_a_line_and_waits_to_be_sent(world: tuple[Shop, Client, Order]) -> None:
    shop, client, order = world
    off = {"description": "Even", "value": {"percentage": 100.0}}
    swap = [{"variantId": shop.variant("MUG").gid, "quantity": 1, "appliedDiscount": off}]
    return_ = opened(client, order, exchangeLineItems=swap)
    line = return_["exchangeLineItems"]["nodes"][0]["id"]
    asked = processing(return_, 1, exchangeLineItems=[{"id": line, "quantity": 1}])
    client.done(op.RETURN_PROCESS, input=asked)
    assert order.line("MUG").discounted.shop == 0
    assert [each.status for each in order.fulfilment_orders] == ["OPEN"]
    assert shop.quantity("MUG", state="committed") == 1


def test_an_exchange_with_a_balance_owed_is_held(world: tuple[Shop, Client, Order]) -> None:
    shop, client = little_shop()
    order = shop.sell(lines=[("MUG", 1)])
    return_ = opened(client, order, "MUG", exchangeLineItems=[{"variantId": shop.variant("SHIRT").gid, "quantity": 1}])
    lines = [{"id": return_["returnLineItems"]["nodes"][0]["id"], "quantity": 1}]
    swap = [{"id": return_["exchangeLineItems"]["nodes"][0]["id"], "quantity": 1}]
    outcome = client.read(op.SUGGESTED, id=return_["id"], lines=lines, ex=swap)["return"]["suggestedFinancialOutcome"]
    assert outcome["financialTransfer"]["__typename"] == "InvoiceReturnOutcome"
    assert outcome["financialTransfer"]["amount"]["presentmentMoney"]["amount"] == "13.0"
    client.done(op.RETURN_PROCESS, input=processing(return_, 1, exchangeLineItems=swap))
    found = client.read(op.WHOLE, id=order.gid)["order"]
    assert found["fulfillmentOrders"]["nodes"][0]["fulfillmentHolds"] == [{"reason": "AWAITING_PAYMENT"}]


def test_a_set_comes_back_as_its_parts(world: tuple[Shop, Client, Order]) -> None:
    shop, client = little_shop()
    order = shop.sell(lines=[("SET", 2)])
    lines = client.read(op.ORDER, id=order.gid)["order"]["lineItems"]["nodes"]
    assert {line["sku"]: line["lineItemGroup"]["variantSku"] for line in lines} == {"SHIRT": "SET", "MUG": "SET"}
    assert sum(line.discounted.shop for line in order.lines) == 6600
    return_ = opened(client, order, "MUG")
    restocked = disposing(return_, 1, "RESTOCKED", shop.location().gid)
    client.done(op.RETURN_PROCESS, input=processing(return_, 1, restocked))
    assert (shop.available("MUG"), shop.available("SHIRT")) == (9, 8)


def test_a_parcel_on_its_way_back_is_announced_with_its_tracking(world: tuple[Shop, Client, Order]) -> None:
    _, client, order = world
    return_ = opened(client, order)
    rfo = return_["reverseFulfillmentOrders"]["nodes"][0]["id"]
    tracking = {"number": "1Z", "url": "https://carrier.example/1Z"}
    made = client.done(op.REVERSE_DELIVERY, rfo=rfo, lines=[], tracking=tracking, label=None)
    query = """query($id: ID!) { reverseDelivery(id: $id) { deliverable {
      ... on ReverseDeliveryShippingDeliverable { tracking { number } } } } }"""
    found = client.read(query, id=made["reverseDelivery"]["id"])
    assert found["reverseDelivery"]["deliverable"]["tracking"]["number"] == "1Z"


def test_paying_what_is_owed_lets_an_exchange_go_out(world: tuple[Shop, Client, Order]) -> None:
    shop, client = little_shop()
    order = shop.sell(lines=[("MUG", 1)])
    return_ = opened(client, order, "MUG", exchangeLineItems=[{"variantId": shop.variant("SHIRT").gid, "quantity": 1}])
    swap = [{"id": return_["exchangeLineItems"]["nodes"][0]["id"], "quantity": 1}]
    client.done(op.RETURN_PROCESS, input=processing(return_, 1, exchangeLineItems=swap))
    assert order.fulfilment_orders[0].held == "AWAITING_PAYMENT"
    shop.pay_owed(order)
    shop.fulfill(order)
    assert order.fulfilment_orders[0].status == "CLOSED"
    assert shop.paid_minor(order) == 1200 + 1300


def test_an_error_may_be_answered_though_the_deed_was_done(world: tuple[Shop, Client, Order]) -> None:
    shop, client, order = world
    line = {"fulfillmentLineItemId": order.line("SHIRT").sent[0].gid, "quantity": 1}
    asked = {"orderId": order.gid, "returnLineItems": [line]}
    shop.refuse_next("returnCreate", "INTERNAL_ERROR")
    assert client.codes(op.RETURN_CREATE, returnInput=asked) == ["INTERNAL_ERROR"]
    assert shop.returns(order) == []
    shop.refuse_next("returnCreate", "NOTIFICATION_FAILED", done=True)
    assert client.codes(op.RETURN_CREATE, returnInput=asked) == ["NOTIFICATION_FAILED"]
    assert len(shop.returns(order)) == 1
