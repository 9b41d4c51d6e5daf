"""Writes the Happy Returns fixtures of the contract tests as its stand-in speaks: seeded, so that they never change."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from backhaul.sandbox.happy_returns import Order, OrderLine, StandIn, Wanted

FOLDER = Path(__file__).parents[1] / "tests/contract/fixtures/happy_returns"
_ORDERS = (
    Order(
        "SHOP-1001",
        "5324938444866",
        "shopper@example.com",
        (OrderLine("12345", "SHIRT-M", 2, "Shirt"), OrderLine("12346", "MUG", 1, "Mug", "0190000000017")),
    ),
    Order("SHOP-1002", "5324938444867", "shopper@example.com", (OrderLine("12350", "SOCK", 3, "Sock"),)),
)


def fixtures() -> Iterator[tuple[str, Any]]:
    """Each fixture's name and content."""
    world = StandIn(seed=7, attempts=1, orders=_ORDERS, start_at=datetime(2026, 11, 2, 9, tzinfo=UTC))
    shirts = world.platform.start(
        [Wanted("SHOP-1001", "SHIRT-M", 2, "too-small"), Wanted("SHOP-1001", "MUG"), Wanted("SHOP-1002", "SOCK")]
    )
    sent = iter(_sent(world))
    yield "return.asn.started", next(sent)
    yield "return.asn.second-order", next(sent)
    world.platform.drop_off(shirts.return_id)
    yield "return.asn.merged", next(iter(_sent(world)))
    world.platform.bag(shirts.return_id)
    yield "return.label.update", next(iter(_sent(world)))
    shipment = world.platform.ship()
    rows = next(iter(_sent(world)))
    yield "outbound_shipment.asn", rows
    late = world.platform.start([Wanted("SHOP-1002", "SOCK")])
    world.platform.expire(late.return_id)
    yield "return.asn.expired", next(iter(_sent(world)))
    started = json.loads(world.outbox.deliveries[0].body)
    yield (
        "return.polled",
        {"asked": {"happyReturnsExpressCode": shirts.express_code}, "items": started["items"]},
    )
    yield "outbound_shipment.polled", {"shipment": shipment.shipment_id, "rows": rows}


def text(content: Any) -> str:
    """A fixture as it stands in its file."""
    return json.dumps(content, indent=2) + "\n"


def _sent(world: StandIn) -> list[Any]:
    return [json.loads(each.body) for each in world.settle()]


if __name__ == "__main__":
    for name, content in fixtures():
        (FOLDER / f"{name}.json").write_text(text(content), encoding="utf-8")
