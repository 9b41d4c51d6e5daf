"""Whatever is told of several returns of one order, true or not: no unit and no cent is made, lost or given twice."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from backhaul.domain import effects as e
from backhaul.domain.facts import UnitAllocated
from backhaul.domain.orders import component_lines, sold_slots, worth_minor
from backhaul.domain.settlements import gross_minor, order_paid_minor
from tests.property.strategies import Story, wild_stories
from tests.support.world import Shop, Told


@given(wild_stories(), st.data())
def test_nothing_is_made_or_lost_or_given_twice(story: Story, data: st.DataObject) -> None:
    """Two returns told anything in any order, with effects attempted and done in between."""
    shop = Shop({story.order.number: story.order}, story.policy, known={story.order.number})
    telling = [(name, fact) for name, facts in story.facts.items() for fact in facts]
    for name, fact in data.draw(st.permutations(telling)):
        told = shop.told(name, fact)
        keys = sorted(told.due())
        for key in keys[: data.draw(st.integers(0, 3))]:
            told.do(key) if data.draw(st.booleans()) else told.attempt(key)
        check(shop)
    shop.rest()
    check(shop)
    for told in shop.returns.values():
        records, posted = dict(told.records), dict(told.posted)
        assert not told.decide().entries
        assert (told.records, told.posted) == (records, posted), "deciding again changed something"


def check(shop: Shop) -> None:
    check_each_sold_unit_is_given_once(shop)
    check_credited_is_at_most_paid(shop)
    for told in shop.returns.values():
        check_the_ledger_balances(told)
        check_each_unit_is_in_one_account(told)
        check_no_unit_has_two_documents_of_a_kind(told)
        check_nothing_in_transit_is_sellable(told)


def check_each_sold_unit_is_given_once(shop: Shop) -> None:
    given_ = Counter(
        unit.allocation
        for told in shop.returns.values()
        for unit in told.state.units.values()
        if unit.allocation is not None
    )
    assert set(given_.values()) <= {1}, given_
    slots = [slot for line, index in given_ for slot in sold_slots(shop.orders["1001"].line(line), index)]
    slots += [slot for told in shop.returns.values() for slot in kept_for_whom_nobody_can_name(told)]
    assert sorted(slots) == sorted(shop.taken["1001"]), "a copy of a bundle is not given twice, whole or in parts"
    for line, index in given_:
        assert index < shop.orders["1001"].line(line).quantity


def kept_for_whom_nobody_can_name(told: Told) -> list[tuple[str, int]]:
    """What was given to a name that has become ambiguous since stays its own, whichever unit it turns out to be."""
    kept = [one for one in told.facts if isinstance(one, UnitAllocated) and told.state.names.resolve(one.unit) is None]
    assert not kept or "unit-ambiguous" in told.problems(), kept
    order = told.shop.orders["1001"]
    return [slot for one in kept for slot in sold_slots(order.line(one.line), one.index)]


def check_credited_is_at_most_paid(shop: Shop) -> None:
    order = shop.orders["1001"]
    notes = [note for told in shop.returns.values() for note in told.documents(e.IssueCreditNote)]
    corrections = [one for told in shop.returns.values() for one in told.documents(e.CorrectCreditNote)]
    total = sum(note.total_minor for note in notes) + sum(one.delta_minor for one in corrections)
    assert total <= order_paid_minor(order)
    lines = [line for note in notes for line in note.lines]
    for sold in order.lines:
        of_it = {sold.ref, *(part.ref for part in component_lines(sold))}
        worth = sum(line.net_minor + line.tax_minor for line in lines if line.order_line in of_it)
        worth += sum(paid_with(told, of_it) for told in shop.returns.values())
        assert worth <= sold.net_minor + sold.tax_minor
        assert sum(line.quantity for line in lines if line.order_line == sold.ref) <= sold.quantity


def paid_with(told: Told, lines: set[str]) -> int:
    """What of those sold lines was paid with for replacements whose orders stand."""
    off = {one.exchange_order for one in told.documents(e.CancelExchangeOrder) if told.is_done(e.key(one))}
    total = 0
    for made in told.documents(e.CreateExchangeOrder):
        (line,) = made.lines
        if told.is_done(e.key(made)) and e.key(made) not in off and line.order_line in lines:
            total += min(made.net_minor + made.tax_minor, line.net_minor + line.tax_minor)
    return total


def check_the_ledger_balances(told: Told) -> None:
    sums: Counter[str] = Counter()
    for (_, commodity), held in told.balances().items():
        sums[commodity] += held
    assert not any(sums.values()), sums
    assert not any(held < 0 for (account, _), held in told.balances().items() if account.startswith(("stock", "dam")))


def check_each_unit_is_in_one_account(told: Told) -> None:
    """Units out of the shopper's hands and units held anywhere are the same number, and none is held negatively."""
    away = Counter(
        told.shop.orders["1001"].line(unit.allocation[0]).sku if unit.allocation else unit.sku
        for unit in told.state.units.values()
        if (unit.past("dropped-off") or unit.absent) and not unit.never_left
    )
    held: Counter[str | None] = Counter()
    for (account, commodity), amount in told.balances().items():
        if commodity != "USD" and account != "customer":
            assert amount > 0, f"{account} holds {amount} of {commodity}"
            held[commodity] += amount
    assert held == away


def check_no_unit_has_two_documents_of_a_kind(told: Told) -> None:
    received = [ref for one in told.documents(e.ReceiveReturn) for line in one.lines for ref in line.units]
    credited = [ref for one in told.documents(e.IssueCreditNote) for line in one.lines for ref in line.units]
    restocked = [ref for one in told.documents(e.Restock) for ref in one.line.units]
    for refs in (received, credited, restocked):
        assert len(refs) == len(set(refs)), refs


def check_nothing_in_transit_is_sellable(told: Told) -> None:
    arrived = Counter(
        unit.allocation[0] for unit in told.state.units.values() if unit.past("received") and unit.allocation
    )
    restocked = Counter(one.line.order_line for one in told.documents(e.Restock))
    assert restocked <= arrived


@given(wild_stories())
def test_what_a_refund_is_credited_with_is_never_more_than_was_confirmed(story: Story) -> None:
    shop = Shop({story.order.number: story.order}, story.policy, known={story.order.number})
    told = shop.told("r1", *story.facts["r1"])
    shop.rest()
    for name, refund in told.state.refunds.items():
        notes = [n for n in told.documents(e.IssueCreditNote) if n.refund.split("~")[0] == name]
        corrections = [one for one in told.documents(e.CorrectCreditNote) if one.refund == name]
        total = sum(note.total_minor for note in notes) + sum(one.delta_minor for one in corrections)
        assert refund.confirmed is not None or total == 0
        assert refund.confirmed is None or total in (0, refund.confirmed.amount.minor)


@given(wild_stories())
def test_the_lines_of_a_document_are_worth_what_its_units_were_paid(story: Story) -> None:
    shop = Shop({story.order.number: story.order}, story.policy, known={story.order.number})
    told = shop.told("r1", *story.facts["r1"])
    for opened in told.documents(e.OpenReturnAuthorisation):
        units = [told.state.units[ref] for line in opened.lines for ref in line.units]
        paid = sum(
            worth_minor(story.order.line(unit.allocation[0]), unit.allocation[1]) for unit in units if unit.allocation
        )
        assert sum(line.net_minor + line.tax_minor for line in opened.lines) == paid
    for note in told.documents(e.IssueCreditNote):
        units = [told.state.units[ref] for line in note.lines for ref in line.units]
        assert sum(line.net_minor + line.tax_minor for line in note.lines) == gross_minor(units, story.order)
