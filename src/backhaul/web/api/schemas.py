"""The shapes of the REST API's answers; money is whole minor units with a currency, times are UTC in ISO 8601."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from ninja import Schema
from pydantic import Field, StringConstraints

# PostgreSQL stores no NUL, and no name of ours or others' is longer.
Text = Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00]*$")]
Key = Annotated[str, StringConstraints(min_length=1, max_length=300, pattern=r"^[^\x00]+$")]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000, pattern=r"^[^\x00]+$")]
Number = Annotated[int, Field(ge=1, le=2**63 - 1)]
Size = Annotated[int, Field(ge=1, le=200)]


class MoneyOut(Schema):
    """``minor`` whole minor units (cents) of an ISO 4217 ``currency``."""

    minor: int
    currency: str


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


class AttemptOut(Schema):
    number: int
    begun_at: datetime
    ended_at: datetime
    outcome: str
    why: str


class DocumentOut(Schema):
    """An owed effect; once done, ``reference`` is the other system's name of it and ``address`` its page there."""

    key: str
    verb: str
    standing: str
    connection: str | None
    return_id: str | None
    order: str | None
    payload: dict[str, Any]
    policy_version: str
    waits_for: list[str]
    attempts: int
    not_before: datetime | None
    created_at: datetime
    done_at: datetime | None
    reference: str | None
    flush: str | None
    flush_reference: str | None
    adopted: bool
    why: str
    address: str | None = None
    tries: tuple[AttemptOut, ...] = ()


class DocumentsOut(Schema):
    rows: list[DocumentOut]
    next: str


class ExpectationOut(Schema):
    key: str
    kind: str
    about: str
    due_at: datetime
    value: list[MoneyOut]


class ExceptionOut(Schema):
    """One thing a person must look at: why, what to do, whose it is, what is at stake, how it ended."""

    key: str
    kind: str
    state: str
    about: str
    cause: str
    remedy: str
    owner: str
    value: list[MoneyOut]
    opened_at: datetime
    due_at: datetime
    closed_at: datetime | None
    waived_at: datetime | None
    waived_by: str
    waived_why: str
    return_id: str | None
    return_label: str | None
    message_id: int | None
    connection: str | None


class ExceptionsOut(Schema):
    rows: list[ExceptionOut]
    next: str


class GroupOut(Schema):
    """All exceptions of one kind and cause; ``name`` is what the parameter ``cause`` takes."""

    kind: str
    cause: str
    name: str
    owner: str
    remedy: str
    count: int
    oldest_at: datetime
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
    expectations: list[ExpectationOut]
    exceptions: list[ExceptionOut]
    postings: list[PostingOut]
    balances: list[BalanceOut]


class MessageOut(Schema):
    """A message without its body."""

    id: int
    connection: str
    kind: str
    state: str
    why: str
    received_at: datetime
    seen: int
    seen_again_at: datetime | None
    read_at: datetime | None
    about_order: str
    returns: list[str]


class MessagesOut(Schema):
    rows: list[MessageOut]
    next: str


class WholeMessageOut(Schema):
    """A message with the headers that were kept; ``body`` is none where it was erased with its return."""

    row: MessageOut
    headers: dict[str, str]
    body: str | None


class PollOut(Schema):
    name: str
    polled_at: datetime | None


class ConnectionOut(Schema):
    """A connection: ``due``, ``unsure``, ``waiting``, ``refused`` count effects, ``unread`` messages."""

    name: str
    connector: str
    go_live_at: datetime | None
    last_message_at: datetime | None
    bad_signatures: int
    last_bad_signature_at: datetime | None
    paused_until: datetime | None
    failing_since: datetime | None
    failing_why: str
    last_flush_at: datetime | None
    due: int
    unsure: int
    waiting: int
    refused: int
    unread: int
    polls: list[PollOut]


class ResultOut(Schema):
    """What came of one thing that was asked for; ``says`` is a sentence for people."""

    about: str
    done: bool
    says: str


class KeysIn(Schema):
    keys: Annotated[list[Key], Field(min_length=1, max_length=500)]


class WaiveIn(KeysIn):
    reason: Reason


class DispositionIn(Schema):
    unit: Key
    disposition: Key
    reason: Reason


class CorrectionIn(Schema):
    refund: Key
    reason: Reason


class CauseIn(Schema):
    """The messages that one cause keeps from being read: ``cause`` is its ``name`` among the causes."""

    cause: Key
    state: Text = ""
    connection: Text = ""


class CauseOut(Schema):
    """Messages nobody could use, by what was in the way."""

    state: str
    connection: str
    why: str
    name: str
    count: int
    oldest_at: datetime
    newest_at: datetime
