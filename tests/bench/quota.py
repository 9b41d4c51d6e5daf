"""``python -m tests.bench.quota``: how much of Shopify's quota four threads use at once, and how much is refused.

Against the stand-in's bucket, over HTTP, in real time; beside it what a client gets that spaces its calls evenly by the
points the dearest of them asks for.
"""

from __future__ import annotations

import argparse
import sys
import threading
import time
from typing import Any

import orjson
from pydantic import SecretStr

from backhaul.connectors.shopify.client import Shopify
from backhaul.connectors.shopify.settings import ShopifySettings
from backhaul.sandbox.shopify import Shop
from backhaul.sdk.outcomes import Throttled
from backhaul.sdk.wire import Wire

_MAXIMUM, _PER_SECOND = 1000.0, 50.0
_OPERATIONS = ("OrderToRefund", "ReturnsOfOrder", "OrderMarks", "Returnable")


def measure(seconds: float, threads: int = 4) -> dict[str, Any]:
    """Share of the points that were offered and used, per cent, and the calls refused."""
    with Shop(running=True, maximum_available=_MAXIMUM, restore_rate=_PER_SECOND) as shop:
        shop.add_location("Main")
        shop.add_variant("SHIRT-M", 2000, {"Main": 1000})
        order = shop.sell(lines=[("SHIRT-M", 2)])
        settings = ShopifySettings(shop="modern-retailer.myshopify.com", token=SecretStr(shop.token), base_url=shop.url)
        system = Shopify(settings, Wire(shop.url, connections=threads + 1))
        refused = [0] * threads
        end = time.monotonic() + seconds

        def work(number: int) -> None:
            turn = number
            while time.monotonic() < end:
                name = _OPERATIONS[turn % len(_OPERATIONS)]
                given = {"order": order.gid, "after": None} if name == "Returnable" else {"id": order.gid}
                try:
                    system.ask(name, **given)
                except Throttled as throttled:
                    refused[number] += 1
                    time.sleep(throttled.wait_s)
                turn += 1

        system.ask("OrderToRefund", id=order.gid)
        shop.bucket.draw(shop.bucket.available - 100)  # what has gathered before is not what is measured
        begun, before = time.monotonic(), shop.usage.cost
        workers = [threading.Thread(target=work, args=(number,)) for number in range(threads)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        took = time.monotonic() - begun
        used = shop.usage.cost - before
        offered = 100 + took * _PER_SECOND
        dearest = max(one.cost / one.calls for one in shop.usage.by_operation.values())
        mean = used / max(shop.usage.calls, 1)
        system.close()
    return {
        "threads": threads,
        "seconds": round(took, 1),
        "calls": shop.usage.calls,
        "refused": sum(refused),
        "used_percent": round(100 * used / offered, 1),
        "evenly_spaced_percent": round(100 * mean / dearest, 1),
    }


def main() -> int:
    """Measure and print JSON."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.quota", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    figures = measure(parser.parse_args().seconds)
    sys.stdout.write(orjson.dumps(figures, option=orjson.OPT_INDENT_2).decode() + "\n")
    return 0 if figures["used_percent"] >= 95 and not figures["refused"] else 1


if __name__ == "__main__":
    sys.exit(main())
