"""The queue only wakes: hints may double, stall or get lost, and none of it stops the work."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from backhaul.project import queue
from backhaul.store.sql import rows, run


@pytest.fixture(autouse=True)
def hinting(db: object) -> Iterator[None]:
    yield
    queue.close()


def hints() -> list[tuple[str, str]]:
    return [(name, state) for name, state in rows("SELECT task_name, status::text FROM procrastinate_jobs ORDER BY id")]


def take(seconds_ago: int) -> None:
    """A worker that last gave a sign of life so long ago has the hint in hand."""
    ((worker,),) = rows(
        "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - %s * interval '1 second') RETURNING id",
        (seconds_ago,),
    )
    run("UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s WHERE status = 'todo'", (worker,))


async def _drop() -> int:
    working = queue.working_app()
    async with working.open_async():
        return await queue.drop_stalled(working)


def test_a_hint_that_waits_is_enough() -> None:
    queue.wake("dispatch")
    queue.wake("dispatch")
    queue.wake("interpret")
    assert hints() == [("dispatch", "todo"), ("interpret", "todo")]


def test_a_hint_that_is_in_hand_does_not_keep_the_next_from_waiting() -> None:
    queue.wake("dispatch")
    take(1)
    queue.wake("dispatch")
    assert hints() == [("dispatch", "doing"), ("dispatch", "todo")]


def test_the_hint_of_a_dead_worker_is_finished_and_the_one_that_waits_stays() -> None:
    queue.wake("dispatch")
    take(3600)
    queue.wake("dispatch")
    assert asyncio.run(_drop()) == 1
    assert hints() == [("dispatch", "todo")]


def test_after_the_hint_of_a_dead_worker_was_dropped_another_can_be_given() -> None:
    queue.wake("dispatch")
    take(3600)
    asyncio.run(_drop())
    queue.wake("dispatch")
    assert hints() == [("dispatch", "todo")]


def test_the_hint_of_a_living_worker_is_left_alone() -> None:
    queue.wake("dispatch")
    take(5)
    assert asyncio.run(_drop()) == 0
    assert hints() == [("dispatch", "doing")]
