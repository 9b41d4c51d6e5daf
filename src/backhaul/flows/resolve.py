"""What a person may do about an exception: retry, waive, decide a condition, have a credit corrected, join returns."""

from __future__ import annotations

from typing import get_args

from backhaul.domain.effects import StorefrontWord
from backhaul.domain.facts import DISPOSITIONS, CorrectionDecided, DispositionDecided, ExceptionWaived, Fact
from backhaul.domain.twins import KIND as POSSIBLE_TWIN
from backhaul.flows.decide import decide_returns, lock
from backhaul.flows.deployment import Deployment
from backhaul.flows.join import join
from backhaul.flows.left_behind import object_of
from backhaul.flows.replay import replay_message
from backhaul.flows.replay_objects import LOOK_THERE
from backhaul.store import effects, exceptions, inbox, registry, replays, returns
from backhaul.store.exceptions import STRANDED
from backhaul.store.outcomes import ToldFact, tell
from backhaul.store.sql import atomic

# Of these a waiver says that somebody did it by hand: then it is settled, and to do it as well would be once too often.
_SEEN_TO = frozenset(one.verb for one in get_args(StorefrontWord))


class CannotResolve(ValueError):
    """What was asked cannot be done; the message says why and what can."""


def retry(deployment: Deployment, merchant_id: int, exception_key: str, by: str) -> str:
    """Try again what an exception stands for: an effect (looking first), a message, or the return's decision.

    Answers a sentence saying what happens now. Raises CannotResolve.
    """
    kind, return_id, message_id, about = _exception(merchant_id, exception_key)
    if message_id is not None:
        return replay_message(deployment, merchant_id, message_id, by)
    if about.partition(":")[0] in _SEEN_TO and (who := exceptions.waived(about)):
        raise CannotResolve(f"{who} waived it: what was seen to at the storefront by hand is not done again by us.")
    with atomic():
        tried = effects.retry([about])
        if return_id is not None:
            decide_returns(deployment, [return_id])
    deployment.pulse("retry")
    deployment.wake("dispatch")
    if tried:
        return f"{about} is tried again now, after looking whether it is already there."
    return f"{kind} was decided anew from what is known; if it is still there, its cause is."


def waive(deployment: Deployment, merchant_id: int, exception_key: str, by: str, reason: str) -> str:
    """Close an exception for good, with a reason and a name; nothing is done in other systems."""
    if not reason.strip():
        raise CannotResolve("A waiver needs a reason: it is what the auditor reads.")
    kind, return_id, message_id, about = _exception(merchant_id, exception_key)
    now = deployment.now()
    with atomic():
        exceptions.waive(exception_key, by, reason, now)
        if kind == STRANDED:
            replays.give_up(exception_key, "asked", "withdrawn", f"waived by {by}", now)
        elif message_id is not None and kind != "unreadable-rows":
            inbox.dismiss(message_id, f"waived by {by}: {reason}")
        if return_id is not None:
            decide_with(deployment, return_id, ExceptionWaived(exception_key, by, reason, now))
            returns.leave_undecided([about] if kind == POSSIBLE_TWIN else [])
    deployment.pulse("waive")
    return "Waived. It stays in the record with your name and reason."


def replay(deployment: Deployment, merchant_id: int, exception_key: str, by: str, *, looked: bool = False) -> str:
    """Have an object that another system left behind done again, alone; it is put on record, and sent by the next poll.

    Nothing is sent a second time while the first may be at work. ``looked``: the person has looked in the other system
    for what may have come through, and it is not there. Answers a sentence. Raises CannotResolve.
    """
    kind, *_ = _exception(merchant_id, exception_key)
    if kind != STRANDED:
        raise CannotResolve(f"{kind} is not replayed; retry it, or waive it with a reason.")
    now = deployment.now()
    with atomic():
        left = replays.left(merchant_id, exception_key)
        if left is None or not left.open:
            raise CannotResolve("It is closed already: look at the list again.")
        link = deployment.link(left.connection_id) if left.connection_id in deployment.connection_ids else None
        if link is None or link.connector.replays is None:
            raise CannotResolve("Its connection is not configured, or cannot have anything done again there.")
        if object_of(link, exception_key) is None:
            raise CannotResolve("It is about many objects at once, which cannot be replayed one by one.")
        if left.standing == "unsure":
            if not looked:
                raise CannotResolve(f"Its last replay may have come through. {LOOK_THERE}.")
            replays.give_up(exception_key, "unsure", "failed", f"{by} looked, and it was not there", now)
        elif left.standing in ("asked", "sending", "running", "finished"):
            raise CannotResolve(
                f"{left.asked_by} has it replayed since {left.asked_at:%F %R} UTC: it is {left.standing}."
            )
        replays.ask(exception_key, link.id, by, now)
    deployment.pulse("ask-replay")
    return "It is replayed alone, once; this closes when that has ended well."


def decide_disposition(
    deployment: Deployment, merchant_id: int, return_id: str, unit: str, disposition: str, by: str, reason: str
) -> str:
    """A person says what a unit's condition is; it goes where the policy leads such units."""
    own_return(merchant_id, return_id)
    policy = deployment.policies[merchant_id]
    word = policy.disposition(disposition)
    if word not in DISPOSITIONS and policy.place(word, policy.primary_site) is None:
        known = ", ".join(DISPOSITIONS)
        raise CannotResolve(f"{disposition!r} is no condition the policy knows. Use one of {known}.")
    with atomic():
        decide_with(deployment, return_id, DispositionDecided(unit, word, by, reason, deployment.now()))
    deployment.pulse("decide")
    deployment.wake("dispatch")
    return f"{unit} is {word} from now on and goes where the policy leads such units."


def correct(deployment: Deployment, merchant_id: int, return_id: str, refund: str, by: str, reason: str) -> str:
    """Have the documents of a refund corrected to what is now known of it, by a document of its own."""
    own_return(merchant_id, return_id)
    with atomic():
        decide_with(deployment, return_id, CorrectionDecided(refund, by, reason, deployment.now()))
    deployment.pulse("correct")
    deployment.wake("dispatch")
    return f"The difference for refund {refund} is booked as a document of its own."


def join_returns(deployment: Deployment, merchant_id: int, return_id: str, other: str, by: str, reason: str) -> str:
    """A person says that two returns are one: what was told of either is told of both from now on."""
    if not reason.strip():
        raise CannotResolve(
            "Joining two returns needs a reason: it cannot be undone, and it is what the auditor reads."
        )
    for name in (return_id, other):
        own_return(merchant_id, name)
    with atomic():
        lock([return_id, other])
        if return_id == other or registry.joined([return_id, other]):
            raise CannotResolve(f"{return_id} or {other} has joined another return already; look at that one.")
        joined = join(deployment, return_id, other, f"{by} said so: {reason}")
        if joined is None:
            raise CannotResolve(
                f"{return_id} and {other} cannot be joined: both have documents in other systems already, or each has "
                "a name that only two returns can have. Undo one in the other system, then waive this."
            )
        inbox.await_again(inbox.unplaced_about(merchant_id, sorted(registry.orders_of(joined))))
        decide_returns(deployment, [joined[0]])
    deployment.pulse("join")
    deployment.wake("interpret")
    deployment.wake("dispatch")
    return f"They are one return now, {joined[0]}. What waited for that goes on."


def decide_with(deployment: Deployment, return_id: str, fact: Fact) -> None:
    """Record what a person says of a return, and what follows from it. Inside the caller's commit."""
    tell([ToldFact(return_id, fact)], deployment.now())
    decide_returns(deployment, [return_id])


def _exception(merchant_id: int, key: str) -> tuple[str, str | None, int | None, str]:
    found = exceptions.one(merchant_id, key)
    if found is None:
        raise CannotResolve(f"There is no exception {key}. It may have been closed: look at the list again.")
    return found


def own_return(merchant_id: int, return_id: str) -> None:
    """Raises CannotResolve where the merchant has no such return."""
    if not returns.belongs(return_id, merchant_id):
        raise CannotResolve(f"There is no return {return_id}.")
