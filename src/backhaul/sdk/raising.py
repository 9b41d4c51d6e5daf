"""Whether a storefront has raised its own stock for the units of a return that it was told to, no more and no fewer.

What was taken back there by hand may have been put into sellable stock, or not. That cannot be told otherwise any more:
a person corrects the stock by the difference, once, and waives it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from backhaul.domain.document_lines import Earlier, TakenBackLine
from backhaul.domain.raising import COUNTED_ELSEWHERE
from backhaul.sdk.outcomes import Refused


class Meant(NamedTuple):
    """The storefront's own lines that a line of an effect means, found by their id (``by_id``) or by its SKU.

    ``back`` units of them are taken back so far, whoever told it; ``raised`` of those went into sellable stock.
    """

    ids: frozenset[str]
    by_id: bool
    back: int
    raised: int

    def before(self, line: TakenBackLine) -> Earlier:
        """What was told of them before the line."""
        return line.before if self.by_id else line.before_alike


@dataclass(frozen=True, slots=True)
class Taking:
    """The lines of an effect that mean the same lines of the storefront's, with what was told of these before."""

    lines: tuple[TakenBackLine, ...]
    meant: Meant
    before: Earlier

    @property
    def behind(self) -> int:
        """How many units fewer are taken back there than were told before this effect, as after a waiver."""
        return max(self.before.told - self.meant.back, 0)

    def surplus(self, open_: Callable[[TakenBackLine], int]) -> int:
        """By how many units too many (below zero: too few) the stock is raised once what is ``open_`` is told too.

        What is there beyond our own units may be that of effects to come; of what was waived only a person knows.
        """
        coming = sum(open_(line) for line in self.lines if line.restock)
        wanted = sum(line.quantity for line in self.lines if line.restock)
        difference = self.meant.raised + coming - self.before.raised - wanted
        told = self.before.told + sum(line.quantity for line in self.lines)
        beyond = max(self.meant.back + sum(map(open_, self.lines)) - told, 0)
        return max(difference - beyond - self.before.waived, 0) if difference > 0 else difference


def takings(lines: Iterable[TakenBackLine], meant: Callable[[TakenBackLine], Meant]) -> list[Taking]:
    """An effect's lines by what they mean in the storefront."""
    groups: dict[frozenset[str], tuple[Meant, list[TakenBackLine]]] = {}
    for line in lines:
        found = meant(line)
        groups.setdefault(found.ids, (found, []))[1].append(line)
    return [
        Taking(tuple(mine), found, min((found.before(line) for line in mine), key=lambda one: one.told))
        for found, mine in groups.values()
    ]


def miscounted(
    found: Sequence[Taking],
    open_: Callable[[TakenBackLine], int],
    storefront: str,
    history: str = "its history",
) -> Refused | None:
    """What is wrong with the storefront's stock once what is open is told, and how to correct it.

    ``history`` is where people of the shop see who changed it.
    """
    wrong = []
    for taking in found:
        surplus, sku = taking.surplus(open_), taking.lines[0].sku
        if surplus > 0:
            wrong.append(f"{surplus} {sku} too many are for sale: take {surplus} out by a correction")
        elif surplus < 0:
            place = next(line.location for line in taking.lines if line.restock)
            wrong.append(f"{-surplus} {sku} are not for sale at {place}: add {-surplus} by a correction")
    if not wrong:
        return None
    return Refused(
        f"of this return's goods, taken back in {storefront} by hand or before our data was restored, "
        f"{'; '.join(wrong)}. See {history} first, correct it, then waive this; the goods are all told",
        kind=COUNTED_ELSEWHERE,
    )
