"""Operational exceptions one by one: open, closed or waived, and those of one return or one group."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from backhaul.domain.money import Money
from backhaul.store.browse import amounts
from backhaul.store.browse.causes import CauseName
from backhaul.store.browse.pages import Page, cut, read_cursor, write_cursor
from backhaul.store.exceptions import STRANDED
from backhaul.store.models import OperationalException
from backhaul.store.replay_models import Replay

State = Literal["open", "waived", "closed"]
STATES: tuple[State, ...] = ("open", "waived", "closed")


@dataclass(frozen=True, slots=True)
class ExceptionRow:
    """One thing a person must look at, and how it ended where it did."""

    key: str
    kind: str
    about: str
    cause: str
    remedy: str
    owner: str
    value: tuple[Money, ...]
    opened_at: datetime
    due_at: datetime
    closed_at: datetime | None
    waived_at: datetime | None
    waived_by: str
    waived_why: str
    return_id: str | None
    return_label: str | None
    message_id: int | None
    connection: str | None
    replay: str = ""

    @property
    def replayable(self) -> bool:
        """Whether it may be asked that what was left behind is done again."""
        return self.kind == STRANDED and self.state == "open" and self.replay not in ("asked", "sending", "running")

    @property
    def state(self) -> State:
        if self.waived_at is not None:
            return "waived"
        return "open" if self.closed_at is None else "closed"


@dataclass(frozen=True, slots=True)
class WantedExceptions:
    """Which exceptions; "" means no matter. ``cause`` is the name of a group's cause, see ``groups``."""

    state: State = "open"
    owner: str = ""
    kind: str = ""
    cause: str = ""
    return_id: str = ""


def exceptions(merchant_id: int, wanted: WantedExceptions, cursor: str = "", size: int = 50) -> Page[ExceptionRow]:
    """A page of exceptions, the one due first coming first. Raises BadCursor."""
    found = wanted_rows(merchant_id, wanted)
    if cursor:
        at, key = read_cursor(cursor)
        found = found.filter(Q(due_at__gt=at) | Q(due_at=at, key__gt=key))
    rows = _with_replay(found).order_by("due_at", "key")[: size + 1]
    return cut([_row(row) for row in rows], size, lambda row: write_cursor(row.due_at, row.key))


def exceptions_of(merchant_id: int, return_id: str) -> tuple[ExceptionRow, ...]:
    """All exceptions of one return, the open ones first."""
    found = OperationalException.objects.filter(merchant_id=merchant_id, return_ref=return_id)
    found = _with_replay(found).select_related("return_ref", "connection")
    rows = [_row(row) for row in found.order_by("due_at", "key")]
    return tuple(sorted(rows, key=lambda row: STATES.index(row.state)))


def exceptions_about(merchant_id: int, message_ids: list[int]) -> tuple[ExceptionRow, ...]:
    """The open exceptions about these messages, the one due first coming first."""
    found = OperationalException.objects.filter(_in_state("open"), merchant_id=merchant_id, message_id__in=message_ids)
    found = _with_replay(found).select_related("return_ref", "connection")
    return tuple(_row(row) for row in found.order_by("due_at", "key"))


def one_exception(merchant_id: int, key: str) -> ExceptionRow | None:
    """The exception of that key of this merchant, or None."""
    found = OperationalException.objects.filter(merchant_id=merchant_id, key=key)
    row = _with_replay(found).select_related("return_ref", "connection").first()
    return _row(row) if row is not None else None


def wanted_rows(merchant_id: int, wanted: WantedExceptions) -> QuerySet[Any]:
    """The rows that are wanted, of this merchant."""
    found = OperationalException.objects.filter(_in_state(wanted.state), merchant_id=merchant_id)
    asked = {"owner": wanted.owner, "kind": wanted.kind, "return_ref": wanted.return_id}
    found = found.filter(**{name: value for name, value in asked.items() if value})
    if wanted.cause:
        found = found.annotate(cause_name=CauseName(F("cause"))).filter(cause_name=wanted.cause)
    return found.select_related("return_ref", "connection")


def _with_replay(found: QuerySet[Any]) -> QuerySet[Any]:
    last = Replay._default_manager.filter(exception=OuterRef("pk")).order_by("-id").values("standing")
    answer: QuerySet[Any] = found.annotate(replay_standing=Subquery(last[:1]))
    return answer


def _in_state(state: State) -> Q:
    match state:
        case "open":
            return Q(closed_at=None, waived_at=None)
        case "waived":
            return Q(waived_at__isnull=False)
        case "closed":
            return Q(closed_at__isnull=False, waived_at=None)


def _row(row: Any) -> ExceptionRow:
    return ExceptionRow(
        row.key,
        row.kind,
        row.about,
        row.cause,
        row.remedy,
        row.owner,
        amounts.read(row.value),
        row.opened_at,
        row.due_at,
        row.closed_at,
        row.waived_at,
        row.waived_by,
        row.waived_why,
        row.return_ref_id,
        row.return_ref.label if row.return_ref is not None else None,
        row.message_id,
        row.connection.name if row.connection is not None else None,
        row.replay_standing or "",
    )
