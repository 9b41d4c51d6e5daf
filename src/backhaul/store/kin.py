"""Returns that speak of the same orders, with what tells one from another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from backhaul.domain.effects import AnnounceReturn, LookUpOrder, MarkOrder, ReportContents
from backhaul.domain.twins import KIND, NAMED_ONCE, Known
from backhaul.store.sql import rows, run

_WORDS = [kind.verb for kind in (LookUpOrder, AnnounceReturn, ReportContents, MarkOrder)]
"""What is asked or told of a return without a document being made; it may be of goods that nothing is allocated to."""


def known(return_ids: Iterable[str]) -> dict[str, Known]:
    """Each of those returns by its id; one that was linked counts for what it became."""
    wanted = sorted(set(return_ids))
    lines: defaultdict[str, set[tuple[int, str]]] = defaultdict(set)
    for return_id, order_id, line in rows(
        """
        SELECT DISTINCT coalesce(r.linked_to_id, r.id), a.order_id, a.line
        FROM allocations a JOIN returns r ON r.id = a.return_id WHERE a.return_id = ANY(%s) AND NOT a.released
        """,
        (wanted,),
    ):
        lines[return_id].add((order_id, line))
    found = rows(
        """
        SELECT r.id, r.label, r.first_seen_at,
               ARRAY(SELECT i.kind FROM identities i JOIN returns n ON n.id = i.return_id
                     WHERE (n.id = r.id OR n.linked_to_id = r.id) AND i.kind = ANY(%s)),
               EXISTS (SELECT 1 FROM effects e WHERE e.return_id = r.id AND e.verb <> ALL(%s)
                       AND e.standing NOT IN ('waiting', 'moot'))
        FROM returns r WHERE r.id IN (SELECT coalesce(linked_to_id, id) FROM returns WHERE id = ANY(%s))
        """,
        (sorted(NAMED_ONCE), _WORDS, wanted),
    )
    return {
        id_: Known(id_, label, first_seen_at, frozenset(kinds), frozenset(lines[id_]), going)
        for id_, label, first_seen_at, kinds, going in found
    }


def told_apart(return_ids: Iterable[str]) -> set[str]:
    """The exceptions by which somebody said of two returns, one of them of these, that they are two."""
    found = rows(
        "SELECT key FROM exceptions WHERE kind = %s AND return_id = ANY(%s) AND waived_at IS NOT NULL",
        (KIND, sorted(set(return_ids))),
    )
    return {key for (key,) in found}


def ask_again(return_ids: Iterable[str]) -> int:
    """More is known of these returns: have those decided anew that may be one with them; answers how many."""
    names = sorted(set(return_ids))
    return run(
        """
        UPDATE returns SET undecided = true WHERE id IN (
          SELECT unnest(ARRAY[return_id, about]) FROM exceptions
          WHERE kind = %s AND closed_at IS NULL AND (return_id = ANY(%s) OR about = ANY(%s)))
        """,
        (KIND, names, names),
    )
