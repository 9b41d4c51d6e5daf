"""Weigh gaps: how many returns, units, messages and documents wait for each, and what they are worth."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from backhaul.domain.mappings import Name
from backhaul.domain.money import Money
from backhaul.domain.policy import Policy
from backhaul.domain.returns import Return, fold
from backhaul.domain.specificity import ANY
from backhaul.domain.units import Unit
from backhaul.domain.unmapped import unmapped
from backhaul.flows.deployment import Deployment
from backhaul.flows.find_gaps import Gap, unknown_word
from backhaul.flows.weigh import worth_minor
from backhaul.store import waiting
from backhaul.store.browse.amounts import total
from backhaul.store.browse.exceptions import one_exception
from backhaul.store.cases import Case, load

MOST_WEIGHED = 2_000
_BATCH = 200


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for a gap to be closed; ``value`` is what the units cost, ``at_risk`` what their exceptions state.

    ``whole`` is false where more exceptions are open than are looked at for it.
    """

    units: int = 0
    returns: int = 0
    messages: int = 0
    documents: int = 0
    value: tuple[Money, ...] = ()
    at_risk: tuple[Money, ...] = ()
    whole: bool = True

    @property
    def anything(self) -> bool:
        return bool(self.units or self.messages or self.documents)


@dataclass(frozen=True, slots=True)
class _Held:
    """A unit that is held up, what it cost, and what is at risk by it."""

    return_id: str
    value: tuple[Money, ...]
    at_risk: tuple[Money, ...]


def weigh_gaps(deployment: Deployment, merchant_id: int, gaps: Sequence[Gap]) -> tuple[tuple[Gap, Waiting], ...]:
    """The gaps with what waits for each: those that hold up most returns first, then as they were."""
    held, whole = _held(merchant_id, deployment.policies[merchant_id])
    weighed = [(gap, _waiting(merchant_id, gap, held, whole=whole)) for gap in gaps]
    return tuple(sorted(weighed, key=lambda one: (not one[1].anything, -one[1].returns, -one[1].messages)))


def asked_by(deployment: Deployment, merchant_id: int, exception_key: str) -> Name | None:
    """What must be mapped for an open exception to close; None where no mapping closes it."""
    row = one_exception(merchant_id, exception_key)
    if row is None or row.state != "open":
        return None
    if row.kind == "unknown-value":
        word = unknown_word(row.cause)
        return ("word", word, ANY, ANY) if word is not None else None
    if row.return_id is None or row.kind not in waiting.WAITING_KINDS:
        return None
    deployment.renew()
    policy = deployment.policies[merchant_id]
    for case in load([row.return_id]).values():
        return_ = _folded(case, policy)
        unit = return_.units.get(row.about)
        if unit is not None:
            return dict(unmapped(unit, return_, policy)).get(row.kind)
    return None


def _waiting(merchant_id: int, gap: Gap, held: dict[Name, list[_Held]], *, whole: bool) -> Waiting:
    mine = [
        one
        for (kind, value, site, _), some in held.items()
        if (kind, value) == (gap.kind, gap.value) and gap.site in (ANY, site)
        for one in some
    ]
    messages = len(waiting.messages_concerned(merchant_id, [gap.name]))
    refused = waiting.refused_concerned(merchant_id, [gap.name])
    returns = {one.return_id for one in mine} | {return_id for _, return_id in refused if return_id is not None}
    value = total(money for one in mine for money in one.value)
    at_risk = total(money for one in mine for money in one.at_risk)
    return Waiting(len(mine), len(returns), messages, len(refused), value, at_risk, whole)


def _held(merchant_id: int, policy: Policy) -> tuple[dict[Name, list[_Held]], bool]:
    """What is held up, by what must be mapped for it; and whether that is all there is."""
    open_ = waiting.held_up(merchant_id, MOST_WEIGHED + 1)
    risks = {(return_id, kind, about): value for return_id, kind, about, value in open_[:MOST_WEIGHED]}
    found: defaultdict[Name, list[_Held]] = defaultdict(list)
    wanted = sorted({return_id for return_id, *_ in risks})
    for start in range(0, len(wanted), _BATCH):
        for case in load(wanted[start : start + _BATCH]).values():
            return_ = _folded(case, policy)
            for ref, unit in return_.units.items():
                for kind, name in unmapped(unit, return_, policy):
                    at_risk = risks.get((case.return_id, kind, ref))
                    if at_risk is not None:
                        found[name].append(_Held(case.return_id, _worth(unit, return_, policy), at_risk))
    return found, len(open_) <= MOST_WEIGHED


def _worth(unit: Unit, return_: Return, policy: Policy) -> tuple[Money, ...]:
    order = return_.orders.get(unit.order)
    return (Money(worth_minor(unit, order, policy), order.currency),) if order is not None else ()


def _folded(case: Case, policy: Policy) -> Return:
    orders = {number: order.frozen for number, order in case.orders.items() if order.frozen is not None}
    return fold(case.return_id, case.facts, orders=orders, policy=policy)
