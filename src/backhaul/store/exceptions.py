"""Operational exceptions: opened, closed, waived; and what to do about those that no one return's facts explain."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson

from backhaul.domain.money import Money
from backhaul.store.codec import to_json
from backhaul.store.sql import Row, columns, rows, run

STRANDED = "stranded-object"
REMEDIES = {
    "unreadable-message": "Compare it with what its source documents; have it mended or sent again, then replay.",
    "unreadable-rows": "Map what is unknown or have the rows mended, then replay the message: it reads the rest. The "
    "message's page lists every row.",
    STRANDED: "Look in the other system whether it arrived: the run may have done it before it failed. If not, mend "
    "the cause and replay it; if it is settled, waive this.",
    "unknown-value": "Add an alias for the value in the connection's settings, then replay the message.",
    "refund-without-return": "The platform is being asked about the order; else name the return, or waive it.",
    "ambiguous-return": "Name the return or the item in the message, or send it again with more of its names.",
    "link-conflict": "Compare both returns at the platform and in the ERP; undo there what is double, then waive this.",
    "source-silent": "Ask the source whether it sends, and where to; send by hand what is missing, or poll it.",
    "connection-failing": "Look at the system and its credentials; `backhaul check` tries the connection.",
    "undecided": "Nothing is lost. Report this with the log's lines about the return, and update.",
}


@dataclass(frozen=True, slots=True)
class Opening:
    """An exception to be opened; ``remedy`` is what is known for its kind where none is given."""

    key: str
    kind: str
    merchant_id: int
    cause: str
    owner: str
    due_at: datetime
    about: str = ""
    return_id: str | None = None
    message_id: int | None = None
    connection_id: int | None = None
    value: tuple[Money, ...] = ()
    remedy: str = ""


def open_all(openings: Sequence[Opening], now: datetime) -> None:
    """Open exceptions, or leave those that are open with their clocks; a waived one stays closed. Each key once."""
    if not openings:
        return
    table = [
        (
            one.key, one.merchant_id, one.return_id, one.message_id, one.connection_id, one.kind, one.about, one.cause,
            one.remedy or REMEDIES.get(one.kind, ""), one.owner, to_json(one.value), one.due_at,
        )
        for one in openings
    ]  # fmt: skip
    run(
        """
        INSERT INTO exceptions (key, merchant_id, return_id, message_id, connection_id, kind, about, cause, remedy,
                                owner, value, due_at, opened_at)
        SELECT v.*, %s FROM unnest(%s::text[], %s::bigint[], %s::text[], %s::bigint[], %s::bigint[], %s::text[],
                                   %s::text[], %s::text[], %s::text[], %s::text[], %s::jsonb[], %s::timestamptz[]) AS v
        ON CONFLICT (key) DO UPDATE SET cause = EXCLUDED.cause, remedy = EXCLUDED.remedy, value = EXCLUDED.value,
               owner = EXCLUDED.owner, kind = EXCLUDED.kind, about = EXCLUDED.about, return_id = EXCLUDED.return_id,
               opened_at = CASE WHEN exceptions.closed_at IS NULL THEN exceptions.opened_at
                                ELSE EXCLUDED.opened_at END,
               due_at = CASE WHEN exceptions.closed_at IS NULL THEN exceptions.due_at ELSE EXCLUDED.due_at END,
               closed_at = CASE WHEN exceptions.waived_at IS NULL THEN NULL ELSE exceptions.closed_at END
        """,
        [now, *columns(table, 12)],
    )


def open_keys(kind: str) -> set[str]:
    """The keys of the open exceptions of that kind, of all merchants."""
    return {key for (key,) in rows("SELECT key FROM exceptions WHERE kind = %s AND closed_at IS NULL", (kind,))}


def open_of_message(message_id: int, kind: str) -> set[str]:
    """The keys of the open exceptions of that kind about a message."""
    found = rows(
        "SELECT key FROM exceptions WHERE message_id = %s AND kind = %s AND closed_at IS NULL", (message_id, kind)
    )
    return {key for (key,) in found}


def tell(key: str, cause: str) -> None:
    """An open exception has another cause now."""
    run("UPDATE exceptions SET cause = %s WHERE key = %s AND closed_at IS NULL", (cause, key))


def close(keys: Iterable[str], now: datetime) -> int:
    """Close exceptions whose cause is gone; answers how many were open."""
    return run(
        "UPDATE exceptions SET closed_at = %s WHERE key = ANY(%s) AND closed_at IS NULL", (now, sorted(set(keys)))
    )


def one(merchant_id: int, key: str) -> tuple[str, str | None, int | None, str] | None:
    """(kind, return, message, what it is about) of an exception of this merchant."""
    found = rows(
        "SELECT kind, return_id, message_id, about FROM exceptions WHERE key = %s AND merchant_id = %s",
        (key, merchant_id),
    )
    return found[0] if found else None


def waived(about: str) -> str | None:
    """Who waived an exception about an effect, by its key; None where nobody did."""
    found = rows("SELECT waived_by FROM exceptions WHERE about = %s AND waived_at IS NOT NULL LIMIT 1", (about,))
    return found[0][0] if found else None


def waive(key: str, by: str, reason: str, now: datetime) -> None:
    """Close an exception for good, with who said so and why."""
    run(
        """
        UPDATE exceptions SET waived_at = %s, waived_by = %s, waived_why = %s, closed_at = coalesce(closed_at, %s)
        WHERE key = %s
        """,
        (now, by, reason, now, key),
    )


def newly_overdue(now: datetime, limit: int) -> list[Row]:
    """(key, merchant, return, kind, about, due, value) of expectations past their time that no exception tells of yet.

    They are locked with their returns. What is being decided right now is left out: it may just have come in.
    """
    found = rows(
        """
        SELECT x.key, x.merchant_id, x.return_id, x.kind, x.about, x.due_at, x.value::text FROM expectations x
        JOIN returns r ON r.id = x.return_id
        LEFT JOIN exceptions e ON e.key = 'overdue:' || x.key AND (e.closed_at IS NULL OR e.waived_at IS NOT NULL)
        WHERE x.due_at < %s AND e.key IS NULL ORDER BY x.due_at LIMIT %s
        FOR KEY SHARE OF r SKIP LOCKED FOR UPDATE OF x SKIP LOCKED
        """,
        (now, limit),
    )
    return [(*row[:-1], orjson.loads(row[-1])) for row in found]
