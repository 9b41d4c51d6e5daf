"""Everything that is kept about one return, read at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from backhaul.domain.facts import Fact
from backhaul.domain.ledger import Entry, Posting, balances
from backhaul.domain.orders import FrozenOrder
from backhaul.domain.policy import Policy
from backhaul.domain.returns import Return, fold
from backhaul.store import models
from backhaul.store.browse.documents import DocumentRow, documents_of
from backhaul.store.browse.exceptions import ExceptionRow, exceptions_of
from backhaul.store.browse.expectations import ExpectationRow, expectations_of
from backhaul.store.browse.returns import ReturnRow, return_row, with_exceptions
from backhaul.store.codec import read_fact, read_order, to_json


@dataclass(frozen=True, slots=True)
class Told:
    """A fact as it was recorded, and the message that told it (None: a decision of ours or an answer to us)."""

    id: int
    kind: str
    fact: Fact
    body: Any
    recorded_at: datetime
    message_id: int | None
    connection: str | None


@dataclass(frozen=True, slots=True)
class Booked:
    """One posting of the ledger with the entry's cause."""

    cause: str
    posting: Posting
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class WholeReturn:
    """One return with all that is kept about it; ``state`` is the fold of its facts."""

    row: ReturnRow
    names: tuple[tuple[str, str], ...]
    told: tuple[Told, ...]
    state: Return
    documents: tuple[DocumentRow, ...]
    expectations: tuple[ExpectationRow, ...]
    exceptions: tuple[ExceptionRow, ...]
    booked: tuple[Booked, ...]
    balances: Mapping[tuple[str, str], int]
    policy: Policy | None = None


def one_return(
    merchant_id: int, return_id: str, policy_of: Callable[[int, datetime], Policy | None] = lambda _, __: None
) -> WholeReturn | None:
    """The return of that id of this merchant, or None.

    ``policy_of`` knows by the merchant and when the return was first seen what the warehouse's words mean for it.
    """
    found = with_exceptions(models.Return.objects.filter(merchant_id=merchant_id, id=return_id)).first()
    if found is None:
        return None
    row = return_row(found)
    # A return that turned out to be another's second name keeps its facts and entries; they are read with the other's.
    ids = [row.id, *models.Return.objects.filter(linked_to=row.id).order_by("id").values_list("id", flat=True)]
    told = _told(ids)
    booked = _booked(ids)
    policy = policy_of(merchant_id, row.first_seen_at)
    state = fold(
        row.id,
        [each.fact for each in told],
        label=row.label,
        initiated_at=row.initiated_at,
        orders=_orders(merchant_id, row.orders),
        policy=policy,
    )
    names = tuple(models.Identity.objects.filter(return_ref__in=ids).order_by("id").values_list("kind", "value"))
    return WholeReturn(
        row,
        names,
        told,
        replace(state, called=names),
        documents_of(merchant_id, row.id, row.orders),
        expectations_of(merchant_id, row.id),
        exceptions_of(merchant_id, row.id),
        booked,
        balances(Entry(each.cause, (each.posting,)) for each in booked),
        policy,
    )


def _told(return_ids: list[str]) -> tuple[Told, ...]:
    rows = models.Fact.objects.filter(return_ref__in=return_ids).order_by("recorded_at", "id")
    values = rows.values_list("id", "kind", "body", "recorded_at", "message_id", "message__connection__name")
    return tuple(
        Told(number, kind, read_fact(kind, to_json(body)), body, at, message, connection)
        for number, kind, body, at, message, connection in values
    )


def _booked(return_ids: list[str]) -> tuple[Booked, ...]:
    rows = models.Entry.objects.filter(return_ref__in=return_ids).order_by("recorded_at", "id")
    values = rows.values_list("cause", "source", "destination", "quantity", "commodity", "recorded_at")
    return tuple(
        Booked(cause, Posting(source, destination, quantity, commodity), at)
        for cause, source, destination, quantity, commodity, at in values
    )


def _orders(merchant_id: int, numbers: tuple[str, ...]) -> dict[str, FrozenOrder]:
    rows = models.Order.objects.filter(merchant_id=merchant_id, number__in=numbers).exclude(frozen=None)
    return {number: read_order(to_json(body)) for number, body in rows.values_list("number", "frozen")}
