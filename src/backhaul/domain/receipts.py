"""Receipts and inspections are told as totals; here the totals become units, each found once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from backhaul.domain.facts import ItemInspected, ItemReceived, UnitName
from backhaul.domain.policy import Policy
from backhaul.domain.units import Unit, Units

Counted = ItemReceived | ItemInspected


@dataclass(slots=True)
class _Tally:
    """All totals told for one line, site and condition, and the units they have become so far."""

    about: str
    told: list[Counted] = field(default_factory=list)
    units: int = 0


@dataclass(frozen=True, slots=True)
class CountProblem:
    """Totals that do not fit: ``kind`` is the exception's, ``off`` by so many units of ``name``."""

    kind: str
    about: str
    cause: str
    name: UnitName
    off: int = 0


def count_units(counts: Sequence[Counted], units: Units, policy: Policy) -> list[CountProblem]:
    """Move units to received and inspected, in the order in which the totals were recorded.

    A unit that was given a condition keeps it, so a later total never changes what was done for an earlier one. What
    was looked for and not found is nothing that was received: the two totals do not speak of the same units.
    """
    tallies: dict[tuple[str, ...], _Tally] = {}
    for count in counts:
        about = _about(count)
        condition = count.disposition if isinstance(count, ItemInspected) else ""
        tally = tallies.setdefault((type(count).__name__, about, count.site, condition), _Tally(about))
        tally.told.append(count)
        more = count.total - tally.units
        if more > 0:
            # Totals are a source's own, also where two of its sites are one to the policy.
            there = replace(count, site=policy.site(count.site))
            if isinstance(there, ItemReceived):
                tally.units += _receive(there, units, more, policy)
            else:
                tally.units += _inspect(there, units, more, policy)
    return [problem for tally in tallies.values() for problem in _problems(tally)]


def _problems(tally: _Tally) -> Iterable[CountProblem]:
    """What is wrong with a line's totals, whatever the order they were told in.

    The newest total is the one that counts, where their age is known: a count too many may be corrected. What was taken
    in for an earlier one stays in.
    """
    first = tally.told[0]
    dated = [count for count in tally.told if count.sequence is not None or count.at is not None]
    newest = max(dated, key=lambda count: (*_age(count), count.total), default=None)
    counted = newest.total if newest is not None and dated == tally.told else max(one.total for one in tally.told)
    if counted > tally.units:
        off = counted - tally.units
        cause = f"{first.site} counted {counted} of {tally.about}, the return has {off} fewer"
        yield CountProblem("received-more-than-returned", tally.about, cause, first.unit, off)
    if newest is not None and newest.total < tally.units:
        cause = f"{first.site} lowered {tally.about} from {tally.units} to {newest.total}"
        yield CountProblem("quantity-went-down", tally.about, cause, first.unit, tally.units - newest.total)


def _age(count: Counted) -> tuple[int, float]:
    return (count.sequence or 0, count.at.timestamp() if isinstance(count.at, datetime) else 0.0)


def _receive(count: ItemReceived, units: Units, more: int, policy: Policy) -> int:
    matching = units.matching(count.unit)
    waiting = [unit for unit in matching if not unit.past("received")]
    waiting.sort(key=lambda unit: (_unlikely(unit), not unit.past("dropped-off"), unit.ref))
    # An inspection at this site may have told of a unit before its receipt did.
    implied = [unit for unit in matching if unit.past("received") and unit.site == count.site and not unit.counted]
    missing = [unit for unit in implied if _is_missing(unit.said_disposition, count.site, policy)]
    found = [unit for unit in implied if unit not in missing]
    taken = (found + waiting + missing)[:more]
    for unit in taken:
        unit.site = count.site
        unit.forward("received", count.at)
        unit.counted = True
    return len(taken)


def _inspect(count: ItemInspected, units: Units, more: int, policy: Policy) -> int:
    """Of what was received here first; what is missing is of what was not, from the other end of the line.

    So it does not matter which of both totals was told first.
    """
    open_ = [unit for unit in units.matching(count.unit) if unit.said_disposition is None]
    if _is_missing(count.disposition, count.site, policy):
        open_.reverse()
        open_.sort(key=lambda unit: (_is_here(unit, count), not unit.past("dropped-off"), not _unlikely(unit)))
    else:
        open_.sort(key=lambda unit: (not _is_here(unit, count), _unlikely(unit), not unit.past("dropped-off")))
    taken = open_[:more]
    for unit in taken:
        unit.site = count.site
        unit.said_disposition = count.disposition
        unit.found_sku = count.found
        unit.forward("inspected", count.at)
    return len(taken)


def _unlikely(unit: Unit) -> bool:
    """Whether somebody said that it will not come."""
    return unit.expired or unit.cancelled or unit.absent or unit.never_left


def _is_here(unit: Unit, count: Counted) -> bool:
    return unit.site == count.site and unit.past("received")


def _is_missing(said: str | None, site: str, policy: Policy) -> bool:
    return said is not None and policy.is_missing(policy.disposition(said, site), site)


def _about(count: Counted) -> str:
    name = count.unit
    return ":".join(filter(None, (name.order, name.item or name.line or name.sku)))
