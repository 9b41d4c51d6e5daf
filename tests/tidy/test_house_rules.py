"""The rules of the house that a linter does not know, each with the reason it exists."""

import ast
import statistics
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest

from tests.tidy.checkout import ROOT, python_files

# Words that say nothing about what a thing is for; each has a better one in the plan's list of words.
EMPTY_WORDS = frozenset(
    [
        "transaction",
        "event",
        "status",
        "data",
        "manager",
        "service",
        "helper",
        "helpers",
        "util",
        "utils",
        "handler",
        "process",
        "misc",
        "common",
    ]
)
LONGEST_FILE = 400
LONGEST_FUNCTION = 60
MEDIAN_FILE = 80

# What was too long when a rule came; a name may leave this list and none may join it.
RATCHET: frozenset[str] = frozenset()

FILES = python_files("src", "tests", "tools")
# Migrations are generated and compared with the models by a test: their length is that of the schema.
WRITTEN = tuple(file for file in FILES if file.parent.name != "migrations")
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def lines(file: Path) -> int:
    return len(file.read_text().splitlines())


def definitions(file: Path) -> Iterator[Definition]:
    for node in ast.walk(ast.parse(file.read_text(), str(file))):
        if isinstance(node, Definition):
            yield node


def too_long(file: Path) -> Iterator[str]:
    name = str(file.relative_to(ROOT))
    if lines(file) > LONGEST_FILE:
        yield f"{name} has {lines(file)} lines: split it by what it is about"
    for node in definitions(file):
        length = (node.end_lineno or node.lineno) - node.lineno + 1
        if not isinstance(node, ast.ClassDef) and length >= LONGEST_FUNCTION:
            yield f"{name}:{node.lineno} {node.name} has {length} lines: name its steps"


def test_a_file_and_a_function_fit_in_a_readers_head() -> None:
    found = [line for line in chain.from_iterable(map(too_long, WRITTEN)) if line.split()[0] not in RATCHET]
    assert not found, "\n".join(found)


def test_the_usual_file_is_short() -> None:
    counted = {file: lines(file) for file in python_files("src")}
    median = statistics.median(counted.values())
    longest = sorted(counted, key=lambda file: -counted[file])[:5]
    assert median < MEDIAN_FILE, f"median {median}; longest: {', '.join(str(f.relative_to(ROOT)) for f in longest)}"


def test_nothing_is_named_with_an_empty_word() -> None:
    modules = (f"{file.relative_to(ROOT)}: module" for file in FILES if file.stem.lower() in EMPTY_WORDS)
    folders = (f"{file.parent.relative_to(ROOT)}: folder" for file in FILES if file.parent.name.lower() in EMPTY_WORDS)
    names = (
        f"{file.relative_to(ROOT)}:{node.lineno} {node.name}"
        for file in FILES
        for node in definitions(file)
        if node.name.lower() in EMPTY_WORDS
    )
    found = sorted({*modules, *folders, *names})
    assert not found, "say what it is for:\n" + "\n".join(found)


@pytest.mark.parametrize("top", ["src", "tests", "tools"])
def test_a_file_opens_with_the_sentence_that_says_why_it_exists(top: str) -> None:
    silent = [
        str(file.relative_to(ROOT))
        for file in python_files(top)
        if file.read_text().strip() and not ast.get_docstring(ast.parse(file.read_text()))
    ]
    assert not silent, "no opening sentence:\n" + "\n".join(silent)


def swallowed(file: Path) -> Iterator[int]:
    for node in ast.walk(ast.parse(file.read_text(), str(file))):
        if isinstance(node, ast.ExceptHandler) and all(isinstance(step, ast.Pass) for step in node.body):
            yield node.lineno


def test_no_error_is_swallowed_without_a_word() -> None:
    found = [f"{file.relative_to(ROOT)}:{line}" for file in FILES for line in swallowed(file)]
    assert not found, "use contextlib.suppress with the reason beside it:\n" + "\n".join(found)


def test_every_import_of_the_package_sits_in_a_layer() -> None:
    """Layers are folders: a module beside them would escape the contract."""
    beside = {path.name for path in (ROOT / "src" / "backhaul").iterdir() if path.suffix == ".py"}
    assert beside <= {"__init__.py", "__main__.py", "cli.py"}


def test_statements_stand_in_the_store_only() -> None:
    """The demo and the simulation read the tables to audit them; nobody else outside the store writes SQL."""
    outside = python_files("src/backhaul/flows", "src/backhaul/web", "src/backhaul/cli", "src/backhaul/connectors")
    named = ("from backhaul.store.sql import", "cursor.execute(", "objects.raw(")
    found = [
        f"{file.relative_to(ROOT)}: {line.strip()}"
        for file in outside
        for line in file.read_text().splitlines()
        if line.strip().startswith(named) and not line.strip().endswith(("import atomic", "import looking"))
    ]
    assert not found, found
