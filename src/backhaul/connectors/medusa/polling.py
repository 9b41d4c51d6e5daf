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
_PAGE = 200
_MOST_PAGES = 20
# Finding out the id of an order takes a call of its own, the first time.
_MOST_UNKNOWN = 10


def poll_refunds(system: Medusa, request: PollRequest) -> PollAnswer:
    """The refunds of orders that changed since ``request.cursor`` and of open returns, each a message."""
    cursor = datetime.fromisoformat(request.cursor) if request.cursor else request.now - _FIRST_LOOK_BACK
    orders, more = _changed(system, (cursor - _OVERLAP).isoformat())
    newest = max([cursor, *(datetime.fromisoformat(one["updated_at"]) for one in orders.values())])
    ids, asked = _of_open_returns(system, request)
    wanted = [id_ for id_ in ids if id_ not in orders]
    if wanted:
        for order in system.get("/orders", id=wanted, fields=FIELDS, limit=len(wanted))["orders"]:
            orders[order["id"]] = order
    messages = tuple(_messages(system, orders.values()))
    return PollAnswer(messages, newest.isoformat(), tuple(asked), again_at_once=more)


def _changed(system: Medusa, since: str) -> tuple[dict[str, Node], bool]:
    """The orders that changed since, and whether there are more. Each page begins where the one before ended: by
    numbers, one that changes meanwhile would push another out of sight."""
    orders: dict[str, Node] = {}
    offset = 0
    for _ in range(_MOST_PAGES):
        found = system.get(
            "/orders", updated_since=since, fields=FIELDS, order="updated_at", limit=_PAGE, offset=offset
        )["orders"]
        orders |= {one["id"]: one for one in found}
        if len(found) < _PAGE:
            return orders, False
        last = found[-1]["updated_at"]
        since, offset = (since, offset + _PAGE) if last == since else (last, 0)
    return orders, True


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
