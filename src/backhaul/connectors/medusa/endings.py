"""How a return of Medusa's ends: by what was received. Nothing closes it, and only an untouched one is cancelled.

Of what was received in part the rest stays announced for ever; that is Medusa's, and no exception of ours.
"""

from __future__ import annotations

from collections.abc import Container

from backhaul.connectors.medusa.client import Medusa, Node
from backhaul.connectors.medusa.tasks import document_of, in_turn, parted
from backhaul.domain.effects import CancelStorefrontReturn, CloseStorefrontReturn
from backhaul.sdk.outcomes import Absent, Done, Found, Later, Outcome, Refused, Rejected, Task

_CANCELLED = ("canceled",)
_ENDED = ("received", "partially_received", *_CANCELLED)


def find_closed(task: Task, system: Medusa) -> Found:
    """Whether something of each of its returns was received, or it is cancelled."""
    return _ended(task, task.effect_as(CloseStorefrontReturn).opening, system, _ENDED)


@in_turn
def close_return(task: Task, system: Medusa, _found: Found) -> Outcome:
    """Cancel those of its returns of which nothing came: all that is to come has come."""
    return _end(task, task.effect_as(CloseStorefrontReturn).opening, system, _ENDED)


def find_cancelled(task: Task, system: Medusa) -> Found:
    """Whether all of its returns are cancelled by now."""
    return _ended(task, task.effect_as(CancelStorefrontReturn).opening, system, _CANCELLED)


@in_turn
def cancel_return(task: Task, system: Medusa, _found: Found) -> Outcome:
    """Cancel it; what was received of it cannot be taken back in Medusa."""
    return _end(task, task.effect_as(CancelStorefrontReturn).opening, system, _CANCELLED)


def _standing(document: str, system: Medusa) -> list[Node]:
    """The returns that a reference names; one that is gone counts as cancelled."""
    found: list[Node] = system.get("/returns", id=parted(document), fields="id,status", limit=100)["returns"]
    there = {one["id"] for one in found}
    return found + [{"id": id_, "status": "canceled"} for id_ in parted(document) if id_ not in there]


def _ended(task: Task, opening: str, system: Medusa, ended: Container[str]) -> Found:
    document = task.references.get(opening)
    if document is None:
        return Absent()
    return Done(document) if all(one["status"] in ended for one in _standing(document, system)) else Absent()


def _end(task: Task, opening: str, system: Medusa, ended: Container[str]) -> Outcome:
    document = document_of(task, opening)
    if isinstance(document, Later):
        return document
    for one in _standing(document, system):
        if one["status"] in ended:
            continue
        if one["status"] != "requested":
            return Refused(
                f"return {one['id']} is {one['status'].replace('_', ' ')}: Medusa cancels none of which something was "
                "received; see there what was, tell the warehouse if it was not, then waive this"
            )
        try:
            system.post(f"/returns/{one['id']}/cancel", {})
        except Rejected:
            # Refused, and done all the same, has been seen.
            if not isinstance(_ended(task, opening, system, ended), Done):
                raise
    return Done(document)
