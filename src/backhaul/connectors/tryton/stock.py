"""Stock moves after inspection: one internal shipment per pair of places, with our key as its ``reference``.

A put-away moves the units of one return; a flush raises sellable stock for many returns in one document. Which units
a shipment carries is noted on it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import quote, unquote

from backhaul.connectors.tryton.claims import Forgotten, cover, leave_recorded
from backhaul.connectors.tryton.client import Record, Tryton
from backhaul.connectors.tryton.tasks import Product, cancel_others, known, pieces, several, take_over, the_one
from backhaul.connectors.tryton.traces import leave_note, noted
from backhaul.connectors.tryton.values import id_of, reference
from backhaul.domain.effects import Effect, FlushStock, PutAway, Restock
from backhaul.sdk.outcomes import Absent, Ambiguous, Done, Found, Outcome, Partial, Refused, Task

SHIPMENT = "stock.shipment.internal"
Slot = tuple[str, str]
"""A sold line and the code of the location where its units went."""
_MARK = re.compile(r"\[([^\]]*)#([^#>\]]*)>([^\]]*)\]")
_STEPS = (("wait", "draft", ("waiting", "assigned", "done")), ("assign_try", "waiting", ("assigned", "done")))


@dataclass(frozen=True, slots=True)
class Load:
    """What goes from one location to another (their codes) in one document; ``units`` are noted on it."""

    reference: str
    source: str
    target: str
    units: frozenset[tuple[str, Slot]]
    pieces: Counter[Product]


def find_moved(task: Task, system: Tryton) -> Found:
    """All documents of the effect done, or how far they are; after a restore also those that carried its units."""
    loads = _loads(task, system)
    wanted = [load.reference for load in loads]
    found = system.search(SHIPMENT, [["reference", "in", wanted]], ["reference", "state"], order=[["id", "ASC"]])
    if not found:
        return _found_by_unit(task, system, loads)
    by_key: dict[str, list[Record]] = {}
    for one in found:
        by_key.setdefault(one["reference"], []).append(one)
    there = [chosen for alike in by_key.values() if (chosen := the_one(alike)) is not None]
    if len(there) < len(by_key):
        return several(SHIPMENT, found)
    names = " ".join(reference(SHIPMENT, one["id"]) for one in there)
    if len(there) == len(wanted) and all(one["state"] == "done" for one in there):
        return Done(names)
    return Partial(names, "cancelled" if any(one["state"] == "cancelled" for one in there) else "move")


def _found_by_unit(task: Task, system: Tryton, loads: list[Load]) -> Found:
    """What carried these units before a restore, or units alike to the same place: which of them is which may change.

    One that carries the key of another effect is that effect's, even if its answer was lost.
    """
    if not task.recovered:
        return Absent()
    wanted = dict(sorted(carried for load in loads for carried in load.units))
    covered = cover(wanted, leave_recorded(_forgotten(task, system, wanted), task, _alike))
    if not covered.documents:
        return Absent()
    if all(one.complete for one in covered.documents):
        names = " ".join(covered.names)
        if not covered.left:
            return Done(names, adopted=True)
        if isinstance(task.effect, FlushStock):
            # Those that were raised before are settled; the others go into the next flush, which makes their document.
            return Done(names, adopted=True, left=tuple(m.key for m in task.effect.members if m.unit in covered.left))
    return Ambiguous(covered.names)


def _forgotten(task: Task, system: Tryton, wanted: Mapping[str, Slot]) -> list[Forgotten[Slot]]:
    notes = noted(system, SHIPMENT, (f"#{_plain(line)}>{place}]" for line, place in wanted.values()))
    shipments = system.search(SHIPMENT, [["id", "in", [id_of(name) for name in notes]]], ["reference", "state"])
    found = []
    for one in sorted(shipments, key=lambda shipment: int(shipment["id"])):
        if one["state"] == "cancelled" or (one["reference"] or "").partition("#")[0] in task.others:
            continue
        name = reference(SHIPMENT, one["id"])
        carried = [(unit, (unquote(line), place)) for unit, line, place in _MARK.findall(notes[name])]
        free = Counter(slot for _, slot in carried)
        found.append(Forgotten(name, one["state"] == "done", free, frozenset(carried)))
    return found


def _alike(effect: Effect) -> Counter[Slot]:
    """How many units of which sold line the effect takes where."""
    match effect:
        case PutAway():
            return Counter((line.order_line, effect.location) for line in effect.lines for _ in line.units)
        case Restock():
            return Counter([(effect.line.order_line, effect.location)])
        case FlushStock():
            return Counter((member.extra.get("line", member.unit), member.location) for member in effect.members)
    return Counter()


def move(task: Task, system: Tryton, found: Found) -> Outcome:
    """Create what is not there yet and bring every document to done."""
    if isinstance(found, Partial) and found.step == "cancelled":
        return Refused(f"{found.reference}: somebody cancelled it; {take_over(task.key)}")
    there: dict[str, str] = {}
    if isinstance(found, Partial):
        for name in found.reference.split():
            there[system.read(SHIPMENT, id_of(name), "reference")["reference"]] = name
    names = []
    for load in _loads(task, system):
        if load.reference in there:
            cancel_others(system, SHIPMENT, load.reference, there[load.reference])
        name = there.get(load.reference) or _create(system, load)
        _bring_to_done(system, name, load)
        names.append(name)
    return Done(" ".join(names))


def _loads(task: Task, system: Tryton) -> list[Load]:
    """The effect's units by route; where there are several routes each has a document, numbered in their order."""
    carried: dict[tuple[str, str], list[tuple[tuple[str, Slot], Counter[Product]]]] = {}
    for unit, line, source, target, its_pieces in _units(task, system):
        carried.setdefault((source, target), []).append(((unit, (line, target)), its_pieces))
    loads = []
    for number, (route, units) in enumerate(sorted(carried.items()), start=1):
        total: Counter[Product] = Counter()
        for _, its_pieces in units:
            total.update(its_pieces)
        name = task.key if len(carried) == 1 else f"{task.key}#{number}"
        loads.append(Load(name, *route, frozenset(unit for unit, _ in units), total))
    return loads


def _units(task: Task, system: Tryton) -> Iterable[tuple[str, str, str, str, Counter[Product]]]:
    """Each unit with its sold line, the codes it goes from and to, and the pieces it is made of."""
    match task.effect:
        case PutAway() as effect:
            source = effect.source or system.settings.site(effect.site).inspection
            for line in effect.lines:
                for unit in line.units:
                    yield unit, line.order_line, source, effect.location, pieces(known(line.extra, line.sku, system), 1)
        case FlushStock() as flush:
            inspection = system.settings.site(flush.site).inspection
            for member in flush.members:
                source = member.source or inspection
                line_ref = member.extra.get("line", member.unit)
                its_pieces = pieces(known(member.extra, member.sku, system), 1)
                yield member.unit, line_ref, source, member.location, its_pieces
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


def _note(load: Load) -> str:
    return "Units: " + " ".join(f"[{unit}#{_plain(line)}>{place}]" for unit, (line, place) in sorted(load.units))


def _plain(line: str) -> str:
    """A sold line as it is noted; of a component the SKU is in it, which may have the marks of a note."""
    return quote(line, safe="/")


def _bring_to_done(system: Tryton, name: str, load: Load) -> None:
    state = system.read(SHIPMENT, id_of(name), "state")["state"]
    if state == "draft":
        leave_note(system, name, _note(load))
    for button, before, after in _STEPS:
        if state == before:
            state = system.press(SHIPMENT, id_of(name), button, after)
    if state != "done":
        system.press(SHIPMENT, id_of(name), "do", ("done",))
