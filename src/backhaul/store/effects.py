"""Effects on their way out: claimed by one conditional UPDATE, settled only by the attempt that still holds them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from backhaul.domain.effects import (
    Effect,
    FlushMember,
    FlushStock,
    FlushStorefrontStock,
    IssueRefund,
    Restock,
    RestockAtStorefront,
    key,
)
from backhaul.domain.orders import FrozenOrder
from backhaul.store.codec import read_effect, read_order, to_json
from backhaul.store.outcomes import payload_hash
from backhaul.store.sql import columns, rows, run


@dataclass(slots=True)
class Claimed:
    """One effect held for one attempt, with what doing it needs.

    ``epoch`` is the deployment's at this moment, not the one the effect was born in: a message that came after the
    backup and again after the restore makes an effect that looks new and may be long done. ``known`` are all documents
    on record of its return and of its order (a flush: of its members' orders), ``others`` the keys of their other
    effects. ``recorded`` are, once the deployment was restored, those of them that are done, by their documents.
    ``stated`` are the refunds of its order that were told of for other returns, where it pays one out itself.
    ``adopted``: some document of the return was made by hand. ``not_sent`` counts its earlier attempts of which no
    byte left us.
    """

    id: int
    key: str
    effect: Effect
    attempt: int
    epoch: int
    return_id: str | None
    order_id: int | None
    after: tuple[str, ...]
    begun_at: datetime
    initiated_at: datetime | None = None
    references: dict[str, str] = field(default_factory=dict)
    known: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()
    recorded: dict[str, tuple[Effect, ...]] = field(default_factory=dict)
    order: FrozenOrder | None = None
    adopted: bool = False
    not_sent: int = 0
    restored_at: datetime | None = None
    tried_since: datetime | None = None
    stated: frozenset[str] = frozenset()

    @property
    def never_sent(self) -> bool:
        """Whether all earlier attempts ended before anything was sent; one that nobody ended may have sent it."""
        return self.not_sent >= self.attempt - 1


@dataclass(frozen=True, slots=True)
class Settled:
    """What an attempt came to. ``standing`` is the effect's from now on."""

    claimed: Claimed
    standing: str
    ended_at: datetime
    outcome: str
    reference: str | None = None
    why: str = ""
    kind: str = ""
    adopted: bool = False
    not_before: datetime | None = None


def due_connections(now: datetime) -> list[int]:
    """Connections that have something to send and may."""
    found = rows(
        """
        SELECT DISTINCT e.connection_id FROM effects e JOIN connections c ON c.id = e.connection_id
        WHERE e.standing IN ('due', 'unsure') AND (e.not_before IS NULL OR e.not_before <= %s)
          AND (c.not_before IS NULL OR c.not_before <= %s)
        """,
        (now, now),
    )
    return [connection_id for (connection_id,) in found]


def claim(
    connection_id: int, holder: str, limit: int, now: datetime, lease_until: datetime, grace: timedelta
) -> list[Claimed]:
    """Hold up to ``limit`` due effects of the connection; from here on their payloads are frozen.

    An effect another attempt holds is taken only when its lease ended ``grace`` ago, and so are the others of its
    order: effects of one order go one after the other.
    """
    found = rows(
        """
        UPDATE effects SET attempts = attempts + 1, claimed_by = %s, lease_until = %s, standing = 'unsure',
               first_attempt_at = coalesce(first_attempt_at, %s), not_before = NULL
        WHERE id = ANY(ARRAY(
          SELECT id FROM effects
          WHERE connection_id = %s AND standing IN ('due', 'unsure') AND (not_before IS NULL OR not_before <= %s)
            AND (lease_until IS NULL OR lease_until + %s < %s)
            AND NOT EXISTS (SELECT 1 FROM effects o WHERE o.order_id = effects.order_id
                            AND o.connection_id = effects.connection_id AND o.lease_until + %s >= %s)
          ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED))
        RETURNING id, key, verb, payload, attempts, (SELECT epoch FROM deployments ORDER BY id LIMIT 1),
                  (SELECT restored_at FROM deployments ORDER BY id LIMIT 1), return_id, order_id, after,
                  first_attempt_at
        """,
        (holder, lease_until, now, connection_id, now, grace, now, grace, now, limit),
    )
    claimed = [
        Claimed(
            id_, name, read_effect(verb, payload), attempts, epoch, return_id, order_id, tuple(after), now,
            restored_at=restored_at, tried_since=since,
        )
        for id_, name, verb, payload, attempts, epoch, restored_at, return_id, order_id, after, since in sorted(
            found, key=lambda row: row[0]
        )
    ]  # fmt: skip
    _give_context(claimed)
    _give_stated(claimed)
    return claimed


def _give_context(claimed: Sequence[Claimed]) -> None:
    names = sorted({one.return_id for one in claimed if one.return_id is not None})
    numbers = {one.id: {one.order_id} for one in claimed if one.order_id is not None}
    for flush_id, order_id in rows(
        "SELECT flush_id, order_id FROM effects WHERE flush_id = ANY(%s) AND order_id IS NOT NULL",
        ([one.id for one in claimed if isinstance(one.effect, FlushStock | FlushStorefrontStock)],),
    ):
        numbers.setdefault(flush_id, set()).add(order_id)
    every = sorted(set().union(*numbers.values()))
    documents: dict[str, dict[str, str]] = {}
    by_order: dict[int, set[str]] = {}
    keys: dict[int, set[str]] = {}
    recorded: dict[int, dict[str, tuple[Effect, ...]]] = {}
    adopted: set[str] = set()
    restored = any(one.epoch > 1 for one in claimed)
    for return_id, order_id, name, reference, by_hand, flush, verb, payload in rows(
        """
        SELECT e.return_id, e.order_id, e.key, e.reference, e.adopted, f.key, e.verb,
               CASE WHEN %s AND e.standing = 'done' THEN e.payload END
        FROM effects e
        LEFT JOIN effects f ON f.id = e.flush_id
        WHERE (e.return_id = ANY(%s) OR e.order_id = ANY(%s)) AND e.standing <> 'moot'
        """,
        (restored, names, every),
    ):
        keys.setdefault(order_id, set()).update({name, flush} - {None})
        if reference is not None:
            documents.setdefault(return_id, {})[name] = reference
            by_order.setdefault(order_id, set()).add(reference)
            if payload is not None:
                there = recorded.setdefault(order_id, {})
                there[reference] = (*there.get(reference, ()), read_effect(verb, payload))
        if by_hand:
            adopted.add(return_id)
    ages: dict[str | None, datetime | None] = dict(
        rows("SELECT id, initiated_at FROM returns WHERE id = ANY(%s)", (names,))
    )
    orders = {
        order_id: read_order(frozen)
        for order_id, frozen in rows(
            "SELECT id, frozen FROM orders WHERE id = ANY(%s) AND frozen IS NOT NULL", (every,)
        )
    }
    not_sent = _not_sent([one.id for one in claimed if one.attempt > 1])
    for one in claimed:
        about = numbers.get(one.id, set())
        one.references = documents.get(one.return_id or "", {})
        one.known = frozenset(one.references.values()).union(*(by_order.get(order, ()) for order in about))
        one.others = frozenset().union(*(keys.get(order, ()) for order in about)) - {one.key}
        for order in about:
            for reference, effects in recorded.get(order, {}).items():
                one.recorded[reference] = (*one.recorded.get(reference, ()), *effects)
        one.adopted = one.return_id in adopted
        one.initiated_at = ages.get(one.return_id)
        one.order = orders.get(one.order_id or 0)
        one.not_sent = not_sent.get(one.id, 0)


def _give_stated(claimed: Sequence[Claimed]) -> None:
    """Those that pay out are given the refunds that are told of for other returns of their orders."""
    paying = [one for one in claimed if isinstance(one.effect, IssueRefund) and one.order_id is not None]
    stated = _stated(sorted({one.order_id for one in paying if one.order_id is not None}))
    for one in paying:
        told = stated.get(one.order_id or 0, set())
        one.stated = frozenset(refund for return_id, refund in told if return_id != one.return_id)


def _stated(order_ids: Sequence[int]) -> dict[int, set[tuple[str, str]]]:
    """The refunds that are told of each of these orders: the return they are of, and their ids."""
    answer: dict[int, set[tuple[str, str]]] = {}
    if order_ids:
        for order_id, return_id, refund in rows(
            """
            SELECT DISTINCT o.id, f.return_id, f.body->>'refund' FROM orders o JOIN return_orders b ON b.order_id = o.id
            JOIN facts f ON f.return_id = b.return_id AND f.body->>'order' = o.number
            WHERE o.id = ANY(%s) AND f.kind IN ('RefundPending', 'RefundConfirmed', 'RefundFailed')
            """,
            (list(order_ids),),
        ):
            answer.setdefault(order_id, set()).add((return_id, refund))
    return answer


def _not_sent(effect_ids: Sequence[int]) -> dict[int, int]:
    """How many attempts at each of these effects ended before anything was sent."""
    if not effect_ids:
        return {}
    found = rows(
        "SELECT effect_id, count(*) FROM attempts WHERE effect_id = ANY(%s) AND outcome = 'not-sent' GROUP BY 1",
        (list(effect_ids),),
    )
    return dict(found)


def settle(settled: Sequence[Settled], holder: str) -> set[int]:
    """Write outcomes and attempts; answers the ids of effects that were still held. The others' outcome is void."""
    table = [
        (
            one.claimed.id, one.claimed.attempt, one.standing, one.reference, one.why[:2000], one.kind, one.adopted,
            one.not_before, one.ended_at if one.standing == "done" else None,
        )
        for one in settled
    ]  # fmt: skip
    held = {
        id_
        for (id_,) in rows(
            """
            UPDATE effects SET standing = v.standing, reference = coalesce(v.reference, effects.reference), why = v.why,
                   kind = v.kind, adopted = v.adopted, not_before = v.not_before, done_at = v.done_at,
                   claimed_by = '', lease_until = NULL
            FROM unnest(%s::bigint[], %s::int[], %s::text[], %s::text[], %s::text[], %s::text[], %s::bool[],
                        %s::timestamptz[], %s::timestamptz[])
                 AS v(id, attempt, standing, reference, why, kind, adopted, not_before, done_at)
            WHERE effects.id = v.id AND effects.attempts = v.attempt AND effects.claimed_by = %s
            RETURNING effects.id
            """,
            [*columns(table, 9), holder],
        )
    }
    log = [
        (one.claimed.id, one.claimed.attempt, holder, one.claimed.begun_at, one.ended_at,
         one.outcome if one.claimed.id in held else "void", one.why[:2000])
        for one in settled
    ]  # fmt: skip
    run(
        """
        INSERT INTO attempts (effect_id, number, holder, begun_at, ended_at, outcome, why)
        SELECT * FROM unnest(%s::bigint[], %s::int[], %s::text[], %s::timestamptz[], %s::timestamptz[], %s::text[],
                             %s::text[])
        """,
        columns(log, 7),
    )
    return held


def keep_unclaimed(return_ids: Sequence[str]) -> None:
    """Lock the effects of returns that were never claimed: until the commit nobody claims them."""
    rows(
        "SELECT id FROM effects WHERE return_id = ANY(%s) AND first_attempt_at IS NULL ORDER BY id FOR UPDATE",
        (list(return_ids),),
    )


def returns_concerned(order_ids: Sequence[int], flush_ids: Sequence[int]) -> list[str]:
    """The returns that speak of those orders or have units in those flushes."""
    found = rows(
        """
        SELECT coalesce(r.linked_to_id, r.id) FROM return_orders ro JOIN returns r ON r.id = ro.return_id
        WHERE ro.order_id = ANY(%s)
        UNION SELECT return_id FROM effects WHERE flush_id = ANY(%s)
        """,
        (list(order_ids), list(flush_ids)),
    )
    return [return_id for (return_id,) in found]


def freeze_orders(orders: Mapping[int, FrozenOrder], now: datetime) -> None:
    """Keep orders, by the ids of their rows, as they were read first."""
    run(
        """
        UPDATE orders SET frozen = v.frozen, frozen_at = %s FROM unnest(%s::bigint[], %s::jsonb[]) AS v(id, frozen)
        WHERE orders.id = v.id AND orders.frozen IS NULL
        """,
        [now, *columns([(order_id, to_json(order)) for order_id, order in orders.items()], 2)],
    )


def settle_members(flush_id: int, reference: str, left: Iterable[str], now: datetime) -> list[str]:
    """A flush is done: so are its members, but for those it left, which are due again. Answers their returns."""
    not_taken = sorted(set(left))
    run("UPDATE effects SET flush_id = NULL, standing = 'due' WHERE key = ANY(%s)", (not_taken,))
    found = rows(
        """
        UPDATE effects SET standing = 'done', reference = %s, done_at = %s WHERE flush_id = %s AND standing <> 'done'
        RETURNING return_id
        """,
        (reference, now, flush_id),
    )
    return sorted({return_id for (return_id,) in found})


@dataclass(frozen=True, slots=True)
class Gathering:
    """Which restocks are gathered into which sort of flush, and for whom. ``version`` is the policy's."""

    flush: type[FlushStock | FlushStorefrontStock]
    verb: str
    merchant_id: int
    connection_id: int
    version: str


def gather_flush(gathering: Gathering, limit: int, now: datetime, epoch: int) -> list[str]:
    """Freeze the restocks that are due into one flush per site; answers the flushes' keys. One commit, the caller's."""
    found = rows(
        """
        SELECT id, key, verb, payload FROM effects
        WHERE merchant_id = %s AND verb = %s AND standing = 'due' AND flush_id IS NULL
        ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
        """,
        (gathering.merchant_id, gathering.verb, limit),
    )
    sites: dict[str, list[tuple[int, FlushMember]]] = {}
    for id_, name, verb, payload in found:
        restock = read_effect(verb, payload)
        if not isinstance(restock, Restock | RestockAtStorefront):
            raise TypeError(f"{name} is no restock")
        line = restock.line
        member = FlushMember(name, line.units[0], line.sku, restock.location, restock.source, line.extra)
        sites.setdefault(restock.site, []).append((id_, member))
    keys = []
    for site, members in sorted(sites.items()):
        batch = f"{site}-{now:%Y%m%dT%H%M%S}-{payload_hash(''.join(member.key for _, member in members))[:12]}"
        flush = gathering.flush(batch, site, tuple(member for _, member in members))
        payload = to_json(flush)
        flush_id = rows(
            """
            INSERT INTO effects (key, verb, merchant_id, connection_id, payload, payload_hash, policy_version, after,
                                 standing, epoch, created_at)
            VALUES (%s, %s, %s, %s, %s::jsonb, %s, %s, '{}', 'due', %s, %s) RETURNING id
            """,
            (
                key(flush), flush.verb, gathering.merchant_id, gathering.connection_id, payload,
                payload_hash(payload), gathering.version, epoch, now,
            ),
        )[0][0]  # fmt: skip
        run(
            """
            UPDATE effects SET flush_id = %s, standing = 'unsure', first_attempt_at = coalesce(first_attempt_at, %s)
            WHERE id = ANY(%s)
            """,
            (flush_id, now, [id_ for id_, _ in members]),
        )
        keys.append(key(flush))
    return keys


def retry(keys: Sequence[str]) -> int:
    """Have refused or ambiguous effects tried again, looking first; answers how many."""
    return run(
        """
        UPDATE effects SET standing = CASE WHEN first_attempt_at IS NULL THEN 'due' ELSE 'unsure' END, not_before = NULL
        WHERE key = ANY(%s) AND standing IN ('refused', 'ambiguous', 'due', 'unsure') AND claimed_by = ''
        """,
        (list(keys),),
    )
