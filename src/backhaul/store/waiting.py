"""What a mapping bears on: returns to be decided anew, messages to be read again, refused effects to be tried again."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from backhaul.domain import effects as e
from backhaul.domain.mappings import Name
from backhaul.domain.money import Money
from backhaul.domain.specificity import ANY
from backhaul.store.browse import amounts
from backhaul.store.sql import rows

_OPEN = """
    SELECT DISTINCT o.id FROM returns r JOIN returns o ON o.id = coalesce(r.linked_to_id, r.id)
    WHERE r.merchant_id = %s AND NOT o.closed
"""
_WORD = "replace(replace(lower(trim(f.body->>'{}')), '_', '-'), ' ', '-') = %s"
_GOODS = "f.kind IN ('ItemReceived', 'ItemInspected', 'DispositionDecided')"
# What is told of such a value; of kinds that are not here no return is decided otherwise.
_TOLD = {
    "disposition": "f.kind IN ('ItemInspected', 'DispositionDecided') AND " + _WORD.format("disposition"),
    "place": _GOODS,
    "sku-class": _GOODS,
    "location": "f.kind IN ('ItemReceived', 'ItemInspected') AND f.body->>'site' = %s",
    "reason": "f.kind = 'ReturnInitiated' AND " + _WORD.format("reason"),
}
_ANY_REASON = "f.kind = 'ReturnInitiated' AND f.body->>'reason' IS NOT NULL"
_VERBS = {
    "location": (e.ReceiveReturn.verb, e.PutAway.verb, e.FlushStock.verb),
    "tender": (e.RecordRefund.verb,),
    "account": (e.IssueCreditNote.verb, e.CorrectCreditNote.verb),
}
WAITING_KINDS = ("unmapped-disposition", "unit-not-sold")


def returns_concerned(merchant_id: int, names: Iterable[Name]) -> list[str]:
    """The open returns of which something was told that these mappings are about."""
    found: set[str] = set()
    for kind, value in sorted({(name[0], name[1]) for name in names}):
        if kind == "sku-alias":
            found.update(name for (name,) in rows(f"{_OPEN} AND %s = ANY(r.skus)", (merchant_id, value)))
        elif kind in _TOLD:
            told = _ANY_REASON if (kind, value) == ("reason", ANY) else _TOLD[kind]
            asked = (merchant_id, value) if "%s" in told else (merchant_id,)
            there = f"{_OPEN} AND EXISTS (SELECT FROM facts f WHERE f.return_id = r.id AND {told})"
            found.update(name for (name,) in rows(there, asked))
    return sorted(found)


def messages_concerned(merchant_id: int, names: Iterable[Name]) -> list[int]:
    """Messages that could not be read because of these words."""
    words = sorted({repr(name[1]) for name in names if name[0] == "word"})
    found = rows(
        """
        SELECT DISTINCT m.id FROM messages m JOIN connections c ON c.id = m.connection_id
        JOIN unnest(%s::text[]) AS w(word) ON position(w.word IN m.why) > 0
        WHERE c.merchant_id = %s AND m.state = 'unreadable' ORDER BY m.id
        """,
        (words, merchant_id),
    )
    return [id_ for (id_,) in found] if words else []


def refused_concerned(merchant_id: int, names: Iterable[Name]) -> list[tuple[str, str | None]]:
    """(key, return) of effects that the other system refused and that these mappings may let it take."""
    found: set[tuple[str, str | None]] = set()
    for kind, value in {(name[0], name[1]) for name in names if name[0] in _VERBS}:
        found.update(
            rows(
                """
                SELECT key, return_id FROM effects
                WHERE merchant_id = %s AND standing = 'refused' AND verb = ANY(%s) AND (%s OR payload->>'site' = %s)
                """,
                (merchant_id, list(_VERBS[kind]), kind != "location", value),
            )
        )
    return sorted(found, key=str)


def still_waiting(return_ids: Sequence[str]) -> int:
    """How many units of these returns still wait for a mapping."""
    return int(
        rows(
            "SELECT count(*) FROM exceptions WHERE return_id = ANY(%s) AND kind = ANY(%s) AND closed_at IS NULL",
            (list(return_ids), list(WAITING_KINDS)),
        )[0][0]
    )


def held_up(merchant_id: int, limit: int) -> list[tuple[str, str, str, tuple[Money, ...]]]:
    """(return, kind, unit, value at risk) of open exceptions of units that wait for a mapping, the oldest first."""
    found = rows(
        "SELECT return_id, kind, about, value FROM exceptions WHERE merchant_id = %s AND kind = ANY(%s) "
        "AND closed_at IS NULL AND return_id IS NOT NULL ORDER BY opened_at, key LIMIT %s",
        (merchant_id, list(WAITING_KINDS), limit),
    )
    return [(return_id, kind, about, amounts.read(json.loads(value))) for return_id, kind, about, value in found]


def received_under(merchant_id: int, site: str) -> int:
    """How many returns have a receipt, made or attempted, of goods that a source said are at that site."""
    return int(
        rows(
            """
            SELECT count(DISTINCT r.id) FROM returns r JOIN facts f ON f.return_id = r.id
            JOIN effects x ON x.return_id = coalesce(r.linked_to_id, r.id)
            WHERE r.merchant_id = %s AND f.kind IN ('ItemReceived', 'ItemInspected') AND f.body->>'site' = %s
              AND x.verb = %s AND x.first_attempt_at IS NOT NULL AND x.standing <> 'refused'
            """,
            (merchant_id, site, e.ReceiveReturn.verb),
        )[0][0]
    )
