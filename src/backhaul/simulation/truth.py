"""What really is: units and refunds as the simulated people know them, whoever has told Backhaul of it or not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from backhaul.sandbox.happy_returns.model import Item, Return

PLACES = {"sellable": "STO", "damaged": "DAMAGED", "dispose": "SCRAP", "quarantine": "QUAR"}


@dataclass(slots=True)
class Goods:
    """One physical unit. ``said``: the warehouse's word for it; ``decided``: a person's, which counts more."""

    item: Item
    received: bool = False
    said: str = ""
    decided: str = ""

    @property
    def sku(self) -> str:
        return self.item.line.sku

    @property
    def order(self) -> str:
        return self.item.order.order_number

    @property
    def line(self) -> str:
        return self.item.line.order_line_item_id

    @property
    def word(self) -> str:
        return self.decided or self.said

    @property
    def place(self) -> str:
        """Where in the ERP it belongs: "" before the warehouse has it, IN until its condition leads somewhere."""
        if not self.received or self.word == "missing":
            return ""
        return PLACES.get(self.word, "IN")


@dataclass(slots=True)
class Exchange:
    """A unit that comes back for another one. ``minor``: what that is worth; ``off``: it was refunded after all."""

    id: str
    order: str
    unit: Goods
    minor: int | None
    off: bool = False


@dataclass(slots=True)
class Refund:
    """Money of one refund; ``state`` is the last that was said of it."""

    id: str
    order: str
    minor: int
    state: str = "succeeded"
    units: tuple[Goods, ...] = ()


@dataclass(slots=True)
class Trip:
    """One return: what is in it, what was paid for it, how it ends, and what only a person can settle."""

    return_: Return
    goods: list[Goods]
    refunds: dict[str, Refund] = field(default_factory=dict)
    exchanges: dict[str, Exchange] = field(default_factory=dict)
    beyond_sold: bool = False
    kept: bool = False
    called_off: bool = False
    declined: bool = False
    paid_when_here: bool = False
    sequence: int = 0

    @property
    def label(self) -> str:
        return self.return_.express_code

    def of(self, order: str) -> list[Goods]:
        return [one for one in self.goods if one.order == order]

    def number(self) -> int:
        """The next sequence of what the warehouse or the money source says."""
        self.sequence += 1
        return self.sequence


def places(goods: Iterable[Goods]) -> Counter[tuple[str, str]]:
    """How many units of each SKU belong in each place of the ERP."""
    return Counter((one.sku, one.place) for one in goods if one.place)
