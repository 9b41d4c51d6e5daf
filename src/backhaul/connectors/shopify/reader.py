"""Reads what Shopify sends and what its polls bring. A webhook says that something happened: Shopify is asked what.

So nothing depends on the order of webhooks, on their version, or on what they leave out; a refund of one is read
only as the Admin API states it.
"""

from __future__ import annotations

from typing import Any

from backhaul.connectors.shopify.refund_shape import RefundShape
from backhaul.connectors.shopify.settings import ShopifySettings
from backhaul.connectors.shopify.statements import facts_of
from backhaul.sdk.bodies import decoded, validated
from backhaul.sdk.messages import Message, Prompt, Reading, Told, UnknownValue, Unreadable

REFUND = "refund"
ORDER_NEWS = "order-news"
STOCK_NEWS = "stock-news"
TOPIC_HEADER = "x-shopify-topic"
_ORDER_TOPICS = (
    "orders/",
    "refunds/",
    "returns/",
    "reverse_fulfillment_orders/",
    "reverse_deliveries/",
    "fulfillments/",
)
_STOCK_TOPICS = ("inventory_levels/", "inventory_items/")


def identify(message: Message, _settings: ShopifySettings) -> str:
    """A poll's by the kind it gave, a webhook's by its topic. Raises UnknownValue for one that nobody has use for."""
    if message.kind:
        return message.kind
    topic = message.headers.get(TOPIC_HEADER, "")
    if topic.startswith(_ORDER_TOPICS):
        return ORDER_NEWS
    if topic.startswith(_STOCK_TOPICS):
        return STOCK_NEWS
    raise UnknownValue(TOPIC_HEADER, topic or "none")


def read_order_news(message: Message, _settings: ShopifySettings) -> Told:
    """Something about an order changed: the shop is to be asked for what is new."""
    body = decoded(message.body)
    if not isinstance(body, dict):
        raise Unreadable("a webhook's body is an object")
    return (Prompt(message.headers.get(TOPIC_HEADER, "")),)


def read_stock_news(message: Message, _settings: ShopifySettings) -> Told:
    """A level changed: nothing of a return depends on it. It is kept for who looks for the cause of a difference."""
    if not isinstance(decoded(message.body), dict):
        raise Unreadable("a webhook's body is an object")
    return ()


def read_refund(message: Message, settings: ShopifySettings) -> Told:
    """A refund of an order, as the poll kept it: confirmed money, pending or failed. Of no return's goods: nothing."""
    body: Any = decoded(message.body)
    refund = validated(RefundShape, body).model_dump()
    try:
        facts = facts_of(refund, settings)
    except ValueError as error:
        raise Unreadable(f"a time that is none: {error}") from error
    return (Reading((), facts[0].order, facts),) if facts else ()
