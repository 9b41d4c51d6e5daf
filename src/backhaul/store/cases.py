"""A case: everything a decision about one return is made from, loaded for many returns in a handful of statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from backhaul.domain.effects import CorrectCreditNote, IssueCreditNote
from backhaul.domain.facts import Fact
from backhaul.domain.ledger import Entry, Posting
from backhaul.domain.orders import FrozenOrder
from backhaul.domain.records import Record
from backhaul.store.codec import read_effect, read_fact, read_order
from backhaul.store.sql import rows


@dataclass(slots=True)
class OrderCase:
    """An order as frozen, with the sold units that are taken (by any return) and what was credited, per return."""

    id: int
    number: str
    frozen: FrozenOrder | None
    taken: set[tuple[str, int]] = field(default_factory=set)
    credited: dict[str, int] = field(default_factory=dict)


Summary = tuple[list[str], list[str], int, str, bool, bool]
"""What a return's row says of it: its orders, SKUs, number of units, stage, whether squared and whether closed."""


@dataclass(slots=True)
class Case:
    """One return as the store has it. ``beside`` are the other returns of its orders."""

    return_id: str
    merchant_id: int
    scope_id: int
    label: str
    initiated_at: datetime | None
    first_seen_at: datetime
    summary: Summary
    undecided: bool
    facts: list[Fact] = field(default_factory=list)
    records: dict[str, Record] = field(default_factory=dict)
    hashes: dict[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)
    posted: dict[str, Entry] = field(default_factory=dict)
    exceptions: set[str] = field(default_factory=set)
    expectations: set[str] = field(default_factory=set)
    orders: dict[str, OrderCase] = field(default_factory=dict)
    beside: set[str] = field(default_factory=set)


def load(return_ids: Iterable[str]) -> dict[str, Case]:
    """Cases by return id; the caller holds the locks on their orders and returns."""
    wanted = sorted(set(return_ids))
    cases = {
        id_: Case(id_, merchant_id, scope_id, label, initiated_at, first_seen_at, tuple(summary), undecided)
        for id_, merchant_id, scope_id, label, initiated_at, first_seen_at, undecided, *summary in rows(
            """
            SELECT id, merchant_id, scope_id, label, initiated_at, first_seen_at, undecided,
                   orders, skus, units, stage, squared, closed
            FROM returns WHERE id = ANY(%s)
            """,
            (wanted,),
        )
    }
    members: dict[str, str] = dict(rows("SELECT id, linked_to_id FROM returns WHERE linked_to_id = ANY(%s)", (wanted,)))
    ids = [*wanted, *members]

    def case_of(return_id: str) -> Case:
        return cases[members.get(return_id, return_id)]

    for return_id, kind, body in rows(
        "SELECT return_id, kind, body FROM facts WHERE return_id = ANY(%s) ORDER BY id", (ids,)
    ):
        case_of(return_id).facts.append(read_fact(kind, body))
    _load_effects(ids, cases)
    _load_entries(ids, case_of)
    for return_id, key in rows(
        "SELECT return_id, key FROM exceptions WHERE return_id = ANY(%s) AND closed_at IS NULL", (wanted,)
    ):
        cases[return_id].exceptions.add(key)
    for return_id, key in rows("SELECT return_id, key FROM expectations WHERE return_id = ANY(%s)", (wanted,)):
        cases[return_id].expectations.add(key)
    _load_orders(ids, case_of)
    return cases


def _load_effects(ids: Sequence[str], cases: dict[str, Case]) -> None:
    for return_id, key, verb, payload, payload_hash, after, standing, frozen, reference, why, kind in rows(
        """
        SELECT return_id, key, verb, payload, payload_hash, after, standing, first_attempt_at IS NOT NULL, reference,
               why, kind
        FROM effects WHERE return_id = ANY(%s)
        """,
        (list(ids),),
    ):
        if return_id not in cases:
            continue  # moot effects of a return that became part of another
        case = cases[return_id]
        case.records[key] = Record(key, read_effect(verb, payload), standing, frozen, reference, why, kind)
        case.hashes[key] = (payload_hash, tuple(after))


def _load_entries(ids: Sequence[str], case_of: Callable[[str], Case]) -> None:
    postings: defaultdict[tuple[str, str], list[Posting]] = defaultdict(list)
    for return_id, cause, source, destination, quantity, commodity in rows(
        """
        SELECT return_id, cause, source, destination, quantity, commodity FROM entries
        WHERE return_id = ANY(%s) ORDER BY return_id, cause, part
        """,
        (list(ids),),
    ):
        postings[return_id, cause].append(Posting(source, destination, quantity, commodity))
    for (return_id, cause), parts in postings.items():
        case_of(return_id).posted[cause] = Entry(cause, tuple(parts))


def _load_orders(ids: Sequence[str], case_of: Callable[[str], Case]) -> None:
    found = rows(
        """
        SELECT ro.return_id, o.id, o.number, o.frozen,
               ARRAY(SELECT x.return_id FROM return_orders x WHERE x.order_id = o.id AND x.return_id <> ro.return_id)
        FROM return_orders ro JOIN orders o ON o.id = ro.order_id
        WHERE ro.return_id = ANY(%s)
        """,
        (list(ids),),
    )
    orders: dict[int, OrderCase] = {}
    for return_id, order_id, number, frozen, others in found:
        case_of(return_id).beside.update(others)
        if order_id not in orders:
            orders[order_id] = OrderCase(order_id, number, read_order(frozen) if frozen is not None else None)
        case_of(return_id).orders[number] = orders[order_id]
    for order_id, line, index in rows(
        "SELECT order_id, line, index FROM allocations WHERE order_id = ANY(%s) AND NOT released",
        (list(orders),),
    ):
        orders[order_id].taken.add((line, index))
    for order_id, return_id, total in rows(
        """
        SELECT order_id, return_id,
               sum(coalesce((payload->>'total_minor')::bigint, (payload->>'delta_minor')::bigint)) FROM effects
        WHERE order_id = ANY(%s) AND verb = ANY(%s) AND standing <> 'moot' GROUP BY 1, 2
        """,
        (list(orders), [IssueCreditNote.verb, CorrectCreditNote.verb]),
    ):
        orders[order_id].credited[return_id] = int(total)
