"""Medusa's own returns: requested before the goods come. They book nothing until something is received.

Our key is in a return's metadata from its first moment. What shares stock, a kit and one of its own components, never
stands in one return: Medusa would raise what they share only once. So several returns may stand for one effect.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from backhaul.connectors.medusa.client import Medusa, Node
from backhaul.connectors.medusa.goods import Goods, is_kit, pieces, returnable, wanted_of
from backhaul.connectors.medusa.tasks import in_turn, joined, meant, note, order_id, parted
from backhaul.domain.effects import OpenStorefrontReturn
from backhaul.sdk.outcomes import Absent, Ambiguous, Done, Found, Outcome, Partial, Refused, Rejected, Task

KEY = "external_id"
_DRAFT = "open"


@dataclass(slots=True)
class _Wanted:
    """Units of one order line that are to stand in a return."""

    line: Node
    quantity: int
    reason: str


def find_return(task: Task, system: Medusa) -> Found:
    """The returns whose metadata carries our key; before go-live, or after a restore, one of the same units."""
    effect = task.effect_as(OpenStorefrontReturn)
    goods = Goods.read(system, order_id(system, effect.order))
    ours = [one for one in goods.returns if _key(one) == task.key]
    if not ours and (task.adopt or task.recovered):
        return _alike(task, effect, goods)
    if not ours:
        system.just_read(task.key, goods)
        return Absent()
    there = joined(one["id"] for one in ours if one["status"] != _DRAFT)
    if any(one["status"] == _DRAFT for one in ours) or _missing(task, goods, system):
        return Partial(there, "drop a draft of it, request the rest")
    return Done(there)


def _key(found: Node) -> str:
    return str((found.get("metadata") or {}).get(KEY) or "")


def _alike(task: Task, effect: OpenStorefrontReturn, goods: Goods) -> Found:
    """A return that nothing on record accounts for and that has just these units."""
    wanted: Counter[str] = Counter()
    for line in effect.lines:
        wanted[line.sku] += line.quantity
    known = {id_ for reference in task.known for id_ in parted(reference)}
    skus = {one["id"]: one.get("variant_sku") or "" for one in goods.lines}
    alike = []
    for one in goods.returns:
        held: Counter[str] = Counter()
        for id_, count in wanted_of(one).items():
            held[skus.get(id_, "")] += count
        strange = one["id"] not in known and _key(one) not in task.others
        if strange and held == wanted and one["status"] not in (_DRAFT, "canceled"):
            alike.append(one["id"])
    if len(alike) > 1:
        return Ambiguous(tuple(alike))
    return Done(alike[0], adopted=task.adopt) if alike else Absent()


@in_turn
def open_return(task: Task, system: Medusa, _found: Found) -> Outcome:
    """Request what is not in a return of ours yet. More than was sent is refused: somebody else returns it."""
    effect = task.effect_as(OpenStorefrontReturn)
    order = order_id(system, effect.order)
    goods = system.just_read(task.key) or Goods.read(system, order)
    drafts = [one for one in goods.returns if _key(one) == task.key and one["status"] == _DRAFT]
    for one in drafts:
        system.drop(f"/returns/{one['id']}/request")
    if drafts:
        goods = Goods.read(system, order)
    missing = _missing(task, goods, system)
    if isinstance(missing, str):
        return Refused(missing)
    ids = [one["id"] for one in goods.returns if _key(one) == task.key]
    ids.extend(_request(task, effect, order, part, system) for part in _apart(missing))
    return Done(joined(ids))


def _missing(task: Task, goods: Goods, system: Medusa) -> list[_Wanted] | str:
    """What no return of ours holds yet, by order line; why that cannot be returned."""
    effect = task.effect_as(OpenStorefrontReturn)
    held: Counter[str] = Counter()
    for one in goods.returns:
        if _key(one) == task.key and one["status"] != _DRAFT:
            held += wanted_of(one)
    free = {one["id"]: returnable(one) for one in goods.lines}
    chosen: dict[str, _Wanted] = {}
    for line in effect.lines:
        mine, open_ = meant(line, goods.lines, system), line.quantity
        for one in mine:
            part = min(open_, held[one["id"]])
            held[one["id"]] -= part
            open_ -= part
        there = sum(free[one["id"]] for one in mine)
        for one in mine:
            part = min(open_, free[one["id"]])
            if part > 0:
                chosen.setdefault(one["id"], _Wanted(one, 0, line.reason)).quantity += part
                free[one["id"]] -= part
                open_ -= part
        if open_:
            return (
                f"{line.quantity} {line.sku} are to come back and Medusa has {max(there, 0)} of order {effect.order} "
                "that can: the others are not fulfilled, or in another return; mend that, then retry or waive this"
            )
    return list(chosen.values())


def _apart(wanted: list[_Wanted]) -> list[list[_Wanted]]:
    """Those that go into one return: each kit has its own, and no two lines of another share an inventory item."""
    parts: list[list[_Wanted]] = []
    mixed: list[tuple[set[str], list[_Wanted]]] = []
    for one in wanted:
        own = set(pieces(one.line))
        if is_kit(one.line):
            parts.append([one])
            continue
        home = next((pair for pair in mixed if not pair[0] & own), None)
        if home is None:
            home = (set(), [])
            mixed.append(home)
            parts.append(home[1])
        home[0].update(own)
        home[1].append(one)
    return parts


def _request(task: Task, effect: OpenStorefrontReturn, order: str, part: list[_Wanted], system: Medusa) -> str:
    """One return, requested; nothing of it is left where Medusa refuses. Raises Rejected."""
    about = {
        "order_id": order,
        "location_id": system.settings.return_location,
        "internal_note": note(effect.label, task.key),
        "metadata": {KEY: task.key, "label": effect.label},
    }
    made: str = system.post("/returns", about)["return"]["id"]
    items = []
    for one in part:
        reason = _reason(one.reason, system)
        items.append({"id": one.line["id"], "quantity": one.quantity, **({"reason_id": reason} if reason else {})})
    try:
        system.post(f"/returns/{made}/request-items", {"items": items})
        system.post(f"/returns/{made}/request", {})
    except Rejected:
        # A refusal does not mean that nothing happened.
        now = system.seek(f"/returns/{made}", fields="id,status")
        if now is None or now["return"]["status"] == _DRAFT:
            system.drop(f"/returns/{made}/request")
            raise
    return made


def _reason(said: str, system: Medusa) -> str | None:
    """The id of Medusa's reason for a reason of the platform's, remembered."""
    value = system.settings.reasons.get(said)
    if value is None:
        return None
    if system.recall("reason", value) is None:
        for one in system.get("/return-reasons", limit=200)["return_reasons"]:
            system.remember("reason", one["value"], one["id"])
    return system.recall("reason", value)
