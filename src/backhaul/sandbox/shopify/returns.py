"""Returns: what is to come back, what was made of it, and what goes out in exchange."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from .goods import Variant
from .lines import Line
from .money import Bag
from .orders import Order
from .parcels import FulfilmentLine

if TYPE_CHECKING:
    from .dock import ReverseOrder


@dataclass(slots=True, eq=False)
class Reason:
    """A reason that the shop offers for returns."""

    kind: ClassVar[str] = "ReturnReasonDefinition"
    gid: str
    handle: str
    name: str


@dataclass(slots=True, eq=False)
class ReturnLine:
    """Units of one parcel's line that come back."""

    kind: ClassVar[str] = "ReturnLineItem"
    gid: str
    return_: "Return"
    sent: FulfilmentLine
    quantity: int
    reason: Reason | None = None
    note: str = ""
    customer_note: str | None = None
    fee_percentage: float | None = None
    processed: int = 0

    @property
    def unprocessed(self) -> int:
        """Units that were not processed."""
        return self.quantity - self.processed

    @property
    def processable(self) -> int:
        """Units that can be processed now."""
        return min(self.unprocessed, self.sent.line.left) if self.return_.status == "OPEN" else 0


@dataclass(slots=True, eq=False)
class ExchangeLine:
    """Units that go out in exchange; `discount` is of the whole line."""

    kind: ClassVar[str] = "ExchangeLineItem"
    gid: str
    return_: "Return"
    variant: Variant
    quantity: int
    unit: Bag
    discount: Bag
    processed: int = 0
    lines: list[Line] = field(default_factory=list)

    @property
    def unprocessed(self) -> int:
        """Units that were not processed."""
        return self.quantity - self.processed

    @property
    def processable(self) -> int:
        """Units that can be processed now."""
        return self.unprocessed if self.return_.status == "OPEN" else 0


@dataclass(slots=True, eq=False)
class Return:
    """One return of one order; it has no metafields, no tags and no id of ours."""

    kind: ClassVar[str] = "Return"
    gid: str
    name: str
    order: Order
    created_at: datetime
    status: str = "OPEN"
    lines: list[ReturnLine] = field(default_factory=list)
    exchanges: list[ExchangeLine] = field(default_factory=list)
    reverse_orders: list["ReverseOrder"] = field(default_factory=list)
    shipping_fee: Bag | None = None
    approved_at: datetime | None = None
    closed_at: datetime | None = None
    decline: dict[str, str | None] | None = None
