"""The parcel's tracking number on a return in Shopify: a reverse delivery of all its goods. No mail goes out for it.

A delivery carries no key of ours: that one with this number is there is the proof.
"""

from __future__ import annotations

from backhaul.connectors.shopify.client import Node, Shopify
from backhaul.connectors.shopify.tasks import NO_RETURN, document_of
from backhaul.domain.effects import TrackStorefrontReturn
from backhaul.sdk.outcomes import Absent, Done, Found, Later, Outcome, Task


def find_tracking(task: Task, system: Shopify) -> Found:
    """Done when each part of the return has a delivery with that number, whoever made it."""
    document = task.references.get(task.effect_as(TrackStorefrontReturn).opening)
    if document is None:
        return Absent()
    if document == NO_RETURN:
        return Done(document)
    parts = system.just_read(task.key, {"parts": _parts(system, document)}) or {}
    return Absent() if _untracked(task, parts["parts"]) else Done(document)


def track_return(task: Task, system: Shopify, _found: Found) -> Outcome:
    """Add a delivery to each part of the return that has none with that number."""
    effect = task.effect_as(TrackStorefrontReturn)
    document = document_of(task, effect.opening)
    if isinstance(document, Later):
        return document
    if document != NO_RETURN:
        read = system.just_read(task.key)
        parts = read["parts"] if read is not None else _parts(system, document)
        for part in _untracked(task, parts):
            system.change(
                "TrackReturn",
                "reverseDeliveryCreateWithShipping",
                part=part["id"],
                tracking={"number": effect.number},
            )
    return Done(document)


def _parts(system: Shopify, document: str) -> list[Node]:
    found = system.ask("ReturnDeliveries", id=document)["return"] or {}
    parts: list[Node] = (found.get("reverseFulfillmentOrders") or {}).get("nodes") or []
    return parts


def _untracked(task: Task, parts: list[Node]) -> list[Node]:
    number = task.effect_as(TrackStorefrontReturn).number
    return [part for part in parts if part["status"] == "OPEN" and number not in _numbers(part)]


def _numbers(part: Node) -> set[str]:
    deliveries = (one.get("deliverable") or {} for one in part["reverseDeliveries"]["nodes"])
    return {tracking["number"] for one in deliveries if (tracking := one.get("tracking"))}
