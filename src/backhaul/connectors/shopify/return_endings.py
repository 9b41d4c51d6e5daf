"""The end of a return in Shopify: closed when all of it is settled, cancelled when nothing of it comes."""

from __future__ import annotations

from backhaul.connectors.shopify.client import Refusal, Shopify
from backhaul.connectors.shopify.tasks import NO_RETURN, document_of
from backhaul.domain.effects import CancelStorefrontReturn, CloseStorefrontReturn
from backhaul.sdk.outcomes import Absent, Done, Found, Later, Outcome, Refused, Task


def find_closed(task: Task, system: Shopify) -> Found:
    """Whether the return is closed by now, by whomever."""
    return _standing(task, task.effect_as(CloseStorefrontReturn).opening, system, ("CLOSED", "CANCELED"))


def close_return(task: Task, system: Shopify, _found: Found) -> Outcome:
    """Close it; one that is closed is closed."""
    return _end(task, task.effect_as(CloseStorefrontReturn).opening, system, "CloseReturn", "returnClose")


def find_cancelled(task: Task, system: Shopify) -> Found:
    """Whether the return is cancelled by now."""
    return _standing(task, task.effect_as(CancelStorefrontReturn).opening, system, ("CANCELED", "DECLINED"))


def cancel_return(task: Task, system: Shopify, _found: Found) -> Outcome:
    """Cancel it; the shopper is told by whoever runs the returns, not by this."""
    return _end(task, task.effect_as(CancelStorefrontReturn).opening, system, "CancelReturn", "returnCancel")


def _standing(task: Task, opening: str, system: Shopify, ended: tuple[str, ...]) -> Found:
    document = task.references.get(opening)
    if document is None:
        return Absent()
    if document == NO_RETURN:
        return Done(document)
    found = system.ask("ReturnStanding", id=document)["return"]
    return Done(document) if found is not None and found["status"] in ended else Absent()


def _end(task: Task, opening: str, system: Shopify, operation: str, field: str) -> Outcome:
    document = document_of(task, opening)
    if isinstance(document, Later):
        return document
    if document == NO_RETURN:
        return Done(document)
    try:
        system.change(operation, field, id=document)
    except Refusal as refusal:
        ended = ("CLOSED", "CANCELED") if operation == "CloseReturn" else ("CANCELED", "DECLINED")
        if isinstance(_standing(task, opening, system, ended), Done):
            return Done(document)
        return Refused(str(refusal))
    return Done(document)
