"""Owed and done documents with their attempts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ninja import Schema


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
