"""The few figures a back office looks at first: what is wrong, what is late, what is stuck, and what it is worth."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q

from backhaul.domain.money import Money
from backhaul.store.browse import amounts
from backhaul.store.models import Effect, Expectation, OperationalException, Return


@dataclass(frozen=True, slots=True)
class OwnerFigure:
    """Open exceptions of one owner; ``overdue`` of them should have been dealt with by now."""

    owner: str
    open: int
    overdue: int
    oldest_at: datetime
    value: tuple[Money, ...]


@dataclass(frozen=True, slots=True)
class AwaitedFigure:
    """Expectations of one kind; ``overdue`` of them, worth ``value``."""

    kind: str
    awaited: int
    overdue: int
    value: tuple[Money, ...]


@dataclass(frozen=True, slots=True)
class Figures:
    """The merchant at a glance. ``effects`` counts by standing, without those done or moot."""

    owners: tuple[OwnerFigure, ...]
    value: tuple[Money, ...]
    effects: dict[str, int]
    awaited: tuple[AwaitedFigure, ...]
    returns_open: int
    returns_closed: int
    returns_squared: int


def figures(merchant_id: int, now: datetime) -> Figures:
    """All figures as of ``now``."""
    owners = _owners(merchant_id, now)
    counted = Return.objects.filter(merchant_id=merchant_id, linked_to=None).aggregate(
        open=Count("id", filter=Q(closed=False)),
        closed=Count("id", filter=Q(closed=True)),
        squared=Count("id", filter=Q(squared=True)),
    )
    return Figures(
        owners,
        amounts.total(money for owner in owners for money in owner.value),
        effects_by_standing(merchant_id),
        _awaited(merchant_id, now),
        counted["open"],
        counted["closed"],
        counted["squared"],
    )


def effects_by_standing(merchant_id: int) -> dict[str, int]:
    """Effects that are not done, counted by how they stand."""
    found = Effect.objects.filter(merchant_id=merchant_id).exclude(standing__in=("done", "moot"))
    return dict(found.values("standing").annotate(many=Count("*")).order_by().values_list("standing", "many"))


def open_exceptions(merchant_id: int) -> int:
    """How many things wait for a person."""
    return OperationalException.objects.filter(merchant_id=merchant_id, closed_at=None, waived_at=None).count()


def _owners(merchant_id: int, now: datetime) -> tuple[OwnerFigure, ...]:
    found = OperationalException.objects.filter(merchant_id=merchant_id, closed_at=None, waived_at=None)
    values: defaultdict[str, list[Money]] = defaultdict(list)
    for owner, value in found.exclude(value=[]).values_list("owner", "value"):
        values[owner] += amounts.read(value)
    rows = found.values("owner").annotate(
        many=Count("*"), late=Count("pk", filter=Q(due_at__lt=now)), oldest=Min("opened_at")
    )
    return tuple(
        OwnerFigure(row["owner"], row["many"], row["late"], row["oldest"], amounts.total(values[row["owner"]]))
        for row in rows.order_by("-many", "owner")
    )


def _awaited(merchant_id: int, now: datetime) -> tuple[AwaitedFigure, ...]:
    found = Expectation.objects.filter(merchant_id=merchant_id)
    values: defaultdict[str, list[Money]] = defaultdict(list)
    for kind, value in found.filter(due_at__lt=now).exclude(value=[]).values_list("kind", "value"):
        values[kind] += amounts.read(value)
    rows = found.values("kind").annotate(many=Count("*"), late=Count("pk", filter=Q(due_at__lt=now)))
    return tuple(
        AwaitedFigure(row["kind"], row["many"], row["late"], amounts.total(values[row["kind"]]))
        for row in rows.order_by("-late", "-many", "kind")
    )
