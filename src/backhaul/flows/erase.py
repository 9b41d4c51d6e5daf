"""Erase a shopper's messages by throwing their return's key away; facts and ledger hold no personal data and stay."""

from __future__ import annotations

from backhaul.flows.deployment import Deployment
from backhaul.store import returns
from backhaul.store.sql import atomic


class CannotErase(ValueError):
    """There is no such return."""


def erase(deployment: Deployment, merchant_id: int, return_id: str) -> int:
    """Make the messages of one return unreadable for everybody, for ever; answers how many. Raises CannotErase."""
    if not returns.belongs(return_id, merchant_id):
        raise CannotErase(f"There is no return {return_id}.")
    with atomic():
        gone = returns.erase(return_id, deployment.now())
    deployment.pulse("erase")
    return len(gone)
