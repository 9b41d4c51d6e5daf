"""What is asked of Happy Returns regularly: returns have no listing, so known ones are asked about one by one."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, timedelta
from typing import Any

from backhaul.connectors.happy_returns.api import HappyReturns
from backhaul.connectors.happy_returns.mapping import as_moment
from backhaul.connectors.happy_returns.reader import POLLED_RETURN, POLLED_SHIPMENT
from backhaul.sdk.connector import OpenReturn, PollAnswer, Polled, PollRequest
from backhaul.sdk.outcomes import Throttled

RETURNS_EVERY = timedelta(minutes=1)
SHIPMENTS_EVERY = timedelta(minutes=30)
EXPRESS_CODE = "happyReturnsExpressCode"
_OVERLAP = timedelta(hours=48)


def poll_returns(system: HappyReturns, request: PollRequest) -> PollAnswer:
    """Ask about the orders named by hand, then about as many open returns, stalest first, as the rate allows.

    The cursor is the place in the order of staleness at which the next poll goes on; at the end it starts over.
    """
    if not system.has_key:
        return PollAnswer((), request.cursor)
    budget = max(1, int(RETURNS_EVERY.total_seconds() * system.settings.requests_per_second))
    found: list[Polled] = []
    cursor = request.cursor
    for place, criterion, value in _questions(request, budget):
        try:
            found += _as_messages(criterion, value, system.returns(criterion, value))
        except Throttled:
            if not found:
                raise
            return PollAnswer(tuple(found), cursor)
        cursor = place or cursor
    return PollAnswer(tuple(found), cursor)


def poll_shipments(system: HappyReturns, request: PollRequest) -> PollAnswer:
    """Ask for the hub shipments since 48 h before the last time that all of them were read."""
    if not system.has_key:
        return PollAnswer((), request.cursor)
    since = as_moment(request.cursor, "the cursor") if request.cursor else request.now
    found: list[Polled] = []
    for shipment_id in system.shipments(since - _OVERLAP, request.now):
        try:
            found += [
                Polled(POLLED_SHIPMENT, _stable({"shipment": shipment_id, "rows": rows}))
                for rows in system.shipment_rows(shipment_id)
            ]
        except Throttled:
            if not found:
                raise
            return PollAnswer(tuple(found), request.cursor)
    return PollAnswer(tuple(found), request.now.astimezone(UTC).isoformat())


def sweep_seconds(open_returns: int, requests_per_second: float) -> float:
    """How long it takes to ask about every open return once."""
    return open_returns / requests_per_second


def _questions(request: PollRequest, budget: int) -> Iterator[tuple[str, str, str]]:
    """Place in the order of staleness ("" for an order named by hand), criterion and value of each call."""
    for order in request.orders[:budget]:
        yield "", "orderNumber", order
    budget -= len(request.orders)
    ordered = sorted((_place(each), each) for each in request.returns)
    rest = [entry for entry in ordered if entry[0] > request.cursor] or ordered
    for place, each in rest:
        for criterion, value in _criteria(each):
            if budget < 1:
                return
            budget -= 1
            yield place, criterion, value


def _place(each: OpenReturn) -> str:
    return f"{each.last_message_at.astimezone(UTC).isoformat(timespec='microseconds')} {each.return_id}"


def _criteria(each: OpenReturn) -> Iterable[tuple[str, str]]:
    code = next((name.value for name in each.names if name.kind == "express"), None)
    if code is not None:
        return ((EXPRESS_CODE, code),)
    return tuple(("orderNumber", order) for order in each.orders)


def _as_messages(criterion: str, value: str, items: list[dict[str, Any]]) -> list[Polled]:
    """One message per return and order, its bytes the same as long as nothing changed.

    An express code that was asked for is kept: the items of the answer carry only the return id, and this ties both.
    """
    asked = {criterion: value} if criterion == EXPRESS_CODE else {}
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for item in items:
        name = str(item.get("happyReturnsReturnID")), str(item.get("orderNumber"))
        found.setdefault(name, []).append(item)
    return [
        Polled(POLLED_RETURN, _stable({"asked": asked, "items": sorted(own, key=_stable)})) for own in found.values()
    ]


def _stable(content: Any) -> bytes:
    return json.dumps(content, sort_keys=True, default=str).encode()
