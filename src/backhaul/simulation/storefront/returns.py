"""The storefront's returns: opened in steps, found by our key in their note, ended by their state."""

from __future__ import annotations

from collections import Counter

from backhaul.domain import effects as e
from backhaul.sdk.outcomes import Absent, Ambiguous, Done, Found, Later, Outcome, Partial, Refused, Task
from backhaul.simulation.storefront.client import Shopfront
from backhaul.simulation.storefront.lines import spread
from backhaul.simulation.storefront.things import Record


def find_return(task: Task, system: Shopfront) -> Found:
    """The return with our key, and how far it is; after a restore also a forgotten one of just these units."""
    effect = task.effect_as(e.OpenStorefrontReturn)
    returns = system.of_order("returns", effect.order)
    ours = [one for one in returns if one["note"] == task.key and one["state"] != "cancelled"]
    if not ours and (task.recovered or task.adopt):
        ours = [one for one in returns if _stands_for(one, task, system)]
    if len(ours) > 1:
        return Ambiguous(tuple(one["id"] for one in ours))
    if not ours:
        return Absent()
    if ours[0]["state"] == "requested":
        return Partial(ours[0]["id"], "lines")
    return Done(ours[0]["id"], adopted=ours[0]["note"] != task.key)


def _stands_for(one: Record, task: Task, system: Shopfront) -> bool:
    """Whether a return that nothing on record accounts for has just these units."""
    if one["state"] not in ("open", "closed") or one["id"] in task.known or one["note"] in task.others:
        return False
    effect = task.effect_as(e.OpenStorefrontReturn)
    wanted = spread(effect.lines, system.order(effect.order)["lines"], Counter(one["lines"]))
    return wanted == Counter(one["lines"])


def open_return(task: Task, system: Shopfront, found: Found) -> Outcome:
    """Create it, give it the lines it has not, begin it. More than is sold is refused."""
    effect = task.effect_as(e.OpenStorefrontReturn)
    order = system.order(effect.order)
    if isinstance(found, Partial):
        opened = system.one("returns", found.reference)
    else:
        opened = system.post(f"/orders/{effect.order}/returns", {"note": task.key})
    free = Counter({one["id"]: one["quantity"] for one in order["lines"]})
    for one in system.of_order("returns", effect.order):
        if one["id"] != opened["id"] and one["state"] != "cancelled":
            free.subtract(one["lines"])
    wanted = spread(effect.lines, order["lines"], free)
    if isinstance(wanted, str):
        system.post(f"/returns/{opened['id']}/cancelled")
        return Refused(f"{opened['id']}: {wanted}")
    for line, quantity in sorted((wanted - Counter(opened["lines"])).items()):
        system.post(f"/returns/{opened['id']}/lines", {"line": line, "quantity": quantity})
    return Done(system.post(f"/returns/{opened['id']}/open")["id"])


def find_ended(task: Task, system: Shopfront) -> Found:
    """Its own state proves that it was closed or withdrawn."""
    opening, state = _ended(task)
    document = task.references.get(opening)
    if document is None:
        return Absent()
    return Done(document) if system.one("returns", document)["state"] == state else Absent()


def end_return(task: Task, system: Shopfront, _found: Found) -> Outcome:
    """Close or withdraw."""
    opening, state = _ended(task)
    document = task.references.get(opening)
    if document is None:
        return Later(f"{opening} has no document yet")
    return Done(system.post(f"/returns/{document}/{state}")["id"])


def _ended(task: Task) -> tuple[str, str]:
    assert isinstance(task.effect, e.CloseStorefrontReturn | e.CancelStorefrontReturn)
    return task.effect.opening, "closed" if isinstance(task.effect, e.CloseStorefrontReturn) else "cancelled"
