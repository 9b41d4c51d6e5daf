"""Which orders the shop has sold: a fixed cycle, so that every run and every test meets the same ones."""

from decimal import Decimal
from typing import NamedTuple


class Sold(NamedTuple):
    """One line of a sold order: `quantity` units of `sku`, `discount` as a rate (0.10 is ten per cent)."""

    sku: str
    quantity: int
    discount: Decimal = Decimal(0)


TENTH = Decimal("0.10")
CYCLE: tuple[tuple[Sold, ...], ...] = (
    (Sold("SHIRT-M", 2), Sold("JEANS-32", 1)),
    (Sold("SET", 2), Sold("MUG", 1)),
    (Sold("BELT-90", 3, TENTH),),
    (Sold("MUG", 1),),
    (Sold("SOCK", 4), Sold("SHIRT-L", 1)),
    (Sold("JEANS-32", 2, TENTH), Sold("BELT-90", 1)),
    (Sold("SHIRT-M", 1),),
    (Sold("SHIRT-L", 3), Sold("MUG", 2, TENTH)),
    (Sold("SET", 1), Sold("SOCK", 2)),
    (Sold("JEANS-32", 1), Sold("SHIRT-M", 1, TENTH), Sold("SOCK", 1)),
)


def orders(count: int) -> dict[str, tuple[Sold, ...]]:
    """The first `count` orders by number, `SHOP-1001` onwards."""
    return {f"SHOP-{1001 + n}": CYCLE[n % len(CYCLE)] for n in range(count)}
