"""When messages arrived at connections."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from backhaul.store.sql import rows


def newest(connection_ids: Iterable[int]) -> dict[int, datetime]:
    """When the newest message of each connection arrived; those without any are left out."""
    found = rows(
        """
        SELECT c, at FROM unnest(%s::bigint[]) AS c, LATERAL (
          SELECT max(received_at) AS at FROM messages WHERE connection_id = c) m
        WHERE at IS NOT NULL
        """,
        (sorted(connection_ids),),
    )
    return dict(found)


def gaps(connection_id: int, moments: Sequence[datetime]) -> list[timedelta]:
    """How long nothing came around each of those moments; those before the first message are left out."""
    found = rows(
        """
        SELECT later - earlier FROM unnest(%s::timestamptz[]) AS t, LATERAL (
          SELECT max(received_at) AS earlier FROM messages WHERE connection_id = %s AND received_at <= t) b, LATERAL (
          SELECT min(received_at) AS later FROM messages WHERE connection_id = %s AND received_at > t) a
        WHERE later - earlier IS NOT NULL
        """,
        (list(moments), connection_id, connection_id),
    )
    return [gap for (gap,) in found]
