"""Replays of objects that other systems left behind: asked for, sent once, and looked at until they ended."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from backhaul.store.sql import Row, rows, run


@dataclass(frozen=True, slots=True)
class Left:
    """The exception about an object that was left behind, and what became of its last replay ("" without one)."""

    connection_id: int
    open: bool
    standing: str
    asked_by: str
    asked_at: datetime | None
    why: str


@dataclass(frozen=True, slots=True)
class Replay:
    """A replay at work: whose exception, in which message, and when it was begun."""

    id: int
    exception_key: str
    about: str
    message_id: int
    reference: str
    begun_at: datetime


_ABOUT = """
    SELECT r.id, r.exception_id, e.about, e.message_id, r.reference, r.begun_at
    FROM replays r JOIN exceptions e ON e.key = r.exception_id
"""


def left(merchant_id: int, key: str) -> Left | None:
    """That exception of the merchant's; nobody else asks for its replay until the caller's commit."""
    found = rows(
        "SELECT connection_id, closed_at IS NULL FROM exceptions WHERE key = %s AND merchant_id = %s FOR UPDATE",
        (key, merchant_id),
    )
    if not found:
        return None
    last = rows(
        "SELECT standing, asked_by, asked_at, why FROM replays WHERE exception_id = %s ORDER BY id DESC LIMIT 1", (key,)
    )
    connection_id, is_open = found[0]
    return Left(connection_id, is_open, *(last[0] if last else ("", "", None, "")))


def ask(key: str, connection_id: int, by: str, now: datetime) -> None:
    """Put a replay on record; it is sent by the next poll of its connection. The database refuses a second one."""
    run(
        """
        INSERT INTO replays (exception_id, connection_id, epoch, asked_by, asked_at, standing)
        VALUES (%s, %s, (SELECT epoch FROM deployments ORDER BY id LIMIT 1), %s, %s, 'asked')
        """,
        (key, connection_id, by, now),
    )


def give_up(key: str, standing: str, to: str, why: str, now: datetime) -> int:
    """What stands so with an exception comes to nothing more; answers how many."""
    return run(
        """
        UPDATE replays SET standing = %s, ended_at = %s, why = concat_ws('; ', nullif(why, ''), %s::text)
        WHERE exception_id = %s AND standing = %s
        """,
        (to, now, why, key, standing),
    )


def begin(connection_id: int, now: datetime) -> Replay | None:
    """Take the next one that was asked for and is not settled otherwise; from the caller's commit on it may be sent."""
    found = rows(
        """
        UPDATE replays SET standing = 'sending', begun_at = %s
        WHERE id = (
          SELECT r.id FROM replays r JOIN exceptions e ON e.key = r.exception_id AND e.closed_at IS NULL
          WHERE r.connection_id = %s AND r.standing = 'asked'
            AND r.epoch = (SELECT epoch FROM deployments ORDER BY id LIMIT 1)
          ORDER BY r.id LIMIT 1 FOR UPDATE OF r SKIP LOCKED)
        RETURNING id
        """,
        (now, connection_id),
    )
    return _read(rows(f"{_ABOUT} WHERE r.id = %s", (found[0][0],)))[0] if found else None


def lost(connection_id: int, now: datetime, sent_in: timedelta, seen_in: timedelta) -> list[Replay]:
    """Those of which nobody can say any more whether they were sent, or how they ended; they are unsure from now on.

    Whoever was sending did not come back in ``sent_in``, a restore lies between, or what was started was not seen to
    end in ``seen_in``.
    """
    found = rows(
        """
        UPDATE replays SET standing = 'unsure', begun_at = coalesce(begun_at, asked_at), not_before = NULL
        WHERE connection_id = %s AND (
          standing IN ('asked', 'sending') AND epoch < (SELECT epoch FROM deployments ORDER BY id LIMIT 1)
          OR standing = 'sending' AND begun_at < %s OR standing = 'running' AND begun_at < %s)
        RETURNING id
        """,
        (connection_id, now - sent_in, now - seen_in),
    )
    return _read(rows(f"{_ABOUT} WHERE r.id = ANY(%s) ORDER BY r.id", ([id_ for (id_,) in found],)))


def running(connection_id: int, now: datetime, limit: int) -> list[Replay]:
    """Those that were started and are to be looked at again, the one that waited longest coming first."""
    found = rows(
        f"""
        {_ABOUT} WHERE r.connection_id = %s AND r.standing = 'running' AND (r.not_before IS NULL OR r.not_before <= %s)
        ORDER BY r.not_before NULLS FIRST, r.id LIMIT %s
        """,
        (connection_id, now, limit),
    )
    return _read(found)


def settle(
    id_: int,
    standing: str,
    now: datetime,
    *,
    was: Sequence[str],
    reference: str = "",
    why: str = "",
    not_before: datetime | None = None,
) -> bool:
    """Write what became of one that still stands as it did; whether it does."""
    ended = now if standing in ("finished", "failed") else None
    return bool(
        run(
            """
            UPDATE replays SET standing = %s, ended_at = %s, why = %s, not_before = %s,
                   reference = coalesce(nullif(%s, ''), reference)
            WHERE id = %s AND standing = ANY(%s)
            """,
            (standing, ended, why, not_before, reference, id_, list(was)),
        )
    )


def replayed(keys: Iterable[str]) -> set[str]:
    """Those of the exceptions that somebody had replayed, whatever came of it."""
    wanted = sorted(set(keys))
    return {key for (key,) in rows("SELECT exception_id FROM replays WHERE exception_id = ANY(%s)", (wanted,))}


def references(connection_id: int, since: datetime) -> tuple[str, ...]:
    """What the connection's system calls the replays that were asked for since then."""
    found = rows(
        "SELECT reference FROM replays WHERE connection_id = %s AND asked_at >= %s AND reference <> '' ORDER BY id",
        (connection_id, since),
    )
    return tuple(reference for (reference,) in found)


def _read(found: Sequence[Row]) -> list[Replay]:
    return [Replay(*row) for row in found]
