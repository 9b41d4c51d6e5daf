"""Reads a warehouse's file: each row says the same as a line of a neutral message. One bad row spoils no other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from backhaul.connectors.warehouse_files.settings import FilesSettings
from backhaul.connectors.warehouse_files.table import Row, rows_of
from backhaul.domain import facts as f
from backhaul.sdk.bodies import validated
from backhaul.sdk.messages import Message, Name, Reading, RowProblem, Told, UnknownValue, Unreadable
from backhaul.sdk.warehouse import Inspection, Receipt, ReceivedLine, facts_of, name_of

KIND = "warehouse-file"
_WHOLE = re.compile(r"(\d{1,9})(?:[.,]0{1,2})?").fullmatch
_Key = tuple[tuple[Name, ...], str | None]


def read_file(message: Message, settings: FilesSettings) -> Told:
    """One reading per return of the file, and its bad rows. Raises Unreadable where the whole file cannot be."""
    returns: dict[_Key, list[f.Fact]] = {}
    problems: list[RowProblem] = []
    said_at: dict[object, tuple[int, int]] = {}
    for row in rows_of(message.body, settings):
        if isinstance(row, RowProblem):
            problems.append(row)
            continue
        try:
            # All of a row or nothing: what it says of its condition may be wrong where its count is right.
            statements = tuple(_statements(row, message.received_at, settings))
            told = [_told(row, said, said_at, alone=len(statements) == 1) for said in statements]
        except (Unreadable, UnknownValue) as error:
            problems.append(RowProblem(row.line, _mended_by(error)))
            continue
        for about, facts in told:
            returns.setdefault(about, []).extend(facts)
    readings = [Reading(names, order, tuple(facts)) for (names, order), facts in returns.items()]
    return (*readings, *problems)


def _told(
    row: Row, said: Receipt | Inspection, said_at: dict[object, tuple[int, int]], *, alone: bool
) -> tuple[_Key, list[f.Fact]]:
    _once(row, said, said_at, alone=alone)
    return (name_of(said.return_ref, said.order_number), said.order_number), list(facts_of(said))


def _mended_by(error: Unreadable | UnknownValue) -> str:
    if isinstance(error, UnknownValue):
        return f"{error.field_name} has the unknown word {error.value!r}; say in the connection's words what it means"
    return str(error)


def _statements(row: Row, received_at: datetime, settings: FilesSettings) -> Iterator[Receipt | Inspection]:
    """What a row says: what arrived, how it was found, or both."""
    cells = {**settings.constants, **row.cells}
    kind = _word(cells.get("kind"), settings)
    counted, found = "received_total" in cells, "inspected_total" in cells or "disposition" in cells
    if kind not in (None, "receipt", "inspection"):
        raise UnknownValue("kind", kind)
    if not (counted if kind == "receipt" else found if kind == "inspection" else counted or found):
        raise Unreadable("needs a received_total, or a disposition with its inspected_total")
    line: dict[str, Any] = {name: cells[name] for name in ("line_ref", "item_ref", "sku") if name in cells}
    about = _about(row, cells, received_at, settings)
    if counted and kind != "inspection":
        received = {**line, "received_total": _count(cells, "received_total")}
        yield validated(Receipt, {**about, "kind": "receipt", "lines": [received]})
    if found and kind != "receipt":
        if "disposition" not in cells:
            raise Unreadable("needs a disposition beside the inspected_total")
        condition = {**line, "disposition": cells["disposition"]}
        total = {**condition, "inspected_total": _count(cells, "inspected_total")}
        yield validated(Inspection, {**about, "kind": "inspection", "lines": [total]})


def _about(row: Row, cells: Mapping[str, str], received_at: datetime, settings: FilesSettings) -> dict[str, Any]:
    if "warehouse" not in cells:
        raise Unreadable("names no warehouse")
    about: dict[str, Any] = {
        "message_id": f"line {row.line}",
        "occurred_at": _moment(cells["occurred_at"], settings) if "occurred_at" in cells else received_at,
        "warehouse": cells["warehouse"],
        "order_number": cells.get("order_number"),
    }
    if "sequence" in cells:
        about["sequence"] = _count(cells, "sequence")
    if "return_ref" in cells and "return_ref_kind" not in cells:
        raise Unreadable("has a return_ref and does not say of which kind: give it a column or a constant")
    if "return_ref" in cells:
        about["return_ref"] = {"kind": _word(cells.get("return_ref_kind"), settings), "value": cells["return_ref"]}
    return about


def _word(said: str | None, settings: FilesSettings) -> str | None:
    if said is None:
        return None
    known = {word.casefold(): meaning for word, meaning in settings.words.items()}
    return known.get(said.casefold(), said.lower())


def _count(cells: Mapping[str, str], name: str) -> int:
    said = cells.get(name)
    if said is None:
        raise Unreadable(f"needs {name} beside the disposition")
    whole = _WHOLE(said)
    if whole is None:
        raise Unreadable(f"{name} is {said[:40]!r}, which is no whole number")
    return int(whole.group(1))


def _moment(said: str, settings: FilesSettings) -> datetime:
    """A time without an offset is of the connection's time zone."""
    try:
        if settings.date_format is not None:
            moment = datetime.strptime(said, settings.date_format)  # noqa: DTZ007  the zone is put on below
        else:
            moment = datetime.fromisoformat(said)
        aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=ZoneInfo(settings.timezone))
        return aware.astimezone(UTC)
    except (ValueError, OverflowError):
        wanted = settings.date_format or "2026-11-12T08:00:00+01:00"
        raise Unreadable(f"occurred_at is {said[:40]!r}, not written like {wanted!r}") from None


def _once(row: Row, said: Receipt | Inspection, said_at: dict[object, tuple[int, int]], *, alone: bool) -> None:
    """A row per unit is not a total: taken for totals, two rows of one line would count as one unit.

    A count that is written again on the row of each condition is the same count.
    """
    line = said.lines[0]
    condition, total = (
        ("", line.received_total) if isinstance(line, ReceivedLine) else (line.disposition, line.inspected_total)
    )
    about = (
        said.kind, said.return_ref, said.order_number, said.warehouse, line.line_ref, line.item_ref, line.sku,
        condition, said.sequence, said.occurred_at,
    )  # fmt: skip
    before, counted = said_at.setdefault(about, (row.line, total))
    repeated = said.kind == "receipt" and not alone and total == counted
    if before != row.line and not repeated:
        raise Unreadable(f"speaks of the same as line {before}: one row with the total so far, or a sequence on each")
