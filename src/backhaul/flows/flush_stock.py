"""The scheduled stock flush: gather what is saleable into one frozen batch per site, to be sent like any effect."""

from __future__ import annotations

from datetime import timedelta

from backhaul.domain.effects import FlushStock
from backhaul.flows.deployment import Deployment
from backhaul.store import connections, effects
from backhaul.store.sql import atomic

MOST_MEMBERS = 100
DEFAULT_EVERY = timedelta(hours=1)


def flush_stock(deployment: Deployment, merchant_id: int, *, now_already: bool = False) -> list[str]:
    """Gather the merchant's due restocks if its flush is due; answers the keys of the flushes made."""
    link = deployment.performer(merchant_id, FlushStock)
    if link is None:
        return []
    now = deployment.now()
    every = deployment.flush_every.get(merchant_id, DEFAULT_EVERY)
    with atomic():
        deployment.renew()
        last = connections.lock_flush(link.id)
        if not now_already and last is not None and now - last < every:
            return []
        version = deployment.policies[merchant_id].version
        keys: list[str] = []
        while more := effects.gather_flush(merchant_id, link.id, MOST_MEMBERS, now, connections.epoch(), version):
            keys += more
        if keys or last is None or now - last >= every:
            connections.flushed(link.id, now)
    deployment.pulse("flush")
    if keys:
        deployment.wake("dispatch")
    return keys
