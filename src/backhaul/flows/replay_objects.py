"""Send what people had replayed, each once, and look what became of it, until it ended or nobody can say any more."""

from __future__ import annotations

from datetime import timedelta

import structlog

from backhaul.flows.deployment import Deployment, Link
from backhaul.flows.left_behind import about_of, key_of, object_of
from backhaul.sdk import lease
from backhaul.sdk.connector import Replays
from backhaul.sdk.messages import Message, UnknownValue, Unreadable, stranded_of
from backhaul.sdk.outcomes import CannotLook, Done, Later, NotSent, Outcome, Refused, Rejected, Throttled, Unsure
from backhaul.store import connections, exceptions, inbox, replays, returns
from backhaul.store.replays import Replay
from backhaul.store.seals import Erased
from backhaul.store.sql import atomic

log = structlog.get_logger()
_MOST_SENT = 20
_MOST_LOOKED_AT = 20
_SEEN_IN = timedelta(days=3)
_AGAIN_S, _AGAIN_MOST_S = 30.0, 300.0
LOOK_THERE = (
    "Look in the other system. If it is there, waive this once it has ended well; if it is not, replay it again and "
    "say that you looked"
)


def replay_objects(deployment: Deployment, link: Link) -> None:
    """One turn for a connection: bounded, and nothing where its system cannot be reached."""
    can = link.connector.replays
    if can is None:
        return
    deployment.renew()
    _give_up_lost(deployment, link)
    try:
        for one in replays.running(link.id, deployment.now(), _MOST_LOOKED_AT):
            _look(deployment, link, can, one)
        for _ in range(_MOST_SENT):
            if not _send_next(deployment, link, can):
                break
    except Throttled as error:
        connections.pause(link.id, deployment.now() + timedelta(seconds=error.wait_s))
    except NotSent as error:
        log.warning("replay.away", connection=link.name, why=str(error))


def _give_up_lost(deployment: Deployment, link: Link) -> None:
    sent_in = timedelta(seconds=deployment.times.lease_of(link)) + link.grace
    with atomic():
        for one in replays.lost(link.id, deployment.now(), sent_in, _SEEN_IN):
            what = f"replay {one.reference} was not seen to end" if one.reference else "its replay may have been sent"
            exceptions.tell(one.exception_key, f"{what}, begun at {one.begun_at:%F %R} UTC. {LOOK_THERE}")


def _send_next(deployment: Deployment, link: Link, can: Replays) -> bool:
    """Send the next one under a lease; whether to go on. Raises Throttled and NotSent, and then it was not sent."""
    held = lease.Lease(deployment.seconds() + deployment.times.lease_of(link), deployment.seconds)
    with atomic():
        one = replays.begin(link.id, deployment.now())
    if one is None:
        return False
    deployment.pulse("begin-replay")
    try:
        body = _body(deployment, link, one)
        with lease.under(held):
            reference = can.start(link.system, body, _object(link, one))
    except (Throttled, NotSent) as error:
        replays.settle(one.id, "asked", deployment.now(), was=("sending",), why=str(error))
        raise
    except (Rejected, Unreadable, UnknownValue, Erased) as error:
        _failed(deployment, one, f"it could not be replayed: {error}", "sending")
    except Exception as error:
        if not isinstance(error, Unsure):
            log.exception("replay.broke", exception=one.exception_key)
        _unsure(deployment, one, str(error))
    else:
        # What was given up for lost meanwhile has been sent after all: better known than not.
        replays.settle(one.id, "running", deployment.now(), was=("sending", "unsure"), reference=reference)
    deployment.pulse("replay-sent")
    return True


def _look(deployment: Deployment, link: Link, can: Replays, one: Replay) -> None:
    """Look once what became of it. Raises Throttled and NotSent."""
    now = deployment.now()
    match _seen(deployment, link, can, one):
        case Done():
            with atomic():
                if replays.settle(one.id, "finished", now, was=("running",)):
                    exceptions.close([one.exception_key], now)
        case Refused(why):
            _failed(deployment, one, f"replayed at {one.begun_at:%F %R} UTC: {why}", "running")
        case Later(why, wait_s):
            age_s = (now - one.begun_at).total_seconds()
            wait = timedelta(seconds=min(max(wait_s, age_s / 10), _AGAIN_MOST_S))
            replays.settle(one.id, "running", now, was=("running",), why=why, not_before=now + wait)
    deployment.pulse("replay-seen")


def _seen(deployment: Deployment, link: Link, can: Replays, one: Replay) -> Outcome:
    try:
        return can.look(link.system, _body(deployment, link, one), _object(link, one), one.reference)
    except (Throttled, NotSent):
        raise
    except (Unsure, Rejected, Unreadable, UnknownValue, CannotLook, Erased) as error:
        return Later(str(error), _AGAIN_S)
    except Exception as error:
        log.exception("replay.unseen", exception=one.exception_key)
        return Later(f"{type(error).__name__}: {error}", _AGAIN_MOST_S)


def _failed(deployment: Deployment, one: Replay, why: str, was: str) -> None:
    now = deployment.now()
    with atomic():
        if replays.settle(one.id, "failed", now, was=(was,), why=why):
            exceptions.tell(one.exception_key, why)


def _unsure(deployment: Deployment, one: Replay, why: str) -> None:
    with atomic():
        if replays.settle(one.id, "unsure", deployment.now(), was=("sending",), why=why):
            said = f"its replay of {one.begun_at:%F %R} UTC may have come through ({why}). {LOOK_THERE}"
            exceptions.tell(one.exception_key, said)


def _object(link: Link, one: Replay) -> str:
    found = object_of(link, one.exception_key)
    if found is None:
        raise Unreadable(f"{one.exception_key} is about no single object")
    return found


def _body(deployment: Deployment, link: Link, one: Replay) -> bytes:
    """The message as received. Raises Unreadable where today's settings find something else under the object's key."""
    kept = inbox.one(one.message_id)
    keys = returns.keys(deployment.keys, kept.returns)
    body = deployment.keys.open(kept.sealed, *(keys.get(name) for name in kept.returns))
    reader = link.connector.reader(kept.kind)
    message = Message(link.name, body, kept.received_at, kept.headers, kept.kind)
    told = stranded_of(reader.read(message, link.settings)) if reader is not None else ()
    if not any(key_of(link, each) == one.exception_key and about_of(each) == one.about for each in told):
        raise Unreadable(f"with today's settings it is not {one.about} any more; have message {kept.id} read again")
    return body
