"""Ask the systems that must be asked: what a poll brings is kept as messages like any other."""

from __future__ import annotations

from datetime import timedelta

import structlog

from backhaul.flows.complain import complain_of_connection
from backhaul.flows.deployment import Deployment, Link
from backhaul.flows.replay_objects import replay_objects
from backhaul.sdk.connector import OpenReturn, PollRequest, Polls
from backhaul.sdk.messages import Name, Unreadable
from backhaul.sdk.outcomes import NotSent, Rejected, Throttled, Unsure
from backhaul.store import connections, exceptions, inbox, replays, stale
from backhaul.store.inbox import Incoming
from backhaul.store.sql import atomic

log = structlog.get_logger()
_MOST_RETURNS = 50
_MOST_ORDERS = 20
_MOST_AT_ONCE = 10
_REPLAYS_KNOWN = timedelta(days=10)


def poll(deployment: Deployment, link: Link, *, now_already: bool = False) -> int:
    """Run each poll of the connection that is due (or all); answers how many new messages came of it.

    What people had replayed there is sent, and looked at, before.
    """
    if connections.paused_until(link.id, deployment.now()):
        return 0
    replay_objects(deployment, link)
    return sum(
        _in_turns(deployment, link, polls)
        for polls in link.connector.polls
        if now_already or _is_due(deployment, link, polls)
    )


def _is_due(deployment: Deployment, link: Link, polls: Polls) -> bool:
    _, polled_at = connections.cursor(link.id, polls.name)
    return polled_at is None or deployment.now() - polled_at >= (link.poll_every or polls.every)


def _in_turns(deployment: Deployment, link: Link, polls: Polls) -> int:
    """Again at once for as long as an answer says that there is more, but so many times at most: others wait, too."""
    new = 0
    for _ in range(_MOST_AT_ONCE):
        brought, more = _run(deployment, link, polls)
        new += brought
        if not more:
            break
    return new


def _run(deployment: Deployment, link: Link, polls: Polls) -> tuple[int, bool]:
    """How many new messages came, and whether there is more; then it is due again at once, should nobody go on."""
    now = deployment.now()
    if connections.paused_until(link.id, now):
        return 0, False
    deployment.renew()
    cursor, _ = connections.cursor(link.id, polls.name)
    returns = tuple(
        OpenReturn(
            one.return_id, tuple(Name(*name) for name in one.names), one.orders, one.last_message_at, one.documents
        )
        for one in stale.open_returns(link.merchant_id, link.scope_id, _MOST_RETURNS)
    )
    known = replays.references(link.id, now - _REPLAYS_KNOWN) if link.connector.replays is not None else ()
    orders = tuple(inbox.unplaced_orders(link.merchant_id, _MOST_ORDERS))
    try:
        answer = polls.poll(link.system, PollRequest(now, cursor, returns, orders, known))
    except Throttled as error:
        connections.pause(link.id, now + timedelta(seconds=error.wait_s))
        return 0, False
    except (NotSent, Unsure, Rejected, Unreadable) as error:
        log.warning("poll.failed", connection=link.name, poll=polls.name, why=str(error))
        _, since = connections.failed(link.id, now, str(error))
        if isinstance(error, Rejected | Unreadable) or now - since >= timedelta(minutes=2):
            complain_of_connection(deployment, link, f"poll {polls.name} of {link.name}: {error}")
        connections.move_cursor(link.id, polls.name, cursor, now)
        return 0, False
    with atomic():
        arrived = [
            Incoming(link.id, polled.body, now, polled.kind, polled.headers, polled.delivery)
            for polled in answer.messages
        ]
        kept = inbox.keep(arrived, deployment.keys) if arrived else []
        new = sum(fresh for _, fresh in kept)
        # One that says so and gets no further would be asked for ever.
        more = answer.again_at_once and (new > 0 or answer.cursor != cursor)
        connections.move_cursor(link.id, polls.name, answer.cursor, None if more else now)
        stale.asked(now, answer.asked)
        if connections.answered(link.id):
            exceptions.close([f"connection-failing:{link.name}"], now)
    deployment.pulse("poll")
    if new:
        deployment.wake("interpret")
    return new, more
