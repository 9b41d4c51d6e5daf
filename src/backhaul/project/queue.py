"""The queue only wakes: coarse hints on Procrastinate, the truth is in the rows.

A hint is deferred after commit and in a commit of its own; a hint that already waits is enough. A stalled hint is
finished as failed and never retried, because a retried one collides with the one that waits. Nobody depends on a hint:
the sweep finds all that is due.
"""

from __future__ import annotations

import contextlib
import os
import threading

import structlog
from procrastinate import App, PsycopgConnector, SyncPsycopgConnector, exceptions, jobs

log = structlog.get_logger()
QUEUE = "backhaul"
STALLED_AFTER_S = 30.0
_PATIENCE_S = 3.0  # how long a hint waits for a connection: it is not worth more, whoever gives it waits with it
_lock = threading.Lock()
_hinting: list[App] = []


def wake(flow: str) -> None:
    """Hint that a flow has work. Never fails: the sweep finds the work where the hint was lost."""
    try:
        _hinting_app().configure_task(flow, queueing_lock=flow, queue=QUEUE).defer()
    except exceptions.AlreadyEnqueued:
        return
    except (exceptions.ConnectorException, OSError) as error:
        log.warning("queue.hint_lost", flow=flow, why=str(error))


def _hinting_app() -> App:
    """An app with a connection of its own, so that a hint never joins anybody's commit."""
    with _lock:
        if not _hinting:
            connector = SyncPsycopgConnector(
                conninfo=os.environ["DATABASE_URL"], min_size=1, max_size=2, timeout=_PATIENCE_S
            )
            hinting = App(connector=connector)
            hinting.open()
            _hinting.append(hinting)
        return _hinting[0]


def close() -> None:
    """Close the hinting connections: at the end of a program, or before another database is used."""
    with _lock:
        for hinting in _hinting:
            hinting.close()
        _hinting.clear()


def working_app() -> App:
    """An app for a worker on this deployment's database; its tasks are yet to be told."""
    return App(connector=PsycopgConnector(conninfo=os.environ["DATABASE_URL"], min_size=1, max_size=4))


async def drop_stalled(working: App) -> int:
    """Finish hints whose worker is gone as failed; the sweep hints anew. Answers how many."""
    stalled = list(await working.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER_S))
    for job in stalled:
        with contextlib.suppress(exceptions.ConnectorException):
            await working.job_manager.finish_job(job, jobs.Status.FAILED, delete_job=True)
    return len(stalled)
