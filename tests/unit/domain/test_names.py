"""Scenario 3: messages doubled, merged, reordered, and units called by different names."""

from __future__ import annotations

from itertools import permutations

from backhaul.domain import effects as e
from backhaul.domain import facts as f
from tests.support.world import Told
from tests.unit.domain.cast import (
    SECOND_SHIRT,
    SHIRT,
    SHIRT_PRICE,
    THIRD_SHIRT,
    approved,
    dropped_off,
    inspected,
    received,
    refunded,
    shop,
    started,
)

BOUND = f.UnitName("1001", "777", 0, "item-1", "SHIRT-M")
ITEM = f.UnitName("1001", item="item-1", sku="SHIRT-M")
OTHER_ITEM = f.UnitName("1001", item="item-2", sku="SHIRT-M")


def played(*facts: f.Fact) -> Told:
    """Told one by one, everything that can be done in between is done."""
    told = shop().told("r1")
    for fact in facts:
        told.tell(fact)
        told.rest()
    return told


def test_every_order_of_a_refunded_units_messages_ends_the_same() -> None:
    facts = [*started(SHIRT), *dropped_off(SHIRT), refunded(SHIRT_PRICE, SHIRT), received(SHIRT), inspected(SHIRT)]
    ends = {(tuple(sorted(told.records)), tuple(sorted(told.balances().items()))) for told in map_played(facts)}
    assert len(ends) == 1


def map_played(facts: list[f.Fact]) -> list[Told]:
    return [played(*order, *order) for order in permutations(facts)]


def test_a_second_message_naming_the_same_unit_adds_no_unit() -> None:
    told = played(*started(SHIRT, method="mail"), *started(SHIRT), f.DropOffChosen("return-bar"), *started(SHIRT))
    assert list(told.state.units) == ["1001-777-0"]
    assert len(told.documents(e.OpenReturnAuthorisation)) == 1


def test_an_item_id_that_becomes_known_later_binds_to_its_line() -> None:
    told = played(*started(SHIRT), f.ItemDroppedOff(BOUND), f.ItemShippedToWarehouse(ITEM, "S1"))
    (unit,) = told.state.units.values()
    assert (unit.item, unit.goods) == ("item-1", "shipped")
    assert len(told.documents(e.OpenReturnAuthorisation)) == 1


def test_a_return_discovered_by_a_shipment_is_not_authorised_again_when_its_line_becomes_known() -> None:
    told = played(f.ItemShippedToWarehouse(ITEM, "S1"))
    assert [line.units for opened in told.documents(e.OpenReturnAuthorisation) for line in opened.lines] == [
        ("item-1",)
    ]
    told.tell(*started(SHIRT), f.ItemDroppedOff(BOUND))
    told.rest()
    assert len(told.state.units) == 1
    assert len(told.documents(e.OpenReturnAuthorisation)) == 1


def test_two_items_that_could_be_either_line_are_nobody_until_it_is_stated() -> None:
    told = played(*started(SHIRT, SECOND_SHIRT), f.ItemShippedToWarehouse(ITEM), f.ItemShippedToWarehouse(OTHER_ITEM))
    assert told.problems() == {"unit-ambiguous"}
    assert len(told.state.units) == 2
    told.tell(f.ItemDroppedOff(BOUND))
    assert [unit.goods for unit in told.state.units.values()] == ["shipped", "shipped"], "one left: it is the other"
    assert not told.problems()


def test_two_items_authorised_first_are_not_authorised_again_by_their_lines() -> None:
    told = played(f.ItemShippedToWarehouse(ITEM), f.ItemShippedToWarehouse(OTHER_ITEM), *started(SHIRT, SECOND_SHIRT))
    assert sum(line.quantity for one in told.documents(e.OpenReturnAuthorisation) for line in one.lines) == 2


def test_a_wrong_guess_gives_the_sold_unit_back() -> None:
    told = played(
        f.ItemShippedToWarehouse(ITEM),
        *started(SECOND_SHIRT),
        *started(SHIRT),
        f.ItemDroppedOff(f.UnitName("1001", "777", 1, "item-1", "SHIRT-M")),
        *started(THIRD_SHIRT),
    )
    assert not told.problems()
    sold = {unit.allocation for unit in told.state.units.values()}
    assert sold == {("1", 0), ("1", 1), ("1", 2)} == told.shop.taken["1001"]


def test_a_row_with_a_sku_only_means_the_one_unit_of_it() -> None:
    by_sku = f.UnitName("1001", sku="SHIRT-M")
    assert played(*started(SHIRT), f.ItemShippedToWarehouse(by_sku)).state.units["1001-777-0"].goods == "shipped"
    both = played(*started(SHIRT, SECOND_SHIRT), f.ItemShippedToWarehouse(by_sku))
    assert both.problems() == {"unit-ambiguous"}
    assert len(both.state.units) == 2


def test_a_unit_first_known_by_its_sku_is_authorised_once() -> None:
    told = played(f.ItemShippedToWarehouse(f.UnitName("1001", sku="SHIRT-M")), *started(SHIRT))
    assert len(told.state.units) == 1
    assert len(told.documents(e.OpenReturnAuthorisation)) == 1


def test_one_item_id_on_two_lines_is_contradictory_and_binds_to_neither() -> None:
    claimed = f.UnitName("1001", "777", 1, "item-1", "SHIRT-M")
    for order in permutations([f.ItemDroppedOff(BOUND), f.ItemDroppedOff(claimed)]):
        told = played(*order)
        assert told.problems() == {"unit-ambiguous"}
        assert {unit.item for unit in told.state.units.values()} == {None}


def test_a_return_of_two_orders_has_its_documents_per_order() -> None:
    elsewhere = f.UnitName("1002", "777", sku="SHIRT-M")
    told = played(*started(SHIRT, elsewhere))
    assert sorted(told.records) == ["look-up-order:r1:1002", "open-return-authorisation:r1:1001:1001-777-0"]


def test_a_count_told_before_the_unit_was_is_not_lost() -> None:
    told = played(received(SHIRT), inspected(SHIRT))
    assert told.problems() == {"received-more-than-returned"}
    told.tell(*started(SHIRT), *approved(SHIRT), refunded(SHIRT_PRICE, SHIRT))
    told.rest()
    assert not told.problems()
    assert told.decision.closed


def test_two_authorisations_of_what_was_one_unit_serve_two_of_its_kind() -> None:
    second_bound = f.UnitName("1001", "777", 1, "item-1", "SHIRT-M")
    told = played(f.ItemShippedToWarehouse(ITEM, "S1"), *started(SECOND_SHIRT), *started(SHIRT))
    told.tell(f.ItemDroppedOff(second_bound), *dropped_off(SHIRT))
    told.rest()
    authorised = sum(line.quantity for one in told.documents(e.OpenReturnAuthorisation) for line in one.lines)
    assert (len(told.state.units), authorised) == (2, 2)


def test_an_authorisation_beyond_the_units_there_are_is_withdrawn() -> None:
    second_bound = f.UnitName("1001", "777", 1, "item-1", "SHIRT-M")
    told = played(f.ItemShippedToWarehouse(ITEM, "S1"), *started(SECOND_SHIRT), *started(SHIRT))
    told.tell(f.ReturnExpired(SHIRT), f.ItemDroppedOff(second_bound))
    told.rest()
    assert len(told.documents(e.CancelReturnAuthorisation)) == 1
    told.tell(*started(THIRD_SHIRT))
    told.rest()
    standing = len(told.documents(e.OpenReturnAuthorisation)) - len(told.documents(e.CancelReturnAuthorisation))
    assert standing == 2, "the third one has an authorisation of its own, not the one that was withdrawn"


def test_a_sold_unit_given_back_under_a_name_that_means_another_now_is_not_given_back_twice() -> None:
    second_bound = f.UnitName("1001", "777", 1, "item-1", "SHIRT-M")
    told = played(f.ItemShippedToWarehouse(ITEM, "S1"), *started(SHIRT), *started(SECOND_SHIRT))
    told.tell(f.ReturnExpired(SHIRT))
    told.rest()
    told.tell(f.ItemDroppedOff(second_bound))
    told.rest()
    held = [unit.allocation for unit in told.state.units.values() if unit.allocation is not None]
    assert len(held) == len(told.shop.taken["1001"]) == 1
