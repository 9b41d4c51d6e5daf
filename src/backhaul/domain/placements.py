"""Where inspected units belong and what brings them there: the sellable by the next flush, all others at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from backhaul.domain import effects as e
from backhaul.domain.coverage import Scope, covered, lines_of
from backhaul.domain.policy import Place, Policy
from backhaul.domain.raising import Raising
from backhaul.domain.records import Owed, Record
from backhaul.domain.units import Unit


def condition(unit: Unit, policy: Policy) -> str | None:
    """The policy's word for the unit's condition; None while nobody has told it."""
    said = unit.decided_disposition or unit.said_disposition
    if said is None and policy.sellable_on == "receipt" and unit.past("received"):
        said = "sellable"
    return policy.disposition(said, site_of(unit, policy)) if said is not None else None


def destination(unit: Unit, policy: Policy) -> Place | None:
    """Where the unit belongs by its condition; None while that is unknown or the policy has a gap."""
    word = condition(unit, policy)
    return policy.place(word, site_of(unit, policy), unit.sku_class) if word is not None else None


def is_missing(unit: Unit, policy: Policy) -> bool:
    """Whether the warehouse looked and did not find it: nothing of it is received or placed."""
    word = condition(unit, policy)
    return word is not None and policy.is_missing(word, site_of(unit, policy))


def site_of(unit: Unit, policy: Policy) -> str:
    """The site that has the unit, or that it is expected at."""
    return unit.site or policy.primary_site


@dataclass(slots=True)
class _Resting:
    """One unit that an attempted placement brought to ``place``; ``named`` is the unit that ``key`` names for it."""

    named: str
    line: str
    place: Place
    key: str


@dataclass(frozen=True, slots=True)
class _Move:
    """A unit still to be moved to ``place``: out of inspection after its receipt, or from where it rests."""

    unit: Unit
    place: Place
    source: str | None
    after: str


@dataclass(frozen=True, slots=True)
class Misplaced:
    """A unit that was brought to ``now`` and belongs to ``wanted`` by what was told or decided since."""

    unit: Unit
    wanted: Place
    now: Place


def placements(scope: Scope, receipts: Mapping[str, str]) -> tuple[list[Owed], list[Misplaced]]:
    """Every inspected unit to its place, and those that rest at a wrong one.

    ``receipts`` gives the key of each received unit's receipt.
    """
    answer, resting = _resting(scope, receipts)
    groups: dict[tuple[str, Place, str | None], list[_Move]] = {}
    misplaced: list[Misplaced] = []
    for move in _moves(scope, receipts, resting):
        if isinstance(move, Misplaced):
            misplaced.append(move)
            continue
        site = site_of(move.unit, scope.policy)
        groups.setdefault((site, move.place, move.source), []).append(move)
    return_, number, raising = scope.return_.id, scope.order.number, Raising(scope)
    for (site, place, source), moves in groups.items():
        if place.account == "stock":
            for move in moves:
                (line,) = lines_of([move.unit], scope.order)
                raised_by = raising.raiser(line.order_line, place.location, source)
                restock = e.Restock(return_, number, site, place.location, line, source, raised_by)
                answer.append(scope.owe(restock, move.after))
        else:
            lines = lines_of([move.unit for move in moves], scope.order)
            put_away = e.PutAway(return_, number, site, place.account, place.location, lines, source)
            answer.append(scope.owe(put_away, *sorted({move.after for move in moves})))
    return answer, misplaced


def _moves(scope: Scope, receipts: Mapping[str, str], resting: list[_Resting]) -> Iterator[_Move | Misplaced]:
    """What is left to move when units of one sold line are taken as alike, and none is moved twice.

    What rests anywhere but in quarantine stays there: what was decided for it is not undone by itself, but told.
    """
    here = [unit for unit in scope.units if unit.ref in receipts and unit.found_at is None]
    in_inspection = Counter(unit.allocation[0] for unit in here if unit.allocation)
    in_inspection.subtract(one.line for one in resting)
    open_: list[tuple[Unit, str, Place]] = []
    for unit in here:
        place = destination(unit, scope.policy)
        if place is not None and unit.allocation and not is_missing(unit, scope.policy):
            open_.append((unit, unit.allocation[0], place))
    for by_name in (True, False):
        for wish in list(open_):
            unit, line, place = wish
            found = next(
                (
                    one
                    for one in resting
                    if one.place == place and one.line == line and by_name <= (one.named == unit.ref)
                ),
                None,
            )
            if found is not None:
                resting.remove(found)
                open_.remove(wish)
    for unit, line, place in open_:
        mine = next((one for one in resting if one.named == unit.ref), None)
        if mine is None and in_inspection[line] > 0:
            in_inspection[line] -= 1
            yield _Move(unit, place, None, receipts[unit.ref])
        elif mine is not None and mine.place.account == "quarantine" != place.account:
            yield _Move(unit, place, mine.place.location, mine.key)
        elif mine is not None:
            yield Misplaced(unit, place, mine.place)


def _resting(scope: Scope, receipts: Mapping[str, str]) -> tuple[list[Owed], list[_Resting]]:
    """The attempted placements, and where they brought the units: from inspection first, then out of quarantine."""
    kept: list[Owed] = []
    answer: list[_Resting] = []
    done: list[tuple[Record, e.PutAway | e.Restock]] = [*scope.frozen(e.PutAway), *scope.frozen(e.Restock)]
    for record, effect in sorted(done, key=lambda pair: pair[1].source is not None):
        account = effect.account if isinstance(effect, e.PutAway) else "stock"
        place = Place(account, effect.location)  # type: ignore[arg-type]
        after: set[str] = set()
        for line in effect.lines if isinstance(effect, e.PutAway) else (effect.line,):
            for ref in sorted(covered([line], scope.return_)):
                before = next((one for one in answer if one.named == ref and one.place.account == "quarantine"), None)
                if effect.source is not None and before is not None:
                    answer.remove(before)
                    after.add(before.key)
                elif ref in receipts:
                    after.add(receipts[ref])
                answer.append(_Resting(ref, line.order_line, place, record.key))
        kept.append(Owed(record.key, effect, tuple(sorted(after))))
    return kept, answer
