"""One merchant of the simulation: what it sold, its ERP, its returns platform, and its returns."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

import httpx

from backhaul.sandbox.happy_returns.answer import Call
from backhaul.sandbox.happy_returns.bucket import LeakyBucket
from backhaul.sandbox.happy_returns.clock import Clock
from backhaul.sandbox.happy_returns.faults import Dice, Faults
from backhaul.sandbox.happy_returns.naming import Names
from backhaul.sandbox.happy_returns.orders import Order, OrderLine
from backhaul.sandbox.happy_returns.outbox import Outbox
from backhaul.sandbox.happy_returns.partner_api import PartnerApi
from backhaul.sandbox.happy_returns.platform import Platform
from backhaul.simulation.erp import Books
from backhaul.simulation.truth import Trip

CATALOGUE = (("SHIRT-M", 3490), ("JEANS-32", 8990), ("SNEAKER-42", 11990), ("MUG", 1290), ("SCARF", 2450))
API_KEY = "the-simulated-platform-s-own-key"
CURRENCY = "USD"


@dataclass
class Shop:
    """``trips`` are its returns. ``sold`` counts units per (order, line), ``paid_minor`` per order.

    ``unsettled``: documents that are on no record of ours at rest, each in an open exception.
    """

    name: str
    books: Books
    platform: Platform
    api: PartnerApi
    trips: list[Trip] = field(default_factory=list)
    sold: dict[tuple[str, str], int] = field(default_factory=dict)
    paid_minor: dict[str, int] = field(default_factory=dict)
    merchant_id: int = 0
    unsettled: set[str] = field(default_factory=set)

    def gross_minor(self, order: str, line: str) -> int:
        """What one unit of a line was paid at, the odd cents left out."""
        sold = next(one for one in self.books.sales[order]["lines"] if one["id"] == line)
        return int((sold["net_minor"] + sold["tax_minor"]) // sold["quantity"])

    def answer_platform(self, request: httpx.Request) -> httpx.Response:
        """The platform's partner API, asked over the wire."""
        headers = {name.lower(): value for name, value in request.headers.items()}
        call = Call(request.method, request.url.path, dict(request.url.params), headers, request.content)
        said = self.api.answer(call)
        return httpx.Response(said.code, content=said.body, headers={"content-type": said.content_type})


def open_shop(name: str, seed: int, clock: Clock, dice: random.Random, faults: Faults) -> Shop:
    """A shop with some orders sold, each known to its ERP and to its returns platform."""
    outbox = Outbox(clock.now, Dice(seed, faults))
    platform = Platform(clock, Names(seed), outbox, retailer_id=name)
    bucket = LeakyBucket(0.5, 5.0, lambda: clock.now().timestamp())
    shop = Shop(name, Books(clock.now), platform, PartnerApi(platform, API_KEY, bucket))
    for number in range(dice.choice((2, 3, 4))):
        _sell(shop, f"{1001 + number}", clock, dice)
    return shop


def _sell(shop: Shop, number: str, clock: Clock, dice: random.Random) -> None:
    lines: list[dict[str, Any]] = []
    for place, (sku, price) in enumerate(dice.sample(CATALOGUE, dice.choice((1, 1, 2, 3)))):
        quantity = dice.choice((1, 1, 2, 3))
        # A discount of the whole line leaves cents that do not divide by its units.
        total = price * quantity - dice.choice((0, 0, 0, 101, 250))
        tax = total // dice.choice((10, 6, total))
        line = f"{number}{place + 1}"
        lines.append(
            {
                "id": line, "sku": sku, "quantity": quantity, "net_minor": total - tax, "tax_minor": tax,
                "cost_minor": price // 2,
            }
        )  # fmt: skip
        shop.sold[number, line] = quantity
    shop.books.sales[number] = {
        "number": number, "currency": CURRENCY, "lines": lines, "sold_at": clock.now().isoformat(),
    }  # fmt: skip
    shop.paid_minor[number] = sum(line["net_minor"] + line["tax_minor"] for line in lines)
    shown = tuple(OrderLine(line["id"], line["sku"], line["quantity"]) for line in lines)
    shop.platform.sell([Order(number, f"id-{number}", f"{number}@example.com", shown)])
