"""Sellable stock at the storefront: raised by deltas under a key that it remembers for a day and shows nowhere."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

from backhaul.domain import effects as e
from backhaul.sdk.outcomes import Absent, CannotLook, Done, Found, Outcome, Task
from backhaul.simulation.storefront.client import Shopfront

_REMEMBERED, _RETOLD = timedelta(hours=23), timedelta(days=2)


def find_flushed(task: Task, system: Shopfront) -> Found:
    """Within a day the storefront knows the key by itself. Raises CannotLook for what is older or may be forgotten."""
    batch = task.effect_as(e.FlushStorefrontStock).batch
    gathered = datetime.strptime(batch.rsplit("-", 2)[-2], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
    forgotten = task.restored_at is not None and gathered < task.restored_at + _RETOLD
    if forgotten or system.now() - (task.tried_since or gathered) > _REMEMBERED:
        raise CannotLook(f"the storefront does not tell whether it has batch {batch}")
    return Absent()


def flush(task: Task, system: Shopfront, _found: Found) -> Outcome:
    """One delta per SKU and location, under our key."""
    effect = task.effect_as(e.FlushStorefrontStock)
    deltas = Counter((member.sku, member.location) for member in effect.members)
    told = [{"sku": sku, "location": location, "delta": count} for (sku, location), count in sorted(deltas.items())]
    return Done(system.post("/stock", {"key": task.key, "deltas": told})["id"])
