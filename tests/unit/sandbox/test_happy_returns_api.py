"""The stand-in's partner API answers as documented; its control API and page answer this machine only."""

import http.client
import json
from contextlib import closing
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from backhaul.sandbox.answer import Call
from backhaul.sandbox.happy_returns import Fault, StandIn, Wanted
from backhaul.sandbox.happy_returns.__main__ import arguments
from backhaul.sandbox.happy_returns.bucket import LeakyBucket
from tests.unit.sandbox.world import stand_in

KEY = {"x-hr-apikey": "sandbox-key"}


def asked(world: StandIn, body: Any, headers: dict[str, str] = KEY) -> tuple[int, Any]:
    """The answer to POST /return."""
    answer = world.partner_api.answer(Call("POST", "/return", {}, headers, json.dumps(body).encode()))
    return answer.code, json.loads(answer.body) if answer.body else None


def fetched(world: StandIn, path: str, **query: str) -> tuple[int, Any]:
    """The answer to a GET of the partner API."""
    answer = world.partner_api.answer(Call("GET", path, query, KEY))
    return answer.code, json.loads(answer.body)


def quick() -> StandIn:
    """A stand-in that never says 429 by itself."""
    return stand_in(burst=1000.0)


def test_without_the_key_nothing_is_answered() -> None:
    assert asked(quick(), {}, {})[0] == 401


@pytest.mark.parametrize("extra", [{}, {"orderNumber": "SHOP-1001", "email": "shopper@example.com"}])
def test_exactly_one_criterion_is_asked_for(extra: dict[str, str]) -> None:
    assert asked(quick(), {"happyReturnsRetailerID": "modern-retailer", **extra})[0] == 400


def test_no_return_is_204_without_a_body() -> None:
    world = quick()
    assert asked(world, {"happyReturnsRetailerID": "modern-retailer", "orderNumber": "SHOP-1001"}) == (204, None)
    world.platform.start([Wanted("SHOP-1001", "MUG")])
    assert asked(world, {"happyReturnsRetailerID": "someone-else", "orderNumber": "SHOP-1001"}) == (204, None)


@pytest.mark.parametrize("criterion", ["orderNumber", "email", "happyReturnsExpressCode"])
def test_a_return_is_found_by_each_criterion_page_by_page(criterion: str) -> None:
    world = stand_in(burst=1000.0, page_size=2)
    started = world.platform.start([Wanted("SHOP-1002", "SOCK", 3)])
    value = {"orderNumber": "SHOP-1002", "email": "shopper@example.com"}.get(criterion, started.express_code)
    body = {"happyReturnsRetailerID": "modern-retailer", criterion: value}
    code, first = asked(world, body)
    assert (code, len(first["items"])) == (200, 2)
    _, last = asked(world, {**body, "cursor": first["cursor"]})
    assert [item["orderLineItemID"] for item in last["items"]] == ["12350-2-3"]
    assert "cursor" not in last


def test_shipments_are_listed_by_window_and_read_page_by_page() -> None:
    world = quick()
    started = world.platform.start([Wanted("SHOP-1002", "SOCK", 3)])
    world.platform.drop_off(started.return_id)
    shipment = world.platform.ship()
    _, listed = fetched(world, "/outbound-shipments", retailerID="modern-retailer")
    assert [each["id"] for each in listed["outboundShipments"]] == [shipment.shipment_id]
    path = f"/outbound-shipment/{shipment.shipment_id}"
    _, first = fetched(world, path, **{"page[size]": "2"})
    _, last = fetched(world, path, **{"page[size]": "2", "page[after]": first["page"]["after"]})
    assert (len(first["items"]), len(last["items"]), last["page"]["after"]) == (2, 1, None)
    _, back = fetched(world, path, **{"page[size]": "2", "page[before]": "2"})
    assert back["items"] == first["items"]
    world.clock.advance(timedelta(days=2).total_seconds())
    _, later = fetched(world, "/outbound-shipments", retailerID="modern-retailer")
    assert later["outboundShipments"] == []
    assert fetched(world, "/outbound-shipment/none")[0] == 404
    assert fetched(world, path, **{"page[size]": "1001"})[0] == 400


def posted(world: StandIn, path: str, body: Any) -> int:
    """The code that a POST of the partner API is answered with."""
    return world.partner_api.answer(Call("POST", path, {}, KEY, json.dumps(body).encode())).code


def test_an_approval_pays_each_time_it_is_asked_for() -> None:
    world = quick()
    started = world.platform.start([Wanted("SHOP-1001", "SHIRT-M", 2)], dropoff="mail")
    world.platform.drop_off(started.return_id)
    first, second = started.items
    path = f"/rma/{started.express_code}/approve"
    one = {"happyReturnsItemID": first.item_id, "approve": True, "condition": "sellable"}
    assert posted(world, path, {"returning": [one]}) == 200
    assert posted(world, path, {"returning": [one]}) == 200
    assert (first.state, first.payouts, first.condition) == ("approved", 2, "sellable")
    assert posted(world, path, {"returning": [{**one, "approve": False, "condition": "damaged"}]}) == 200
    assert (first.payouts, first.condition) == (2, "damaged")
    assert (second.state, second.payouts) == ("dropped_off", 0)
    assert posted(world, path, {"returning": [{**one, "happyReturnsItemID": "another"}]}) == 404
    assert posted(world, "/rma/HRNOBODY/approve", {"returning": [one]}) == 404
    wrong: list[list[dict[str, Any]]] = [[], [{**one, "condition": "fine"}], [{"approve": 1}]]
    assert [posted(world, path, {"returning": each}) for each in wrong] == [400, 400, 400]
    assert posted(world, path, {}) == 400
    assert first.payouts == 2


def test_bag_contents_are_taken_for_known_items_only() -> None:
    world = quick()
    (item,) = world.platform.start([Wanted("SHOP-1001", "MUG")]).items
    told = {"happyReturnsItemID": item.item_id, "returnBagBarcode": "HR2AB", "disposition": "like-new"}
    body = [{"happyReturnsRetailerID": "modern-retailer", "items": [told]}]
    assert posted(world, "/return-contents", body) == 200
    assert item.contents == [told]
    for wrong in ({**told, "happyReturnsItemID": "another"}, {**told, "colour": "red"}):
        assert posted(world, "/return-contents", [{**body[0], "items": [wrong]}]) == 400
    assert posted(world, "/return-contents", [{**body[0], "happyReturnsRetailerID": "another"}]) == 400
    assert posted(world, "/return-contents", body * 1001) == 400
    assert item.contents == [told]


def test_items_show_more_only_where_the_account_does() -> None:
    world = stand_in(item_details=True, burst=1000.0)
    started = world.platform.start([Wanted("SHOP-1001", "MUG")])
    _, shown = asked(world, {"happyReturnsRetailerID": "modern-retailer", "orderNumber": "SHOP-1001"})
    assert shown["items"][0]["happyReturnsItemID"] == started.items[0].item_id
    assert shown["items"][0]["approvedAt"] is None
    plain = quick()
    plain.platform.start([Wanted("SHOP-1001", "MUG")])
    _, shown = asked(plain, {"happyReturnsRetailerID": "modern-retailer", "orderNumber": "SHOP-1001"})
    assert "happyReturnsItemID" not in shown["items"][0]


def test_the_ping_answers() -> None:
    assert fetched(quick(), "/webhooks")[0] == 200


def test_over_the_rate_the_published_429_says_how_long_to_wait() -> None:
    world = stand_in(burst=1.0)
    fetched(world, "/webhooks")
    answer = world.partner_api.answer(Call("GET", "/webhooks", {}, KEY))
    expected = b'{ ErrorMessage: "too many requests: limit 0.500000 requests/sec, leaky bucket size 2" }'
    assert (answer.code, answer.body) == (429, expected)


def test_a_429_can_be_arranged() -> None:
    world = quick()
    world.outbox.dice.ask([Fault.THROTTLE])
    codes = [world.partner_api.answer(Call("GET", "/webhooks", {}, KEY)).code for _ in range(2)]
    assert codes == [429, 200]


def test_a_full_bucket_leaks_at_its_rate() -> None:
    seconds = [0.0]
    bucket = LeakyBucket(0.5, 2.0, lambda: seconds[0])
    assert [bucket.wait_seconds("key") for _ in range(3)] == [0, 0, 2]
    assert bucket.wait_seconds("another key") == 0
    seconds[0] = 2.0
    assert bucket.wait_seconds("key") == 0


class Browser:
    """Speaks HTTP to a started stand-in."""

    def __init__(self, world: StandIn) -> None:
        self._parts = urlsplit(world.url)

    def call(self, method: str, path: str, body: str = "", **headers: str) -> tuple[int, str, str]:
        """Code, body and Location."""
        connection = http.client.HTTPConnection(self._parts.hostname or "", self._parts.port, timeout=10)
        with closing(connection):
            connection.request(method, path, body.encode(), headers)
            response = connection.getresponse()
            return response.status, response.read().decode(), response.getheader("Location", "")

    def told(self, path: str, body: Any) -> Any:
        """The answer of the control API, decoded; it must have accepted."""
        code, text, _ = self.call("POST", f"/control/{path}", json.dumps(body))
        assert code in (200, 201), text
        return json.loads(text)


def test_a_script_can_play_a_whole_return_through_the_control_api() -> None:
    with quick() as world:
        browser = Browser(world)
        browser.told(
            "orders",
            [
                {
                    "orderNumber": "#9",
                    "orderID": 9,
                    "email": "s@example.com",
                    "lines": [{"orderLineItemID": 1, "sku": "MUG", "quantity": 1}],
                }
            ],
        )
        started = browser.told("returns", {"units": [{"orderNumber": "#9", "line": "MUG", "reason": "too-big"}]})
        code = started["happyReturnsExpressCode"]
        assert browser.told(f"returns/{code}/dropoff-method", {"method": "in-store"})["dropoffMethod"] == "in-store"
        dropped = browser.told(f"returns/{code}/drop-off", {})
        assert dropped["items"][0]["state"] == "approved"
        assert dropped["items"][0]["labelID"].startswith("HR2")
        assert browser.told("shipments", {"returns": [code]})["units"] == 1
        browser.told("faults", {"next": ["lose"], "shares": {"duplicate": 0}})
        browser.told("clock", {"advance": 60})
        state = json.loads(browser.call("GET", "/control/state")[1])
        assert len(state["shipments"]) == 1
        deliveries = json.loads(browser.call("GET", "/control/deliveries")[1])
        assert [each["kind"] for each in deliveries][:2] == ["return.label.update", "outbound_shipment.asn"]
        assert deliveries[-1]["outcome"] == "lost"


def test_what_the_control_api_cannot_do_it_says() -> None:
    with quick() as world:
        browser = Browser(world)
        assert browser.call("POST", "/control/returns/HRNOBODY/expire", "{}")[0] == 409
        assert browser.call("POST", "/control/returns", "not JSON")[0] == 400
        assert browser.call("POST", "/control/orders", '[{"orderNumber": 1}]')[0] == 400
        assert browser.call("GET", "/control/nothing")[0] == 404
        assert browser.call("POST", "/control/faults", '{"next": ["earthquake"]}')[0] == 400


def test_a_page_elsewhere_cannot_drive_the_stand_in() -> None:
    with quick() as world:
        browser = Browser(world)
        assert browser.call("POST", "/page/settle", Origin="https://elsewhere.example")[0] == 403
        assert browser.call("GET", "/control/state", Host="elsewhere.example")[0] == 403
        assert browser.call("GET", "/control/state")[0] == 200


def test_a_newcomer_starts_scans_and_ships_a_return_on_the_page() -> None:
    with quick() as world:
        browser = Browser(world)
        form = urlencode({"order": "SHOP-1001", "quantity:12345": "1", "quantity:12346": "0", "reason": "too-small"})
        code, _, location = browser.call("POST", "/page/start", form)
        assert code == 303
        name = next(iter(world.platform.returns.values())).express_code
        assert f"Return {name} has started." in browser.call("GET", location)[1]
        assert "Scan at the bar" in browser.call("GET", "/?order=SHOP-1001")[1]
        browser.call("POST", f"/page/returns/{name}/drop-off")
        browser.call("POST", f"/page/returns/{name}/ship")
        browser.call("POST", "/page/settle")
        page = browser.call("GET", "/")[1]
        assert "outbound_shipment.asn" in page
        assert "shipped in" in page
        assert browser.call("GET", "/style.css")[0] == 200


def test_the_page_says_why_something_is_not_possible_and_escapes_it() -> None:
    with quick() as world:
        browser = Browser(world)
        location = browser.call("POST", "/page/start", urlencode({"order": "<script>", "quantity:1": "1"}))[2]
        page = browser.call("GET", location)[1]
        assert "there is no order &lt;script&gt;" in page
        assert "<script>" not in page


def test_too_large_a_body_is_refused() -> None:
    with quick() as world:
        assert Browser(world).call("POST", "/return", "x" * (1024 * 1024 + 1))[0] == 413


def test_the_program_has_the_options_the_tutorial_uses() -> None:
    given = arguments().parse_args(["--port", "18201", "--seed", "3", "--target", "http://127.0.0.1:1/hooks/x"])
    assert (given.port, given.seed, given.target) == (18201, 3, "http://127.0.0.1:1/hooks/x")
