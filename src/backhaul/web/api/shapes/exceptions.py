"""Operational exceptions, their groups, and what is asked for to resolve them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from ninja import Schema
from pydantic import Field

from backhaul.web.api.shapes.values import Key, MoneyOut, Reason


class ExceptionOut(Schema):
    """One thing a person must look at: why, what to do, whose it is, what is at stake, how it ended.

    ``replay`` is where the last replay of a stranded object stands, "" without one: asked, sending, running, unsure,
    finished, failed, withdrawn.
    """

    key: str
    kind: str
    state: str
    about: str
    cause: str
    remedy: str
    owner: str
    value: list[MoneyOut]
    replay: str
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


class KeysIn(Schema):
    keys: Annotated[list[Key], Field(min_length=1, max_length=500)]


class ReplayIn(KeysIn):
    """``looked``: somebody has looked in the other system for what may have come through, and it is not there."""

    looked: bool = False


class WaiveIn(KeysIn):
    reason: Reason
