"""Plays many seeds on all cores and says which of them went wrong, with their stories."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from backhaul.project.embedded import Embedded
from backhaul.simulation.ground import Ground, ground, set_up_django


@dataclass(frozen=True, slots=True)
class Played:
    """One seed of many. ``failure`` is its story where it went wrong, else empty."""

    seed: int
    failure: str
    documents: int
    kills: int


def fuzz(seeds: Iterable[int], workers: int = 0) -> Iterator[Played]:
    """Each seed's end, as it comes. ``workers`` 0 takes as many programs as there are cores."""
    wanted = list(seeds)
    context = multiprocessing.get_context("spawn")
    with _ends_on_signals(), ground() as found:
        place = (str(found.server.directory), found.server.url(found.template), found.template)
        with ProcessPoolExecutor(workers or os.cpu_count() or 1, context, _begin, place) as pool:
            try:
                yield from pool.map(_play, wanted)
            except BaseException:
                # The days they are playing are of no use to anybody, and the pool waits for its programs.
                for program in multiprocessing.active_children():
                    program.terminate()
                raise


@contextmanager
def _ends_on_signals() -> Iterator[None]:
    """Ctrl-C and SIGTERM end it once, in order: clearing up is not interrupted by a second one."""

    def stop(number: int, _frame: FrameType | None) -> None:
        for each in numbers:
            signal.signal(each, signal.SIG_IGN)
        sys.exit(128 + number)

    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, stop) for number in numbers}
    try:
        yield
    finally:
        for number, how in before.items():
            signal.signal(number, how)


_grounds: list[Ground] = []


def _begin(directory: str, url: str, template: str) -> None:
    """In each program: join the server that runs, say nothing in logs, leave when the one who began it is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logging.disable(logging.CRITICAL)
    server = Embedded(Path(directory))
    server.start()
    threading.Thread(target=_leave_with_the_first, args=(server,), daemon=True).start()
    set_up_django(url)
    _grounds.append(Ground(server, template))


def _leave_with_the_first(server: Embedded) -> None:
    """Killed, it could end nobody: the last of its programs to leave takes the server along."""
    first = multiprocessing.parent_process()
    if first is not None:
        first.join()
        try:
            server.remove()
        finally:
            os._exit(1)


def _play(seed: int) -> Played:
    from backhaul.simulation.day import play

    try:
        told = play(_grounds[0], seed)
    except Exception as error:  # noqa: BLE001  a seed that breaks is a finding, and the others go on
        import traceback

        return Played(seed, f"seed {seed} broke: {error}\n{traceback.format_exc()}", 0, 0)
    return Played(seed, str(told) if told.wrongs else "", told.documents, told.kills)
