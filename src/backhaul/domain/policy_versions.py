"""The versions of a merchant's policy, which of them counts for a return, and where two of them differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args

from backhaul.domain.money import Money
from backhaul.domain.policy import Place, Policy

AppliesTo = Literal["new", "open"]
APPLIES_TO: tuple[AppliesTo, ...] = get_args(AppliesTo)


@dataclass(frozen=True, slots=True)
class PolicyVersion:
    """One version as its author gave it: ``applies_to`` new returns only, or open ones too, counted from ``at``.

    ``id`` grows with each version. The policy is the one that was said, without the mappings that lie over it.
    """

    id: int
    policy: Policy
    applies_to: AppliesTo
    at: datetime
    author: str
    note: str


def in_force(versions: Sequence[PolicyVersion]) -> tuple[PolicyVersion, ...]:
    """The versions that count for one return or another: the newest for open ones, or the first, and what follows."""
    first = max((place for place, one in enumerate(versions) if one.applies_to == "open"), default=0)
    return tuple(versions[first:])


def counting(versions: Sequence[PolicyVersion], first_seen_at: datetime) -> PolicyVersion:
    """The version that counts for a return first seen then; ``versions`` in the order they were made, at least one.

    The newest for open returns counts for all that was there before it, and so does the very first of all. A newer one
    for new returns counts for those that were first seen after it.
    """
    answer, *newer = in_force(versions)
    for one in newer:
        if one.at < first_seen_at:
            answer = one
    return answer


def said(policy: Policy) -> dict[str, str]:
    """What a policy says, one line per choice, by a dotted name; without its digest."""
    return {name: text for name, text in _lines("", policy) if name != "version"}


def changes(was: Policy, becomes: Policy) -> tuple[tuple[str, str, str], ...]:
    """(choice, what it was, what it becomes) of each choice that differs; "" where it is not made."""
    old, new = said(was), said(becomes)
    names = sorted(old.keys() | new.keys())
    return tuple((name, old.get(name, ""), new.get(name, "")) for name in names if old.get(name) != new.get(name))


def _lines(name: str, value: object) -> Iterator[tuple[str, str]]:
    match value:
        case Place():
            yield name, f"{value.account}:{value.location}"
        case timedelta():
            yield name, f"{value / timedelta(days=1):g} days"
        case Money():
            yield name, str(value)
        case Mapping():
            for key in sorted(value):
                yield from _lines(f"{name}.{key}", value[key])
        case _ if is_dataclass(value):
            for one in fields(value):
                yield from _lines(f"{name}.{one.name}" if name else one.name, getattr(value, one.name))
        case _:
            yield name, str(value)
