"""The few things all statements of the store share: a cursor, arrays in, rows out, and commits that can be observed.

Parameters travel beside the statement, arrays in binary: written into the statement as Django's own cursor does it,
a batch of rows costs fifteen times as much on our side, and the server reads it twice as slowly.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from psycopg.adapt import PyFormat
from psycopg.types.array import ListBinaryDumper

Row = tuple[Any, ...]


def rows(statement: str, parameters: Sequence[Any] = ()) -> list[Row]:
    """Run a statement with parameters and fetch all its rows."""
    with _cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())


def run(statement: str, parameters: Sequence[Any] = ()) -> int:
    """Run a statement with parameters; returns the number of rows it touched."""
    with _cursor() as cursor:
        cursor.execute(statement, parameters)
        return int(cursor.rowcount)


def _cursor() -> CursorWrapper:
    """A cursor of Django's connection that is known to Django like one of its own, but for how parameters travel."""
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    adapters = connection.connection.adapters
    if adapters.get_dumper(list, PyFormat.AUTO) is not ListBinaryDumper:
        adapters.register_dumper(list, ListBinaryDumper)
    return CursorWrapper(psycopg.Cursor(connection.connection), connection)


def columns(table: Sequence[Sequence[Any]], width: int) -> list[list[Any]]:
    """Rows to columns, for ``unnest``: ``width`` lists, also when there is no row."""
    return [list(column) for column in zip(*table, strict=True)] if table else [[] for _ in range(width)]


@contextmanager
def atomic() -> Iterator[None]:
    """One database transaction; a network call inside it is a mistake."""
    with transaction.atomic():
        yield
