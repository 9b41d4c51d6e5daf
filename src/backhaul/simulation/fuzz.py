"""Plays many seeds on all cores and says which of them went wrong, with their stories."""

from __future__ import annotations

import logging
import multiprocessing
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

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
    with ground() as found:
        place = (str(found.server.directory), found.server.url(found.template), found.template)
        with ProcessPoolExecutor(workers or os.cpu_count() or 1, context, _begin, place) as pool:
            yield from pool.map(_play, wanted)


_grounds: list[Ground] = []


def _begin(directory: str, url: str, template: str) -> None:
    """In each program: join the server that runs, say nothing in logs."""
    from pathlib import Path

    logging.disable(logging.CRITICAL)
    server = Embedded(Path(directory))
    server.start()
    set_up_django(url)
    _grounds.append(Ground(server, template))


def _play(seed: int) -> Played:
    from backhaul.simulation.day import play

    try:
        told = play(_grounds[0], seed)
    except Exception as error:  # noqa: BLE001  a seed that breaks is a finding, and the others go on
        import traceback

        return Played(seed, f"seed {seed} broke: {error}\n{traceback.format_exc()}", 0, 0)
    return Played(seed, str(told) if told.wrongs else "", told.documents, told.kills)
