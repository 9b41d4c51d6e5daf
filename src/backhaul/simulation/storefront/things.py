"""What there is in the simulated storefront: orders, returns, refunds, exchange orders, units raised for sale."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Record = dict[str, Any]
LIVE = ("requested", "open", "closed")


@dataclass(slots=True)
class SoldLine:
    """One line as the shopper bought it, by the id that the returns platform shows, too."""

    id: str
    sku: str
    quantity: int


@dataclass(slots=True)
class SoldOrder:
    """An order with what returns say of it: ``marks`` by the name of the return."""

    number: str
    paid_minor: int
    lines: dict[str, SoldLine]
    marks: dict[str, Record] = field(default_factory=dict)


@dataclass(slots=True)
class Opened:
    """A return here. ``lines``: how many of each are in it, ``taken`` of them are looked at, ``restocked`` of those."""

    id: str
    note: str
    order: str
    made_at: datetime
    lines: Counter[str] = field(default_factory=Counter)
    taken: Counter[str] = field(default_factory=Counter)
    restocked: Counter[str] = field(default_factory=Counter)
    state: str = "requested"


@dataclass(slots=True)
class Paid:
    """A refund. ``by`` is who asked for it; ``sequence`` grows with each change of its ``state``.

    One that is pending becomes ``then`` at ``settles_at``.
    """

    id: str
    note: str
    order: str
    label: str
    by: str
    minor: int
    lines: Counter[str]
    state: str
    changed_at: datetime
    sequence: int = 1
    then: str = ""
    settles_at: datetime | None = None


@dataclass(slots=True)
class Swap:
    """An order of a replacement: a draft, then its stock claimed, then placed; later withdrawn or on its way."""

    id: str
    note: str
    order: str
    exchange: str
    sku: str
    quantity: int
    made_at: datetime
    state: str = "draft"
    ships_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Raised:
    """Units that became sellable here: ``by`` a return's id, the key of a change, or a person's word."""

    sku: str
    location: str
    count: int
    by: str
