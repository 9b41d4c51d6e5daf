"""Read waiting messages into facts and decide what follows, a commit per batch; a poison message falls out alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import structlog
from django.db import OperationalError

from backhaul.domain.products import Product
from backhaul.flows.complain import complain_of_message, complain_of_rows, count, message_key, rows_key
from backhaul.flows.decide import decide_returns, lock
from backhaul.flows.deployment import Deployment, Link
from backhaul.flows.left_behind import complain_of_stranded, forget_untold, homes, why_stranded
from backhaul.flows.place import Placed, place
from backhaul.sdk.messages import (
    Message,
    Reading,
    RowProblem,
    Stranded,
    UnknownValue,
    Unreadable,
    problems_of,
    products_of,
    prompts,
    readings_of,
    stranded_of,
)
from backhaul.store import connections, exceptions, inbox, products, returns
from backhaul.store.inbox import Kept, Read
from backhaul.store.outcomes import ToldFact, tell
from backhaul.store.seals import Erased
from backhaul.store.sql import atomic

log = structlog.get_logger()
BATCH = 200
_MOST_ROWS_TOLD = 500


@dataclass(slots=True)
class Opened:
    """A claimed message with what its connector read in it, or why it could not; ``bad_rows`` it read past.

    ``stranded`` are objects that its source left behind, ``homes`` the returns of the orders these name.
    ``again``: what it speaks of became known while it was read; it waits, to be read once more. ``prompts``: it says
    only that there is news, and its source is to be asked.
    """

    kept: Kept
    link: Link
    kind: str = ""
    readings: tuple[Reading, ...] = ()
    products: tuple[Product, ...] = ()
    bad_rows: tuple[RowProblem, ...] = ()
    stranded: tuple[Stranded, ...] = ()
    homes: dict[str, str] = field(default_factory=dict)
    problem: tuple[str, str] | None = None
    placed: list[Placed] = field(default_factory=list)
    again: bool = False
    prompts: bool = False

    @property
    def unplaced(self) -> list[Reading]:
        """The readings of which it is not known what return they speak of."""
        placed = {id(one.reading) for one in self.placed}
        return [reading for reading in self.readings if id(reading) not in placed]


def interpret(deployment: Deployment, limit: int = BATCH) -> int:
    """Read one batch; answers how many messages it took, 0 when none waits."""
    try:
        count, due = _batch(deployment, limit, None)
    except OperationalError:
        raise  # the database is away or chose us to end a deadlock: no message is to blame
    except Exception:
        log.exception("interpret.batch_failed", limit=limit)
        return _one_by_one(deployment, limit)
    deployment.pulse("interpret")
    if due:
        deployment.wake("dispatch")
    return count


def _one_by_one(deployment: Deployment, limit: int) -> int:
    """The batch held a message that breaks: find it by taking each alone, and set it aside with an exception."""
    with atomic():
        ids = [kept.id for kept in inbox.claim(limit, deployment.connection_ids)]
    for message_id in ids:
        try:
            _batch(deployment, 1, [message_id])
        except OperationalError:
            raise
        except Exception as error:
            log.exception("interpret.poison", message_id=message_id)
            with atomic():
                _set_aside(deployment, message_id, f"{type(error).__name__}: {error}")
        deployment.pulse("interpret")
    deployment.wake("dispatch")
    return len(ids)


def _batch(deployment: Deployment, limit: int, only: Sequence[int] | None) -> tuple[int, bool]:
    """How many messages it took, and whether something is to be sent now."""
    with atomic():
        claimed = inbox.claim(limit, deployment.connection_ids, only)
        if not claimed:
            return 0, False
        deployment.renew()
        return_keys = returns.keys(deployment.keys, {name for kept in claimed for name in kept.returns})
        opened = [_open(deployment, kept, return_keys) for kept in claimed]
        for one in opened:
            products.keep(one.link.merchant_id, one.products)
        place(deployment, opened)
        mentioned = {placed.return_id for one in opened for placed in one.placed}
        for one in opened:
            one.homes = homes(one.link.merchant_id, one.stranded)
        # Before a fact is written: two who tell the same of one return come one after the other.
        lock(mentioned.union(*(one.homes.values() for one in opened)))
        touched = _tell(deployment, opened)
        returns.seen(mentioned - touched, deployment.now())
        connections.poll_soon({one.link.id for one in opened if one.prompts})
        due = decide_returns(deployment, touched, locked=True, heard=True)
        _settle(deployment, opened, return_keys)
        return len(claimed), due


def _open(deployment: Deployment, kept: Kept, return_keys: dict[str, bytes | None]) -> Opened:
    link = deployment.link(kept.connection_id)
    opened = Opened(kept, link, kept.kind)
    try:
        body = deployment.keys.open(kept.sealed, *(return_keys.get(name) for name in kept.returns))
        message = Message(link.name, body, kept.received_at, kept.headers, kept.kind)
        if not opened.kind:
            if link.connector.identify is None:
                raise Unreadable(f"connector {link.connector.name} receives no messages")
            opened.kind = link.connector.identify(message, link.settings)
        reader = link.connector.reader(opened.kind)
        if reader is None:
            raise UnknownValue("kind", opened.kind)
        told = reader.read(message, link.settings)
        opened.readings, opened.bad_rows = readings_of(told), problems_of(told)
        opened.products, opened.prompts = products_of(told), prompts(told)
        opened.stranded = stranded_of(told)
    except Erased as error:
        opened.problem = ("unreadable-message", str(error))
    except Unreadable as error:
        opened.problem = ("unreadable-message", str(error))
    except UnknownValue as error:
        opened.problem = ("unknown-value", str(error))
    return opened


def _tell(deployment: Deployment, opened: Sequence[Opened]) -> set[str]:
    """Record the facts; answers the returns that must be decided: those with news, and new ones."""
    now = deployment.now()
    told = [
        ToldFact(placed.return_id, fact, one.kept.id)
        for one in opened
        for placed in one.placed
        for fact in placed.reading.facts
    ]
    news = tell(told, now) if told else set()
    fresh = {placed.return_id for one in opened for placed in one.placed if placed.fresh}
    return news | fresh


def _settle(deployment: Deployment, opened: Sequence[Opened], return_keys: Mapping[str, bytes | None]) -> None:
    now = deployment.now()
    named = {one.kept.id: tuple(sorted({placed.return_id for placed in one.placed})) for one in opened}
    keys = returns.make_keys(deployment.keys, {names[0] for names in named.values() if len(names) == 1})
    read = []
    for one in opened:
        names = named[one.kept.id] or one.kept.returns
        seal = None
        if len(names) == 1 and names != one.kept.returns:
            # A return that was erased has no key and gets none: its messages go under one that nobody keeps.
            key = keys.get(names[0]) or deployment.keys.new_return_key()[0]
            # Read again, it may turn out to be another return's: the two were found to be one.
            before = (return_keys.get(name) for name in one.kept.returns)
            seal = deployment.keys.hand_over(one.kept.sealed.seal, key, *before)
        why = "\n".join(filter(None, (_why_rows(one.bad_rows), why_stranded(one.stranded))))
        state, about = "read", ""
        _complain_of_parts(deployment, one)
        if one.problem is not None:
            state, why = "unreadable", one.problem[1]
            complain_of_message(deployment, one.link, one.kept.id, one.problem[0], why)
        elif one.again:
            state = "waiting"
        elif unplaced := one.unplaced:
            state, about = "unplaced", unplaced[0].order or ""
            unknown = _why_unplaced(one, unplaced)
            complain_of_message(deployment, one.link, one.kept.id, _kind_unplaced(unplaced), unknown, unplaced)
            why = "\n".join(filter(None, (unknown, why)))
        read.append(Read(one.kept.id, state, one.kind, why, about, names, seal))
    inbox.settle(read, now)
    again = {one.kept.id for one in opened if one.kept.again}
    exceptions.close([message_key(one.id) for one in read if one.state == "read" and one.id in again], now)
    whole = [one.kept.id for one in opened if one.kept.again and not (one.bad_rows or one.problem or one.again)]
    exceptions.close([rows_key(id_) for id_ in whole], now)


def _complain_of_parts(deployment: Deployment, one: Opened) -> None:
    """Rows that could not be read, and objects that were left behind."""
    if one.bad_rows:
        complain_of_rows(deployment, one.link, one.kept.id, one.bad_rows)
    if one.kept.again and one.problem is None:
        forget_untold(deployment, one.link, one.kept.id, one.stranded)
    if one.stranded:
        complain_of_stranded(deployment, one.link, one.kept.id, one.stranded, one.homes)


def _why_rows(bad: Sequence[RowProblem]) -> str:
    """Which rows could not be read and why, a line each: it is kept with the message."""
    if not bad:
        return ""
    more = len(bad) - _MOST_ROWS_TOLD
    told = [f"{count(len(bad))} could not be read:", *map(str, bad[:_MOST_ROWS_TOLD])]
    return "\n".join([*told, f"and {more} more"] if more > 0 else told)


def _why_unplaced(one: Opened, unplaced: Sequence[Reading]) -> str:
    orders = ", ".join(sorted({reading.order or "(no order)" for reading in unplaced}))
    return f"message {one.kept.id} speaks of order {orders}; which return is meant is not known yet"


def _kind_unplaced(unplaced: Sequence[Reading]) -> str:
    money = any(type(fact).__name__.startswith("Refund") for reading in unplaced for fact in reading.facts)
    return "refund-without-return" if money else "ambiguous-return"


def _set_aside(deployment: Deployment, message_id: int, why: str) -> None:
    for kept in inbox.claim(1, deployment.connection_ids, [message_id]):
        link = deployment.link(kept.connection_id)
        complain_of_message(deployment, link, kept.id, "unreadable-message", why)
        inbox.settle([Read(kept.id, "unreadable", kept.kind, why, "", kept.returns, None)], deployment.now())
