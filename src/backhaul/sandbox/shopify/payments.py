"""Payments of an order and what was paid back, with the lines it was paid back for."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from .goods import Location
from .lines import Line
from .money import Bag
from .orders import Order

if TYPE_CHECKING:
    from .returns import Return

PAID_IN = ("SALE", "CAPTURE")
_COUNTS = ("SUCCESS", "PENDING")


@dataclass(slots=True, eq=False)
class Payment:
    """One movement of money over one gateway; `direction` is SALE, CAPTURE, AUTHORIZATION, REFUND or VOID."""

    kind: ClassVar[str] = "OrderTransaction"
    gid: str
    order: Order
    direction: str
    gateway: str
    amount: Bag
    created_at: datetime
    status: str = "SUCCESS"
    parent: "Payment | None" = None
    processed_at: datetime | None = None

    @property
    def left(self) -> Bag:
        """What of it was not paid back yet, with refunds on their way counted as paid."""
        none = self.amount - self.amount
        if self.direction not in PAID_IN or self.status != "SUCCESS":
            return none
        back = (each.amount for each in self.order.payments if each.parent is self and each.status in _COUNTS)
        return self.amount - sum((each for each in back), none)


@dataclass(slots=True, eq=False)
class RefundLine:
    """Units of one line that a refund reverses."""

    kind: ClassVar[str] = "RefundLineItem"
    gid: str
    line: Line
    quantity: int
    restock_type: str
    location: Location | None
    subtotal: Bag
    tax: Bag


@dataclass(slots=True, eq=False)
class Refund:
    """One reversal: of goods, of money, or of both."""

    kind: ClassVar[str] = "Refund"
    gid: str
    order: Order
    created_at: datetime
    note: str | None = None
    lines: list[RefundLine] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)
    shipping: Bag | None = None
    return_: "Return | None" = None

    @property
    def total(self) -> Bag:
        """The money that went back, or is on its way."""
        none = self.order.currencies.bag(0)
        return sum((each.amount for each in self.payments if each.status in _COUNTS), none)


def paid(order: Order) -> Bag:
    """What came in."""
    inward = (each.amount for each in order.payments if each.direction in PAID_IN and each.status == "SUCCESS")
    return sum(inward, order.currencies.bag(0))


def paid_back(order: Order, *, on_its_way: bool = False) -> Bag:
    """What went back."""
    counted = _COUNTS if on_its_way else ("SUCCESS",)
    back = (each.amount for each in order.payments if each.direction == "REFUND" and each.status in counted)
    return sum(back, order.currencies.bag(0))
