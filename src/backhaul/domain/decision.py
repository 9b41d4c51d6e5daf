"""Everything that follows from a return's facts and the merchant's policy, in one pure step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import get_args

from backhaul.domain import effects as e
from backhaul.domain.announcements import KIND as NOT_ANNOUNCED
from backhaul.domain.announcements import is_obsolete
from backhaul.domain.awaited import Expectation, awaited
from backhaul.domain.coverage import is_seen_to
from backhaul.domain.exceptions import OperationalException, exceptions
from backhaul.domain.ledger import Entry, entries, squared, unposted
from backhaul.domain.owed import plan
from backhaul.domain.policy import Policy
from backhaul.domain.records import Owed, Records
from backhaul.domain.returns import Return
from backhaul.domain.twins import twin_key

_WORDS = get_args(e.StorefrontWord)


@dataclass(frozen=True, slots=True)
class Decision:
    """``squared``: money zero and units at rest. ``closed``: squared, nothing owed, nothing awaited, nothing open.

    ``held``: it may be another return by another name; nothing of it is to be made until that is known.
    """

    owed: tuple[Owed, ...]
    expectations: tuple[Expectation, ...]
    exceptions: tuple[OperationalException, ...]
    entries: tuple[Entry, ...]
    squared: bool
    closed: bool
    held: bool = False


def decide(return_: Return, policy: Policy, records: Records, posted: Mapping[str, Entry]) -> Decision:
    """The decision for one return. ``posted`` are its ledger entries by cause; ``entries`` are those to add."""
    planned = plan(return_, policy, records)
    owed_ = planned.owed
    wanted = entries(return_, policy, owed_, records)
    expectations = awaited(return_, policy, planned)
    raised = exceptions(return_, policy, planned, records)
    is_squared = squared(wanted)
    by_hand = _seen_to_at_storefront(owed_, return_, records)
    all_done = all(
        records.done(item.key) or item.abandoned or item.key in by_hand or _is_given_up(item, return_, records)
        for item in owed_
    )
    unwaived = [exception for exception in raised if exception.key not in return_.waived]
    return Decision(
        owed_,
        expectations,
        raised,
        unposted(wanted, posted),
        is_squared,
        is_squared and all_done and not expectations and not unwaived and not return_.twins and bool(return_.units),
        any(twin.holds and twin_key(return_.id, twin.return_id) not in return_.waived for twin in return_.twins),
    )


def _seen_to_at_storefront(owed_: Iterable[Owed], return_: Return, records: Records) -> set[str]:
    """What a person did at the storefront by hand and waived, and what can only be done after it. Never what pays."""
    answer: set[str] = set()
    words = [item for item in owed_ if isinstance(item.effect, e.StorefrontWord)]
    for item in sorted(words, key=lambda one: _WORDS.index(type(one.effect))):
        if answer.intersection(item.after) or is_seen_to(item.key, return_, records):
            answer.add(item.key)
    return answer


def _is_given_up(item: Owed, return_: Return, records: Records) -> bool:
    """What nobody needs any more, or a person told the warehouse or the platform by hand, keeps no return open."""
    if isinstance(item.effect, e.ApproveRefund | e.ReportContents):
        return is_seen_to(item.key, return_, records)
    if not isinstance(item.effect, e.AnnounceReturn):
        return False
    waived = f"{NOT_ANNOUNCED}:{return_.id}:{item.key}" in return_.waived
    return waived or is_obsolete(item.key, item.effect, return_, records)
