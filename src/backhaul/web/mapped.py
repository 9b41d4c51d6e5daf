"""Mappings for people and programs: what leads nowhere and what it could mean, and what a sheet would change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from backhaul.domain.mappings import ValueMapping
from backhaul.flows.find_gaps import Gap, find_gaps
from backhaul.flows.map_values import Mapped, Preview, map_values, preview
from backhaul.flows.read_sheet import BadSheet, changes, read_sheet
from backhaul.flows.suggest import Suggestion, suggest
from backhaul.flows.usable import CannotMap
from backhaul.flows.weigh_gaps import Waiting, weigh_gaps
from backhaul.store.browse.people import Scope
from backhaul.store.mappings import active
from backhaul.web.deployed import current

Wrong = tuple[tuple[int, str], ...]


class CannotUseSheet(ValueError):
    """Nothing of the sheet was used; ``wrong`` says by line (0 for what is not in it) what to give instead."""

    def __init__(self, wrong: Wrong) -> None:
        super().__init__("\n".join(f"line {line}: {why}" if line else why for line, why in wrong))
        self.wrong = wrong


@dataclass(frozen=True, slots=True)
class OpenGap:
    """A value that leads nowhere, what waits for it, and what it could be meant to be."""

    gap: Gap
    waiting: Waiting
    suggestions: tuple[Suggestion, ...]


@dataclass(frozen=True, slots=True)
class SheetChange:
    """One change that a sheet makes; ``was`` and ``becomes`` are None where the value is not mapped."""

    line: int
    mapping: ValueMapping
    was: str | None
    becomes: str | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a sheet changes, and what comes of it."""

    changes: tuple[SheetChange, ...]
    came: Preview | Mapped


def open_gaps(scope: Scope, most: int) -> tuple[tuple[OpenGap, ...], int]:
    """The gaps that hold up most, each with its nearest targets; and how many there are in all."""
    weighed = weigh_gaps(current(), scope.merchant_id, find_gaps(current(), scope.merchant_id))
    return tuple(
        OpenGap(gap, waiting, suggest(current(), scope.merchant_id, gap.kind, gap.value))
        for gap, waiting in weighed[:most]
    ), len(weighed)


def use_sheet(scope: Scope, text: str, why: str, *, apply: bool, keep_others: bool) -> Sheet:
    """What the sheet would change; with ``apply``, change it: all or nothing. Raises CannotUseSheet."""
    deployment, now = current(), active(scope.merchant_id)
    lines: Sequence[int] = ()
    try:
        made, lines = changes(read_sheet(text), now, keep_others=keep_others)
        came = (
            map_values(deployment, scope.merchant_id, made, scope.person, why)
            if apply
            else preview(deployment, scope.merchant_id, made)
        )
    except BadSheet as error:
        raise CannotUseSheet(error.rows) from None
    except CannotMap as error:
        wrong = sorted((lines[at] if at >= 0 else 0, said) for at, said in error.wrong)
        raise CannotUseSheet(tuple(wrong)) from None
    former = {kept.mapping.name: kept.mapping.target for kept in now}
    return Sheet(
        tuple(
            SheetChange(line, one.mapping, former.get(one.mapping.name), None if one.ends else one.mapping.target)
            for line, one in zip(lines, made, strict=True)
        ),
        came,
    )
