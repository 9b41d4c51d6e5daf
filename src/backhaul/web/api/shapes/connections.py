"""Connections as the API answers them."""

from __future__ import annotations

from datetime import datetime

from ninja import Schema


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
