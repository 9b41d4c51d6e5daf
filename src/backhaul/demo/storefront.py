"""The boutique's storefront as the demo asks it, whichever it is, and what must stand there in the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple, Protocol

from backhaul.demo.compare import Finding
from backhaul.demo.expected import Expected
from backhaul.demo.tales import Tale

TAX_RATE = Decimal("0.08")
"""The seeded shop's: what the storefront sold at, too."""
Orders = Mapping[str, Any]


class Returned(NamedTuple):
    """A return of the storefront's that was not cancelled. ``through``: nothing of it is to come any more."""

    name: str
    units: int
    standing: str
    through: bool


class Storefront(Protocol):
    """The shop with the boutique's orders sold, paid and sent; ``before`` is its sellable stock at that time."""

    @property
    def before(self) -> Mapping[str, int]: ...

    def catalogue(self, numbers: Sequence[str]) -> list[dict[str, object]]:
        """The orders as the returns platform has them from the shop: with the shop's own ids of their lines."""
        ...

    def pay_by_hand(self, tale: Tale, amount_minor: int) -> None:
        """Somebody refunds the tale's units in the shop's admin before anything was handed in."""
        ...

    def returns(self, number: str) -> list[Returned]: ...

    def refunds(self, number: str) -> list[int]:
        """What was paid back for the order, refund by refund, in minor units."""
        ...

    def marks(self, number: str) -> set[str]:
        """The words on the order: how far its goods are, and its money."""
        ...

    def exchange_orders(self) -> int: ...

    def stock(self, sku: str) -> int: ...

    def settings(self) -> str:
        """The connection's settings, as they stand in backhaul.toml."""
        ...


def documents(storefront: Storefront, numbers: Sequence[str]) -> dict[str, int]:
    """How many documents of each kind stand in the shop."""
    return {
        "storefront returns": sum(len(storefront.returns(number)) for number in numbers),
        "storefront refunds": sum(len(storefront.refunds(number)) for number in numbers),
        "storefront exchange orders": storefront.exchange_orders(),
    }


def compare_storefront(wanted: Sequence[Expected], storefront: Storefront) -> tuple[Finding, ...]:
    """All that is not as it must be in the shop: none when it agrees with the ERP to the cent and to the unit."""
    own = [one for one in wanted if one.tale.merchant == "boutique"]
    found = [finding for one in own for finding in _of_one(one, storefront)]
    return (*found, *_levels(own, storefront))


def _of_one(one: Expected, storefront: Storefront) -> Iterator[Finding]:
    about = one.tale.order
    returns, paid, marks = storefront.returns(about), storefront.refunds(about), storefront.marks(about)
    if len(returns) > 1 or (not returns and not one.tale.by_hand):
        yield Finding("doubled" if returns else "missing", "storefront return", about, f"{len(returns)}, not 1")
    for each in returns[:1]:
        if each.units != one.tale.units:
            yield Finding("wrong", "storefront return", about, f"is for {each.units} units, not {one.tale.units}")
        if not each.through:
            yield Finding("wrong", "storefront return", about, f"{each.name} is {each.standing}")
    if len(paid) != (1 if one.tale.paid_back else 0):
        yield Finding("doubled" if len(paid) > 1 else "missing", "storefront refund", about, f"{len(paid)} refunds")
    if sum(paid) != one.total_minor:
        yield Finding("wrong", "storefront refund", about, f"{sum(paid)}, not {one.total_minor}")
    must = {"inspected", "exchanged" if one.tale.swap is not None else "refunded"}
    if marks != must:
        yield Finding("wrong", "mark", about, f"{', '.join(sorted(marks))}, not {', '.join(sorted(must))}")


def _levels(own: Sequence[Expected], storefront: Storefront) -> Iterator[Finding]:
    must = Counter(storefront.before)
    for one in own:
        for (place, sku), count in one.placed.items():
            must[sku] += count if place == "STO" else 0
        if one.tale.swap is not None:
            must[one.tale.swap.sku] -= 1
    swaps, made = sum(one.tale.swap is not None for one in own), storefront.exchange_orders()
    if made != swaps:
        sort = "doubled" if made > swaps else "missing"
        yield Finding(sort, "storefront exchange order", "all", f"{made}, not {swaps}")  # type: ignore[arg-type]
    for sku in sorted(storefront.before):
        seen = storefront.stock(sku)
        if seen != must[sku]:
            yield Finding("wrong", "storefront stock", "its warehouse", f"{seen} {sku}, not {must[sku]}")
