"""The few things all statements of the store share: a cursor, arrays in, rows out, and commits that can be observed.

Parameters travel beside the statement, arrays in binary: written into the statement as Django's own cursor does it,
a batch of rows costs fifteen times as much on our side, and the server reads it twice as slowly. A statement that comes
again is prepared: most of ours are few rows by an index, and planning them takes the server as long as running them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection, transaction
from django.db.backends.signals import connection_created
from django.db.backends.utils import CursorWrapper
from psycopg.adapt import PyFormat
from psycopg.types.array import ListBinaryDumper

Row = tuple[Any, ...]
# More than there are statements of ours, so that none is thrown out and prepared again and again.
_MOST_PREPARED = 300


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
    raw = connection.connection
    if raw.adapters.get_dumper(list, PyFormat.AUTO) is not ListBinaryDumper:
        raw.adapters.register_dumper(list, ListBinaryDumper)
        raw.prepare_threshold, raw.prepared_max = 5, _MOST_PREPARED
    return CursorWrapper(psycopg.Cursor(raw), connection)


def look_up_by_index() -> None:
    """Have the connections that this program opens from now on plan no scan of a whole table where an index will do.

    A program that reads a few rows by their keys all day prepares its statements when it starts. On a fresh database
    that is when every table is empty, and a scan of an empty table is the cheapest plan: it was kept as the table grew.
    """
    connection_created.connect(_plan_by_index, dispatch_uid="look_up_by_index")


def _plan_by_index(**told: Any) -> None:
    with told["connection"].cursor() as cursor:
        cursor.execute("SET enable_seqscan = off")


def columns(table: Sequence[Sequence[Any]], width: int) -> list[list[Any]]:
    """Rows to columns, for ``unnest``: ``width`` lists, also when there is no row."""
    return [list(column) for column in zip(*table, strict=True)] if table else [[] for _ in range(width)]


def array(values: Iterable[str]) -> str:
    """Strings as PostgreSQL writes an array of them: for a column of arrays, as ``unnest`` takes them apart."""
    quoted = (value.replace("\\", "\\\\").replace('"', '\\"') for value in values)
    return "{" + ",".join(f'"{value}"' for value in quoted) + "}"


def ended_deadlock(error: BaseException) -> bool:
    """Whether a commit was undone by the database because it and another waited for each other."""
    return isinstance(error.__cause__, psycopg.errors.DeadlockDetected)


@contextmanager
def looking() -> Iterator[None]:
    """One moment of the database, in which nothing can be written: the database itself refuses."""
    with transaction.atomic():
        run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


@contextmanager
def atomic() -> Iterator[None]:
    """One database transaction; a network call inside it is a mistake."""
    with transaction.atomic():
        yield
