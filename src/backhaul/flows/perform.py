"""One attempt at one effect: look, then do what is missing, and name what came of it. Runs in a thread, HTTP only."""

from __future__ import annotations

from dataclasses import dataclass

import structlog

from backhaul.domain import effects as e
from backhaul.flows.deployment import Link
from backhaul.sdk import lease
from backhaul.sdk.outcomes import (
    Absent,
    Ambiguous,
    Done,
    Later,
    NotSent,
    Refused,
    Rejected,
    Task,
    Throttled,
    Unsure,
)
from backhaul.store.effects import Claimed

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Unknown:
    """The wire broke while something may have been done: look again after ``wait_s``."""

    why: str
    wait_s: float


@dataclass(frozen=True, slots=True)
class Held:
    """Nothing was sent: the system is away, its quota is used up, or our lease is too short."""

    why: str
    wait_s: float
    quota: bool = False
    away: bool = False


Result = Done | Later | Refused | Ambiguous | Unknown | Held


def task_of(claimed: Claimed, link: Link) -> Task:
    """The claimed effect as its connector sees it."""
    started = claimed.initiated_at
    older = link.go_live_at is not None and started is not None and started < link.go_live_at
    unknown_age = claimed.return_id is not None and started is None
    return Task(
        claimed.key,
        claimed.effect,
        claimed.references,
        claimed.order,
        adopt=older,
        known=claimed.known,
        recovered=claimed.epoch > 1 or unknown_age,
    )


def must_look(claimed: Claimed, task: Task) -> bool:
    """Only what was certainly never tried is done without looking: a first attempt, where nothing was restored."""
    return claimed.attempt > 1 or task.recovered or task.adopt


def perform(claimed: Claimed, link: Link, held: lease.Lease, unsure_wait_s: float) -> Result:
    """Do one effect under its lease. Never raises: whatever happens has a name."""
    task = task_of(claimed, link)
    performs = link.connector.performer(type(claimed.effect))
    if performs is None:
        return Refused(f"connection {link.name} does not do {claimed.effect.verb}", "effect-refused")
    wait_s = max(unsure_wait_s, performs.visible_after_s)
    try:
        with lease.under(held):
            system = link.system
            found = performs.find(task, system) if must_look(claimed, task) and performs.searchable else Absent()
            if isinstance(found, Done | Ambiguous):
                return found
            if not performs.searchable and claimed.attempt > 1:
                return Refused(
                    f"{link.name} cannot be searched for {claimed.key}; the last attempt ended unsure",
                    "effect-ambiguous",
                )
            if task.adopt and isinstance(found, Absent) and not isinstance(claimed.effect, e.LookUpOrder):
                return Refused(
                    f"the return is older than the go-live of {link.name} and it has no such document: "
                    "it is not made anew; attach the document, or waive this when it was settled otherwise",
                    "before-go-live",
                )
            return performs.do(task, system, found)
    except NotSent as error:
        return Held(str(error), 0.0, away=True)
    except Throttled as error:
        return Held(str(error), error.wait_s, quota=True)
    except Unsure as error:
        return Unknown(str(error), wait_s)
    except Rejected as error:
        return Refused(str(error))
    except Exception as error:
        log.exception("perform.broke", key=claimed.key)
        return Unknown(f"{type(error).__name__}: {error}", wait_s)
