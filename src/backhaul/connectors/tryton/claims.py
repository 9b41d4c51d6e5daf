"""How much of documents that a restore forgot is still free to be somebody's, counted by what lies where.

Of units that are alike (of one sold line, say) a restored deployment may call another one damaged than before: told
anew, their names have changed places. So not the names decide but how many went where; who is already on record for a
document has its part of it, and the rest is free.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from backhaul.connectors.tryton.values import id_of
from backhaul.domain.effects import Effect
from backhaul.sdk.outcomes import Task

_MOST = 5
"""As many documents as fit into the reference of one effect."""
S = TypeVar("S")
"""What makes units alike: the product, or the sold line and the place they went to."""


@dataclass(slots=True, eq=False)
class Forgotten(Generic[S]):
    """A document, how many alike units of which kind are free on it, and the names they had then, if it tells."""

    name: str
    complete: bool
    free: Counter[S]
    names: frozenset[tuple[str, S]] = frozenset()


@dataclass(frozen=True, slots=True)
class Covered(Generic[S]):
    """The documents that account for wanted units, and the names of those for which there is none."""

    documents: list[Forgotten[S]]
    left: list[str]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(one.name for one in self.documents)


def leave_recorded(
    documents: Iterable[Forgotten[S]], task: Task, alike: Callable[[Effect], Counter[S]]
) -> list[Forgotten[S]]:
    """The documents without what effects on record have of them."""
    by_name = {one.name: one for one in documents}
    for reference, effects in task.recorded.items():
        theirs = [by_name[name] for name in reference.split() if name in by_name]
        for effect in effects:
            claimed = alike(effect)
            for one in theirs:
                part = claimed & one.free
                claimed -= part
                one.free -= part
    return list(by_name.values())


def cover(wanted: Mapping[str, S], documents: Iterable[Forgotten[S]]) -> Covered[S]:
    """Find a document for each wanted unit: the one that names it, else one with a free unit alike."""
    candidates = list(documents)
    used: list[Forgotten[S]] = []
    open_ = dict(wanted)
    for by_name in (True, False):
        for unit, kind in list(open_.items()):
            for one in candidates if len(used) < _MOST else used:
                if one.free[kind] > 0 and (not by_name or (unit, kind) in one.names):
                    one.free[kind] -= 1
                    if one not in used:
                        used.append(one)
                    del open_[unit]
                    break
    return Covered(sorted(used, key=lambda one: id_of(one.name)), list(open_))
