"""Lists as CSV, row by row however long they are, safe to be opened in a spreadsheet."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from django.http import StreamingHttpResponse

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
Cell = str | int | bool | datetime | None


class _Line:
    """A file that hands back what was written to it."""

    def write(self, line: str) -> str:
        return line


def csv_answer(
    name: str, heads: tuple[str, ...], rows: Iterable[tuple[Cell, ...]], zone: ZoneInfo
) -> StreamingHttpResponse:
    """A download called ``name``; times are in the merchant's zone with their offset."""

    def lines() -> Iterator[str]:
        writer = csv.writer(_Line())
        yield writer.writerow(heads)
        for row in rows:
            yield writer.writerow([cell(value, zone) for value in row])

    answer = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def cell(value: Cell, zone: ZoneInfo) -> str | int:
    """A cell that a spreadsheet takes for what it is: text stays text, also when it looks like a formula."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case int():
            return value
        case datetime():
            return value.astimezone(zone).isoformat(timespec="seconds")
        case str():
            return f"'{value}" if value.startswith(_FORMULA) else value
