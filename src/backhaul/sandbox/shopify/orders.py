"""Orders: what was sold for how much, what was sent, what was paid and what was paid back."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar

from .goods import Location, Variant
from .money import Bag, Currencies

if TYPE_CHECKING:
    from .parcels import Fulfilment, FulfilmentLine, FulfilmentOrder
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


@dataclass(frozen=True, slots=True)
class TaxLine:
    """One tax on one line."""

    title: str
    rate: Decimal
    amount: Bag


@dataclass(slots=True, eq=False)
class Group:
    """The set that some lines of an order were sold as."""

    kind: ClassVar[str] = "LineItemGroup"
    gid: str
    title: str
    quantity: int
    variant: Variant


@dataclass(slots=True, eq=False)
class Line:
    """Units of one variant; `discount` and taxes are of the whole line, `gone` are units reversed or removed.

    `cancelled` are those of them that were never sent.
    """

    kind: ClassVar[str] = "LineItem"
    gid: str
    sku: str
    title: str
    quantity: int
    unit: Bag
    discount: Bag
    variant: Variant | None = None
    taxes: tuple[TaxLine, ...] = ()
    group: Group | None = None
    requires_shipping: bool = True
    taxable: bool = True
    gone: int = 0
    cancelled: int = 0
    sent: list["FulfilmentLine"] = field(default_factory=list)

    @property
    def original(self) -> Bag:
        """Before discounts."""
        one = self.unit
        return Bag(one.shop * self.quantity, one.presentment * self.quantity, one.currencies)

    @property
    def discounted(self) -> Bag:
        """After discounts."""
        return self.original - self.discount

    @property
    def tax(self) -> Bag:
        """All taxes of the line."""
        return sum((each.amount for each in self.taxes), Bag(0, 0, self.unit.currencies))

    @property
    def left(self) -> int:
        """Units still on the order, which are those that can be refunded."""
        return self.quantity - self.gone

    @property
    def unfulfilled(self) -> int:
        """Units still on the order and not sent."""
        return self.quantity - self.cancelled - sum(each.quantity for each in self.sent)

    def worth(self, of: Bag, quantity: int) -> Bag:
        """What the next `quantity` units to go carry of an amount of the whole line."""
        return of.part(self.gone, quantity, self.quantity) if self.quantity else of


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
