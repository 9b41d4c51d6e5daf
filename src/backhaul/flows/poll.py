"""Ask the systems that must be asked: what a poll brings is kept as messages like any other."""

from __future__ import annotations

from datetime import timedelta

import structlog

from backhaul.flows.complain import complain_of_connection
from backhaul.flows.deployment import Deployment, Link
from backhaul.sdk.connector import OpenReturn, PollRequest, Polls
from backhaul.sdk.messages import Name, Unreadable
from backhaul.sdk.outcomes import NotSent, Rejected, Throttled, Unsure
from backhaul.store import connections, exceptions, inbox, stale
from backhaul.store.inbox import Incoming
from backhaul.store.sql import atomic

log = structlog.get_logger()
_MOST_RETURNS = 50
_MOST_ORDERS = 20


def poll(deployment: Deployment, link: Link, *, now_already: bool = False) -> int:
    """Run each poll of the connection that is due (or all); answers how many new messages came of it."""
    if connections.paused_until(link.id, deployment.now()):
        return 0
    return sum(
        _run(deployment, link, polls)
        for polls in link.connector.polls
        if now_already or _is_due(deployment, link, polls)
    )


def _is_due(deployment: Deployment, link: Link, polls: Polls) -> bool:
    _, polled_at = connections.cursor(link.id, polls.name)
    return polled_at is None or deployment.now() - polled_at >= (link.poll_every or polls.every)


def _run(deployment: Deployment, link: Link, polls: Polls) -> int:
    now = deployment.now()
    deployment.renew()
    cursor, _ = connections.cursor(link.id, polls.name)
    returns = tuple(
        OpenReturn(
            one.return_id, tuple(Name(*name) for name in one.names), one.orders, one.last_message_at, one.documents
        )
        for one in stale.open_returns(link.merchant_id, link.scope_id, _MOST_RETURNS)
    )
    orders = tuple(inbox.unplaced_orders(link.merchant_id, _MOST_ORDERS))
    try:
        answer = polls.poll(link.system, PollRequest(now, cursor, returns, orders))
    except Throttled as error:
        connections.pause(link.id, now + timedelta(seconds=error.wait_s))
        return 0
    except (NotSent, Unsure, Rejected, Unreadable) as error:
        log.warning("poll.failed", connection=link.name, poll=polls.name, why=str(error))
        _, since = connections.failed(link.id, now, str(error))
        if isinstance(error, Rejected | Unreadable) or now - since >= timedelta(minutes=2):
            complain_of_connection(deployment, link, f"poll {polls.name} of {link.name}: {error}")
        connections.move_cursor(link.id, polls.name, cursor, now)
        return 0
    with atomic():
        arrived = [
            Incoming(link.id, polled.body, now, polled.kind, polled.headers, polled.delivery)
            for polled in answer.messages
        ]
        kept = inbox.keep(arrived, deployment.keys) if arrived else []
        connections.move_cursor(link.id, polls.name, answer.cursor, now)
        stale.asked(now, answer.asked)
        if connections.answered(link.id):
            exceptions.close([f"connection-failing:{link.name}"], now)
    deployment.pulse("poll")
    new = sum(fresh for _, fresh in kept)
    if new:
        deployment.wake("interpret")
    return new
