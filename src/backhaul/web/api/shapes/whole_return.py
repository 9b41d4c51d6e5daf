"""One return with all that is kept about it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ninja import Schema

from backhaul.web.api.shapes.documents import DocumentOut
from backhaul.web.api.shapes.exceptions import ExceptionOut
from backhaul.web.api.shapes.returns import ReturnOut
from backhaul.web.api.shapes.values import MoneyOut


class NameOut(Schema):
    kind: str
    value: str


class FactOut(Schema):
    """A fact as recorded; ``message_id`` is the message that told it, none for decisions and answers to us."""

    id: int
    kind: str
    body: dict[str, Any]
    recorded_at: datetime
    message_id: int | None
    connection: str | None


class StepOut(Schema):
    name: str
    reached: bool
    at: datetime | None
    note: str


class UnitOut(Schema):
    """One physical unit with its goods and its money track."""

    ref: str
    order: str
    sku: str | None
    product: str | None
    reason: str | None
    condition: str
    goods: list[StepOut]
    money: list[StepOut]


class ExchangeOut(Schema):
    """``value``: what the replacements are worth together, none where that is what was paid. ``standing``: recorded,
    ordered, withdrawn, refunded instead, or refused."""

    id: str
    unit: str | None
    sku: str
    quantity: int
    value: MoneyOut | None
    charged: list[MoneyOut]
    order: str | None
    standing: str


class ExpectationOut(Schema):
    key: str
    kind: str
    about: str
    due_at: datetime
    value: list[MoneyOut]


class PostingOut(Schema):
    """``quantity`` of ``commodity``, a SKU or a currency's minor units, from one account to another."""

    cause: str
    source: str
    destination: str
    quantity: int
    commodity: str
    recorded_at: datetime


class BalanceOut(Schema):
    account: str
    commodity: str
    quantity: int


class WholeReturnOut(Schema):
    """One return with all that is kept about it."""

    row: ReturnOut
    names: list[NameOut]
    facts: list[FactOut]
    units: list[UnitOut]
    documents: list[DocumentOut]
    exchanges: list[ExchangeOut]
    expectations: list[ExpectationOut]
    exceptions: list[ExceptionOut]
    postings: list[PostingOut]
    balances: list[BalanceOut]
