"""What the page of calls says of Shopify is what the stand-in is asked, and no page claims less than is possible."""

from __future__ import annotations

import re
from string import ascii_lowercase

from pydantic import SecretStr

from backhaul.connectors.shopify import connector
from backhaul.connectors.shopify.settings import ShopifySettings
from backhaul.sandbox.shopify import Shop
from backhaul.sdk.conformance import Play
from tests.support.counted import PAGE, calls_of, told
from tests.support.storefront_story import Sold, exchanged_return, flushed, storefront_return


def test_shopify_is_asked_as_often_as_the_page_says() -> None:
    with Shop() as shop:
        place = shop.add_location("Main")
        for sku in ("SHIRT-M", "SHIRT-L"):
            shop.add_variant(sku, 2000, {"Main": 50})
        settings = ShopifySettings(
            shop="modern-retailer.myshopify.com",
            token=SecretStr(shop.token),
            base_url=shop.url,
            locations={"STO": place.gid},
        )
        names = iter(ascii_lowercase)

        def sold() -> Sold:
            order = shop.sell(lines=[("SHIRT-M", 2)], tax_rate="0.08")
            line = order.lines[0].gid.rsplit("/", 1)[-1]
            return Sold(order.name.removeprefix("#"), "SHIRT-M", 2160, "USD", "SHIRT-L", line)

        def story(do: Play) -> None:
            storefront_return(do, next(names), sold())
            exchanged_return(do, next(names), sold())
            flushed(do, next(names), sold())

        assert calls_of(connector, settings, story) == told("Shopify")


def test_no_row_is_better_than_the_least_that_is_possible() -> None:
    rows = re.findall(r"^\| `([a-z-]+)` \| (\d+) \| (\d+) \|", PAGE.read_text(), re.MULTILINE)
    assert rows
    assert [row for row in rows if int(row[1]) < int(row[2])] == []
