"""Who is who: names of returns to our ids, orders to their rows, and the locks that interpretation takes on both."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from backhaul.domain.effects import LookUpOrder
from backhaul.domain.twins import NAMED_ONCE
from backhaul.store.exceptions import STRANDED
from backhaul.store.sql import columns, rows, run

Slot = tuple[int, str, str]


@dataclass(frozen=True, slots=True)
class Minted:
    """A return that is new: the row to be made."""

    id: str
    merchant_id: int
    scope_id: int
    label: str
    initiated_at: datetime | None


def known(names: Iterable[Slot]) -> dict[Slot, str]:
    """The return behind each (scope, kind, value) that is known, following links to the return it became."""
    table = sorted(set(names))
    found = rows(
        """
        SELECT i.scope_id, i.kind, i.value, coalesce(r.linked_to_id, r.id)
        FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS v(scope_id, kind, value)
        JOIN identities i ON i.scope_id = v.scope_id AND i.kind = v.kind AND i.value = v.value
        JOIN returns r ON r.id = i.return_id
        """,
        columns(table, 3),
    )
    return {(scope_id, kind, value): return_id for scope_id, kind, value, return_id in found}


def candidates(scope_id: int, orders: Iterable[str]) -> dict[str, list[str]]:
    """For each order number the returns of that scope that speak of it."""
    found = rows(
        """
        SELECT DISTINCT o.number, coalesce(r.linked_to_id, r.id) FROM orders o
        JOIN return_orders ro ON ro.order_id = o.id JOIN returns r ON r.id = ro.return_id
        WHERE o.number = ANY(%s) AND r.scope_id = %s ORDER BY 1, 2
        """,
        (sorted(set(orders)), scope_id),
    )
    answer: dict[str, list[str]] = {}
    for number, return_id in found:
        answer.setdefault(number, []).append(return_id)
    return answer


def names_of(return_ids: Iterable[str], kinds: Sequence[str] = ()) -> dict[str, list[tuple[str, str]]]:
    """All names (kind, value) of each return."""
    found = rows(
        """
        SELECT coalesce(r.linked_to_id, r.id), i.kind, i.value FROM identities i JOIN returns r ON r.id = i.return_id
        WHERE (r.id = ANY(%s) AND r.linked_to_id IS NULL OR r.linked_to_id = ANY(%s))
          AND (%s::text[] = '{}' OR i.kind = ANY(%s::text[]))
        ORDER BY i.id
        """,
        (*[sorted(set(return_ids))] * 2, list(kinds), list(kinds)),
    )
    answer: dict[str, list[tuple[str, str]]] = {}
    for return_id, kind, value in found:
        answer.setdefault(return_id, []).append((kind, value))
    return answer


def mint(minted: Sequence[Minted], now: datetime) -> None:
    """Make rows for new returns; one that another interpreter has made meanwhile is the same return."""
    if not minted:
        return
    table = sorted((one.id, one.merchant_id, one.scope_id, one.label, one.initiated_at) for one in minted)
    run(
        """
        INSERT INTO returns (id, merchant_id, scope_id, label, initiated_at, first_seen_at, last_message_at,
                             orders, skus, units, stage, squared, closed)
        SELECT v.*, %s, %s, '{}', '{}', 0, 'started', false, false
        FROM unnest(%s::text[], %s::bigint[], %s::bigint[], %s::text[], %s::timestamptz[]) AS v
        ON CONFLICT (id) DO NOTHING
        """,
        [now, now, *columns(table, 5)],
    )


def bind(names: Mapping[Slot, str]) -> dict[Slot, str]:
    """Give names to returns; answers those names that meanwhile belong to another return."""
    if not names:
        return {}
    table = sorted((*slot, return_id) for slot, return_id in names.items())
    run(
        """
        INSERT INTO identities (scope_id, kind, value, return_id)
        SELECT * FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[]) ON CONFLICT DO NOTHING
        """,
        columns(table, 4),
    )
    now = known(names)
    return {slot: now[slot] for slot, wanted in names.items() if now.get(slot, wanted) != wanted}


def lock_orders(merchant_id: int, numbers: Iterable[str]) -> dict[str, int]:
    """Ids of the orders' rows, made where missing, locked in one order so that interpreters never deadlock."""
    wanted = sorted(set(numbers))
    run(
        """
        INSERT INTO orders (merchant_id, number) SELECT %s, n FROM unnest(%s::text[]) AS n
        ON CONFLICT DO NOTHING
        """,
        (merchant_id, wanted),
    )
    found = rows(
        "SELECT number, id FROM orders WHERE merchant_id = %s AND number = ANY(%s) ORDER BY number FOR UPDATE",
        (merchant_id, wanted),
    )
    return dict(found)


def lock_cases(return_ids: Iterable[str]) -> None:
    """Lock the orders that these returns speak of, then the rows of the returns, each in one order."""
    wanted = sorted(set(return_ids))
    rows(
        """
        SELECT id FROM orders WHERE id = ANY(ARRAY(
          SELECT order_id FROM return_orders WHERE return_id = ANY(%s) UNION
          SELECT order_id FROM return_orders
          WHERE return_id = ANY(ARRAY(SELECT id FROM returns WHERE linked_to_id = ANY(%s)))))
        ORDER BY merchant_id, number FOR UPDATE
        """,
        (wanted, wanted),
    )
    rows("SELECT id FROM returns WHERE id = ANY(%s) ORDER BY id FOR UPDATE", (wanted,))


def spoken_of(merchant_id: int, numbers: Iterable[str]) -> set[tuple[str, str]]:
    """The (order number, return id) pairs that are noted of these orders."""
    found = rows(
        """
        SELECT o.number, ro.return_id FROM orders o JOIN return_orders ro ON ro.order_id = o.id
        WHERE o.merchant_id = %s AND o.number = ANY(%s)
        """,
        (merchant_id, sorted(set(numbers))),
    )
    return {(number, return_id) for number, return_id in found}


def orders_of(return_ids: Iterable[str]) -> set[str]:
    """The numbers of the orders that these returns, or those that joined them, speak of."""
    wanted = sorted(set(return_ids))
    if not wanted:
        return set()
    found = rows(
        """
        SELECT DISTINCT o.number FROM orders o JOIN return_orders ro ON ro.order_id = o.id
        JOIN returns r ON r.id = ro.return_id WHERE r.id = ANY(%s) OR r.linked_to_id = ANY(%s)
        """,
        (wanted, wanted),
    )
    return {number for (number,) in found}


def speak_of(pairs: Iterable[tuple[int, str]]) -> set[int]:
    """Note that a return speaks of an order: (order id, return id) pairs. Answers the orders for which that is new."""
    found = rows(
        """
        INSERT INTO return_orders (order_id, return_id)
        SELECT * FROM unnest(%s::bigint[], %s::text[]) ON CONFLICT DO NOTHING RETURNING order_id
        """,
        columns(sorted(set(pairs)), 2),
    )
    return {order_id for (order_id,) in found}


def link(return_id: str, other: str) -> tuple[str, str] | None:
    """Make two returns one: (the one kept, the one that joins it).

    None when both have attempted effects, or when each has a name that a return has only one of: then a person must
    decide. Having read an order leaves nothing behind.
    """
    names = names_of([return_id, other], sorted(NAMED_ONCE))
    if {kind for kind, _ in names.get(return_id, ())} & {kind for kind, _ in names.get(other, ())}:
        return None
    attempted = rows(
        """
        SELECT DISTINCT return_id FROM effects
        WHERE return_id = ANY(%s) AND first_attempt_at IS NOT NULL AND verb <> %s
        """,
        ([return_id, other], LookUpOrder.verb),
    )
    if len(attempted) == 2:
        return None
    keep, drop = (other, return_id) if attempted == [(other,)] else (return_id, other)
    run("UPDATE effects SET return_id = %s WHERE return_id = %s AND first_attempt_at IS NOT NULL", (keep, drop))
    run("UPDATE effects SET standing = 'moot' WHERE return_id = %s AND standing <> 'moot'", (drop,))
    run("UPDATE returns SET linked_to_id = %s WHERE id = %s OR linked_to_id = %s", (keep, drop, drop))
    run("DELETE FROM expectations WHERE return_id = %s", (drop,))
    run("UPDATE exceptions SET return_id = %s WHERE return_id = %s AND kind = %s", (keep, drop, STRANDED))
    run("UPDATE exceptions SET closed_at = now() WHERE return_id = %s AND closed_at IS NULL", (drop,))
    return keep, drop


def joined(return_ids: Iterable[str]) -> dict[str, str]:
    """Those of the returns that turned out to be another one, and which."""
    wanted = sorted(set(return_ids))
    if not wanted:
        return {}
    return dict(rows("SELECT id, linked_to_id FROM returns WHERE id = ANY(%s) AND linked_to_id IS NOT NULL", (wanted,)))
