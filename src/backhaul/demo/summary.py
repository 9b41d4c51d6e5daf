"""The summary of a day, as one value: what Tryton holds, what Backhaul says of it, and every difference."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from backhaul.demo.compare import Finding
from backhaul.demo.expected import Expected
from backhaul.demo.seen import Sights, seen_of
from backhaul.demo.tales import Scenario, Tale
from backhaul.demo.witness import Witness

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Owned:
    """Open exceptions of one owner, and what is at risk with them in minor units per currency."""

    owner: str
    count: int
    value_minor: dict[str, int]
    kinds: dict[str, int]


@dataclass(frozen=True, slots=True)
class Chapter:
    """One scenario, with a line on what was ``seen`` of it."""

    name: str
    seen: str
    returns: int
    squared: int
    credited_minor: int
    wrong: int


@dataclass(frozen=True, slots=True)
class Summary:
    """Read back from Tryton: ``documents``, ``findings``, ``credited_minor``. Backhaul's own word: the rest."""

    returns: int
    documents: dict[str, int]
    credited_minor: int
    findings: tuple[Finding, ...]
    witnessed: tuple[Witness, ...]
    exceptions: tuple[Owned, ...]
    squared: int
    squared_expected: int
    chapters: tuple[Chapter, ...]
    messages: int
    messages_again: int
    faults: dict[str, int]
    set_up_seconds: float
    play_seconds: float

    @property
    def right(self) -> bool:
        """Every document exactly once and right, every moment as it must be, all squared that can be."""
        return not self.findings and all(one.so for one in self.witnessed) and self.squared == self.squared_expected

    def as_json(self) -> dict[str, Any]:
        """The shape of docs/reference/demo-summary.md."""
        plain = asdict(self)
        return {"schema": SCHEMA, "right": self.right, "currency": "USD", **plain}

    def write(self, path: Path) -> None:
        path.write_text(json.dumps(self.as_json(), indent=2) + "\n", encoding="utf-8")


def exceptions_by_owner() -> tuple[Owned, ...]:
    """Open exceptions as Backhaul holds them, the owner with most of them first."""
    from backhaul.store.sql import rows

    owners: dict[str, list[tuple[str, Any]]] = {}
    for owner, kind, value in rows("SELECT owner, kind, value FROM exceptions WHERE closed_at IS NULL ORDER BY kind"):
        owners.setdefault(owner, []).append((kind, json.loads(value) if isinstance(value, str) else value))
    answer = []
    for owner, found in owners.items():
        value_minor: dict[str, int] = {}
        kinds: dict[str, int] = {}
        for kind, values in found:
            kinds[kind] = kinds.get(kind, 0) + 1
            for one in values:
                value_minor[one["currency"]] = value_minor.get(one["currency"], 0) + one["minor"]
        answer.append(Owned(owner, len(found), value_minor, kinds))
    return tuple(sorted(answer, key=lambda one: (-one.count, one.owner)))


def squared_orders() -> dict[str, list[bool]]:
    """Per order number, whether each of its returns is squared."""
    from backhaul.store.sql import rows

    answer: dict[str, list[bool]] = {}
    for orders, squared in rows("SELECT orders, squared FROM returns WHERE linked_to_id IS NULL"):
        for number in orders:
            answer.setdefault(number, []).append(squared)
    return answer


def messages_kept() -> tuple[int, int]:
    """How many messages are kept, and how often one of them came again."""
    from backhaul.store.sql import rows

    kept, again = rows("SELECT count(*), coalesce(sum(seen - 1), 0) FROM messages")[0]
    return int(kept), int(again)


def squared_expected(tales: Sequence[Tale]) -> int:
    """Of rivals one stays open, and so does what waits for a person."""
    return sum(0 if tale.stays_open else 1 for tale in tales)


def chapters(wanted: Sequence[Expected], findings: Sequence[Finding], sights: Sights) -> tuple[Chapter, ...]:
    """One per scenario that was played."""
    squared = squared_orders()
    answer = []
    for scenario in Scenario:
        own = [one for one in wanted if one.tale.scenario is scenario]
        labels = {label for one in own for label in one.labels}
        orders = {one.tale.order for one in own}
        if own:
            answer.append(
                Chapter(
                    scenario.value,
                    seen_of(scenario, own, sights),
                    sum(one.tale.returns for one in own),
                    sum(sum(squared.get(order, [])) for order in orders),
                    sum(note.total_minor for note in sights.books.notes if note.label in labels),
                    sum(1 for finding in findings if finding.about in orders),
                )
            )
    return tuple(answer)
