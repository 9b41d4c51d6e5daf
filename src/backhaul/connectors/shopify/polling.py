"""Asks for the refunds of orders that changed, whoever made them: what no webhook told is found here.

Two questions: which orders changed, with the ids of their refunds; then the refunds that are new, some at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

import orjson

from backhaul.connectors.shopify.client import Node, Shopify
from backhaul.connectors.shopify.reader import REFUND
from backhaul.sdk.connector import PollAnswer, Polled, PollRequest

EVERY = timedelta(seconds=60)
_FIRST_LOOK_BACK = timedelta(days=1)
# A change is stamped before it can be found: look back over what came into the search late.
_OVERLAP = timedelta(minutes=5)
_MOST_PAGES = 20
_REFUNDS_AT_ONCE = 8


def poll_refunds(system: Shopify, request: PollRequest) -> PollAnswer:
    """The refunds that were made or changed since ``request.cursor``, each a message."""
    cursor = datetime.fromisoformat(request.cursor) if request.cursor else request.now - _FIRST_LOOK_BACK
    since = cursor - _OVERLAP
    newest, ids, more = cursor, [], True
    after = None
    for _ in range(_MOST_PAGES):
        query = f"updated_at:>='{since:%Y-%m-%dT%H:%M:%SZ}'"
        page = system.ask("OrdersChanged", q=query, after=after)["orders"]
        for order in page["nodes"]:
            newest = max(newest, datetime.fromisoformat(order["updatedAt"]))
            ids += [one["id"] for one in order["refunds"] if datetime.fromisoformat(one["updatedAt"]) >= since]
        more, after = page["pageInfo"]["hasNextPage"], page["pageInfo"]["endCursor"]
        if not more:
            break
    messages = tuple(_message(one) for one in _stated(system, ids))
    return PollAnswer(messages, newest.isoformat(), again_at_once=more)


def _stated(system: Shopify, ids: list[str]) -> Iterator[Node]:
    for start in range(0, len(ids), _REFUNDS_AT_ONCE):
        found: Iterable[Node] = system.ask("RefundsStated", ids=ids[start : start + _REFUNDS_AT_ONCE])["nodes"]
        yield from (one for one in found if one)


def _message(refund: Node) -> Polled:
    """Without the time of its last change, so that only what it says makes it new."""
    kept = {name: value for name, value in refund.items() if name != "updatedAt"}
    return Polled(REFUND, orjson.dumps(kept, option=orjson.OPT_SORT_KEYS, default=str))
