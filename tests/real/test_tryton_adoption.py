"""Go-live on a shop where returns were handled by hand, and restores: what Tryton has already is never made again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from backhaul.connectors.tryton.client import Tryton
from backhaul.connectors.tryton.values import id_of, reference
from backhaul.domain import effects as e
from backhaul.domain.facts import UnitFoundPlaced
from backhaul.sandbox.tryton import TrytonShop
from backhaul.sdk.outcomes import Absent, Ambiguous, Done
from tests.support.tryton_hands import Hands
from tests.support.tryton_story import Story, connect, found_as

pytestmark = [pytest.mark.real]


@pytest.fixture(scope="module")
def shop(fresh_tryton: Callable[[], TrytonShop]) -> TrytonShop:
    return fresh_tryton()


@pytest.fixture(scope="module")
def system(shop: TrytonShop) -> Iterator[Tryton]:
    with closing(connect(shop)) as system:
        yield system


@pytest.fixture(scope="module")
def hands(shop: TrytonShop) -> Iterator[Hands]:
    with closing(Hands(shop)) as hands:
        yield hands


def test_a_return_handled_by_hand_is_adopted_and_nothing_is_made(system: Tryton, hands: Hands) -> None:
    sale = hands.return_whole_order("SHOP-1003")
    shipment = hands.receive(sale, "DAMAGED")
    note = hands.post_credit_note(sale)
    before = {model: len(system.search(model, [], ["id"])) for model in ("sale.sale", "account.invoice", "stock.move")}

    story = Story(system, "SHOP-1003", "by-hand", adopt=True)
    line = story.line("BELT-90", 3)
    opened = story.authorisation(line)
    assert story.done(opened) == reference("sale.sale", sale)
    receipt = story.do(story.receipt(opened, line))
    assert isinstance(receipt, Done)
    assert receipt.reference == reference("stock.shipment.out.return", shipment)
    assert receipt.facts == tuple(UnitFoundPlaced(unit, "MAIN", "DAMAGED") for unit in line.units)
    assert story.done(story.credit(opened, "re_old", line)) == reference("account.invoice", note)

    after = {model: len(system.search(model, [], ["id"])) for model in before}
    assert after == before


def test_what_was_never_handled_by_hand_is_absent(system: Tryton) -> None:
    story = Story(system, "SHOP-1013", "not-by-hand", adopt=True)
    assert story.find(story.authorisation(story.line("BELT-90", 1))) == Absent()


def test_two_return_sales_by_hand_are_a_persons_to_choose(system: Tryton, hands: Hands) -> None:
    both = {hands.return_whole_order("SHOP-1023"), hands.return_whole_order("SHOP-1023")}
    story = Story(system, "SHOP-1023", "two-by-hand", adopt=True)
    found = story.find(story.authorisation(story.line("BELT-90", 3)))
    assert isinstance(found, Ambiguous)
    assert set(found.references) == {reference("sale.sale", sale) for sale in both}


def test_a_receipt_by_hand_into_several_places_says_where_each_unit_lies(system: Tryton, hands: Hands) -> None:
    sale = hands.return_whole_order("SHOP-1033")
    (shipment,) = system.read("sale.sale", sale, "shipment_returns")["shipment_returns"]
    system.press("stock.shipment.out.return", shipment, "receive", ("received",))
    (moved,) = system.read(
        "stock.shipment.out.return", shipment, "inventory_moves.product", "inventory_moves.unit",
        "inventory_moves.from_location", "inventory_moves.origin",
    )["inventory_moves"]  # fmt: skip
    scrap = system.id_named("stock.location", "code", "SCRAP")
    system.write("stock.move", moved["id"], {"quantity": 2})
    links = {name: moved[name] for name in ("product", "unit", "from_location", "origin")}
    system.create(
        "stock.move",
        {
            **links,
            "quantity": 1,
            "to_location": scrap,
            "company": 1,
            "shipment": f"stock.shipment.out.return,{shipment}",
        },
    )
    system.press("stock.shipment.out.return", shipment, "do", ("done",))
    story = Story(system, "SHOP-1033", "several-places", adopt=True)
    line = story.line("BELT-90", 3)
    opened = story.authorisation(line)
    story.done(opened)
    receipt = story.do(story.receipt(opened, line))
    assert isinstance(receipt, Done)
    placed = [fact.place for fact in receipt.facts if isinstance(fact, UnitFoundPlaced)]
    assert sorted(placed) == ["SCRAP", "STO", "STO"]


def forgetful(story: Story) -> Story:
    """The same return as a deployment sees it that was restored to before any of its documents."""
    return Story(story.system, story.order_number, story.return_id, order=story.order, recovered=True)


def credited_and_forgotten(story: Story, refund: str) -> tuple[e.OpenReturnAuthorisation, e.DocumentLine, str, Story]:
    """A shirt that was credited, its credit note, and the story restored to before that note."""
    line = story.line("SHIRT-M", 1)
    opened = story.authorisation(line)
    sale = story.done(opened)
    note = story.done(story.credit(opened, refund, line))
    restored = forgetful(story)
    restored.references[e.key(opened)] = sale
    return opened, line, note, restored


def test_after_a_restore_units_gathered_otherwise_get_no_second_document(system: Tryton) -> None:
    story = Story(system, "SHOP-1011", "restored")
    one, other = story.line("SHIRT-M", 1), story.line("SHIRT-M", 1, first=1)
    first = story.done(story.authorisation(one))
    second = story.done(story.authorisation(other))
    restored = forgetful(story)
    assert found_as(restored.find(restored.authorisation(one))) == Done(first)
    both = restored.authorisation(restored.line("SHIRT-M", 2))
    assert restored.find(both) == Ambiguous((first, second))
    assert forgetful(story).find(story.authorisation(story.line("JEANS-32", 1))) == Absent()


def test_after_a_restore_a_flush_does_not_raise_the_same_units_again(system: Tryton) -> None:
    story = Story(system, "SHOP-1021", "restored-flush")
    line = story.line("SHIRT-M", 2)
    opened = story.authorisation(line)
    story.done(opened)
    story.done(story.receipt(opened, line))
    members = tuple(e.FlushMember(f"restock:{unit}", unit, "SHIRT-M", "STO", None, line.extra) for unit in line.units)
    before = story.done(e.FlushStock("MAIN-yesterday", "MAIN", members))
    restored = forgetful(story)
    assert restored.find(e.FlushStock("MAIN-today", "MAIN", members)) == Done(before, adopted=True)
    more = e.FlushMember("restock:new", "new-unit", "SHIRT-M", "STO", None, line.extra)
    settled = Done(before, adopted=True, left=("restock:new",))
    assert restored.find(e.FlushStock("MAIN-today", "MAIN", (*members, more))) == settled
    alone = restored.find(e.FlushStock("MAIN-today", "MAIN", (more,)))
    assert alone == Done(before, adopted=True), "alike: nobody knows which of them it was that moved"
    moved_twice = restored.put_away("quarantine", "QUAR", line, source="STO")
    assert restored.find(moved_twice) == Absent()


def test_after_a_restore_the_same_units_are_not_credited_again(system: Tryton) -> None:
    story = Story(system, "SHOP-1031", "restored-note")
    opened, line, note, restored = credited_and_forgotten(story, "approval-1")
    assert restored.find(restored.credit(opened, "re_other", line)) == Done(note, adopted=True)
    assert restored.find(restored.credit(opened, "re_other", line, fee=100)) == Ambiguous((note,))
    assert restored.find(restored.credit(opened, "re_new", restored.line("SHIRT-M", 1, first=1))) == Absent()


def test_after_a_restore_a_refund_that_is_meant_for_other_units_now_is_not_taken_for_credited(system: Tryton) -> None:
    story = Story(system, "SHOP-1051", "restored-refund")
    opened, line, note, restored = credited_and_forgotten(story, "re_1")
    assert found_as(restored.find(restored.credit(opened, "re_1", line))) == Done(note)
    both = restored.credit(opened, "re_1", restored.line("SHIRT-M", 2))
    assert restored.find(both) == Ambiguous((note,))
    assert restored.find(restored.credit(opened, "re_1", line, fee=100)) == Ambiguous((note,))
    assert found_as(story.find(both)) == Done(note), "without a restore a key says the same for ever"


def test_the_notes_of_people_do_not_disturb(system: Tryton) -> None:
    story = Story(system, "SHOP-1041", "people")
    line = story.line("SHIRT-M", 1)
    opened = story.authorisation(line)
    sale = story.done(opened)
    system.write("sale.sale", id_of(sale), {"comment": "Call Jane first"})
    assert found_as(forgetful(story).find(opened)) == Done(sale)
