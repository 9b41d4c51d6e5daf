"""What the dock is to expect of a return, what comes, and what is made of it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from .goods import Location
from .returns import Return, ReturnLine


@dataclass(slots=True, eq=False)
class Disposition:
    """What was made of some units that arrived, or did not."""

    kind: ClassVar[str] = "ReverseFulfillmentOrderDisposition"
    gid: str
    outcome: str
    quantity: int
    location: Location | None
    created_at: datetime


@dataclass(slots=True, eq=False)
class ReverseLine:
    """Units expected at the dock; each is disposed of once."""

    kind: ClassVar[str] = "ReverseFulfillmentOrderLineItem"
    gid: str
    return_line: ReturnLine
    reverse: "ReverseOrder"
    dispositions: list[Disposition] = field(default_factory=list)

    @property
    def total(self) -> int:
        """Units expected."""
        return self.return_line.quantity

    @property
    def open(self) -> int:
        """Units that nothing was made of yet."""
        return self.total - sum(each.quantity for each in self.dispositions)


@dataclass(slots=True, eq=False)
class ReverseOrder:
    """What the dock is to expect of one parcel."""

    kind: ClassVar[str] = "ReverseFulfillmentOrder"
    gid: str
    return_: Return
    lines: list[ReverseLine] = field(default_factory=list)
    deliveries: list["ReverseDelivery"] = field(default_factory=list)
    status: str = "OPEN"


@dataclass(slots=True, eq=False)
class ReverseDelivery:
    """A parcel on its way back."""

    kind: ClassVar[str] = "ReverseDelivery"
    gid: str
    reverse: ReverseOrder
    lines: list[tuple[str, ReverseLine, int]]
    tracking: dict[str, str | None]
    label: dict[str, str | None]
