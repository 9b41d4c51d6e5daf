"""Shopify's quota is kept without being refused, and used: what is asked for waits until there are points for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest
from pydantic import SecretStr

from backhaul.connectors.shopify.budget import Budget
from backhaul.connectors.shopify.client import Refusal, Shopify
from backhaul.connectors.shopify.settings import ShopifySettings
from backhaul.sandbox.shopify import Fault, Order, Shop
from backhaul.sdk.outcomes import Rejected, Throttled, Unsure
from backhaul.sdk.wire import Wire


@contextmanager
def connected(shop: Shop, budget: Budget | None = None) -> Iterator[Shopify]:
    """To the stand-in without a server; its clock stands still unless the budget drives it."""

    def answer(request: httpx.Request) -> httpx.Response:
        code, headers, body = shop.answer(request.method, request.url.path, dict(request.headers), request.content)
        return httpx.Response(code, headers=dict(headers), stream=httpx.ByteStream(body))

    settings = ShopifySettings(
        shop="modern-retailer.myshopify.com", token=SecretStr(shop.token), base_url="http://shop"
    )
    wire = Wire("http://shop", transport=httpx.MockTransport(answer))
    system = Shopify(settings, wire, budget)
    try:
        yield system
    finally:
        system.close()


def stocked(**more: float) -> tuple[Shop, Order]:
    shop = Shop(**more)  # type: ignore[arg-type]
    shop.add_location("Main")
    shop.add_variant("SHIRT-M", 2000, {"Main": 50})
    return shop, shop.sell(lines=[("SHIRT-M", 2)])


@pytest.mark.parametrize("per_second", [50.0, 100.0, 1000.0])
def test_nothing_is_refused_and_nearly_all_points_are_used(per_second: float) -> None:
    shop, order = stocked(maximum_available=200.0, restore_rate=per_second)
    budget = Budget(clock=shop.clock.seconds, sleep=shop.clock.advance)
    with connected(shop, budget) as system:
        for _ in range(500):
            system.ask("OrderToRefund", id=order.gid)
            system.ask("ReturnsOfOrder", id=order.gid)
    offered = 200.0 + shop.clock.seconds() * per_second
    assert shop.usage.throttled == 0
    assert shop.usage.cost >= 0.95 * (offered - shop.bucket.available)
    assert offered - shop.usage.cost <= 200.0 + 0.05 * offered


def test_a_bucket_that_others_empty_is_waited_for() -> None:
    shop, order = stocked(maximum_available=200.0, restore_rate=10.0)
    budget = Budget(clock=shop.clock.seconds, sleep=shop.clock.advance)
    with connected(shop, budget) as system:
        for turn in range(20):
            shop.bucket.draw(shop.bucket.available * 0.9 if turn == 10 else 0)
            try:
                system.ask("OrderToRefund", id=order.gid)
            except Throttled as throttled:
                shop.clock.advance(throttled.wait_s)
    assert shop.usage.throttled == 1, "one is refused, then it is known what the others leave"


def test_throttled_is_an_http_200_and_did_nothing() -> None:
    shop, order = stocked()
    shop.ask(Fault.THROTTLE)
    with connected(shop) as system, pytest.raises(Throttled) as throttled:
        system.ask("OrderToRefund", id=order.gid)
    assert throttled.value.wait_s > 0


@pytest.mark.parametrize(
    ("code", "kind"),
    [("ACCESS_DENIED", Rejected), ("INTERNAL_SERVER_ERROR", Unsure), ("MAX_COST_EXCEEDED", Rejected)],
)
def test_an_error_at_the_top_is_told_by_its_code(code: str, kind: type[Exception]) -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        body = b'{"errors": [{"message": "no", "extensions": {"code": "%s"}}]}' % code.encode()
        return httpx.Response(200, stream=httpx.ByteStream(body))

    settings = ShopifySettings(shop="a.myshopify.com", token=SecretStr("t"), base_url="http://shop")
    system = Shopify(settings, Wire("http://shop", transport=httpx.MockTransport(answer)))
    with pytest.raises(kind):
        system.ask("Locations")
    system.close()


def test_a_users_error_says_field_sentence_and_code() -> None:
    shop, order = stocked()
    line = {"lineItemId": order.lines[0].gid, "quantity": 9, "restockType": "NO_RESTOCK"}
    wanted = {"orderId": order.gid, "refundLineItems": [line]}
    with connected(shop) as system, pytest.raises(Refusal, match=r"refundLineItems.*quantity"):
        system.change("CreateRefund", "refundCreate", input=wanted, key="a-key")


def test_an_answer_that_is_no_json_leaves_it_open_what_happened() -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, stream=httpx.ByteStream(b"<html>maintenance</html>"))

    settings = ShopifySettings(shop="a.myshopify.com", token=SecretStr("t"), base_url="http://shop")
    system = Shopify(settings, Wire("http://shop", transport=httpx.MockTransport(answer)))
    with pytest.raises(Unsure):
        system.ask("Locations")
    system.close()
