"""The stand-in of Shopify as others use it: as a program, and behind an HTTP client that has no server to speak to."""

import httpx
import pytest

from backhaul.sandbox.shopify import ConnectionCut, Fault, Shop
from backhaul.sandbox.shopify.__main__ import arguments, furnish
from tests.unit.sandbox.shopify import operations as op
from tests.unit.sandbox.shopify.client import Client


def test_the_program_listens_on_this_machine_only_unless_told_otherwise() -> None:
    assert arguments().parse_args([]).host == "127.0.0.1"


def test_the_furnished_shop_has_sold_a_set_for_two_tenders() -> None:
    shop = Shop()
    furnish(shop)
    order = Client(shop).read(op.WHOLE, id=shop.order("#1002").gid)["order"]
    assert [each["gateway"] for each in order["transactions"]] == ["gift_card", "shopify_payments"]
    assert order["totalOutstandingSet"]["shopMoney"]["amount"] == "0.0"
    assert {line["lineItemGroup"]["title"] for line in order["lineItems"]["nodes"]} == {"Gift set"}


def test_an_http_client_speaks_to_it_without_a_server() -> None:
    shop = Shop()

    def answer(request: httpx.Request) -> httpx.Response:
        try:
            code, headers, body = shop.answer(request.method, request.url.path, dict(request.headers), request.content)
        except ConnectionCut as cut:
            raise httpx.ReadError(str(cut)) from cut
        return httpx.Response(code, headers=headers, content=body)

    with httpx.Client(transport=httpx.MockTransport(answer), base_url="https://shop.test") as client:
        headers = {"X-Shopify-Access-Token": shop.token}
        found = client.post(shop.path, json={"query": op.SHOP}, headers=headers)
        assert found.json()["data"]["shop"]["ianaTimezone"] == "America/New_York"
        shop.ask(Fault.CUT)
        with pytest.raises(httpx.ReadError):
            client.post(shop.path, json={"query": op.SHOP}, headers=headers)
