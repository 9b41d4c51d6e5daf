"""Lines of an order: units of one thing at one price, with its discounts and taxes."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar

from .goods import Variant
from .money import Bag

if TYPE_CHECKING:
    from .parcels import FulfilmentLine


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
