"""Decisions written down in bulk: facts, effects planned, changed or moot, entries, expectations and exceptions."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from backhaul.domain.approvals import WITHDRAWN
from backhaul.domain.awaited import Expectation
from backhaul.domain.exceptions import OperationalException
from backhaul.domain.facts import Fact
from backhaul.domain.ledger import Entry
from backhaul.store import exceptions
from backhaul.store.codec import digest, to_json
from backhaul.store.exceptions import Opening
from backhaul.store.sql import array, columns, rows, run


@dataclass(frozen=True, slots=True)
class ToldFact:
    return_id: str
    fact: Fact
    message_id: int | None = None


@dataclass(frozen=True, slots=True)
class PlannedEffect:
    """An effect row as it should be; rows that were attempted are left as they are."""

    key: str
    verb: str
    merchant_id: int
    connection_id: int | None
    return_id: str | None
    order_id: int | None
    payload: str
    policy_version: str
    after: tuple[str, ...]
    standing: str

    @property
    def payload_hash(self) -> str:
        return payload_hash(self.payload)


@dataclass(slots=True)
class Outcomes:
    """All that a batch of decisions changes; ``write`` puts it into the database.

    ``withdrawn`` are attempted effects that must not be done any more, ``revived`` such ones that are owed after all.
    """

    effects: list[PlannedEffect] = field(default_factory=list)
    moot: list[str] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)
    revived: list[str] = field(default_factory=list)
    entries: list[tuple[int, str, Entry]] = field(default_factory=list)
    expectations: list[tuple[int, str, Expectation]] = field(default_factory=list)
    met: list[str] = field(default_factory=list)
    exceptions: list[tuple[int, str, OperationalException]] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    returns: list[tuple[str, bool, list[str], list[str], int, str, bool, bool]] = field(default_factory=list)


def payload_hash(payload: str) -> str:
    return hashlib.sha256(payload.encode()).hexdigest()


def tell(told: Sequence[ToldFact], now: datetime) -> set[str]:
    """Add facts that are new, also to the returns that joined theirs; answers the returns that learned something."""
    table: dict[tuple[str, bytes], tuple[str, str, str, bytes, int | None]] = {}
    for one in told:
        kind, text = type(one.fact).__name__, to_json(one.fact)
        name = digest(kind, text)
        table.setdefault((one.return_id, name), (one.return_id, kind, text, name, one.message_id))
    new = rows(
        """
        INSERT INTO facts (return_id, kind, body, digest, message_id, recorded_at)
        SELECT v.*, %s FROM unnest(%s::text[], %s::text[], %s::jsonb[], %s::bytea[], %s::bigint[])
               AS v(return_id, kind, body, digest, message_id)
        WHERE NOT EXISTS (SELECT FROM returns r JOIN facts f ON f.return_id = r.id AND f.digest = v.digest
                          WHERE r.linked_to_id = v.return_id)
        ON CONFLICT (return_id, digest) DO NOTHING RETURNING return_id
        """,
        [now, *columns(list(table.values()), 5)],
    )
    return {return_id for (return_id,) in new}


def write(outcomes: Outcomes, now: datetime, due_in: dict[str, datetime]) -> None:
    """Write a batch. ``due_in`` gives, per exception owner, when a newly opened one is due."""
    _write_effects(outcomes, now)
    _write_entries(outcomes.entries, now)
    _write_expectations(outcomes, now)
    _write_exceptions(outcomes, now, due_in)
    if outcomes.returns:
        table = [(*one[:2], array(one[2]), array(one[3]), *one[4:]) for one in outcomes.returns]
        run(
            """
            UPDATE returns SET orders = v.orders::text[], skus = v.skus::text[], units = v.units, stage = v.stage,
                   squared = v.squared, closed = v.closed, undecided = false,
                   last_message_at = CASE WHEN v.heard THEN greatest(last_message_at, %s) ELSE last_message_at END
            FROM unnest(%s::text[], %s::bool[], %s::text[], %s::text[], %s::int[], %s::text[], %s::bool[], %s::bool[])
                 AS v(id, heard, orders, skus, units, stage, squared, closed)
            WHERE returns.id = v.id
            """,
            [now, *columns(table, 8)],
        )


def _write_effects(outcomes: Outcomes, now: datetime) -> None:
    if outcomes.effects:
        table = [
            (
                one.key, one.verb, one.merchant_id, one.connection_id, one.return_id, one.order_id, one.payload,
                one.payload_hash, one.policy_version, array(one.after), one.standing,
            )
            for one in outcomes.effects
        ]  # fmt: skip
        run(
            """
            INSERT INTO effects (key, verb, merchant_id, connection_id, return_id, order_id, payload, payload_hash,
                                 policy_version, after, standing, epoch, created_at)
            SELECT v.key, v.verb, v.merchant_id, v.connection_id, v.return_id, v.order_id, v.payload, v.payload_hash,
                   v.policy_version, v.after::text[], v.standing, (SELECT epoch FROM deployments ORDER BY id LIMIT 1),
                   %s
            FROM unnest(%s::text[], %s::text[], %s::bigint[], %s::bigint[], %s::text[], %s::bigint[], %s::jsonb[],
                        %s::text[], %s::text[], %s::text[], %s::text[])
                 AS v(key, verb, merchant_id, connection_id, return_id, order_id, payload, payload_hash,
                      policy_version, after, standing)
            ON CONFLICT (key) DO UPDATE SET payload = EXCLUDED.payload, payload_hash = EXCLUDED.payload_hash,
                   policy_version = EXCLUDED.policy_version, after = EXCLUDED.after, standing = EXCLUDED.standing
            WHERE effects.first_attempt_at IS NULL AND effects.standing IN ('waiting', 'due', 'moot', 'refused')
            """,
            [now, *columns(table, 11)],
        )
    if outcomes.moot:
        run(
            "UPDATE effects SET standing = 'moot' WHERE key = ANY(%s) AND first_attempt_at IS NULL",
            (outcomes.moot,),
        )
    if outcomes.withdrawn:
        # Of which no byte ever left us. One that somebody holds is being sent.
        run(
            """
            UPDATE effects SET standing = 'refused', kind = %s, why = 'withdrawn before anything was sent'
            WHERE key = ANY(%s) AND standing IN ('due', 'unsure') AND claimed_by = ''
              AND attempts = (SELECT count(*) FROM attempts a WHERE a.effect_id = effects.id AND a.outcome = 'not-sent')
            """,
            (WITHDRAWN, outcomes.withdrawn),
        )
    if outcomes.revived:
        run(
            "UPDATE effects SET standing = 'unsure', kind = '', not_before = NULL WHERE key = ANY(%s) AND kind = %s",
            (outcomes.revived, WITHDRAWN),
        )


def _write_entries(entries: Iterable[tuple[int, str, Entry]], now: datetime) -> None:
    table = [
        (entry.cause, part, merchant_id, return_id, one.source, one.destination, one.quantity, one.commodity)
        for merchant_id, return_id, entry in entries
        for part, one in enumerate(entry.postings)
    ]
    if table:
        run(
            """
            INSERT INTO entries (cause, part, merchant_id, return_id, source, destination, quantity, commodity,
                                 recorded_at)
            SELECT v.*, %s FROM unnest(%s::text[], %s::smallint[], %s::bigint[], %s::text[], %s::text[], %s::text[],
                                       %s::bigint[], %s::text[]) AS v
            ON CONFLICT (cause, part) DO NOTHING
            """,
            [now, *columns(table, 8)],
        )


def _write_expectations(outcomes: Outcomes, now: datetime) -> None:
    if outcomes.expectations:
        table = [
            (one.key, merchant_id, return_id, one.kind, one.about, one.due(now), to_json(one.value))
            for merchant_id, return_id, one in outcomes.expectations
        ]
        run(
            """
            INSERT INTO expectations (key, merchant_id, return_id, kind, about, due_at, value)
            SELECT * FROM unnest(%s::text[], %s::bigint[], %s::text[], %s::text[], %s::text[], %s::timestamptz[],
                                 %s::jsonb[])
            ON CONFLICT (key) DO NOTHING
            """,
            columns(table, 7),
        )
    if outcomes.met:
        run("DELETE FROM expectations WHERE key = ANY(%s)", (outcomes.met,))


def _write_exceptions(outcomes: Outcomes, now: datetime, due_in: dict[str, datetime]) -> None:
    exceptions.open_all(
        [
            Opening(
                one.key, one.kind, merchant_id, one.cause, one.owner, due_in.get(one.owner, now), one.about,
                return_id=return_id, value=one.value, remedy=one.remedy,
            )
            for merchant_id, return_id, one in outcomes.exceptions
        ],
        now,
    )  # fmt: skip
    if outcomes.gone:
        exceptions.close(outcomes.gone, now)
