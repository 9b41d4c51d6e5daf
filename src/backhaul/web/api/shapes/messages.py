"""Messages, what keeps them from being read, and which to read again."""

from __future__ import annotations

from datetime import datetime

from ninja import Schema

from backhaul.web.api.shapes.values import Key, Text


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


class CauseOut(Schema):
    """Messages nobody could use, by what was in the way."""

    state: str
    connection: str
    why: str
    name: str
    count: int
    oldest_at: datetime
    newest_at: datetime


class CauseIn(Schema):
    """The messages that one cause keeps from being read: ``cause`` is its ``name`` among the causes."""

    cause: Key
    state: Text = ""
    connection: Text = ""
