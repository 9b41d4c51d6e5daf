"""The money chain: which refund is credited with which units, for exactly the confirmed money."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from backhaul.domain import effects as e
from backhaul.domain.coverage import covered, having, keys_by_unit, lines_of
from backhaul.domain.facts import RefundConfirmed
from backhaul.domain.orders import FrozenOrder, shares
from backhaul.domain.policy import Policy
from backhaul.domain.records import Owed, Records
from backhaul.domain.returns import Return
from backhaul.domain.units import Unit

PROVISIONAL = "approval-"
PART = "~"
_MOST_UNITS_TO_COMBINE = 12


@dataclass(frozen=True, slots=True)
class Settled:
    """One refund with the units it pays for. ``provisional`` ones are the platform's word without a stated amount."""

    refund: str
    units: tuple[Unit, ...]
    amount_minor: int
    fee_minor: int
    tender: str = "original"
    provisional: bool = False

    def expected_minor(self, order: FrozenOrder) -> int:
        """Goods and tax of the units, less the fee: what should have been paid out."""
        return gross_minor(self.units, order) - self.fee_minor


def gross_minor(units: Iterable[Unit], order: FrozenOrder) -> int:
    """Price paid and tax of those units together, minor units."""
    total = 0
    for unit in units:
        if unit.allocation is not None:
            share = shares(order.line(unit.allocation[0]))[unit.allocation[1]]
            total += share.net_minor + share.tax_minor
    return total


def refund_units(
    return_: Return, order: FrozenOrder, accepted: Sequence[Unit], policy: Policy, records: Records
) -> list[Settled]:
    """Each confirmed refund of the order with its units.

    They are those of its credit note once that was attempted, else the stated ones, else those whose worth the
    amount is, else all that are approved.
    """
    fixed = _fixed(return_, order, records)
    free = [unit for unit in accepted if not unit.never_left and unit.exchange is None]
    settled: list[Settled] = []
    confirmed = sorted(
        (
            fact
            for refund in return_.refunds.values()
            if (fact := refund.confirmed) is not None
            and fact.order == order.number
            and fact.amount.currency == order.currency
            and fact.amount.minor > 0
        ),
        key=lambda fact: (fact.refund not in fixed, not fact.units, fact.refund),
    )
    charged = False
    for fact in confirmed:
        fee = _fee_minor(fact, free, policy, charged)
        units = fixed.get(fact.refund) or _units_for(fact, free, fee, return_, order)
        charged |= bool(fee)
        free = [unit for unit in free if unit not in units]
        settled.append(Settled(fact.refund, tuple(units), fact.amount.minor, fee, fact.tender))
    return settled


def _fixed(return_: Return, order: FrozenOrder, records: Records) -> dict[str, list[Unit]]:
    """The units of refunds whose credit notes were attempted, by refund id."""
    fixed: dict[str, list[Unit]] = {}
    for _, note in records.frozen(e.IssueCreditNote):
        if note.order == order.number:
            units = [unit for ref in sorted(_refs(note, return_)) if (unit := return_.names.resolve(ref)) is not None]
            fixed.setdefault(note.refund.split(PART)[0], []).extend(units)
    return fixed


def _fee_minor(fact: RefundConfirmed, free: Sequence[Unit], policy: Policy, charged: bool) -> int:
    """The stated fee, else the policy's for the way the parcel came: once per order, only on the original tender."""
    if fact.fee is not None:
        return fact.fee.minor
    if charged or fact.tender != "original":
        return 0
    return policy_fee_minor(free, policy, fact.amount.currency)


def policy_fee_minor(units: Sequence[Unit], policy: Policy, currency: str) -> int:
    """The fee of the policy for these units' drop-off method, 0 where it has none in that currency."""
    fees = [fee for unit in units if (fee := policy.fees.get(unit.method or "")) is not None]
    return max((fee.minor for fee in fees if fee.currency == currency), default=0)


def _units_for(
    fact: RefundConfirmed, free: Sequence[Unit], fee: int, return_: Return, order: FrozenOrder
) -> list[Unit]:
    if fact.units:
        stated: list[Unit] = []
        for name in fact.units:
            found = (
                return_.names.matching(name) if name.line is None and name.item is None else [return_.names.get(name)]
            )
            stated += [unit for unit in found if unit is not None and unit in free and unit not in stated][:1]
        return stated
    approved = [unit for unit in free if unit.money == "approved"]
    wanted = fact.amount.minor + fee
    for pool in (approved, list(free)):
        if gross_minor(pool, order) == wanted:
            return pool
        if len(pool) <= _MOST_UNITS_TO_COMBINE:
            for size in range(1, len(pool)):
                for combination in combinations(pool, size):
                    if gross_minor(combination, order) == wanted:
                        return list(combination)
    return approved or list(free)


def owed_money(
    return_: Return,
    order: FrozenOrder,
    accepted: list[Unit],
    chains: tuple[list[Owed], list[Owed]],
    policy: Policy,
    records: Records,
) -> list[Owed]:
    """Credit notes, refund records and corrections of one order. ``chains`` are its authorisations and receipts."""
    settled = refund_units(return_, order, accepted, policy, records)
    provisional_notes = [
        (record, effect)
        for record, effect in records.frozen(e.IssueCreditNote)
        if effect.order == order.number and effect.refund.startswith(PROVISIONAL)
    ]
    notes: list[Owed] = []
    corrections: list[Owed] = []
    paid_out = records.credited_elsewhere.get(order.number, 0)
    covered_refs: set[str] = set()
    for stated in settled:
        replaced = [
            (record, effect)
            for record, effect in provisional_notes
            if _refs(effect, return_) & {unit.ref for unit in stated.units}
        ]
        paid_out += stated.amount_minor
        if paid_out > order_paid_minor(order):
            continue
        already = {ref for _, effect in replaced for ref in _refs(effect, return_)}
        covered_refs |= {unit.ref for unit in stated.units}
        rest = tuple(unit for unit in stated.units if unit.ref not in already)
        if not replaced:
            notes += _notes(return_, order, stated, chains, policy, records)
            continue
        provisional_notes = [pair for pair in provisional_notes if pair not in replaced]
        notes += [Owed(record.key, effect, (effect.authorisation,), superseded=True) for record, effect in replaced]
        credited = sum(effect.total_minor for _, effect in replaced)
        if rest:
            part = Settled(stated.refund, rest, gross_minor(rest, order), 0, stated.tender)
            notes += _notes(return_, order, part, chains, policy, records)
            credited += part.amount_minor
        corrections += _correction(return_, stated.refund, replaced[0][1], stated.amount_minor - credited, records)
    notes += [Owed(record.key, effect, (effect.authorisation,)) for record, effect in provisional_notes]
    if policy.refund_confirmation == "approval":
        on_record = {ref for _, effect in provisional_notes for ref in _refs(effect, return_)}
        notes += _provisional(return_, order, accepted, covered_refs | on_record, chains, policy, records)
    mine = {owed_.key for owed_ in notes}
    notes += [
        Owed(record.key, note, (note.authorisation,))
        for record, note in records.frozen(e.IssueCreditNote)
        if note.order == order.number and record.key not in mine
    ]
    documents = notes + corrections
    answer = list(documents)
    for kind in (e.IssueCreditNote, e.CorrectCreditNote):
        answer += [_refund_record(key, note, settled, records) for key, note in having(documents, kind)]
    return answer


def order_paid_minor(order: FrozenOrder) -> int:
    """Everything paid for the order's lines, with tax: the most that can be credited on it."""
    return sum(line.net_minor + line.tax_minor for line in order.lines)


def _provisional(
    return_: Return,
    order: FrozenOrder,
    accepted: list[Unit],
    covered_refs: set[str],
    chains: tuple[list[Owed], list[Owed]],
    policy: Policy,
    records: Records,
) -> list[Owed]:
    units = tuple(
        unit for unit in accepted if unit.money == "approved" and unit.ref not in covered_refs and unit.exchange is None
    )
    if not units:
        return []
    fee = 0 if covered_refs else policy_fee_minor(units, policy, order.currency)
    name = hashlib.sha256("+".join(sorted(unit.ref for unit in units)).encode()).hexdigest()[:16]
    settled = Settled(PROVISIONAL + name, units, gross_minor(units, order) - fee, fee, provisional=True)
    return _notes(return_, order, settled, chains, policy, records) if settled.amount_minor > 0 else []


def _notes(
    return_: Return,
    order: FrozenOrder,
    settled: Settled,
    chains: tuple[list[Owed], list[Owed]],
    policy: Policy,
    records: Records,
) -> list[Owed]:
    """One credit note per authorisation the units stand on; fee and difference go with the first."""
    authorisations, receipts = chains
    received = keys_by_unit(receipts, e.ReceiveReturn, return_)
    if policy.credit_note_on == "receipt" and policy.receipt_authority == "warehouse":
        if any(unit.ref not in received for unit in settled.units):
            return []
    elif policy.credit_note_on == "receipt" and not all(unit.past("received") for unit in settled.units):
        return []
    answer: list[Owed] = []
    for authorisation, opened in having(authorisations, e.OpenReturnAuthorisation):
        mine = covered(opened.lines, return_)
        units = [unit for unit in settled.units if unit.ref in mine]
        if not units:
            continue
        first = not answer
        lines = lines_of(units, order)
        worth = sum(line.net_minor + line.tax_minor for line in lines)
        fee = settled.fee_minor if first else 0
        difference = settled.amount_minor - settled.expected_minor(order) if first else 0
        suffix = "" if first else PART + authorisation.rsplit(":", 1)[-1]
        note = e.IssueCreditNote(
            return_.id,
            order.number,
            authorisation,
            return_.label,
            settled.refund + suffix,
            order.currency,
            lines,
            fee,
            difference,
            worth - fee + difference,
            policy.rounding_tolerance_minor.get(order.currency, 1),
        )
        key = e.key(note)
        on_record = records.by_key.get(key)
        waits = [authorisation]
        if policy.credit_note_on == "receipt":
            waits += [received[unit.ref] for unit in units if unit.ref in received]
        frozen = on_record is not None and on_record.frozen
        effect = on_record.effect if frozen and on_record is not None else note
        answer.append(Owed(key, effect, tuple(dict.fromkeys(waits))))
        if frozen and isinstance(effect, e.IssueCreditNote):
            delta = note.total_minor - effect.total_minor
            if settled.refund in return_.corrections:
                answer += _correction(return_, settled.refund + suffix, effect, delta, records)
    return answer


def _correction(return_: Return, refund: str, note: e.IssueCreditNote, delta: int, records: Records) -> list[Owed]:
    effect = e.CorrectCreditNote(return_.id, note.order, e.key(note), return_.label, refund, note.currency, delta)
    key = e.key(effect)
    on_record = records.by_key.get(key)
    if on_record is not None and on_record.frozen:
        return [Owed(key, on_record.effect, (e.key(note),))]
    return [Owed(key, effect, (e.key(note),))] if delta else []


def _refund_record(
    key: str, note: e.IssueCreditNote | e.CorrectCreditNote, settled: Sequence[Settled], records: Records
) -> Owed:
    tender = next((one.tender for one in settled if note.refund.startswith(one.refund)), "original")
    amount = note.total_minor if isinstance(note, e.IssueCreditNote) else note.delta_minor
    record = e.RecordRefund(note.return_id, note.order, key, note.refund, note.currency, amount, tender)
    name = e.key(record)
    on_record = records.by_key.get(name)
    return Owed(name, on_record.effect if on_record and on_record.frozen else record, (key,))


def _refs(effect: e.IssueCreditNote, return_: Return) -> set[str]:
    return covered(effect.lines, return_)
