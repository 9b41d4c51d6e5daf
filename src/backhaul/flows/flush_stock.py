"""The scheduled stock flush: gather what is saleable into one frozen batch per site, to be sent like any effect.

The ERP has its own, and so has the storefront where we own its stock.
"""

from __future__ import annotations

from datetime import timedelta

from backhaul.domain import effects as e
from backhaul.flows.deployment import Deployment, Link
from backhaul.store import connections, effects
from backhaul.store.sql import atomic

MOST_MEMBERS = 100
DEFAULT_EVERY = timedelta(hours=1)
_FLUSHES: tuple[tuple[type[e.FlushStock | e.FlushStorefrontStock], str], ...] = (
    (e.FlushStock, e.Restock.verb),
    (e.FlushStorefrontStock, e.RestockAtStorefront.verb),
)


def flush_stock(deployment: Deployment, merchant_id: int, *, now_already: bool = False) -> list[str]:
    """Gather the merchant's due restocks where a flush is due; answers the keys of the flushes made."""
    keys: list[str] = []
    for flush, verb in _FLUSHES:
        link = deployment.performer(merchant_id, flush)
        if link is not None:
            keys += _gather(deployment, link, flush, verb, now_already)
    if keys:
        deployment.wake("dispatch")
    return keys


def _gather(
    deployment: Deployment,
    link: Link,
    flush: type[e.FlushStock | e.FlushStorefrontStock],
    verb: str,
    now_already: bool,
) -> list[str]:
    now = deployment.now()
    every = deployment.flush_every.get(link.merchant_id, DEFAULT_EVERY)
    with atomic():
        deployment.renew()
        last = connections.lock_flush(link.id)
        if not now_already and last is not None and now - last < every:
            return []
        version = deployment.policies[link.merchant_id].version
        keys: list[str] = []
        gathering = effects.Gathering(flush, verb, link.merchant_id, link.id, version)
        while more := effects.gather_flush(gathering, MOST_MEMBERS, now, connections.epoch()):
            keys += more
        if keys or last is None or now - last >= every:
            connections.flushed(link.id, now)
    deployment.pulse("flush")
    return keys
