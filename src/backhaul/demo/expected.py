"""What must stand in Tryton after a tale: worked out from the tale and the sold order alone, by its own arithmetic."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from typing import Any

from backhaul.demo.books import Level, Route
from backhaul.demo.tales import KNOWN_CONDITIONS, MAPPED, Back, Tale

KITS: Mapping[str, Mapping[str, int]] = {"SET": {"SHIRT-M": 1, "SOCK": 2}}
LIST_PRICES = {"SHIRT-M": Decimal(20), "SOCK": Decimal(5)}
PLACE_OF = {"sellable": "STO", "damaged": "DAMAGED", "dispose": "SCRAP", "quarantine": "QUAR"}
WAITING = "INSP"


@dataclass(frozen=True, slots=True)
class Expected:
    """One return of a tale: exactly one of each of its documents. Money in minor units, as credited.

    ``labels`` are the names under which the platform knows it; of two rivals either may have won.
    """

    tale: Tale
    labels: frozenset[str]
    units: Mapping[str, int]
    pieces: Mapping[str, int]
    placed: Mapping[Level, int]
    total_minor: int
    tax_minor: int

    @property
    def documents(self) -> int:
        """Authorisation, receipt, credit note, payment: what can be counted of one return."""
        return 4


def pieces(sku: str, quantity: int) -> dict[str, int]:
    """What lies on a shelf of so many units: a kit is its components."""
    return {part: each * quantity for part, each in KITS.get(sku, {sku: 1}).items()}


def net_minor(tale: Tale, orders: Mapping[str, Any]) -> int:
    """What was paid for the tale's units before tax."""
    prices = {line["sku"]: Decimal(line["unit_price"]) for line in orders[tale.order]["lines"]}
    for kit, parts in KITS.items():
        if kit in prices:  # a part by itself is worth what its list price is of all that is in the set
            listed = sum((LIST_PRICES[sku] * each for sku, each in parts.items()), Decimal(0))
            prices = {sku: prices[kit] * LIST_PRICES[sku] / listed for sku in parts} | prices
    return int(sum((prices[back.sku] * 100 * back.quantity for back in tale.back), Decimal(0)))


def tax_minor(tale: Tale, orders: Mapping[str, Any], rate: Decimal) -> int:
    """The tax on it."""
    return int((net_minor(tale, orders) * rate).quantize(Decimal(1), ROUND_HALF_UP))


def refund_minor(tale: Tale, orders: Mapping[str, Any], rate: Decimal) -> int:
    """What the shopper gets: what was paid, less the fee and what a replacement is worth."""
    paid = net_minor(tale, orders) + tax_minor(tale, orders, rate) - tale.fee_minor + tale.over_minor
    if not tale.paid_back:
        return 0
    if tale.swap is None:
        return paid
    return 0 if tale.swap.worth_minor is None else paid - tale.swap.worth_minor


def expected(tale: Tale, labels: Iterable[str], orders: Mapping[str, Any], rate: Decimal) -> Expected:
    """The documents of one tale."""
    arrived: Counter[str] = Counter()
    placed: Counter[Level] = Counter()
    for back in tale.back if tale.comes else ():
        arrived.update(pieces(back.sku, back.arrived))
        for condition, count in _found(back).items():
            for sku, number in pieces(back.sku, count).items():
                placed[final_place(tale, condition), sku] += number
    return Expected(
        tale,
        frozenset(labels),
        {back.sku: back.quantity for back in tale.back},
        dict(arrived),
        dict(placed),
        refund_minor(tale, orders, rate),
        _credited_tax_minor(tale, orders, rate),
    )


def _credited_tax_minor(tale: Tale, orders: Mapping[str, Any], rate: Decimal) -> int:
    """The tax in the credit note: where a replacement takes a part of the price, it takes that part of the tax."""
    tax = tax_minor(tale, orders, rate)
    if tale.swap is None:
        return tax
    left = Decimal(refund_minor(tale, orders, rate)) / (net_minor(tale, orders) + tax)
    return int((left * tax).quantize(Decimal(1), ROUND_HALF_UP))


def _found(back: Back) -> Mapping[str, int]:
    """Units per condition, of those that were there."""
    return {word: count for word, count in back.conditions.items() if word != "missing"}


def final_place(tale: Tale, condition: str) -> str:
    """Where a unit found like that is in the end; one whose condition nobody mapped still waits."""
    condition = MAPPED.get(condition, condition)
    if condition == "quarantine" and tale.decided:
        return PLACE_OF[tale.decided]
    return PLACE_OF[condition] if condition in KNOWN_CONDITIONS else WAITING


def routes(tale: Tale) -> Counter[Route]:
    """The pieces that internal shipments must have moved for a tale; Tryton's own people move theirs at receipt."""
    moved: Counter[Route] = Counter()
    if tale.merchant == "outlet" or not tale.comes:
        return moved
    for back in tale.back:
        for condition, count in _found(back).items():
            steps = [WAITING]
            if condition == "quarantine" and tale.decided:
                steps.append(PLACE_OF["quarantine"])
            steps.append(final_place(tale, condition))
            for source, target in pairwise(steps):
                for sku, number in pieces(back.sku, count).items():
                    if source != target:
                        moved[source, target, sku] += number
    return moved


def stock_after(before: Mapping[Level, int], wanted: Iterable[Expected]) -> dict[Level, int]:
    """The level of every place when all is where it belongs."""
    after = Counter(before)
    for one in wanted:
        after.update(one.placed)
    return dict(after)
