"""Whether a storefront raises its own stock for the units of a return that it is told to, for no more and no fewer."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from backhaul.domain.document_lines import TakenBackLine

COUNTED_ELSEWHERE = "counted-elsewhere"
"""The exception of units that the storefront raised and must not have, or must have and did not."""


class Counted(NamedTuple):
    """Units of one SKU on a return of the storefront's, whoever told it: those that are back, those of them that it
    raised in its sellable stock."""

    back: int
    raised: int


def told_before(lines: Iterable[TakenBackLine], sku: str) -> int:
    """How many units of a SKU the storefront was told of before the effect with these lines."""
    return min((line.before_alike for line in lines if line.sku == sku), default=0)


def miscounted(
    rest: Iterable[tuple[TakenBackLine, int]], counted: Callable[[TakenBackLine], Counted], storefront: str
) -> str:
    """Why nothing may be told of an effect's lines, "" where it may.

    ``rest`` gives with each line how many of its units are to be told yet; ``counted`` is asked for a line's SKU. What
    is there beyond the effect's own units may be that of an effect to come, which a restore has forgotten.
    """
    groups: dict[str, list[tuple[TakenBackLine, int]]] = {}
    for line, open_ in rest:
        groups.setdefault(line.sku, []).append((line, open_))
    for sku, lines in groups.items():
        there, raised_before = counted(lines[0][0]), min(line.raised for line, _ in lines)
        wanted = sum(line.quantity for line, _ in lines if line.restock)
        coming = sum(open_ for line, open_ in lines if line.restock)
        own_back = told_before((line for line, _ in lines), sku) + sum(line.quantity for line, _ in lines)
        beyond = max(there.back + sum(open_ for _, open_ in lines) - own_back, 0)
        many = there.raised + coming - raised_before - wanted - beyond
        few = raised_before + wanted - coming - there.raised
        if many > 0:
            return (
                f"{there.raised} {sku} were put into {storefront}'s sellable stock for this return, by hand or before "
                f"our data was restored, {many} more than they are to be: see the history of its stock of {sku} and "
                f"take {many} out by a correction; what is not back in its return take back there by hand, then "
                "waive this"
            )
        if coming < wanted and few > 0:
            place = next(line.location for line, _ in lines if line.restock)
            return (
                f"{few} {sku} were taken back in {storefront} by hand without being put into its sellable stock: add "
                f"{few} to what it counts in {place} by a correction of its stock, then waive this"
            )
    return ""
