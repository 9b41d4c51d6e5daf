"""Messages as they were received: listed by what became of them, opened one at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Max, Min, Q

from backhaul.store.browse.causes import CauseName, CauseShape, said
from backhaul.store.browse.pages import Page, cut, read_cursor, write_cursor
from backhaul.store.models import Message, Return, ReturnKey
from backhaul.store.seals import Sealed

STATES = ("waiting", "unreadable", "unplaced", "read", "dismissed")
_DEFERRED = ("body", "digest", "seal")


@dataclass(frozen=True, slots=True)
class MessageRow:
    """A message without its body. ``returns`` are the ids of those it told something of."""

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
    returns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WholeMessage:
    """A message with its sealed body and the sealed keys of its returns, one of which may open it."""

    row: MessageRow
    headers: Mapping[str, str]
    sealed: Sealed = field(repr=False)
    return_keys: tuple[bytes | None, ...] = field(repr=False)
    labels: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class WantedMessages:
    """Which messages; "" means no matter. ``cause`` is the name of a Cause."""

    state: str = ""
    connection: str = ""
    kind: str = ""
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Cause:
    """Messages nobody could use, by what was in the way; ``name`` is the cause's, for addresses."""

    state: str
    connection: str
    why: str
    name: str
    count: int
    oldest_at: datetime
    newest_at: datetime


def messages(merchant_id: int, wanted: WantedMessages, cursor: str = "", size: int = 50) -> Page[MessageRow]:
    """A page of messages, the newest first. Raises BadCursor."""
    found = _matching(merchant_id, wanted).select_related("connection").defer(*_DEFERRED)
    if cursor:
        at, name = read_cursor(cursor)
        number = int(name) if name.isdecimal() else 0
        found = found.filter(Q(received_at__lt=at) | Q(received_at=at, id__lt=number))
    rows = [_row(row) for row in found.order_by("-received_at", "-id")[: size + 1]]
    return cut(rows, size, lambda row: write_cursor(row.received_at, str(row.id)))


def counts(merchant_id: int) -> dict[str, int]:
    """How many messages are not read, per state: the read ones are everybody else."""
    found = Message.objects.filter(connection__merchant_id=merchant_id).exclude(state__in=("read", "dismissed"))
    return dict(found.values("state").annotate(many=Count("*")).order_by().values_list("state", "many"))


def causes(merchant_id: int, most: int = 50) -> tuple[Cause, ...]:
    """What keeps messages from being read, most messages first."""
    found = Message.objects.filter(connection__merchant_id=merchant_id, state__in=("unreadable", "unplaced"))
    grouped = (
        found.annotate(shape=CauseShape(F("why")), name=CauseName(F("why")))
        .values("state", "connection__name", "shape", "name")
        .annotate(
            many=Count("*"), exact=Min("why"), last=Max("why"), oldest=Min("received_at"), newest=Max("received_at")
        )
        .order_by("-many", "state", "shape")[:most]
    )
    return tuple(
        Cause(
            row["state"],
            row["connection__name"],
            said(row["exact"], row["last"], row["shape"]),
            row["name"],
            row["many"],
            row["oldest"],
            row["newest"],
        )
        for row in grouped
    )


def ids_of_cause(merchant_id: int, cause: WantedMessages, most: int) -> tuple[int, ...]:
    """The messages that one cause keeps from being read, the oldest first."""
    found = _matching(merchant_id, cause).filter(state__in=("unreadable", "unplaced"))
    return tuple(found.order_by("id").values_list("id", flat=True)[:most])


def one_message(merchant_id: int, message_id: int) -> WholeMessage | None:
    """The message of that id, told to a connection of this merchant, or None."""
    found = Message.objects.filter(connection__merchant_id=merchant_id, id=message_id)
    row = found.select_related("connection").first()
    if row is None:
        return None
    keys = ReturnKey.objects.filter(return_ref__in=row.returns).order_by("return_ref_id")
    labels = Return.objects.filter(merchant_id=merchant_id, id__in=row.returns).order_by("id")
    return WholeMessage(
        _row(row),
        {str(name): str(value) for name, value in row.headers.items()},
        Sealed(bytes(row.body), bytes(row.seal)),
        tuple(bytes(sealed) if sealed is not None else None for sealed in keys.values_list("sealed", flat=True)),
        tuple(labels.values_list("id", "label")),
    )


def _matching(merchant_id: int, wanted: WantedMessages) -> Any:
    found = Message.objects.filter(connection__merchant_id=merchant_id)
    asked = {"state": wanted.state, "connection__name": wanted.connection, "kind": wanted.kind}
    found = found.filter(**{name: value for name, value in asked.items() if value})
    if wanted.cause:
        found = found.annotate(cause_name=CauseName(F("why"))).filter(cause_name=wanted.cause)
    return found


def _row(row: Any) -> MessageRow:
    return MessageRow(
        row.pk,
        row.connection.name,
        row.kind,
        row.state,
        row.why,
        row.received_at,
        row.seen,
        row.seen_again_at,
        row.read_at,
        row.about_order,
        tuple(row.returns),
    )
