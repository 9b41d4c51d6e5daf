"""Which units each refund pays for, what of it the platform's word has credited already, and what holds it back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations

from backhaul.domain import effects as e
from backhaul.domain.bundles import as_components
from backhaul.domain.coverage import Scope, covered
from backhaul.domain.exchanges import owed_in_money
from backhaul.domain.facts import RefundConfirmed, RefundFailed, UnitName
from backhaul.domain.orders import FrozenOrder, worth_minor
from backhaul.domain.policy import Policy
from backhaul.domain.units import Unit

PROVISIONAL = "approval-"
DECLINED = "declined-"
PART = "~"
_MOST_UNITS_TO_COMBINE = 12


@dataclass(frozen=True, slots=True)
class Settled:
    """One refund with the units it pays for, amounts in minor units.

    ``held`` is the kind of the exception that keeps it from being credited, if any. ``further`` names the refund that
    carries the units of this one too (one unit paid back in two tenders). ``word_minor`` of the amount was credited
    provisionally before it was stated.
    """

    refund: str
    units: tuple[Unit, ...]
    amount_minor: int
    fee_minor: int
    tender: str = "original"
    held: str = ""
    further: str = ""
    word_minor: int = 0
    on_word: bool = False

    @property
    def taken_back(self) -> bool:
        """Stated as failed: the platform's word for these units is not to be believed."""
        return not self.amount_minor

    def expected_minor(self, order: FrozenOrder) -> int:
        """Goods and tax of the units, less the fee: what should have been paid out."""
        return gross_minor(self.units, order) - self.fee_minor


@dataclass(slots=True)
class Word:
    """A provisional credit note that was attempted; ``left_minor`` of it still rests on the platform's word alone."""

    key: str
    note: e.IssueCreditNote
    covers: frozenset[str]
    units: dict[str, Unit]
    left_minor: int
    fee_minor: int

    def take(self, units: Iterable[Unit], order: FrozenOrder) -> int:
        """What the note credited for those units; each is asked for once, the fee goes with the first who asks."""
        mine = [self.units.pop(unit.ref) for unit in units if unit.ref in self.units]
        if not mine:
            return 0
        part = gross_minor(mine, order) - self.fee_minor if self.units else self.left_minor
        self.fee_minor = 0
        self.left_minor -= part
        return part


@dataclass(slots=True)
class Attempts:
    """What the credit notes of an order that were attempted say, by the refund they are for."""

    totals: dict[str, int] = field(default_factory=dict)
    fees: dict[str, int] = field(default_factory=dict)
    units: dict[str, list[Unit]] = field(default_factory=dict)
    keys: dict[str, list[str]] = field(default_factory=dict)
    corrections: dict[str, int] = field(default_factory=dict)
    words: list[Word] = field(default_factory=list)

    @property
    def credited_minor(self) -> int:
        notes = sum(self.totals.values()) + sum(word.note.total_minor for word in self.words)
        return notes + sum(self.corrections.values())


def attempts(scope: Scope) -> Attempts:
    """The order's attempted credit notes and corrections."""
    answer = Attempts()
    for record, note in scope.frozen(e.IssueCreditNote):
        refs = sorted(covered(note.lines, scope.return_))
        units = {ref: unit for ref in refs if (unit := scope.return_.units.get(ref)) is not None}
        if note.refund.startswith(PROVISIONAL):
            answer.words.append(Word(record.key, note, frozenset(units), units, note.total_minor, note.fee_minor))
            continue
        refund = base(note.refund)
        answer.totals[refund] = answer.totals.get(refund, 0) + note.total_minor
        answer.fees[refund] = answer.fees.get(refund, 0) + note.fee_minor
        answer.units.setdefault(refund, []).extend(units.values())
        answer.keys.setdefault(refund, []).append(record.key)
    for _, correction in scope.frozen(e.CorrectCreditNote):
        answer.corrections[correction.refund] = correction.delta_minor
    return answer


def base(refund: str) -> str:
    """The source's refund id of a credit note that may be one of several parts."""
    return refund.split(PART, maxsplit=1)[0]


def gross_minor(units: Iterable[Unit], order: FrozenOrder) -> int:
    """What is to be paid back for those units, minor units: price paid and tax, less what replacements carry."""
    total = 0
    for unit in units:
        if unit.allocation is not None:
            if unit.exchange is None:
                total += worth_minor(order.line(unit.allocation[0]), unit.allocation[1])
            else:
                rest = owed_in_money(unit, order)
                total += rest.net_minor + rest.tax_minor
    return total


def order_paid_minor(order: FrozenOrder) -> int:
    """Everything paid for the order's lines, with tax: the most that can be credited on it."""
    return sum(line.net_minor + line.tax_minor for line in order.lines)


def policy_fee_minor(units: Iterable[Unit], policy: Policy, currency: str) -> int:
    """The fee of the policy for these units' drop-off method, 0 where it has none in that currency."""
    fees = [fee for unit in units if (fee := policy.fees.get(unit.method or "")) is not None]
    return max((fee.minor for fee in fees if fee.currency == currency), default=0)


def fee_unknown(units: Iterable[Unit], policy: Policy, currency: str) -> bool:
    """Whether the policy has fees by the way a parcel came, and that is not known of one of these units."""
    charges = any(fee.currency == currency and fee.minor for fee in policy.fees.values())
    return charges and any(unit.method is None for unit in units)


class Settling:
    """Goes through the refunds of an order one by one: the attempted ones first, for what they say stands."""

    def __init__(self, scope: Scope) -> None:
        self.scope, self.order = scope, scope.order
        self.past = attempts(scope)
        self.room_minor = (
            order_paid_minor(self.order)
            - scope.records.credited_elsewhere.get(self.order.number, 0)
            - self.past.credited_minor
        )
        settled_before = {unit.ref for units in self.past.units.values() for unit in units}
        self.free = [
            unit
            for unit in scope.units
            if not unit.never_left
            and unit.ref not in settled_before
            and (unit.exchange is None or gross_minor([unit], self.order) > 0)
        ]
        self.charged = any(self.past.fees.values())
        self.settled: list[Settled] = []
        self.guessed: set[str] = set()

    def run(self) -> list[Settled]:
        """Each refund of the order that is confirmed, in its currency."""
        facts = [refund.confirmed for refund in self.scope.return_.refunds.values()]
        mine = [
            fact
            for fact in facts
            if fact is not None
            and fact.order == self.order.number
            and fact.amount.currency == self.order.currency
            and fact.amount.minor > 0
        ]
        known = {*self.past.totals, *self.past.corrections}
        for fact in sorted(mine, key=lambda fact: (fact.refund not in known, not fact.units, fact.refund)):
            self._settle(fact)
        if self.scope.policy.refund_confirmation == "approval":
            self._settle_failed()
            self._settle_declined()
        return self.settled

    def _settle(self, fact: RefundConfirmed) -> None:
        own = self.past.units.get(fact.refund, [])
        fact = replace(fact, units=self._in_goods(fact.units, own))
        fee = self._fee_minor(fact)
        units, held, further = self._units(fact, own, fee)
        if not units and not held:
            held = "refund-without-units"
        if not held and not own and fact.fee is None and fee == 0 and self._fee_waits(fact, units):
            held = "fee-unknown"
        on_word = not held and not further and self._on_word(units)
        word = self._take_word(units) if on_word else 0
        more = self._more_minor(fact, own, units, word)
        if not held and more > max(self.room_minor, 0):
            held = "over-refund"
        if not held:
            self.room_minor -= more
            self.charged |= bool(fee)
        if not fact.units:
            self.guessed.add(fact.refund)
        names = {unit.ref for unit in units}
        self.free = [unit for unit in self.free if unit.ref not in names]
        self.settled.append(
            Settled(fact.refund, tuple(units), fact.amount.minor, fee, fact.tender, held, further, word, on_word)
        )

    def _units(self, fact: RefundConfirmed, own: list[Unit], fee: int) -> tuple[list[Unit], str, str]:
        """The units, what holds the refund, and the refund that carries its units too."""
        if own:
            left = fact.amount.minor - self.past.totals[fact.refund]
            rest = self._stated(fact, self.free, own) if fact.units else exactly(left, self.free, self.order)
            # What the word credited before is corrected by itself; nothing else may come to more than was confirmed.
            fits = self._on_word(rest) or gross_minor(rest, self.order) <= left
            return own + (rest if fits else []), "", ""
        if not fact.units:
            return guess(fact.amount.minor + fee, self.free, self.order), "", ""
        stated = self._stated(fact, self.free)
        if len(stated) == len(fact.units):
            return stated, "", ""
        again = self._stated(fact, self.scope.units)
        if not stated and len(again) == len(fact.units):
            further = self._carried_by(again, fact.amount.minor)
            return again, "" if further else "refund-without-units", further
        return [], "refund-without-units", ""

    def _stated(
        self, fact: RefundConfirmed | RefundFailed, among: Sequence[Unit], had: Sequence[Unit] = ()
    ) -> list[Unit]:
        """The units the refund names, but those it ``had``; a line or SKU named twice means two units of it."""
        found: list[Unit] = []
        left, names = list(had), list(fact.units)
        # What it had before it gets more; all that are named exactly before any that is only of the same line.
        for had_before, alike in ((True, False), (True, True), (False, False), (False, True)):
            for name in tuple(names):
                pool = left if had_before else [unit for unit in among if unit not in found]
                unit = next((unit for unit in self._meant(name, alike) if unit in pool), None)
                if unit is not None:
                    names.remove(name)
                    left.remove(unit) if had_before else found.append(unit)
        return found

    def _meant(self, name: UnitName, alike: bool) -> list[Unit]:
        """The unit of exactly that name, or all of its line or SKU; none where it is unknown yet or was never sold."""
        exact = self.scope.return_.names.get(name)
        if not alike or name.item is not None:
            return [exact] if exact is not None else []
        if exact.allocation is None if exact is not None else name.line is not None:
            return []
        return self.scope.return_.names.matching(name)

    def _carried_by(self, units: list[Unit], amount_minor: int) -> str:
        """The refund whose credit note has these units and left at least this amount of their worth uncredited."""
        refs = {unit.ref for unit in units}
        for one in self.settled:
            carries = refs <= {unit.ref for unit in one.units} and not (one.held or one.further)
            if carries and self._paid_minor(one.refund) + amount_minor <= one.expected_minor(self.order):
                return one.refund
        for refund, had in self.past.units.items():
            if refs <= {unit.ref for unit in had} and refund not in {one.refund for one in self.settled}:
                credited = self.past.totals[refund] + self.past.corrections.get(refund, 0)
                if credited + self._paid_minor(refund) + amount_minor <= gross_minor(had, self.order):
                    return refund
        return ""

    def _paid_minor(self, refund: str) -> int:
        """What that refund and those that go with it came to so far."""
        return sum(one.amount_minor for one in self.settled if refund in (one.refund, one.further))

    def _fee_minor(self, fact: RefundConfirmed) -> int:
        """The stated fee, else the policy's for how the parcel came: once per order, only on the original tender."""
        if fact.refund in self.past.fees:
            return self.past.fees[fact.refund]
        if fact.fee is not None:
            return fact.fee.minor
        if self.charged or fact.tender != "original":
            return 0
        return policy_fee_minor(self.free, self.scope.policy, fact.amount.currency)

    def _fee_waits(self, fact: RefundConfirmed, units: list[Unit]) -> bool:
        original = fact.tender == "original" and not self.charged
        return original and fee_unknown(units, self.scope.policy, self.order.currency)

    def _more_minor(self, fact: RefundConfirmed, own: list[Unit], units: list[Unit], word: int) -> int:
        """How much more this refund has to be credited than was attempted so far."""
        if own and fact.refund not in self.scope.return_.corrections:
            return gross_minor([unit for unit in units[len(own) :] if not self._on_word([unit])], self.order)
        before = self.past.totals.get(fact.refund, 0) + self.past.corrections.get(fact.refund, 0)
        return fact.amount.minor - before - word

    def _settle_failed(self) -> None:
        """A failed refund that names its units takes the platform's word for them back: it states that nothing went."""
        for name, refund in sorted(self.scope.return_.refunds.items()):
            fact = refund.newest
            if not isinstance(fact, RefundFailed) or refund.contradiction or fact.order != self.order.number:
                continue
            units = self._stated(replace(fact, units=self._in_goods(fact.units, ())), self.free)
            if units:
                on_word = self._on_word(units)
                word = self._take_word(units)
                self.free = [unit for unit in self.free if unit not in units]
                self.settled.append(Settled(name, tuple(units), 0, 0, fact.tender, "", "", word, on_word))

    def _settle_declined(self) -> None:
        """The platform takes its word back for units that it declines after it approved them."""
        corrected = {
            unit.ref: name
            for name in self.past.corrections
            if name.startswith(DECLINED) and (unit := self.scope.return_.names.resolve(name.removeprefix(DECLINED)))
        }
        for unit in [unit for unit in self.free if unit.declined]:
            on_word = self._on_word([unit])
            name = corrected.get(unit.ref, DECLINED + unit.ref)
            self.free.remove(unit)
            self.settled.append(Settled(name, (unit,), 0, 0, word_minor=self._take_word([unit]), on_word=on_word))

    def _in_goods(self, names: tuple[UnitName, ...], own: Sequence[Unit]) -> tuple[UnitName, ...]:
        return as_components(names, [*own, *self.free], self.scope.return_, self.order, self.scope.policy)

    def _on_word(self, units: Iterable[Unit]) -> bool:
        return any(unit.ref in word.covers for unit in units for word in self.past.words)

    def _take_word(self, units: Sequence[Unit]) -> int:
        return sum(word.take(units, self.order) for word in self.past.words)


def guess(wanted: int, free: Sequence[Unit], order: FrozenOrder) -> list[Unit]:
    """The units whose worth the amount is, approved ones before others; else all approved, else all.

    Decided on what is known when the credit note is first attempted; what is off then is a line of its own.
    """
    free = [unit for unit in free if not unit.declined] or free
    approved = [unit for unit in free if unit.vouched]
    return exactly(wanted, approved, order) or exactly(wanted, free, order) or approved or list(free)


def exactly(wanted: int, pool: Sequence[Unit], order: FrozenOrder) -> list[Unit]:
    """Units of the pool that were paid exactly that much together, as few as possible, the whole pool first."""
    worth = [gross_minor([unit], order) for unit in pool]
    if pool and sum(worth) == wanted:
        return list(pool)
    if wanted > 0 and len(pool) <= _MOST_UNITS_TO_COMBINE:
        for size in range(1, len(pool)):
            for chosen in combinations(range(len(pool)), size):
                if sum(worth[index] for index in chosen) == wanted:
                    return [pool[index] for index in chosen]
    return []
