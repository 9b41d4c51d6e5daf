"""`python -m backhaul.sandbox.shopify`: the stand-in as a program of its own, with a few things already sold."""

import argparse
from collections.abc import Sequence

from backhaul.sandbox.listening import until_interrupted

from .published import VERSIONS, published_schema
from .shop import Shop


def arguments() -> argparse.ArgumentParser:
    """The options of the program."""
    parser = argparse.ArgumentParser("backhaul sandbox shopify", description=__doc__)
    parser.add_argument("--port", type=int, default=18300)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--seed", type=int, default=1, help="the same seed names the same things")
    parser.add_argument("--token", default="shpat_sandbox", help="expected in X-Shopify-Access-Token")
    parser.add_argument("--secret", default="sandbox-secret", help="signs the webhooks")
    parser.add_argument("--version", choices=VERSIONS, default=VERSIONS[0], help="of the webhooks")
    parser.add_argument("--target", help="where webhooks go, e.g. http://127.0.0.1:8000/hooks/shopify")
    parser.add_argument("--empty", action="store_true", help="begin with nothing to sell and nothing sold")
    return parser


def furnish(shop: Shop) -> None:
    """A small shop with two orders."""
    shop.add_location("Warehouse")
    shop.add_variant("SHIRT-M", 2500, {"Warehouse": 20}, title="Shirt")
    shop.add_variant("MUG", 1200, {"Warehouse": 30}, title="Mug")
    shop.add_bundle("GIFT-SET", 3300, {"SHIRT-M": 1, "MUG": 1}, title="Gift set")
    shop.sell(lines=[("SHIRT-M", 2), ("MUG", 1, 200)], tax_rate="0.08")
    shop.sell(lines=[("GIFT-SET", 1)], tenders=[("gift_card", 1000), ("shopify_payments", 2300)])


def main(argv: Sequence[str] | None = None) -> int:
    """Run until interrupted."""
    given = arguments().parse_args(argv)
    published_schema(given.version)
    shop = Shop(
        seed=given.seed,
        token=given.token,
        secret=given.secret,
        version=given.version,
        target=given.target,
        port=given.port,
        host=given.host,
        running=True,
    )
    if not given.empty:
        furnish(shop)
    with shop:
        print(f"Shopify stand-in on {shop.url}{shop.path} (Ctrl-C ends it)", flush=True)
        until_interrupted()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
