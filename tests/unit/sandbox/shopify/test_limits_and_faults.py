"""What goes wrong on the way to the stand-in of Shopify: limits by cost, cut connections, bad gateways."""

import http.client
import json
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest

from backhaul.sandbox.shopify import ConnectionCut, Fault, Faults, Shop
from tests.unit.sandbox.shopify import operations as op
from tests.unit.sandbox.shopify.client import Client, little_shop


def code_of(shop: Shop, client: Client, query: str = "{ shop { id } }") -> int:
    body = json.dumps({"query": query}).encode()
    return shop.answer("POST", client.path, {"X-Shopify-Access-Token": shop.token}, body)[0]


def test_each_answer_says_what_it_cost() -> None:
    shop, client = little_shop()
    order = shop.sell(lines=[("MUG", 1)])
    cost = client.raw(op.ORDER, id=order.gid)["extensions"]["cost"]
    assert cost["requestedQueryCost"] > cost["actualQueryCost"] > 0
    assert cost["throttleStatus"] == {
        "maximumAvailable": 2000.0,
        "currentlyAvailable": 2000.0 - cost["actualQueryCost"],
        "restoreRate": 100.0,
    }


def test_a_throttled_call_does_nothing_and_waiting_as_told_is_enough() -> None:
    shop, client = little_shop(maximum_available=20, restore_rate=5)
    order = shop.sell(lines=[("MUG", 1)])
    client.done(op.TAGS_ADD, id=order.gid, tags=["one"])
    answer = client.raw(op.TAGS_ADD, id=order.gid, tags=["two"])
    assert answer["errors"][0]["extensions"]["code"] == "THROTTLED"
    assert order.tags == ["one"]
    cost = answer["extensions"]["cost"]
    short = cost["requestedQueryCost"] - cost["throttleStatus"]["currentlyAvailable"]
    shop.clock.advance(short / cost["throttleStatus"]["restoreRate"])
    client.done(op.TAGS_ADD, id=order.gid, tags=["two"])
    used = shop.usage.by_operation["TagsAdd"]
    assert (used.calls, used.throttled) == (3, 1)
    assert shop.usage.cost == used.cost > 0


def test_a_call_that_the_bucket_can_never_hold_is_refused_for_good() -> None:
    _, client = little_shop(maximum_available=20)
    answer = client.raw(op.ORDER, id="gid://shopify/Order/1")
    assert answer["errors"][0]["extensions"]["code"] == "MAX_COST_EXCEEDED"


def test_a_cut_connection_leaves_the_deed_done() -> None:
    shop, client = little_shop()
    order = shop.sell(lines=[("MUG", 1)])
    shop.ask(Fault.CUT, operation="TagsAdd")
    client.read(op.SHOP)
    with pytest.raises(ConnectionCut):
        client.raw(op.TAGS_ADD, id=order.gid, tags=["hr"])
    assert order.tags == ["hr"]


def test_over_http_a_cut_connection_ends_without_an_answer() -> None:
    shop, _ = little_shop()
    with shop:
        parts = urlsplit(shop.url)
        connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=5)
        headers = {"X-Shopify-Access-Token": shop.token, "Content-Type": "application/json"}
        body = json.dumps({"query": op.SHOP})
        connection.request("POST", shop.path, body, headers)
        assert json.loads(connection.getresponse().read())["data"]["shop"]["name"] == "Modern Retailer"
        shop.ask(Fault.CUT)
        connection.request("POST", shop.path, body, headers)
        with pytest.raises((http.client.HTTPException, OSError)):
            connection.getresponse()
        connection.close()


def test_a_bad_gateway_has_done_nothing() -> None:
    shop, client = little_shop()
    shop.ask(Fault.BAD_GATEWAY)
    shop.ask(Fault.UNAVAILABLE, times=2)
    assert [code_of(shop, client) for _ in range(4)] == [502, 503, 503, 200]


def test_the_same_seed_suffers_the_same_faults() -> None:
    struck = []
    for _ in range(2):
        shop, client = little_shop(seed=7, faults=Faults(bad_gateway=0.3, throttle=0.2))
        struck.append([code_of(shop, client) for _ in range(30)])
    assert struck[0] == struck[1]
    assert 502 in struck[0]


def test_the_same_seed_names_the_same_things() -> None:
    first, second = (little_shop(seed=3)[0].sell(lines=[("SET", 1)]) for _ in range(2))
    assert [line.gid for line in first.lines] == [line.gid for line in second.lines]


def test_a_slow_answer_holds_up_nobody_else() -> None:
    shop, client = little_shop(faults=Faults(slow_seconds=0.5))
    shop.ask(Fault.SLOW, operation="Shop")
    with ThreadPoolExecutor() as pool:
        slow = pool.submit(client.read, op.SHOP)
        while not shop.usage.calls:
            time.sleep(0.01)
        client.read(op.REASONS)
        assert not slow.done()
        assert slow.result()["shop"]["name"] == "Modern Retailer"


def test_many_callers_with_the_same_key_refund_once() -> None:
    shop, client = little_shop()
    order = shop.sell(lines=[("MUG", 1)])
    line = {"lineItemId": order.lines[0].gid, "quantity": 1, "restockType": "NO_RESTOCK"}
    asked = {"orderId": order.gid, "refundLineItems": [line]}
    with ThreadPoolExecutor(8) as pool:
        done = [pool.submit(client.done, op.REFUND_CREATE, input=asked, key="k") for _ in range(16)]
        ids = {each.result()["refund"]["id"] for each in done}
    assert ids == {shop.refunds(order)[0].gid}
    assert len(shop.refunds(order)) == 1
