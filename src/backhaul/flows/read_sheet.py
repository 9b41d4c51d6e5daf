"""Mappings as a CSV sheet: written, and read back into the changes that make it so; bad rows are told by their line."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from backhaul.domain.mappings import KINDS, ValueMapping, faults, tidied
from backhaul.flows.usable import Change
from backhaul.store.mappings import KeptMapping

HEADS = ("kind", "value", "site", "sku_class", "target", "why")
MOST_ROWS = 10_000
# A spreadsheet takes what begins so for a formula; what is quoted for it is unquoted when it is read.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")


class BadSheet(ValueError):
    """The sheet cannot be used and nothing of it was; ``rows`` says by line what is wrong."""

    def __init__(self, rows: Sequence[tuple[int, str]]) -> None:
        super().__init__("\n".join(f"line {line}: {why}" for line, why in rows))
        self.rows = tuple(rows)


def sheet(mappings: Iterable[KeptMapping]) -> str:
    """The mappings as CSV, a row each."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(HEADS)
    for kept in mappings:
        one = kept.mapping
        writer.writerow(map(_quoted, (one.kind, one.value, one.site, one.sku_class, one.target, kept.why)))
    return written.getvalue()


def read_sheet(text: str) -> tuple[tuple[int, Change], ...]:
    """(line, mapping to be made) of each row. Raises BadSheet, naming every row that is wrong."""
    lines = csv.reader(io.StringIO(text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}"), newline=""))
    try:
        heads = [head.strip().lower() for head in next(lines, [])]
        missing = [head for head in ("kind", "value", "target") if head not in heads]
        unknown = [head for head in heads if head not in HEADS]
        if missing or unknown or len(heads) != len(set(heads)):
            said = ", ".join(heads) or "nothing"
            raise BadSheet([(1, f"the first line names the columns {', '.join(HEADS)}; it says {said}")])
        rows = [(lines.line_num, row) for row in lines if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise BadSheet([(lines.line_num, f"this is no CSV: {error}")]) from None
    if len(rows) > MOST_ROWS:
        raise BadSheet([(rows[MOST_ROWS][0], f"a sheet has {MOST_ROWS} rows at most: split it")])
    read: list[tuple[int, Change]] = []
    wrong: list[tuple[int, str]] = []
    seen: dict[tuple[str, ...], int] = {}
    for line, row in rows:
        if len(row) > len(heads):
            wrong.append((line, f"has {len(row)} cells, the first line names {len(heads)} columns"))
            continue
        change, why = _row(dict(zip(heads, row, strict=False)))
        wrong += [(line, one) for one in why]
        if change is not None:
            first = seen.setdefault(change.mapping.name, line)
            if first != line:
                wrong.append((line, f"{change.mapping} stands in line {first} already"))
            read.append((line, change))
    if wrong:
        raise BadSheet(sorted(wrong))
    return tuple(read)


def changes(
    read: Sequence[tuple[int, Change]], active: Iterable[KeptMapping], *, keep_others: bool = False
) -> tuple[tuple[Change, ...], tuple[int, ...]]:
    """The changes that make it as the sheet says, and the line of each (0 for what is not in it and ends)."""
    now = {kept.mapping.name: kept.mapping for kept in active}
    wanted = {change.mapping.name for _, change in read}
    made = [(line, change) for line, change in read if now.get(change.mapping.name) != change.mapping]
    gone = [] if keep_others else [(0, Change(now[name], ends=True)) for name in sorted(now.keys() - wanted)]
    return tuple(change for _, change in made + gone), tuple(line for line, _ in made + gone)


def _row(cells: dict[str, str]) -> tuple[Change | None, list[str]]:
    said = {head: _unquoted(cells.get(head, "")) for head in HEADS}
    kind = next((known for known in KINDS if known == said["kind"].strip()), None)
    if kind is None:
        return None, [f"kind {said['kind']!r} is none of {', '.join(KINDS)}"]
    mapping = tidied(ValueMapping(kind, said["value"], said["target"], said["site"], said["sku_class"]))
    return Change(mapping, why=said["why"].replace("\0", "")), faults(mapping)


def _quoted(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _unquoted(cell: str) -> str:
    return cell.removeprefix("'")
