"""What has been decided before: effects on record, which are not decided anew once they were attempted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from backhaul.domain.effects import Effect, Standing

E = TypeVar("E", bound=Effect)


@dataclass(frozen=True, slots=True)
class Record:
    """An effect as it is kept. ``frozen`` from its first attempt on: payload and policy version stay."""

    key: str
    effect: Effect
    standing: Standing = "waiting"
    frozen: bool = False
    reference: str | None = None
    why: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Owed:
    """An effect we owe. It waits until the effects of the keys in ``after`` are done.

    Of a provisional credit note ``word_minor`` still rests on the platform's word alone; it is ``superseded`` when
    refunds were stated for all of its units: then the statements count, not the note's word. One that was refused and
    is not wanted any more is ``abandoned``: nothing waits for it.
    """

    key: str
    effect: Effect
    after: tuple[str, ...] = ()
    superseded: bool = False
    abandoned: bool = False
    word_minor: int = 0


@dataclass(frozen=True, slots=True)
class Records:
    """All effects on record of one return, by key, and what other returns were credited on its orders."""

    by_key: Mapping[str, Record] = field(default_factory=dict)
    credited_elsewhere: Mapping[str, int] = field(default_factory=dict)

    def frozen(self, kind: type[E]) -> Iterable[tuple[Record, E]]:
        """The attempted effects of one sort, in the order of their keys."""
        for key in sorted(self.by_key):
            record = self.by_key[key]
            if record.frozen and isinstance(record.effect, kind):
                yield record, record.effect

    def done(self, key: str) -> bool:
        record = self.by_key.get(key)
        return record is not None and record.standing == "done"
