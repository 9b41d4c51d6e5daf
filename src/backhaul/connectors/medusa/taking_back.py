"""The goods of a return, once they are looked at: one round of receiving per return, confirmed.

The note of a round carries our key, and the order's journal says what was received in it; the totals on a return do
not. Only what Medusa itself is to sell again is received; all else is dismissed, which moves no stock, so that nothing
is for sale twice whoever owns the stock.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from backhaul.connectors.medusa.changes import DAMAGED, GOOD, changes_of, is_open, is_ours, received, rounds_of
from backhaul.connectors.medusa.client import Medusa, Node
from backhaul.connectors.medusa.goods import Goods, wanted_of
from backhaul.connectors.medusa.rounds import Round, confirm
from backhaul.connectors.medusa.tasks import document_of, in_turn, is_by_id, meant, order_id
from backhaul.domain.document_lines import TakenBackLine
from backhaul.domain.effects import TakeBackAtStorefront
from backhaul.sdk.outcomes import Absent, Done, Found, Later, Outcome, Partial, Refused, Task
from backhaul.sdk.raising import Meant, miscounted, takings


@dataclass(frozen=True, slots=True)
class _Journal:
    """The order's goods, the returns of the document and what was received of them so far."""

    goods: Goods
    returns: list[Node]
    changes: list[Node]
    rounds: list[Node]

    @classmethod
    def read(cls, system: Medusa, effect: TakeBackAtStorefront, document: str) -> _Journal:
        order = order_id(system, effect.order)
        goods = Goods.read(system, order)
        returns, changes = goods.of(document), changes_of(system, order)
        return cls(goods, returns, changes, rounds_of(changes, [one["id"] for one in returns]))

    def sold(self) -> list[Node]:
        """The order's lines that stand in the returns."""
        held = {id_ for one in self.returns for id_ in wanted_of(one)}
        return [line for line in self.goods.lines if line["id"] in held]

    def begun(self, key: str) -> list[Node]:
        """Rounds of ours that were begun and never confirmed."""
        return [one for one in self.changes if is_open(one) and is_ours(one, key) and one["return_id"]]

    def rest(self, effect: TakeBackAtStorefront, key: str, system: Medusa) -> list[tuple[TakenBackLine, int]]:
        """How many units of each line are to be received yet: neither under our key, nor by somebody else's hands."""
        ours: Counter[tuple[str, str]] = Counter()
        for (_, line_id, how), count in received(one for one in self.rounds if is_ours(one, key)).items():
            ours[line_id, how] += count
        told: Counter[str] = Counter()
        for (_, line_id, _how), count in received(self.rounds).items():
            told[line_id] += count
        answer, sold = [], self.sold()
        for line in effect.lines:
            mine, open_ = meant(line, sold, system), line.quantity
            for one in mine:
                slot = (one["id"], GOOD if line.restock else DAMAGED)
                part = min(open_, ours[slot])
                ours[slot] -= part
                open_ -= part
            before = (line.before if is_by_id(line, sold, system) else line.before_alike).told
            there = sum(told[one["id"]] for one in mine)
            answer.append((line, max(min(open_, before + line.quantity - there), 0)))
        return answer

    def meant(self, line: TakenBackLine, system: Medusa) -> Meant:
        """What of the returns a line of the effect is about; only where we sell from stock is raised for sale."""
        sold, sold_from = self.sold(), set(system.settings.locations.values())
        there = {one["id"] for one in self.returns if one["location_id"] in sold_from}
        ids = frozenset(one["id"] for one in meant(line, sold, system))
        mine = {slot: count for slot, count in received(self.rounds).items() if slot[1] in ids}
        raised = sum(count for (return_id, _, how), count in mine.items() if how == GOOD and return_id in there)
        return Meant(ids, is_by_id(line, sold, system), sum(mine.values()), raised)

    def miscounted(self, effect: TakeBackAtStorefront, key: str, system: Medusa) -> Refused | None:
        """What is wrong with Medusa's stock once the effect's goods are all told."""
        rest = dict(self.rest(effect, key, system))
        return miscounted(takings(effect.lines, lambda line: self.meant(line, system)), rest.__getitem__, "Medusa")


def find_taken_back(task: Task, system: Medusa) -> Found:
    """Done when as many units of each line are received as were told before and are told by this."""
    effect = task.effect_as(TakeBackAtStorefront)
    document = task.references.get(effect.opening)
    if document is None:
        return Absent()
    journal = system.just_read(task.key, _Journal.read(system, effect, document))
    if journal.begun(task.key):
        return Partial(document, "drop the round that was begun, begin it anew")
    if any(count for _, count in journal.rest(effect, task.key, system)):
        return Absent()
    return Absent() if journal.miscounted(effect, task.key, system) else Done(document)


@in_turn
def take_back(task: Task, system: Medusa, _found: Found) -> Outcome:
    """Receive what is not received yet, return by return; what one cannot take is refused before any is begun."""
    effect = task.effect_as(TakeBackAtStorefront)
    document = document_of(task, effect.opening)
    if isinstance(document, Later):
        return document
    journal = system.just_read(task.key) or _Journal.read(system, effect, document)
    wrong = journal.miscounted(effect, task.key, system)
    for one in journal.begun(task.key):
        system.drop(f"/returns/{one['return_id']}/receive")
    planned = _plan(task, effect, journal, system)
    if isinstance(planned, str):
        return Refused(f"{planned} of {document}; see what was received there, then retry or waive this")
    refused = [one for each in planned if (one := confirm(each, task.key, effect.site, journal.goods, system))]
    if refused:
        return Refused("; ".join(one.why for one in (*refused, wrong) if one is not None), kind=refused[0].kind)
    return wrong or Done(document)


def _plan(task: Task, effect: TakeBackAtStorefront, journal: _Journal, system: Medusa) -> list[Round] | str:
    """A round for each return that takes some of the units; why that cannot be."""
    taken = received(journal.rounds)
    room: Counter[tuple[str, str]] = Counter()
    for one in journal.returns:
        if one["status"] != "canceled":
            for line_id, count in wanted_of(one).items():
                told = taken[one["id"], line_id, GOOD] + taken[one["id"], line_id, DAMAGED]
                room[one["id"], line_id] = max(count - told, 0)
    rounds = {one["id"]: Round(one, Counter(), Counter()) for one in journal.returns}
    for line, count in journal.rest(effect, task.key, system):
        if count and line.restock and (why := _misplaced(line, journal, system)):
            return why
        open_ = count
        for slot in [
            (one["id"], sold["id"]) for one in journal.returns for sold in meant(line, journal.sold(), system)
        ]:
            part = min(open_, room[slot])
            if part:
                room[slot] -= part
                open_ -= part
                mine = rounds[slot[0]]
                (mine.good if line.restock else mine.damaged)[slot[1]] += part
        if open_:
            return f"{open_} of {line.quantity} {line.sku} cannot be received in the return"
    return [one for one in rounds.values() if one.good or one.damaged]


def _misplaced(line: TakenBackLine, journal: _Journal, system: Medusa) -> str:
    """Why Medusa would raise its stock in another place than where the units are."""
    place = system.settings.locations.get(line.location)
    if place is None:
        return f"`locations` of the connection does not say where {line.location} is, for {line.sku}"
    for one in journal.returns:
        if one["location_id"] != place:
            return (
                f"Medusa restocks where a return was announced to, {one['location_id']}, and {line.location} is "
                f"{place}: set `return_location` to that; {line.sku} cannot be received as sellable in the return"
            )
    return ""
