"""The list of returns: found by any name, order, SKU or id of ours, narrowed by how far along they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from backhaul.store.browse.pages import Page, cut, read_cursor, write_cursor
from backhaul.store.models import Identity, OperationalException, Return, ReturnOrder

STAGES = ("announced", "expected", "dropped-off", "shipped", "received", "inspected", "closed", "expired")
MOST_NAMED = 1_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which returns: None and "" mean no matter. ``search`` is one whole name, order number, SKU or id."""

    search: str = ""
    closed: bool | None = None
    squared: bool | None = None
    excepted: bool | None = None
    stage: str = ""


@dataclass(frozen=True, slots=True)
class ReturnRow:
    """A return as lists show it. ``exceptions`` counts the open ones."""

    id: str
    label: str
    connection: str
    orders: tuple[str, ...]
    skus: tuple[str, ...]
    units: int
    stage: str
    squared: bool
    closed: bool
    exceptions: int
    initiated_at: datetime | None
    first_seen_at: datetime
    last_message_at: datetime
    linked_to: str | None


def returns(merchant_id: int, wanted: Wanted, cursor: str = "", size: int = 50) -> Page[ReturnRow]:
    """A page of returns, the one with the newest message first. Raises BadCursor."""
    found = matching(merchant_id, wanted)
    if cursor:
        at, name = read_cursor(cursor)
        found = found.filter(Q(last_message_at__lt=at) | Q(last_message_at=at, id__lt=name))
    rows = [return_row(row) for row in with_exceptions(found).order_by("-last_message_at", "-id")[: size + 1]]
    return cut(rows, size, lambda row: write_cursor(row.last_message_at, row.id))


def count(merchant_id: int, wanted: Wanted, most: int = 10_000) -> int:
    """How many there are, counted up to ``most``: nobody pages further than that."""
    return matching(merchant_id, wanted).order_by()[:most].count()


def matching(merchant_id: int, wanted: Wanted) -> QuerySet[Any]:
    """The rows that are wanted, of this merchant; a return that became part of another is none of its own."""
    found = Return.objects.filter(merchant_id=merchant_id, linked_to=None)
    if wanted.closed is not None:
        found = found.filter(closed=wanted.closed)
    if wanted.squared is not None:
        found = found.filter(squared=wanted.squared)
    if wanted.stage:
        found = found.filter(stage=wanted.stage)
    if wanted.excepted is not None:
        mine = Q(id__in=_open_exceptions(merchant_id).exclude(return_ref=None).values("return_ref_id"))
        found = found.filter(mine if wanted.excepted else ~mine)
    if wanted.search:
        found = found.filter(_named(merchant_id, wanted.search))
    return found


def with_exceptions(found: QuerySet[Any]) -> QuerySet[Any]:
    """Each row with the number of its open exceptions."""
    counted = (
        OperationalException.objects.filter(return_ref=OuterRef("id"), closed_at=None, waived_at=None)
        .order_by()
        .values("return_ref")
        .annotate(many=Count("*"))
        .values("many")
    )
    annotated: QuerySet[Any] = found.annotate(
        exceptions=Coalesce(Subquery(counted), 0), connection_name=F("scope__name")
    )
    return annotated


def return_row(row: Any) -> ReturnRow:
    """The value of a row that went through ``with_exceptions``."""
    return ReturnRow(
        row.id,
        row.label,
        row.connection_name,
        tuple(row.orders),
        tuple(row.skus),
        row.units,
        row.stage,
        row.squared,
        row.closed,
        row.exceptions,
        row.initiated_at,
        row.first_seen_at,
        row.last_message_at,
        row.linked_to_id,
    )


def _open_exceptions(merchant_id: int) -> QuerySet[Any]:
    return OperationalException.objects.filter(merchant_id=merchant_id, closed_at=None, waived_at=None)


def _named(merchant_id: int, search: str) -> Q:
    """Names, orders and ids are found by index; only what is none of them is looked for among the SKUs."""
    # People type an express code in either case, and a database finds exact values by index.
    spellings = {search, search.upper(), search.lower()}
    identities = Identity.objects.filter(value__in=spellings, scope__merchant_id=merchant_id)
    orders = ReturnOrder.objects.filter(order__number__in=spellings, order__merchant_id=merchant_id)
    own = Return.objects.filter(id__in=spellings, merchant_id=merchant_id)
    ids = set(own.values_list("id", flat=True))
    for rows in (identities, orders):
        ids.update(rows.values_list(Coalesce("return_ref__linked_to", "return_ref"), flat=True)[:MOST_NAMED])
    return Q(id__in=ids) if ids else Q(skus__overlap=list(spellings))


def exists(merchant_id: int, return_id: str) -> bool:
    """Whether this merchant has that return."""
    return Return.objects.filter(merchant_id=merchant_id, id=return_id).exists()
