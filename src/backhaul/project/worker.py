"""The worker: runs the flows when hinted, and the sweep and the polls by the clock."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor

import structlog
from django.db import close_old_connections, connection
from procrastinate import App

from backhaul.flows.deployment import Deployment, Link
from backhaul.flows.dispatch import dispatch, holder_name
from backhaul.flows.poll import poll
from backhaul.flows.sweep import sweep
from backhaul.project.interpreters import interpret_all, second_interpreter
from backhaul.project.queue import QUEUE, drop_stalled, working_app
from backhaul.store import effects
from backhaul.store.sql import look_up_by_index

log = structlog.get_logger()
# In croniter the sixth field is the seconds: written first, "every two seconds" would mean "in every other minute".
_SWEEP_CRON = "* * * * * */2"
_REST_S = 2.0
_POLL_CRON = "* * * * * */5"


def dispatch_all(deployment: Deployment) -> None:
    """Send to every connection that has something due, all at once, until none has."""
    known = set(deployment.connection_ids)
    while ids := known.intersection(effects.due_connections(deployment.now())):
        first, *others = [deployment.link(id_) for id_ in sorted(ids)]
        # The first in this thread: another one would open a connection to the database, mostly for a single batch.
        with ThreadPoolExecutor(max(len(others), 1), thread_name_prefix="connection") as pool:
            beside = [pool.submit(_dispatch_beside, deployment, link) for link in others]
            sent = dispatch(deployment, first, holder_name()) + sum(one.result() for one in beside)
        if not sent:
            return


def _dispatch_beside(deployment: Deployment, link: Link) -> int:
    try:
        return dispatch(deployment, link, holder_name())
    finally:
        connection.close()


def tell_tasks(app: App, deployment: Deployment, beside: Executor) -> None:
    """Tell the app which flow each hint means, and what the clock starts."""

    def task(name: str, flow: Callable[[Deployment], None]) -> Callable[[], None]:
        def run() -> None:
            close_old_connections()
            flow(deployment)

        return app.task(name=name, queue=QUEUE, queueing_lock=name)(run)

    task("interpret", lambda deployment: interpret_all(deployment, beside))
    task("dispatch", dispatch_all)

    # Without a lock: one that a killed worker holds would keep everybody from sweeping until it is found to be dead.
    @app.periodic(cron=_SWEEP_CRON, periodic_id="sweep")
    @app.task(name="sweep", queue=QUEUE, queueing_lock="sweep")
    def _sweep(timestamp: int) -> None:  # noqa: ARG001  the clock's, not ours
        close_old_connections()
        sweep(deployment)

    for link in deployment.links.values():
        if link.connector.polls:
            _tell_poll(app, deployment, link)


def _tell_poll(app: App, deployment: Deployment, link: Link) -> None:
    """Each connection is polled by a task of its own: a slow system does not keep the others waiting."""
    name = f"poll:{link.name}"

    @app.periodic(cron=_POLL_CRON, periodic_id=name)
    @app.task(name=name, queue=QUEUE, queueing_lock=name, lock=name)
    def _poll(timestamp: int) -> None:  # noqa: ARG001  the clock's, not ours
        close_old_connections()
        poll(deployment, link)


async def _work(deployment: Deployment, beside: Executor, concurrency: int) -> None:
    """Shift after shift until told to stop. One ends early when the database was away, or when this process slept so
    long that the others took it for dead; what it had in hand is found by whoever works next."""
    told_to_stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, told_to_stop.set)
    while not told_to_stop.is_set():
        try:
            await _shift(deployment, beside, concurrency, told_to_stop)
        except Exception:
            log.exception("worker.shift_broke", again_in_s=_REST_S)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(told_to_stop.wait(), _REST_S)


async def _shift(deployment: Deployment, beside: Executor, concurrency: int, told_to_stop: asyncio.Event) -> None:
    app = working_app()
    tell_tasks(app, deployment, beside)
    async with app.open_async():
        janitor = asyncio.create_task(_drop_stalled_regularly(app))
        stop = asyncio.create_task(told_to_stop.wait())
        working = asyncio.create_task(
            app.run_worker_async(
                queues=[QUEUE],
                concurrency=concurrency,
                fetch_job_polling_interval=2.0,
                delete_jobs="always",
                shutdown_graceful_timeout=20,
                install_signal_handlers=False,
            )
        )
        try:
            await asyncio.wait({working, stop, janitor}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (working, stop, janitor):
                task.cancel()
            ended = await asyncio.gather(working, stop, janitor, return_exceptions=True)
        for error in ended:
            if isinstance(error, Exception):
                raise error


async def _drop_stalled_regularly(app: App) -> None:
    while True:
        if dropped := await drop_stalled(app):
            log.warning("queue.stalled_hints_dropped", count=dropped)
        await asyncio.sleep(10)


def work(deployment: Deployment, *, concurrency: int = 8) -> None:
    """Work in this thread until told to stop (SIGINT or SIGTERM)."""
    look_up_by_index()
    with second_interpreter(deployment) as beside:
        asyncio.run(_work(deployment, beside, concurrency))
