"""State of connections: who dispatches, until when nothing may be sent, what went wrong, where a poll stopped."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from backhaul.store.sql import rows, run


def epoch() -> int:
    """The recovery epoch: 1 in a deployment that was never restored."""
    return int(rows("SELECT epoch FROM deployments ORDER BY id LIMIT 1")[0][0])


def hold(connection_id: int, holder: str, now: datetime, until: datetime, grace: timedelta) -> bool:
    """Become or stay the connection's dispatcher. Another's hold is taken over only when it ended ``grace`` ago."""
    return bool(
        run(
            """
            UPDATE connections SET holder = %s, held_until = %s
            WHERE id = %s AND (holder = %s OR held_until IS NULL OR held_until + %s < %s)
            """,
            (holder, until, connection_id, holder, grace, now),
        )
    )


def release(connection_id: int, holder: str) -> None:
    """Give the hold up, if it is still ours."""
    run("UPDATE connections SET held_until = NULL WHERE id = %s AND holder = %s", (connection_id, holder))


def paused_until(connection_id: int, now: datetime) -> datetime | None:
    """Until when nothing may be sent; None when it may."""
    found = rows("SELECT not_before FROM connections WHERE id = %s AND not_before > %s", (connection_id, now))
    return found[0][0] if found else None


def pause(connection_id: int, until: datetime) -> None:
    """Nothing is sent before ``until`` (a quota is used up)."""
    run(
        "UPDATE connections SET not_before = greatest(coalesce(not_before, %s), %s) WHERE id = %s",
        (until, until, connection_id),
    )


def failed(connection_id: int, now: datetime, why: str) -> tuple[int, datetime]:
    """Count a failure of the wire; answers how many in a row and since when."""
    found = rows(
        """
        UPDATE connections SET failures = failures + 1, failing_since = coalesce(failing_since, %s), failing_why = %s
        WHERE id = %s RETURNING failures, failing_since
        """,
        (now, why[:500], connection_id),
    )
    return int(found[0][0]), found[0][1]


def answered(connection_id: int) -> bool:
    """The system answered: no failure, no pause. True when it had been failing."""
    return bool(
        run(
            """
            UPDATE connections SET failures = 0, failing_since = NULL, failing_why = '', not_before = NULL
            WHERE id = %s AND failures > 0
            """,
            (connection_id,),
        )
    )


def bad_signature(connection_id: int, now: datetime, count: int = 1) -> None:
    """Count messages whose signature was not ours; nothing of them is kept."""
    run(
        """
        UPDATE connections SET bad_signatures = bad_signatures + %s, last_bad_signature_at = %s WHERE id = %s
        """,
        (count, now, connection_id),
    )


def lock_flush(connection_id: int) -> datetime | None:
    """When the connection's last stock flush was; nobody else flushes until the caller's commit."""
    last: datetime | None = rows("SELECT last_flush_at FROM connections WHERE id = %s FOR UPDATE", (connection_id,))[0][
        0
    ]
    return last


def flushed(connection_id: int, now: datetime) -> None:
    """The stock flush was made, or there was nothing to flush."""
    run("UPDATE connections SET last_flush_at = %s WHERE id = %s", (now, connection_id))


def cursor(connection_id: int, name: str) -> tuple[str, datetime | None]:
    """Where a poll stopped and when it ran last."""
    found = rows(
        "SELECT cursor, polled_at FROM poll_cursors WHERE connection_id = %s AND name = %s", (connection_id, name)
    )
    return (found[0][0], found[0][1]) if found else ("", None)


def poll_soon(connection_ids: Collection[int]) -> None:
    """Each poll of these connections is due at once."""
    if connection_ids:
        run("UPDATE poll_cursors SET polled_at = NULL WHERE connection_id = ANY(%s)", (sorted(connection_ids),))


def move_cursor(connection_id: int, name: str, to: str, at: datetime | None) -> None:
    """The poll got this far; without a time it is due again at once."""
    run(
        """
        INSERT INTO poll_cursors (connection_id, name, cursor, polled_at) VALUES (%s, %s, %s, %s)
        ON CONFLICT (connection_id, name) DO UPDATE SET cursor = EXCLUDED.cursor, polled_at = EXCLUDED.polled_at
        """,
        (connection_id, name, to, at),
    )
