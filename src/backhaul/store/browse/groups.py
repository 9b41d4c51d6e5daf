"""Exceptions grouped by kind and cause, so that one cause is looked at once however many returns it holds up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Max, Min

from backhaul.domain.money import Money
from backhaul.store.browse import amounts
from backhaul.store.browse.causes import CauseName, CauseShape, said
from backhaul.store.browse.exceptions import WantedExceptions, wanted_rows

MOST_GROUPS = 500


@dataclass(frozen=True, slots=True)
class Group:
    """All exceptions of one kind and cause. ``value`` is summed per currency; ``name`` names the cause in addresses."""

    kind: str
    cause: str
    name: str
    owner: str
    remedy: str
    count: int
    oldest_at: datetime
    due_at: datetime
    value: tuple[Money, ...]


def groups(merchant_id: int, wanted: WantedExceptions) -> tuple[Group, ...]:
    """The groups of the wanted exceptions, the one due first coming first; at most MOST_GROUPS."""
    found = wanted_rows(merchant_id, wanted).select_related(None).order_by()
    named = found.annotate(name=CauseName(F("cause")), shape=CauseShape(F("cause")))
    values = _values(named.exclude(value=[]).values_list("kind", "name", "value"))
    grouped = named.values("kind", "shape", "name").annotate(
        exact=Min("cause"),
        last=Max("cause"),
        many=Count("*"),
        owned_by=Max("owner"),
        mended_by=Max("remedy"),
        oldest=Min("opened_at"),
        due=Min("due_at"),
    )
    return tuple(
        Group(
            row["kind"],
            said(row["exact"], row["last"], row["shape"]),
            row["name"],
            row["owned_by"],
            row["mended_by"],
            row["many"],
            row["oldest"],
            row["due"],
            amounts.total(values[row["kind"], row["name"]]),
        )
        for row in grouped.order_by("due", "kind", "name")[:MOST_GROUPS]
    )


def kinds(merchant_id: int, wanted: WantedExceptions) -> tuple[str, ...]:
    """The kinds there are among the wanted ones, for a filter."""
    found = wanted_rows(merchant_id, wanted).select_related(None).order_by("kind")
    return tuple(found.values_list("kind", flat=True).distinct())


def _values(rows: Sequence[tuple[str, str, Any]] | Any) -> defaultdict[tuple[str, str], list[Money]]:
    found: defaultdict[tuple[str, str], list[Money]] = defaultdict(list)
    for kind, name, value in rows:
        found[kind, name] += amounts.read(value)
    return found
