"""Stock moves after inspection: one internal shipment per pair of places, with our key as its ``reference``.

A put-away moves the units of one return; a flush raises sellable stock for many returns in one document. Which units
a shipment carries is noted on it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from backhaul.connectors.tryton.client import Tryton
from backhaul.connectors.tryton.tasks import Product, pieces
from backhaul.connectors.tryton.traces import leave_note, noted
from backhaul.connectors.tryton.values import id_of, reference
from backhaul.domain.effects import FlushStock, PutAway
from backhaul.sdk.outcomes import Absent, Ambiguous, Done, Found, Outcome, Partial, Refused, Task

SHIPMENT = "stock.shipment.internal"
_STEPS = (("wait", "draft", ("waiting", "assigned", "done")), ("assign_try", "waiting", ("assigned", "done")))


@dataclass(frozen=True, slots=True)
class Load:
    """What goes from one location to another (their codes) in one document; ``units`` are the names noted on it."""

    reference: str
    source: str
    target: str
    units: frozenset[str]
    pieces: Counter[Product]


def find_moved(task: Task, system: Tryton) -> Found:
    """All documents of the effect done, or how far they are; after a restore also those that carried its units."""
    loads = _loads(task, system)
    wanted = [load.reference for load in loads]
    found = system.search(SHIPMENT, [["reference", "in", wanted]], ["reference", "state"], order=[["id", "ASC"]])
    names = tuple(reference(SHIPMENT, one["id"]) for one in found)
    if len({one["reference"] for one in found}) < len(found):
        return Ambiguous(names)
    if not found:
        return _found_by_unit(task, system, loads)
    if len(found) == len(wanted) and all(one["state"] == "done" for one in found):
        return Done(" ".join(names))
    cancelled = any(one["state"] == "cancelled" for one in found)
    return Partial(" ".join(names), "cancelled" if cancelled else "move")


def _found_by_unit(task: Task, system: Tryton, loads: list[Load]) -> Found:
    if not task.recovered:
        return Absent()
    every = frozenset().union(*(load.units for load in loads))
    earlier = noted(system, SHIPMENT, every)
    states = {
        reference(SHIPMENT, one["id"]): one["state"]
        for one in system.search(SHIPMENT, [["id", "in", [id_of(name) for name in earlier]]], ["state"])
    }
    names = sorted((name for name in earlier if states[name] != "cancelled"), key=id_of)
    if not names:
        return Absent()
    if any(states[name] != "done" for name in names):
        return Ambiguous(tuple(names))
    carried = frozenset().union(*(earlier[name] for name in names))
    if carried == every:
        return Done(" ".join(names), adopted=True)
    if isinstance(task.effect, FlushStock):
        # Those that were raised before are settled; the others go into the next flush, which makes their document.
        left = tuple(one.key for one in task.effect.members if f"{one.unit}>{one.location}" not in carried)
        return Done(" ".join(names), adopted=True, left=left)
    return Ambiguous(tuple(names))


def move(task: Task, system: Tryton, found: Found) -> Outcome:
    """Create what is not there yet and bring every document to done."""
    if isinstance(found, Partial) and found.step == "cancelled":
        return Refused(f"{found.reference}: somebody cancelled it; attach another one or waive")
    there: dict[str, str] = {}
    if isinstance(found, Partial):
        for name in found.reference.split():
            there[system.read(SHIPMENT, id_of(name), "reference")["reference"]] = name
    names = []
    for load in _loads(task, system):
        name = there.get(load.reference) or _create(system, load)
        _bring_to_done(system, name, load)
        names.append(name)
    return Done(" ".join(names))


def _loads(task: Task, system: Tryton) -> list[Load]:
    """The effect's units by route; where there are several routes each has a document, numbered in their order."""
    carried: dict[tuple[str, str], list[tuple[str, Counter[Product]]]] = {}
    for unit, source, target, its_pieces in _units(task, system):
        carried.setdefault((source, target), []).append((f"{unit}>{target}", its_pieces))
    loads = []
    for number, (route, units) in enumerate(sorted(carried.items()), start=1):
        total: Counter[Product] = Counter()
        for _, its_pieces in units:
            total.update(its_pieces)
        name = task.key if len(carried) == 1 else f"{task.key}#{number}"
        loads.append(Load(name, *route, frozenset(unit for unit, _ in units), total))
    return loads


def _units(task: Task, system: Tryton) -> Iterable[tuple[str, str, str, Counter[Product]]]:
    """Each unit with the codes it goes from and to, and the pieces it is made of."""
    match task.effect:
        case PutAway() as effect:
            source = effect.source or system.settings.site(effect.site).inspection
            for line in effect.lines:
                for unit in line.units:
                    yield unit, source, effect.location, pieces(line.extra, 1)
        case FlushStock() as flush:
            inspection = system.settings.site(flush.site).inspection
            for member in flush.members:
                yield member.unit, member.source or inspection, member.location, pieces(member.extra, 1)
        case other:
            raise TypeError(f"{type(other).__name__} moves no stock")


def _create(system: Tryton, load: Load) -> str:
    source, target = (system.id_named("stock.location", "code", code) for code in (load.source, load.target))
    places = {"from_location": source, "to_location": target, "company": system.settings.company}
    moves = [
        {**places, "product": product, "unit": unit, "quantity": load.pieces[product, unit]}
        for product, unit in sorted(load.pieces)
    ]
    values = {**places, "reference": load.reference, "moves": [["create", moves]]}
    return reference(SHIPMENT, system.create(SHIPMENT, values))


def _bring_to_done(system: Tryton, name: str, load: Load) -> None:
    state = system.read(SHIPMENT, id_of(name), "state")["state"]
    if state == "draft":
        leave_note(system, name, load.units)
    for button, before, after in _STEPS:
        if state == before:
            state = system.press(SHIPMENT, id_of(name), button, after)
    if state != "done":
        system.press(SHIPMENT, id_of(name), "do", ("done",))
