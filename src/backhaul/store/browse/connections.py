"""Connections: when each was last heard of, what it owes, what it refused, and until when it pauses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from backhaul.store import arrivals
from backhaul.store.models import Connection, PollCursor


@dataclass(frozen=True, slots=True)
class PollRow:
    """A regular question to the other system and when it was last asked."""

    name: str
    polled_at: datetime | None


@dataclass(frozen=True, slots=True)
class ConnectionRow:
    """A connection; ``due``, ``unsure`` and ``waiting`` count effects, ``unread`` messages not used yet."""

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
    polls: tuple[PollRow, ...]


@dataclass(frozen=True, slots=True)
class Trouble:
    """A connection that fails since then, or pauses until then, and why."""

    name: str
    failing_since: datetime | None
    paused_until: datetime | None
    why: str


def troubles(merchant_id: int, now: datetime) -> tuple[Trouble, ...]:
    """The connections that fail or pause, by name."""
    found = Connection.objects.filter(Q(failing_since__isnull=False) | Q(not_before__gt=now), merchant_id=merchant_id)
    return tuple(
        Trouble(row.name, row.failing_since, row.not_before, row.failing_why) for row in found.order_by("name")
    )


def names(merchant_id: int) -> tuple[str, ...]:
    """What the merchant's connections are called."""
    return tuple(Connection.objects.filter(merchant_id=merchant_id).order_by("name").values_list("name", flat=True))


def connections(merchant_id: int, now: datetime) -> tuple[ConnectionRow, ...]:
    """The merchant's connections by name. A pause that is over is no pause."""
    mine = Connection.objects.filter(merchant_id=merchant_id)
    effects = _counted(mine, "effect__standing", ("due", "unsure", "waiting", "refused", "ambiguous"))
    unread = _counted(mine, "message__state", ("waiting", "unreadable", "unplaced"))
    newest = arrivals.newest(mine.values_list("id", flat=True))
    polls: dict[int, list[PollRow]] = {}
    for poll in PollCursor.objects.filter(connection__merchant_id=merchant_id).order_by("name"):
        polls.setdefault(poll.connection_id, []).append(PollRow(poll.name, poll.polled_at))
    return tuple(
        ConnectionRow(
            row.name,
            row.connector,
            row.go_live_at,
            newest.get(row.pk),
            row.bad_signatures,
            row.last_bad_signature_at,
            row.not_before if row.not_before is not None and row.not_before > now else None,
            row.failing_since,
            row.failing_why,
            row.last_flush_at,
            effects.get((row.pk, "due"), 0),
            effects.get((row.pk, "unsure"), 0),
            effects.get((row.pk, "waiting"), 0),
            effects.get((row.pk, "refused"), 0) + effects.get((row.pk, "ambiguous"), 0),
            sum(many for (number, _), many in unread.items() if number == row.pk),
            tuple(polls.get(row.pk, ())),
        )
        for row in mine.order_by("name")
    )


def _counted(mine: QuerySet[Connection], field: str, values: tuple[str, ...]) -> dict[tuple[int, str], int]:
    found = Connection.objects.filter(id__in=mine).filter(Q(**{f"{field}__in": values}))
    rows = found.values("id", field).annotate(many=Count("*")).order_by()
    return {(row["id"], row[field]): row["many"] for row in rows}
