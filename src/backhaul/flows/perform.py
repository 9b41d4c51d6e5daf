"""One attempt at one effect: look, then do what is missing, and name what came of it. Runs in a thread, HTTP only."""

from __future__ import annotations

from dataclasses import dataclass, replace

import structlog

from backhaul.domain import effects as e
from backhaul.flows.deployment import Link
from backhaul.sdk import lease
from backhaul.sdk.connector import Performs
from backhaul.sdk.outcomes import (
    Absent,
    Ambiguous,
    CannotLook,
    Done,
    Found,
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
# The key is wrong for every effect alike: one thing to mend, not an exception for each.
_NOT_LET_IN = 401


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
    """The claimed effect as its connector sees it.

    A return whose age nobody has told is older than go-live once anything of it turned out to be made by hand.
    """
    started = claimed.initiated_at
    older = link.go_live_at is not None and (claimed.adopted if started is None else started < link.go_live_at)
    return Task(
        claimed.key,
        claimed.effect,
        claimed.references,
        claimed.order,
        adopt=older,
        known=claimed.known,
        recovered=claimed.epoch > 1,
        others=claimed.others,
        recorded=claimed.recorded,
        restored_at=claimed.restored_at,
        tried_since=claimed.tried_since,
        stated=claimed.stated,
    )


def of_unknown_age(claimed: Claimed, link: Link) -> bool:
    """Whether it may have been settled by hand before go-live although nobody says when the return began."""
    return link.go_live_at is not None and claimed.return_id is not None and claimed.initiated_at is None


def must_look(claimed: Claimed, link: Link, task: Task, performs: Performs) -> bool:
    """Only what was certainly never tried is done without looking: a first attempt, where nothing was restored.

    Before what cannot be taken back there is a look in any case.
    """
    return claimed.attempt > 1 or task.recovered or task.adopt or of_unknown_age(claimed, link) or performs.irrevocable


def look(claimed: Claimed, link: Link, task: Task, performs: Performs) -> Found:
    """What is there already: by our key, and where the return may be older than go-live by what it is about."""
    if not performs.searchable or not must_look(claimed, link, task, performs):
        return Absent()
    try:
        if of_unknown_age(claimed, link) and not task.adopt:
            by_hand = performs.find(replace(task, adopt=True), link.system)
            if not isinstance(by_hand, Absent):
                return by_hand
        return performs.find(task, link.system)
    except CannotLook:
        if task.recovered or not claimed.never_sent:
            raise
        return Absent()


def perform(claimed: Claimed, link: Link, held: lease.Lease, unsure_wait_s: float) -> Result:
    """Do one effect under its lease. Never raises: whatever happens has a name."""
    task = task_of(claimed, link)
    performs = link.performer(type(claimed.effect))
    if performs is None:
        return Refused(f"connection {link.name} does not do {claimed.effect.verb}", "effect-refused")
    wait_s = max(unsure_wait_s, performs.visible_after_s)
    hidden_s = 0.0  # how long what this attempt has made already may stay out of sight
    try:
        with lease.under(held):
            found = look(claimed, link, task, performs)
            if isinstance(found, Done | Ambiguous):
                return found
            if not performs.searchable and not claimed.never_sent:
                return Refused(
                    f"{link.name} cannot be searched for {claimed.key}; the last attempt ended unsure",
                    "effect-ambiguous",
                )
            if task.adopt and isinstance(found, Absent) and isinstance(claimed.effect, e.AnnounceReturn):
                return Done("before go-live", adopted=True)  # whoever announced then has announced it
            if task.adopt and isinstance(found, Absent) and not isinstance(claimed.effect, e.LookUpOrder):
                return Refused(
                    f"the return is older than the go-live of {link.name} and it has no such document: "
                    f"it is not made anew; let it be found there ({performs.key_field}: {claimed.key}) and retry, "
                    "or waive this when it was settled otherwise",
                    "before-go-live",
                )
            hidden_s = performs.visible_after_s
            outcome = performs.do(task, link.system, found)
            return Later(outcome.why, max(outcome.wait_s, hidden_s)) if isinstance(outcome, Later) else outcome
    except CannotLook as error:
        return Refused(f"{error}; the last attempt at {claimed.key} may have come through", "effect-ambiguous")
    except lease.LeaseTooShort as error:
        return Held(str(error), hidden_s)
    except NotSent as error:
        return Held(str(error), hidden_s, away=True)
    except Throttled as error:
        return Held(str(error), max(error.wait_s, hidden_s), quota=True)
    except Unsure as error:
        return Unknown(str(error), max(wait_s, error.wait_s))
    except Rejected as error:
        if error.status_code == _NOT_LET_IN:
            return Held(str(error), hidden_s, away=True)
        return Refused(str(error))
    except Exception as error:
        log.exception("perform.broke", key=claimed.key)
        return Unknown(f"{type(error).__name__}: {error}", wait_s)
