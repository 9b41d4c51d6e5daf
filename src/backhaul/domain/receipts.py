"""Receipts and inspections are told as totals; here the totals become units, each found once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from backhaul.domain.facts import ItemInspected, ItemReceived
from backhaul.domain.units import Unit, Units

Counted = ItemReceived | ItemInspected


@dataclass(slots=True)
class Tally:
    """The last total taken for one line, site and condition, and what was wrong with the totals."""

    total: int = 0
    newest: tuple[int, datetime | None] | None = None
    units: list[Unit] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class CountProblem:
    """Totals that do not fit: ``kind`` is the exception's, ``excess`` units more than there are."""

    kind: str
    about: str
    cause: str
    excess: int = 0


def count_units(counts: Iterable[Counted], units: Units) -> list[CountProblem]:
    """Move units to received and inspected, in the order in which the totals were recorded.

    A unit that was given a condition keeps it, so a later total never changes what was done for an earlier one.
    """
    problems: list[CountProblem] = []
    received: dict[tuple[str, ...], Tally] = {}
    inspected: dict[tuple[str, ...], Tally] = {}
    for count in counts:
        about = _about(count)
        if isinstance(count, ItemReceived):
            tally = received.setdefault((about, count.site), Tally())
        else:
            tally = inspected.setdefault((about, count.site, count.disposition), Tally())
        more = _advance(tally, count, about, problems)
        if more <= 0:
            continue
        taken = _receive(count, units, more) if isinstance(count, ItemReceived) else _inspect(count, units, more)
        tally.units += taken
        if len(taken) < more:
            problems.append(
                CountProblem(
                    "received-more-than-returned",
                    about,
                    f"{count.site} counted {count.total} of {about}, the return has {more - len(taken)} fewer",
                    more - len(taken),
                )
            )
    return problems


def _advance(tally: Tally, count: Counted, about: str, problems: list[CountProblem]) -> int:
    """How many units are new in this total; an older total is no news, a newer lower one is a problem."""
    age = None if count.sequence is None and count.at is None else (count.sequence or 0, count.at)
    if count.total >= tally.total:
        more, tally.total = count.total - tally.total, count.total
        tally.newest = age or tally.newest
        return more
    if age is None or tally.newest is None or _newer(age, tally.newest):
        problems.append(
            CountProblem(
                "quantity-went-down", about, f"{count.site} lowered {about} from {tally.total} to {count.total}"
            )
        )
    return 0


def _newer(age: tuple[int, datetime | None], than: tuple[int, datetime | None]) -> bool:
    if age[0] != than[0]:
        return age[0] > than[0]
    return age[1] is not None and (than[1] is None or age[1] > than[1])


def _receive(count: ItemReceived, units: Units, more: int) -> list[Unit]:
    waiting = [unit for unit in units.matching(count.unit) if not unit.past("received")]
    waiting.sort(key=lambda unit: (unit.expired, not unit.past("dropped-off"), unit.ref))
    already = [unit for unit in units.matching(count.unit) if unit.site == count.site and unit.past("received")]
    implied = [unit for unit in already if not unit.counted]  # an inspection told of them first
    taken = (implied + waiting)[:more]
    for unit in taken:
        unit.site = count.site
        unit.forward("received", count.at)
        unit.counted = True
    return taken


def _inspect(count: ItemInspected, units: Units, more: int) -> list[Unit]:
    open_ = [unit for unit in units.matching(count.unit) if unit.said_disposition is None]
    open_.sort(
        key=lambda unit: (
            not (unit.site == count.site and unit.past("received")),
            unit.expired,
            not unit.past("dropped-off"),
            unit.ref,
        )
    )
    taken = open_[:more]
    for unit in taken:
        unit.site = count.site
        unit.said_disposition = count.disposition
        unit.forward("inspected", count.at)
    return taken


def _about(count: Counted) -> str:
    name = count.unit
    return ":".join(filter(None, (name.order, name.item or name.line or name.sku)))
