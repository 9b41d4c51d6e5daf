"""What the stand-in knows: returns of physical units, bags, hub shipments, and what happened to them when."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from .orders import Order, OrderLine


class State(StrEnum):
    """Where one unit stands, in the published prose of Happy Returns."""

    STARTED = "started"
    DROPPED_OFF = "dropped_off"
    APPROVED = "approved"
    EXPIRED = "expired"


@dataclass(slots=True)
class Item:
    """One physical unit; `line_item_id` is as sent, with the -{offset}-{qty} suffix where a line has several."""

    item_id: str
    order: Order
    line: OrderLine
    line_item_id: str
    reason: str
    state: State = State.STARTED
    approved_at: datetime | None = None
    bag: str = ""
    shipment_id: str = ""
    condition: str = ""
    payouts: int = 0
    contents: list[dict[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class Return:
    """One return of one shopper; it may span orders."""

    return_id: str
    express_code: str
    retailer_id: str
    started_at: datetime
    dropoff_method: str
    items: list[Item] = field(default_factory=list)
    item_details: bool = False

    def orders(self) -> list[str]:
        """The order numbers it spans, in the order first named."""
        return list(dict.fromkeys(item.order.order_number for item in self.items))


@dataclass(slots=True)
class Shipment:
    """A consolidated box from the hub to the merchant's warehouse."""

    shipment_id: str
    tracking: str
    departed_at: datetime
    rows: list[tuple[Return, Item]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Happening:
    """Something a webhook tells of: its event and typeID, and the units of one return it concerns."""

    kind: str
    type_id: str
    return_: Return
    items: tuple[Item, ...]
    at: datetime


class NotPossible(Exception):
    """The shopper, the bar or the hub cannot do this now; the text says why."""
