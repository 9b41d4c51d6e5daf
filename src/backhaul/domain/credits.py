"""The money chain: credit notes for exactly the confirmed money, corrections, and the refunds recorded against them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from backhaul.domain import effects as e
from backhaul.domain.coverage import Scope, credit_lines_of, having, lend
from backhaul.domain.records import Owed
from backhaul.domain.settlements import (
    PART,
    PROVISIONAL,
    Settled,
    Settling,
    base,
    fee_unknown,
    gross_minor,
    policy_fee_minor,
)
from backhaul.domain.units import Unit

__all__ = ["PROVISIONAL", "Chains", "Moneys", "owed_money"]


@dataclass(frozen=True, slots=True)
class Chains:
    """For each unit the key of the authorisation it stands on, of its receipt ("" for one the ERP received), and of
    what withdraws the order that was made for its replacement."""

    authorisations: Mapping[str, str]
    receipts: Mapping[str, str]
    withdrawn: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Moneys:
    """The money chain of one order: the effects owed, every refund with what holds it, and whose units are guessed."""

    owed: list[Owed]
    settled: list[Settled]
    guessed: set[str]


def owed_money(scope: Scope, chains: Chains) -> Moneys:
    """Credit notes, corrections and refund records of one order."""
    settling = Settling(scope)
    settled = settling.run()
    chains = _spent(scope, chains, settling)
    words = settling.past.words
    notes = [
        Owed(one.key, one.note, (one.note.authorisation,), superseded=not one.units, word_minor=one.left_minor)
        for one in words
    ]
    notes += [
        Owed(record.key, note, (note.authorisation,))
        for record, note in scope.frozen(e.IssueCreditNote)
        if not note.refund.startswith(PROVISIONAL)
    ]
    whole: set[str] = set()
    for one in settled:
        rest = _not_yet_credited(one, settling)
        fresh = _notes(scope, chains, one, rest, settling)
        notes += fresh
        if not rest or fresh:
            whole.add(one.refund)
    if scope.policy.refund_confirmation == "approval":
        word, held = _provisional(scope, chains, settling)
        notes += word
        settled = settled + held
    corrections = _corrections(scope, notes, settled, whole, settling)
    documents = notes + corrections
    return Moneys(documents + _refund_records(scope, documents, settled), settled, settling.guessed)


def _spent(scope: Scope, chains: Chains, settling: Settling) -> Chains:
    """Where goods are credited on receipt, what of a kind was received is credited once, whichever of them it was."""
    past = settling.past
    refs = {unit.ref for units in past.units.values() for unit in units}.union(*(word.covers for word in past.words))
    credited = [unit for unit in scope.units if unit.ref in refs]
    return replace(chains, receipts=lend(credited, chains.receipts, scope.return_))


def _not_yet_credited(one: Settled, settling: Settling) -> list[Unit]:
    """Units of the refund that no attempted credit note has, its own or one on the platform's word."""
    if one.held or one.further or one.taken_back:
        return []
    had = {unit.ref for unit in settling.past.units.get(one.refund, ())}
    had |= {ref for word in settling.past.words for ref in word.covers}
    return [unit for unit in one.units if unit.ref not in had]


def _provisional(scope: Scope, chains: Chains, settling: Settling) -> tuple[list[Owed], list[Settled]]:
    """Credit notes for approved units that no refund was stated for, of what should have been paid."""
    named = {ref for word in settling.past.words for ref in word.covers}
    units = [unit for unit in settling.free if unit.vouched and unit.ref not in named]
    units = [unit for unit in units if _ready(scope, chains, [unit])]
    guessed = {
        unit.ref: one.refund for one in settling.settled if one.refund in settling.guessed for unit in one.units
    }  # fmt: skip
    lent = lend(units, guessed, scope.return_) if guessed else {}
    units = [unit for unit in units if unit.ref not in lent]
    if not units:
        return [], []
    charged = settling.charged or any(word.note.fee_minor for word in settling.past.words)
    currency = scope.order.currency
    fee = 0 if charged else policy_fee_minor(units, scope.policy, currency)
    name = PROVISIONAL + _digest(units)
    amount = gross_minor(units, scope.order) - fee
    held = ""
    if not charged and fee_unknown(units, scope.policy, currency):
        held = "fee-unknown"
    elif amount > settling.room_minor:
        held = "over-refund"
    settled = Settled(name, tuple(units), amount, fee, held=held)
    if held or amount <= 0:
        return [], [settled] if held else []
    return [
        Owed(item.key, item.effect, item.after, word_minor=item.effect.total_minor)
        for item in _notes(scope, chains, settled, units, settling)
        if isinstance(item.effect, e.IssueCreditNote)
    ], []


def _notes(scope: Scope, chains: Chains, one: Settled, units: list[Unit], settling: Settling) -> list[Owed]:
    """One credit note per authorisation the units stand on; fee and difference go with the first.

    The others wait for the first, so that what it carries is never left over. Where a part was credited before, by an
    attempted note or by the platform's word, only the units are added.
    """
    if not _ready(scope, chains, units):
        return []
    first = one.refund not in settling.past.totals and not one.on_word
    groups: dict[str, list[Unit]] = {}
    for unit in units:
        groups.setdefault(chains.authorisations[unit.ref], []).append(unit)
    answer: list[Owed] = []
    for number, (authorisation, mine) in enumerate(sorted(groups.items())):
        whole = first and number == 0
        lines = credit_lines_of(mine, scope.order)
        worth = sum(line.net_minor + line.tax_minor for line in lines)
        fee = one.fee_minor if whole else 0
        difference = one.amount_minor - one.expected_minor(scope.order) if whole else 0
        plain = number == 0 and one.refund not in settling.past.totals
        note = e.IssueCreditNote(
            scope.return_.id,
            scope.order.number,
            authorisation,
            scope.return_.label,
            one.refund if plain else one.refund + PART + _digest(mine),
            scope.order.currency,
            lines,
            fee,
            difference,
            worth - fee + difference,
            scope.policy.rounding_tolerance_minor.get(scope.order.currency, 1),
        )
        waits = [authorisation, *settling.past.keys.get(one.refund, ()), *(item.key for item in answer[:1])]
        waits += sorted({key for unit in mine if (key := chains.withdrawn.get(unit.ref))})
        if scope.policy.credit_note_on == "receipt":
            waits += sorted({key for unit in mine if (key := chains.receipts.get(unit.ref))})
        answer.append(scope.owe(note, *waits))
    return answer


def _ready(scope: Scope, chains: Chains, units: list[Unit]) -> bool:
    """Whether the units may be credited: authorised, and received where the policy says so."""
    if not units or any(unit.ref not in chains.authorisations for unit in units):
        return False
    if scope.policy.credit_note_on == "refund":
        return True
    return all(unit.ref in chains.receipts or unit.absent for unit in units)


def _corrections(
    scope: Scope, notes: list[Owed], settled: list[Settled], whole: set[str], settling: Settling
) -> list[Owed]:
    """What a refund was credited too much or too little, as a document of its own.

    Made by itself where the platform's word was credited first or the units are on another refund's note; where a
    note for the refund itself was attempted only when a person decided so.
    """
    totals: dict[str, int] = {}
    first: dict[str, str] = {}
    for key, note in having(notes, e.IssueCreditNote):
        refund = base(note.refund)
        totals[refund] = totals.get(refund, 0) + note.total_minor
        first.setdefault(refund, key)
    frozen = {effect.refund: (record.key, effect) for record, effect in scope.frozen(e.CorrectCreditNote)}
    answer = [Owed(key, effect, (effect.credit_note,)) for key, effect in frozen.values()]
    stated = {one.refund: one for one in settled if not one.held}
    undecidable = {one.refund for one in settled if one.held}
    undecidable |= {name for name, refund in scope.return_.refunds.items() if refund.contradiction is not None}
    decided = {refund for refund in scope.return_.corrections if refund in settling.past.totals}
    for refund in sorted((decided | set(stated)) - undecidable):
        one = stated.get(refund)
        automatic = one is not None and bool(one.further or one.on_word)
        if refund in frozen or not (automatic or refund in decided) or (one is not None and refund not in whole):
            continue
        corrected = first.get(one.further) if one is not None and one.further else first.get(refund)
        if corrected is None and one is not None:
            refs = {unit.ref for unit in one.units}
            corrected = next((word.key for word in settling.past.words if refs & word.covers), None)
        credited = totals.get(refund, 0) + (one.word_minor if one is not None else 0)
        delta = (one.amount_minor if one is not None else 0) - credited
        if corrected is not None and delta:
            return_, order = scope.return_, scope.order
            effect = e.CorrectCreditNote(
                return_.id, order.number, corrected, return_.label, refund, order.currency, delta
            )  # fmt: skip
            answer.append(scope.owe(effect, corrected))
    return answer


def _refund_records(scope: Scope, documents: list[Owed], settled: list[Settled]) -> list[Owed]:
    """The payment against each document, unless the money is not confirmed (any more) and no payment was recorded."""
    tenders = {one.refund: one.tender for one in settled}
    recorded = {base(effect.refund) for _, effect in scope.frozen(e.RecordRefund)}
    unpaid = {refund for refund in scope.return_.refunds if refund not in tenders and refund not in recorded}
    answer = []
    for item in documents:
        note = item.effect
        if not isinstance(note, e.IssueCreditNote | e.CorrectCreditNote) or base(note.refund) in unpaid:
            continue
        amount = note.total_minor if isinstance(note, e.IssueCreditNote) else note.delta_minor
        tender = tenders.get(base(note.refund), "original")
        record = e.RecordRefund(note.return_id, note.order, item.key, note.refund, note.currency, amount, tender)
        answer.append(scope.owe(record, item.key))
    return answer


def _digest(units: Iterable[Unit]) -> str:
    return hashlib.sha256("+".join(sorted(unit.ref for unit in units)).encode()).hexdigest()[:16]
