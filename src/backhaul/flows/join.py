"""Make two returns one, once it is known that they are: by a message with both names, or by a person."""

from __future__ import annotations

from backhaul.domain.facts import ReturnLinked
from backhaul.flows.deployment import Deployment
from backhaul.store import allocations, registry
from backhaul.store.outcomes import ToldFact, tell


def join(deployment: Deployment, one: str, other: str, why: str) -> tuple[str, str] | None:
    """The one that is kept and the one that joins it, to be decided in the caller's commit. None when it cannot be."""
    joined = registry.link(one, other)
    if joined is None:
        return None
    keep, drop = joined
    now = deployment.now()
    allocations.hand_over(drop, keep)
    tell([ToldFact(keep, ReturnLinked(drop, why, now))], now)
    return joined
