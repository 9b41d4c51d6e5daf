"""The few things all statements of the store share: a cursor, arrays in, rows out, and commits that can be observed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

Row = tuple[Any, ...]


def rows(statement: str, parameters: Sequence[Any] = ()) -> list[Row]:
    """Run a statement with parameters and fetch all its rows."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())


def run(statement: str, parameters: Sequence[Any] = ()) -> int:
    """Run a statement with parameters; returns the number of rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return int(cursor.rowcount)


def columns(table: Sequence[Sequence[Any]], width: int) -> list[list[Any]]:
    """Rows to columns, for ``unnest``: ``width`` lists, also when there is no row."""
    return [list(column) for column in zip(*table, strict=True)] if table else [[] for _ in range(width)]


@contextmanager
def atomic() -> Iterator[None]:
    """One database transaction; a network call inside it is a mistake."""
    with transaction.atomic():
        yield
