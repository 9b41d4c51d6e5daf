"""Find out which return each reading speaks of: by any name known, else by order and unit, else it is a new return."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from backhaul.domain.facts import Fact, RefundReported, UnitName
from backhaul.domain.twins import NAMED_ONCE
from backhaul.flows.complain import complain_of_link
from backhaul.flows.deployment import Deployment, Link
from backhaul.flows.join import join
from backhaul.flows.scanned import within
from backhaul.sdk.messages import Reading
from backhaul.store import inbox, kin, registry, returns
from backhaul.store.ages import tell_ages
from backhaul.store.ids import return_id
from backhaul.store.registry import Minted, Slot

if TYPE_CHECKING:
    from backhaul.flows.interpret import Opened

_Goods = tuple[str, str, str]
_Order = tuple[int, str]  # scope and number
_MINTING = ("return", "express", "rma", "bag", "label")


@dataclass(frozen=True, slots=True)
class Placed:
    """A reading and the return it speaks of; ``fresh`` when this batch is the first to speak of it."""

    reading: Reading
    return_id: str
    fresh: bool = False


class _Names:
    """What is known of names while a batch is placed: the database's answer and what the batch itself found out."""

    def __init__(self, deployment: Deployment, opened: Sequence[Opened]) -> None:
        self.deployment = deployment
        every = [(one.link.scope_id, reading) for one in opened for reading in one.readings]
        self.known = registry.known(
            (scope, name.kind, name.value) for scope, reading in every for name in reading.names
        )
        self.scanned = within(self._unknown(opened))
        self.known |= self.scanned
        self.bound: dict[Slot, str] = {}
        self.minted: dict[str, Minted] = {}
        self.links: list[tuple[str, str]] = []
        self.by_order: dict[_Order, list[str]] = {}
        self.before: dict[_Order, tuple[str, ...]] = {}
        self.units: dict[_Goods, set[str]] = {}
        self.refunds: dict[str, set[str]] = {}
        self.goods: dict[str, set[_Goods]] = {}
        self.names: dict[str, dict[str, str]] = {}
        self.joined = registry.joined(name for one in opened for name in one.kept.returns)
        homeless = [(scope, r) for scope, r in every if r.order and not self._known_names(scope, r)]
        for scope in sorted({scope for scope, _ in homeless}):
            orders = {reading.order or "" for one, reading in homeless if one == scope}
            found = registry.candidates(scope, orders)
            for order, ids in found.items():
                self.by_order[scope, order] = ids
                self.before[scope, order] = tuple(ids)
            self._remember(name for ids in found.values() for name in ids)

    def _unknown(self, opened: Sequence[Opened]) -> dict[Slot, set[str]]:
        """The names that others gave returns and that nobody knows, each with the orders that stood beside it."""
        told: dict[Slot, set[str]] = {}
        for one in opened:
            for reading in one.readings if one.link.scope_id != one.link.id else ():
                for name in reading.names:
                    slot = (one.link.scope_id, name.kind, name.value)
                    if slot not in self.known:
                        told.setdefault(slot, set()).update([reading.order] if reading.order else [])
        return told

    def _remember(self, ids: Iterable[str]) -> None:
        wanted = sorted(set(ids))
        for name, names in registry.names_of(wanted).items():
            self.names[name] = dict(names)
        for name, unit in returns.unit_names(wanted):
            self._speaks_of(name, unit)
        for name, refund in returns.refunds(wanted):
            self.refunds.setdefault(refund, set()).add(name)

    def _speaks_of(self, name: str, unit: object) -> None:
        for slot in _unit_slots(unit):
            self.units.setdefault(slot, set()).add(name)
            self.goods.setdefault(name, set()).add(slot)

    def _known_names(self, scope: int, reading: Reading) -> list[str]:
        slots = [(scope, name.kind, name.value) for name in reading.names]
        return list(dict.fromkeys(self.known[slot] for slot in slots if slot in self.known))

    def outdated(self, lost: Iterable[_Order]) -> set[str]:
        """Which of these orders have other returns by now than when this batch began to look."""
        found: set[str] = set()
        for scope, orders in _by_scope(lost).items():
            now = registry.candidates(scope, orders)
            found |= {one for one in orders if tuple(now.get(one, ())) != self.before.get((scope, one), ())}
        return found

    def find(self, link: Link, reading: Reading, before: Sequence[str] = ()) -> tuple[str, bool] | None:
        """(return, fresh) for a reading; None when it cannot be told yet.

        Read again, it is about the return it was ``before`` about, whatever else has become known of its order since.
        """
        found = self._known_names(link.scope_id, reading)
        fresh = False
        if found:
            chosen = found[0]
            self.links += [(chosen, other) for other in found[1:]]
        elif (by_unit := self._by_order(link, reading, [self.joined.get(name, name) for name in before])) is not None:
            chosen = by_unit
        elif mintable := [name for name in reading.names if name.kind in _MINTING]:
            first = mintable[0]
            chosen, fresh = return_id(str(link.scope_id), first.kind, first.value), True
            label = next((name.value for name in mintable if name.kind in ("express", "rma")), first.value)
            self.minted[chosen] = Minted(chosen, link.merchant_id, link.scope_id, label, reading.initiated_at)
        else:
            return None
        for name in reading.names:
            slot = (link.scope_id, name.kind, name.value)
            if slot in self.scanned:
                continue  # no name of it: the next one may have other things around it
            if slot not in self.known:
                self.known[slot] = self.bound[slot] = chosen
            self.names.setdefault(chosen, {}).setdefault(name.kind, name.value)
        if reading.order:
            mine = self.by_order.setdefault((link.scope_id, reading.order), [])
            if chosen not in mine:
                mine.append(chosen)
        for fact in reading.facts:
            self._speaks_of(chosen, getattr(fact, "unit", None))
        return chosen, fresh

    def _by_order(self, link: Link, reading: Reading, before: Sequence[str]) -> str | None:
        """The one return of the order that the reading can mean; none of its names may say otherwise."""
        if not reading.order:
            return None
        possible = [
            name
            for name in self.by_order.get((link.scope_id, reading.order), [])
            if all(self.names.get(name, {}).get(one.kind, one.value) == one.value for one in reading.names)
        ]
        same = [name for name in possible if name in before]
        if len(same) == 1:
            return same[0]
        paid = [name for name in possible if any(name in self.refunds.get(one, ()) for one in _refunds_of(reading))]
        if len(paid) == 1 and not reading.names:
            return paid[0]  # who made the refund said which return it is for; its source does not
        slots = {slot for unit in _units_of(reading.facts) for slot in _unit_slots(unit)}
        matching = [name for name in possible if any(name in self.units.get(slot, ()) for slot in slots)]
        if len(matching) == 1:
            return matching[0] if not reading.names or not self._could_be_another(matching[0], link, reading) else None
        if not reading.names and not matching and len(possible) == 1:
            return possible[0]
        return None

    def _could_be_another(self, name: str, link: Link, reading: Reading) -> bool:
        """Whether a further return of the order may be the same as that one: then its goods alone do not say whose."""
        mine = self.names.get(name, {}).keys() & NAMED_ONCE
        goods = self.goods.get(name, set())
        return any(
            other != name and not self.names.get(other, {}).keys() & mine and goods & self.goods.get(other, set())
            for other in self.by_order.get((link.scope_id, reading.order or ""), [])
        )


def place(deployment: Deployment, opened: Sequence[Opened]) -> None:
    """Fill ``placed`` of each opened message; make new returns, names and their orders; link what turned out one."""
    names = _Names(deployment, opened)
    for one in opened:
        for reading in one.readings:
            found = names.find(one.link, reading, one.kept.returns)
            if found is not None:
                one.placed.append(Placed(reading, *found))
    registry.mint(list(names.minted.values()), deployment.now())
    conflicts = registry.bind(names.bound)
    names.links += [(names.bound[slot], other) for slot, other in conflicts.items()]
    joined = _link(deployment, names.links, opened)
    for merchant_id in sorted({one.link.merchant_id for one in opened}):
        _speak_of_orders(merchant_id, [one for one in opened if one.link.merchant_id == merchant_id], names, joined)
    _tell_ages(opened)
    kin.ask_again({return_id for return_id in names.bound.values() if return_id not in names.minted})


def _link(deployment: Deployment, links: Sequence[tuple[str, str]], opened: Sequence[Opened]) -> set[str]:
    """Join those that turned out to be one; answers the returns that others joined."""
    moved: dict[str, str] = {}
    stuck: set[str] = set()
    for first, second in dict.fromkeys(links):
        one, other = moved.get(first, first), moved.get(second, second)
        if one == other:
            continue
        joined = join(deployment, one, other, "a message gave both names")
        if joined is None:
            complain_of_link(deployment, one, other)
            stuck.add(one)
            continue
        keep, drop = joined
        moved[drop] = keep
    touched = {*moved, *moved.values(), *stuck}
    for message in opened:
        message.placed = [
            Placed(one.reading, moved.get(one.return_id, one.return_id), one.fresh or one.return_id in touched)
            for one in message.placed
        ]
    return set(moved.values())


def _speak_of_orders(merchant_id: int, opened: Sequence[Opened], names: _Names, joined: set[str]) -> None:
    """Note which return speaks of which order; what could not be placed for want of a return is read again then.

    So is what could have meant either of two returns that are one by now.

    Whoever could not place a message locks its order as well, and looks once more: a return of it may be told of in
    this very batch, or by another interpreter, who saw nothing that waits as this is not committed yet.
    """
    pairs = {(number, one.return_id) for message in opened for one in message.placed for number in _orders_of(one)}
    pairs -= registry.spoken_of(merchant_id, (number for number, _ in pairs)) if pairs else set()
    lost = {(one.link.scope_id, reading.order) for one in opened for reading in one.unplaced if reading.order}
    told = registry.orders_of(placed.return_id for one in opened for placed in one.placed if placed.return_id in joined)
    if not pairs and not lost and not told:
        return
    ids = registry.lock_orders(merchant_id, told | {number for number, _ in pairs} | {number for _, number in lost})
    new = registry.speak_of((ids[number], name) for number, name in pairs)
    told |= {number for number, order_id in ids.items() if order_id in new}
    inbox.await_again(inbox.unplaced_about(merchant_id, sorted(told)))
    told |= names.outdated(lost)
    for one in opened:
        one.again = any(reading.order in told for reading in one.unplaced)


def _orders_of(placed: Placed) -> set[str]:
    numbers = {unit.order for unit in _units_of(placed.reading.facts) if unit.order}
    numbers |= {fact.order for fact in placed.reading.facts if isinstance(fact, RefundReported)}
    return numbers | ({placed.reading.order} if placed.reading.order else set())


def _refunds_of(reading: Reading) -> list[str]:
    return [fact.refund for fact in reading.facts if isinstance(fact, RefundReported)]


def _by_scope(orders: Iterable[_Order]) -> dict[int, set[str]]:
    answer: dict[int, set[str]] = {}
    for scope, number in orders:
        answer.setdefault(scope, set()).add(number)
    return answer


def _tell_ages(opened: Sequence[Opened]) -> None:
    """The first message of a return need not be the one that says when it began."""
    began: dict[str, datetime] = {}
    for one in opened:
        for placed in one.placed:
            at = placed.reading.initiated_at
            if at is not None:
                began[placed.return_id] = min(at, began.get(placed.return_id, at))
    if began:
        tell_ages(began)


def _units_of(facts: Iterable[Fact]) -> list[UnitName]:
    units = []
    for fact in facts:
        unit = getattr(fact, "unit", None)
        if isinstance(unit, UnitName):
            units.append(unit)
        units += [name for name in getattr(fact, "units", ()) if isinstance(name, UnitName)]
    return units


def _unit_slots(unit: object) -> list[_Goods]:
    """The strings by which a unit can be recognised across messages: item id, or order with line and offset."""
    if not isinstance(unit, UnitName):
        return []
    slots = []
    if unit.item is not None:
        slots.append(("item", unit.item, ""))
    if unit.line is not None:
        slots.append((unit.order, unit.line, str(unit.offset)))
    return slots
