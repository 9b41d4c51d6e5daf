"""Rows of returns as flows need them: seen, decided later, the names of their units, and the keys of their messages."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import orjson

from backhaul.domain.facts import UnitName
from backhaul.store.seals import Keyring
from backhaul.store.sql import columns, rows, run


def seen(return_ids: Iterable[str], now: datetime) -> None:
    """Messages spoke of these returns."""
    wanted = sorted(set(return_ids))
    if wanted:
        run("UPDATE returns SET last_message_at = %s WHERE id = ANY(%s) AND last_message_at < %s", (now, wanted, now))


def merchant_of(return_id: str) -> int:
    """Whose return it is. Raises LookupError where there is no such return."""
    found = rows("SELECT merchant_id FROM returns WHERE id = %s", (return_id,))
    if not found:
        raise LookupError(f"there is no return {return_id}")
    return int(found[0][0])


def belongs(return_id: str, merchant_id: int) -> bool:
    """Whether there is such a return of this merchant."""
    return bool(rows("SELECT 1 FROM returns WHERE id = %s AND merchant_id = %s", (return_id, merchant_id)))


def unit_names(return_ids: Iterable[str]) -> list[tuple[str, UnitName]]:
    """Every name of a unit that the facts of these returns use."""
    found = rows(
        """
        SELECT DISTINCT coalesce(r.linked_to_id, r.id), f.body->'unit' FROM facts f JOIN returns r ON r.id = f.return_id
        WHERE (r.id = ANY(%s) AND r.linked_to_id IS NULL OR r.linked_to_id = ANY(%s))
          AND jsonb_typeof(f.body->'unit') = 'object'
        """,
        [sorted(set(return_ids))] * 2,
    )
    return [(return_id, UnitName(**orjson.loads(unit))) for return_id, unit in found]


def refunds(return_ids: Iterable[str]) -> list[tuple[str, str]]:
    """Every refund, by its source's id, that is on record for one of these returns."""
    found = rows(
        """
        SELECT DISTINCT coalesce(r.linked_to_id, r.id), f.body->>'refund'
        FROM facts f JOIN returns r ON r.id = f.return_id
        WHERE (r.id = ANY(%s) AND r.linked_to_id IS NULL OR r.linked_to_id = ANY(%s)) AND f.body ? 'refund'
        """,
        [sorted(set(return_ids))] * 2,
    )
    return [(return_id, refund) for return_id, refund in found]


def leave_undecided(return_ids: Iterable[str]) -> int:
    """Have these returns decided anew by the next sweep; answers how many."""
    return run("UPDATE returns SET undecided = true WHERE id = ANY(%s)", (sorted(set(return_ids)),))


def to_compare(merchant_id: int, since: datetime | None) -> list[str]:
    """The returns that began since then, or without a time those that are open; those of one order side by side."""
    found = rows(
        """
        SELECT id FROM returns WHERE merchant_id = %s AND linked_to_id IS NULL AND units > 0
          AND CASE WHEN %s::timestamptz IS NULL THEN NOT closed ELSE first_seen_at >= %s END
        ORDER BY orders, id
        """,
        (merchant_id, since, since),
    )
    return [return_id for (return_id,) in found]


def undecided(limit: int) -> list[str]:
    """Returns that wait to be decided anew."""
    found = rows("SELECT id FROM returns WHERE undecided AND linked_to_id IS NULL ORDER BY id LIMIT %s", (limit,))
    return [return_id for (return_id,) in found]


def keys(keyring: Keyring, return_ids: Iterable[str]) -> dict[str, bytes | None]:
    """The open key of each return that has one; None for one that was erased."""
    wanted = sorted(set(return_ids))
    if not wanted:
        return {}
    found = rows("SELECT return_id, sealed FROM return_keys WHERE return_id = ANY(%s)", (wanted,))
    return {name: keyring.return_key(bytes(sealed) if sealed is not None else None) for name, sealed in found}


def make_keys(keyring: Keyring, return_ids: Iterable[str]) -> dict[str, bytes]:
    """The key of each return, made where it has none yet; returns that were erased are left out."""
    wanted = set(return_ids)
    have = keys(keyring, wanted)
    made = {name: keyring.new_return_key() for name in sorted(wanted - set(have))}
    if made:
        kept = rows(
            """
            INSERT INTO return_keys (return_id, sealed) SELECT * FROM unnest(%s::text[], %s::bytea[])
            ON CONFLICT (return_id) DO NOTHING RETURNING return_id
            """,
            columns([(name, sealed) for name, (_, sealed) in made.items()], 2),
        )
        lost = set(made) - {name for (name,) in kept}
        have |= {name: key for name, (key, _) in made.items() if name not in lost}
        have |= keys(keyring, lost) if lost else {}
    return {name: key for name, key in have.items() if key is not None}


def erase(return_id: str, now: datetime) -> list[int]:
    """Throw the return's key away; answers the messages that nobody can read from now on.

    A message about several returns stays readable: it is sealed with the master key.
    """
    run(
        """
        INSERT INTO return_keys (return_id, sealed, erased_at) VALUES (%s, NULL, %s)
        ON CONFLICT (return_id) DO UPDATE
        SET sealed = NULL, erased_at = coalesce(return_keys.erased_at, EXCLUDED.erased_at)
        """,
        (return_id, now),
    )
    gone = rows("SELECT id FROM messages WHERE returns = ARRAY[%s]::varchar[] ORDER BY id", (return_id,))
    return [message_id for (message_id,) in gone]
