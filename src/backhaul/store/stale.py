"""Open returns by how long nobody has spoken of them: what a poll asks about first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from backhaul.store import registry
from backhaul.store.sql import rows, run


@dataclass(frozen=True, slots=True)
class Stale:
    return_id: str
    names: tuple[tuple[str, str], ...]
    orders: tuple[str, ...]
    last_message_at: datetime
    documents: Mapping[str, str] = field(default_factory=dict)


def open_returns(merchant_id: int, scope_id: int, limit: int) -> list[Stale]:
    """The stalest open returns. A platform (the scope of names) asks about its own, another system about all."""
    found = rows(
        """
        SELECT id, orders, last_message_at FROM returns
        WHERE merchant_id = %s AND NOT closed AND linked_to_id IS NULL
          AND (scope_id = %s OR NOT EXISTS (SELECT 1 FROM returns s WHERE s.scope_id = %s))
        ORDER BY coalesce(asked_at, last_message_at), id LIMIT %s
        """,
        (merchant_id, scope_id, scope_id, limit),
    )
    ids = [return_id for return_id, _, _ in found]
    names = registry.names_of(ids)
    documents: dict[str, dict[str, str]] = {}
    for return_id, key, reference in rows(
        "SELECT return_id, key, reference FROM effects WHERE return_id = ANY(%s) AND reference IS NOT NULL", (ids,)
    ):
        documents.setdefault(return_id, {})[key] = reference
    return [
        Stale(name, tuple(names.get(name, ())), tuple(orders), last, documents.get(name, {}))
        for name, orders, last in found
    ]


def asked(now: datetime, return_ids: Sequence[str]) -> None:
    """These were asked about: next time the others come first."""
    run("UPDATE returns SET asked_at = %s WHERE id = ANY(%s)", (now, list(return_ids)))


def count_open(merchant_id: int) -> int:
    """How many of the merchant's returns are not closed."""
    found = rows(
        "SELECT count(*) FROM returns WHERE merchant_id = %s AND NOT closed AND linked_to_id IS NULL", (merchant_id,)
    )
    return int(found[0][0])
