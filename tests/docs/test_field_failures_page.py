"""The page of what goes wrong in the field counts every failure once, and each test that it names is there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/reference/field-failures.md").read_text(encoding="utf-8")
NOT_SHOWN = ("does not apply", "open")
MANY = 63


def rows() -> list[list[str]]:
    """Number, what goes wrong, what Backhaul does, what shows it."""
    cells = ([cell.strip() for cell in line.strip("|\n").split("|")] for line in PAGE.splitlines() if line[:1] == "|")
    return [row for row in cells if row[0].isdigit()]


def named(cell: str) -> list[str]:
    return re.findall(r"`(tests/[^`]+)`", cell)


def test_every_failure_stands_there_once() -> None:
    assert sorted(int(row[0]) for row in rows()) == list(range(1, MANY + 1))


def test_the_figures_are_those_of_the_tables() -> None:
    counts = [sum(row[3] == word for row in rows()) for word in NOT_SHOWN]
    shown = sum(bool(named(row[3])) for row in rows())
    assert shown + sum(counts) == MANY
    assert f"**{shown} are shown by a test, {counts[0]} does not apply, {counts[1]} are open.**" in PAGE


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[0])
def test_a_row_names_tests_that_are_there_or_says_why_none(row: list[str]) -> None:
    number, wrong, here, by = row
    assert wrong, number
    assert here, number
    if by in NOT_SHOWN:
        return
    tests = named(by)
    assert ", ".join(f"`{name}`" for name in tests) == by, f"{number} names something else"
    for name in tests:
        path, _, function = name.partition("::")
        tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
        functions = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
        assert function in functions, f"{number} names {name}, which is not there"
