"""Facts: what a message means, in the past tense, and how facts of one kind combine.

A fact is kept once however often it is told. Each kind declares its rule:

* monotone     a track only moves forward; the furthest point told is where the unit is
* cumulative   totals; the difference to the last total is what happened, a lower later total is an adjustment
* superseding  the source's own sequence, else its time, says which statement is the newest
* constant     said once; the same again changes nothing, something else is a contradiction
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

# ruff: noqa: PLC0414  what people decided are facts like the others, and are named by this module, too
from backhaul.domain.decided import ApprovalDecided as ApprovalDecided
from backhaul.domain.decided import CorrectionDecided as CorrectionDecided
from backhaul.domain.decided import DispositionDecided as DispositionDecided
from backhaul.domain.decided import ExceptionWaived as ExceptionWaived
from backhaul.domain.decided import FateDecided as FateDecided
from backhaul.domain.money import Money
from backhaul.domain.orders import FrozenOrder

Combination = Literal["monotone", "cumulative", "superseding", "constant"]
Disposition = Literal["sellable", "damaged", "dispose", "quarantine", "missing", "wrong-item"]
DISPOSITIONS: tuple[str, ...] = get_args(Disposition)


@dataclass(frozen=True, slots=True)
class UnitName:
    """How a source names one physical unit: item id, or order line with its offset, or only the SKU.

    ``line`` is the line id stem without the ``-{offset}-{quantity}`` suffix; ``offset`` counts from 0.
    """

    order: str
    line: str | None = None
    offset: int = 0
    item: str | None = None
    sku: str | None = None


@dataclass(frozen=True, slots=True)
class ReturnInitiated:
    unit: UnitName
    method: str | None = None
    reason: str | None = None
    product: str | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DropOffChosen:
    method: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ItemDroppedOff:
    unit: UnitName
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RefundApproved:
    """The platform's word that a refund goes out. It states no money: see RefundConfirmed."""

    unit: UnitName
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RefundHeld:
    """The platform looks at the unit before any money goes out (an audit), whatever it approved before."""

    unit: UnitName
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RefundReleased:
    """The audit found nothing: what was approved counts again."""

    unit: UnitName
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RefundDeclined:
    """No money goes out for the unit, even if it was approved before."""

    unit: UnitName
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ReturnExpired:
    unit: UnitName
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ReturnCancelled:
    """The shopper or the shop called the return of this unit off; it stays where it was sold to."""

    unit: UnitName
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class KeptByCustomer:
    """Returnless: the shopper is refunded and keeps the unit; nothing of it will come."""

    unit: UnitName
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class BagLabelled:
    bag: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ItemShippedToWarehouse:
    """The hub sent the unit on, in a consolidated shipment; still not stock anywhere."""

    unit: UnitName
    shipment: str | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ItemReceived:
    """``total`` units of this line so far at this site. ``unit.line`` may be absent: then the SKU names it."""

    unit: UnitName
    site: str
    total: int
    sequence: int | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ItemInspected:
    """``total`` units of this line found to be in this condition so far at this site.

    ``disposition`` is the source's own word; the policy's map says what it means. ``found`` is the SKU of what was in
    the parcel instead, where it was something else.
    """

    unit: UnitName
    site: str
    disposition: str
    total: int
    sequence: int | None = None
    at: datetime | None = None
    found: str | None = None


@dataclass(frozen=True, slots=True)
class RefundReported:
    """Shared shape of what a money source says of one refund; ``amount`` is what the shopper got or gets."""

    refund: str
    order: str
    amount: Money
    tender: str = "original"
    fee: Money | None = None
    units: tuple[UnitName, ...] = ()
    sequence: int | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RefundPending(RefundReported):
    """Asked for, not paid: pending is not refunded."""


@dataclass(frozen=True, slots=True)
class RefundConfirmed(RefundReported):
    """The money has moved: the amount, its tender, the source's own refund id."""


@dataclass(frozen=True, slots=True)
class RefundFailed(RefundReported):
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ExchangeConfirmed:
    """A replacement was stated; without one there is no exchange.

    ``value`` is what the replacements are worth together, tax and all; without it the exchange is even. ``order`` is
    the number of the order that its source made for them.
    """

    exchange: str
    unit: UnitName
    replacement_sku: str
    quantity: int = 1
    at: datetime | None = None
    value: Money | None = None
    order: str | None = None


@dataclass(frozen=True, slots=True)
class ExchangeCancelled:
    """No replacement goes out after all: what comes back is paid back like any other unit."""

    exchange: str
    by: str = ""
    reason: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ExchangeOrdered:
    """We had the replacement ordered at the storefront: ``order`` is the number of that order there."""

    exchange: str
    order: str


@dataclass(frozen=True, slots=True)
class ChargeConfirmed:
    """The shopper has paid what an exchange is worth more, or for a unit that never came back."""

    charge: str
    order: str
    amount: Money
    exchange: str
    sequence: int | None = None
    at: datetime | None = None
    by: str = ""


@dataclass(frozen=True, slots=True)
class OrderFrozen:
    order: FrozenOrder


@dataclass(frozen=True, slots=True)
class UnitAllocated:
    """The unit is sold unit ``index`` of line ``line`` of the frozen order; no other return has that one."""

    unit: str
    order: str
    line: str
    index: int
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class UnitReleased:
    """The unit never left the shopper (expired): its sold unit is free for another return."""

    unit: str
    order: str
    line: str
    index: int
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class UnitFoundPlaced:
    """The ERP already had the unit at its place when we adopted its document; nothing of ours moves it."""

    unit: str
    site: str
    place: str


@dataclass(frozen=True, slots=True)
class AuthorisationNumbered:
    """What the ERP calls the authorisation of that key: the number people there and in the warehouse know it by."""

    authorisation: str
    number: str


@dataclass(frozen=True, slots=True)
class ReturnLinked:
    """Two names turned out to be one return."""

    other: str
    why: str
    at: datetime | None = None


Fact = (
    ReturnInitiated
    | DropOffChosen
    | ItemDroppedOff
    | RefundApproved
    | RefundHeld
    | RefundReleased
    | RefundDeclined
    | ReturnExpired
    | ReturnCancelled
    | KeptByCustomer
    | BagLabelled
    | ItemShippedToWarehouse
    | ItemReceived
    | ItemInspected
    | RefundPending
    | RefundConfirmed
    | RefundFailed
    | ExchangeConfirmed
    | ExchangeCancelled
    | ExchangeOrdered
    | ChargeConfirmed
    | OrderFrozen
    | UnitAllocated
    | UnitReleased
    | UnitFoundPlaced
    | AuthorisationNumbered
    | DispositionDecided
    | FateDecided
    | ApprovalDecided
    | ExceptionWaived
    | CorrectionDecided
    | ReturnLinked
)

COMBINATIONS: dict[type[Fact], Combination] = {
    ReturnInitiated: "constant",
    DropOffChosen: "superseding",
    ItemDroppedOff: "monotone",
    RefundApproved: "monotone",
    RefundHeld: "monotone",
    RefundReleased: "monotone",
    RefundDeclined: "monotone",
    ReturnExpired: "monotone",
    ReturnCancelled: "monotone",
    KeptByCustomer: "monotone",
    BagLabelled: "constant",
    ItemShippedToWarehouse: "monotone",
    ItemReceived: "cumulative",
    ItemInspected: "cumulative",
    RefundPending: "superseding",
    RefundConfirmed: "superseding",
    RefundFailed: "superseding",
    ExchangeConfirmed: "constant",
    ExchangeCancelled: "monotone",
    ExchangeOrdered: "constant",
    ChargeConfirmed: "superseding",
    OrderFrozen: "constant",
    UnitAllocated: "constant",
    UnitReleased: "constant",
    UnitFoundPlaced: "constant",
    AuthorisationNumbered: "constant",
    DispositionDecided: "superseding",
    FateDecided: "superseding",
    ApprovalDecided: "superseding",
    ExceptionWaived: "constant",
    CorrectionDecided: "constant",
    ReturnLinked: "constant",
}
