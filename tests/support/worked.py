"""Compares a worked ledger of the docs, row by row, with what the domain books for the same story."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from tests.support.world import Told

PAGES = Path(__file__).parents[2] / "docs/explanation/ledger"
Row = tuple[str, str, str]
"""Source, destination and what moved, such as ``1458 USD``."""


def written(page: str, heading: str) -> Counter[Row]:
    """The rows of the table below that heading: ``| cause | from | to | what |``."""
    text = (PAGES / page).read_text(encoding="utf-8")
    _, found, rest = text.partition(f"## {heading}\n")
    assert found, f"{page} has no heading {heading!r}"
    rows: Counter[Row] = Counter()
    for line in rest.partition("\n## ")[0].splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if line.startswith("|") and len(cells) == 4 and cells[1] != "from" and not cells[1].startswith("-"):
            rows[cells[1], cells[2], cells[3]] += 1
    return rows


def booked(told: Told) -> Counter[Row]:
    """What stands in the return's ledger, reversals included; the return is called R as in the docs."""
    rows: Counter[Row] = Counter()
    for entry in told.posted.values():
        for posting in entry.postings:
            source, destination = (
                account.replace(f":{told.id}", ":R") for account in (posting.source, posting.destination)
            )
            rows[source, destination, f"{posting.quantity} {posting.commodity}"] += 1
    return rows


def assert_worked(page: str, heading: str, told: Told) -> None:
    """The page shows exactly what is booked, no row more and none less."""
    shown, real = written(page, heading), booked(told)
    assert shown, f"{page}: no table below {heading!r}"
    missing, wrong = real - shown, shown - real
    assert not missing, f"{page} {heading!r} does not show {sorted(missing.elements())}"
    assert not wrong, f"{page} {heading!r} shows what is not booked: {sorted(wrong.elements())}"
