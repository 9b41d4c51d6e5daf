"""What the platform is told that the warehouse found in the bags: each inspected unit once per condition."""

from __future__ import annotations

from backhaul.domain import effects as e
from backhaul.domain.coverage import Scope
from backhaul.domain.placements import condition
from backhaul.domain.records import Owed, Record
from backhaul.domain.units import Unit


def contents(scope: Scope) -> list[Owed]:
    """The reports of one order. What was told is not told again until the condition turns out to be another."""
    told = scope.frozen(e.ReportContents)
    answer = [Owed(record.key, effect) for record, effect in told]
    if scope.policy.report_contents == "never":
        return answer
    for unit in scope.units:
        word = condition(unit, scope.policy)
        if word is None or unit.item is None or not unit.past("inspected"):
            continue
        before = _newest(told, unit.item)
        if before is None or before[1].disposition != word:
            after = (before[0].key,) if before is not None and before[0].standing in ("due", "unsure") else ()
            answer.append(scope.owe(_report(unit, word, scope, before[1].sequence + 1 if before else 1), *after))
    return answer


def _newest(told: list[tuple[Record, e.ReportContents]], item: str) -> tuple[Record, e.ReportContents] | None:
    return max((pair for pair in told if pair[1].item == item), key=lambda pair: pair[1].sequence, default=None)


def _report(unit: Unit, word: str, scope: Scope, sequence: int) -> e.ReportContents:
    bags = scope.return_.bags
    # Which of several bags it was in nobody told.
    bag = bags[0] if len(bags) == 1 else ""
    return e.ReportContents(
        scope.return_.id, scope.order.number, unit.item or "", bag, word, unit.since.get("received"), sequence
    )  # fmt: skip
