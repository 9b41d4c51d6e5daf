"""The stock flush. Medusa only takes levels, never differences, and keeps no journal of them.

So what is meant to be written is written down first, on the stock location, where it can be looked up: the levels
before and after. Then all levels go in one call, all or none, and the note is marked as done. Stock that Medusa ships
between our last look and that call, some hundredths of a second, comes back to life: see the reference.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from backhaul.connectors.medusa.client import Medusa, Node
from backhaul.connectors.medusa.goods import pieces
from backhaul.connectors.medusa.levels import stocked, variants
from backhaul.domain.effects import FlushStorefrontStock
from backhaul.sdk.outcomes import Absent, CannotLook, Done, Found, Later, Outcome, Partial, Refused, Rejected, Task

FIELD = "backhaul_flushes"
_KEPT = 20
_LOOKS = 5
_RETOLD = timedelta(days=2)
Levels = Mapping[tuple[str, str], int]


def find_flushed(task: Task, system: Medusa) -> Found:
    """By the note on the stock location: marked as done, or all levels as they were before, or as they should be after.

    Raises CannotLook where they are neither, where older notes were given up since, and for what was gathered so soon
    after a restore that a forgotten batch may have raised the same units.
    """
    batch = task.effect_as(FlushStorefrontStock).batch
    gathered = _gathered_at(batch)
    for place in sorted(set(system.settings.locations.values())):
        notes = _notes(system, place)
        mine = next((one for one in notes if one.get("batch") == batch), None)
        if mine is not None:
            return _judged(place, mine, system)
        if len(notes) >= _KEPT and datetime.fromisoformat(notes[0]["at"]) > gathered:
            raise CannotLook(f"Medusa's notes of flushes do not go back to batch {batch}")
    if task.restored_at is not None and gathered < task.restored_at + _RETOLD:
        raise CannotLook(f"the units of batch {batch} may have been raised by one that was forgotten with the restore")
    return Absent()


def _gathered_at(batch: str) -> datetime:
    stamp = batch.rsplit("-", 2)[-2]
    return datetime.strptime(stamp, "%Y%m%dT%H%M%S").replace(tzinfo=UTC)


def _judged(place: str, mine: Node, system: Medusa) -> Found:
    batch = mine["batch"]
    if mine["done"]:
        return Done(batch, left=tuple(mine["left"]))
    before = {(item, at): count for item, at, count, _ in mine["levels"]}
    after = {(item, at): count for item, at, _, count in mine["levels"]}
    now = _levels(before, system)
    if now == after:
        return Partial(place, "mark the note as done")
    if now == before:
        return Absent()
    raise CannotLook(
        f"the levels of batch {batch} are neither what they were before nor what they should be after it; the note "
        f"{FIELD} on the stock location {place} says both: see whether it was written"
    )


def flush(task: Task, system: Medusa, found: Found) -> Outcome:
    """Raise what can be raised; members that Medusa cannot take are left, and refused when a batch has no others."""
    effect = task.effect_as(FlushStorefrontStock)
    if isinstance(found, Partial):
        return _marked(task, found.reference, system)
    deltas, problems = _deltas(effect, system)
    if not deltas:
        return Refused(f"{'; '.join(sorted(set(problems.values())))}; mend that, then retry")
    place = min(at for _, at in deltas)
    before = _levels(deltas, system)
    for _ in range(_LOOKS):
        rows = [[item, at, before[item, at], before[item, at] + count] for (item, at), count in sorted(deltas.items())]
        said = {"batch": effect.batch, "at": system.now().isoformat(), "left": sorted(problems), "levels": rows}
        _note(system, place, {**said, "done": False})
        now = _levels(deltas, system)
        if now == before:
            break
        before = now
    else:
        return Later("the stock changes faster than it can be looked at", 30.0)
    wanted = [{"inventory_item_id": item, "location_id": at, "stocked_quantity": after} for item, at, _, after in rows]
    try:
        system.post("/inventory-items/location-levels/batch", {"update": wanted})
    except Rejected as rejected:
        if _levels(deltas, system) == before:
            return Refused(str(rejected))
        raise CannotLook(f"Medusa refused batch {effect.batch} and its levels have changed: {rejected}") from rejected
    return _marked(task, place, system)


def _marked(task: Task, place: str, system: Medusa) -> Outcome:
    batch = task.effect_as(FlushStorefrontStock).batch
    mine = next(one for one in _notes(system, place) if one.get("batch") == batch)
    _note(system, place, {**mine, "done": True})
    return Done(batch, left=tuple(mine["left"]))


def _deltas(effect: FlushStorefrontStock, system: Medusa) -> tuple[Counter[tuple[str, str]], dict[str, str]]:
    """By how much each level is to rise, a kit's by its parts; and why members cannot be raised, by their keys."""
    known = variants(system, {member.sku for member in effect.members})
    parts = {sku: pieces({"variant": one}) for sku, one in known.items()}
    places = {member.location: system.settings.locations.get(member.location) for member in effect.members}
    kept = stocked(
        system, {item for own in parts.values() for item in own}, [place for place in places.values() if place]
    )
    problems: dict[str, str] = {}
    deltas: Counter[tuple[str, str]] = Counter()
    for member in effect.members:
        place, own = places[member.location], parts.get(member.sku, {})
        if place is None:
            problems[member.key] = f"`locations` of the connection does not say where {member.location} is"
        elif not own:
            problems[member.key] = f"Medusa has no variant, or several, or keeps no stock, with the SKU {member.sku}"
        elif any((item, place) not in kept for item in own):
            problems[member.key] = f"Medusa keeps no level of {member.sku} at {member.location}: add it there"
        else:
            for item, each in own.items():
                deltas[item, place] += each
    return deltas, problems


def _levels(deltas: Mapping[tuple[str, str], int], system: Medusa) -> Levels:
    now = stocked(system, {item for item, _ in deltas}, sorted({at for _, at in deltas}))
    return {slot: now.get(slot, 0) for slot in deltas}


def _notes(system: Medusa, place: str) -> list[dict[str, Any]]:
    found = system.seek(f"/stock-locations/{place}", fields="id,metadata")
    said = ((found or {}).get("stock_location", {}).get("metadata") or {}).get(FIELD)
    return [one for one in said if isinstance(one, dict)] if isinstance(said, list) else []


def _note(system: Medusa, place: str, said: Node) -> None:
    """Write a batch's note beside those of the newest others."""
    others = [one for one in _notes(system, place) if one.get("batch") != said["batch"]]
    system.post(f"/stock-locations/{place}", {"metadata": {FIELD: [*others, said][-_KEPT:]}})
