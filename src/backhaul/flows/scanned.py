"""Codes as scanners read them: a carrier's barcode has more around the number that the platform told.

Only what others say of the platform's returns is looked at this way; the platform says its own names exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from backhaul.store import registry
from backhaul.store.registry import Slot

_SCANNED = ("bag", "label")
_LEAST = 10
_AROUND = 4
_LONGEST = 80


def within(told: Mapping[Slot, set[str]]) -> dict[Slot, str]:
    """The return whose one name stands within each code that is no name itself; none where two returns could be meant.

    ``told`` maps (scope, kind, code) to the orders that were named with it: the return must be of one, where any were.
    A number may be part of a longer number by chance, so a short one, or one with little around it, does not count.
    """
    parts = {slot: set(_parts(slot[2])) for slot in told if slot[1] in _SCANNED and len(slot[2]) <= _LONGEST}
    named = {slot: {(slot[0], slot[1], part) for part in mine} for slot, mine in parts.items() if mine}
    if not named:
        return {}
    known = registry.known(set().union(*named.values()))
    answer = {}
    for slot, mine in named.items():
        found = {known[one] for one in mine if one in known}
        if len(found) == 1 and (not told[slot] or told[slot] & registry.orders_of(found)):
            answer[slot] = found.pop()
    return answer


def _parts(code: str) -> Iterable[str]:
    for length in range(_LEAST, len(code) - _AROUND + 1):
        for first in range(len(code) - length + 1):
            yield code[first : first + length]
