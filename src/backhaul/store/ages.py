"""When returns began: told by whichever message knows it, also when others spoke of the return before."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from backhaul.store.sql import columns, run


def tell_ages(began: Mapping[str, datetime]) -> None:
    """Keep the earliest moment told for each return."""
    run(
        """
        UPDATE returns SET initiated_at = v.began FROM unnest(%s::text[], %s::timestamptz[]) AS v(id, began)
        WHERE returns.id = v.id AND (returns.initiated_at IS NULL OR returns.initiated_at > v.began)
        """,
        columns(sorted(began.items()), 2),
    )
