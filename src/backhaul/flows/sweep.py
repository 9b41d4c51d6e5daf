"""Every few seconds: find what is due and nobody was woken for. Losing every hint loses nothing because of this."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import structlog
from django.db import OperationalError

from backhaul.domain.awaited import OVERDUE
from backhaul.flows.complain import complain_of_return
from backhaul.flows.decide import decide_returns
from backhaul.flows.deployment import Deployment
from backhaul.flows.flush_stock import flush_stock
from backhaul.flows.listen import mark_silent
from backhaul.store import effects, exceptions, inbox, returns
from backhaul.store.browse import amounts
from backhaul.store.exceptions import Opening
from backhaul.store.sql import atomic

log = structlog.get_logger()
_BATCH = 200


def sweep(deployment: Deployment) -> None:
    """Wake the flows that have work, decide what was left, flush what is scheduled, mark what is overdue or silent."""
    if inbox.waiting(deployment.connection_ids):
        deployment.wake("interpret")
    if effects.due_connections(deployment.now()):
        deployment.wake("dispatch")
    if decide_undecided(deployment):
        deployment.wake("dispatch")
    for merchant_id in sorted(deployment.policies):
        flush_stock(deployment, merchant_id)
    mark_overdue(deployment)
    mark_silent(deployment)


def decide_undecided(deployment: Deployment, most: int | None = None) -> int:
    """Decide what was left to the sweep; a return that cannot be decided falls out alone and is tried again next time.

    Answers how many were decided; with ``most``, about so many are.
    """
    decided = 0
    stuck: set[str] = set()
    while (most is None or decided + len(stuck) < most) and (
        batch := [name for name in returns.undecided(_BATCH + len(stuck)) if name not in stuck]
    ):
        try:
            with atomic():
                decide_returns(deployment, batch)
            decided += len(batch)
        except OperationalError:
            raise
        except Exception:  # noqa: BLE001  taken one by one, each is logged by its name
            decided += _one_by_one(deployment, batch, stuck)
        deployment.pulse("sweep")
    return decided


def _one_by_one(deployment: Deployment, batch: Sequence[str], stuck: set[str]) -> int:
    for name in batch:
        try:
            with atomic():
                decide_returns(deployment, [name])
        except OperationalError:
            raise
        except Exception as error:
            log.exception("sweep.undecidable", return_id=name)
            stuck.add(name)
            complain_of_return(deployment, name, f"{type(error).__name__}: {error}")
    return len(batch) - len(stuck.intersection(batch))


def mark_overdue(deployment: Deployment, limit: int = 500) -> int:
    """Open an exception for each expectation whose due time has passed; answers how many are new."""
    now = deployment.now()
    with atomic():
        found = exceptions.newly_overdue(now, limit)
        late = [
            Opening(
                f"overdue:{key}", "overdue", merchant_id, f"{kind} of {about} was due {due_at:%Y-%m-%d %H:%M} UTC",
                deployment.policies[merchant_id].owner(f"overdue:{kind}"), now + timedelta(days=1), about, return_id,
                value=amounts.read(value), remedy=OVERDUE.get(kind, ""),
            )
            for key, merchant_id, return_id, kind, about, due_at, value in found
        ]  # fmt: skip
        exceptions.open_all(late, now)
    return len(found)
