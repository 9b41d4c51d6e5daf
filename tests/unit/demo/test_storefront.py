"""The check of the demo's storefront finds what is missing, doubled or wrong there, and names it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest

from backhaul.demo.expected import Expected, expected
from backhaul.demo.shopify_front import ShopifyFront
from backhaul.demo.storefront import TAX_RATE, compare_storefront
from backhaul.demo.tales import Back, Scenario, Tale
from backhaul.sandbox.shopify import Shop

ORDERS = {
    "SHOP-1": {"lines": [{"sku": "SHIRT-M", "quantity": 2, "unit_price": "20"}]},
    "SHOP-2": {"lines": [{"sku": "SET", "quantity": 1, "unit_price": "27"}]},
}
SHIRT = Tale(Scenario.STOREFRONT, "SHOP-1", (Back("SHIRT-M"),), merchant="boutique")


@pytest.fixture
def storefront() -> Iterator[ShopifyFront]:
    with Shop() as shop:
        yield ShopifyFront.open(shop, ORDERS, tuple(ORDERS))


def wanted() -> list[Expected]:
    return [expected(SHIRT, ["HR1"], ORDERS, Decimal(TAX_RATE))]


def found(storefront: ShopifyFront) -> list[tuple[str, str]]:
    return [(one.sort, one.what) for one in compare_storefront(wanted(), storefront)]


def test_a_shop_in_which_nothing_was_done_lacks_everything(storefront: ShopifyFront) -> None:
    assert found(storefront) == [
        ("missing", "storefront return"),
        ("missing", "storefront refund"),
        ("wrong", "storefront refund"),
        ("wrong", "mark"),
        ("wrong", "storefront stock"),
    ]


def test_a_set_is_sold_as_its_parts_and_offered_to_the_platform_by_them(storefront: ShopifyFront) -> None:
    (order,) = storefront.catalogue(["SHOP-2"])
    lines: list[dict[str, object]] = order["lines"]  # type: ignore[assignment]
    assert [(line["sku"], line["quantity"]) for line in lines] == [("SHIRT-M", 1), ("SOCK", 2)]


def test_a_second_refund_and_one_unit_too_many_in_stock_are_named(storefront: ShopifyFront) -> None:
    order = storefront.shop.order("SHOP-1")
    storefront.shop.refund_by_hand(order, [("SHIRT-M", 1)])
    storefront.shop.refund_by_hand(order, [("SHIRT-M", 1)])
    storefront.shop.count_by_hand("SHIRT-M", 2)
    assert ("doubled", "storefront refund") in found(storefront)
    assert ("wrong", "storefront stock") in found(storefront)
