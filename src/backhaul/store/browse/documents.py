"""Owed effects and the documents they became, with every attempt at them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from backhaul.domain.effects import LookUpOrder
from backhaul.store.browse.pages import Page, cut, read_cursor, write_cursor
from backhaul.store.models import Attempt, Effect


@dataclass(frozen=True, slots=True)
class AttemptRow:
    """One try at an effect and what came of it."""

    number: int
    begun_at: datetime
    ended_at: datetime
    outcome: str
    why: str


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """An effect; once done, ``reference`` is the other system's name of the document.

    ``waits_for`` are the keys of the effects it needs first. ``flush`` is the key of the stock flush that carries it.
    """

    id: int
    key: str
    verb: str
    standing: str
    connection: str | None
    return_id: str | None
    order: str | None
    payload: Any
    policy_version: str
    waits_for: tuple[str, ...]
    attempts: int
    not_before: datetime | None
    created_at: datetime
    done_at: datetime | None
    reference: str | None
    adopted: bool
    why: str
    flush: str | None = None
    flush_reference: str | None = None
    tries: tuple[AttemptRow, ...] = ()


@dataclass(frozen=True, slots=True)
class WantedDocuments:
    """Which effects; "" means no matter."""

    standing: str = ""
    verb: str = ""
    connection: str = ""
    reference: str = ""
    return_id: str = ""


def documents(merchant_id: int, wanted: WantedDocuments, cursor: str = "", size: int = 50) -> Page[DocumentRow]:
    """A page of effects, the newest first. Raises BadCursor."""
    asked = {
        "standing": wanted.standing,
        "verb": wanted.verb,
        "connection__name": wanted.connection,
        "reference": wanted.reference,
        "return_ref": wanted.return_id,
    }
    found = Effect.objects.filter(merchant_id=merchant_id, **{name: value for name, value in asked.items() if value})
    if cursor:
        at, key = read_cursor(cursor)
        found = found.filter(Q(created_at__lt=at) | Q(created_at=at, key__lt=key))
    rows = found.select_related("connection", "order", "flush").order_by("-created_at", "-key")[: size + 1]
    return cut([_document(row, {}) for row in rows], size, lambda row: write_cursor(row.created_at, row.key))


def documents_of(merchant_id: int, return_id: str, orders: tuple[str, ...]) -> tuple[DocumentRow, ...]:
    """All effects of one return in the order they were first owed, and the look-ups of its orders, with attempts."""
    # An order is looked up once, for whichever return spoke of it first.
    looked_up = Q(verb=LookUpOrder.verb, order__number__in=orders, order__merchant_id=merchant_id)
    found = Effect.objects.filter(Q(return_ref=return_id) | looked_up, merchant_id=merchant_id)
    rows = list(found.select_related("connection", "order", "flush").order_by("id"))
    tries: defaultdict[int, list[AttemptRow]] = defaultdict(list)
    for attempt in Attempt.objects.filter(effect__in=[row.pk for row in rows]).order_by("id"):
        tries[attempt.effect_id].append(
            AttemptRow(attempt.number, attempt.begun_at, attempt.ended_at, attempt.outcome, attempt.why)
        )
    return tuple(_document(row, tries) for row in rows)


def _document(row: Any, tries: dict[int, list[AttemptRow]]) -> DocumentRow:
    return DocumentRow(
        row.pk,
        row.key,
        row.verb,
        row.standing,
        row.connection.name if row.connection is not None else None,
        row.return_ref_id,
        row.order.number if row.order is not None else None,
        row.payload,
        row.policy_version,
        tuple(row.after),
        row.attempts,
        row.not_before,
        row.created_at,
        row.done_at,
        row.reference,
        row.adopted,
        row.why,
        row.flush.key if row.flush is not None else None,
        row.flush.reference if row.flush is not None else None,
        tuple(tries.get(row.pk, ())),
    )
