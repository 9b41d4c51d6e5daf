"""Pages of rows, newest first: a page names where the next one begins, so a deep one costs no more than the first."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

Row = TypeVar("Row")
MOST_ROWS = 200


class BadCursor(ValueError):
    """The cursor is none of ours: take ``next`` of the last answer as it is, or leave it out for the first page."""

    def __init__(self, cursor: str) -> None:
        super().__init__(f"{cursor!r} is not a cursor; use `next` of the last answer, or none for the first page")
        self.cursor = cursor


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows and the cursor of those that follow; ``next`` is "" on the last page."""

    rows: tuple[Row, ...]
    next: str = ""


def write_cursor(at: datetime, name: str) -> str:
    """Where a page ends: the time and the id of its last row."""
    return base64.urlsafe_b64encode(f"{at.isoformat()} {name}".encode()).decode().rstrip("=")


def read_cursor(cursor: str) -> tuple[datetime, str]:
    """The time and the id again. Raises BadCursor."""
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        at, name = text.split(" ", 1)
        when = datetime.fromisoformat(at)
    except (ValueError, binascii.Error) as error:
        raise BadCursor(cursor) from error
    if when.tzinfo is None or not name or "\0" in name:
        raise BadCursor(cursor)
    return when, name


def cut(rows: list[Row], size: int, place: Callable[[Row], str]) -> Page[Row]:
    """A page out of up to ``size`` + 1 rows; the one too many only says that there is more."""
    if len(rows) <= size:
        return Page(tuple(rows))
    return Page(tuple(rows[:size]), place(rows[size - 1]))


def all_rows(page_at: Callable[[str], Page[Row]]) -> Iterator[Row]:
    """Every row of every page, for exports."""
    cursor = ""
    while True:
        page = page_at(cursor)
        yield from page.rows
        cursor = page.next
        if not cursor:
            return
