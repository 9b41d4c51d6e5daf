"""Asks for the refunds of orders, whoever made them: what no forwarded event told is found here.

Medusa does not stamp an order whose refund settles what it owes. So besides the orders that changed, those of open
returns are asked about, some at a time; a refund of an order that nobody returns is seen when the order next changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

import orjson

from backhaul.connectors.medusa.client import Medusa, Node
from backhaul.connectors.medusa.reader import REFUND
from backhaul.connectors.medusa.statements import FIELDS, refunds_of, statement
from backhaul.connectors.medusa.tasks import number_of, order_id
from backhaul.sdk.connector import PollAnswer, Polled, PollRequest
from backhaul.sdk.outcomes import Rejected

EVERY = timedelta(seconds=60)
_FIRST_LOOK_BACK = timedelta(days=1)
# A change is stamped when it begins and seen when it is committed.
_OVERLAP = timedelta(minutes=5)
_PAGE = 50
_MOST_PAGES = 20
# Finding out the id of an order takes a call of its own, the first time.
_MOST_UNKNOWN = 10


def poll_refunds(system: Medusa, request: PollRequest) -> PollAnswer:
    """The refunds of orders that changed since ``request.cursor`` and of open returns, each a message."""
    cursor = datetime.fromisoformat(request.cursor) if request.cursor else request.now - _FIRST_LOOK_BACK
    since, newest = (cursor - _OVERLAP).isoformat(), cursor
    orders: dict[str, Node] = {}
    more = True
    for page in range(_MOST_PAGES):
        found = system.get(
            "/orders", updated_since=since, fields=FIELDS, order="updated_at", limit=_PAGE, offset=page * _PAGE
        )["orders"]
        for order in found:
            newest = max(newest, datetime.fromisoformat(order["updated_at"]))
            orders[order["id"]] = order
        more = len(found) == _PAGE
        if not more:
            break
    ids, asked = _of_open_returns(system, request)
    wanted = [id_ for id_ in ids if id_ not in orders]
    if wanted:
        for order in system.get("/orders", id=wanted, fields=FIELDS, limit=len(wanted))["orders"]:
            orders[order["id"]] = order
    messages = tuple(_messages(system, orders.values()))
    return PollAnswer(messages, newest.isoformat(), tuple(asked), again_at_once=more)


def _of_open_returns(system: Medusa, request: PollRequest) -> tuple[list[str], list[str]]:
    """The ids of the orders of open returns, and which returns those are."""
    ids: dict[str, None] = {}
    asked: list[str] = []
    unknown = 0
    for one in request.returns:
        for number in one.orders:
            unknown += system.settings.order_field != "id" and system.recall("order", number) is None
            if unknown > _MOST_UNKNOWN:
                return list(ids), asked
            try:
                ids[order_id(system, number)] = None
            except Rejected as rejected:
                if rejected.status_code != 404:
                    raise
        asked.append(one.return_id)
    return list(ids), asked


def _messages(system: Medusa, orders: Iterable[Node]) -> Iterator[Polled]:
    for order in orders:
        if number_of(system, order):
            for payment, refund in refunds_of(order):
                said = statement(system, order, payment, refund)
                yield Polled(REFUND, orjson.dumps(said, option=orjson.OPT_SORT_KEYS))
