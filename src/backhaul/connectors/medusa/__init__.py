"""Medusa: the shop's own returns, refunds, exchange lines, stock and marks; its refunds, by whomever, as facts."""

from __future__ import annotations

from backhaul.connectors.medusa.checks import check
from backhaul.connectors.medusa.client import Medusa
from backhaul.connectors.medusa.endings import cancel_return, close_return, find_cancelled, find_closed
from backhaul.connectors.medusa.exchanges import (
    cancel_exchange,
    find_exchange,
    find_exchange_cancelled,
    order_exchange,
)
from backhaul.connectors.medusa.marks import find_mark, mark
from backhaul.connectors.medusa.orders import find_order, look_up_order
from backhaul.connectors.medusa.polling import EVERY, poll_refunds
from backhaul.connectors.medusa.reader import (
    DELIVERY_HEADER,
    ORDER_NEWS,
    REFUND,
    identify,
    read_order_news,
    read_refund,
)
from backhaul.connectors.medusa.refunds import find_refund, issue_refund
from backhaul.connectors.medusa.returns import find_return, open_return
from backhaul.connectors.medusa.settings import MedusaSettings
from backhaul.connectors.medusa.stock import find_flushed, flush
from backhaul.connectors.medusa.taking_back import find_taken_back, take_back
from backhaul.domain import effects as e
from backhaul.sdk.connector import Connector, Performs, Polls, Reads


def _link(settings: MedusaSettings, _verb: str, reference: str) -> str | None:
    """The order in the shop's admin, where a document is an order."""
    if settings.admin_url is None or not reference.startswith("order_"):
        return None
    return f"{settings.admin_url.rstrip('/')}/orders/{reference}"


connector = Connector(
    name="medusa",
    settings=MedusaSettings,
    reads=(Reads(ORDER_NEWS, read_order_news), Reads(REFUND, read_refund)),
    identify=identify,
    signature=MedusaSettings.signature,
    delivery_header=DELIVERY_HEADER,
    performs=(
        Performs(e.LookUpOrder, find_order, look_up_order, key_field="none: reading leaves nothing behind"),
        Performs(e.OpenStorefrontReturn, find_return, open_return, key_field="metadata.external_id of the return"),
        Performs(
            e.TakeBackAtStorefront, find_taken_back, take_back, key_field="internal_note of the round of receiving"
        ),
        Performs(e.CloseStorefrontReturn, find_closed, close_return, key_field="status of the return"),
        Performs(e.CancelStorefrontReturn, find_cancelled, cancel_return, key_field="status of the return"),
        Performs(e.IssueRefund, find_refund, issue_refund, key_field="note of the refund", irrevocable=True),
        Performs(
            e.OrderExchangeAtStorefront, find_exchange, order_exchange, key_field="internal_note of the order edit"
        ),
        Performs(
            e.CancelExchangeAtStorefront,
            find_exchange_cancelled,
            cancel_exchange,
            key_field="the line is off the order",
        ),
        Performs(e.FlushStorefrontStock, find_flushed, flush, key_field="metadata.backhaul_flushes of the location"),
        Performs(e.MarkOrder, find_mark, mark, key_field="metadata return-{id} of the order"),
    ),
    polls=(Polls("refunds", EVERY, poll_refunds),),
    connect=Medusa,
    check=check,
    link=_link,
    concurrency=lambda settings: int(settings.concurrency),
)
