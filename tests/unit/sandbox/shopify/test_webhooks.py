"""What the stand-in of Shopify tells: signed, in the older shape, once per change, and sent again when unanswered."""

import base64
import hashlib
import hmac
from collections import Counter

from graphql import GraphQLEnumType

from backhaul.sandbox.shopify import Fault, Shop, published_schema
from tests.unit.sandbox.receiver import Receiver
from tests.unit.sandbox.shopify import operations as op
from tests.unit.sandbox.shopify.client import Client, little_shop
from tests.unit.sandbox.shopify.test_returns import disposing, opened, processing


def topics(shop: Shop) -> list[str]:
    return [webhook.topic for webhook in shop.take_webhooks()]


def test_a_webhook_is_signed_over_its_raw_bytes() -> None:
    shop, _ = little_shop(secret="made up")
    shop.sell(lines=[("MUG", 1)])
    webhook = shop.take_webhooks()[-1]
    expected = base64.b64encode(hmac.new(b"made up", webhook.body, hashlib.sha256).digest()).decode()
    assert webhook.headers["X-Shopify-Hmac-SHA256"] == expected
    assert webhook.headers["X-Shopify-Topic"] == "orders/create"
    assert webhook.headers["X-Shopify-API-Version"] == "2026-07"
    assert webhook.headers["X-Shopify-Shop-Domain"] == "modern-retailer.myshopify.com"


def test_a_refund_is_told_in_the_older_shape() -> None:
    shop, _ = little_shop()
    order = shop.sell(lines=[("SHIRT", 2)], tax_rate="0.10")
    shop.take_webhooks()
    refund = shop.refund_by_hand(order, [("SHIRT", 1)], note="HR:1", restock="Warehouse")
    told = {webhook.topic: webhook.content for webhook in shop.take_webhooks()}
    assert list(told) == ["refunds/create", "inventory_levels/update", "orders/updated"]
    body = told["refunds/create"]
    assert body["admin_graphql_api_id"] == refund.gid
    assert body["order_id"] == int(order.gid.rsplit("/", 1)[1])
    assert body["refund_line_items"][0]["restock_type"] == "return"
    assert body["refund_line_items"][0]["line_item"]["sku"] == "SHIRT"
    assert (body["refund_line_items"][0]["subtotal"], body["refund_line_items"][0]["total_tax"]) == (25.0, 2.5)
    assert body["transactions"][0]["amount"] == "27.50"
    assert body["transactions"][0]["parent_id"] == int(order.payments[0].gid.rsplit("/", 1)[1])
    assert told["orders/updated"]["financial_status"] == "partially_refunded"
    assert told["inventory_levels/update"]["available"] == 9


def test_a_return_is_told_at_each_step() -> None:
    shop, client = little_shop()
    order = shop.sell(lines=[("SHIRT", 1)])
    shop.take_webhooks()
    return_ = opened(client, order)
    assert topics(shop) == ["returns/approve", "orders/updated"]
    made = disposing(return_, 1, "RESTOCKED", shop.location().gid)
    client.done(op.RETURN_PROCESS, input=processing(return_, 1, made))
    found = Counter(topics(shop))
    assert found == Counter(
        [
            "refunds/create",
            "reverse_fulfillment_orders/dispose",
            "returns/process",
            "inventory_levels/update",
            "orders/updated",
        ]
    )
    client.done(op.RETURN_CLOSE, id=return_["id"])
    webhook = shop.take_webhooks()[0]
    assert webhook.topic == "returns/close"
    assert webhook.content["order"]["admin_graphql_api_id"] == order.gid
    assert webhook.content["status"] == "closed"


def test_what_was_refused_is_not_told() -> None:
    shop, client = little_shop()
    order = shop.sell(lines=[("SHIRT", 1)])
    shop.take_webhooks()
    assert client.codes(op.RETURN_CREATE, returnInput={"orderId": order.gid, "returnLineItems": []}) == ["BLANK"]
    assert topics(shop) == []


def test_an_unanswered_webhook_comes_again_under_the_same_id() -> None:
    with Receiver("X-Shopify-Webhook-Id") as receiver:
        receiver.codes = [503]
        shop = Shop(target=receiver.url)
        shop.add_location("Warehouse")
        shop.add_variant("MUG", 1200)
        shop.sell(lines=[("MUG", 1)], fulfill=False)
        told = shop.deliver()
        assert [each.answers for each in told] == [["503"], ["202"]]
        assert shop.advance(59) == []
        assert [each.webhook_id for each in shop.advance(1)] == [told[0].webhook_id]
    assert [webhook_id for webhook_id, _ in receiver.received] == [each.webhook_id for each in (*told, told[0])]


def test_webhooks_are_doubled_lost_late_or_overtaken_when_asked() -> None:
    shop, client = little_shop()
    order = shop.sell(lines=[("MUG", 1)])
    shop.take_webhooks()
    told: dict[Fault, list[int]] = {}
    for fault in (Fault.LOSE, Fault.DUPLICATE, Fault.DELAY):
        shop.ask(fault)
        client.done(op.TAGS_ADD, id=order.gid, tags=[fault.value])
        at_once = len(topics(shop))
        shop.clock.advance(3600)
        told[fault] = [at_once, len(topics(shop))]
    assert told == {Fault.LOSE: [0, 0], Fault.DUPLICATE: [1, 1], Fault.DELAY: [0, 1]}
    shop.ask(Fault.REORDER)
    client.done(op.TAGS_ADD, id=order.gid, tags=["x"])
    client.done(op.TAGS_ADD, id=order.gid, tags=["late-y"])
    assert ["late-y" in webhook.content["tags"] for webhook in shop.take_webhooks()] == [True, False]


def test_a_subscription_is_told_of_its_topic_only() -> None:
    shop, client = little_shop()
    order = shop.sell(lines=[("MUG", 1)])
    shop.take_webhooks()
    made = client.done(op.HOOK, topic="RETURNS_APPROVE", s={"uri": "https://example.test/hooks"})
    assert client.read(op.HOOKS)["webhookSubscriptions"]["nodes"][0]["topic"] == "RETURNS_APPROVE"
    assert client.payload(op.HOOK, topic="RETURNS_APPROVE", s={"uri": "https://example.test/hooks"})["userErrors"]
    assert client.payload(op.HOOK, topic="RETURNS_CLOSE", s={"uri": "http://example.test"})["userErrors"]
    opened(client, order, "MUG")
    uris = {webhook.topic: webhook.uri for webhook in shop.take_webhooks()}
    assert uris == {"returns/approve": "https://example.test/hooks", "orders/updated": ""}
    client.done(op.UNHOOK, id=made["webhookSubscription"]["id"])
    assert client.read(op.HOOKS)["webhookSubscriptions"]["nodes"] == []


def test_an_order_is_told_once_per_call_however_much_of_it_changed() -> None:
    shop, client = little_shop()
    shop.sell(lines=[("MUG", 1), ("SHIRT", 2)])
    assert Counter(topics(shop)) == Counter({"inventory_levels/update": 2, "orders/create": 1})
    assert isinstance(client, Client)


def test_each_topic_is_one_that_can_be_subscribed_to() -> None:
    known = published_schema("2026-07").type_map["WebhookSubscriptionTopic"]
    assert isinstance(known, GraphQLEnumType)
    shop, client = little_shop()
    order = shop.sell(lines=[("SHIRT", 2)])
    return_ = opened(client, order)
    made = disposing(return_, 1, "RESTOCKED", shop.location().gid)
    client.done(op.RETURN_PROCESS, input=processing(return_, 1, made))
    client.done(op.RETURN_CLOSE, id=return_["id"])
    client.done(op.RETURN_REOPEN, id=return_["id"])
    client.done(op.RETURN_CANCEL, id=opened(client, order)["id"])
    shop.edit_order_by_hand(order, add=[("MUG", 1)])
    shop.cancel_by_hand(shop.sell(lines=[("MUG", 1)], fulfill=False))
    told = {topic.upper().replace("/", "_") for topic in topics(shop)}
    assert told <= set(known.values)
    assert len(told) == 12
