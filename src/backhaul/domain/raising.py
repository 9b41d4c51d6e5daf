"""Who raises the storefront's stock for a unit: decided once for its placement and its taking back together.

The policy may give a place another owner while a unit is between the two; what was attempted of either binds the other.
"""

from __future__ import annotations

from collections import Counter

from backhaul.domain import effects as e
from backhaul.domain.coverage import Scope
from backhaul.domain.policy import StockOwner

COUNTED_ELSEWHERE = "counted-elsewhere"
"""The exception of units that the storefront has for sale and must not have, or must have and has not."""
_Slot = tuple[str, str, bool]


class Raising:
    """Counts, per sold line and place, of how many units each side has said that the storefront raises them, or not.

    ``moved`` are those that were taken back into a place and are sellable since.
    """

    def __init__(self, scope: Scope) -> None:
        self.policy = scope.policy
        self.told: Counter[_Slot] = Counter()
        self.placed: Counter[_Slot] = Counter()
        self.moved: Counter[tuple[str, str]] = Counter()
        for _, taken in scope.frozen(e.TakeBackAtStorefront):
            for line in taken.lines:
                self.told[line.order_line, line.location, line.restock] += line.quantity
        for _, restock in scope.frozen(e.Restock):
            owner = restock.raised_by or self.policy.stock_owner(restock.location)
            self._place(restock.line.order_line, restock.location, restock.source, owner)

    def restocks(self, line: str, location: str) -> bool:
        """Whether the storefront raises its own stock for a further unit that it takes back."""
        answer = self._bound(self.placed, self.told, line, location)
        if answer is None:
            answer = self.policy.stock_owner(location) == "storefront"
        self.told[line, location, answer] += 1
        return answer

    def raiser(self, line: str, location: str, source: str | None) -> StockOwner:
        """Who raises it for a further unit that the ERP puts there, out of ``source`` or out of inspection.

        What the storefront took back before it was sellable it does not raise any more: then we do.
        """
        bound, owner = self._bound(self.told, self.placed, line, location), self.policy.stock_owner(location)
        if source is not None:
            taken = self.told[line, source, False] > self.moved[line, source]
            bound = False if taken else None
        if bound:
            owner = "storefront"
        elif bound is False and owner == "storefront":
            owner = "backhaul"
        self._place(line, location, source, owner)
        return owner

    def _place(self, line: str, location: str, source: str | None, owner: str) -> None:
        """Note a unit that is placed. One that was taken back elsewhere binds nothing that is taken back here."""
        if source is None or self.told[line, source, False] <= self.moved[line, source]:
            self.placed[line, location, owner == "storefront"] += 1
        if source is not None:
            self.moved[line, source] += 1

    @staticmethod
    def _bound(said: Counter[_Slot], mine: Counter[_Slot], line: str, location: str) -> bool | None:
        """What the other side has said of a unit that this side has said nothing of yet."""
        for answer in (True, False):
            if said[line, location, answer] > mine[line, location, answer]:
                return answer
        return None
