"""Open the operational exceptions that do not follow from one return's facts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from backhaul.domain.facts import RefundConfirmed
from backhaul.domain.policy import DEFAULT_OWNERS
from backhaul.domain.value import value_at_risk
from backhaul.flows.deployment import Deployment, Link
from backhaul.sdk.messages import Reading, RowProblem
from backhaul.store import exceptions, returns
from backhaul.store.exceptions import Opening

_ROWS_SHOWN = 3


def complain_of_message(
    deployment: Deployment, link: Link, message_id: int, kind: str, why: str, readings: Sequence[Reading] = ()
) -> None:
    """A message could not be read, or the returns of its ``readings`` could not be told: confirmed money is at risk."""
    confirmed = [fact.amount for one in readings for fact in one.facts if isinstance(fact, RefundConfirmed)]
    _open(
        deployment,
        message_key(message_id),
        kind,
        link.merchant_id,
        why,
        deployment.policies[link.merchant_id].owner(kind),
        about=f"message {message_id} of {link.name}",
        message_id=message_id,
        connection_id=link.id,
        value=tuple(value_at_risk(confirmed, (), {})),
    )


def complain_of_rows(deployment: Deployment, link: Link, message_id: int, bad: Sequence[RowProblem]) -> None:
    """Some rows of a message could not be read, and the others were: one exception for all of them."""
    first = "; ".join(map(str, bad[:_ROWS_SHOWN]))
    more = len(bad) - _ROWS_SHOWN
    _open(
        deployment,
        rows_key(message_id),
        "unreadable-rows",
        link.merchant_id,
        f"{count(len(bad))} could not be read: {first}" + (f"; and {more} more" if more > 0 else ""),
        deployment.policies[link.merchant_id].owner("unreadable-rows"),
        about=f"message {message_id} of {link.name}",
        message_id=message_id,
        connection_id=link.id,
    )


def message_key(message_id: int) -> str:
    """The key of the exception about a whole message."""
    return f"message:{message_id}"


def rows_key(message_id: int) -> str:
    """The key of the exception about rows of a message."""
    return f"rows:{message_id}"


def count(rows: int) -> str:
    return "1 row" if rows == 1 else f"{rows} rows"


def complain_of_link(deployment: Deployment, one: str, other: str) -> None:
    """One message gave both names, and both returns already have documents or an own name of the same kind."""
    merchant_id = returns.merchant_of(one)
    _open(
        deployment,
        f"link-conflict:{min(one, other)}:{max(one, other)}",
        "link-conflict",
        merchant_id,
        f"a message says that {one} and {other} are one return, and both already have documents in other systems, or "
        "names that only two returns can have",
        deployment.policies[merchant_id].owner("link-conflict"),
        about=other,
        return_id=one,
    )


def complain_of_return(deployment: Deployment, return_id: str, why: str) -> None:
    """What follows from a return's facts could not be worked out; nothing more is done for it until it can."""
    merchant_id = returns.merchant_of(return_id)
    _open(
        deployment,
        f"undecided:{return_id}",
        "undecided",
        merchant_id,
        f"what follows from its facts could not be worked out ({why})",
        deployment.policies[merchant_id].owner("undecided"),
        about=return_id,
        return_id=return_id,
    )


def complain_of_connection(deployment: Deployment, link: Link, why: str) -> None:
    """A connection has been failing for a while; work for it waits and nothing is lost."""
    _open(
        deployment,
        f"connection-failing:{link.name}",
        "connection-failing",
        link.merchant_id,
        why,
        DEFAULT_OWNERS["connection-failing"],
        about=link.name,
        connection_id=link.id,
    )


def complain_of_silence(deployment: Deployment, link: Link, key: str, why: str) -> None:
    """A connection has received nothing for longer than it usually does."""
    _open(
        deployment,
        key,
        "source-silent",
        link.merchant_id,
        f"{link.name}: {why}",
        deployment.policies[link.merchant_id].owner("source-silent"),
        about=link.name,
        connection_id=link.id,
    )


def complain_of_effect(deployment: Deployment, link: Link, key: str, kind: str, why: str) -> None:
    """An effect that belongs to no single return (a stock flush) was refused or is ambiguous."""
    _open(
        deployment,
        f"effect:{key}",
        kind,
        link.merchant_id,
        why,
        deployment.policies[link.merchant_id].owner(kind),
        about=key,
        connection_id=link.id,
    )


def _open(deployment: Deployment, key: str, kind: str, merchant_id: int, cause: str, owner: str, **about: Any) -> None:
    now = deployment.now()
    due = now + deployment.times.exception_due
    exceptions.open_all([Opening(key, kind, merchant_id, cause, owner, due, **about)], now)
