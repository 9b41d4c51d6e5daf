"""A second interpreter beside the worker's own, in a program of its own: Python's lock leaves a core idle otherwise."""

from __future__ import annotations

import ctypes
import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, Executor, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context

import structlog
from django.db import OperationalError, close_old_connections, connections

from backhaul.flows.deployment import Deployment
from backhaul.flows.interpret import BATCH, interpret
from backhaul.project import queue
from backhaul.store import inbox
from backhaul.store.sql import ended_deadlock

log = structlog.get_logger()
_DIES_WITH_ITS_PARENT = 1  # PR_SET_PDEATHSIG
_GATHER_S = 0.1
_deployments: list[Deployment] = []


@contextmanager
def second_interpreter(deployment: Deployment) -> Iterator[Executor]:
    """A program that waits to be asked; forked, so that it shares what is loaded. Call before any thread is started."""
    # What is open now belongs to one of the two: to neither.
    connections.close_all()
    queue.close()
    _deployments[:] = [deployment]
    with ProcessPoolExecutor(1, get_context("fork"), _settle_in, (os.getpid(),)) as beside:
        beside.submit(os.getpid).result()
        yield beside


def interpret_all(deployment: Deployment, beside: Executor) -> None:
    """Read messages until none waits; where more than a batch does, with two interpreters at once.

    What both would touch, one of them waits for or leaves alone. Where the second one was killed, the first goes on.
    """
    asked = None
    if inbox.waiting(deployment.connection_ids, past=BATCH):
        try:
            asked = beside.submit(_interpret_beside)
        except BrokenExecutor as error:
            log.warning("interpret.alone", why=str(error))
    _interpret_on(deployment)
    if asked is not None:
        try:
            asked.result()
        except BrokenExecutor as error:
            log.warning("interpret.alone", why=str(error))


def _settle_in(parent: int) -> None:
    """End with the parent however that ends; Ctrl-C is the parent's to act upon."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    ctypes.CDLL(None, use_errno=True).prctl(_DIES_WITH_ITS_PARENT, signal.SIGTERM)
    if os.getppid() != parent:
        os._exit(0)


def _interpret_beside() -> None:
    close_old_connections()
    _interpret_on(_deployments[0])


def _interpret_on(deployment: Deployment) -> None:
    while read := _batch(deployment):
        # Most of what a small batch costs is asked of the database once per batch, however much is in it: where more
        # came while it was read, still more is about to come.
        if read < BATCH // 2 and inbox.waiting(deployment.connection_ids):
            time.sleep(_GATHER_S)


def _batch(deployment: Deployment) -> int:
    while True:
        try:
            return interpret(deployment)
        except OperationalError as error:
            if not ended_deadlock(error):
                raise
            # Two interpreters had each what the other wanted: the batch was given back, and is read again.
