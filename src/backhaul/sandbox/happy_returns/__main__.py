"""`python -m backhaul.sandbox.happy_returns`: the stand-in as a program of its own."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from backhaul.sandbox.listening import until_interrupted

from .orders import orders_from_file
from .stand_in import StandIn


def arguments() -> argparse.ArgumentParser:
    """The options of the program."""
    parser = argparse.ArgumentParser("backhaul sandbox happy-returns", description=__doc__)
    parser.add_argument("--port", type=int, default=18200)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--seed", type=int, default=1, help="the same seed names the same things")
    parser.add_argument("--secret", default="sandbox-secret", help="signs the webhooks")
    parser.add_argument("--api-key", default="sandbox-key", help="expected in X-Hr-Apikey")
    parser.add_argument("--retailer", default="modern-retailer", metavar="ID")
    parser.add_argument("--target", help="where webhooks go, e.g. http://127.0.0.1:8000/hooks/happy-returns")
    parser.add_argument("--orders", type=Path, help="a catalogue of orders in JSON")
    parser.add_argument("--merge-within", type=float, default=60.0, metavar="SECONDS")
    parser.add_argument("--requests-per-second", type=float, default=0.5)
    parser.add_argument("--item-details", action="store_true", help="units show their item id and when approved")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run until interrupted."""
    given = arguments().parse_args(argv)
    stand_in = StandIn(
        seed=given.seed,
        secret=given.secret,
        api_key=given.api_key,
        retailer_id=given.retailer,
        target=given.target,
        orders=orders_from_file(given.orders) if given.orders else (),
        port=given.port,
        host=given.host,
        running=True,
        merge_seconds=given.merge_within,
        requests_per_second=given.requests_per_second,
        item_details=given.item_details,
    )
    with stand_in:
        print(f"Happy Returns stand-in on {stand_in.url} (Ctrl-C ends it)", flush=True)
        until_interrupted()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
