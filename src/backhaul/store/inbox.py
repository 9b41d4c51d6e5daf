"""Messages in the database: kept once each, claimed in batches, never changed but for what became of them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import orjson

from backhaul.store.codec import to_json
from backhaul.store.seals import Keyring, Sealed
from backhaul.store.sql import Row, array, columns, rows, run

_KEPT = """
    SELECT id, connection_id, kind, body, seal, headers, received_at, returns, read_at IS NOT NULL FROM messages
"""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message as it arrived at a connection. ``delivery`` is the source's own id of it, where it gives one."""

    connection_id: int
    body: bytes = field(repr=False)
    received_at: datetime
    kind: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    delivery: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """A message that is to be read; ``again`` when something became of it before."""

    id: int
    connection_id: int
    kind: str
    sealed: Sealed
    headers: Mapping[str, str]
    received_at: datetime
    returns: tuple[str, ...]
    again: bool


@dataclass(frozen=True, slots=True)
class Read:
    """What became of a message. ``seal`` is the message's new seal, None where it stays."""

    id: int
    state: str
    kind: str
    why: str
    about_order: str
    returns: tuple[str, ...]
    seal: bytes | None


def keep(incoming: Sequence[Incoming], keys: Keyring) -> list[tuple[int, bool]]:
    """Store messages in one statement; answers (id, new?) in their order. The same again is counted, not kept twice."""
    named = [(_dedupe(one, keys), one) for one in incoming]
    fresh: dict[tuple[int, str], Incoming] = {}
    for dedupe, one in named:
        fresh.setdefault((one.connection_id, dedupe), one)
    table = []
    for (connection_id, dedupe), one in fresh.items():
        sealed = keys.seal(one.body)
        digest = hashlib.sha256(sealed.body).digest()
        headers = to_json(one.headers) if one.headers else "{}"
        table.append((connection_id, dedupe, one.kind, sealed.body, digest, sealed.seal, headers, one.received_at))
    stored = rows(
        """
        INSERT INTO messages (connection_id, dedupe, kind, body, digest, seal, headers, received_at)
        SELECT * FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::bytea[], %s::bytea[], %s::bytea[],
                             %s::jsonb[], %s::timestamptz[])
        ON CONFLICT (connection_id, dedupe) DO UPDATE SET seen = messages.seen + 1, seen_again_at = EXCLUDED.received_at
        RETURNING connection_id, dedupe, id, seen = 1
        """,
        columns(table, 8),
    )
    ids = {(connection_id, dedupe): (id_, new) for connection_id, dedupe, id_, new in stored}
    told: set[tuple[int, str]] = set()
    answer = []
    for dedupe, one in named:
        slot = (one.connection_id, dedupe)
        id_, new = ids[slot]
        answer.append((id_, new and slot not in told))
        told.add(slot)
    return answer


def _dedupe(one: Incoming, keys: Keyring) -> str:
    return f"id:{one.delivery}"[:80] if one.delivery else keys.likeness(one.kind.encode() + b"\n" + one.body)


def claim(limit: int, connection_ids: Sequence[int], only: Sequence[int] | None = None) -> list[Kept]:
    """Lock up to ``limit`` waiting messages of these connections, oldest first, past those another interpreter has.

    That a connection is one of these is said so that no index answers it: all that ever came from it would be read.
    """
    found = rows(
        f"""
        {_KEPT} WHERE state = 'waiting' AND (connection_id = ANY(%s)) IS TRUE
          AND (%s::bigint[] IS NULL OR id = ANY(%s::bigint[]))
        ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
        """,
        (list(connection_ids), only, only, limit),
    )
    return [_kept(row) for row in found]


def one(message_id: int) -> Kept:
    """A message as it is, whatever became of it. Raises LookupError where there is none."""
    found = rows(f"{_KEPT} WHERE id = %s", (message_id,))
    if not found:
        raise LookupError(f"there is no message {message_id}")
    return _kept(found[0])


def _kept(row: Row) -> Kept:
    id_, connection_id, kind, body, seal, headers, received_at, returns, again = row
    sealed = Sealed(bytes(body), bytes(seal))
    return Kept(id_, connection_id, kind, sealed, orjson.loads(headers), received_at, tuple(returns), again)


def settle(read: Sequence[Read], now: datetime) -> None:
    """Write what became of claimed messages."""
    if not read:
        return
    table = [(one.id, one.state, one.kind, one.why, one.about_order, array(one.returns), one.seal) for one in read]
    run(
        """
        UPDATE messages SET state = v.state, kind = v.kind, why = v.why, about_order = v.about_order, read_at = %s,
               returns = v.returns::text[], seal = coalesce(v.seal, messages.seal)
        FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::bytea[])
             AS v(id, state, kind, why, about_order, returns, seal)
        WHERE messages.id = v.id
        """,
        [now, *columns(table, 7)],
    )


def await_again(message_ids: Sequence[int]) -> int:
    """Put messages back to be read again; answers how many."""
    return run("UPDATE messages SET state = 'waiting', why = '' WHERE id = ANY(%s)", (list(message_ids),))


def of_merchant(merchant_id: int, message_ids: Sequence[int]) -> list[int]:
    """Those of the messages that came in on a connection of this merchant."""
    found = rows(
        """
        SELECT m.id FROM messages m JOIN connections c ON c.id = m.connection_id
        WHERE m.id = ANY(%s) AND c.merchant_id = %s ORDER BY m.id
        """,
        (list(message_ids), merchant_id),
    )
    return [id_ for (id_,) in found]


def dismiss(message_id: int, why: str) -> None:
    """Nobody will read this message any more."""
    run(
        "UPDATE messages SET state = 'dismissed', why = %s WHERE id = %s AND state IN ('unreadable', 'unplaced')",
        (why, message_id),
    )


def unplaced_about(merchant_id: int, orders: Sequence[str]) -> list[int]:
    """Messages that named only one of these orders when no return of it was known.

    One that waits for several says so in its ``why``, of which ``about_order`` is the first.
    """
    found = rows(
        """
        SELECT m.id FROM messages m JOIN connections c ON c.id = m.connection_id
        WHERE m.state = 'unplaced' AND c.merchant_id = %s
          AND (m.about_order = ANY(%s) OR m.why LIKE '%%, %%'
               AND EXISTS (SELECT FROM unnest(%s::text[]) AS o WHERE strpos(m.why, o) > 0))
        ORDER BY m.id
        """,
        (merchant_id, list(orders), list(orders)),
    )
    return [id_ for (id_,) in found]


def unplaced_orders(merchant_id: int, limit: int) -> list[str]:
    """Orders that messages speak of and no return is known for: to be asked about at the platform."""
    found = rows(
        """
        SELECT DISTINCT m.about_order FROM messages m JOIN connections c ON c.id = m.connection_id
        WHERE m.state = 'unplaced' AND c.merchant_id = %s AND m.about_order <> '' ORDER BY 1 LIMIT %s
        """,
        (merchant_id, limit),
    )
    return [order for (order,) in found]


def waiting(connection_ids: Sequence[int], past: int = 0) -> bool:
    """Whether more than ``past`` messages of these connections wait to be read."""
    found = rows(
        "SELECT EXISTS (SELECT FROM messages WHERE state = 'waiting' AND (connection_id = ANY(%s)) IS TRUE OFFSET %s)",
        (list(connection_ids), past),
    )
    return bool(found[0][0])
