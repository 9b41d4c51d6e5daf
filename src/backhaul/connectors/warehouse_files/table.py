"""Bytes of a file to its rows, each with the line it begins at and its cells by our names for the columns."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from backhaul.connectors.warehouse_files.columns import IN
from backhaul.connectors.warehouse_files.settings import FilesSettings
from backhaul.sdk.messages import RowProblem, Unreadable

_MOST_ROWS = 50_000
_Cells = list[str]


@dataclass(frozen=True, slots=True)
class Row:
    """``cells`` by our names; blank ones are left out."""

    line: int
    cells: Mapping[str, str]


def rows_of(body: bytes, settings: FilesSettings) -> Iterator[Row | RowProblem]:
    """The rows below the heading. Raises Unreadable where the file as a whole is not what the settings say."""
    lines = _records(_text(body, settings), settings.delimiter)
    heading: dict[int, str] | None = None
    width = 0
    for number, (line, cells) in enumerate(lines):
        if number > _MOST_ROWS:
            raise Unreadable(f"more than {_MOST_ROWS} rows: send it in several files")
        if isinstance(cells, str):
            if heading is None:
                raise Unreadable(f"the heading cannot be read: {cells}")
            yield RowProblem(line, cells)
        elif heading is None:
            heading, width = _heading(cells, settings), len(cells)
        elif len(cells) > width:
            yield RowProblem(
                line, f"it has {len(cells)} cells and the heading {width}: is a {settings.delimiter!r} unquoted?"
            )
        else:
            named = ((name, cells[place].strip()) for place, name in heading.items() if place < len(cells))
            yield Row(line, {name: cell for name, cell in named if cell})
    if heading is None:
        raise Unreadable("it has no heading")


def _text(body: bytes, settings: FilesSettings) -> str:
    encoding = "utf-8-sig" if settings.encoding.lower().replace("_", "-") in ("utf-8", "utf8") else settings.encoding
    try:
        return body.decode(encoding)
    except (UnicodeError, ValueError) as error:
        place = f" at byte {error.start}" if isinstance(error, UnicodeDecodeError) else ""
        raise Unreadable(f"it is not written in {settings.encoding}{place}: set the connection's encoding") from None


def _records(text: str, delimiter: str) -> Iterator[tuple[int, _Cells | str]]:
    """(line it begins at, its cells or what is wrong with it), without blank lines."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        begins = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            lines = reader.line_num - begins
            reach = f" (and the {lines} lines after it)" if lines else ""
            yield begins, f"{error}{reach}"
            continue
        if any(cell.strip() for cell in cells):
            yield begins, cells


def _heading(cells: _Cells, settings: FilesSettings) -> dict[int, str]:
    """Which column is which. Unknown ones are the warehouse's own and are not looked at."""
    names = {settings.columns.get(name, name).strip().casefold(): name for name in IN}
    found: dict[int, str] = {}
    for place, cell in enumerate(cells):
        name = names.get(cell.strip().casefold())
        if name is not None and name in found.values():
            raise Unreadable(f"the heading has {cell.strip()!r} twice")
        if name is not None:
            found[place] = name
    have = {*found.values(), *settings.constants}
    for wanted in (
        ("warehouse",),
        ("return_ref", "order_number"),
        ("line_ref", "item_ref", "sku"),
        ("received_total", "inspected_total"),
    ):
        if not have.intersection(wanted):
            called = " or ".join(repr(settings.columns.get(name, name)) for name in wanted)
            raise Unreadable(f"the heading has no {called}: name the warehouse's column in the connection's columns")
    return found
