"""Two returns that may be one: a return goes by several names, and a message that gives two of them can get lost.

Both would be authorised and credited, each within what was sold. Until it is known, the one that came later waits.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

KIND = "possible-twin"
NAMED_ONCE = frozenset({"return", "express", "rma"})
"""Kinds of names of which a return has one: two returns that each have one of a kind are two."""


@dataclass(frozen=True, slots=True)
class Known:
    """What tells a return from others: the kinds of its names and the sold lines its units are of, (order id, line).

    ``going``: documents of it are made or due.
    """

    return_id: str
    label: str
    first_seen_at: datetime
    kinds: frozenset[str]
    lines: frozenset[tuple[int, str]]
    going: bool

    @property
    def _turn(self) -> tuple[bool, datetime, str]:
        return not self.going, self.first_seen_at, self.return_id

    def goes_before(self, other: Known) -> bool:
        """Whether the other one has to wait: what goes on already goes before, then what was known first."""
        return self._turn < other._turn


@dataclass(frozen=True, slots=True)
class Twin:
    """Another return of the same order that may be this one.

    ``ahead``: it goes on, and the question is asked here. ``holds``: this one has no documents yet and waits.
    """

    return_id: str
    label: str
    ahead: bool
    holds: bool


def twins(own: Known, others: Iterable[Known], told_apart: Collection[str]) -> tuple[Twin, ...]:
    """Those that may be this return: they have goods of the same sold line and no two names of one kind.

    ``told_apart`` are the keys by which somebody said that two are two.
    """
    answer = []
    for other in others:
        if own.kinds & other.kinds or not own.lines & other.lines:
            continue
        keys = twin_key(own.return_id, other.return_id), twin_key(other.return_id, own.return_id)
        if not any(key in told_apart for key in keys):
            ahead = other.goes_before(own)
            answer.append(Twin(other.return_id, other.label, ahead, ahead and not own.going))
    return tuple(answer)


def twin_key(waiting: str, ahead: str) -> str:
    """The key of the exception at the one that waits."""
    return f"{KIND}:{waiting}:{ahead}"
