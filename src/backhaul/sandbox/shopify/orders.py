"""Orders: what was sold for how much, what was sent, what was paid and what was paid back."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from .goods import Location
from .lines import Line
from .money import Bag, Currencies

if TYPE_CHECKING:
    from .parcels import Fulfilment, FulfilmentOrder
    from .payments import Payment, Refund
    from .returns import Return


@dataclass(slots=True, eq=False)
class Customer:
    """Who ordered; store credit in minor units of the shop."""

    kind: ClassVar[str] = "Customer"
    gid: str
    email: str
    first_name: str = "Sam"
    last_name: str = "Shopper"
    store_credit: int = 0


@dataclass(slots=True, eq=False)
class Order:
    """One order, with everything that hangs on it."""

    kind: ClassVar[str] = "Order"
    gid: str
    name: str
    number: int
    currencies: Currencies
    created_at: datetime
    processed_at: datetime
    customer: Customer | None
    lines: list[Line] = field(default_factory=list)
    shipping: Bag | None = None
    taxes_included: bool = False
    fulfilments: list["Fulfilment"] = field(default_factory=list)
    fulfilment_orders: list["FulfilmentOrder"] = field(default_factory=list)
    payments: list["Payment"] = field(default_factory=list)
    refunds: list["Refund"] = field(default_factory=list)
    returns: list["Return"] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    note: str | None = None
    email: str | None = None
    address: dict[str, str | None] | None = None
    source_identifier: str | None = None
    source_name: str = "web"
    location: Location | None = None
    touched: list[datetime] = field(default_factory=list)
    edited: bool = False
    test: bool = False
    cancelled_at: datetime | None = None
    cancel_reason: str | None = None
    closed_at: datetime | None = None
    financial: str | None = None

    @property
    def updated_at(self) -> datetime:
        """When anything of it changed last."""
        return self.touched[-1] if self.touched else self.created_at

    def line(self, sku: str) -> Line:
        """The first line of a SKU; raises LookupError."""
        found = next((each for each in self.lines if each.sku == sku), None)
        if found is None:
            raise LookupError(f"order {self.name} has no line of {sku}")
        return found
