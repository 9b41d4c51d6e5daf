"""Find where the refund of an order is, over all its returns, and say it in plain sentences. It only looks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo

from backhaul.domain.whereabouts import Awaited, InTheWay, Paper, Story, Telling, look, summed_up, tell
from backhaul.flows.deployment import Deployment
from backhaul.store.browse.exceptions import ExceptionRow
from backhaul.store.browse.one_return import WholeReturn, one_return
from backhaul.store.browse.orders import count_orders, find_order, waiting_for_a_return
from backhaul.store.codec import read_effect, to_json


@dataclass(frozen=True, slots=True)
class ReturnAnswer:
    """One return of the order, and what there is to say of it."""

    return_id: str
    label: str
    stage: str
    closed: bool
    telling: Telling


@dataclass(frozen=True, slots=True)
class Answer:
    """``says`` is the whole in one or two sentences; ``in_the_way`` is about the order and no return of it.

    An order that is not ``found`` has no returns: ``says`` tells what was looked at.
    """

    asked: str
    found: bool
    orders: tuple[str, ...]
    says: str
    returns: tuple[ReturnAnswer, ...] = ()
    in_the_way: tuple[str, ...] = ()


def find_refund(deployment: Deployment, merchant_id: int, typed: str) -> Answer:
    """What customer care can tell the shopper who asks with this order number."""
    now, zone = deployment.now(), _zone(deployment, merchant_id)
    stray = tuple(look(each, zone) for each in _in_the_way(waiting_for_a_return(merchant_id, typed)))
    found = find_order(merchant_id, typed)
    if found is None:
        return Answer(typed.strip(), found=False, orders=(), says=_nothing(merchant_id, typed, stray), in_the_way=stray)
    deployment.renew()
    policy_of = deployment.effective.at if merchant_id in deployment.policies else lambda _, __: None
    wholes = [whole for name in found.return_ids if (whole := one_return(merchant_id, name, policy_of)) is not None]
    told = tuple(_one(whole, found.numbers, now, zone) for whole in wholes)
    called = f"Order {' and '.join(found.numbers)}"
    through = f" (found by {found.through}, a name of its return)" if found.through else ""
    many = f"{len(told)} returns" if len(told) != 1 else "1 return"
    says = f"{called}{through}, {many}: {summed_up([each.telling for each in told])}"
    return Answer(typed.strip(), found=True, orders=found.numbers, says=says, returns=told, in_the_way=stray)


def _one(whole: WholeReturn, numbers: Iterable[str], now: datetime, zone: tzinfo) -> ReturnAnswer:
    papers = tuple(
        Paper(read_effect(row.verb, to_json(row.payload)), row.standing, row.reference or "", row.why)
        for row in whole.documents
        if row.standing != "moot"
    )
    awaited = tuple(Awaited(row.kind, row.about, row.due_at) for row in whole.expectations)
    troubles = _in_the_way(row for row in whole.exceptions if row.state == "open")
    telling = tell(Story(whole.state, papers, awaited, troubles), numbers, now, zone)
    return ReturnAnswer(whole.row.id, whole.row.label, whole.row.stage, whole.row.closed, telling)


def _in_the_way(found: Iterable[ExceptionRow]) -> tuple[InTheWay, ...]:
    return tuple(InTheWay(row.cause, row.remedy, row.owner, row.due_at) for row in found)


def _nothing(merchant_id: int, typed: str, stray: tuple[str, ...]) -> str:
    orders = count_orders(merchant_id)
    looked = (
        f"Looked at the {orders} orders that are known here (as typed, and without #, blanks and case), at the "
        "names of all returns, and at the messages that belong to no return."
    )
    if stray:
        return f"No return speaks of order {typed.strip()}, but a message does. {looked}"
    return (
        f"Nothing is known of order {typed.strip()}. {looked} Either no return of it was started, or its platform has "
        "not told us, or the number is another one."
    )


def _zone(deployment: Deployment, merchant_id: int) -> ZoneInfo:
    policy = deployment.policies.get(merchant_id)
    return ZoneInfo(policy.timezone if policy is not None else "UTC")
