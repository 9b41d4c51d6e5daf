"""Returns as lists show them, and what a person may decide about one."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from ninja import Schema
from pydantic import StringConstraints

from backhaul.web.api.shapes.values import Key, MoneyIn, Reason


class ReturnOut(Schema):
    """A return as lists show it. ``exceptions`` counts the open ones."""

    id: str
    label: str
    connection: str
    orders: list[str]
    skus: list[str]
    units: int
    stage: str
    squared: bool
    closed: bool
    exceptions: int
    initiated_at: datetime | None
    first_seen_at: datetime
    last_message_at: datetime
    linked_to: str | None


class ReturnsOut(Schema):
    """``next`` is the cursor of the following page, empty on the last."""

    rows: list[ReturnOut]
    next: str


class DispositionIn(Schema):
    unit: Key
    disposition: Key
    reason: Reason


class FateIn(Schema):
    """``fate``: kept, lost, claimed (with the ``claim``'s reference), not-returned, or awaited to take it back."""

    unit: Key
    fate: Key
    claim: Annotated[str, StringConstraints(max_length=300, pattern=r"^[^\x00]*$")] = ""
    reason: Reason


class ApprovalIn(Schema):
    """``approved``: true has the platform pay the shopper, which cannot be taken back; false holds it back."""

    unit: Key
    approved: bool
    reason: Reason


class CorrectionIn(Schema):
    refund: Key
    reason: Reason


class RefundInsteadIn(Schema):
    exchange: Key
    reason: Reason


class ChargeIn(Schema):
    """``charge`` is the payment's id at whoever took the money; told again it counts with its newest amount."""

    exchange: Key
    charge: Key
    amount: MoneyIn


class JoinIn(Schema):
    other: Key
    reason: Reason
