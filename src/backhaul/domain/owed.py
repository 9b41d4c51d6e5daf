"""What the facts so far oblige us to have done elsewhere. More facts never take an attempted effect away."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from backhaul.domain import effects as e
from backhaul.domain.announcements import announcements
from backhaul.domain.approvals import approvals
from backhaul.domain.contents import contents
from backhaul.domain.coverage import Scope, covered, having, keys_by_unit, lend, lines_of, scope_of
from backhaul.domain.credits import Chains, Moneys, owed_money
from backhaul.domain.exchange_orders import exchange_orders, recall
from backhaul.domain.openings import Openings
from backhaul.domain.placements import Misplaced, is_missing, placements
from backhaul.domain.policy import Policy
from backhaul.domain.records import Owed, Records
from backhaul.domain.returns import Return
from backhaul.domain.settlements import Settled, base, gross_minor
from backhaul.domain.storefront import at_storefront
from backhaul.domain.units import Unit, missing_key


@dataclass(frozen=True, slots=True)
class Plan:
    """All effects owed for a return, every refund by order with what holds it, the units that are paid for, and those
    that were brought to a place where they do not belong any more."""

    owed: tuple[Owed, ...]
    settled: Mapping[str, list[Settled]]
    paid: frozenset[str]
    misplaced: tuple[Misplaced, ...] = ()


def owed(return_: Return, policy: Policy, records: Records) -> tuple[Owed, ...]:
    """Every effect owed for this return, each with its key and what it waits for.

    An effect on record that was attempted keeps its payload and what it covers is not owed again; one that was not
    attempted and is not in the answer is moot.
    """
    return plan(return_, policy, records).owed


def plan(return_: Return, policy: Policy, records: Records) -> Plan:
    """What is owed, and why what is not owed yet is held back."""
    answer: list[Owed] = []
    settled: dict[str, list[Settled]] = {}
    paid: set[str] = set()
    misplaced: list[Misplaced] = []
    recall(return_, records)
    for number in return_.order_numbers:
        order = return_.orders.get(number)
        look_up = e.LookUpOrder(return_.id, number)
        if order is None or e.key(look_up) in records.by_key:
            answer.append(Owed(e.key(look_up), look_up))
        if order is None:
            continue
        scope = scope_of(return_, order, policy, records)
        opened = _authorisations(scope)
        authorisations = opened.owed()
        stands_on = opened.stands_on(authorisations)
        receipts, received = _receipts(scope, stands_on)
        swaps = exchange_orders(scope)
        money = owed_money(scope, Chains(stands_on, received | _received_by_erp(scope), swaps.withdrawn))
        notes = keys_by_unit(money.owed, e.IssueCreditNote, return_)
        notes = _lend_guessed(scope, notes, money)
        for ref in [unit.ref for one in money.settled if one.taken_back for unit in one.units]:
            notes.pop(ref, None)
        placed, wrongly = placements(scope, received)
        answer += authorisations + receipts + placed + swaps.owed + money.owed
        answer += announcements(scope, stands_on)
        misplaced += wrongly
        answer += _endings(scope, authorisations, stands_on, receipts, received, notes, money.owed, swaps.by_unit)
        settled[number] = money.settled
        paid.update(notes)
        paid.update(unit.ref for one in money.settled if not (one.held or one.taken_back) for unit in one.units)
        answer += approvals(scope, paid, money.settled) + contents(scope)
        through = frozenset(
            unit.ref for unit in scope.units if _is_through(unit, scope, received, notes, swaps.by_unit)
        )
        answer += at_storefront(scope, placed, money, paid, through, swaps.withdrawn)
    return Plan((*answer, *_left_over(answer, records)), settled, frozenset(paid), tuple(misplaced))


def _left_over(answer: Iterable[Owed], records: Records) -> Iterable[Owed]:
    """Attempted effects that nothing asks for any more: they stay, whatever became known since."""
    asked = {item.key for item in answer}
    for key in sorted(records.by_key.keys() - asked):
        record = records.by_key[key]
        if record.frozen and not isinstance(record.effect, e.FlushStock):
            yield Owed(key, record.effect)


def _lend_guessed(scope: Scope, notes: dict[str, str], money: Moneys) -> dict[str, str]:
    """A refund that did not say which units it pays for pays for those of the line that came back."""
    guessed = {
        key for key, note in having(money.owed, e.IssueCreditNote) if base(note.refund) in money.guessed
    }  # fmt: skip
    if not guessed:
        return notes
    came = [unit for unit in scope.units if unit.past("received")]
    lent = lend(came, {ref: key for ref, key in notes.items() if key in guessed}, scope.return_)
    return {**{ref: key for ref, key in notes.items() if key not in guessed}, **lent}


def _authorisations(scope: Scope) -> Openings[e.OpenReturnAuthorisation]:
    return_, order = scope.return_, scope.order

    def make(units: list[Unit], turn: int) -> e.OpenReturnAuthorisation:
        told = {unit.ref: scope.policy.reason(unit.reason) for unit in units if unit.reason is not None}
        reasons = {ref: reason for ref, reason in sorted(told.items()) if reason is not None}
        lines = lines_of(units, order)
        return e.OpenReturnAuthorisation(
            return_.id, order.number, return_.label, lines, return_.initiated_at, turn, reasons
        )

    return Openings(scope, e.OpenReturnAuthorisation, e.CancelReturnAuthorisation, make)


def _receipts(scope: Scope, stands_on: Mapping[str, str]) -> tuple[list[Owed], dict[str, str]]:
    """The warehouse's receipts per authorisation and site, and which receipt each unit has.

    Where the ERP receives by itself there is nothing to do.
    """
    answer = [Owed(record.key, effect, (effect.authorisation,)) for record, effect in scope.frozen(e.ReceiveReturn)]
    received = keys_by_unit(answer, e.ReceiveReturn, scope.return_)
    if scope.policy.receipt_authority == "erp":
        return answer, received
    arrived = [unit for unit in scope.units if unit.past("received") and not is_missing(unit, scope.policy)]
    received = lend(arrived, received, scope.return_)
    groups: dict[tuple[str, str], list[Unit]] = {}
    for unit in arrived:
        if unit.ref not in received and unit.ref in stands_on:
            groups.setdefault((stands_on[unit.ref], unit.site or scope.policy.primary_site), []).append(unit)
    for (authorisation, site), units in sorted(groups.items()):
        lines = lines_of(units, scope.order)
        owed_ = scope.owe(
            e.ReceiveReturn(scope.return_.id, scope.order.number, authorisation, site, lines), authorisation
        )
        answer.append(owed_)
        received.update(dict.fromkeys((unit.ref for unit in units), owed_.key))
    return answer, received


def _received_by_erp(scope: Scope) -> dict[str, str]:
    """The units that the ERP received by itself; there is no receipt of ours to wait for."""
    if scope.policy.receipt_authority != "erp":
        return {}
    return {unit.ref: "" for unit in scope.units if unit.past("received") and not is_missing(unit, scope.policy)}


def _endings(
    scope: Scope,
    authorisations: list[Owed],
    stands_on: Mapping[str, str],
    receipts: list[Owed],
    received: Mapping[str, str],
    credited: Mapping[str, str],
    money: list[Owed],
    replaced: Mapping[str, str],
) -> list[Owed]:
    """Authorisations that are through are closed, those of which nothing came or will come are withdrawn."""
    records = {record.credit_note: key for key, record in having(money, e.RecordRefund)}
    used = {receipt.authorisation for _, receipt in having(receipts, e.ReceiveReturn)}
    return_, number = scope.return_, scope.order.number
    answer = []
    for authorisation, opened in having(authorisations, e.OpenReturnAuthorisation):
        units = covered(opened.lines, return_) & return_.units.keys()
        coming = [unit for unit in scope.units if stands_on.get(unit.ref) == authorisation and not unit.never_left]
        if units and not coming and authorisation not in used:
            answer.append(scope.owe(e.CancelReturnAuthorisation(return_.id, number, authorisation), authorisation))
            continue
        through = (_is_through(unit, scope, received, credited, replaced) for unit in coming)
        if (coming or authorisation in used) and all(through):
            refs = [unit.ref for unit in coming]
            notes = dict.fromkeys(credited[ref] for ref in refs if ref in credited)
            after = dict.fromkeys(
                [authorisation]
                + [received[ref] for ref in refs if ref in received]
                + list(notes)
                + [records[note] for note in notes if note in records]
                + [replaced[ref] for ref in refs if ref in replaced]
            )
            uncredited = tuple(sorted(ref for ref in units if ref not in credited))
            absent = tuple(sorted(ref for ref in units if _is_absent(ref, authorisation, scope, stands_on, received)))
            close = e.CloseReturnAuthorisation(return_.id, number, authorisation, uncredited, absent)
            answer.append(scope.owe(close, *after))
    return answer


def _is_absent(
    ref: str, authorisation: str, scope: Scope, stands_on: Mapping[str, str], received: Mapping[str, str]
) -> bool:
    """Whether that unit of an authorisation that is through will not come on it."""
    unit = scope.return_.units[ref]
    if scope.policy.receipt_authority == "erp":
        return not unit.arrived
    return unit.never_left or stands_on.get(ref) != authorisation or ref not in received


def _is_through(
    unit: Unit, scope: Scope, received: Mapping[str, str], credited: Mapping[str, str], replaced: Mapping[str, str]
) -> bool:
    """Whether goods and money of a unit are settled: in hand or given up by somebody, credited or exchanged."""
    here = unit.ref in received or (scope.policy.receipt_authority == "erp" and unit.arrived)
    arrived = here or unit.absent or (unit.missing and missing_key(scope.return_.id, unit) in scope.return_.waived)
    ours = scope.policy.exchange_owner == "backhaul" and unit.exchange is not None
    paid = unit.ref in credited or unit.declined or gross_minor([unit], scope.order) == 0
    done = not ours or unit.declined or unit.ref in replaced
    return arrived and paid and done
