"""What is opened for units before they come: the ERP's authorisation and the storefront's return, by one rule.

Opened once per unit; withdrawn where nothing of it comes; opened anew, as another turn, where it comes after all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from backhaul.domain import effects as e
from backhaul.domain.coverage import Scope, alike, covered
from backhaul.domain.records import Owed
from backhaul.domain.units import Unit

O = TypeVar("O", e.OpenReturnAuthorisation, e.OpenStorefrontReturn)  # noqa: E741  O is for what is opened


@dataclass(frozen=True, slots=True)
class Openings(Generic[O]):
    """What one order's units stand on. ``kind`` is opened and ``withdrawal`` takes it back; ``make`` makes one."""

    scope: Scope
    kind: type[O]
    withdrawal: type[e.CancelReturnAuthorisation | e.CancelStorefrontReturn]
    make: Callable[[list[Unit], int], O]

    def owed(self) -> list[Owed]:
        """Those that were attempted, and one more for each turn in which units stand on none."""
        answer = [Owed(record.key, record.effect) for record, _ in self.scope.frozen(self.kind)]
        standing = self.stands_on(answer)
        turns = self._turns()
        asking: dict[int, list[Unit]] = {}
        for unit in self.scope.units:
            if unit.ref not in standing and not unit.never_left:
                asking.setdefault(turns[unit.ref], []).append(unit)
        return answer + [self.scope.owe(self.make(units, turn)) for turn, units in asking.items()]

    def stands_on(self, openings: Iterable[Owed]) -> dict[str, str]:
        """For each unit the key of what was opened for it; one it had before it was given up counts no more.

        Two that were opened for what turned out to be one unit serve two of its kind, where there are two.
        """
        scope, withdrawn, turns = self.scope, self._withdrawn(), self._turns()
        answer: dict[str, str] = {}
        spare: list[tuple[Unit, str]] = []
        for key, opened in self.having(openings):
            for ref in sorted(covered(opened.lines, scope.return_)):
                unit = scope.return_.units.get(ref)
                if unit is None or turns[ref] != opened.again or key in withdrawn:
                    continue
                if ref in answer:
                    spare.append((unit, key))
                else:
                    answer[ref] = key
        for named, key in spare:
            asking = (unit for unit in scope.units if unit.ref not in answer and not unit.never_left)
            served = next((unit for unit in asking if alike(unit, named) and turns[unit.ref] == turns[named.ref]), None)
            if served is not None:
                answer[served.ref] = key
        return answer

    def having(self, openings: Iterable[Owed]) -> Iterable[tuple[str, O]]:
        """The openings with their keys."""
        return ((item.key, item.effect) for item in openings if isinstance(item.effect, self.kind))

    def _withdrawn(self) -> set[str]:
        return {effect.opening for _, effect in self.scope.frozen(self.withdrawal)}

    def _turns(self) -> Mapping[str, int]:
        """How often each unit began anew: its sold unit was given back, or all that was opened for it was withdrawn."""
        withdrawn = self._withdrawn()
        answer = {unit.ref: unit.turn for unit in self.scope.return_.units.values()}
        opened: dict[str, list[tuple[int, bool]]] = {}
        for record, effect in self.scope.frozen(self.kind):
            for ref in covered(effect.lines, self.scope.return_) & answer.keys():
                if effect.again >= answer[ref]:
                    opened.setdefault(ref, []).append((effect.again, record.key in withdrawn))
        for ref, turns in opened.items():
            standing = [turn for turn, off in turns if not off]
            answer[ref] = min(standing) if standing else max(turn for turn, _ in turns) + 1
        return answer
