"""One merchant of the simulation: what it sold, its ERP, its returns platform, and its returns."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

import httpx

from backhaul.domain.orders import component_ref
from backhaul.sandbox.answer import Call
from backhaul.sandbox.clock import Clock
from backhaul.sandbox.happy_returns.bucket import LeakyBucket
from backhaul.sandbox.happy_returns.faults import Dice, Faults
from backhaul.sandbox.happy_returns.naming import Names
from backhaul.sandbox.happy_returns.orders import Order, OrderLine
from backhaul.sandbox.happy_returns.outbox import Outbox
from backhaul.sandbox.happy_returns.partner_api import PartnerApi
from backhaul.sandbox.happy_returns.platform import Platform
from backhaul.simulation.erp import Books
from backhaul.simulation.storefront import Front
from backhaul.simulation.truth import Trip
from backhaul.simulation.yard import Yard

CATALOGUE = (("SHIRT-M", 3490), ("JEANS-32", 8990), ("SNEAKER-42", 11990), ("MUG", 1290), ("SCARF", 2450))
API_KEY = "the-simulated-platform-s-own-key"
CURRENCY = "USD"
_SETS = 0.25


@dataclass
class Shop:
    """``trips`` are its returns. ``sold`` counts units per (order, line), ``paid_minor`` per order; ``worth_minor`` is
    what one unit of a line that the platform shows was paid at, ``set_of`` the line of the set that a part is in.

    ``pays_when_here``: what comes by mail is paid for by the platform when we say so. ``shows_details``: the platform
    shows its item ids and what it approved, so that it can be looked up.
    ``unsettled``: documents that are on no record of ours at rest, each in an open exception.
    ``front`` is its storefront, if it has one; ``we_pay`` there, or whoever else pays does, who ``pays_at_front``.
    ``stock_owners`` are those who owned its sellable stock, one after the other.
    """

    name: str
    books: Books
    platform: Platform
    api: PartnerApi
    trips: list[Trip] = field(default_factory=list)
    sold: dict[tuple[str, str], int] = field(default_factory=dict)
    paid_minor: dict[str, int] = field(default_factory=dict)
    worth_minor: dict[tuple[str, str], int] = field(default_factory=dict)
    set_of: dict[tuple[str, str], str] = field(default_factory=dict)
    merchant_id: int = 0
    pays_when_here: bool = False
    shows_details: bool = False
    yard: Yard = field(init=False)
    unsettled: set[str] = field(default_factory=set)
    front: Front | None = None
    we_pay: bool = False
    pays_at_front: bool = False
    stock_owners: tuple[str, ...] = ()

    def gross_minor(self, order: str, line: str) -> int:
        """What one unit of a line, or of a part of one, was paid at, the odd cents left out."""
        return self.worth_minor[order, line]

    def answer_platform(self, request: httpx.Request) -> httpx.Response:
        """The platform's partner API, asked over the wire."""
        headers = {name.lower(): value for name, value in request.headers.items()}
        call = Call(request.method, request.url.path, dict(request.url.params), headers, request.content)
        said = self.api.answer(call)
        return httpx.Response(said.code, content=said.body, headers={"content-type": said.content_type})


def open_shop(name: str, seed: int, clock: Clock, dice: random.Random, faults: Faults) -> Shop:
    """A shop with some orders sold, each known to its ERP and to its returns platform."""
    outbox = Outbox(clock.now, Dice(seed, faults))
    details = random.Random(f"{seed}:details").random() < 0.5
    platform = Platform(clock, Names(seed), outbox, retailer_id=name, item_details=details)
    bucket = LeakyBucket(0.5, 5.0, lambda: clock.now().timestamp())
    shop = Shop(name, Books(clock.now), platform, PartnerApi(platform, API_KEY, bucket), shows_details=details)
    for number in range(dice.choice((2, 3, 4))):
        _sell(shop, f"{1001 + number}", clock, dice, seed)
    return shop


def parts_of(sets: random.Random) -> list[dict[str, Any]]:
    """What is in a line that is a set; most are none. What is in it is sold by itself, too."""
    if sets.random() > _SETS:
        return []
    return [
        {"sku": sku, "quantity": sets.choice((1, 1, 2)), "price_minor": price, "cost_minor": price // 2}
        for sku, price in sets.sample(CATALOGUE, 2)
    ]


def _sell(shop: Shop, number: str, clock: Clock, dice: random.Random, seed: int) -> None:
    lines: list[dict[str, Any]] = []
    shown: list[OrderLine] = []
    sets = random.Random(f"{seed}:{number}:sets")
    for place, (sku, price) in enumerate(dice.sample(CATALOGUE, dice.choice((1, 1, 2, 3)))):
        quantity = dice.choice((1, 1, 2, 3))
        # A discount of the whole line leaves cents that do not divide by its units.
        total = price * quantity - dice.choice((0, 0, 0, 101, 250))
        tax = total // dice.choice((10, 6, total))
        line = f"{number}{place + 1}"
        parts = parts_of(sets)
        lines.append(
            {
                "id": line, "sku": "SET" if parts else sku, "quantity": quantity, "net_minor": total - tax,
                "tax_minor": tax, "cost_minor": price // 2, "parts": parts,
            }
        )  # fmt: skip
        shop.sold[number, line] = quantity
        shown += _shown(shop, number, lines[-1], sets)
    shop.books.sales[number] = {
        "number": number, "currency": CURRENCY, "lines": lines, "sold_at": clock.now().isoformat(),
    }  # fmt: skip
    shop.paid_minor[number] = sum(line["net_minor"] + line["tax_minor"] for line in lines)
    shop.platform.sell([Order(number, f"id-{number}", f"{number}@example.com", tuple(shown))])


def _shown(shop: Shop, number: str, line: dict[str, Any], sets: random.Random) -> list[OrderLine]:
    """What the platform shows of a sold line: the line, or of some sets what is in them, under ids of their own.

    The ERP knows those ids of some sets; of the others only the SKU tells what a part is.
    """
    each = (line["net_minor"] + line["tax_minor"]) // line["quantity"]
    for part in line["parts"]:
        name = component_ref(line["id"], part["sku"])
        shop.sold[number, name], shop.set_of[number, name] = line["quantity"] * part["quantity"], line["id"]
    if not line["parts"] or sets.random() < 0.5:
        line["shown_as"] = [line["id"]]
        shop.worth_minor[number, line["id"]] = each
        return [OrderLine(line["id"], line["sku"], line["quantity"])]
    listed = sum(part["price_minor"] * part["quantity"] for part in line["parts"])
    answer = []
    for letter, part in zip("ab", line["parts"], strict=False):
        answer.append(OrderLine(f"{line['id']}{letter}", part["sku"], line["quantity"] * part["quantity"]))
        shop.worth_minor[number, f"{line['id']}{letter}"] = each * part["price_minor"] // listed
    line["shown_as"] = [one.order_line_item_id for one in answer] if sets.random() < 0.5 else []
    return answer
