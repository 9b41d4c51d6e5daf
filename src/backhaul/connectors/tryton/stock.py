"""Stock moves after inspection: one internal shipment per pair of places, with our key as its ``reference``.

A put-away moves the units of one return; a flush raises sellable stock for many returns in one document.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial

from backhaul.connectors.tryton.client import Tryton
from backhaul.connectors.tryton.tasks import Product, effect_of, pieces, products
from backhaul.connectors.tryton.values import id_of, reference
from backhaul.domain.effects import FlushStock, PutAway
from backhaul.sdk.outcomes import Absent, Ambiguous, Done, Found, Outcome, Partial, Refused, Task

SHIPMENT = "stock.shipment.internal"
Route = tuple[str, str]
"""From and to, as location codes."""
Load = Mapping[Route, Counter[Product]]
_STEPS = (("wait", "draft", ("waiting", "assigned", "done")), ("assign_try", "waiting", ("assigned", "done")))


def _load_of_put_away(task: Task, system: Tryton) -> Load:
    effect = effect_of(task, PutAway)
    return {(effect.source or _inspection(system, effect.site), effect.location): products(effect.lines)}


def _load_of_flush(task: Task, system: Tryton) -> Load:
    effect = effect_of(task, FlushStock)
    load: dict[Route, Counter[Product]] = {}
    for member in effect.members:
        route = (member.source or _inspection(system, effect.site), member.location)
        load.setdefault(route, Counter()).update(pieces(member.extra, 1))
    return load


def _inspection(system: Tryton, site: str) -> str:
    return system.settings.sites[site].inspection


def _references(key: str, load: Load) -> list[str]:
    """The reference of each route's document, in the order of the routes: the key, numbered where there are several."""
    return [key] if len(load) == 1 else [f"{key}#{number}" for number in range(1, len(load) + 1)]


def _find(load_of: Callable[[Task, Tryton], Load], task: Task, system: Tryton) -> Found:
    """All documents of the load done, or how far they are."""
    wanted = _references(task.key, load_of(task, system))
    found = system.search(SHIPMENT, [["reference", "in", wanted]], ["reference", "state"], order=[["id", "ASC"]])
    names = tuple(reference(SHIPMENT, one["id"]) for one in found)
    if len({one["reference"] for one in found}) < len(found):
        return Ambiguous(names)
    if not found:
        return Absent()
    if len(found) == len(wanted) and all(one["state"] == "done" for one in found):
        return Done(" ".join(names))
    cancelled = any(one["state"] == "cancelled" for one in found)
    return Partial(" ".join(names), "cancelled" if cancelled else "move")


def _do(load_of: Callable[[Task, Tryton], Load], task: Task, system: Tryton, found: Found) -> Outcome:
    """Create what is not there yet and bring every document to done."""
    if isinstance(found, Partial) and found.step == "cancelled":
        return Refused(f"{found.reference}: somebody cancelled it; attach another one or waive")
    load = load_of(task, system)
    there: dict[str, str] = {}
    if isinstance(found, Partial):
        for name in found.reference.split():
            there[system.read(SHIPMENT, id_of(name), "reference")["reference"]] = name
    names = []
    for our_reference, route in zip(_references(task.key, load), sorted(load), strict=True):
        name = there.get(our_reference) or _create(system, our_reference, route, load[route])
        _bring_to_done(system, id_of(name))
        names.append(name)
    return Done(" ".join(names))


def _create(system: Tryton, our_reference: str, route: Route, load: Counter[Product]) -> str:
    source, target = (system.id_named("stock.location", "code", code) for code in route)
    company = system.settings.company
    places = {"from_location": source, "to_location": target, "company": company}
    moves = [
        {**places, "product": product, "unit": unit, "quantity": load[product, unit]} for product, unit in sorted(load)
    ]
    return reference(
        SHIPMENT, system.create(SHIPMENT, {**places, "reference": our_reference, "moves": [["create", moves]]})
    )


def _bring_to_done(system: Tryton, shipment: int) -> None:
    state = system.read(SHIPMENT, shipment, "state")["state"]
    for button, before, after in _STEPS:
        if state == before:
            state = system.press(SHIPMENT, shipment, button, after)
    if state != "done":
        system.press(SHIPMENT, shipment, "do", ("done",))


find_put_away = partial(_find, _load_of_put_away)
put_away = partial(_do, _load_of_put_away)
find_flush = partial(_find, _load_of_flush)
flush_stock = partial(_do, _load_of_flush)
