"""Shopify: the shop's own returns, refunds, exchange orders, stock and marks; its refunds, by whomever, as facts."""

from __future__ import annotations

from backhaul.connectors.shopify.checks import check
from backhaul.connectors.shopify.client import Shopify
from backhaul.connectors.shopify.exchanges import (
    cancel_exchange,
    find_exchange,
    find_exchange_cancelled,
    order_exchange,
)
from backhaul.connectors.shopify.marks import find_mark, mark
from backhaul.connectors.shopify.orders import find_order, look_up_order
from backhaul.connectors.shopify.polling import EVERY, poll_refunds
from backhaul.connectors.shopify.reader import (
    ORDER_NEWS,
    REFUND,
    STOCK_NEWS,
    TOPIC_HEADER,
    identify,
    read_order_news,
    read_refund,
    read_stock_news,
)
from backhaul.connectors.shopify.refunds import find_refund, issue_refund
from backhaul.connectors.shopify.return_endings import cancel_return, close_return, find_cancelled, find_closed
from backhaul.connectors.shopify.returns import find_return, open_return
from backhaul.connectors.shopify.settings import ShopifySettings
from backhaul.connectors.shopify.stock import find_flushed, flush
from backhaul.connectors.shopify.taking_back import find_taken_back, take_back
from backhaul.connectors.shopify.tasks import legacy
from backhaul.connectors.shopify.tracking import find_tracking, track_return
from backhaul.domain import effects as e
from backhaul.sdk.connector import Connector, Performs, Polls, Reads


def _link(settings: ShopifySettings, _verb: str, reference: str) -> str | None:
    """The order in the shop's admin, where a document is an order's."""
    if "/Order/" not in reference:
        return None
    return f"https://admin.shopify.com/store/{settings.shop.partition('.')[0]}/orders/{legacy(reference)}"


connector = Connector(
    name="shopify",
    settings=ShopifySettings,
    reads=(
        Reads(ORDER_NEWS, read_order_news),
        Reads(STOCK_NEWS, read_stock_news),
        Reads(REFUND, read_refund),
    ),
    identify=identify,
    signature=ShopifySettings.signature,
    kept_headers=(TOPIC_HEADER, "x-shopify-triggered-at", "x-shopify-api-version"),
    delivery_header="x-shopify-webhook-id",
    performs=(
        Performs(e.LookUpOrder, find_order, look_up_order, key_field="none: reading leaves nothing behind"),
        Performs(e.OpenStorefrontReturn, find_return, open_return, key_field="returnReasonNote of the return's lines"),
        Performs(
            e.TakeBackAtStorefront, find_taken_back, take_back, key_field="processed quantity of the return's lines"
        ),
        Performs(e.TrackStorefrontReturn, find_tracking, track_return, key_field="tracking number of a delivery"),
        Performs(e.CloseStorefrontReturn, find_closed, close_return, key_field="status of the return"),
        Performs(e.CancelStorefrontReturn, find_cancelled, cancel_return, key_field="status of the return"),
        Performs(e.IssueRefund, find_refund, issue_refund, key_field="note of the refund", irrevocable=True),
        Performs(e.OrderExchangeAtStorefront, find_exchange, order_exchange, key_field="metafield exchange_key"),
        Performs(
            e.CancelExchangeAtStorefront, find_exchange_cancelled, cancel_exchange, key_field="cancelledAt of the order"
        ),
        Performs(e.FlushStorefrontStock, find_flushed, flush, key_field="Shopify's idempotency key", repeatable=True),
        Performs(e.MarkOrder, find_mark, mark, key_field="metafield return-{id} of the order"),
    ),
    polls=(Polls("refunds", EVERY, poll_refunds),),
    connect=Shopify,
    address=lambda settings: str(settings.address),
    check=check,
    link=_link,
    concurrency=lambda settings: int(settings.concurrency),
)
