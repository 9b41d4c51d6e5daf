"""Sold units given to returned ones and given back; the unique constraint has the last word."""

from __future__ import annotations

from collections.abc import Iterable

from backhaul.domain.facts import UnitAllocated, UnitReleased
from backhaul.store.sql import columns, rows, run


def write(takes: Iterable[tuple[int, str, UnitAllocated | UnitReleased]]) -> None:
    """(order id, return id, fact) in their order: releases first free what takings may want."""
    released: list[tuple[int, str, int, str, str]] = []
    taken: list[tuple[int, str, int, str, str]] = []
    for order_id, return_id, fact in takes:
        row = (order_id, fact.line, fact.index, return_id, fact.unit)
        (released if isinstance(fact, UnitReleased) else taken).append(row)
    if released:
        run(
            """
            UPDATE allocations SET released = true
            FROM unnest(%s::bigint[], %s::text[], %s::int[], %s::text[], %s::text[]) AS v(o, line, index, r, unit)
            WHERE order_id = v.o AND allocations.line = v.line AND allocations.index = v.index AND NOT released
              AND return_id = v.r
            """,
            columns(released, 5),
        )
    if taken:
        run(
            """
            INSERT INTO allocations (order_id, line, index, return_id, unit, released)
            SELECT v.*, false FROM unnest(%s::bigint[], %s::text[], %s::int[], %s::text[], %s::text[]) AS v
            """,
            columns(taken, 5),
        )


def over_returned(order_ids: Iterable[int]) -> list[str]:
    """The returns that speak of these orders and have an over-return open."""
    found = rows(
        """
        SELECT DISTINCT e.return_id FROM return_orders ro
        JOIN returns r ON r.id = ro.return_id
        JOIN exceptions e ON e.return_id = coalesce(r.linked_to_id, r.id)
        WHERE ro.order_id = ANY(%s) AND e.kind = 'over-return' AND e.closed_at IS NULL
        """,
        (sorted(order_ids),),
    )
    return [return_id for (return_id,) in found]


def hand_over(return_id: str, to: str) -> int:
    """What a return holds is another's, with which it turned out to be one; answers how many sold units.

    Nothing is free in between: somebody else would take it.
    """
    return run("UPDATE allocations SET return_id = %s WHERE return_id = %s AND NOT released", (to, return_id))
