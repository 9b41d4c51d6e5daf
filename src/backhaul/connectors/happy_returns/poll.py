"""What is asked of Happy Returns regularly: returns have no listing, so known ones are asked about one by one."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable
from datetime import UTC, timedelta
from typing import Any

from backhaul.connectors.happy_returns.api import HappyReturns
from backhaul.connectors.happy_returns.mapping import as_moment
from backhaul.connectors.happy_returns.reader import POLLED_RETURN, POLLED_SHIPMENT
from backhaul.sdk.connector import OpenReturn, PollAnswer, Polled, PollRequest
from backhaul.sdk.outcomes import Throttled

RETURNS_EVERY = timedelta(seconds=20)
SHIPMENTS_EVERY = timedelta(minutes=30)
EXPRESS_CODE = "happyReturnsExpressCode"
_OVERLAP = timedelta(hours=48)


def poll_returns(system: HappyReturns, request: PollRequest) -> PollAnswer:
    """Ask about orders named by hand and open returns, as many as the rate allows until the next poll.

    Of more than that some are drawn, others each time, so that a 429 does not always cut off the same ones. The
    cursor counts the polls.
    """
    if not system.has_key:
        return PollAnswer((), request.cursor)
    count = int(request.cursor) + 1 if request.cursor.isdecimal() else 1
    budget = max(2, int(RETURNS_EVERY.total_seconds() * system.settings.requests_per_second))
    found: list[Polled] = []
    asked: set[tuple[str, str]] = set()
    for criterion, value in _questions(request, budget, random.Random(count)):  # noqa: S311 - fairness, not secrecy
        try:
            found += _as_messages(criterion, value, system.returns(criterion, value))
        except Throttled:
            if not found:
                raise
            break
        asked.add((criterion, value))
    about = tuple(each.return_id for each in request.returns if asked.intersection(_criteria(each)))
    return PollAnswer(tuple(found), str(count), about)


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


def _questions(request: PollRequest, budget: int, dice: random.Random) -> list[tuple[str, str]]:
    """Criterion and value of each call, at most ``budget``; orders nobody answers for never crowd out the returns."""
    named = [("orderNumber", order) for order in request.orders]
    known = list(dict.fromkeys(question for each in request.returns for question in _criteria(each)))
    few = max(budget // 2, budget - len(known))
    chosen = _drawn(named, few, dice)
    return chosen + [question for question in _drawn(known, budget - len(chosen), dice) if question not in chosen]


def _drawn(questions: list[tuple[str, str]], count: int, dice: random.Random) -> list[tuple[str, str]]:
    """Not more than ``count`` of them, in any order: a 429 must not always cut off the same ones."""
    return dice.sample(questions, min(count, len(questions)))


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
