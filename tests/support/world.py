"""A shop in memory: returns are told facts, what is owed is attempted and done step by step, the ledger adds up.

Pure, without a clock or a database. It keeps the promises the store keeps (a fact once, an attempted effect unchanged,
a cause once, a sold unit for one return) and fails where the domain breaks one of its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from backhaul.domain import effects as e
from backhaul.domain.allocation import allocate
from backhaul.domain.decision import Decision, decide
from backhaul.domain.facts import Fact, UnitAllocated, UnitReleased
from backhaul.domain.ledger import Entry, balances
from backhaul.domain.orders import FrozenOrder, sold_slots
from backhaul.domain.policy import Policy
from backhaul.domain.records import E, Owed, Record, Records
from backhaul.domain.returns import Return, fold

MOST_STEPS = 200


@dataclass
class Shop:
    """The orders as they were sold, and every return of them. ``known`` are the orders that were looked up."""

    orders: dict[str, FrozenOrder]
    policy: Policy = field(default_factory=lambda: Policy("v1"))
    known: set[str] = field(default_factory=set)
    taken: defaultdict[str, set[tuple[str, int]]] = field(default_factory=lambda: defaultdict(set))
    returns: dict[str, Told] = field(default_factory=dict)

    def told(self, return_id: str, *facts: Fact) -> Told:
        """The return of that name, after it was told these facts."""
        told = self.returns.setdefault(return_id, Told(self, return_id))
        told.tell(*facts)
        return told

    def decide_all(self) -> None:
        for told in self.returns.values():
            told.decide()

    def rest(self) -> None:
        """Do everything that can be done, until nothing is due."""
        while sum(told.rest() for told in self.returns.values()):
            self.decide_all()

    def credited_elsewhere(self, but: str) -> dict[str, int]:
        """What other returns were or will be credited, per order, as the store counts it."""
        sums: defaultdict[str, int] = defaultdict(int)
        for name, told in self.returns.items():
            for effect in told.documents(e.IssueCreditNote) if name != but else ():
                sums[effect.order] += effect.total_minor
            for correction in told.documents(e.CorrectCreditNote) if name != but else ():
                sums[correction.order] += correction.delta_minor
        return dict(sums)


@dataclass
class Told:
    """One return: what it was told, what is on record for it and what is in its ledger."""

    shop: Shop
    id: str
    facts: list[Fact] = field(default_factory=list)
    records: dict[str, Record] = field(default_factory=dict)
    after: dict[str, tuple[str, ...]] = field(default_factory=dict)
    posted: dict[str, Entry] = field(default_factory=dict)
    called: tuple[tuple[str, str], ...] = ()
    decision: Decision = field(init=False)
    state: Return = field(init=False)

    def tell(self, *facts: Fact) -> Told:
        """Record what is new, and decide."""
        self.facts += [fact for fact in dict.fromkeys(facts) if fact not in self.facts]
        self.decide()
        return self

    def decide(self) -> Decision:
        """Allocate, decide and write down, as a flow does in one commit."""
        self._allocate()
        self.state = replace(self.state, called=self._called())
        records = replace(self._active(), credited_elsewhere=self.shop.credited_elsewhere(self.id))
        self.decision = decide(self.state, self.shop.policy, records, self.posted)
        self._write(self.decision.owed)
        for entry in self.decision.entries:
            assert entry.cause not in self.posted, f"{entry.cause} is entered twice"
            assert all(posting.quantity > 0 for posting in entry.postings), entry
            self.posted[entry.cause] = entry
        return self.decision

    def _active(self) -> Records:
        return Records({key: record for key, record in self.records.items() if record.standing != "moot"})

    def _called(self) -> tuple[tuple[str, str], ...]:
        """Its names; where the platform is told to pay, one to be told by, unless the test says otherwise."""
        if self.called or self.shop.policy.approve_refunds == "never":
            return self.called
        return (("express", f"HR-{self.id}"),)

    def _must_be_payable(self, record: Record) -> None:
        """What pays out is never begun for a unit that was paid for, approved or refused by then."""
        if isinstance(record.effect, e.ApproveRefund) and not record.frozen:
            unit = self.state.names.resolve(record.effect.unit)
            assert unit is not None
            assert unit.arrived, f"{unit.ref} is not here and is paid for"
            stopped = unit.money == "approved" or unit.declined or unit.held
            assert not stopped, f"{unit.ref} must not be paid for"
            mine = [one for one in self.documents(e.ApproveRefund) if one.item == record.effect.item]
            assert len(mine) == 1, f"{record.effect.item} is paid for twice"

    def _fold(self) -> Return:
        known = {number: order for number, order in self.shop.orders.items() if number in self.shop.known}
        return fold(self.id, self.facts, label=self.id, orders=known, policy=self.shop.policy)

    def _allocate(self) -> None:
        self.state = self._fold()
        for number, order in self.state.orders.items():
            taken = self.shop.taken[number]
            change = allocate(self.state, order, taken, self.shop.policy, self._active())
            changes: tuple[UnitAllocated | UnitReleased, ...] = (*change.released, *change.taken)
            for fact in changes:
                slots = sold_slots(order.line(fact.line), fact.index)
                for sold in slots:
                    assert (sold in taken) != isinstance(fact, UnitAllocated), f"{sold} is given twice"
                taken.symmetric_difference_update(slots)
                self.facts.append(fact)
            if change.released or change.taken:
                self.state = self._fold()

    def _write(self, owed: Iterable[Owed]) -> None:
        owed = tuple(owed)
        keys = [item.key for item in owed]
        assert len(keys) == len(set(keys)), f"a key is owed twice: {sorted(keys)}"
        for item in owed:
            assert item.key == e.key(item.effect)
            record = self.records.get(item.key)
            if record is None or not record.frozen:
                self.records[item.key] = Record(item.key, item.effect)
                self.after[item.key] = item.after
            else:
                assert record.effect == item.effect, f"{item.key} was attempted and changed"
        for key, record in self.records.items():
            if key not in keys:
                assert not record.frozen, f"{key} was attempted and is not owed any more"
                self.records[key] = replace(record, standing="moot")

    def due(self) -> list[str]:
        """Keys that may be attempted now: not done, and all they wait for is."""
        return [
            key
            for key, record in self.records.items()
            if record.standing in ("waiting", "unsure") and all(self.is_done(name) for name in self.after[key])
        ]

    def is_done(self, key: str) -> bool:
        record = self.records.get(key)
        return record is not None and record.standing == "done"

    def attempt(self, key: str) -> None:
        """Freeze the effect as its first attempt does; the answer is lost."""
        self._must_be_payable(self.records[key])
        self.records[key] = replace(self.records[key], standing="unsure", frozen=True)
        self.decide()

    def do(self, key: str) -> None:
        """Attempt the effect and have it done."""
        record = self.records[key]
        self._must_be_payable(record)
        self.records[key] = replace(record, standing="done", frozen=True, reference=f"doc-{key}")
        if isinstance(record.effect, e.LookUpOrder) and record.effect.order in self.shop.orders:
            self.shop.known.add(record.effect.order)
            self.shop.decide_all()
        self.decide()

    def refuse(self, key: str, kind: str = "", why: str = "no") -> None:
        """Attempt the effect and have it refused."""
        self.records[key] = replace(self.records[key], standing="refused", frozen=True, kind=kind, why=why)
        self.decide()

    def rest(self) -> bool:
        """Do what is due until nothing is; whether anything was done."""
        done = 0
        while due := self.due():
            self.do(due[0])
            done += 1
            assert done < MOST_STEPS, f"{self.id} never comes to rest, last {due[0]}"
        return done > 0

    def documents(self, kind: type[E]) -> list[E]:
        """Effects of that sort that are owed or done."""
        return [r.effect for r in self.records.values() if isinstance(r.effect, kind) and r.standing != "moot"]

    def problems(self) -> set[str]:
        """The kinds of exceptions that are open."""
        return {one.kind for one in self.decision.exceptions if one.key not in self.state.waived}

    def awaited(self) -> set[str]:
        return {one.kind for one in self.decision.expectations}

    def balances(self) -> dict[tuple[str, str], int]:
        return balances(self.posted.values())

    def balance(self, account: str) -> int:
        """What an account holds, of all commodities together (each story has one)."""
        return sum(held for (name, _), held in self.balances().items() if name == account)
