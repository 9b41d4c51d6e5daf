"""What programs use: processor seconds since a moment, and memory that is really theirs."""

from __future__ import annotations

import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field

import psutil


def family(root: int) -> list[psutil.Process]:
    """The program and all it started."""
    parent = psutil.Process(root)
    return [parent, *parent.children(recursive=True)]


def cpu_s(root: int) -> float:
    """Processor seconds of a program with all it started, also of those that have ended."""
    total = 0.0
    for one in family(root):
        with suppress(psutil.NoSuchProcess):
            spent = one.cpu_times()
            total += spent.user + spent.system + spent.children_user + spent.children_system
    return total


def memory_mb(roots: Iterable[int]) -> dict[str, float]:
    """Resident memory of programs: ``rss`` counts shared pages in each, ``pss`` once."""
    rss = pss = 0
    for root in roots:
        for one in family(root):
            with suppress(psutil.NoSuchProcess):
                used = one.memory_full_info()
                rss, pss = rss + used.rss, pss + used.pss
    return {"rss_mb": round(rss / 2**20, 1), "pss_mb": round(pss / 2**20, 1)}


@dataclass(slots=True)
class Watch:
    """Seconds and processor seconds of named programs from the moment it is made."""

    roots: dict[str, int]
    _begun: float = field(init=False)
    _spent: dict[str, float] = field(init=False)

    def __post_init__(self) -> None:
        self._spent = {name: cpu_s(root) for name, root in self.roots.items()}
        self._begun = time.perf_counter()

    def seconds(self) -> float:
        return time.perf_counter() - self._begun

    def cpu(self) -> dict[str, float]:
        """Processor seconds per program so far."""
        return {name: cpu_s(root) - self._spent[name] for name, root in self.roots.items()}
