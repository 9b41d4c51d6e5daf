"""A storefront for the simulation: strict and small; what it cannot do by itself it refuses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from backhaul.domain import effects as e
from backhaul.sdk.connector import Connector, Performs, Polls, Reads
from backhaul.sdk.messages import Message
from backhaul.sdk.wire import Wire
from backhaul.simulation.storefront.client import FrontSettings, Shopfront
from backhaul.simulation.storefront.exchanges import (
    cancel_exchange,
    find_exchange,
    find_exchange_cancelled,
    order_exchange,
)
from backhaul.simulation.storefront.front import Front
from backhaul.simulation.storefront.marks import find_mark, mark
from backhaul.simulation.storefront.refunds import find_refund, issue_refund
from backhaul.simulation.storefront.returns import end_return, find_ended, find_return, open_return
from backhaul.simulation.storefront.statements import NEWS, REFUND, poll_refunds, read_news, read_refund
from backhaul.simulation.storefront.stock import find_flushed, flush
from backhaul.simulation.storefront.taking_back import find_taken_back, take_back

__all__ = ["Front", "FrontSettings", "Shopfront", "storefront_with"]


def storefront_with(now: Callable[[], datetime], visible_after_s: float = 0.0) -> Connector:
    """The connector of a storefront whose new returns and orders take that long to be found; ``now`` is our clock."""

    def connect(settings: Any, wire: Wire) -> Shopfront:
        front = Shopfront(settings, wire)
        front.now = now
        return front

    state = "the return's own state"
    return Connector(
        name="simulated-storefront",
        settings=FrontSettings,
        reads=(Reads(REFUND, read_refund), Reads(NEWS, read_news)),
        identify=_identify,
        signature=FrontSettings.signature,
        performs=(
            Performs(e.OpenStorefrontReturn, find_return, open_return, "note", visible_after_s=visible_after_s),
            Performs(e.TakeBackAtStorefront, find_taken_back, take_back, "units taken back of each line"),
            Performs(e.CloseStorefrontReturn, find_ended, end_return, state),
            Performs(e.CancelStorefrontReturn, find_ended, end_return, state),
            Performs(e.IssueRefund, find_refund, issue_refund, "note", irrevocable=True),
            Performs(
                e.OrderExchangeAtStorefront, find_exchange, order_exchange, "note", visible_after_s=visible_after_s
            ),
            Performs(e.CancelExchangeAtStorefront, find_exchange_cancelled, cancel_exchange, "the order's own state"),
            Performs(e.FlushStorefrontStock, find_flushed, flush, "key of the change", repeatable=True),
            Performs(e.MarkOrder, find_mark, mark, "sequence of the mark"),
        ),
        polls=(Polls("refunds", timedelta(seconds=60), poll_refunds),),
        connect=connect,
        concurrency=lambda _settings: 1,
    )


def _identify(message: Message, _settings: FrontSettings) -> str:
    return message.kind or NEWS
