"""The poll of a Medusa shop sees every order that changed, also while others change, and those of open returns."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from pydantic import SecretStr

from backhaul.connectors.medusa.client import Medusa
from backhaul.connectors.medusa.polling import poll_refunds
from backhaul.connectors.medusa.settings import MedusaSettings
from backhaul.sdk.connector import OpenReturn, PollRequest
from backhaul.sdk.wire import Wire

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)


@dataclass
class Orders(httpx.BaseTransport):
    """Answers as Medusa does for orders by the time of their last change, by id, and by what their number is like."""

    orders: list[dict[str, Any]] = field(default_factory=list)
    busy: str = ""
    asked: list[httpx.QueryParams] = field(default_factory=list)

    def add(self, number: int, minute: float, paid: float | None = None) -> None:
        refund = {"id": f"ref_{number}", "amount": paid, "note": None, "created_at": "2026-11-28T11:00:00.000Z"}
        payment = {
            "id": f"pay_{number}", "currency_code": "usd", "provider_id": "pp", "created_at": "2026-11-01T00:00:00Z",
            "refunds": [] if paid is None else [refund], "captures": [],
        }  # fmt: skip
        stamp = (NOW + timedelta(minutes=minute)).isoformat()
        self.orders.append(
            {"id": f"order_{number}", "display_id": number, "updated_at": stamp, "currency_code": "usd",
             "payment_collections": [{"payments": [payment]}]}
        )  # fmt: skip

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        params = request.url.params
        self.asked.append(params)
        found = sorted(self.orders, key=lambda one: (one["updated_at"], one["id"]))
        if since := params.get("updated_at[$gte]"):
            found = [one for one in found if one["updated_at"] >= since]
        if ids := params.get_list("id[]"):
            found = [one for one in found if one["id"] in ids]
        offset, limit = int(params.get("offset", 0)), int(params["limit"])
        body = {"orders": found[offset : offset + limit]}
        if self.busy:
            # Somebody changes it after this page was read: it is the last one now.
            next(one for one in self.orders if one["id"] == self.busy)["updated_at"] = NOW.replace(hour=13).isoformat()
            self.busy = ""
        return httpx.Response(200, stream=httpx.ByteStream(json.dumps(body).encode()))


def system(orders: Orders) -> Medusa:
    settings = MedusaSettings(base_url="http://shop", key=SecretStr("sk"), return_location="sloc_1")
    return Medusa(settings, Wire("http://shop", transport=orders))


def refunds(answer: Any) -> set[str]:
    return {json.loads(message.body)["refund"] for message in answer.messages}


def test_an_order_that_changes_while_pages_are_read_pushes_no_other_out_of_sight() -> None:
    orders = Orders(busy="order_1")
    for number in range(1, 452):
        orders.add(number, number / 60, 1.0)
    answer = poll_refunds(system(orders), PollRequest(NOW, NOW.isoformat()))
    assert refunds(answer) == {f"ref_{number}" for number in range(1, 452)}
    assert answer.cursor == NOW.replace(hour=13).isoformat()
    assert not answer.again_at_once


def test_orders_that_were_changed_in_one_moment_are_all_seen() -> None:
    orders = Orders()
    for number in range(1, 500):
        orders.add(number, 1, 1.0)
    answer = poll_refunds(system(orders), PollRequest(NOW, NOW.isoformat()))
    assert len(refunds(answer)) == 499


def test_the_orders_of_open_returns_are_asked_about_though_nothing_stamps_them() -> None:
    orders = Orders()
    orders.add(7, -9000, 21.6)
    mine = OpenReturn("ret-1", (), ("7",), NOW)
    strange = OpenReturn("ret-2", (), ("no-order-of-this-shop",), NOW)
    answer = poll_refunds(system(orders), PollRequest(NOW, NOW.isoformat(), (mine, strange)))
    assert refunds(answer) == {"ref_7"}
    assert answer.asked == ("ret-1", "ret-2")


def test_only_so_many_orders_are_looked_for_in_one_poll() -> None:
    orders = Orders()
    for number in range(1, 31):
        orders.add(number, -9000)
    shop = system(orders)
    returns = tuple(OpenReturn(f"ret-{number}", (), (str(number),), NOW) for number in range(1, 31))
    asked = [len(poll_refunds(shop, PollRequest(NOW, "", returns)).asked) for _ in range(3)]
    assert asked == [10, 20, 30], "an id that was found is kept"
