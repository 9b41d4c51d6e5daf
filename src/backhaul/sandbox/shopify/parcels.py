"""What was sent of an order, from where, and what still waits to be sent."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from .goods import Location
from .lines import Line
from .orders import Order


@dataclass(slots=True, eq=False)
class FulfilmentLine:
    """Units of a line in one parcel; `returned` are in a return, `refunded` were refunded outside of one."""

    kind: ClassVar[str] = "FulfillmentLineItem"
    gid: str
    line: Line
    quantity: int
    fulfilment: "Fulfilment"
    returned: int = 0
    refunded: int = 0

    @property
    def returnable(self) -> int:
        """Units that a return may still take."""
        return max(0, self.quantity - self.returned - self.refunded)


@dataclass(slots=True, eq=False)
class Fulfilment:
    """One parcel."""

    kind: ClassVar[str] = "Fulfillment"
    gid: str
    name: str
    order: Order
    location: Location
    created_at: datetime
    lines: list[FulfilmentLine] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class FulfilmentOrder:
    """Units that wait to be sent; `held` says for what."""

    kind: ClassVar[str] = "FulfillmentOrder"
    gid: str
    order: Order
    lines: list[tuple[Line, int]]
    created_at: datetime
    status: str = "OPEN"
    held: str | None = None
