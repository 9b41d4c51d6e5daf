"""Decide anew what follows from the facts of some returns, and write down what changed. Inside the caller's commit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from backhaul.domain import effects as e
from backhaul.domain.allocation import allocate
from backhaul.domain.approvals import WITHDRAWN
from backhaul.domain.decision import Decision, decide
from backhaul.domain.facts import UnitAllocated, UnitReleased
from backhaul.domain.orders import sold_slots
from backhaul.domain.policy import Policy
from backhaul.domain.records import Owed, Records
from backhaul.domain.returns import Return, fold
from backhaul.domain.twins import twins
from backhaul.flows.deployment import Deployment
from backhaul.store import allocations, effects, kin, registry, returns
from backhaul.store.cases import Case, load
from backhaul.store.codec import to_json
from backhaul.store.outcomes import Outcomes, PlannedEffect, ToldFact, payload_hash, tell, write

# Exceptions about a return that do not follow from its facts alone: others open and close them.
_NOT_DECIDED_HERE = ("overdue:", "link-conflict:", "stranded:")
_NO_SYSTEM: tuple[type[e.Effect], ...] = (e.Restock, e.RestockAtStorefront)


def decide_returns(
    deployment: Deployment, return_ids: Iterable[str], *, locked: bool = False, heard: bool = False
) -> bool:
    """Lock the returns and their orders, decide each, write the differences; a decision twice changes nothing.

    Answers whether an effect is due now that was not before, or is due with another payload.

    ``locked``: the caller has locked them all with ``lock`` in this commit. ``heard``: a message has just spoken of
    them all, which is noted with the rest, in one go.
    """
    wanted = sorted(set(return_ids))
    if not wanted:
        return False
    now = deployment.now()
    deployment.renew()
    if not locked:
        lock(wanted)
    cases = load(wanted)
    told: list[ToldFact] = []
    takes: list[tuple[int, str, UnitAllocated | UnitReleased]] = []
    states: list[tuple[Case, Return, Policy]] = []
    for return_id in wanted:
        case = cases[return_id]
        policy = deployment.policy_of(case.merchant_id, case.first_seen_at)
        states.append((case, state_of(case, policy, now, told, takes), policy))
    if told:
        tell(told, now)
        allocations.write(takes)
    outcomes = Outcomes()
    for case, state, policy in beside_others(states):
        _one(deployment, case, state, policy, outcomes, heard)
    due = now + deployment.times.exception_due
    owners = {exception.owner for _, _, exception in outcomes.exceptions}
    write(outcomes, now, dict.fromkeys(owners, due))
    # Who found no sold unit left may find one now: the next sweep decides them, under locks of their own.
    freed = {order_id for order_id, _, fact in takes if isinstance(fact, UnitReleased)}
    if freed:
        returns.leave_undecided(allocations.over_returned(freed))
    return any(one.standing == "due" and one.connection_id is not None for one in outcomes.effects)


def lock(return_ids: Iterable[str]) -> None:
    """Lock the returns' orders, then the returns, then their effects that nobody has claimed yet.

    Everybody locks in this order. From here on nobody claims what is about to be decided otherwise.
    """
    wanted = sorted(set(return_ids))
    if wanted:
        registry.lock_cases(wanted)
        effects.keep_unclaimed(wanted)


def state_of(
    case: Case,
    policy: Policy,
    now: datetime,
    told: list[ToldFact],
    takes: list[tuple[int, str, UnitAllocated | UnitReleased]],
) -> Return:
    """The return's state after each of its units was given a sold unit, or could not be."""
    orders = {number: order.frozen for number, order in case.orders.items() if order.frozen is not None}

    def folded() -> Return:
        return fold(
            case.return_id,
            case.facts,
            label=case.label,
            initiated_at=case.initiated_at,
            orders=orders,
            policy=policy,
        )

    state = folded()
    records = _active(case)
    changed = False
    for number, frozen in sorted(orders.items()):
        order = case.orders[number]
        change = allocate(state, frozen, order.taken, policy, records)
        changes: list[UnitReleased | UnitAllocated] = [replace(one, at=now) for one in change.released]
        changes += [replace(one, at=now) for one in change.taken]
        for fact in changes:
            case.facts.append(fact)
            told.append(ToldFact(case.return_id, fact))
            for line, index in sold_slots(frozen.line(fact.line), fact.index):
                takes.append((order.id, case.return_id, replace(fact, line=line, index=index)))
                order.taken.symmetric_difference_update({(line, index)})
            changed = True
    return folded() if changed else state


def _active(case: Case) -> Records:
    """What is on record for the case and still means something."""
    return Records({key: record for key, record in case.records.items() if record.standing != "moot"})


def beside_others(states: list[tuple[Case, Return, Policy]]) -> list[tuple[Case, Return, Policy]]:
    """The states with what is known of other returns of their orders, and by which names each goes."""
    return _with_names(_with_twins(states))


def _with_twins(states: list[tuple[Case, Return, Policy]]) -> list[tuple[Case, Return, Policy]]:
    """Tell each return which others of its orders may be the same one; most orders have no other."""
    near = {case.return_id: case.beside for case, _, _ in states if case.beside}
    if not near:
        return states
    joined = registry.joined(other for others in near.values() for other in others)
    near = {name: {joined.get(other, other) for other in others} - {name} for name, others in near.items()}
    every = {*near, *(other for others in near.values() for other in others)}
    known, apart = kin.known(every), kin.told_apart(every)
    return [
        (case, replace(state, twins=twins(known[name], [known[one] for one in sorted(near[name])], apart)), policy)
        if (name := case.return_id) in near
        else (case, state, policy)
        for case, state, policy in states
    ]


def _with_names(states: list[tuple[Case, Return, Policy]]) -> list[tuple[Case, Return, Policy]]:
    """Tell each return that others are told of all names it goes by: any of them may be on the parcel."""
    told_of = [
        case.return_id
        for case, _, policy in states
        if any(choice != "never" for choice in (policy.announce_on, policy.approve_refunds, policy.track_returns))
    ]
    if not told_of:
        return states
    names = registry.names_of(told_of)
    return [
        (case, replace(state, called=tuple(names[case.return_id])) if case.return_id in names else state, policy)
        for case, state, policy in states
    ]


def conclude(case: Case, state: Return, policy: Policy) -> tuple[Decision, Records]:
    """The decision for one case, and the records it was made with; nothing is written."""
    elsewhere = {
        number: sum(total for return_id, total in order.credited.items() if return_id != case.return_id)
        for number, order in case.orders.items()
    }
    records = replace(_active(case), credited_elsewhere=elsewhere)
    decision = decide(state, policy, records, case.posted)
    for number, order in case.orders.items():
        # The next return of this batch must not have the room that this one has just taken.
        order.credited[case.return_id] = _credited(decision, number)
    return decision, records


def _one(deployment: Deployment, case: Case, state: Return, policy: Policy, outcomes: Outcomes, heard: bool) -> None:
    decision, _ = conclude(case, state, policy)
    if any(key.startswith("link-conflict:") for key in case.exceptions):
        decision = replace(decision, closed=False)
    _plan(deployment, case, decision, policy, outcomes)
    merchant, name = case.merchant_id, case.return_id
    outcomes.entries += [(merchant, name, entry) for entry in decision.entries]
    open_ = {exception.key: exception for exception in decision.exceptions if exception.key not in state.waived}
    outcomes.exceptions += [(merchant, name, exception) for exception in open_.values()]
    outcomes.gone += sorted(key for key in case.exceptions - set(open_) if not key.startswith(_NOT_DECIDED_HERE))
    expected = {expectation.key: expectation for expectation in decision.expectations}
    outcomes.expectations += [
        (merchant, name, expectation) for key, expectation in expected.items() if key not in case.expectations
    ]
    met = sorted(case.expectations - set(expected))
    outcomes.met += met
    outcomes.gone += [f"overdue:{key}" for key in met]
    skus = sorted({unit.sku for unit in state.units.values() if unit.sku})
    numbers, far = list(state.order_numbers), stage(state, decision)
    summary = (numbers, skus, len(state.units), far, decision.squared, decision.closed)
    if case.undecided or heard or summary != case.summary:
        outcomes.returns.append((name, heard, *summary))


def _credited(decision: Decision, order: str) -> int:
    """What the owed credit notes and corrections of one order come to, minor units."""
    notes = (item.effect for item in decision.owed)
    return sum(
        note.total_minor if isinstance(note, e.IssueCreditNote) else note.delta_minor
        for note in notes
        if isinstance(note, e.IssueCreditNote | e.CorrectCreditNote) and note.order == order
    )


def stage(state: Return, decision: Decision) -> str:
    """How far the return as a whole is: the least far unit's step, or closed, or expired."""
    if decision.closed:
        return "closed"
    live = [unit for unit in state.units.values() if not unit.never_left]
    if not live:
        return "expired" if state.units else "announced"
    steps = ("expected", "dropped-off", "shipped", "received", "inspected")
    return min((unit.goods for unit in live), key=steps.index)


def _plan(deployment: Deployment, case: Case, decision: Decision, policy: Policy, outcomes: Outcomes) -> None:
    owed_keys = {item.key for item in decision.owed}
    for item in decision.owed:
        record = case.records.get(item.key)
        if record is not None and record.frozen and isinstance(item.effect, e.ApproveRefund):
            if item.abandoned:
                outcomes.withdrawn.append(item.key)
            elif record.standing == "refused" and record.kind == WITHDRAWN:
                outcomes.revived.append(item.key)
        if record is not None and (record.frozen or record.standing == "done"):
            continue
        payload = to_json(item.effect)
        standing = "waiting" if decision.held and not isinstance(item.effect, e.LookUpOrder) else _standing(item, case)
        if record is not None and record.standing == "refused":
            standing = "refused"
        known = case.hashes.get(item.key)
        if record is not None and record.standing == standing and known == (payload_hash(payload), item.after):
            continue
        outcomes.effects.append(_planned(deployment, case, item, payload, standing, policy))
    outcomes.moot += [
        key
        for key, record in case.records.items()
        if key not in owed_keys and not record.frozen and record.standing not in ("moot", "done")
    ]


def _standing(item: Owed, case: Case) -> str:
    ready = all((record := case.records.get(key)) is not None and record.standing == "done" for key in item.after)
    return "due" if ready else "waiting"


def _planned(
    deployment: Deployment, case: Case, item: Owed, payload: str, standing: str, policy: Policy
) -> PlannedEffect:
    kind = type(item.effect)
    link = None if kind in _NO_SYSTEM else deployment.performer(case.merchant_id, kind)
    order = case.orders.get(getattr(item.effect, "order", ""))
    return PlannedEffect(
        item.key,
        item.effect.verb,
        case.merchant_id,
        link.id if link is not None else None,
        case.return_id,
        order.id if order is not None else None,
        payload,
        policy.version,
        item.after,
        standing,
    )
