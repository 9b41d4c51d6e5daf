"""The returns of the day as values: what is sent back, by whom, what happens on the way and what is paid for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

Naming = Literal["return", "express", "order", "bag"]
Merchant = Literal["acme", "outlet", "boutique"]


class Scenario(StrEnum):
    """The chapters of the day, as the summary shows them."""

    STATED = "1a Refund, stated money, the warehouse receives"
    APPROVED = "1b Refund by approval, Tryton's own people receive"
    CONDITIONS = "2  Dispositions: damaged, dispose, quarantine"
    MESSAGES = "3  Messages doubled, merged, reordered, lost"
    ANSWERS = "4  Answers lost after Tryton had committed"
    TOO_MANY = "6  More returned than was sold, in parallel"
    RUBBISH = "7  Rubbish, and a word that a person maps"
    EXCHANGES = "8  Exchanges: even, and for something cheaper"
    ABSENT = "9  Missing from the parcel, and claimed from the carrier"
    PARTS = "10 A part of a set, and a set refunded whole for it"
    ENDINGS = "11 Kept by the shopper, called off, declined"
    MAILED = "12 By mail and in files: a person lets the platform pay"
    STOREFRONT = "13 A storefront: its return, refund, exchange, stock and mark"


@dataclass(frozen=True, slots=True)
class Back:
    """``quantity`` units of one SKU that come back, and the conditions in which the warehouse finds them."""

    sku: str
    quantity: int = 1
    found: Mapping[str, int] = field(default_factory=dict)

    @property
    def arrived(self) -> int:
        """How many of them were in the parcel."""
        return self.quantity - self.conditions.get("missing", 0)

    @property
    def conditions(self) -> Mapping[str, int]:
        """Units per condition; all sellable where nothing else is said."""
        return self.found or {"sellable": self.quantity}


class Twist(StrEnum):
    """What befalls the messages of a return."""

    NONE = "none"
    DOUBLED = "doubled"
    MERGED = "merged"
    REORDERED = "reordered"
    LOST_UNTIL_SHIPMENT = "lost, found by the shipment"
    LOST_UNTIL_REFUND = "lost, found by the refund"
    DROP_OFF_LOST = "drop-off lost"


class Ending(StrEnum):
    """What becomes of a return beside what usually does, in the platform's words of the demo."""

    KEPT = "keep-it"
    CALLED_OFF = "called-off"
    DECLINED = "not-this-one"


@dataclass(frozen=True, slots=True)
class Swap:
    """One unit of ``sku`` instead of money; ``worth_minor`` with tax, None where it is even."""

    sku: str
    worth_minor: int | None = None


@dataclass(frozen=True, slots=True)
class Tale:
    """One return. ``rival`` is a second return of the same units at the same moment: only one of both can be right.

    ``fate`` is what a person says became of units that were missing from the parcel, ``ending`` what the platform says
    of the return beside or instead of what usually happens. ``over_minor`` is paid beyond its units' worth.
    ``let_pay``: the platform pays when a person has said so, and the warehouse tells of it in a file. ``by_hand``:
    somebody refunds it in the storefront's admin before we do.
    ``fee_minor`` is kept of the refund; ``decided`` is what a person makes of the units in quarantine; ``lost_at``
    is the document whose answer is cut off after Tryton committed it.
    """

    scenario: Scenario
    order: str
    back: tuple[Back, ...]
    merchant: Merchant = "acme"
    dropoff: str = "return-bar"
    fee_minor: int = 0
    naming: Naming = "return"
    twist: Twist = Twist.NONE
    decided: str = ""
    rival: bool = False
    lost_at: Literal["", "authorisation", "credit note", "receipt", "refund"] = ""
    short: bool = False
    swap: Swap | None = None
    fate: str = ""
    ending: Ending | None = None
    over_minor: int = 0
    let_pay: bool = False
    by_hand: bool = False

    @property
    def paid_back(self) -> bool:
        """Whether any money goes back: none does for what is exchanged even, called off or declined."""
        if self.ending in (Ending.CALLED_OFF, Ending.DECLINED):
            return False
        return self.swap is None or self.swap.worth_minor is not None

    @property
    def comes(self) -> bool:
        """Whether anything is handed in."""
        return self.ending not in (Ending.KEPT, Ending.CALLED_OFF)

    @property
    def closes(self) -> bool:
        """Whether its authorisation is closed in the end, and not withdrawn."""
        return self.ending is not Ending.CALLED_OFF

    @property
    def units(self) -> int:
        return sum(back.quantity for back in self.back)

    @property
    def returns(self) -> int:
        """How many returns the platform knows of this tale."""
        return 2 if self.rival else 1

    @property
    def stays_open(self) -> bool:
        """Whether it cannot be squared without a person: an unmapped condition, quarantine nobody decided."""
        words = {word for back in self.back for word in back.conditions}
        return bool(words - KNOWN_CONDITIONS - MAPPED.keys() - ({"missing"} if self.fate else set())) or (
            "quarantine" in words and not self.decided
        )


KNOWN_CONDITIONS = frozenset({"sellable", "damaged", "dispose", "quarantine"})
UNMAPPED = "slightly haunted"
MAPPED = {UNMAPPED: "damaged"}
"""What a person says in the end that the warehouse's words mean."""
