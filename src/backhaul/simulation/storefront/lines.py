"""Which of the storefront's lines an effect's line means: by the platform's id of it, else by its SKU."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Protocol

from backhaul.simulation.storefront.things import Record


class Named(Protocol):
    """A line of an effect."""

    @property
    def line_ref(self) -> str: ...
    @property
    def sku(self) -> str: ...
    @property
    def quantity(self) -> int: ...


def meant(line: Named, sold: Iterable[Record]) -> list[str]:
    """The ids of the lines (``id``, ``sku``) that it may mean."""
    every = list(sold)
    named = [one["id"] for one in every if line.line_ref and one["id"] == line.line_ref]
    return named or [one["id"] for one in every if one["sku"] == line.sku]


def spread(lines: Iterable[Named], sold: list[Record], free: Counter[str]) -> Counter[str] | str:
    """How many of which line the lines come to, out of what is free; else why they cannot."""
    answer: Counter[str] = Counter()
    for line in lines:
        open_ = line.quantity
        for id_ in meant(line, sold):
            part = min(open_, free[id_] - answer[id_])
            if part > 0:
                answer[id_] += part
                open_ -= part
        if open_:
            return f"{line.quantity} {line.sku} are meant and {line.quantity - open_} of them are left"
    return answer
