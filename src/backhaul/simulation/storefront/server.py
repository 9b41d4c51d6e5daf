"""The simulated storefront's HTTP surface: a request in, a response out, nothing remembered but its books."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

import httpx
import orjson

from backhaul.simulation.erp.books import Refusal
from backhaul.simulation.storefront.front import Front
from backhaul.simulation.storefront.shown import shown_order, shown_refund, shown_return, shown_swap
from backhaul.simulation.storefront.things import Record

TOKEN = "the-simulated-storefront-s-own-key"  # noqa: S105  a simulated storefront's key opens nothing


def answer(front: Front, request: httpx.Request) -> httpx.Response:
    """What the storefront answers when nothing is wrong on the way."""
    if request.headers.get("authorization") != f"Bearer {TOKEN}":
        return httpx.Response(401, json={"why": "who are you?"})
    try:
        return httpx.Response(200, json=_route(front, request))
    except Refusal as refusal:
        return httpx.Response(refusal.code, json={"why": str(refusal)})


def _route(front: Front, request: httpx.Request) -> Any:
    path = request.url.path.strip("/").split("/")
    if request.method == "GET":
        return _read(front, path, dict(request.url.params))
    return _write(front, path, orjson.loads(request.content) if request.content else {})


def _read(front: Front, path: list[str], asked: dict[str, str]) -> Any:
    match path:
        case ["orders", number]:
            return shown_order(front, number)
        case ["returns"]:
            found = (one for one in front.returns.values() if one.order == asked["order"])
            return [shown_return(one) for one in found if front.visible(one.made_at)]
        case ["returns", number] if number in front.returns:
            return shown_return(front.returns[number])
        case ["refunds"] if "since" in asked:
            since = datetime.fromisoformat(asked["since"])
            found_ = (one for one in front.refunds.values() if one.changed_at >= since)
            return [shown_refund(one) for one in found_ if front.visible(one.changed_at)]
        case ["refunds"]:
            return [shown_refund(one) for one in front.refunds.values() if one.order == asked["order"]]
        case ["exchanges"]:
            mine = (one for one in front.swaps.values() if one.order == asked["order"])
            return [shown_swap(one) for one in mine if front.visible(one.made_at)]
        case ["exchanges", number] if number in front.swaps:
            return shown_swap(front.swaps[number])
    raise Refusal(404, f"no such resource: GET {'/'.join(path)}")


def _write(front: Front, path: list[str], body: Record) -> Any:
    match path:
        case ["orders", number, "returns"]:
            return shown_return(front.open_return(number, body["note"]))
        case ["returns", number, "lines"]:
            return shown_return(front.add(number, body["line"], body["quantity"]))
        case ["returns", number, "take"]:
            return shown_return(front.take(number, body["line"], body["quantity"], body["location"]))
        case ["returns", number, ("open" | "closed" | "cancelled") as state]:
            return shown_return(front.step(number, state))
        case ["orders", number, "refunds"]:
            lines = Counter[str](body["lines"])
            return shown_refund(front.refund(number, body["note"], body["label"], "backhaul", body["minor"], lines))
        case ["orders", number, "exchanges"]:
            return shown_swap(front.swap(number, body["note"], body["exchange"], body["sku"], body["quantity"]))
        case ["exchanges", number, ("claimed" | "placed" | "cancelled") as state]:
            return shown_swap(front.advance(number, state))
        case ["stock"]:
            return front.change(body["key"], body["deltas"])
        case ["orders", number, "marks", name]:
            return front.mark(number, name, body)
    raise Refusal(404, f"no such resource: POST {'/'.join(path)}")
