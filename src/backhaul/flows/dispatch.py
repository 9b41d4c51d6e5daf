"""Send what is owed to one connection: one dispatcher at a time, threads for HTTP, outcomes written here in batches."""

from __future__ import annotations

import os
import queue
import socket
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from django.db import OperationalError

from backhaul.domain import effects as e
from backhaul.domain.facts import OrderFrozen
from backhaul.domain.orders import FrozenOrder
from backhaul.flows.complain import complain_of_connection, complain_of_effect
from backhaul.flows.complete_order import complete_order
from backhaul.flows.decide import decide_returns, lock
from backhaul.flows.deployment import Deployment, Link
from backhaul.flows.perform import Held, Result, Unknown, perform
from backhaul.sdk.lease import Lease
from backhaul.sdk.outcomes import Ambiguous, Done, Later, Refused
from backhaul.store import connections, effects, exceptions, returns
from backhaul.store.effects import Claimed, Settled
from backhaul.store.outcomes import ToldFact, tell
from backhaul.store.sql import atomic

log = structlog.get_logger()
_SAY_AFTER = timedelta(minutes=2)
# Effects claimed at once: at first so many per thread; twice as many each time a batch took a small part of its lease.
_CLAIMS = 16
_MOST_CLAIMS = 256
_SMALL_PART = 0.02


@dataclass(slots=True)
class _Desk:
    """One dispatcher at work on one connection."""

    deployment: Deployment
    link: Link
    holder: str
    width: int
    answers: queue.SimpleQueue[tuple[Claimed, Result]] = field(default_factory=queue.SimpleQueue)
    flying: int = 0
    stopping: bool = False
    sent: int = 0
    batch: int = 0
    claimed_at: float = float("-inf")


def dispatch(deployment: Deployment, link: Link, holder: str, *, width: int | None = None) -> int:
    """Send all that is due for the connection until nothing is; answers the number of outcomes written.

    Another dispatcher at work there, or a pause, means that this one has nothing to do. Asked for a ``width`` of 1 it
    sends in this thread, batch by batch; otherwise outcomes are written as they come.
    """
    now = deployment.now()
    until = now + timedelta(seconds=deployment.times.lease_of(link))
    if connections.paused_until(link.id, now) or not connections.hold(link.id, holder, now, until, link.grace):
        return 0
    deployment.renew()
    deployment.pulse("hold")
    desk = _Desk(deployment, link, holder, width or link.connector.concurrency(link.settings))
    try:
        if width == 1:
            _work_alone(desk)
        else:
            with ThreadPoolExecutor(desk.width, thread_name_prefix=f"dispatch-{link.name}") as pool:
                try:
                    _work(desk, pool)
                finally:
                    desk.stopping = True
    finally:
        connections.release(link.id, holder)
    return desk.sent


def _work(desk: _Desk, pool: ThreadPoolExecutor) -> None:
    exhausted = False
    while True:
        if not exhausted and not desk.stopping and desk.flying < desk.width * 2:
            groups = _claim(desk)
            exhausted = not groups
            for group, lease in groups:
                pool.submit(_run_group, desk, group, lease)
        if desk.flying == 0 and (exhausted or desk.stopping):
            return
        answered = _gather(desk)
        if answered:
            exhausted = False
            _settle(desk, answered)


def _work_alone(desk: _Desk) -> None:
    """The same with no thread, so that every step is the caller's: the simulation steps through it."""
    while not desk.stopping and (groups := _claim(desk)):
        for group, lease in groups:
            _run_group(desk, group, lease)
        _settle(desk, _gather(desk))


def _claim(desk: _Desk) -> list[tuple[list[Claimed], Lease]]:
    """Claim a batch and sort it by order: effects of one order go one after the other, and so do those of no order."""
    deployment, link = desk.deployment, desk.link
    lease_s = deployment.times.lease_of(link)
    # Our clock is read before theirs: stopped in between, we believe in a shorter lease than the others, not a longer.
    begun = deployment.seconds()
    lease = Lease(begun + lease_s, deployment.seconds)
    quick = begun - desk.claimed_at < lease_s * _SMALL_PART
    desk.batch = min(desk.batch * 2, _MOST_CLAIMS) if quick else desk.width * _CLAIMS
    desk.claimed_at = begun
    now = deployment.now()
    until = now + timedelta(seconds=lease_s)
    with atomic():
        if not connections.hold(link.id, desk.holder, now, until, link.grace):
            desk.stopping = True
            return []
        claimed = effects.claim(link.id, desk.holder, desk.batch, now, until, link.grace)
    deployment.pulse("claim")
    groups: dict[int | None, list[Claimed]] = {}
    for one in claimed:
        groups.setdefault(one.order_id, []).append(one)
    desk.flying += len(claimed)
    return [(group, lease) for group in groups.values()]


def _run_group(desk: _Desk, group: Sequence[Claimed], lease: Lease) -> None:
    """One order's effects in turn; after one that did not get through, the rest is put back untried.

    A document that one of them found or made is no forgotten one to those after it.
    """
    stopped: Held | None = None
    taken: dict[str, tuple[e.Effect, ...]] = {}
    for one in group:
        if stopped is not None or desk.stopping:
            desk.answers.put((one, stopped or Held("put back: the dispatcher is stopping", 0.0)))
            continue
        one.known |= taken.keys()
        for reference, theirs in taken.items():
            one.recorded[reference] = (*one.recorded.get(reference, ()), *theirs)
        result = perform(one, desk.link, lease, desk.deployment.times.retry_first_s)
        if isinstance(result, Done):
            taken[result.reference] = (*taken.get(result.reference, ()), one.effect)
        if isinstance(result, Held) and (result.away or result.quota):
            desk.stopping = True
            stopped = Held(f"put back: {result.why}", result.wait_s)
        elif isinstance(result, Unknown):
            stopped = Held(f"put back behind {one.key}", result.wait_s)
        desk.answers.put((one, result))


def _gather(desk: _Desk) -> list[tuple[Claimed, Result]]:
    """All answers there are; waits for the first."""
    answers = [desk.answers.get()] if desk.flying else []
    while True:
        try:
            answers.append(desk.answers.get_nowait())
        except queue.Empty:
            break
    desk.flying -= len(answers)
    return answers


def _settle(desk: _Desk, answered: Sequence[tuple[Claimed, Result]]) -> None:
    """Write a batch of outcomes and decide the returns they belong to, in one commit."""
    deployment, link = desk.deployment, desk.link
    now = deployment.now()
    with atomic():
        concerned = _concerned(answered)
        lock(concerned)
        held = effects.settle([_settled(deployment, one, result, now) for one, result in answered], desk.holder)
        valid = [(one, result) for one, result in answered if one.id in held]
        _write_facts(link, valid, now)
        for one, result in valid:
            _follow(deployment, link, one, result, now)
        _watch(desk, [result for _, result in valid], now)
        _decide(deployment, concerned)
    desk.sent += len(answered)
    deployment.pulse("settle")


def _concerned(answered: Sequence[tuple[Claimed, Result]]) -> set[str]:
    """The returns that will be decided: locked before anything is written, as everybody does, so that none deadlock."""
    done = [one for one, result in answered if isinstance(result, Done)]
    orders = [one.order_id for one in done if isinstance(one.effect, e.LookUpOrder) and one.order_id is not None]
    flushes = [one.id for one in done if isinstance(one.effect, e.FlushStock | e.FlushStorefrontStock)]
    further = effects.returns_concerned(orders, flushes) if orders or flushes else []
    return {one.return_id for one, _ in answered if one.return_id is not None} | set(further)


def _decide(deployment: Deployment, touched: set[str]) -> None:
    """Decide now; where that breaks, what the other system answered is kept all the same and the sweep decides."""
    try:
        with atomic():
            decide_returns(deployment, touched, locked=True)
    except OperationalError:
        raise
    except Exception:
        log.exception("dispatch.undecided", returns=sorted(touched))
        returns.leave_undecided(touched)


def _settled(deployment: Deployment, one: Claimed, result: Result, now: datetime) -> Settled:
    times = deployment.times
    backoff = min(times.retry_first_s * 2 ** min(one.attempt - 1, 12), times.retry_most_s)
    match result:
        case Done():
            return Settled(one, "done", now, "done", result.reference, adopted=result.adopted)
        case Later():
            wait = timedelta(seconds=max(result.wait_s, 0))
            return Settled(one, "unsure", now, "later", why=result.why, not_before=now + wait)
        case Held():
            wait = timedelta(seconds=result.wait_s)
            return Settled(one, "unsure", now, "not-sent", why=result.why, not_before=now + wait)
        case Unknown():
            wait = timedelta(seconds=max(result.wait_s, backoff))
            return Settled(one, "unsure", now, "unsure", why=result.why, not_before=now + wait)
        case Refused():
            return Settled(one, "refused", now, "refused", why=result.why, kind=result.kind)
        case Ambiguous():
            why = f"{', '.join(result.references)} could each be {one.key}"
            return Settled(one, "ambiguous", now, "ambiguous", why=why, kind="effect-ambiguous")


def _write_facts(link: Link, answered: Sequence[tuple[Claimed, Result]], now: datetime) -> None:
    """Keep what the other system told: orders as they were sold, completed by the product master, and facts."""
    facts = [(one, fact) for one, result in answered if isinstance(result, Done) for fact in result.facts]
    orders: dict[int, FrozenOrder] = {}
    told: list[ToldFact] = []
    for one, fact in facts:
        if isinstance(fact, OrderFrozen) and one.order_id is not None:
            orders.setdefault(one.order_id, complete_order(link.merchant_id, fact.order))
        elif one.return_id is not None:
            told.append(ToldFact(one.return_id, fact))
    if orders:
        effects.freeze_orders(orders, now)
    if told:
        tell(told, now)


def _follow(deployment: Deployment, link: Link, one: Claimed, result: Result, now: datetime) -> None:
    """What the outcome of a batch's effect brings about besides itself."""
    if isinstance(result, Done):
        if isinstance(one.effect, e.FlushStock | e.FlushStorefrontStock):
            effects.settle_members(one.id, result.reference, result.left, now)
            exceptions.close([f"effect:{one.key}"], now)
    elif one.return_id is None and isinstance(result, Refused | Ambiguous):
        settled = _settled(deployment, one, result, now)
        complain_of_effect(deployment, link, one.key, settled.kind or "effect-refused", settled.why)


def _watch(desk: _Desk, results: Sequence[Result], now: datetime) -> None:
    """Keep the connection's health: a quota pauses it, an absent system backs off, an answer clears both."""
    deployment, link = desk.deployment, desk.link
    quota = [result for result in results if isinstance(result, Held) and result.quota]
    away = [result for result in results if isinstance(result, Held) and result.away]
    broken: list[Held | Unknown] = [*away] or [result for result in results if isinstance(result, Unknown)]
    good = any(isinstance(result, Done | Refused | Ambiguous | Later) for result in results)
    if broken and not good:
        failures, since = connections.failed(link.id, now, broken[0].why)
        if away:
            times = deployment.times
            wait = min(times.retry_first_s * 2 ** min(failures - 1, 12), times.retry_most_s / 5)
            connections.pause(link.id, now + timedelta(seconds=wait))
        if now - since >= _SAY_AFTER:
            why = f"{link.name} has not answered since {since:%Y-%m-%d %H:%M} UTC: {broken[0].why}"
            complain_of_connection(deployment, link, why)
    elif good and connections.answered(link.id):
        exceptions.close([f"connection-failing:{link.name}"], now)
    if quota:
        connections.pause(link.id, now + timedelta(seconds=max(result.wait_s for result in quota)))


def holder_name() -> str:
    """A name for this dispatcher that no other has: machine, process, thread and moment."""
    return f"{socket.gethostname()[:20]}:{os.getpid()}:{threading.get_ident() % 100000}:{time.time_ns() % 10**9}"
