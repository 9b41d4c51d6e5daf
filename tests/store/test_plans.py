"""How the database goes about what a worker asks: a plan made on an empty table must do on a full one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import DataError, connection
from django.db.backends.signals import connection_created

from backhaul.store.sql import atomic, look_up_by_index, rows


@pytest.fixture
def by_index(db: object) -> Iterator[None]:
    """A worker's connection, opened in this test and closed after it."""
    connection.close()
    look_up_by_index()
    yield
    connection_created.disconnect(dispatch_uid="look_up_by_index")
    connection.close()


def test_a_worker_looks_up_by_index_in_tables_that_are_empty(by_index: None) -> None:
    found = rows("EXPLAIN SELECT cause FROM entries WHERE return_id = ANY(%s)", (["r-1"],))
    plan = "\n".join(line for (line,) in found)
    assert "entries_return" in plan
    assert "Seq Scan" not in plan


def test_it_still_does_after_a_commit_that_was_undone(by_index: None) -> None:
    with pytest.raises(DataError), atomic():
        rows("SELECT 1 / 0")
    assert rows("SHOW enable_seqscan") == [("off",)]
